//! Collections in brackets that end on their line: `{name: db, key: password}`,
//! `["--port", 80]`.

use super::super::node::ScalarStyle;
use super::super::usual::{is_of_key_name, is_plain_start};
use super::super::yaml::{Kind, Layout};
use super::{Reader, Unusual, quoted};

/// Deeper ones are the other reader's.
const DEEPEST: usize = 20;

impl Reader<'_> {
    /// Reads the collection that a text begins with, which stands at this byte; how long
    /// it is.
    pub(super) fn brackets(
        &mut self,
        at: usize,
        text: &str,
        depth: usize,
    ) -> Result<usize, Unusual> {
        let (kind, close) = match text.as_bytes().first() {
            Some(b'{') => (Kind::Mapping, '}'),
            Some(b'[') => (Kind::Sequence, ']'),
            _ => return Err(Unusual),
        };
        if depth == DEEPEST {
            return Err(Unusual);
        }
        self.tree.open(kind, at, Layout::Flow, 0);
        let mut here = blank(text, 1);
        let mut is_over = text[here..].starts_with(close);
        while !is_over {
            if matches!(kind, Kind::Mapping) {
                here = self.key_in_brackets(at, text, here)?;
            }
            here = blank(text, self.node_in_brackets(at, text, here, depth)?);
            is_over = text[here..].starts_with(close);
            if !is_over {
                let behind = text[here..].strip_prefix(',').ok_or(Unusual)?;
                here = blank(text, text.len() - behind.len());
            }
        }
        let end = here + 1;
        self.close_brackets(at, at + end)?;
        Ok(end)
    }

    /// Where the value of a key begins.
    fn key_in_brackets(&mut self, at: usize, text: &str, here: usize) -> Result<usize, Unusual> {
        let length = text[here..].bytes().take_while(is_of_key_name).count();
        let key = &text[here..here + length];
        self.key_text(at + here, key)?;
        let rest = &text[here + length..];
        match rest.starts_with(": ") {
            true => Ok(blank(text, here + length + 1)),
            false => Err(Unusual),
        }
    }

    /// Where a node ends.
    fn node_in_brackets(
        &mut self,
        at: usize,
        text: &str,
        here: usize,
        depth: usize,
    ) -> Result<usize, Unusual> {
        let rest = &text[here..];
        if rest.starts_with(['{', '[']) {
            return Ok(here + self.brackets(at + here, rest, depth + 1)?);
        }
        if let Some((inner, style)) = quoted(rest)? {
            let length = inner.len() + 2;
            self.scalar(inner, style, at + here, length)?;
            return Ok(here + length);
        }
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-./:=$()+@ ".contains(byte))
            .count();
        let plain = rest[..length].trim_end_matches(' ');
        // What ends with a colon is a key, or is taken for one by some.
        let is_one = plain.starts_with(is_plain_start)
            && !plain.ends_with([':', '-'])
            && !plain.starts_with("- ")
            && !plain.contains(": ");
        if !is_one {
            return Err(Unusual);
        }
        self.scalar(plain, ScalarStyle::Plain, at + here, plain.len())?;
        Ok(here + plain.len())
    }
}

/// Past blanks.
fn blank(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches(' ').len()
}
