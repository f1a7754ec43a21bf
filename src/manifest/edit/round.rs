//! Which operations of an object can be made on one reading of its document.

use crate::manifest::Operation;

use super::Refusal;
use super::layout::Splice;

/// How many operations of an object see the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// As many as are apart from each other.
    Quick,
    /// One: each sees what those before it made.
    Careful,
}

/// The splices of the next operations; they are taken off the list. What
/// follows is to see the text that they make.
pub(super) fn next(
    operations: &mut &[Operation],
    pace: Pace,
    splices_of: impl Fn(&Operation) -> Result<Vec<Splice>, Refusal>,
) -> Result<Vec<Splice>, Refusal> {
    let mut made: Vec<&str> = Vec::new();
    let mut splices: Vec<Splice> = Vec::new();
    while let Some((operation, rest)) = operations.split_first() {
        let pointer = operation.pointer();
        let is_next = match pace {
            Pace::Quick => made.iter().all(|other| are_apart(other, pointer)),
            Pace::Careful => made.is_empty(),
        };
        if !is_next {
            break;
        }
        let own = splices_of(operation)?;
        let touches = |own: &Splice| splices.iter().any(|other| touch(own, other));
        if own.iter().any(touches) {
            break;
        }
        *operations = rest;
        if !own.is_empty() {
            made.push(pointer);
            splices.extend(own);
        }
    }
    Ok(splices)
}

/// Whether two operations mean the same in either order: they are of different
/// collections, and neither names something within the other's place. In a
/// list that is all of it, since indices move.
fn are_apart(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (one_holder, one_place) = holder_and_place(one);
    let (other_holder, other_place) = holder_and_place(other);
    one_holder != other_holder && !within(one, other_place) && !within(other, one_place)
}

/// The collection that an operation changes, and what of it may not be what it
/// was: the value itself, or the whole list.
fn holder_and_place(pointer: &str) -> (&str, &str) {
    let (holder, token) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let may_be_item = token == "-" || token.bytes().all(|byte| byte.is_ascii_digit());
    (holder, if may_be_item { holder } else { pointer })
}

fn touch(one: &Splice, other: &Splice) -> bool {
    one.at.start <= other.at.end && other.at.start <= one.at.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_a_collection_is_not_apart() {
        let volumes = "/spec/volumes/-";
        for (other, apart) in [
            ("/spec/containers/0/volumeMounts/-", true),
            ("/spec/containers/0/env", true),
            ("/metadata/annotations/a", true),
            ("/spec/volumes/-", false),
            ("/spec/volumes/0/name", false),
            ("/spec/volumes", false),
            ("/spec/containers", true),
            ("/spec", false),
            ("/spec/volumesx/0", true),
        ] {
            let found = (are_apart(volumes, other), are_apart(other, volumes));
            assert_eq!(found, (apart, apart), "{other}");
        }
        assert!(!are_apart("/a/b", "/a/c"));
        assert!(are_apart("/a/b", "/a/c/d"));
        assert!(!are_apart("/a/1", "/a/2/d"));
    }
}
