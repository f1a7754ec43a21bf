//! Documents of which each line can be told by itself: `key: value`, list items,
//! comments. Most manifests are such, and read here in a fraction of the time. What
//! has anything else (brackets, blocks, escapes, anchors, texts over several lines) is
//! left to the reader of all YAML, which makes the same trees (`tests` compares them).

use super::parse::Failure;
use super::resolve::Tag;
use super::usual::{
    LONGEST_KEY, Lines, is_harmless_text, is_no_json, is_of_key_name, is_plain_start, lines,
};
use super::yaml::{Kind, Layout, Tree};
mod brackets;

use super::{Node, ScalarStyle, Span};

/// Deeper ones are the other reader's, which knows what is too deep.
const DEEPEST: usize = 50;

/// What is not told by its line.
struct Unusual;

/// Reads a document, from its line `---` or from its first line on. `nodes` is how many
/// there are before it. `None` is no answer.
pub(super) fn document(text: &str, part: Span, nodes: usize) -> Option<Read> {
    let mut reader = Reader {
        text,
        tree: Tree::with_nodes(nodes),
        levels: Vec::new(),
        wants: Wants::Root,
        lines: Lines::Usual,
    };
    let mut start = part.start;
    for line in lines(&text[part.start..part.end]) {
        let end = start + line.len();
        reader.line(start, line).ok()?;
        start = end + 1;
    }
    reader.end().ok()
}

/// Whether nothing is said between two lines `---`, or behind the last one.
pub(super) fn is_bare(text: &str) -> bool {
    lines(text).all(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let content = line.trim_matches(' ');
        let is_mark = content.is_empty() || content.starts_with('#') || line == "---";
        is_mark && is_harmless_text(content)
    })
}

/// A document.
pub(super) struct Read {
    pub root: Node,
    /// How many nodes there are now.
    pub nodes: usize,
    /// Whether kubectl reads it for certain.
    pub lines: Lines,
}

/// A collection that is open.
struct Level {
    kind: Kind,
    column: usize,
}

/// What has to come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// The first node of the document.
    Root,
    /// The value of the last key, or what stands behind the last dash.
    Node,
    /// Another entry or item, or an end.
    More,
}

struct Reader<'a> {
    text: &'a str,
    tree: Tree,
    levels: Vec<Level>,
    wants: Wants,
    lines: Lines,
}

impl Reader<'_> {
    /// Reads the line that starts at this byte.
    fn line(&mut self, start: usize, line: &str) -> Result<(), Unusual> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let content = line.trim_start_matches(' ');
        if !is_harmless_text(content) {
            return Err(Unusual);
        }
        let mut column = line.len() - content.len();
        let mut content = content.trim_end_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            return Ok(());
        }
        if column == 0 && content.starts_with("---") {
            let is_first = self.wants == Wants::Root;
            let rest = content[3..].trim_start_matches(' ');
            let is_alone =
                rest.is_empty() || rest.starts_with('#') && rest.len() < content.len() - 3;
            return (is_first && is_alone).then_some(()).ok_or(Unusual);
        }
        while let Some(rest) = content.strip_prefix("- ") {
            self.dash(start + column, column)?;
            let item = rest.trim_start_matches(' ');
            column += content.len() - item.len();
            content = item;
        }
        let name = content.bytes().take_while(is_of_key_name).count();
        let (key, rest) = content.split_at(name);
        let begins_well = key.starts_with(|first: char| first.is_ascii_alphabetic());
        let value = match rest.strip_prefix(':') {
            Some("") if begins_well => "",
            Some(rest) if begins_well && rest.starts_with(' ') => rest.trim_start_matches(' '),
            // Another text than that of an item goes on from the line before.
            _ if self.wants == Wants::Node && self.stands_behind_a_dash(start + column) => {
                self.value(start + column, content)?;
                self.wants = Wants::More;
                return Ok(());
            }
            _ => return Err(Unusual),
        };
        self.key(start + column, column, key)?;
        let at = start + column + content.len() - value.len();
        match value {
            "" => self.wants = Wants::Node,
            value if value.starts_with('#') => self.wants = Wants::Node,
            value => {
                self.value(at, value)?;
                self.wants = Wants::More;
            }
        }
        Ok(())
    }

    /// Whether only blanks are between a byte and a dash on the same line.
    fn stands_behind_a_dash(&self, at: usize) -> bool {
        self.text[..at].trim_end_matches(' ').ends_with('-')
    }

    fn dash(&mut self, at: usize, column: usize) -> Result<(), Unusual> {
        self.close_behind(column)?;
        match (self.levels.last(), self.wants) {
            (
                Some(Level {
                    kind: Kind::Sequence,
                    column: own,
                }),
                Wants::More,
            ) if *own == column => {}
            (
                Some(Level {
                    kind: Kind::Mapping,
                    column: own,
                }),
                Wants::Node,
            ) if *own <= column => {
                self.open(Kind::Sequence, at, column)?;
            }
            (
                Some(Level {
                    kind: Kind::Sequence,
                    column: own,
                }),
                Wants::Node,
            ) if *own < column => {
                self.open(Kind::Sequence, at, column)?;
            }
            (None, Wants::Root) => self.open(Kind::Sequence, at, column)?,
            _ => return Err(Unusual),
        }
        self.wants = Wants::Node;
        Ok(())
    }

    fn key(&mut self, at: usize, column: usize, key: &str) -> Result<(), Unusual> {
        self.close_behind(column)?;
        // Items need not stand behind the column of the key that has them.
        if self.wants == Wants::More
            && let Some(Level {
                kind: Kind::Sequence,
                column: own,
            }) = self.levels.last()
            && *own == column
        {
            self.close()?;
        }
        match (self.levels.last(), self.wants) {
            (
                Some(Level {
                    kind: Kind::Mapping,
                    column: own,
                }),
                Wants::More,
            ) if *own == column => {}
            (Some(Level { column: own, .. }), Wants::Node) if *own < column => {
                self.open(Kind::Mapping, at, column)?;
            }
            (None, Wants::Root) => self.open(Kind::Mapping, at, column)?,
            _ => return Err(Unusual),
        }
        self.key_text(at, key)
    }

    fn key_text(&mut self, at: usize, key: &str) -> Result<(), Unusual> {
        let is_usual = key.starts_with(|first: char| first.is_ascii_alphabetic())
            && !matches!(key, "null" | "Null" | "NULL")
            && key.len() <= LONGEST_KEY;
        match is_usual {
            true => self.scalar(key, ScalarStyle::Plain, at, key.len()),
            false => Err(Unusual),
        }
    }

    /// A value that begins at this byte and ends with its line, but for a comment.
    fn value(&mut self, at: usize, value: &str) -> Result<(), Unusual> {
        if value.starts_with(['{', '[']) {
            // kubectl's reader has rules of its own for what stands in brackets.
            if !matches!(value, "{}" | "[]") {
                self.lines = Lines::Others;
            }
            let length = self.brackets(at, value, 0)?;
            return is_end(&value[length..]);
        }
        if let Some((inner, style)) = quoted(value)? {
            let length = inner.len() + 2;
            self.scalar(inner, style, at, length)?;
            return is_end(&value[length..]);
        }
        let comment = value.as_bytes().windows(2).position(|two| two == b" #");
        let value = comment.map_or(value, |at| value[..at].trim_end_matches(' '));
        self.plain(at, value)
    }

    fn plain(&mut self, at: usize, value: &str) -> Result<(), Unusual> {
        let is_plain = value.starts_with(is_plain_start)
            && value != "-"
            && !value.starts_with("- ")
            && !value.starts_with("<<")
            && !value.ends_with(':')
            && !value.as_bytes().windows(2).any(|two| two == b": ");
        if !is_plain {
            return Err(Unusual);
        }
        if is_no_json(value) {
            self.lines = Lines::Others;
        }
        self.scalar(value, ScalarStyle::Plain, at, value.len())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        at: usize,
        length: usize,
    ) -> Result<(), Unusual> {
        let span = Span {
            start: at,
            end: at + length,
        };
        let taken = self.tree.scalar(text.into(), style, Tag::None, span, 0);
        taken.map_err(|_: Failure| Unusual)
    }

    fn open(&mut self, kind: Kind, at: usize, column: usize) -> Result<(), Unusual> {
        if self.levels.len() == DEEPEST {
            return Err(Unusual);
        }
        self.tree.open(kind, at, Layout::Block, 0);
        self.levels.push(Level { kind, column });
        Ok(())
    }

    /// Closes what stands behind a column.
    fn close_behind(&mut self, column: usize) -> Result<(), Unusual> {
        while self
            .levels
            .last()
            .is_some_and(|level| level.column > column)
        {
            self.close()?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Unusual> {
        // Nothing stands where a value or an item is wanted: it is null.
        if self.wants != Wants::More {
            return Err(Unusual);
        }
        self.levels.pop();
        self.close_brackets(0, 0)
    }

    /// Closes a collection; a place counts for one in brackets.
    fn close_brackets(&mut self, start: usize, end: usize) -> Result<(), Unusual> {
        let closed = self.tree.close(Span { start, end }, self.text);
        closed.map_err(|_: Failure| Unusual)
    }

    fn end(mut self) -> Result<Read, Unusual> {
        if self.wants == Wants::Root {
            return Err(Unusual);
        }
        while !self.levels.is_empty() {
            self.close()?;
        }
        let nodes = self.tree.nodes();
        let root = self.tree.finish().ok_or(Unusual)?;
        Ok(Read {
            root,
            nodes,
            lines: self.lines,
        })
    }
}

/// The inside of a text in quotes that another one begins with, if it does.
fn quoted(text: &str) -> Result<Option<(&str, ScalarStyle)>, Unusual> {
    let (quote, style) = match text.as_bytes().first() {
        Some(b'"') => ('"', ScalarStyle::DoubleQuoted),
        Some(b'\'') => ('\'', ScalarStyle::SingleQuoted),
        _ => return Ok(None),
    };
    let inside = &text[1..];
    let end = inside.find([quote, '\\']).ok_or(Unusual)?;
    // Two quotes are one, and no end.
    let is_end = inside[end..].starts_with(quote) && !inside[end + 1..].starts_with(quote);
    match is_end {
        true => Ok(Some((&inside[..end], style))),
        false => Err(Unusual),
    }
}

/// Whether nothing stands behind a value, or a comment.
fn is_end(behind: &str) -> Result<(), Unusual> {
    let rest = behind.trim_start_matches(' ');
    let is_comment = rest.starts_with('#') && rest.len() < behind.len();
    match rest.is_empty() || is_comment {
        true => Ok(()),
        false => Err(Unusual),
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
