//! `vars` (`api/internal/accumulator`, `api/filters/refvar`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Failure;
use super::config::Config;
use super::fields::Fields;
use super::fieldspec::{Creates, split_at};
use super::resource::{Gvk, Id};
use super::schema::is_cluster_scoped;
use super::set::Set;
use super::tree::{Inner, Tree, plain, shown};
use crate::manifest::{Scalar, ScalarStyle, ScalarType};
use crate::secret::{SecretValue, generated};

/// A variable and the field that it takes its value from.
#[derive(Clone)]
pub(super) struct Variable {
    name: String,
    field: String,
}

/// Adds those of another kustomization.
///
/// # Errors
/// Where one of them is there already.
pub(super) fn merge<'v>(
    own: &mut BTreeMap<String, Variable>,
    more: impl Iterator<Item = &'v Variable>,
) -> Result<(), Failure> {
    for variable in more {
        let twice = own.insert(variable.name.clone(), variable.clone());
        if twice.is_some() {
            return Err(Failure::refused(format!(
                "its variable {} stands twice",
                shown(&variable.name)
            )));
        }
    }
    Ok(())
}

/// Declares those of a kustomization.
///
/// # Errors
/// Where several objects are meant, or the name is taken.
pub(super) fn declare(
    fields: &Fields,
    set: &mut Set,
    own: &mut BTreeMap<String, Variable>,
) -> Result<(), Failure> {
    for entry in fields.list("vars") {
        let name = entry.value_of("name").to_owned();
        let Some(target) = entry.get("objref") else {
            return Err(Failure::refused("one of its variables has no objref"));
        };
        let id = id_of(target);
        let mut found = set.named(&id.name);
        found.retain(|index| {
            let mut ids = set.list[*index].ids();
            ids.any(|own| match id.namespace.is_empty() && !id.cluster {
                true => own.name == id.name && own.gvk == id.gvk,
                false => own.equals(&id),
            })
        });
        match found[..] {
            [] => {}
            [index] => Arc::make_mut(&mut set.list[index].variables).push(name.clone()),
            _ => {
                return Err(Failure::refused(format!(
                    "its variable {} may mean several objects",
                    shown(&name)
                )));
            }
        }
        let field = entry
            .get("fieldref")
            .map_or("", |own| own.value_of("fieldPath"));
        let variable = Variable {
            name,
            field: if field.is_empty() {
                "metadata.name"
            } else {
                field
            }
            .to_owned(),
        };
        merge(own, [&variable].into_iter())?;
    }
    Ok(())
}

fn id_of(target: &Tree) -> Id {
    let text = |key| target.value_of(key).to_owned();
    let mut gvk = Gvk {
        group: text("group"),
        version: text("version"),
        kind: text("kind"),
    };
    let api_version = target.value_of("apiVersion");
    if !api_version.is_empty() {
        match api_version.split_once('/') {
            Some((group, version)) => {
                gvk.group = group.to_owned();
                gvk.version = version.to_owned();
            }
            None => gvk.version = api_version.to_owned(),
        }
    }
    Id {
        cluster: is_cluster_scoped(&gvk.api_version(), &gvk.kind),
        gvk,
        name: text("name"),
        namespace: text("namespace"),
    }
}

/// Puts values in the place of `$(NAME)`.
///
/// # Errors
/// Where a value cannot be found, or a place holds something else than texts.
pub(super) fn resolve(
    variables: &BTreeMap<String, Variable>,
    config: &Config,
    set: &mut Set,
) -> Result<(), Failure> {
    if variables.is_empty() {
        return Ok(());
    }
    let mut values = BTreeMap::new();
    for variable in variables.values() {
        let source = set
            .list
            .iter()
            .find(|resource| resource.variables.contains(&variable.name))
            .ok_or_else(|| {
                Failure::refused(format!(
                    "its variable {} means no object of it",
                    shown(&variable.name)
                ))
            })?;
        let found = lookup(&source.tree, &with_indices(&variable.field))?.ok_or_else(|| {
            Failure::refused(format!(
                "the field of its variable {} is not there",
                shown(&variable.name)
            ))
        })?;
        let value = match &found.inner {
            Inner::Scalar(scalar) => Some((**scalar).clone()),
            Inner::Sealed(_) => {
                return Err(Failure::not_sure(format!(
                    "its variable {} takes the value of a Secret",
                    shown(&variable.name)
                )));
            }
            // Kustomize leaves these where they are.
            _ => None,
        };
        values.insert(variable.name.as_str(), value);
    }
    let change = |tree: &Tree| replaced(tree, &values);
    for resource in &mut set.list {
        let gvk = resource.gvk();
        for spec in &config.var_reference {
            if gvk.is_selected(&spec.gvk) {
                spec.apply(&mut resource.tree, Creates::Nothing, &change)?;
            }
        }
    }
    Ok(())
}

type Values<'a> = BTreeMap<&'a str, Option<Scalar>>;

fn replaced(tree: &Tree, values: &Values<'_>) -> Result<Option<Tree>, Failure> {
    if tree.is_null() {
        return Ok(None);
    }
    match &tree.inner {
        Inner::Scalar(_) => Ok(is_text(tree).then(|| expanded(tree, values)).flatten()),
        Inner::Sealed(sealed) => seen_in(&sealed.value),
        Inner::Mapping(fields) => {
            let mut changed = None;
            for (index, field) in fields.iter().enumerate() {
                if let Inner::Sealed(sealed) = &field.value.inner {
                    seen_in(&sealed.value)?;
                }
                if !is_text(&field.value) {
                    continue;
                }
                if let Some(value) = expanded(&field.value, values) {
                    changed.get_or_insert_with(|| fields.to_vec())[index].value = value;
                }
            }
            Ok(changed.map(|fields| Tree {
                inner: Inner::Mapping(Arc::new(fields)),
                ..tree.clone()
            }))
        }
        Inner::Sequence(items) => {
            let mut changed = None;
            for (index, item) in items.iter().enumerate() {
                if !is_text(item) {
                    return Err(Failure::refused(
                        "a list in which variables are looked for has something else than texts",
                    ));
                }
                if let Some(item) = expanded(item, values) {
                    changed.get_or_insert_with(|| items.to_vec())[index] = item;
                }
            }
            Ok(changed.map(|items| Tree {
                inner: Inner::Sequence(Arc::new(items)),
                ..tree.clone()
            }))
        }
    }
}

/// Nobody looks for variables in a value that may be secret.
fn seen_in(value: &SecretValue) -> Result<Option<Tree>, Failure> {
    match generated::has_dollar(value) {
        true => Err(Failure::not_sure(
            "its variables may stand in the value of a Secret",
        )),
        false => Ok(None),
    }
}

fn is_text(tree: &Tree) -> bool {
    tree.scalar()
        .is_some_and(|scalar| scalar.type_ == ScalarType::Text)
}

/// A text with its variables replaced; `None` where nothing changes.
fn expanded(tree: &Tree, values: &Values<'_>) -> Option<Tree> {
    let text = tree.scalar_text()?;
    if !text.contains('$') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let behind = &rest[at + 1..];
        out.push_str(&rest[..at]);
        if behind.is_empty() {
            rest = &rest[at..];
            break;
        }
        if let Some(inside) = behind.strip_prefix('(')
            && let Some(end) = inside.find(')')
        {
            let name = &inside[..end];
            match values.get(name) {
                Some(Some(value)) if text.len() == name.len() + 3 => {
                    // Alone it keeps its type.
                    return Some(Tree {
                        inner: Inner::Scalar(Arc::new(value.clone())),
                        ..tree.clone()
                    });
                }
                Some(Some(value)) => out.push_str(&value.text),
                _ => {
                    out.push_str("$(");
                    out.push_str(name);
                    out.push(')');
                }
            }
            rest = &inside[end + 1..];
        } else if let Some(after) = behind.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else {
            out.push('$');
            let length = behind.chars().next().map_or(0, char::len_utf8);
            out.push_str(&behind[..length]);
            rest = &behind[length..];
        }
    }
    out.push_str(rest);
    (out != text).then(|| Tree {
        inner: Inner::Scalar(Arc::new(Scalar {
            text: out.into(),
            style: ScalarStyle::DoubleQuoted,
            type_: ScalarType::Text,
        })),
        ..tree.clone()
    })
}

/// What a path of a variable or a replacement's source names
/// (`kyaml/yaml/fns.go`, `PathGetter`).
///
/// # Errors
/// Where the path cannot be followed.
pub(super) fn lookup<'t>(tree: &'t Tree, path: &str) -> Result<Option<&'t Tree>, Failure> {
    let mut at = tree;
    for part in parts(path) {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        let not_a = |what: &str| Failure::refused(format!("a field path meets no {what}"));
        let next = if let Ok(index) = part.parse::<usize>() {
            if !at.is_sequence() {
                return Err(not_a("list"));
            }
            at.items().get(index)
        } else if part == "-" {
            at.items().last()
        } else if part == "*" {
            return Err(Failure::refused(
                "a field path has a * where none is allowed",
            ));
        } else if let Some(inside) = part.strip_prefix('[').and_then(|p| p.strip_suffix(']')) {
            let Some((key, value)) = inside.split_once('=') else {
                return Err(Failure::refused(
                    "a field path has brackets without KEY=VALUE",
                ));
            };
            if !at.is_sequence() {
                return Err(not_a("list"));
            }
            at.items().iter().find(|item| match key {
                "" => item.scalar_text() == Some(value),
                key => item
                    .get(key)
                    .is_some_and(|own| own.scalar_text() == Some(value)),
            })
        } else {
            if !at.is_mapping() && !at.is_null() {
                return Err(not_a("mapping"));
            }
            at.get(part)
        };
        match next {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// The parts of a path with dots; brackets may hold dots, and hold indices
/// (`kyaml/utils/pathsplitter.go`, `SmarterPathSplitter`).
pub(super) fn parts(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = split_at(path, '.').into_iter().peekable();
    while let Some(part) = rest.next() {
        if part.starts_with('[') && !part.ends_with(']') {
            let mut whole = part;
            for more in rest.by_ref() {
                whole.push('.');
                whole.push_str(&more);
                if whole.ends_with(']') {
                    break;
                }
            }
            match whole.contains('=') {
                true => found.push(whole),
                false => found.push(whole.trim_matches(['[', ']']).to_owned()),
            }
        } else {
            found.push(part);
        }
    }
    found
}

/// A path of a variable, where `containers[0]` is the first of a list.
pub(super) fn with_indices(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 4);
    let mut rest = path;
    while let Some(at) = rest.find('[') {
        let inside = &rest[at + 1..];
        let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && inside[digits..].starts_with(']') && at > 0 {
            out.push_str(&rest[..at]);
            out.push('.');
            out.push_str(&inside[..digits]);
            rest = &inside[digits + 1..];
        } else {
            out.push_str(&rest[..=at]);
            rest = inside;
        }
    }
    out.push_str(rest);
    out
}

/// The value of a scalar that takes another's text and keeps its own type.
///
/// # Errors
/// Where the text has another type.
pub(super) fn retyped(own: &Scalar, text: &str) -> Result<Scalar, Failure> {
    let read = plain(text);
    let type_ = match own.type_ {
        ScalarType::Text | ScalarType::Timestamp => ScalarType::Text,
        _ if std::mem::discriminant(&own.type_) == std::mem::discriminant(&read.type_) => {
            read.type_
        }
        ScalarType::Float if read.type_ == ScalarType::Integer => read.type_,
        _ => {
            return Err(Failure::not_sure(
                "a replacement puts a value of one type in the place of another",
            ));
        }
    };
    Ok(Scalar {
        text: text.into(),
        style: match type_ {
            ScalarType::Text => ScalarStyle::DoubleQuoted,
            _ => own.style,
        },
        type_,
    })
}
