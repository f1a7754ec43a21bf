//! One node of a tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::secret::SecretValue;

use super::{Span, resolve};

/// A node. Equality of meaning, not of spelling, is what its accessors give.
/// A file has a hundred thousand of them, so their size is tested.
pub struct Node {
    /// Where it stands, without anchor and tag; for an alias, the alias.
    pub span: Span,
    /// Whether other places of the document share it.
    pub sharing: Sharing,
    pub content: Content,
}

/// What a node is.
pub enum Content {
    Scalar(Scalar),
    Sequence(Box<[Node]>),
    /// A mapping in the order of the text; of equal keys the last one counts.
    Mapping(Box<[Entry]>),
    /// A value that may be secret: a scalar below `data` or `stringData` of a
    /// Secret, or an annotation that repeats them.
    Sealed(Box<SealedScalar>),
}

/// A scalar whose text nobody outside the secret module sees.
pub struct SealedScalar {
    /// The scalar's text, escapes and folding undone.
    pub value: SecretValue,
    /// How it was written.
    pub style: ScalarStyle,
    /// What kubectl takes it for.
    pub type_: ScalarType,
}

/// A key and its value.
pub struct Entry {
    pub key: Node,
    pub value: Node,
    /// Whether the text has it here.
    pub origin: EntryOrigin,
}

/// Where an entry of a mapping comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryOrigin {
    /// Written in this mapping.
    Own,
    /// Merged into it by `<<`.
    Merged,
}

/// Whether a node is shared by anchor and alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    Own,
    /// It has an anchor that some alias names.
    Anchored,
    /// It is an alias, or inside one; its span is the alias'.
    Alias,
}

#[derive(Clone)]
pub struct Scalar {
    /// Its text, escapes and folding undone.
    pub text: Box<str>,
    /// How it was written.
    pub style: ScalarStyle,
    /// What kubectl takes it for.
    pub type_: ScalarType,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    Plain,
    SingleQuoted,
    /// In double quotes (JSON strings too).
    DoubleQuoted,
    /// A literal block (`|`).
    Literal,
    /// A folded block (`>`).
    Folded,
}

/// What kubectl (YAML 1.1 scalars as go-yaml reads them, JSON) takes a scalar for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarType {
    Null,
    Bool(bool),
    /// An integer that fits 64 bits; [`Scalar::integer`] tells which.
    Integer,
    Float,
    /// A date or time without quotes (kubectl makes a string of it).
    Timestamp,
    Text,
}

impl Scalar {
    /// A scalar without quotes, of the type that kubectl takes it for.
    pub(crate) fn plain(text: &str) -> Self {
        Self {
            text: text.into(),
            style: ScalarStyle::Plain,
            type_: resolve::resolve(text, ScalarStyle::Plain, resolve::Tag::None),
        }
    }

    /// Its number, if it is an [`ScalarType::Integer`].
    pub fn integer(&self) -> Option<i64> {
        match self.type_ {
            ScalarType::Integer => resolve::integer(&self.text),
            _ => None,
        }
    }
}

impl Node {
    /// The value of a key; `None` for anything but a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key. An entry of the mapping itself is preferred to a
    /// merged one; of equal keys the last counts, as in kubectl.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let named = |entry: &&Entry| entry.key.scalar_text() == Some(key);
        let entries = self.entries();
        entries
            .iter()
            .rev()
            .filter(named)
            .find(|entry| entry.origin == EntryOrigin::Own)
            .or_else(|| entries.iter().rev().find(named))
    }

    /// The entries that [`Node::entry`] finds, by key: for many keys of one mapping.
    pub fn by_key(&self) -> BTreeMap<&str, &Entry> {
        let mut found: BTreeMap<&str, &Entry> = BTreeMap::new();
        for entry in self.entries() {
            let Some(key) = entry.key.scalar_text() else {
                continue;
            };
            let is_hidden = entry.origin == EntryOrigin::Merged
                && found
                    .get(key)
                    .is_some_and(|known| known.origin == EntryOrigin::Own);
            if !is_hidden {
                found.insert(key, entry);
            }
        }
        found
    }

    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// What a JSON pointer (RFC 6901) names.
    pub fn lookup(&self, pointer: &str) -> Option<&Node> {
        pointer.split('/').skip(1).try_fold(self, |node, token| {
            let token = match token.contains('~') {
                true => Cow::Owned(token.replace("~1", "/").replace("~0", "~")),
                false => Cow::Borrowed(token),
            };
            match &node.content {
                Content::Sequence(items) => items.get(token.parse::<usize>().ok()?),
                _ => node.get(&token),
            }
        })
    }

    /// The entries of a mapping; empty for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; empty for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.content {
            Content::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar that kubectl takes for text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => match scalar.type_ {
                ScalarType::Text | ScalarType::Timestamp => Some(&scalar.text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The text of any scalar that is not sealed, whatever its type.
    pub fn scalar_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The integer of a scalar.
    pub fn as_integer(&self) -> Option<i64> {
        match &self.content {
            Content::Scalar(scalar) => scalar.integer(),
            _ => None,
        }
    }

    /// The boolean of a scalar.
    pub fn as_bool(&self) -> Option<bool> {
        match self.scalar_type() {
            Some(ScalarType::Bool(truth)) => Some(truth),
            _ => None,
        }
    }

    /// What kubectl takes a scalar for.
    pub fn scalar_type(&self) -> Option<ScalarType> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar.type_),
            Content::Sealed(scalar) => Some(scalar.type_),
            _ => None,
        }
    }

    /// How a scalar was written.
    pub fn style(&self) -> Option<ScalarStyle> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar.style),
            Content::Sealed(scalar) => Some(scalar.style),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.scalar_type() == Some(ScalarType::Null)
    }

    /// The text of a child, if it is text.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_str)
    }

    /// Whether it is a list.
    pub fn is_sequence(&self) -> bool {
        matches!(self.content, Content::Sequence(_))
    }

    /// Whether it is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.content, Content::Mapping(_))
    }

    /// A copy whose bytes are counted from the start of a part of the text;
    /// `None` where some of it is sealed, or lies outside of that part.
    pub(crate) fn moved_back(&self, part: Span) -> Option<Self> {
        let content = match &self.content {
            Content::Scalar(scalar) => Content::Scalar(scalar.clone()),
            Content::Sequence(items) => {
                let items = items.iter().map(|item| item.moved_back(part));
                Content::Sequence(items.collect::<Option<_>>()?)
            }
            Content::Mapping(entries) => {
                let mut moved = Vec::with_capacity(entries.len());
                for entry in entries {
                    moved.push(Entry {
                        key: entry.key.moved_back(part)?,
                        value: entry.value.moved_back(part)?,
                        origin: entry.origin,
                    });
                }
                Content::Mapping(moved.into())
            }
            Content::Sealed(_) => return None,
        };
        // An empty value may stand behind the last byte of its document.
        if self.span.end > part.end {
            return None;
        }
        Some(Self {
            span: Span {
                start: self.span.start.checked_sub(part.start)?,
                end: self.span.end.checked_sub(part.start)?,
            },
            sharing: self.sharing,
            content,
        })
    }

    /// The same object with its values sealed, if it is a Secret or a list of
    /// some.
    pub(crate) fn sealed(mut self) -> Self {
        super::seal::seal(&mut self);
        self
    }

    /// The items of its list `items`, taken out.
    pub(crate) fn take_items(&mut self) -> Vec<Node> {
        let Content::Mapping(entries) = &mut self.content else {
            return Vec::new();
        };
        let list = entries
            .iter_mut()
            .find(|entry| entry.key.scalar_text() == Some("items"));
        match list.map(|entry| &mut entry.value.content) {
            Some(Content::Sequence(items)) => std::mem::take(items).into_vec(),
            _ => Vec::new(),
        }
    }

    /// The same object with its type: items of a list come without.
    pub(crate) fn with_type(mut self, api_version: &str, kind: &str) -> Self {
        if let Content::Mapping(entries) = &mut self.content {
            let mut others = std::mem::take(entries).into_vec();
            others.retain(|entry| !matches!(entry.key.scalar_text(), Some("apiVersion" | "kind")));
            *entries = others.into();
        }
        self.with_entry("apiVersion", Node::text(api_version))
            .with_entry("kind", Node::text(kind))
    }

    /// The same mapping with one more entry.
    pub(crate) fn with_entry(mut self, key: &str, value: Node) -> Self {
        if let Content::Mapping(entries) = &mut self.content {
            let mut more = std::mem::take(entries).into_vec();
            more.push(Entry {
                key: Node::text(key),
                value,
                origin: EntryOrigin::Own,
            });
            *entries = more.into();
        }
        self
    }

    /// A text that stands nowhere.
    pub(crate) fn text(text: &str) -> Self {
        Self::nowhere(Content::Scalar(Scalar {
            text: text.into(),
            style: ScalarStyle::DoubleQuoted,
            type_: ScalarType::Text,
        }))
    }

    /// An empty mapping that stands nowhere.
    pub(crate) fn mapping() -> Self {
        Self::nowhere(Content::Mapping(Box::default()))
    }

    fn nowhere(content: Content) -> Self {
        Self {
            span: Span::default(),
            sharing: Sharing::Own,
            content,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_small() {
        assert!(size_of::<Node>() <= 48);
        assert!(size_of::<Entry>() <= 104);
    }
}
