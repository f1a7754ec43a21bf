//! Which fields a Go template (`text/template`) certainly reads of its data.
//!
//! It says less rather than something wrong: a template with branches, loops or
//! definitions, or with functions that do not look at all of their arguments, is not
//! understood.

use std::collections::BTreeSet;

/// Actions and functions after which a field may not be looked at, or may be one of
/// something else than the data.
const UNSURE: &[&str] = &[
    "if", "else", "end", "range", "with", "define", "block", "template", "break", "continue",
    "and", "or", "include", "tpl",
];

/// What Helm fills in before the controller sees the template.
const HELM: &[&str] = &[
    "Values",
    "Release",
    "Chart",
    "Files",
    "Capabilities",
    "Template",
    "Subcharts",
];

/// The names of the fields that are read, without their dot: of `{{ .a | b64enc }}` it is `a`.
/// `None` where that is not certain.
pub fn fields(text: &str) -> Option<BTreeSet<&str>> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let action = &rest[at + 2..];
        if let Some(comment) = action
            .strip_prefix("/*")
            .or_else(|| action.strip_prefix("- /*"))
        {
            let (_, after) = comment.split_once("*/")?;
            rest = after.split_once("}}")?.1;
            continue;
        }
        rest = read_action(action, &mut found)?;
    }
    if found.iter().any(|name| HELM.contains(name)) {
        return None;
    }
    Some(found)
}

/// Reads to the end of an action and returns what follows it.
fn read_action<'t>(action: &'t str, found: &mut BTreeSet<&'t str>) -> Option<&'t str> {
    let mut rest = action;
    // What stands before: a field begins a word, or it is one of something else.
    let mut before = ' ';
    loop {
        let character = rest.chars().next()?;
        match character {
            '}' if rest.starts_with("}}") => return Some(&rest[2..]),
            '"' | '\'' => {
                rest = after_quoted(&rest[1..], character)?;
                before = character;
                continue;
            }
            '`' => {
                rest = rest[1..].split_once('`')?.1;
                before = character;
                continue;
            }
            '$' => return None,
            '.' if before.is_whitespace() || matches!(before, '(' | '|' | '-') => {
                let name = identifier(&rest[1..]);
                // `.5` is a number.
                if name.starts_with(|first: char| !first.is_numeric()) {
                    found.insert(name);
                }
                // `.a.b` is a field of a field: only the first is one of the data.
                let mut end = 1 + name.len();
                while rest[end..].starts_with('.') {
                    end += 1 + identifier(&rest[end + 1..]).len();
                }
                before = '.';
                rest = &rest[end..];
                continue;
            }
            _ if character.is_alphabetic() || character == '_' => {
                let word = identifier(rest);
                if UNSURE.contains(&word) {
                    return None;
                }
                before = 'a';
                rest = &rest[word.len().max(character.len_utf8())..];
                continue;
            }
            _ => {}
        }
        before = character;
        rest = &rest[character.len_utf8()..];
    }
}

fn after_quoted(text: &str, quote: char) -> Option<&str> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return None,
            _ if character == quote => return Some(&text[at + character.len_utf8()..]),
            _ => {}
        }
    }
    None
}

fn identifier(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_read_where_that_is_certain() {
        for (text, expected) in [
            ("plain {text}", &[][..]),
            ("{{ .user }}:{{ .password }}", &["password", "user"]),
            ("{{.user}}", &["user"]),
            ("{{- .a | b64enc | quote -}}", &["a"]),
            ("{{ printf \"%s .x }} {{ .y\" .z }}", &["z"]),
            ("{{ `{{ .x }}` }}", &[]),
            ("{{ index . \"a-b\" }}", &[]),
            ("{{ (.a).b }} {{ .c.d }}", &["a", "c"]),
            ("{{/* .x */}}{{ .y }}", &["y"]),
            ("{{ default \"x\" .y }}", &["y"]),
            ("{{ 1.5 }} {{ .5 }} {{ mul .5 .n }}", &["n"]),
            ("{{ .a|toString }}", &["a"]),
            ("{{ toJson . }}", &[]),
        ] {
            let expected: BTreeSet<_> = expected.iter().copied().collect();
            assert_eq!(fields(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_is_not_read() {
        for text in [
            "{{ if .a }}{{ .b }}{{ end }}",
            "{{ range .a }}{{ .b }}{{ end }}",
            "{{ with .a }}{{ .b }}{{ end }}",
            "{{ $x := .a }}{{ $x }}",
            "{{ $.a }}",
            "{{ or .a .b }}",
            "{{ .Values.password }}",
            "{{ .a",
            "{{ \"x }}",
            "{{ `x }}",
            "{{/* x }}",
        ] {
            assert_eq!(fields(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "([{}.a-c$`\"'| /*\\\\-]|ä|\\PC){0,60}") {
            let _ = fields(&text);
        }
    }
}
