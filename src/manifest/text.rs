//! The text of a file, and places in it.

use std::ops::Range;

use zeroize::Zeroizing;

/// A range of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A place for people: both counted from one, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The text of one input. It may hold secret values: it has no `Debug`, and
/// is wiped when dropped.
pub struct SourceText {
    name: String,
    text: Zeroizing<String>,
    line_starts: Vec<usize>,
}

impl SourceText {
    /// `name` is what messages call it: a path as the user wrote it, or
    /// `standard input`.
    pub fn new(name: impl Into<String>, text: impl Into<Zeroizing<String>>) -> Self {
        let text = text.into();
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let mut line_starts = Vec::with_capacity(breaks.clone().count() + 1);
        line_starts.push(0);
        line_starts.extend(breaks.map(|at| at + 1));
        Self {
            name: name.into(),
            text,
            line_starts,
        }
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let column = self
            .text
            .get(start..offset)
            .map_or(offset - start, |before| before.chars().count());
        Position {
            line,
            column: column + 1,
        }
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.line_starts.len()
    }

    /// The bytes of a line (from one), without its end.
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |next| next - 1);
        let end = if self.text[start..end].ends_with('\r') {
            end - 1
        } else {
            end
        };
        Some(Span { start, end })
    }
}

/// From each start to the next, and from the last one to the end.
pub(super) fn ranges(starts: Vec<usize>, end: usize) -> Vec<Range<usize>> {
    let ends = starts.iter().skip(1).copied().chain([end]);
    let ranges = starts.iter().zip(ends);
    ranges.map(|(start, end)| *start..end).collect()
}
