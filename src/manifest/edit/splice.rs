//! One operation, the splices it takes.

use serde_json::{Map, Value};

use crate::manifest::Operation;

use super::super::{Node, ScalarStyle, Sharing};
use super::layout::{Editor, Splice, holds_anchor};
use super::locate::{Held, Holder, Surroundings, Target, locate};
use super::style::Style;
use super::{LineBreak, Refusal};

/// The splices that make one operation of the text of a document.
pub(super) fn splices(
    text: &str,
    root: &Node,
    style: Style,
    line_break: LineBreak,
    prefix: &str,
    operation: &Operation,
) -> Result<Vec<Splice>, Refusal> {
    let (pointer, change) = match operation {
        // Tests are judged on the data, by the second reader.
        Operation::Test { .. } => return Ok(Vec::new()),
        Operation::Add { pointer, value } => (pointer, Change::Add(value)),
        Operation::Replace { pointer, value } => (pointer, Change::Replace(value)),
        Operation::Remove { pointer } => (pointer, Change::Remove),
        Operation::Quote { pointer } => (pointer, Change::Quote),
    };
    let editor = Editor {
        text,
        style,
        line_break: line_break.as_str(),
        pointer,
    };
    let target = locate(text, root, &format!("{prefix}{pointer}"))?;
    match (change, target) {
        (_, Target::Root) => editor.shape(),
        (Change::Remove, Target::There { parent, child }) => editor.remove(parent, child),
        (Change::Quote, Target::There { child, .. }) => editor.quote(child.node),
        (Change::Add(value), Target::There { parent, child }) => match child.holder {
            Holder::Item { index, .. } => editor.insert(parent, index, value),
            _ => editor.put(child, value),
        },
        (Change::Replace(value), Target::There { child, .. }) => editor.put(child, value),
        (Change::Add(value), Target::End { parent }) => editor.append(parent, value),
        (Change::Add(value), Target::NewEntry { parent, key, .. }) => {
            editor.add(parent, &key, value)
        }
        // An entry of its own outweighs a merged one.
        (
            Change::Replace(value),
            Target::NewEntry {
                parent,
                key,
                merged,
            },
        ) if merged => editor.add(parent, &key, value),
        (Change::Remove, Target::NewEntry { merged, .. }) if merged => {
            Err(Refusal::Shared(pointer.clone()))
        }
        _ => Err(Refusal::Missing(pointer.clone())),
    }
}

enum Change<'a> {
    Add(&'a Value),
    Replace(&'a Value),
    Remove,
    Quote,
}

/// A scalar without quotes as it is written, if it is one of one line.
pub(super) fn written<'a>(text: &'a str, node: &Node) -> Option<&'a str> {
    let plain = &text[node.span.start..node.span.end];
    let fits = node.style() == Some(ScalarStyle::Plain)
        && !plain.is_empty()
        && !plain.contains(['\n', '"', '\'']);
    fits.then_some(plain)
}

impl Editor<'_> {
    fn remove(&self, parent: Held<'_>, child: Held<'_>) -> Result<Vec<Splice>, Refusal> {
        let key_is_named = match child.holder {
            Holder::Entry { entry, .. } => holds_anchor(&entry.key),
            _ => false,
        };
        if key_is_named || holds_anchor(child.node) {
            return Err(Refusal::Shared(self.pointer.to_owned()));
        }
        if self.is_flow(parent) {
            return self.remove_from_flow(child);
        }
        if !self.is_only_child(child)? {
            return self.remove_from_block(child);
        }
        let empty = match child.holder {
            Holder::Entry { .. } => Value::Object(Map::new()),
            _ => Value::Array(Vec::new()),
        };
        self.put(parent, &empty)
    }

    fn insert(&self, list: Held<'_>, index: usize, value: &Value) -> Result<Vec<Splice>, Refusal> {
        if self.is_flow(list) {
            return self.insert_into_flow(list.node, index, value);
        }
        Ok(vec![self.insert_into_block(list, index, value)?])
    }

    fn append(&self, list: Held<'_>, value: &Value) -> Result<Vec<Splice>, Refusal> {
        if self.opens_to_block(list) {
            return self.put(list, &Value::Array(vec![value.clone()]));
        }
        if self.is_flow(list) {
            return self.append_to_flow(list.node, value, None);
        }
        Ok(vec![self.append_to_block(list.node, value)?])
    }

    fn add(&self, mapping: Held<'_>, key: &str, value: &Value) -> Result<Vec<Splice>, Refusal> {
        if self.opens_to_block(mapping) {
            let entries = [(key.to_owned(), value.clone())].into_iter().collect();
            return self.put(mapping, &Value::Object(entries));
        }
        if self.is_flow(mapping) {
            return self.append_to_flow(mapping.node, value, Some(key));
        }
        Ok(vec![self.add_to_block(mapping.node, key, value)?])
    }

    /// Quotes a scalar as it is written: `0400` stays `0400`, not 256.
    fn quote(&self, node: &Node) -> Result<Vec<Splice>, Refusal> {
        if node.sharing != Sharing::Own {
            return Err(Refusal::Shared(self.pointer.to_owned()));
        }
        match written(self.text, node) {
            Some(plain) => {
                let quoted = Value::from(plain).to_string();
                Ok(vec![Splice::new(node.span.start, node.span.end, quoted)])
            }
            None => self.shape(),
        }
    }

    fn is_flow(&self, held: Held<'_>) -> bool {
        held.surroundings == Surroundings::Flow || !self.is_block(held.node)
    }

    /// Whether it is a bare `[]` or `{}` among lines: there is no style yet
    /// that would have to be kept.
    fn opens_to_block(&self, held: Held<'_>) -> bool {
        let own = &self.text[held.node.span.start..held.node.span.end];
        held.surroundings == Surroundings::Block
            && !matches!(held.holder, Holder::Document)
            && matches!(own.as_bytes(), [b'{' | b'[', .., b'}' | b']'])
            && own[1..own.len() - 1].trim().is_empty()
    }
}

/// The text with its splices, which do not overlap.
pub(super) fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| (splice.at.start, splice.at.end));
    let mut result = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for splice in splices {
        // Should two overlap, the second reader sees it.
        result.push_str(&text[at..splice.at.start.max(at)]);
        result.push_str(&splice.new);
        at = splice.at.end.max(at);
    }
    result.push_str(&text[at..]);
    result
}
