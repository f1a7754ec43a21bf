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
        let old = held.node;
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
            Holder::Document => return self.put_as_document(held, value),
        };
        if let Some(quoted) = self.in_old_quotes(held, value) {
            fresh.head = quoted;
        }
        let mut splices = self.without_tags(introduced, old.span.start);
        let place = self
            .marks(introduced, old.span.start)
            .iter()
            .filter(|(mark, _)| *mark == Mark::Anchor)
            .last()
            .map_or(introduced, |(_, at)| at.end);
        let gap = &self.text[introduced.min(old.span.start)..old.span.start];
        let own_line = gap.contains('\n');
        let gap_holds_tag = !splices.is_empty();
        if gap_holds_tag && own_line {
            return self.shape();
        }
        let Fresh { head, body } = fresh;
        let headed = if head.is_empty() {
            String::new()
        } else {
            format!(" {head}")
        };
        if old.span.start >= old.span.end {
            let blanks = self.rest_of_line(place);
            let end = if blanks.trim().is_empty() {
                place + blanks.len()
            } else {
                place
            };
            splices.push(Splice::new(place, end, headed));
            splices.extend(self.new_lines(self.line_end(place), &body));
        } else if is_block_scalar(old) {
            let header = self.header_end(old);
            splices.push(self.on_the_line(place, old.span.start, header, head));
            let first = self.line_end(header);
            let last = self.line_end(self.content_end(old.span)).max(first);
            splices.push(self.replace_lines(first, last, &body));
        } else if own_line && (self.is_block(old) || !body.is_empty()) {
            splices.push(Splice::insertion(place, headed));
            splices.push(self.replace_lines(
                self.line_start(old.span.start),
                self.line_end(self.content_end(old.span)),
                &body,
            ));
        } else {
            let end = if self.is_block(old) {
                self.content_end(old.span)
            } else {
                old.span.end
            };
            splices.push(self.on_the_line(place, old.span.start, end, head));
            splices.extend(self.new_lines(self.line_end(end), &body));
        }
        Ok(splices)
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

    /// New text on the line of a key or dash, the blanks before the old one kept.
    fn on_the_line(&self, place: usize, start: usize, end: usize, head: String) -> Splice {
        if head.is_empty() {
            Splice::removal(place, end)
        } else {
            Splice::new(start, end, head)
        }
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
