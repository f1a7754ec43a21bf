//! Texts of which every reader of YAML thinks the same, told by their lines.

/// Longest key that is looked at; libyaml takes up to 1,024 characters.
pub(super) const LONGEST_KEY: usize = 256;

/// What lines a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Such as every reader takes in the same way, kubectl's too.
    Usual,
    /// Others are among them: nothing is said.
    Others,
}

impl Lines {
    pub(super) fn and(self, other: Self) -> Self {
        match self {
            Self::Usual => other,
            Self::Others => self,
        }
    }
}

/// Whether every line is one that manifests usually have: `key: value`, a list
/// item, a line of a block scalar, a comment. Where it is not, nothing is said.
pub(super) fn is_usual(text: &str) -> bool {
    // Of a block scalar: the column that its lines stand behind.
    let mut block: Option<usize> = None;
    for line in lines(text) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let content = line.trim_start_matches(' ');
        let indentation = line.len() - content.len();
        if !is_harmless_text(content) {
            return false;
        }
        if content.is_empty() || block.is_some_and(|column| indentation > column) {
            continue;
        }
        block = None;
        if content.starts_with('#') {
            continue;
        }
        let item = content.trim_start_matches("- ");
        let column = indentation + content.len() - item.len();
        match shape(item, item.len() < content.len()) {
            Shape::Value => {}
            Shape::Block => block = Some(column),
            Shape::Other => return false,
        }
    }
    true
}

/// Whether kubectl may take a text otherwise than newer readers, both without a
/// word: YAML 1.1 has more line ends, in brackets a `?` begins a key whatever
/// follows it, and some characters end the name of an anchor.
pub(super) fn is_taken_otherwise(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let begins_key = |at: usize| {
        let before = bytes[..at].iter().rfind(|byte| !is_blank(byte));
        let next = bytes.get(at + 1);
        matches!(before, Some(b'[' | b'{' | b',')) && next.is_some_and(|next| !is_blank(next))
    };
    let ends_anchor = |at: usize| {
        let begins = at == 0 || is_blank(&bytes[at - 1]) || b"[{,".contains(&bytes[at - 1]);
        let rest = &bytes[at + 1..];
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = rest.iter().take_while(|byte| is_name(byte)).count();
        begins && length > 0 && matches!(rest.get(length), Some(b'?' | b':' | b'%' | b'@' | b'`'))
    };
    // Line ends of YAML 1.1, none of which is ASCII.
    let has_other_ends = || text.contains(['\u{85}', '\u{2028}', '\u{2029}']);
    !text.is_ascii() && has_other_ends()
        || memchr::memchr_iter(b'?', bytes).any(begins_key)
        || memchr::memchr_iter(b'&', bytes).any(ends_anchor)
}

/// The lines of a text, as `split` has them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

enum Shape {
    /// All of it stands on the line.
    Value,
    /// A block scalar begins.
    Block,
    /// It is not looked at.
    Other,
}

fn shape(item: &str, has_dash: bool) -> Shape {
    let name = item.bytes().take_while(is_of_key_name).count();
    let key = &item[..name];
    let begins_well = key.starts_with(|first: char| first.is_ascii_alphabetic());
    let value = match item[name..].strip_prefix(':') {
        Some("") if begins_well => return of_key(key, Shape::Value),
        Some(rest) if begins_well && rest.starts_with(' ') => rest.trim(),
        _ if has_dash && is_simple(item.trim()) => return Shape::Value,
        _ => return Shape::Other,
    };
    match value {
        "|" | "|-" | "|+" | ">" | ">-" | ">+" => of_key(key, Shape::Block),
        "{}" | "[]" | "" => of_key(key, Shape::Value),
        value if is_simple(value) => of_key(key, Shape::Value),
        _ => Shape::Other,
    }
}

fn of_key(key: &str, shape: Shape) -> Shape {
    let is_null = matches!(key, "null" | "Null" | "NULL");
    if is_null || key.len() > LONGEST_KEY {
        Shape::Other
    } else {
        shape
    }
}

/// A scalar of one line that no reader takes apart.
fn is_simple(value: &str) -> bool {
    let quoted = |quote: char| {
        value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
            .is_some_and(|inner| !inner.contains([quote, '\\']))
    };
    // Where a value ends, or would be a key.
    let parts = || {
        value
            .as_bytes()
            .windows(2)
            .any(|two| matches!(two, b": " | b" #"))
    };
    quoted('"')
        || quoted('\'')
        || (value.starts_with(is_plain_start)
            && value != "-"
            && !value.starts_with("- ")
            && !value.starts_with("---")
            && !value.starts_with("...")
            && !value.starts_with("<<")
            && !parts()
            && !value.ends_with(':')
            && !is_no_json(value))
}

/// Numbers that JSON does not have.
pub(super) fn is_no_json(value: &str) -> bool {
    let word = value.trim_start_matches(['+', '-']);
    word.eq_ignore_ascii_case(".inf") || word.eq_ignore_ascii_case(".nan")
}

/// Whether a key has it that is looked at.
pub(super) fn is_of_key_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./".contains(byte)
}

/// Whether a text without quotes begins with it, and nothing else does.
pub(super) fn is_plain_start(first: char) -> bool {
    first.is_ascii_alphanumeric() || "/._-+$=(<".contains(first)
}

/// Whether no character of a line is one that some reader takes for more than itself.
pub(super) fn is_harmless_text(text: &str) -> bool {
    // Without a branch for each byte: nearly all texts are of these.
    let is_printable = |all: bool, byte: u8| all & matches!(byte, b' '..=b'~');
    text.bytes().fold(true, is_printable) || text.chars().all(is_harmless)
}

fn is_harmless(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_manifests_are() {
        for text in [
            "",
            "apiVersion: v1\nkind: Pod\n# a: comment\nmetadata:\n  name: p\n",
            "spec:\n  containers:\n  - name: web\n    image: \"a/b:1\"\n    args:\n    - --x=y\n",
            "data:\n  app.conf: |\n    a: [1\n      {\n    \"\n  b: 'c'\n",
            "- name: a\n  text: >-\n    x\n\n    y\n- b\n",
            "a:\r\n- b: c\r\n",
        ] {
            assert!(is_usual(text), "{text:?}");
        }
    }

    #[test]
    fn what_readers_may_take_in_several_ways_is_not() {
        for text in [
            "a:\tb\n",
            "a: b\n  c\n",
            "a: {b: c}\n",
            "a: [b]#c\n",
            "? a\n",
            ": a\n",
            "null: a\n",
            "a: .inf\n",
            "a: &x b\n",
            "a: *x\n",
            "a: !x b\n",
            "<<: b\n",
            "...\n",
            "%YAML 1.2\n",
            "a: \"\\/\"\n",
            "a: 'b\n  c'\n",
            "a: b\0\n",
            "a: \u{feff}b\n",
            "a: b: c\n",
            "text: |2\n   a\n",
            "- a\n  b\n",
        ] {
            assert!(!is_usual(text), "{text:?}");
        }
    }
}
