//! Removing and adding in flow collections: between brackets and commas.

use serde_json::Value;

use super::super::{Node, Span};
use super::comments::{Sibling, name_of};
use super::layout::{Editor, Mark, Splice, own_entries, whole};
use super::locate::{Held, Holder, Surroundings};
use super::style::Notation;
use super::{Refusal, render};

/// A child of a flow collection, with its anchor and tag.
#[derive(Clone, Copy)]
struct Child {
    start: usize,
    end: usize,
    /// The comma behind it.
    comma: Option<usize>,
}

impl Child {
    /// One past it and its comma.
    fn after(self) -> usize {
        self.comma.map_or(self.end, |comma| comma + 1)
    }
}

impl Editor<'_> {
    /// Where the closing bracket stands.
    fn closing(parent: &Node) -> usize {
        parent.span.end.saturating_sub(1)
    }

    fn children(&self, parent: &Node) -> Result<Vec<Child>, Refusal> {
        if !matches!(self.byte(parent.span.start), Some(b'{' | b'[')) {
            // A pair inside a list: `[a: b]`.
            return self.shape();
        }
        let spans: Vec<Span> = if parent.is_mapping() {
            own_entries(parent).map(whole).collect()
        } else {
            parent.items().iter().map(|item| item.span).collect()
        };
        let mut children = Vec::new();
        let mut boundary = parent.span.start + 1;
        for (index, span) in spans.iter().enumerate() {
            let mut start = span.start;
            for (mark, at) in self.marks(boundary, span.start) {
                match mark {
                    Mark::Comment => {}
                    Mark::Anchor | Mark::Tag => start = start.min(at.start),
                    Mark::Indicator(_) | Mark::Other => return self.shape(),
                }
            }
            let next = spans
                .get(index + 1)
                .map_or(Self::closing(parent), |next| next.start);
            let mut end = span.end;
            let mut comma = None;
            for (mark, at) in self.marks(span.end, next) {
                match mark {
                    Mark::Indicator(b',') => {
                        comma = Some(at.start);
                        break;
                    }
                    Mark::Comment => {}
                    // A key without value.
                    Mark::Indicator(b':') | Mark::Anchor | Mark::Tag => end = at.end,
                    Mark::Indicator(_) | Mark::Other => return self.shape(),
                }
            }
            let child = Child { start, end, comma };
            boundary = child.after();
            children.push(child);
        }
        let rest = self.marks(boundary, Self::closing(parent).max(boundary));
        if rest.iter().any(|(mark, _)| *mark != Mark::Comment) {
            return self.shape();
        }
        Ok(children)
    }

    fn holds_comment(&self, start: usize, end: usize) -> bool {
        self.marks(start, end)
            .iter()
            .any(|(mark, _)| *mark == Mark::Comment)
    }

    /// Whether a child has its lines for itself.
    fn has_own_lines(&self, child: Child) -> bool {
        let rest = self.rest_of_line(child.after()).trim_start();
        self.only_blanks_before(child.start)
            && (rest.is_empty() || rest.starts_with('#'))
            && self.line_end(child.after()) < self.text.len()
    }

    /// Where the lines of a child begin, with those of its own comments.
    fn first_line_in_flow(&self, parent: &Node, children: &[Child], index: usize) -> usize {
        let start = children[index].start;
        if !self.is_below_comment(start) {
            return self.line_start(start);
        }
        let names: Vec<_> = if parent.is_mapping() {
            own_entries(parent)
                .map(|entry| entry.key.scalar_text())
                .collect()
        } else {
            parent.items().iter().map(name_of).collect()
        };
        let siblings: Vec<_> = children
            .iter()
            .zip(names)
            .map(|(child, name)| Sibling {
                start: child.start,
                end: self.line_end(child.after()),
                name,
            })
            .collect();
        self.with_own_comments(&siblings, index)
    }

    pub(super) fn remove_from_flow(&self, removed: Held<'_>) -> Result<Vec<Splice>, Refusal> {
        let (parent, index) = match removed.holder {
            Holder::Item { list, index } => (list, index),
            Holder::Entry { mapping, entry } => {
                let before =
                    own_entries(mapping).take_while(|other| other.key.span != entry.key.span);
                (mapping, before.count())
            }
            Holder::Document => return self.shape(),
        };
        let children = self.children(parent)?;
        let Some(child) = children.get(index).copied() else {
            return self.shape();
        };
        let before = index.checked_sub(1).map(|before| children[before]);
        let (opened, closing) = (parent.span.start + 1, Self::closing(parent));
        let alone = children.len() == 1;
        if alone
            && !self.holds_comment(opened, child.start)
            && !self.holds_comment(child.end, closing)
        {
            return Ok(vec![Splice::removal(opened, closing)]);
        }
        if self.has_own_lines(child) {
            let first = self.first_line_in_flow(parent, &children, index);
            let lines = Splice::removal(first, self.line_end(child.after()));
            let comma = match (before.and_then(|before| before.comma), child.comma) {
                (Some(comma), None) => Some(Splice::removal(comma, comma + 1)),
                _ => None,
            };
            return Ok(comma.into_iter().chain([lines]).collect());
        }
        if let Some(next) = children.get(index + 1) {
            let between = &self.text[child.after()..next.start];
            return Ok(vec![if between.contains('\n') {
                let kept = self.text[..child.start].trim_end_matches([' ', '\t']).len();
                let kept = if self.only_blanks_before(child.start) {
                    child.start
                } else {
                    kept
                };
                Splice::removal(kept, child.after())
            } else {
                Splice::removal(child.start, next.start)
            }]);
        }
        let Some(before) = before else {
            return Ok(vec![Splice::removal(child.start, child.after())]);
        };
        if self.holds_comment(before.after(), child.start) {
            let comma = before.comma.filter(|_| child.comma.is_none());
            let comma = comma.map(|comma| Splice::removal(comma, comma + 1));
            let child = Splice::removal(child.start, child.after());
            return Ok(comma.into_iter().chain([child]).collect());
        }
        Ok(vec![match child.comma {
            Some(_) => Splice::removal(before.after(), child.after()),
            None => Splice::removal(before.comma.unwrap_or(before.end), child.end),
        }])
    }

    pub(super) fn append_to_flow(
        &self,
        parent: &Node,
        value: &Value,
        key: Option<&str>,
    ) -> Result<Vec<Splice>, Refusal> {
        let children = self.children(parent)?;
        let (opened, closing) = (parent.span.start + 1, Self::closing(parent));
        let new = |at| self.flow_child(value, key, at);
        let Some(last) = children.last().copied() else {
            return Ok(vec![self.first_in_flow(parent, value, key)]);
        };
        let own_line = self.only_blanks_before(last.start);
        let closes_below = self.text[last.after()..closing].contains('\n');
        if own_line && closes_below {
            let indentation = self.indentation(last.start);
            let comma = match last.comma {
                Some(_) => None,
                None => Some(Splice::insertion(last.end, ",".to_owned())),
            };
            let trailing = if last.comma.is_some() { "," } else { "" };
            let line = format!("{indentation}{}{trailing}", new(last.start));
            let at = self.line_end(last.after());
            return Ok(comma
                .into_iter()
                .chain([self.replace_lines(at, at, &[line])])
                .collect());
        }
        let separator = if own_line {
            format!("{}{}", self.line_break, self.indentation(last.start))
        } else if self.is_dense(opened, closing) {
            String::new()
        } else {
            " ".to_owned()
        };
        let new = new(last.start);
        Ok(vec![match last.comma {
            Some(comma) => Splice::insertion(comma + 1, format!("{separator}{new},")),
            None => Splice::insertion(last.end, format!(",{separator}{new}")),
        }])
    }

    /// Something between brackets that hold nothing.
    fn first_in_flow(&self, parent: &Node, value: &Value, key: Option<&str>) -> Splice {
        let (opened, closing) = (parent.span.start + 1, Self::closing(parent));
        if self.holds_comment(opened, closing) {
            let outer = self.indentation(closing);
            let new = self.flow_child(value, key, closing);
            let line = format!("{outer}{}{new}", " ".repeat(self.style.step));
            let at = self.line_start(closing);
            return self.replace_lines(at, at, &[line]);
        }
        match self.json_step() {
            Some(step) => {
                let outer = self.indentation(opened);
                let inner = format!("{outer}{step}");
                let text = render::json(value, Some((&inner, &step)));
                let text = match key {
                    Some(key) => format!("{}: {text}", Value::from(key)),
                    None => text,
                };
                let text = text.replace('\n', self.line_break);
                let nl = self.line_break;
                Splice::new(opened, closing, format!("{nl}{inner}{text}{nl}{outer}"))
            }
            None => Splice::new(opened, closing, self.flow_child(value, key, opened)),
        }
    }

    pub(super) fn insert_into_flow(
        &self,
        parent: &Node,
        index: usize,
        value: &Value,
    ) -> Result<Vec<Splice>, Refusal> {
        let children = self.children(parent)?;
        let Some(next) = children.get(index) else {
            return self.shape();
        };
        let new = self.flow_child(value, None, next.start);
        let separator = if self.only_blanks_before(next.start) {
            format!("{}{}", self.line_break, self.indentation(next.start))
        } else if self.is_dense(parent.span.start, Self::closing(parent)) {
            String::new()
        } else {
            " ".to_owned()
        };
        Ok(vec![Splice::insertion(
            next.start,
            format!("{new},{separator}"),
        )])
    }

    /// `key: value` or a value, at home in flow style.
    fn flow_child(&self, value: &Value, key: Option<&str>, at: usize) -> String {
        let value = self.flow_value(value, key, at);
        match (key, self.style.notation) {
            (None, _) => value,
            (Some(key), Notation::Yaml) => {
                format!("{}: {value}", render::text_scalar(key, Surroundings::Flow))
            }
            (Some(key), Notation::Json) => {
                let colon = if self.text.contains("\": ") {
                    ": "
                } else {
                    ":"
                };
                format!("{}{colon}{value}", Value::from(key))
            }
        }
    }

    pub(super) fn flow_value(&self, value: &Value, key: Option<&str>, at: usize) -> String {
        match self.style.notation {
            Notation::Yaml => render::inline(value, key, Surroundings::Flow),
            Notation::Json => match self.json_step() {
                Some(step) => render::json(value, Some((self.indentation(at), &step)))
                    .replace('\n', self.line_break),
                None => {
                    let spaced = self.text.contains("\": ");
                    render::json_on_a_line(value, spaced)
                }
            },
        }
    }

    /// How a level is indented, where JSON is written on many lines.
    fn json_step(&self) -> Option<String> {
        if self.style.notation != Notation::Json {
            return None;
        }
        let start = self.text.find(['{', '['])?;
        let inner = &self.text[start + 1..];
        let content = inner.len() - inner.trim_start().len();
        let blanks = &inner[..content];
        let inner = &blanks[blanks.rfind('\n')? + 1..];
        let outer = self.indentation(start);
        let step = inner.strip_prefix(outer).unwrap_or(inner);
        (!step.is_empty()).then(|| step.to_owned())
    }

    /// Whether nothing stands behind the commas of a document in JSON.
    fn is_dense(&self, start: usize, end: usize) -> bool {
        let own = &self.text[start..end];
        self.style.notation == Notation::Json
            && if own.contains(',') {
                !own.contains(", ")
            } else {
                !self.text.contains(", ")
            }
    }
}
