//! Putting a value in the place of another one.

use serde_json::Value;

use super::super::{ScalarStyle, Sharing};
use super::Refusal;
use super::layout::{Editor, Mark, Splice, holds_anchor, is_block_scalar};
use super::locate::{Held, Holder, Surroundings};
use super::render::{self, Fresh};
use super::style::Notation;

impl Editor<'_> {
    /// Replaces a value; what is behind its key, and comments behind it, stay.
    pub(super) fn put(&self, held: Held<'_>, value: &Value) -> Result<Vec<Splice>, Refusal> {
        if holds_anchor(held.node) {
            return Err(Refusal::Shared(self.pointer.to_owned()));
        }
        match held.surroundings {
            Surroundings::Flow => self.put_in_flow(held, value),
            Surroundings::Block => self.put_in_block(held, value),
        }
    }

    fn put_in_flow(&self, held: Held<'_>, value: &Value) -> Result<Vec<Splice>, Refusal> {
        let old = held.node;
        let (from, key) = match held.holder {
            Holder::Entry { entry, .. } => (entry.key.span.end, entry.key.scalar_text()),
            Holder::Item { .. } => (old.span.start, None),
            Holder::Document => return self.shape(),
        };
        let new = self
            .in_old_quotes(held, value)
            .unwrap_or_else(|| self.flow_value(value, key, old.span.start));
        if old.span.start < old.span.end {
            let mut splices = self.without_tags(from, old.span.start);
            splices.push(Splice::new(old.span.start, old.span.end, new));
            return Ok(splices);
        }
        // `{a}`, `{a:}`, `{a: }`.
        let Holder::Entry { entry, .. } = held.holder else {
            return self.shape();
        };
        let marks = self.marks(from, self.line_end(from));
        match marks.first() {
            Some((Mark::Indicator(b':'), at)) => {
                let blanks =
                    self.text[at.end..].len() - self.text[at.end..].trim_start_matches(' ').len();
                match marks.get(1) {
                    Some((Mark::Tag | Mark::Anchor, _)) => self.shape(),
                    _ => Ok(vec![Splice::new(
                        at.end,
                        at.end + blanks,
                        format!(" {new}"),
                    )]),
                }
            }
            _ => Ok(vec![Splice::insertion(
                entry.key.span.end,
                format!(": {new}"),
            )]),
        }
    }

    fn put_in_block(&self, held: Held<'_>, value: &Value) -> Result<Vec<Splice>, Refusal> {
        if matches!(held.holder, Holder::Document) {
            return self.put_as_document(held, value);
        }
        let (introduced, Fresh { head, body }) = self.fresh(held, value)?;
        let old = held.node;
        let gap = &self.text[introduced.min(old.span.start)..old.span.start];
        let own_line = gap.contains('\n');
        let mut splices = self.without_tags(introduced, old.span.start);
        if own_line && !splices.is_empty() {
            return self.shape();
        }
        let is_empty = old.span.start >= old.span.end;
        // A collection behind a dash has no room for an anchor that nobody
        // names, and a tag on nothing goes with all that stands there.
        let keeps_anchor =
            (head.is_empty() || !is_filled(value)) && (splices.is_empty() || !is_empty);
        let mut marks = self.marks(introduced, old.span.start);
        marks.retain(|(mark, _)| matches!(mark, Mark::Anchor | Mark::Tag));
        let marked = marks.last().map_or(introduced, |(_, at)| at.end);
        let place = marks
            .iter()
            .rfind(|(mark, _)| *mark == Mark::Anchor && keeps_anchor)
            .map_or(introduced, |(_, at)| at.end);
        let headed = match head.as_str() {
            "" => String::new(),
            head => format!(" {head}"),
        };
        if is_empty {
            let rest = self.rest_of_line(marked);
            let blanks = if rest.trim().is_empty() {
                rest.len()
            } else {
                0
            };
            splices = vec![Splice::new(place, marked + blanks, headed)];
            splices.extend(self.new_lines(self.line_end(marked), &body));
        } else if own_line && !is_block_scalar(old) && (self.is_block(old) || !body.is_empty()) {
            let anchors = if keeps_anchor { place } else { marked };
            splices.push(Splice::new(place, anchors, headed));
            let (first, last) = (old.span.start, self.content_end(old.span));
            let (first, last) = (self.line_start(first), self.line_end(last));
            splices.push(self.replace_lines(first, last, &body));
        } else {
            let end = if is_block_scalar(old) {
                self.header_end(old)
            } else if self.is_block(old) {
                self.content_end(old.span)
            } else {
                old.span.end
            };
            // The blanks before a scalar are somebody's alignment.
            splices.push(if is_filled(value) {
                Splice::new(place, end, headed)
            } else {
                Splice::new(old.span.start, end, head)
            });
            let first = self.line_end(end);
            if is_block_scalar(old) {
                let last = self.line_end(self.content_end(old.span)).max(first);
                splices.push(self.replace_lines(first, last, &body));
            } else {
                splices.extend(self.new_lines(first, &body));
            }
        }
        Ok(splices)
    }

    /// Where the key or dash ends, and the new value behind it.
    fn fresh(&self, held: Held<'_>, value: &Value) -> Result<(usize, Fresh), Refusal> {
        let (introduced, mut fresh) = match held.holder {
            Holder::Entry { entry, .. } => {
                let key = entry.key.scalar_text().unwrap_or_default();
                let column = self.column(self.entry_start(&entry.key)?);
                let fresh = render::below_key(key, value, column, self.style);
                (self.after_colon(entry)?, fresh)
            }
            Holder::Item { list, index } => {
                let dash = self.dash(list, index)?;
                let fresh = render::behind_dash(value, self.column(dash), self.style);
                (dash + 1, fresh)
            }
            Holder::Document => return self.shape(),
        };
        if let Some(quoted) = self.in_old_quotes(held, value) {
            fresh.head = quoted;
        }
        Ok((introduced, fresh))
    }

    /// A document that becomes empty; comments above it stay.
    fn put_as_document(&self, held: Held<'_>, value: &Value) -> Result<Vec<Splice>, Refusal> {
        let span = held.node.span;
        if !self.is_block(held.node) {
            return self.shape();
        }
        let new = render::inline(value, None, Surroundings::Block);
        Ok(vec![Splice::new(span.start, self.content_end(span), new)])
    }

    fn new_lines(&self, at: usize, lines: &[String]) -> Option<Splice> {
        (!lines.is_empty()).then(|| self.replace_lines(at, at, lines))
    }

    /// A tag says what the old value was.
    fn without_tags(&self, start: usize, end: usize) -> Vec<Splice> {
        let marks = self.marks(start.min(end), end);
        let tags = marks.iter().filter(|(mark, _)| *mark == Mark::Tag);
        tags.map(|(_, at)| {
            let blanks =
                self.text[at.end..end].len() - self.text[at.end..end].trim_start_matches(' ').len();
            Splice::removal(at.start, at.end + blanks)
        })
        .collect()
    }

    /// A text that replaces a quoted one on one line keeps the quotes.
    fn in_old_quotes(&self, held: Held<'_>, value: &Value) -> Option<String> {
        let Value::String(text) = value else {
            return None;
        };
        if held.node.sharing != Sharing::Own || self.style.notation == Notation::Json {
            return None;
        }
        match held.node.style()? {
            ScalarStyle::SingleQuoted if !text.contains(char::is_control) => {
                Some(format!("'{}'", text.replace('\'', "''")))
            }
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Some(value.to_string()),
            _ => None,
        }
    }
}

/// Whether a value is a collection with something in it.
fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        _ => false,
    }
}
