//! JSON Patches (RFC 6902), as the library beneath kustomize applies them
//! (gopkg.in/evanphx/json-patch.v4, `patch.go`).

use super::Failure;
use super::tree::{Inner, Tree};

type Result<T> = std::result::Result<T, Failure>;

/// The operations of a patch.
///
/// # Errors
/// What is no list of operations.
pub(super) fn operations(tree: &Tree) -> Result<&[Tree]> {
    if !tree.is_sequence() || tree.items().iter().any(|item| !item.is_mapping()) {
        return Err(Failure::refused("a JSON patch is not a list of operations"));
    }
    Ok(tree.items())
}

/// Applies operations one after the other.
///
/// # Errors
/// Where one of them does not apply.
pub(super) fn apply(object: &mut Tree, operations: &[Tree]) -> Result<()> {
    for operation in operations {
        let path = operation
            .get("path")
            .and_then(Tree::scalar_text)
            .ok_or_else(|| refused("a JSON patch has an operation without path"))?;
        let from = || {
            operation
                .get("from")
                .and_then(Tree::scalar_text)
                .ok_or_else(|| refused("a JSON patch has an operation without from"))
        };
        let value = operation.get("value").cloned();
        match operation.value_of("op") {
            "add" => add(object, path, value.unwrap_or_else(null))?,
            "remove" => {
                take(object, path)?;
            }
            "replace" => replace(object, path, value.unwrap_or_else(null))?,
            "move" => {
                let value = take(object, from()?)?;
                add(object, path, value)?;
            }
            "copy" => {
                let value = read(object, from()?)?.cloned().unwrap_or_else(null);
                add(object, path, value)?;
            }
            "test" => test(object, path, value.as_ref())?,
            _ => return Err(refused("a JSON patch has an unknown operation")),
        }
    }
    Ok(())
}

fn refused(why: &str) -> Failure {
    Failure::refused(why)
}

fn does_not_apply(path: &str) -> Failure {
    Failure::refused(format!(
        "a JSON patch does not apply: there is no {}",
        super::tree::shown(path)
    ))
}

fn null() -> Tree {
    Tree::plain("null")
}

/// The tokens of a pointer before the last one, and that.
fn tokens(path: &str) -> Result<(Vec<String>, String)> {
    let mut tokens: Vec<String> = path
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect();
    match tokens.pop() {
        Some(last) => Ok((tokens, last)),
        None => Err(does_not_apply(path)),
    }
}

/// An index of a list; negative ones count from the end.
fn index(token: &str, length: usize) -> Option<usize> {
    // Go's Atoi takes a sign, and zeros in front.
    let index: i64 = token.parse().ok()?;
    let length = i64::try_from(length).ok()?;
    let index = if index < 0 { index + length } else { index };
    usize::try_from(index).ok()
}

fn container<'t>(tree: &'t mut Tree, path: &str, parents: &[String]) -> Result<&'t mut Tree> {
    let mut at = tree;
    for token in parents {
        let next = if at.is_sequence() {
            let index = index(token, at.items().len()).filter(|index| *index < at.items().len());
            index.and_then(|index| Some(&mut at.items_mut()?[index]))
        } else {
            at.get_mut(token)
        };
        at = next
            .filter(|next| next.is_mapping() || next.is_sequence())
            .ok_or_else(|| does_not_apply(path))?;
    }
    Ok(at)
}

/// What stands there; `None` for a key that is not there, which is no error.
fn read<'t>(tree: &'t Tree, path: &str) -> Result<Option<&'t Tree>> {
    let (parents, last) = tokens(path)?;
    let step = |at: &'t Tree, token: &str| {
        if at.is_sequence() {
            at.items().get(index(token, at.items().len())?)
        } else {
            at.get(token)
        }
    };
    let mut at = tree;
    for token in &parents {
        at = step(at, token)
            .filter(|next| next.is_mapping() || next.is_sequence())
            .ok_or_else(|| does_not_apply(path))?;
    }
    let found = step(at, &last);
    match found {
        None if at.is_sequence() => Err(does_not_apply(path)),
        found => Ok(found),
    }
}

fn add(tree: &mut Tree, path: &str, value: Tree) -> Result<()> {
    let (parents, last) = tokens(path)?;
    let at = container(tree, path, &parents)?;
    if let Inner::Mapping(_) = at.inner {
        let span = value.span;
        at.set_written(&last, span, value);
        return Ok(());
    }
    let length = at.items().len();
    let index = match last.as_str() {
        "-" => length,
        // Where one is added, a negative index counts from the new end.
        token => index(token, length + 1)
            .filter(|index| *index <= length)
            .ok_or_else(|| does_not_apply(path))?,
    };
    if let Some(items) = at.items_mut() {
        items.insert(index, value);
    }
    Ok(())
}

fn take(tree: &mut Tree, path: &str) -> Result<Tree> {
    let (parents, last) = tokens(path)?;
    let at = container(tree, path, &parents)?;
    if let Inner::Mapping(_) = at.inner {
        let value = at.get(&last).cloned();
        at.remove(&last);
        return value.ok_or_else(|| does_not_apply(path));
    }
    let length = at.items().len();
    let index = index(&last, length).filter(|index| *index < length);
    match (index, at.items_mut()) {
        (Some(index), Some(items)) => Ok(items.remove(index)),
        _ => Err(does_not_apply(path)),
    }
}

fn replace(tree: &mut Tree, path: &str, value: Tree) -> Result<()> {
    if path.is_empty() {
        if !value.is_mapping() {
            return Err(refused(
                "a JSON patch replaces the object by something else",
            ));
        }
        *tree = value;
        return Ok(());
    }
    let (parents, last) = tokens(path)?;
    let at = container(tree, path, &parents)?;
    if let Inner::Mapping(_) = at.inner {
        let span = value.span;
        at.set_written(&last, span, value);
        return Ok(());
    }
    let length = at.items().len();
    let index = index(&last, length).filter(|index| *index < length);
    match (index, at.items_mut()) {
        (Some(index), Some(items)) => {
            items[index] = value;
            Ok(())
        }
        _ => Err(does_not_apply(path)),
    }
}

fn test(tree: &Tree, path: &str, value: Option<&Tree>) -> Result<()> {
    let own = match path {
        "" => Some(tree),
        path => read(tree, path)?,
    };
    let same = match (own, value) {
        (Some(own), Some(value)) => own.same(value),
        (None, None) => true,
        (None, Some(value)) => value.is_null(),
        (Some(_), None) => false,
    };
    match same {
        true => Ok(()),
        false => Err(Failure::refused(format!(
            "a test of a JSON patch fails at {}",
            super::tree::shown(path)
        ))),
    }
}
