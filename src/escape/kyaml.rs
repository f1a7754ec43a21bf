//! KYAML: the YAML of `kubectl -o kyaml`, whose blocks have braces and whose
//! strings have quotes (sigs.k8s.io/yaml `kyaml/kyaml.go`). Deceptive characters
//! are written as escapes.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::is_deceptive;
use super::lines::{begins_a_command, hashes};

/// Writes a value as one document, with an end of line behind it.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn kyaml(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from("---\n");
    node(&serde_json::to_value(value)?, 0, &mut text);
    text.push('\n');
    out.write_all(text.as_bytes())
}

fn node(value: &Value, level: usize, text: &mut String) {
    match value {
        Value::String(content) => lines(content, level + 1, text),
        Value::Array(items) => sequence(items, level, text),
        Value::Object(entries) if entries.is_empty() => text.push_str("{}"),
        Value::Object(entries) => {
            text.push_str("{\n");
            for (name, value) in entries {
                indent(level + 1, text);
                key(name, text);
                text.push_str(": ");
                node(value, level + 1, text);
                text.push_str(",\n");
            }
            indent(level, text);
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

/// Brackets of a list stand beside those of its items where all have some.
fn sequence(items: &[Value], level: usize, text: &mut String) {
    if items.iter().all(|item| item.is_array() || item.is_object()) {
        text.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            node(item, level, text);
        }
        text.push(']');
        return;
    }
    text.push_str("[\n");
    for item in items {
        indent(level + 1, text);
        node(item, level + 1, text);
        text.push_str(",\n");
    }
    indent(level, text);
    text.push(']');
}

fn indent(level: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", level));
}

fn key(name: &str, text: &mut String) {
    if needs_quotes(name) {
        text.push('"');
        for character in name.chars() {
            match character {
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                other => push(other, acts(name), text),
            }
        }
        text.push('"');
    } else {
        text.push_str(name);
    }
}

/// A string; each line of one that has several stands in a line of its own.
fn lines(content: &str, level: usize, text: &mut String) {
    const FOLD: &str = "\\\n";
    let several = content.contains('\n');
    let acts = acts(content);
    text.push('"');
    let mut at_start = several;
    if several {
        text.push_str(FOLD);
    }
    for character in content.chars() {
        if at_start {
            indent(level, text);
            // Blanks that a line begins with would be left out.
            let blank = character.is_whitespace() && character != '\n';
            text.push(if blank { '\\' } else { ' ' });
            at_start = false;
        }
        match character {
            '\n' => {
                text.push_str("\\n");
                text.push_str(FOLD);
                at_start = true;
            }
            '\t' => text.push('\t'),
            other => push(other, acts, text),
        }
    }
    if several {
        if !at_start {
            text.push_str(FOLD);
        }
        indent(level, text);
    }
    text.push('"');
}

/// Whether a CI system may take a part of it for a command.
fn acts(content: &str) -> bool {
    content.split_whitespace().any(begins_a_command) || hashes(content).next().is_some()
}

fn push(character: char, acts: bool, text: &mut String) {
    match character {
        '"' | '\\' => {
            text.push('\\');
            text.push(character);
        }
        '\u{7}' => text.push_str("\\a"),
        '\u{8}' => text.push_str("\\b"),
        '\u{b}' => text.push_str("\\v"),
        '\u{c}' => text.push_str("\\f"),
        '\r' => text.push_str("\\r"),
        '\0' => text.push_str("\\0"),
        '\u{1b}' => text.push_str("\\e"),
        '\u{85}' => text.push_str("\\N"),
        '\u{a0}' => text.push_str("\\_"),
        '\u{2028}' => text.push_str("\\L"),
        '\u{2029}' => text.push_str("\\P"),
        ':' | '#' if acts => escaped(character, text),
        other if is_deceptive(other) => escaped(other, text),
        other => text.push(other),
    }
}

fn escaped(character: char, text: &mut String) {
    let code = u32::from(character);
    let written = match code {
        0..=0x7f => write!(text, "\\x{code:02x}"),
        0x80..=0xffff => write!(text, "\\u{code:04x}"),
        _ => write!(text, "\\U{code:08x}"),
    };
    // A string takes everything.
    debug_assert!(written.is_ok());
}

/// Whether a name may be taken for something else than a string.
fn needs_quotes(name: &str) -> bool {
    let last = name.chars().count().saturating_sub(1);
    name.is_empty()
        || is_ambiguous(name)
        || name.chars().enumerate().any(|(index, character)| {
            let inside = index > 0 && index < last;
            !(character.is_alphanumeric()
                || character == '_'
                || inside && matches!(character, '-' | '.' | '/'))
                || is_deceptive(character)
        })
}

fn is_ambiguous(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "null", "true", "y", "yes", "on", "false", "n", "no", "off", "t", "f", "inf", "infinity",
        "nan",
    ];
    let lower = name.to_lowercase();
    let number = lower.replace('_', "");
    let radix = |prefix, radix| {
        number
            .strip_prefix(prefix)
            .is_some_and(|digits| i64::from_str_radix(digits, radix).is_ok())
    };
    let is_hex_float = number.strip_prefix("0x").is_some_and(|digits| {
        digits.contains('p')
            && digits
                .chars()
                .all(|digit| "0123456789abcdef.p+-".contains(digit))
    });
    let is_date = lower.as_bytes().get(4) == Some(&b'-')
        && lower.bytes().take(4).all(|byte| byte.is_ascii_digit());
    WORDS.contains(&lower.as_str())
        || number.parse::<f64>().is_ok()
        || radix("0x", 16)
        || radix("0b", 2)
        || radix("0o", 8)
        || is_hex_float
        || is_date
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(value: &Value) -> String {
        let mut out = Vec::new();
        kyaml(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// What kubectl 1.37 prints of the same objects.
    #[test]
    fn it_is_what_kubectl_writes() {
        let value = json!({
            "apiVersion": "v1",
            "data": {"a.b": "x", "no": "y", "1": "z", "1a": "", "tls.crt": "q"},
            "list": ["a", 1, null, true],
            "objects": [{"a": 1}, {"b": []}],
            "nothing": {},
            "text": "one\n  two\n\"three\"",
            "ends": "a\n",
        });
        let expected = r#"---
{
  apiVersion: "v1",
  data: {
    a.b: "x",
    "no": "y",
    "1": "z",
    1a: "",
    tls.crt: "q",
  },
  list: [
    "a",
    1,
    null,
    true,
  ],
  objects: [{
    a: 1,
  }, {
    b: [],
  }],
  nothing: {},
  text: "\
     one\n\
    \  two\n\
     \"three\"\
    ",
  ends: "\
     a\n\
    ",
}
"#;
        assert_eq!(written(&value), expected);
    }

    #[test]
    fn strings_are_harmless_and_mean_the_same() {
        for text in [
            "a\u{202e}b\u{7f}\u{e0041}\u{200d}ö\"\\",
            "x\n  ::error::y\n\n\tz ##[group]",
            "\u{3164}\u{85}\u{a0}\u{2028}\r\0\u{1b}",
            " lead",
            "",
        ] {
            let value = json!({ text: [text, {"k": text}] });
            let written = written(&value);
            assert!(
                !written
                    .chars()
                    .any(|c| is_deceptive(c) && c != '\n' && c != '\t')
            );
            assert!(!written.contains("##["), "{written}");
            assert!(
                !written
                    .lines()
                    .any(|line| line.trim_start().starts_with("::")),
                "{written}"
            );
            let read: Value = serde_saphyr::from_str(&written).unwrap();
            assert_eq!(read, value, "{written}");
        }
    }
}
