//! One space for the bytes of all texts, so that a node of a built tree says by
//! its span alone where it was written.

use crate::manifest::{Node, ScalarStyle, Span, path};

/// Where the bytes of each text lie, one text after the other.
#[derive(Default)]
pub struct Space {
    parts: Vec<Part>,
    /// How many of the texts were given.
    given: usize,
}

struct Part {
    base: usize,
    length: usize,
    holder: Holder,
}

enum Holder {
    /// A text of its own.
    Source { index: usize },
    /// The text of a scalar of another one.
    Inline {
        source: usize,
        outer: Span,
        lines: Option<Lines>,
    },
}

/// The lines of a literal block: where each begins in the block's text and in
/// the text around it.
struct Lines(Vec<(usize, usize)>);

/// Where bytes of the space lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located {
    /// Which source: the given ones first, then those of
    /// [`super::Builds::read_on`].
    pub source: usize,
    /// The bytes in its text.
    pub span: Span,
    /// How closely they are known.
    pub precision: Precision,
}

/// How closely a place is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// These bytes are the node.
    Exact,
    /// They are the node, in the text of a block scalar: an inline patch.
    Inline,
    /// The node is somewhere in the scalar whose bytes these are.
    Within,
}

impl Space {
    pub(super) fn add_source(&mut self, index: usize, length: usize) -> usize {
        self.add(Holder::Source { index }, length)
    }

    pub(super) fn all_given(&mut self) {
        self.given = self.parts.len();
    }

    /// Adds the text of a scalar; `outer` lies in a source's own text.
    pub(super) fn add_inline(
        &mut self,
        source: usize,
        around: &str,
        outer: Span,
        style: ScalarStyle,
        text: &str,
    ) -> usize {
        let lines = (style == ScalarStyle::Literal)
            .then(|| Lines::of(around, outer, text))
            .flatten();
        self.add(
            Holder::Inline {
                source,
                outer,
                lines,
            },
            text.len(),
        )
    }

    fn add(&mut self, holder: Holder, length: usize) -> usize {
        // The first byte of the space belongs to nobody: a span of zeros is
        // that of a node which no file wrote. So does the byte between parts.
        let base = self
            .parts
            .last()
            .map_or(1, |last| last.base + last.length + 1);
        self.parts.push(Part {
            base,
            length,
            holder,
        });
        base
    }

    /// Where these bytes lie; `None` for a node that no file wrote.
    pub fn locate(&self, span: Span) -> Option<Located> {
        let after = self.parts.partition_point(|part| part.base <= span.start);
        let part = self.parts.get(after.checked_sub(1)?)?;
        let own = Span {
            start: span.start - part.base,
            end: span.end.checked_sub(part.base)?,
        };
        if own.end > part.length || own.end < own.start {
            return None;
        }
        Some(match &part.holder {
            Holder::Source { index } => Located {
                source: *index,
                span: own,
                precision: Precision::Exact,
            },
            Holder::Inline {
                source,
                outer,
                lines,
            } => match lines {
                Some(lines) => Located {
                    source: *source,
                    span: Span {
                        start: lines.outer(own.start),
                        end: lines.outer(own.end),
                    },
                    precision: Precision::Inline,
                },
                None => Located {
                    source: *source,
                    span: *outer,
                    precision: Precision::Within,
                },
            },
        })
    }

    /// How many of the sources were given.
    pub fn given(&self) -> usize {
        self.given
    }
}

impl Lines {
    /// `None` where the block's lines do not simply stand one below the other.
    fn of(around: &str, outer: Span, text: &str) -> Option<Self> {
        let block = around.get(outer.start..outer.end.max(outer.start))?;
        let mut outer_at = outer.start + block.find('\n')? + 1;
        let mut lines = Vec::new();
        let mut inner_at = 0;
        for inner in text.split('\n') {
            let rest = around.get(outer_at..)?;
            let line = rest.split('\n').next()?;
            let line = line.strip_suffix('\r').unwrap_or(line);
            if !inner.is_empty() {
                let indent = line.len().checked_sub(inner.len())?;
                if !line.ends_with(inner) {
                    return None;
                }
                lines.push((inner_at, outer_at + indent));
            } else {
                lines.push((inner_at, outer_at + line.len()));
            }
            inner_at += inner.len() + 1;
            outer_at += rest.find('\n').map_or(rest.len(), |end| end + 1);
            if outer_at >= around.len() {
                break;
            }
        }
        Some(Self(lines))
    }

    fn outer(&self, at: usize) -> usize {
        let after = self.0.partition_point(|(inner, _)| *inner <= at);
        match self.0.get(after.saturating_sub(1)) {
            Some((inner, outer)) => outer + at.saturating_sub(*inner),
            None => 0,
        }
    }
}

/// The JSON path of the node of a source's tree whose bytes these are.
pub fn path_of(root: &Node, span: Span) -> Option<String> {
    let mut path = String::new();
    let mut node = root;
    loop {
        if node.span == span {
            return Some(path);
        }
        let holds = |node: &Node| node.span.start <= span.start && span.end <= node.span.end;
        let below = node
            .items()
            .iter()
            .enumerate()
            .find(|(_, item)| holds(item));
        if let Some((index, item)) = below {
            path = path::item(&path, index);
            node = item;
            continue;
        }
        let entry = node
            .entries()
            .iter()
            .find(|entry| holds(&entry.value) || entry.key.span == span)?;
        path::push_key(&mut path, entry.key.scalar_text()?);
        if entry.key.span == span {
            return Some(path);
        }
        node = &entry.value;
    }
}
