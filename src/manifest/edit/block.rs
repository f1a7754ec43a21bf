//! Removing and adding in block collections: whole lines go and come.

use serde_json::Value;

use super::super::{Node, Span};
use super::comments::{Sibling, name_of};
use super::layout::{Editor, Splice, is_block_scalar, last_scalar, own_entries, whole};
use super::locate::{Held, Holder};
use super::{Refusal, render};

/// A child of a block collection, and the one before it.
struct Child<'a> {
    node: &'a Node,
    span: Span,
    before: Option<&'a Node>,
}

impl Editor<'_> {
    /// Removes an entry or item that is not the only one, and its own comments.
    pub(super) fn remove_from_block(&self, held: Held<'_>) -> Result<Vec<Splice>, Refusal> {
        let child = self.child(held)?;
        let (start, end) = (child.span.start, self.content_end(child.span));
        if self.only_blanks_before(start) {
            let first = self.first_line(held, start);
            let last = self.lines_end(child.node, child.span);
            let last = self.with_stray_lines(&child, last);
            return Ok(vec![self.replace_lines(first, last, &[])]);
        }
        // The first on its dash's line: what follows moves up to the dash. A
        // comment between the two keeps its line, and the dash stays alone.
        let next = self.lines_end(child.node, child.span);
        let below = &self.text[next..];
        let blank = below.len() - below.trim_start_matches([' ', '\r', '\n']).len();
        if self.byte(next + blank) == Some(b'#') {
            let dash = self.text[..start].trim_end_matches(' ').len();
            let line_break = self.text[..next].trim_end_matches(['\n', '\r']).len();
            return Ok(vec![Splice::removal(dash, line_break.max(end))]);
        }
        Ok(vec![Splice::removal(start, next + blank)])
    }

    /// Where the lines of a child begin, with those of its own comments.
    fn first_line(&self, held: Held<'_>, start: usize) -> usize {
        if !self.is_below_comment(start) {
            return self.line_start(start);
        }
        let siblings = self.siblings(held).unwrap_or_default();
        let own = siblings.iter().position(|sibling| sibling.start == start);
        match own {
            Some(index) => self.with_own_comments(&siblings, index),
            None => self.line_start(start),
        }
    }

    /// All children of what holds a child.
    fn siblings<'a>(&self, held: Held<'a>) -> Result<Vec<Sibling<'a>>, Refusal> {
        match held.holder {
            Holder::Entry { mapping, .. } => own_entries(mapping)
                .map(|entry| {
                    Ok(Sibling {
                        start: self.entry_start(&entry.key)?,
                        end: self.lines_end(&entry.value, whole(entry)),
                        name: entry.key.scalar_text(),
                    })
                })
                .collect(),
            Holder::Item { list, .. } => (0..list.items().len())
                .map(|index| {
                    let item = &list.items()[index];
                    Ok(Sibling {
                        start: self.dash(list, index)?,
                        end: self.lines_end(item, item.span),
                        name: name_of(item),
                    })
                })
                .collect(),
            Holder::Document => self.shape(),
        }
    }

    fn child<'a>(&self, held: Held<'a>) -> Result<Child<'a>, Refusal> {
        match held.holder {
            Holder::Entry { mapping, entry } => {
                let before = own_entries(mapping)
                    .take_while(|other| other.key.span != entry.key.span)
                    .last();
                Ok(Child {
                    node: held.node,
                    span: Span {
                        start: self.entry_start(&entry.key)?,
                        end: whole(entry).end,
                    },
                    before: before.map(|entry| &entry.value),
                })
            }
            Holder::Item { list, index } => Ok(Child {
                node: held.node,
                span: Span {
                    start: self.dash(list, index)?,
                    end: held.node.span.end,
                },
                before: index.checked_sub(1).map(|before| &list.items()[before]),
            }),
            Holder::Document => self.shape(),
        }
    }

    /// Comments deep inside what is removed would become the text of a block
    /// scalar above it, and blank lines too where it keeps them: they go as well.
    fn with_stray_lines(&self, child: &Child<'_>, end: usize) -> usize {
        let Some(scalar) = child.before.and_then(last_scalar) else {
            return end;
        };
        if !is_block_scalar(scalar) {
            return end;
        }
        let keeps = self.text[scalar.span.start..self.header_end(scalar)].contains('+');
        let column = self.column(child.span.start);
        let mut stray = end;
        let mut at = end;
        while at < self.text.len() {
            let line = self.rest_of_line(at);
            let content = line.trim_start_matches(' ');
            let is_comment = content.starts_with('#');
            if is_comment && line.len() - content.len() <= column {
                break;
            }
            if !is_comment && !content.trim().is_empty() {
                break;
            }
            at = self.line_end(at);
            if is_comment || keeps {
                stray = at;
            }
        }
        stray
    }

    /// Whether a mapping or list holds nothing but this child.
    pub(super) fn is_only_child(&self, held: Held<'_>) -> Result<bool, Refusal> {
        match held.holder {
            // A merge key is no entry of the tree, but the mapping's bytes hold it.
            Holder::Entry { mapping, entry } => Ok(own_entries(mapping).count() == 1
                && self.entry_start(&entry.key)? <= mapping.span.start
                && self.content_end(whole(entry)) >= mapping.span.end),
            Holder::Item { list, .. } => Ok(list.items().len() == 1),
            Holder::Document => Ok(false),
        }
    }

    pub(super) fn append_to_block(&self, list: &Node, value: &Value) -> Result<Splice, Refusal> {
        let Some(last) = list.items().last() else {
            return self.shape();
        };
        let column = self.column(self.dash(list, 0)?);
        let at = self.lines_end(last, list.span);
        Ok(self.replace_lines(at, at, &render::item(value, column, self.style)))
    }

    /// A new item stands right behind the one before it, so that comments
    /// above the next one stay there.
    pub(super) fn insert_into_block(
        &self,
        list: Held<'_>,
        index: usize,
        value: &Value,
    ) -> Result<Splice, Refusal> {
        let dash = self.dash(list.node, index)?;
        let column = self.column(dash);
        let lines = render::item(value, column, self.style);
        if !self.only_blanks_before(dash) {
            let mut new = lines.join(self.line_break).trim_start().to_owned();
            new += self.line_break;
            new += &" ".repeat(column);
            return Ok(Splice::insertion(dash, new));
        }
        let at = match (index.checked_sub(1), list.holder) {
            (Some(before), _) => {
                let before = &list.node.items()[before];
                self.lines_end(before, before.span)
            }
            (None, Holder::Entry { entry, .. }) => self.line_end(self.after_colon(entry)?),
            (None, _) => self.line_start(dash),
        };
        Ok(self.replace_lines(at, at, &lines))
    }

    /// A new key stands behind the mapping's last one.
    pub(super) fn add_to_block(
        &self,
        mapping: &Node,
        key: &str,
        value: &Value,
    ) -> Result<Splice, Refusal> {
        let column = match own_entries(mapping).next() {
            Some(first) if first.key.span.start == mapping.span.start => {
                self.column(self.entry_start(&first.key)?)
            }
            // A merge key comes first.
            _ => self.column(mapping.span.start),
        };
        let at = self.lines_end(mapping, mapping.span);
        Ok(self.replace_lines(at, at, &render::entry(key, value, column, self.style)))
    }
}
