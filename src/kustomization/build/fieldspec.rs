//! Places that transformers change, by kind and path
//! (`api/filters/fieldspec/fieldspec.go`).

use std::sync::Arc;

use super::Failure;
use super::resource::Gvk;
use super::tree::{Inner, Tree};

/// A place in objects of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldSpec {
    pub gvk: Gvk,
    pub path: String,
    /// Whether what is missing on the way is made.
    pub create: bool,
}

/// What is made at the end of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Creates {
    Nothing,
    Scalar,
    Mapping,
}

type Change<'f> = &'f dyn Fn(&Tree) -> Result<Option<Tree>, Failure>;

impl FieldSpec {
    pub fn new(api_version: &str, kind: &str, path: &str, create: bool) -> Self {
        let gvk = match api_version.strip_suffix('/') {
            // A group alone.
            Some(group) => Gvk {
                group: group.to_owned(),
                version: String::new(),
                kind: kind.to_owned(),
            },
            None => Gvk::new(api_version, kind),
        };
        Self {
            gvk,
            path: path.to_owned(),
            create,
        }
    }

    /// Makes a change at all places of the object that the path names. The
    /// change gives `None` where a place stays.
    ///
    /// # Errors
    /// Where the path leads into a scalar, as in kustomize; and those of the
    /// change.
    pub fn apply(
        &self,
        object: &mut Tree,
        creates: Creates,
        change: Change<'_>,
    ) -> Result<(), Failure> {
        let path = split(&self.path);
        let creates = match self.create {
            true => creates,
            false => Creates::Nothing,
        };
        if let Some(changed) = walk(object, &path, creates, change)? {
            *object = changed;
        }
        Ok(())
    }

    fn equals(&self, other: &FieldSpec) -> bool {
        self.gvk.is_selected(&other.gvk) && self.path == other.path
    }
}

/// Adds one to a list of them, unless it is there.
///
/// # Errors
/// Where both differ in whether they create.
pub(super) fn add(list: &mut Vec<FieldSpec>, spec: &FieldSpec) -> Result<(), Failure> {
    match list.iter().find(|known| known.equals(spec)) {
        Some(known) if known.create != spec.create => Err(Failure::refused(
            "two field specs name one path, and only one of them creates it",
        )),
        Some(_) => Ok(()),
        None => {
            list.push(spec.clone());
            Ok(())
        }
    }
}

/// The parts of a path; `\/` is a slash in one of them.
pub(super) fn split(path: &str) -> Vec<String> {
    split_at(path, '/')
}

/// The parts of a path with another delimiter.
pub(super) fn split_at(path: &str, delimiter: char) -> Vec<String> {
    let path = match path.strip_prefix(delimiter) {
        Some(rest) => rest,
        None => path,
    };
    let mut parts: Vec<String> = Vec::new();
    for part in path.split(delimiter) {
        match parts.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(delimiter);
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

fn walk(
    tree: &Tree,
    path: &[String],
    creates: Creates,
    change: Change<'_>,
) -> Result<Option<Tree>, Failure> {
    let Some((name, rest)) = path.split_first() else {
        return change(tree);
    };
    if tree.is_null() {
        return Ok(None);
    }
    match &tree.inner {
        Inner::Sequence(items) => {
            let mut changed: Option<Vec<Tree>> = None;
            for (index, item) in items.iter().enumerate() {
                if let Some(item) = walk(item, path, creates, change)? {
                    changed.get_or_insert_with(|| items.to_vec())[index] = item;
                }
            }
            Ok(changed.map(|items| Tree {
                inner: Inner::Sequence(Arc::new(items)),
                ..tree.clone()
            }))
        }
        Inner::Mapping(fields) => {
            let is_list = name.ends_with("[]");
            let name = name.trim_end_matches("[]");
            if name == "*" {
                return Err(Failure::refused(
                    "a field spec has a *, which is not allowed",
                ));
            }
            if name == "-" || name.starts_with('[') || name.parse::<i64>().is_ok() {
                return Err(Failure::not_sure("a field spec counts the items of a list"));
            }
            let made = match (creates, rest.is_empty()) {
                (Creates::Nothing, _) => None,
                _ if is_list => None,
                (Creates::Scalar, true) => Some(Tree::plain("")),
                _ => Some(Tree::mapping()),
            };
            let at = tree.index_of(name);
            let own = match (at, made) {
                (None, None) => return Ok(None),
                (None, Some(made)) => made,
                (Some(at), made) => {
                    let own = &fields[at].value;
                    match made {
                        Some(made) if own.is_null() => made,
                        None if own.is_null() && is_list => Tree::sequence(Vec::new()),
                        _ => own.clone(),
                    }
                }
            };
            let is_new = at.is_none_or(|at| fields[at].value.is_null()) && !own.is_null();
            let value = match walk(&own, rest, creates, change)? {
                Some(value) => value,
                None if is_new => own,
                None => return Ok(None),
            };
            let mut tree = tree.clone();
            tree.set(name, value);
            Ok(Some(tree))
        }
        _ => Err(Failure::refused(
            "a field that kustomize changes is below a value that is neither mapping nor list",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_in_keys_are_escaped() {
        assert_eq!(
            split("metadata/annotations/example.org\\/auth"),
            ["metadata", "annotations", "example.org/auth"]
        );
        assert_eq!(split("/a/b"), ["a", "b"]);
    }
}
