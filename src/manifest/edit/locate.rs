//! Finding what a JSON pointer names.

use super::super::{Content, Entry, EntryOrigin, Node, Sharing};
use super::Refusal;

/// A node and the place that holds it.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub node: &'a Node,
    pub holder: Holder<'a>,
    pub surroundings: Surroundings,
}

/// The style of the collection around a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surroundings {
    Block,
    /// Brackets and commas, at whatever depth.
    Flow,
}

/// What holds a node.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    /// Nothing: it is the document.
    Document,
    Entry {
        mapping: &'a Node,
        entry: &'a Entry,
    },
    /// The dash or comma of a list.
    Item {
        list: &'a Node,
        index: usize,
    },
}

/// What a pointer names, from its parent's side.
pub(super) enum Target<'a> {
    Root,
    /// A value that is there.
    There {
        parent: Held<'a>,
        child: Held<'a>,
    },
    /// A key that a mapping has not itself; a merged one may have it.
    NewEntry {
        parent: Held<'a>,
        key: String,
        /// Whether a merge gives the mapping this key.
        merged: bool,
    },
    /// The place after a list's last item.
    End {
        parent: Held<'a>,
    },
}

/// The tokens of a JSON pointer (RFC 6901).
fn tokens(pointer: &str) -> Vec<String> {
    pointer
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// Follows a pointer. Whatever is changed below a shared node would change
/// elsewhere too, so that is refused on the way.
pub(super) fn locate<'a>(text: &str, root: &'a Node, pointer: &str) -> Result<Target<'a>, Refusal> {
    let tokens = tokens(pointer);
    let Some((last, way)) = tokens.split_last() else {
        return Ok(Target::Root);
    };
    let missing = || Refusal::Missing(pointer.to_owned());
    let shared = || Refusal::Shared(pointer.to_owned());
    let mut parent = Held {
        node: root,
        holder: Holder::Document,
        surroundings: Surroundings::Block,
    };
    for token in way {
        if parent.node.sharing != Sharing::Own {
            return Err(shared());
        }
        parent = child(text, parent, token).ok_or_else(missing)?;
        if let Holder::Entry { entry, .. } = parent.holder
            && entry.origin == EntryOrigin::Merged
        {
            return Err(shared());
        }
    }
    if parent.node.sharing != Sharing::Own {
        return Err(shared());
    }
    match (&parent.node.content, child(text, parent, last)) {
        (Content::Mapping(_), found) => {
            let own = found.filter(|found| match found.holder {
                Holder::Entry { entry, .. } => entry.origin == EntryOrigin::Own,
                _ => true,
            });
            Ok(own.map_or_else(
                || Target::NewEntry {
                    parent,
                    key: last.clone(),
                    merged: found.is_some(),
                },
                |child| Target::There { parent, child },
            ))
        }
        (Content::Sequence(_), Some(found)) => Ok(Target::There {
            parent,
            child: found,
        }),
        (Content::Sequence(items), None) if last == "-" || index(last) == Some(items.len()) => {
            Ok(Target::End { parent })
        }
        _ => Err(missing()),
    }
}

fn child<'a>(text: &str, parent: Held<'a>, token: &str) -> Option<Held<'a>> {
    let node = parent.node;
    let (node, holder) = match &node.content {
        Content::Mapping(_) => {
            let entry = node.entry(token)?;
            let mapping = node;
            (&entry.value, Holder::Entry { mapping, entry })
        }
        Content::Sequence(items) => {
            let index = index(token)?;
            (items.get(index)?, Holder::Item { list: node, index })
        }
        _ => return None,
    };
    let opening = text.as_bytes().get(parent.node.span.start);
    let surroundings = match (parent.surroundings, opening) {
        (Surroundings::Block, Some(b'{' | b'[')) => Surroundings::Flow,
        (surroundings, _) => surroundings,
    };
    Some(Held {
        node,
        holder,
        surroundings,
    })
}

fn index(token: &str) -> Option<usize> {
    // "01" and "+1" are no indices (RFC 6901).
    let plain = token == "0" || (!token.starts_with(['0', '+']));
    plain.then(|| token.parse().ok()).flatten()
}
