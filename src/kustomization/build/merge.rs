//! Strategic merge patches, as kustomize applies them: not quite as the API
//! server does (`kyaml/yaml/merge2`, `kyaml/yaml/walk`). Whatever a patch leaves
//! alone is walked over too, and lists that are merged by keys come out of that
//! without twins.

use super::Failure;
use super::schema::Type;
use super::tree::Tree;

/// What a place becomes.
enum Value {
    /// Nothing: the field or item goes.
    Gone,
    /// This, which is what was there, changed.
    Is(Tree),
    /// This, in its place (`$patch: replace`).
    Instead(Tree),
    /// A null that is written as one stays.
    Null(Tree),
}

/// Whether object and patch are one: what only a patch has becomes a part of
/// the object, and is then merged with itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twins {
    Apart,
    One,
}

type Result<T> = std::result::Result<T, Failure>;

/// `patch` merged into `object`; `None` where it deletes the object.
///
/// # Errors
/// Where kustomize refuses the patch.
pub(super) fn merge(object: &Tree, patch: &Tree) -> Result<Option<Tree>> {
    match walk(Some(object), Some(patch), Type::Unknown, Twins::Apart)? {
        Value::Gone => Ok(None),
        Value::Is(tree) | Value::Instead(tree) | Value::Null(tree) => Ok(Some(tree)),
    }
}

fn present(tree: Option<&Tree>) -> Option<&Tree> {
    tree.filter(|tree| !tree.is_null())
}

fn walk(dest: Option<&Tree>, patch: Option<&Tree>, type_: Type, twins: Twins) -> Result<Value> {
    let type_ = type_at(dest, patch, type_);
    let Some(first) = present(dest).or(present(patch)) else {
        return Ok(nothing(dest, patch));
    };
    let same_form = |tree: &Tree| {
        (tree.is_mapping(), tree.is_sequence()) == (first.is_mapping(), first.is_sequence())
    };
    if !present(patch).is_none_or(same_form) {
        return Err(Failure::refused(
            "a strategic merge patch has a mapping, list or value where the object has another",
        ));
    }
    if first.is_mapping() {
        mapping(dest, patch, type_, twins)
    } else if first.is_sequence() {
        match type_.keys() {
            Some(keys) => list(dest, patch, type_, &keys, twins),
            None => Ok(replaced(dest, patch)),
        }
    } else {
        Ok(replaced(dest, patch))
    }
}

/// Both are null or not there. A null that is spelt out stays, if only the
/// object has it.
fn nothing(dest: Option<&Tree>, patch: Option<&Tree>) -> Value {
    match (dest, patch) {
        (Some(dest), None) if dest.scalar_text().is_some_and(|text| !text.is_empty()) => {
            Value::Null(dest.clone())
        }
        _ => Value::Gone,
    }
}

fn replaced(dest: Option<&Tree>, patch: Option<&Tree>) -> Value {
    match patch.or(dest) {
        Some(value) if !value.is_null() => Value::Is(value.clone()),
        _ => Value::Gone,
    }
}

/// The API type: that of the place, or of an object that begins there.
fn type_at(dest: Option<&Tree>, patch: Option<&Tree>, type_: Type) -> Type {
    if type_.is_known() {
        return type_;
    }
    for tree in [dest, patch].into_iter().filter_map(present) {
        let (kind, api_version) = (tree.value_of("kind"), tree.value_of("apiVersion"));
        if !kind.is_empty() && !api_version.is_empty() {
            let own = Type::of(api_version, kind);
            if own.is_known() {
                return own;
            }
        }
    }
    Type::Unknown
}

/// What `$patch` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// Fields by which objects and the items of their lists are told apart.
const NAMES: [&str; 8] = [
    "apiVersion",
    "kind",
    "name",
    "namespace",
    "mountPath",
    "devicePath",
    "containerPort",
    "protocol",
];

const DIRECTIVE: &str = "$patch";

impl Directive {
    fn of(text: &str) -> Result<Self> {
        match text {
            "merge" => Ok(Self::Merge),
            "replace" => Ok(Self::Replace),
            "delete" => Ok(Self::Delete),
            _ => Err(Failure::refused("a patch has an unknown $patch directive")),
        }
    }

    /// That of a mapping, which loses it.
    fn take(patch: &mut Tree) -> Result<Self> {
        let Some(text) = patch.get(DIRECTIVE).and_then(Tree::scalar_text) else {
            return Ok(Self::Merge);
        };
        let directive = Self::of(text)?;
        patch.remove(DIRECTIVE);
        Ok(directive)
    }

    /// That of a list: an item that says nothing else.
    fn take_from_list(patch: &mut Tree) -> Result<Self> {
        let item = patch
            .items()
            .iter()
            .find(|item| item.get(DIRECTIVE).is_some());
        let Some(item) = item.filter(|item| item.fields().len() <= 1) else {
            return Ok(Self::Merge);
        };
        let text = item.value_of(DIRECTIVE).to_owned();
        let directive = Self::of(&text)?;
        set_element(patch, None, &[DIRECTIVE], &[text])?;
        Ok(directive)
    }
}

fn mapping(
    dest: Option<&Tree>,
    patch: Option<&Tree>,
    type_: Type,
    mut twins: Twins,
) -> Result<Value> {
    let mut own_patch = patch.cloned();
    let mut is_other = false;
    let mut merged = match (present(dest), &mut own_patch) {
        (None, None) => return Ok(Value::Gone),
        (None, Some(patch)) => {
            if !patch.is_mapping() || Directive::take(patch)? == Directive::Delete {
                return Ok(Value::Gone);
            }
            twins = Twins::One;
            patch.clone()
        }
        (Some(dest), None) => dest.clone(),
        (Some(_), Some(patch)) if patch.is_null() => return Ok(Value::Gone),
        (Some(dest), Some(patch)) => match Directive::take(patch)? {
            Directive::Delete => return Ok(Value::Gone),
            Directive::Replace => {
                is_other = twins == Twins::Apart;
                twins = Twins::One;
                patch.clone()
            }
            Directive::Merge if twins == Twins::One => patch.clone(),
            Directive::Merge => dest.clone(),
        },
    };
    let mut names: Vec<&str> = merged
        .fields()
        .iter()
        .chain(own_patch.as_ref().map_or(&[][..], Tree::fields))
        .map(|field| &*field.key.text)
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut changes = Vec::new();
    for name in names {
        let own = merged.get(name);
        let other = own_patch.as_ref().and_then(|patch| patch.get(name));
        let value = match own {
            // Where both name the object or the item alike, its own place counts.
            Some(own) if NAMES.contains(&name) && other.is_some_and(|other| own.same(other)) => {
                replaced(Some(own), None)
            }
            own => walk(own, other, type_.field(name), twins)?,
        };
        changes.push((name.to_owned(), value));
    }
    for (name, value) in changes {
        match value {
            Value::Gone => {
                merged.remove(&name);
            }
            Value::Is(tree) | Value::Instead(tree) | Value::Null(tree) => {
                let span = own_patch
                    .as_ref()
                    .and_then(|patch| patch.index_of(&name).map(|at| patch.fields()[at].key.span))
                    .unwrap_or_default();
                merged.set_written(&name, span, tree);
            }
        }
    }
    Ok(match is_other {
        true => Value::Instead(merged),
        false => Value::Is(merged),
    })
}

/// A list that is merged by keys, or whose texts are.
fn list(
    dest: Option<&Tree>,
    patch: Option<&Tree>,
    type_: Type,
    keys: &[&str],
    mut twins: Twins,
) -> Result<Value> {
    let mut own_patch = patch.cloned();
    let dest = match (present(dest), &mut own_patch) {
        (None, None) => return Ok(Value::Gone),
        (None, Some(patch)) => {
            twins = Twins::One;
            patch.clone()
        }
        (Some(dest), None) => dest.clone(),
        (Some(_), Some(patch)) if patch.is_null() => return Ok(Value::Gone),
        (Some(dest), Some(patch)) => match Directive::take_from_list(patch)? {
            Directive::Delete => return Ok(Value::Gone),
            Directive::Replace => {
                twins = Twins::One;
                patch.clone()
            }
            Directive::Merge if twins == Twins::One => patch.clone(),
            Directive::Merge => dest.clone(),
        },
    };
    let (keys, mut values) = match keys {
        [] => (vec![""], texts(own_patch.as_ref(), &dest)),
        keys => (
            keys.to_vec(),
            element_values(own_patch.as_ref(), &dest, keys),
        ),
    };
    if keys.len() > 1 {
        agree(&mut values);
    }
    let patch = own_patch.as_ref();
    elements(dest, patch, type_.items(), &keys, &values, twins)
}

/// The texts of both lists, each once, those of the patch first.
fn texts(patch: Option<&Tree>, dest: &Tree) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for item in patch.into_iter().chain([dest]).flat_map(Tree::items) {
        let text = item.scalar_text().unwrap_or_default();
        if seen.insert(text) {
            found.push(vec![text.to_owned()]);
        }
    }
    found
}

/// The values that the items' keys have, each once, those of the patch first.
fn element_values(patch: Option<&Tree>, dest: &Tree, keys: &[&str]) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for item in patch.into_iter().chain([dest]).flat_map(Tree::items) {
        let values: Vec<String> = keys
            .iter()
            .map(|key| item.value_of(key).to_owned())
            .collect();
        if seen.insert(values.clone()) {
            found.push(values);
        }
    }
    found
}

/// Of two with a value in common, where the others are missing in one of them,
/// both get all (`walk/associative_sequence.go`, `mergeValues`).
fn agree(values: &mut [Vec<String>]) {
    for first in 0..values.len() {
        let own = values[first].clone();
        for second in 0..values.len() {
            if let Some(both) = common(&own, &values[second]) {
                values[first].clone_from(&both);
                values[second] = both;
            }
        }
    }
}

fn common(first: &[String], second: &[String]) -> Option<Vec<String>> {
    let mut in_common = false;
    let mut both = Vec::with_capacity(first.len());
    for (a, b) in first.iter().zip(second) {
        if a == b {
            in_common = true;
            both.push(a.clone());
        } else if !a.is_empty() && !b.is_empty() {
            return None;
        } else {
            both.push(if a.is_empty() { b } else { a }.clone());
        }
    }
    in_common.then_some(both)
}

/// The keys that any of the items has, and the values that these have.
fn valid<'k>(
    all: &[Vec<String>],
    values: &[String],
    keys: &[&'k str],
) -> (Vec<&'k str>, Vec<String>) {
    let has = |at: usize| all.iter().any(|values| !values[at].is_empty());
    let used: Vec<usize> = (0..keys.len()).filter(|at| has(*at)).collect();
    if used.is_empty() {
        return (keys.to_vec(), values.to_vec());
    }
    (
        used.iter().map(|at| keys[*at]).collect(),
        (0..values.len())
            .filter(|at| !values[*at].is_empty() || used.contains(at))
            .map(|at| values[at].clone())
            .collect(),
    )
}

fn elements(
    mut dest: Tree,
    patch: Option<&Tree>,
    type_: Type,
    keys: &[&str],
    all: &[Vec<String>],
    twins: Twins,
) -> Result<Value> {
    let mut added = Tree::sequence(Vec::with_capacity(all.len()));
    let used: Vec<usize> = (0..keys.len())
        .filter(|at| all.iter().any(|values| !values[*at].is_empty()))
        .collect();
    let mut last = keys.to_vec();
    for values in all {
        let (valid_keys, valid_values) = match used.is_empty() {
            true => (keys.to_vec(), values.clone()),
            false => (
                used.iter().map(|at| keys[*at]).collect(),
                (0..values.len())
                    .filter(|at| !values[*at].is_empty() || used.contains(at))
                    .map(|at| values[at].clone())
                    .collect::<Vec<_>>(),
            ),
        };
        last.clone_from(&valid_keys);
        let (own_keys, own_values) = valid(
            std::slice::from_ref(&valid_values),
            &valid_values,
            &valid_keys,
        );
        let own = element(&dest, &own_keys, &own_values);
        let other = match twins {
            Twins::One => own,
            Twins::Apart => patch.and_then(|patch| element(patch, &own_keys, &own_values)),
        };
        let has_any = |item: &Tree| !item.is_mapping() || !item.fields().is_empty();
        let (mut item, is_own) = match walk(own, other, type_, twins)? {
            Value::Is(item) if has_any(&item) => (item, own.is_some()),
            Value::Instead(item) if has_any(&item) => (item, false),
            _ => {
                set_element(&mut dest, None, &valid_keys, &valid_values)?;
                continue;
            }
        };
        for (key, value) in valid_keys.iter().zip(&valid_values) {
            if item.is_mapping() && item.get(key).is_none() && !value.is_empty() {
                item.set(key, Tree::plain(value));
            }
        }
        if is_own && let Some(at) = position(&dest, &own_keys, &own_values) {
            // Kustomize changes the object's own item; another in its place
            // gives way to it below.
            if let Some(items) = dest.items_mut() {
                items[at] = item.clone();
            }
        }
        set_element(&mut added, Some(item), &valid_keys, &valid_values)?;
    }
    if all.is_empty() {
        return Ok(Value::Is(dest));
    }
    for item in dest.items() {
        append(&mut added, item, &last)?;
    }
    // The list itself stays where it was.
    dest.inner = added.inner;
    Ok(Value::Is(dest))
}

/// The first item whose keys have these values.
fn element<'t>(list: &'t Tree, keys: &[&str], values: &[String]) -> Option<&'t Tree> {
    position(list, keys, values).map(|at| &list.items()[at])
}

fn position(list: &Tree, keys: &[&str], values: &[String]) -> Option<usize> {
    if keys.first().is_none_or(|key| key.is_empty()) {
        let value = values.first().map_or("", String::as_str);
        return list
            .items()
            .iter()
            .position(|item| item.scalar_text().unwrap_or_default() == value);
    }
    list.items().iter().position(|item| {
        item.is_mapping()
            && keys.iter().zip(values).all(|(key, value)| {
                item.get(key)
                    .is_some_and(|own| own.scalar_text().unwrap_or_default() == value)
            })
    })
}

/// Puts an item in the place of those whose keys have these values, or at the
/// end; without an item those go (`kyaml/yaml/fns.go`, `ElementSetter`).
fn set_element(
    list: &mut Tree,
    item: Option<Tree>,
    keys: &[&str],
    values: &[String],
) -> Result<()> {
    let sets_mapping = keys.first().is_some_and(|key| !key.is_empty())
        && values.first().is_some_and(|v| !v.is_empty());
    let mut kept = Vec::with_capacity(list.items().len() + 1);
    let mut found = false;
    for own in list.items() {
        if own.is_null() || (own.is_mapping() && own.fields().is_empty()) {
            continue;
        }
        if !own.is_mapping() && sets_mapping {
            kept.push(own.clone());
            continue;
        }
        if !matches_all(own, keys, values)? {
            if !values.is_empty() {
                kept.push(own.clone());
            }
            continue;
        }
        found = true;
        kept.extend(item.clone());
    }
    if !found {
        kept.extend(item);
    }
    if let Some(items) = list.items_mut() {
        *items = kept;
    }
    Ok(())
}

fn matches_all(item: &Tree, keys: &[&str], values: &[String]) -> Result<bool> {
    let mut last = false;
    for (at, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(at) {
            last = if key.is_empty() {
                if !item.is_scalar() {
                    return Err(Failure::refused("a list of texts has something else in it"));
                }
                item.scalar_text().unwrap_or_default() == value
            } else if item.is_mapping() {
                item.get(key).is_some_and(|own| {
                    value.is_empty() || own.scalar_text().unwrap_or_default() == value
                })
            } else {
                return Err(Failure::refused(
                    "a list that is merged by a key has an item that is not a mapping",
                ));
            };
        }
        if !last {
            return Ok(false);
        }
    }
    Ok(true)
}

fn append(list: &mut Tree, item: &Tree, keys: &[&str]) -> Result<()> {
    if keys.first().is_none_or(|key| key.is_empty()) {
        let text = item.scalar_text().unwrap_or_default().to_owned();
        return set_element(list, Some(item.clone()), &[""], &[text]);
    }
    if !item.is_mapping() {
        return Err(Failure::refused(
            "a list that is merged by a key has an item that is not a mapping",
        ));
    }
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        match item.get(key) {
            Some(value) => values.push(value.scalar_text().unwrap_or_default().to_owned()),
            None => {
                if let Some(items) = list.items_mut() {
                    items.push(item.clone());
                }
            }
        }
    }
    if keys.len() > 1 {
        set_element(list, None, keys, &values)?;
    }
    set_element(list, Some(item.clone()), keys, &values)
}
