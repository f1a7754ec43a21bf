//! Lines that CI systems would obey: GitHub's workflow commands (`::error::`, at
//! the start of a line, blanks before it left out), and `##[…]`, `##vso[…]` and
//! `##teamcity[…]` anywhere (actions/runner `ActionCommand`, Azure Pipelines,
//! TeamCity). Data must not make one, whatever stands around it.

use std::borrow::Cow;
use std::io::{self, Write};

/// How a character is written that must not act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// As `\u{3a}`.
    AsText,
    /// As `&#58;`.
    AsMarkup,
}

impl Written {
    fn colon(self) -> &'static str {
        match self {
            Self::AsText => "\\u{3a}",
            Self::AsMarkup => "&#58;",
        }
    }

    fn hash(self) -> &'static str {
        match self {
            Self::AsText => "\\u{23}",
            Self::AsMarkup => "&#35;",
        }
    }
}

/// Every line of a text, so that nobody obeys it.
pub(crate) fn harmless_lines(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| harmless(line, Written::AsText))
        .collect()
}

/// Whether a CI system takes it for a command when it begins a line.
pub(super) fn begins_a_command(text: &str) -> bool {
    text.trim_start().starts_with("::")
}

/// Where hashes begin a command: the places of the second ones.
pub(super) fn hashes(text: &str) -> impl Iterator<Item = usize> {
    let second = |at: &usize| text[..*at].ends_with('#');
    text.match_indices('#')
        .map(|(at, _)| at)
        .filter(second)
        .filter(|at| {
            let word = |letter: char| letter.is_ascii_alphanumeric();
            text[at + 1..].trim_start_matches(word).starts_with('[')
        })
}

fn harmless(line: &str, written: Written) -> Cow<'_, str> {
    let mut acting: Vec<_> = hashes(line).map(|at| (at, written.hash())).collect();
    if begins_a_command(line) {
        let start = line.len() - line.trim_start().len();
        acting.insert(0, (start, written.colon()));
    }
    if acting.is_empty() {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len() + 8 * acting.len());
    let mut done = 0;
    for (at, instead) in acting {
        text += &line[done..at];
        text += instead;
        done = at + 1;
    }
    text += &line[done..];
    Cow::Owned(text)
}

/// Writes lines on, each so that nobody obeys it.
struct Guard<'w> {
    out: &'w mut dyn Write,
    written: Written,
    line: Vec<u8>,
}

impl<'w> Guard<'w> {
    fn new(out: &'w mut dyn Write, written: Written) -> Self {
        Self {
            out,
            written,
            line: Vec::new(),
        }
    }

    /// Writes what is left.
    fn finish(mut self) -> io::Result<()> {
        self.end_line()
    }

    fn end_line(&mut self) -> io::Result<()> {
        match std::str::from_utf8(&self.line) {
            Ok(line) => self
                .out
                .write_all(harmless(line, self.written).as_bytes())?,
            Err(_) => self.out.write_all(&self.line)?,
        }
        self.line.clear();
        Ok(())
    }
}

/// Writes a document whose lines nobody obeys.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn guarded(
    out: &mut dyn Write,
    written: Written,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut guard = Guard::new(out, written);
    write(&mut guard)?;
    guard.finish()
}

impl Write for Guard<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_would_act_do_not_and_others_stay() {
        for (line, text, markup) in [
            ("::error::x", "\\u{3a}:error::x", "&#58;:error::x"),
            ("  \u{2003}::x", "  \u{2003}\\u{3a}:x", "  \u{2003}&#58;:x"),
            ("a ##[group]", "a #\\u{23}[group]", "a #&#35;[group]"),
            ("###vso[x]", "##\\u{23}vso[x]", "##&#35;vso[x]"),
            (
                "::a ##[b] ##teamcity[c]",
                "\\u{3a}:a #\\u{23}[b] #\\u{23}teamcity[c]",
                "&#58;:a #&#35;[b] #&#35;teamcity[c]",
            ),
            (": ::x", ": ::x", ": ::x"),
            ("a::b", "a::b", "a::b"),
            ("## [x]", "## [x]", "## [x]"),
            ("", "", ""),
        ] {
            assert_eq!(harmless(line, Written::AsText), text);
            assert_eq!(harmless(line, Written::AsMarkup), markup);
        }
        assert_eq!(harmless_lines("a\n::b\n"), "a\n\\u{3a}:b\n");
    }

    #[test]
    fn lines_are_whole_however_they_are_written() {
        let mut out = Vec::new();
        let mut guard = Guard::new(&mut out, Written::AsText);
        for part in ["a\n ", ":", ":", "b", "\nö", "\n:", ":"] {
            // One byte at a time.
            for byte in part.as_bytes() {
                guard.write_all(&[*byte]).unwrap();
            }
        }
        guard.finish().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a\n \\u{3a}:b\nö\n\\u{3a}:"
        );
    }
}
