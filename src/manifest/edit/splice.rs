//! One operation, one splice.

use serde_json::Value;

use crate::finding::Operation;

use super::super::{Content, Entry, Format, Node, ScalarStyle, Span};
use super::Refusal;
use super::locate::{Target, locate};
use super::render::{self, ListIndent, Style};

/// Applies one operation to the text of a document.
pub(super) fn apply(
    text: &str,
    root: &Node,
    format: Format,
    prefix: &str,
    operation: &Operation,
) -> Result<String, Refusal> {
    let (pointer, change) = match operation {
        // Tests are judged on the data, by the second reader.
        Operation::Test { .. } => return Ok(text.to_owned()),
        Operation::Add { pointer, value } => (pointer, Change::Add(value)),
        Operation::Replace { pointer, value } => (pointer, Change::Replace(value)),
        Operation::Remove { pointer } => (pointer, Change::Remove),
        Operation::Quote { pointer } => (pointer, Change::Quote),
    };
    let full = format!("{prefix}{pointer}");
    let editor = Editor {
        text,
        format,
        style: style_of(text, root),
        pointer,
    };
    let target = locate(root, &full)?;
    let splice = match (change, target) {
        (Change::Remove, Target::Entry { parent, index }) => editor.remove_entry(parent, index),
        (Change::Remove, Target::Item { parent, index }) => editor.remove_item(parent, index),
        (Change::Quote, Target::Entry { parent, index }) => {
            editor.quote(&parent.entries()[index].value)
        }
        (Change::Quote, Target::Item { parent, index }) => editor.quote(&parent.items()[index]),
        (Change::Add(value) | Change::Replace(value), Target::Entry { parent, index }) => {
            editor.replace(&parent.entries()[index], value)
        }
        (Change::Replace(value), Target::Item { parent, index }) => {
            editor.replace_node(&parent.items()[index], value, None)
        }
        (Change::Add(value), Target::Item { parent, index }) => {
            editor.insert_item(parent, index, value)
        }
        (Change::Add(value), Target::End { parent }) => editor.append_item(parent, value),
        (Change::Add(value), Target::NewEntry { parent, key }) => {
            editor.add_entry(parent, &key, value)
        }
        _ => Err(Refusal::Missing(pointer.clone())),
    }?;
    Ok([
        &text[..splice.at.start],
        &splice.new,
        &text[splice.at.end..],
    ]
    .concat())
}

/// A scalar without quotes as it is written, if it is one of one line.
pub(super) fn written<'a>(text: &'a str, node: &Node) -> Option<&'a str> {
    let plain = &text[node.span.start..node.span.end];
    let fits = node.style() == Some(ScalarStyle::Plain)
        && !plain.is_empty()
        && !plain.contains(['\n', '"', '\'']);
    fits.then_some(plain)
}

enum Change<'a> {
    Add(&'a Value),
    Replace(&'a Value),
    Remove,
    Quote,
}

struct Splice {
    at: Span,
    new: String,
}

struct Editor<'a> {
    text: &'a str,
    format: Format,
    style: Style,
    pointer: &'a str,
}

impl Editor<'_> {
    fn shape<T>(&self) -> Result<T, Refusal> {
        Err(Refusal::Shape(self.pointer.to_owned()))
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn is_flow(&self, node: &Node) -> bool {
        matches!(self.byte(node.span.start), Some(b'{' | b'['))
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// One past the line break after `at`.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |end| at + end + 1)
    }

    fn line_break(&self) -> &'static str {
        if self.text.contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }

    /// Column of a byte, if only blanks (and dashes, for items) stand before it.
    fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    fn only_blanks_before(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at]
            .bytes()
            .all(|byte| byte == b' ')
    }

    /// Where a node's last line ends, a block scalar's kept line breaks too.
    fn end_of(&self, span: Span) -> usize {
        let own = self.text[span.start..span.end].trim_end_matches([' ', '\t', '\r', '\n']);
        span.start + own.len()
    }

    // ----- removing

    fn remove_entry(&self, parent: &Node, index: usize) -> Result<Splice, Refusal> {
        let entries = parent.entries();
        let spans: Vec<Span> = entries.iter().map(whole).collect();
        if self.is_flow(parent) {
            return self.remove_from_flow(&spans, index);
        }
        if spans.len() == 1 {
            return self.emptied(parent, "{}");
        }
        self.remove_block(&spans, index, spans[index].start)
    }

    fn remove_item(&self, parent: &Node, index: usize) -> Result<Splice, Refusal> {
        let spans: Vec<Span> = parent.items().iter().map(|item| item.span).collect();
        if self.is_flow(parent) {
            return self.remove_from_flow(&spans, index);
        }
        if spans.len() == 1 {
            return self.emptied(parent, "[]");
        }
        let dash = self.dash(parent, index)?;
        self.remove_block(&spans, index, dash)
    }

    /// Removes the lines of a block entry or item that begins at `start`.
    fn remove_block(&self, spans: &[Span], index: usize, start: usize) -> Result<Splice, Refusal> {
        let end = self.end_of(spans[index]).max(start);
        if self.only_blanks_before(start) {
            let mut at = Span {
                start: self.line_start(start),
                end: self.line_end(end),
            };
            // The last line of a text without a final line break.
            if at.end == self.text.len() && !self.text.ends_with('\n') && at.start > 0 {
                at.start = self.text[..at.start].trim_end_matches(['\n', '\r']).len();
            }
            return Ok(Splice {
                at,
                new: String::new(),
            });
        }
        // The first key on a dash's line: the next one moves up to it.
        let Some(next) = spans.get(index + 1) else {
            return self.shape();
        };
        let between = &self.text[end..next.start];
        if between.contains('#') {
            return self.shape();
        }
        Ok(Splice {
            at: Span {
                start,
                end: next.start,
            },
            new: String::new(),
        })
    }

    fn remove_from_flow(&self, spans: &[Span], index: usize) -> Result<Splice, Refusal> {
        let at = match (spans.get(index + 1), index) {
            (Some(next), _) => Span {
                start: spans[index].start,
                end: next.start,
            },
            (None, 0) => Span {
                start: spans[0].start,
                end: self.after_comma(spans[0].end),
            },
            (None, _) => Span {
                start: spans[index - 1].end,
                end: spans[index].end,
            },
        };
        if self.text[at.start..at.end].contains('#') && self.text[at.start..at.end].contains('\n') {
            return self.shape();
        }
        Ok(Splice {
            at,
            new: String::new(),
        })
    }

    /// One past a comma that follows, else `at`.
    fn after_comma(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        let trimmed = rest.trim_start();
        if trimmed.starts_with(',') {
            at + (rest.len() - trimmed.len()) + 1
        } else {
            at
        }
    }

    /// A block collection that loses its only child. Comments above it stay.
    fn emptied(&self, parent: &Node, empty: &str) -> Result<Splice, Refusal> {
        let end = self.end_of(parent.span);
        let before = self.text[..parent.span.start].trim_end();
        let key_end = match before.rfind(':') {
            _ if before.is_empty() => {
                return Ok(Splice {
                    at: Span {
                        start: parent.span.start,
                        end,
                    },
                    new: empty.to_owned(),
                });
            }
            Some(colon) if self.only_comments(&before[colon + 1..]) => colon + 1,
            _ => return self.shape(),
        };
        Ok(Splice {
            at: Span {
                start: key_end,
                end,
            },
            new: format!(" {empty}{}", &before[key_end..]),
        })
    }

    fn only_comments(&self, text: &str) -> bool {
        text.lines()
            .map(str::trim)
            .all(|line| line.is_empty() || line.starts_with('#'))
    }

    // ----- replacing

    fn replace(&self, entry: &Entry, value: &Value) -> Result<Splice, Refusal> {
        let key = entry.key.scalar_text().unwrap_or_default();
        let is_collection = |value: &Value| {
            matches!(value, Value::Array(items) if !items.is_empty())
                || matches!(value, Value::Object(entries) if !entries.is_empty())
        };
        let in_block = self.format == Format::Yaml
            && self.only_dashes_and_blanks_before(entry.key.span.start)
            && !self.inside_flow(entry.key.span.start, entry.value.span.start);
        let was_block = matches!(
            entry.value.content,
            Content::Mapping(_) | Content::Sequence(_)
        ) && !self.is_flow(&entry.value)
            || matches!(
                entry.value.style(),
                Some(ScalarStyle::Literal | ScalarStyle::Folded)
            );
        let was_empty = entry.value.span.start == entry.value.span.end;
        if in_block && (is_collection(value) || was_block || was_empty) {
            if entry.value.sharing != super::super::Sharing::Own {
                return Err(Refusal::Shared(self.pointer.to_owned()));
            }
            let at = Span {
                start: entry.key.span.start,
                end: self.end_of(whole(entry)),
            };
            let at = Span {
                // `key:` with nothing after it: the colon is replaced too.
                end: at.end.max(self.after_colon(entry.key.span.end)),
                ..at
            };
            let column = self.column(entry.key.span.start);
            let lines = render::entry(key, value, column, self.style);
            return Ok(Splice {
                at,
                new: lines.join(self.line_break()),
            });
        }
        self.replace_node(&entry.value, value, Some(key))
    }

    fn replace_node(
        &self,
        node: &Node,
        value: &Value,
        key: Option<&str>,
    ) -> Result<Splice, Refusal> {
        if node.sharing != super::super::Sharing::Own {
            return Err(Refusal::Shared(self.pointer.to_owned()));
        }
        let block_collection = matches!(node.content, Content::Mapping(_) | Content::Sequence(_))
            && !self.is_flow(node);
        let block_scalar = matches!(
            node.style(),
            Some(ScalarStyle::Literal | ScalarStyle::Folded)
        );
        if block_collection || block_scalar || node.span.start == node.span.end {
            return self.shape();
        }
        let new = match self.format {
            Format::Json => value.to_string(),
            Format::Yaml => match (node.style(), value) {
                (Some(ScalarStyle::SingleQuoted), Value::String(text)) if !text.contains('\n') => {
                    format!("'{}'", text.replace('\'', "''"))
                }
                (Some(ScalarStyle::DoubleQuoted), Value::String(_)) => value.to_string(),
                _ => render::inline(value, key),
            },
        };
        Ok(Splice { at: node.span, new })
    }

    /// Quotes a scalar as it is written: `0400` stays `0400`, not 256.
    fn quote(&self, node: &Node) -> Result<Splice, Refusal> {
        if node.sharing != super::super::Sharing::Own {
            return Err(Refusal::Shared(self.pointer.to_owned()));
        }
        match written(self.text, node) {
            Some(plain) => Ok(Splice {
                at: node.span,
                new: Value::from(plain).to_string(),
            }),
            None => self.shape(),
        }
    }

    fn after_colon(&self, at: usize) -> usize {
        self.text[at..].find(':').map_or(at, |colon| at + colon + 1)
    }

    fn only_dashes_and_blanks_before(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at]
            .bytes()
            .all(|byte| byte == b' ' || byte == b'-')
    }

    /// Whether a key on a line of its own stands in a flow mapping that is
    /// written on several lines: then something other than a colon and blanks
    /// would have to be known.
    fn inside_flow(&self, key: usize, _value: usize) -> bool {
        let before = &self.text[..key];
        let open = before.matches(['{', '[']).count();
        let closed = before.matches(['}', ']']).count();
        // Braces in texts make this say yes once too often; that is refused,
        // not wrong.
        open != closed
    }

    // ----- adding

    fn append_item(&self, parent: &Node, value: &Value) -> Result<Splice, Refusal> {
        let spans: Vec<Span> = parent.items().iter().map(|item| item.span).collect();
        if self.is_flow(parent) {
            return Ok(self.append_to_flow(parent, &spans, &self.flow(value, parent)));
        }
        let Some(last) = spans.last() else {
            return self.shape();
        };
        let column = self.column(self.dash(parent, spans.len() - 1)?);
        Ok(self.after_line(
            self.end_of(*last),
            column,
            render::item(value, column, self.style),
        ))
    }

    fn insert_item(&self, parent: &Node, index: usize, value: &Value) -> Result<Splice, Refusal> {
        let at = parent.items()[index].span.start;
        if self.is_flow(parent) {
            return Ok(Splice {
                at: Span { start: at, end: at },
                new: format!("{}, ", self.flow(value, parent)),
            });
        }
        let dash = self.dash(parent, index)?;
        if !self.only_blanks_before(dash) {
            return self.shape();
        }
        let column = self.column(dash);
        let line_break = self.line_break();
        let mut new = " ".repeat(column);
        new += &render::item(value, column, self.style).join(line_break);
        new += line_break;
        let start = self.line_start(dash);
        Ok(Splice {
            at: Span { start, end: start },
            new,
        })
    }

    fn add_entry(&self, parent: &Node, key: &str, value: &Value) -> Result<Splice, Refusal> {
        let entries = parent.entries();
        let spans: Vec<Span> = entries
            .iter()
            .filter(|entry| entry.origin == super::super::EntryOrigin::Own)
            .map(whole)
            .collect();
        if self.is_flow(parent) {
            let new = match self.format {
                Format::Json => {
                    let value = self.flow(value, parent);
                    let colon = if self.text.contains("\": ") {
                        ": "
                    } else {
                        ":"
                    };
                    format!("{}{colon}{value}", Value::from(key))
                }
                Format::Yaml => format!(
                    "{}: {}",
                    render::text_scalar(key),
                    render::inline(value, Some(key))
                ),
            };
            return Ok(self.append_to_flow(parent, &spans, &new));
        }
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return self.shape();
        };
        let column = self.column(first.start);
        let lines = render::entry(key, value, column, self.style);
        Ok(self.after_line(self.end_of(*last).max(first.start), column, lines))
    }

    /// New lines below the line of `end`, which stays as it is, comment included.
    fn after_line(&self, end: usize, column: usize, lines: Vec<String>) -> Splice {
        let line_break = self.line_break();
        let at = self.line_end(end);
        let indentation = " ".repeat(column);
        let mut new = format!("{indentation}{}", lines.join(line_break));
        if self.text[..at].ends_with('\n') {
            new += line_break;
        } else {
            new = format!("{line_break}{new}");
        }
        Splice {
            at: Span { start: at, end: at },
            new,
        }
    }

    /// A value inside a flow collection.
    fn flow(&self, value: &Value, parent: &Node) -> String {
        match self.format {
            Format::Yaml => render::inline(value, None),
            Format::Json => {
                let child = child_start(parent);
                let outer = child
                    .filter(|child| self.only_blanks_before(*child))
                    .map(|child| &self.text[self.line_start(child)..child]);
                let own = self.text[self.line_start(parent.span.end.saturating_sub(1))..]
                    .len()
                    .min(self.text.len());
                let closing = &self.text[self.text.len() - own..];
                let closing = &closing[..closing.len() - closing.trim_start_matches(' ').len()];
                match outer {
                    Some(outer) if outer.len() > closing.len() => {
                        render::json(value, Some((outer, &outer[closing.len()..])))
                    }
                    _ => render::json(value, None),
                }
            }
        }
    }

    fn append_to_flow(&self, parent: &Node, spans: &[Span], new: &str) -> Splice {
        let Some(last) = spans.last() else {
            let start = parent.span.start + 1;
            return Splice {
                at: Span {
                    start,
                    end: parent.span.end - 1,
                },
                new: new.to_owned(),
            };
        };
        // A comma after the last child is kept and serves the new one.
        let trailing = self.after_comma(last.end);
        let separator = if self.only_blanks_before(last.start) {
            let indentation = &self.text[self.line_start(last.start)..last.start];
            format!("{}{indentation}", self.line_break())
        } else if self.format == Format::Json && !self.text.contains(", ") {
            String::new()
        } else {
            " ".to_owned()
        };
        let (at, new) = if trailing > last.end {
            (trailing, format!("{separator}{new},"))
        } else {
            (last.end, format!(",{separator}{new}"))
        };
        Splice {
            at: Span { start: at, end: at },
            new,
        }
    }

    /// The dash of an item of a block list.
    fn dash(&self, parent: &Node, index: usize) -> Result<usize, Refusal> {
        let item = &parent.items()[index];
        let from = match index {
            0 => parent.span.start,
            _ => self.end_of(parent.items()[index - 1].span),
        };
        if index == 0 && self.byte(from) == Some(b'-') {
            return Ok(from);
        }
        let between = &self.text[from..item.span.start];
        // Comments between items may hold dashes; the dash is the last thing
        // on its line, or right before the item.
        match between.trim_end_matches([' ', '\n', '\r', '\t']) {
            before if before.ends_with('-') && !last_line(before).contains('#') => {
                Ok(from + before.len() - 1)
            }
            _ => self.shape(),
        }
    }
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default()
}

fn child_start(parent: &Node) -> Option<usize> {
    match &parent.content {
        Content::Sequence(items) => items.first().map(|item| item.span.start),
        Content::Mapping(entries) => entries.first().map(|entry| entry.key.span.start),
        _ => None,
    }
}

/// The bytes of key and value.
fn whole(entry: &Entry) -> Span {
    Span {
        start: entry.key.span.start,
        end: entry.value.span.end.max(entry.key.span.end),
    }
}

/// How the document writes: from its first block mapping in a mapping, and its
/// first block list in one.
fn style_of(text: &str, root: &Node) -> Style {
    let mut found = Found::default();
    look(text, root, &mut found);
    Style {
        step: found.step.unwrap_or(2),
        lists: found.lists.unwrap_or(ListIndent::Flush),
    }
}

#[derive(Default)]
struct Found {
    step: Option<usize>,
    lists: Option<ListIndent>,
}

fn look(text: &str, node: &Node, found: &mut Found) {
    if found.step.is_some() && found.lists.is_some() {
        return;
    }
    let column = |at: usize| at - text[..at].rfind('\n').map_or(0, |line| line + 1);
    for entry in node.entries() {
        let (key, value) = (entry.key.span.start, &entry.value);
        let below = text[key..value.span.start.max(key)].contains('\n');
        match &value.content {
            Content::Mapping(_) if below => {
                let deeper = column(value.span.start).saturating_sub(column(key));
                if (1..=8).contains(&deeper) {
                    found.step.get_or_insert(deeper);
                }
            }
            Content::Sequence(_) if below => {
                found
                    .lists
                    .get_or_insert(if column(value.span.start) > column(key) {
                        ListIndent::Deeper
                    } else {
                        ListIndent::Flush
                    });
            }
            _ => {}
        }
        look(text, value, found);
    }
    for item in node.items() {
        look(text, item, found);
    }
}
