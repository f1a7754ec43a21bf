//! Lines, columns, and what stands between two nodes.

use super::super::{Content, Entry, EntryOrigin, Node, ScalarStyle, Sharing, Span};
use super::Refusal;
use super::style::Style;

/// A piece of the text that gives way to a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub at: Span,
    pub new: String,
}

impl Splice {
    pub(super) fn removal(start: usize, end: usize) -> Self {
        Self::new(start, end, String::new())
    }

    pub(super) fn insertion(at: usize, new: String) -> Self {
        Self::new(at, at, new)
    }

    pub(super) fn new(start: usize, end: usize, new: String) -> Self {
        Self {
            at: Span { start, end },
            new,
        }
    }
}

/// What stands between two nodes, blanks aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// From `#` to the end of the line.
    Comment,
    /// `&anchor`.
    Anchor,
    /// `!tag`.
    Tag,
    /// `-`, `?`, `:`, `,`.
    Indicator(u8),
    /// Anything else: a merge key, which the tree does not keep.
    Other,
}

/// One document's text, and how it writes.
pub(super) struct Editor<'a> {
    pub text: &'a str,
    pub style: Style,
    pub line_break: &'static str,
    pub pointer: &'a str,
}

impl Editor<'_> {
    pub(super) fn shape<T>(&self) -> Result<T, Refusal> {
        Err(Refusal::Shape(self.pointer.to_owned()))
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// One past the line break after `at`.
    pub(super) fn line_end(&self, at: usize) -> usize {
        self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |end| at + end + 1)
    }

    /// What stands between `at` and the end of its line.
    pub(super) fn rest_of_line(&self, at: usize) -> &str {
        self.text[at..self.line_end(at)].trim_end_matches(['\n', '\r'])
    }

    pub(super) fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    /// The blanks before the first thing on a line.
    pub(super) fn indentation(&self, at: usize) -> &str {
        let line = &self.text[self.line_start(at)..at];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    pub(super) fn only_blanks_before(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at]
            .bytes()
            .all(|byte| byte == b' ' || byte == b'\t')
    }

    /// The marks of a gap between nodes.
    pub(super) fn marks(&self, start: usize, end: usize) -> Vec<(Mark, Span)> {
        let mut marks = Vec::new();
        let mut at = start;
        while at < end {
            let rest = &self.text[at..end];
            let until = |found: Option<usize>| found.unwrap_or(rest.len());
            let word = || until(rest.find([' ', '\t', '\r', '\n', ',', '[', ']', '{', '}']));
            let (mark, length) = match rest.as_bytes()[0] {
                b' ' | b'\t' | b'\r' | b'\n' => {
                    at += 1;
                    continue;
                }
                b'#' => (Mark::Comment, until(rest.find('\n'))),
                b'&' => (Mark::Anchor, word()),
                b'!' if rest.starts_with("!<") => {
                    (Mark::Tag, rest.find('>').map_or(rest.len(), |end| end + 1))
                }
                b'!' => (Mark::Tag, word()),
                indicator @ (b'-' | b'?' | b':' | b',') => (Mark::Indicator(indicator), 1),
                _ => (Mark::Other, word().max(1)),
            };
            let span = Span {
                start: at,
                end: at + length,
            };
            marks.push((mark, span));
            at = span.end;
        }
        marks
    }

    /// Whether a block collection: its first child stands where it stands.
    pub(super) fn is_block(&self, node: &Node) -> bool {
        node.sharing != Sharing::Alias
            && match &node.content {
                Content::Mapping(_) => self.byte(node.span.start) != Some(b'{'),
                Content::Sequence(_) => self.byte(node.span.start) == Some(b'-'),
                _ => false,
            }
    }

    /// One past a key's colon.
    pub(super) fn after_colon(&self, entry: &Entry) -> Result<usize, Refusal> {
        let from = entry.key.span.end;
        let to = entry.value.span.start.max(self.line_end(from));
        match self.marks(from, to).first() {
            // A colon on a later line belongs to a `?`.
            Some((Mark::Indicator(b':'), at)) if !self.text[from..at.start].contains('\n') => {
                Ok(at.end)
            }
            _ => self.shape(),
        }
    }

    /// The dash of an item of a block list.
    pub(super) fn dash(&self, list: &Node, index: usize) -> Result<usize, Refusal> {
        let items = list.items();
        let from = match index.checked_sub(1) {
            Some(previous) => items[previous].span.end,
            None => list.span.start,
        };
        self.marks(from, items[index].span.start)
            .iter()
            .rev()
            .find(|(mark, _)| *mark == Mark::Indicator(b'-'))
            .map_or_else(|| self.shape(), |(_, at)| Ok(at.start))
    }

    /// Where an entry of a block mapping begins: its key, or the key's anchor.
    pub(super) fn entry_start(&self, key: &Node) -> Result<usize, Refusal> {
        let mut line = self.line_start(key.span.start);
        while matches!(self.byte(line), Some(b' ' | b'-')) && line < key.span.start {
            line += 1;
        }
        let marks = self.marks(line, key.span.start);
        if marks
            .iter()
            .all(|(mark, _)| matches!(mark, Mark::Anchor | Mark::Tag))
        {
            Ok(line)
        } else {
            self.shape()
        }
    }

    /// Where the content of a block node ends: before blanks, line breaks, and
    /// a comment behind it.
    pub(super) fn content_end(&self, span: Span) -> usize {
        let own = self.text[span.start..span.end].trim_end_matches([' ', '\t', '\r', '\n']);
        let end = span.start + own.len();
        // The colon of a key without value, its tag or anchor.
        self.marks(end, self.line_end(end))
            .iter()
            .take_while(|(mark, _)| *mark != Mark::Comment)
            .last()
            .map_or(end, |(_, at)| at.end)
    }

    /// One past the last line of a block node. Line breaks that a block scalar
    /// keeps are its own, but not the blanks of the line below.
    pub(super) fn lines_end(&self, node: &Node, span: Span) -> usize {
        let end = self.line_end(self.content_end(span));
        match last_scalar(node) {
            Some(scalar) if self.keeps_line_breaks(scalar) => {
                end.max(self.line_start(scalar.span.end))
            }
            _ => end,
        }
    }

    fn keeps_line_breaks(&self, scalar: &Node) -> bool {
        is_block_scalar(scalar)
            && self.text[scalar.span.start..self.header_end(scalar)].contains('+')
    }

    /// One past `|`, `>` and what belongs to it.
    pub(super) fn header_end(&self, scalar: &Node) -> usize {
        let header = &self.text[scalar.span.start..];
        let length = header
            .find(|c: char| !matches!(c, '|' | '>' | '+' | '-') && !c.is_ascii_digit())
            .unwrap_or(header.len());
        scalar.span.start + length
    }

    /// Puts new lines in the place of whole old ones.
    pub(super) fn replace_lines(&self, start: usize, end: usize, lines: &[String]) -> Splice {
        let closed = |end: usize| end == 0 || self.text[..end].ends_with('\n');
        if lines.is_empty() {
            // The last line of a text without a final line break.
            let before = &self.text[..start];
            let before = if closed(end) || start == end {
                before
            } else {
                let before = before.strip_suffix('\n').unwrap_or(before);
                before.strip_suffix('\r').unwrap_or(before)
            };
            return Splice::removal(before.len(), end);
        }
        let mut new = lines.join(self.line_break);
        if !closed(start) {
            new.insert_str(0, self.line_break);
        }
        if closed(end) && (start != end || closed(start)) {
            new += self.line_break;
        }
        Splice::new(start, end, new)
    }
}

/// The entries that stand in the mapping itself.
pub(super) fn own_entries(mapping: &Node) -> impl Iterator<Item = &Entry> {
    mapping
        .entries()
        .iter()
        .filter(|entry| entry.origin == EntryOrigin::Own)
}

/// The bytes of key and value.
pub(super) fn whole(entry: &Entry) -> Span {
    Span {
        start: entry.key.span.start,
        end: entry.value.span.end.max(entry.key.span.end),
    }
}

pub(super) fn is_block_scalar(node: &Node) -> bool {
    matches!(
        node.style(),
        Some(ScalarStyle::Literal | ScalarStyle::Folded)
    )
}

/// The scalar a node ends with.
pub(super) fn last_scalar(node: &Node) -> Option<&Node> {
    if node.sharing == Sharing::Alias {
        return None;
    }
    match &node.content {
        Content::Sequence(items) => items.last().and_then(last_scalar),
        Content::Mapping(_) => own_entries(node)
            .last()
            .and_then(|entry| last_scalar(&entry.value)),
        Content::Scalar(_) | Content::Sealed(_) => Some(node),
    }
}

/// Whether aliases elsewhere may name something in it.
pub(super) fn holds_anchor(node: &Node) -> bool {
    node.sharing == Sharing::Anchored
        || node.items().iter().any(holds_anchor)
        || node
            .entries()
            .iter()
            .any(|entry| holds_anchor(&entry.key) || holds_anchor(&entry.value))
}
