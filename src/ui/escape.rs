//! Makes text from outside harmless for a terminal.

/// Replaces control characters, line ends included, and the invisible
/// characters that can reorder or hide text by visible escapes such as
/// `\u{1b}` (CVE-2021-25743 was this gap in kubectl).
pub fn escape_controls(text: &str) -> String {
    escape(text, |_| false)
}

/// The same, but line feeds stay: for messages of our own that span lines.
pub(super) fn escape_controls_but_newline(text: &str) -> String {
    escape(text, |character| character == '\n')
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> String {
    // Nearly every text, and a report has very many.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if keep(character) || !is_deceptive(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_default());
        }
    }
    escaped
}

fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}'
                | '\u{FEFF}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_terminal_would_obey() {
        for (raw, shown) in [
            ("plain – text", "plain – text"),
            ("\x1b[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\rb\nc\td", "a\\rb\\nc\\td"),
            ("\u{202e}abc", "\\u{202e}abc"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("\x7f", "\\u{7f}"),
        ] {
            assert_eq!(escape_controls(raw), shown);
        }
        assert_eq!(escape_controls_but_newline("a\nb\r"), "a\nb\\r");
    }
}
