//! Finding what a JSON pointer names.

use super::super::{Content, Entry, EntryOrigin, Node, Sharing};
use super::Refusal;

/// What a pointer names, from its parent's side.
pub(super) enum Target<'a> {
    /// The document itself.
    Root,
    /// An entry of a mapping that is there.
    Entry {
        /// The mapping.
        parent: &'a Node,
        /// Which entry.
        index: usize,
    },
    /// A key that a mapping has not.
    NewEntry {
        /// The mapping.
        parent: &'a Node,
        /// The key.
        key: String,
    },
    /// An item of a list that is there.
    Item {
        /// The list.
        parent: &'a Node,
        /// Which item.
        index: usize,
    },
    /// The place after a list's last item.
    End {
        /// The list.
        parent: &'a Node,
    },
}

/// The tokens of a JSON pointer (RFC 6901).
pub(super) fn tokens(pointer: &str) -> Vec<String> {
    pointer
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// Follows a pointer. Whatever is changed below a shared node would change
/// elsewhere too, so that is refused on the way.
pub(super) fn locate<'a>(root: &'a Node, pointer: &str) -> Result<Target<'a>, Refusal> {
    let tokens = tokens(pointer);
    let Some((last, way)) = tokens.split_last() else {
        return Ok(Target::Root);
    };
    let missing = || Refusal::Missing(pointer.to_owned());
    let shared = || Refusal::Shared(pointer.to_owned());
    let mut parent = root;
    if parent.sharing != Sharing::Own {
        return Err(shared());
    }
    for token in way {
        parent = match &parent.content {
            Content::Mapping(entries) => {
                let entry = &entries[entry_index(entries, token).ok_or_else(missing)?];
                if entry.origin == EntryOrigin::Merged {
                    return Err(shared());
                }
                &entry.value
            }
            Content::Sequence(items) => items
                .get(index(token).ok_or_else(missing)?)
                .ok_or_else(missing)?,
            _ => return Err(missing()),
        };
        if parent.sharing != Sharing::Own {
            return Err(shared());
        }
    }
    match &parent.content {
        Content::Mapping(entries) => match entry_index(entries, last) {
            Some(index) if entries[index].origin == EntryOrigin::Merged => Err(shared()),
            Some(index) => Ok(Target::Entry { parent, index }),
            None => Ok(Target::NewEntry {
                parent,
                key: last.clone(),
            }),
        },
        Content::Sequence(items) if last == "-" || index(last) == Some(items.len()) => {
            Ok(Target::End { parent })
        }
        Content::Sequence(items) => {
            let index = index(last).filter(|index| *index < items.len());
            Ok(Target::Item {
                parent,
                index: index.ok_or_else(missing)?,
            })
        }
        _ => Err(missing()),
    }
}

fn entry_index(entries: &[Entry], key: &str) -> Option<usize> {
    entries
        .iter()
        .rposition(|entry| entry.key.scalar_text() == Some(key))
}

fn index(token: &str) -> Option<usize> {
    // "01" and "+1" are no indices (RFC 6901).
    let plain = token == "0" || (!token.starts_with(['0', '+']));
    plain.then(|| token.parse().ok()).flatten()
}
