//! Prose at the width of the terminal. What is to be copied, and what stands in columns,
//! stays as it is: the terminal breaks it without adding a line end.

use std::io::{self, Write};

use console::measure_text_width;

/// Narrower than this nothing is worth breaking.
const LEAST: usize = 30;

/// Breaks lines of prose at a width, each going on below its own beginning.
pub(super) struct Wrap<'w> {
    out: &'w mut dyn Write,
    width: usize,
    line: Vec<u8>,
}

impl<'w> Wrap<'w> {
    pub fn new(out: &'w mut dyn Write, width: usize) -> Self {
        Self {
            out,
            width: width.max(LEAST),
            line: Vec::new(),
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        match std::str::from_utf8(&line) {
            Ok(text) => self.out.write_all(wrapped(text, self.width).as_bytes()),
            Err(_) => self.out.write_all(&line),
        }
    }

    /// Writes what is left.
    pub fn finish(mut self) -> io::Result<()> {
        self.end_line()
    }
}

impl Write for Wrap<'_> {
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

/// Whether a line is prose: no command, patch or address, no excerpt, no column.
fn is_prose(line: &str) -> bool {
    let text = line.trim();
    let first = text.chars().next().unwrap_or(' ');
    !text.contains("  ")
        && !text.contains("kubectl ")
        && !text.starts_with("-->")
        && !matches!(first, '|' | '[' | '{' | '+' | '-' | '@' | '#')
        && !first.is_ascii_digit()
}

fn wrapped(line: &str, width: usize) -> String {
    if measure_text_width(line.trim_end()) <= width || !is_prose(line) {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let below = " ".repeat(indent + 2);
    let mut text = " ".repeat(indent);
    let mut used = indent;
    let mut begins = true;
    for word in line.split_whitespace() {
        let length = measure_text_width(word);
        if !begins && used + 1 + length > width {
            text.push('\n');
            text += &below;
            used = below.len();
            begins = true;
        }
        if !begins {
            text.push(' ');
            used += 1;
        }
        text += word;
        used += length;
        begins = false;
    }
    if line.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, width: usize) -> String {
        let mut out = Vec::new();
        let mut wrap = Wrap::new(&mut out, width);
        // In pieces, as documents are written.
        for piece in text.as_bytes().chunks(7) {
            wrap.write_all(piece).unwrap();
        }
        wrap.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn prose_goes_on_below_its_beginning() {
        let text =
            "    Its pods get a token of serviceaccount/default, but no role is bound to it.\n";
        let told = all(text, 40);
        assert_eq!(
            told,
            "    Its pods get a token of\n      serviceaccount/default, but no\n      role is bound to it.\n"
        );
        assert!(told.lines().all(|line| line.chars().count() <= 40));
        // No word is lost, and none is broken.
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&told), words(text));
    }

    #[test]
    fn colours_have_no_width() {
        let text = "  \u{1b}[1mwarning\u{1b}[0m aaaa bbbb cccc dddd eeee\n";
        assert_eq!(all(text, 35), text);
    }

    #[test]
    fn what_is_copied_or_stands_in_columns_stays() {
        for text in [
            "      kubectl secretsafe migrate -f a/very/long/path/to/a/file.yaml --remove-env\n",
            "ready: to write the change: kubectl secretsafe migrate -f manifests/app.yaml\n",
            "    --> a/very/long/path/to/a/file/which/is/wider/than/the/terminal.yaml:9:69\n",
            "        9 |       containers: [{name: a, image: x, envFrom: [{secretRef: {name: db}}]}]\n",
            "all.yaml  deployment/mounted in default  1          blocked: because of something\n",
            "      [{\"op\":\"add\",\"path\":\"/spec/template/spec/automount\",\"value\":false}]\n",
            "short\n",
            "\n",
            "without an end",
        ] {
            assert_eq!(all(text, 40), text);
        }
    }
}
