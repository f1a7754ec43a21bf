//! `replacements` (`api/filters/replacement/replacement.go`).

use std::sync::Arc;

use super::Failure;
use super::fields::{self, Fields};
use super::files::Files;
use super::resource::{Gvk, Id, Resource};
use super::select::{Selector, regex};
use super::set::Set;
use super::tree::{Inner, Reading, Tree, shown};
use super::variables::{lookup, parts, retyped};
use crate::manifest::{Scalar, ScalarStyle};

/// Makes all replacements of a kustomization.
///
/// # Errors
/// Where kustomize refuses one, or we are not sure.
pub(super) fn run(
    number: usize,
    fields: &Fields,
    set: &mut Set,
    files: &mut Files<'_>,
) -> Result<(), Failure> {
    let mut all = Vec::new();
    for entry in fields.list("replacements") {
        let path = entry.value_of("path");
        if path.is_empty() {
            all.push(entry.clone());
            continue;
        }
        if entry.get("source").is_some() || !entry.get("targets").is_none_or(Tree::is_empty) {
            return Err(Failure::refused(
                "one of its replacements has a path, and says something else too",
            ));
        }
        let source = files.named(number, path)?;
        let trees = files.trees(source, Reading::Kubectl)?;
        match trees.first() {
            Some(tree) if tree.is_mapping() => all.push(fields::replacement(tree)?),
            Some(tree) if tree.is_sequence() => {
                for item in tree.items() {
                    all.push(fields::replacement(item)?);
                }
            }
            _ => {
                return Err(Failure::refused(format!(
                    "{} holds no replacement",
                    shown(path)
                )));
            }
        }
    }
    for replacement in &all {
        let targets = replacement.get("targets");
        let value = source_value(replacement, set)?;
        let Some(targets) = targets else {
            return Err(Failure::refused("one of its replacements has no target"));
        };
        for target in targets.items() {
            into_target(target, &value, set)?;
        }
    }
    if !all.is_empty() {
        set.list.retain(|resource| !resource.tree.is_empty());
        set.renamed();
    }
    Ok(())
}

fn source_value(replacement: &Tree, set: &Set) -> Result<Tree, Failure> {
    match (replacement.get("sourceValue"), replacement.get("source")) {
        (Some(_), Some(_)) => Err(Failure::refused(
            "one of its replacements has both source and sourceValue",
        )),
        (Some(value), None) => Ok(value.with_text(value.scalar_text().unwrap_or_default())),
        (None, Some(source)) => from_source(source, set),
        (None, None) => Err(Failure::refused("one of its replacements has no source")),
    }
}

fn from_source(source: &Tree, set: &Set) -> Result<Tree, Failure> {
    let text = |key| source.value_of(key).to_owned();
    let wanted = Id {
        gvk: Gvk {
            group: text("group"),
            version: text("version"),
            kind: text("kind"),
        },
        name: text("name"),
        namespace: text("namespace"),
        cluster: false,
    };
    let is_meant = |resource: &&Resource| {
        resource.ids().any(|id| {
            let id = Id {
                cluster: false,
                ..id
            };
            (wanted.name.is_empty() || wanted.name == id.name)
                && (wanted.namespace.is_empty()
                    || wanted.effective_namespace() == id.effective_namespace())
                && id.gvk.is_selected(&wanted.gvk)
        })
    };
    let mut found = set.list.iter().filter(is_meant);
    let (Some(first), None) = (found.next(), found.next()) else {
        return Err(Failure::refused(format!(
            "the source of one of its replacements, {} {}, is not one object",
            shown(&wanted.gvk.kind),
            shown(&wanted.name)
        )));
    };
    let path = match source.value_of("fieldPath") {
        "" => "metadata.name",
        path => path,
    };
    let value = lookup(&first.tree, path)?.filter(|value| !value.is_empty());
    let Some(value) = value else {
        return Err(Failure::refused(format!(
            "the source of one of its replacements has no {}",
            shown(path)
        )));
    };
    let options = Options::of(source.get("options"));
    let Some(delimiter) = options.delimiter else {
        return Ok(value.clone());
    };
    let text = text_in(value)?;
    let part = usize::try_from(options.index)
        .ok()
        .and_then(|index| text.split(delimiter).nth(index));
    match part {
        Some(part) => Ok(value.with_text(part)),
        None => Err(Failure::refused(
            "the source of one of its replacements has no part of that index",
        )),
    }
}

/// The text that a delimiter takes apart.
fn text_in(tree: &Tree) -> Result<&str, Failure> {
    match &tree.inner {
        Inner::Scalar(scalar) => Ok(&scalar.text),
        Inner::Sealed(_) => Err(Failure::not_sure(
            "one of its replacements takes the value of a Secret apart",
        )),
        _ => Err(Failure::refused(
            "one of its replacements has a delimiter for something that is not text",
        )),
    }
}

struct Options<'a> {
    delimiter: Option<&'a str>,
    index: i64,
    create: bool,
}

impl<'a> Options<'a> {
    fn of(tree: Option<&'a Tree>) -> Self {
        let text = |key| tree.map_or("", |tree| tree.value_of(key));
        Self {
            delimiter: Some(text("delimiter")).filter(|own| !own.is_empty()),
            index: text("index").parse().unwrap_or(0),
            create: text("create") == "true",
        }
    }
}

fn into_target(target: &Tree, value: &Tree, set: &mut Set) -> Result<(), Failure> {
    let Some(select) = target.get("select") else {
        return Err(Failure::refused(
            "a target of its replacements selects nothing",
        ));
    };
    let select = Selector::of(select)?;
    let rejects: Vec<Selector> = target
        .get("reject")
        .map_or(&[][..], Tree::items)
        .iter()
        .map(Selector::of)
        .collect::<Result<_, _>>()?;
    let options = Options::of(target.get("options"));
    let given = target.get("fieldPaths").map_or(&[][..], Tree::items);
    let mut paths: Vec<&str> = given.iter().filter_map(Tree::scalar_text).collect();
    if paths.is_empty() {
        paths.push("metadata.name");
    }
    for resource in &mut set.list {
        let is_rejected_by_labels = rejects
            .iter()
            .any(|reject| reject.has_labels() && reject.fits_labels(resource));
        if !select.fits_labels(resource) || is_rejected_by_labels {
            continue;
        }
        let mut ids: Vec<Id> = vec![resource.current()];
        ids.extend(resource.previous());
        let is_rejected = rejects
            .iter()
            .filter(|reject| !reject.has_no_id())
            .any(|reject| ids.iter().any(|id| reject.fits_id(id)));
        if is_rejected || !ids.iter().any(|id| select.fits_id(id)) {
            continue;
        }
        for path in &paths {
            let steps = parts(path);
            check_structured(&resource.tree, &steps)?;
            let setting = Setting {
                value,
                options: &options,
            };
            match setting.walk(&resource.tree, &steps)? {
                Some(changed) => resource.tree = changed,
                None => {
                    return Err(Failure::refused(format!(
                        "a target of its replacements has no {}",
                        shown(path)
                    )));
                }
            }
        }
    }
    Ok(())
}

/// Paths may lead on into YAML or JSON that a text holds.
fn check_structured(tree: &Tree, steps: &[String]) -> Result<(), Failure> {
    let mut at = tree;
    for (index, step) in steps.iter().enumerate() {
        let next = match step.parse::<usize>() {
            Ok(item) => at.items().get(item),
            Err(_) if step.starts_with('[') => {
                let inside = step.trim_matches(['[', ']']);
                let (key, value) = inside.split_once('=').unwrap_or((inside, ""));
                at.items().iter().find(|item| item.value_of(key) == value)
            }
            Err(_) => at.get(step),
        };
        match next {
            Some(next) if next.is_scalar() && !next.is_null() && index + 1 < steps.len() => {
                return Err(Failure::not_sure(
                    "one of its replacements leads into a text that holds YAML or JSON",
                ));
            }
            Some(next) => at = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

struct Setting<'a> {
    value: &'a Tree,
    options: &'a Options<'a>,
}

impl Setting<'_> {
    /// Sets all places that the steps name; `None` where there are none
    /// (`kyaml/yaml/match.go`, `PathMatcher`).
    fn walk(&self, tree: &Tree, steps: &[String]) -> Result<Option<Tree>, Failure> {
        let Some((step, rest)) = steps.split_first() else {
            return self.set(tree).map(Some);
        };
        if step.parse::<usize>().is_ok() {
            return self.at_index(tree, step, rest);
        }
        if step.starts_with('[') && step.ends_with(']') {
            return self.matching(tree, step, rest);
        }
        if step == "*" {
            list_only(tree)?;
            return self.items(tree, |_| Ok(true), rest);
        }
        if tree.is_null() && !self.options.create {
            return Ok(None);
        }
        if !tree.is_mapping() {
            return Err(Failure::refused("a field path meets no mapping"));
        }
        let own = match tree.get(step) {
            Some(own) => own.clone(),
            None if self.options.create => self.made(rest.first()),
            None => return Ok(None),
        };
        if own.is_scalar() && !own.is_null() && !rest.is_empty() {
            return Err(Failure::not_sure(
                "one of its replacements leads into a text that holds YAML or JSON",
            ));
        }
        Ok(self.walk(&own, rest)?.map(|value| {
            let mut tree = tree.clone();
            tree.set(step, value);
            tree
        }))
    }

    /// What is made for a step that is not there, by the step behind it.
    fn made(&self, next: Option<&String>) -> Tree {
        match next {
            Some(next) if next.starts_with('[') || next.parse::<usize>().is_ok() => {
                Tree::sequence(Vec::new())
            }
            Some(_) => Tree::mapping(),
            None if self.value.is_mapping() => Tree::mapping(),
            None if self.value.is_sequence() => Tree::sequence(Vec::new()),
            None => Tree::plain(""),
        }
    }

    fn at_index(&self, tree: &Tree, step: &str, rest: &[String]) -> Result<Option<Tree>, Failure> {
        list_only(tree)?;
        let index: usize = step.parse().unwrap_or_default();
        let mut list = tree.clone();
        if index == tree.items().len() && self.options.create {
            let made = self.made(rest.first());
            if let Some(items) = list.items_mut() {
                items.push(made);
            }
        }
        let Some(item) = list.items().get(index).cloned() else {
            return Err(Failure::refused(
                "a field path has an index that is not there",
            ));
        };
        Ok(self.walk(&item, rest)?.map(|value| {
            if let Some(items) = list.items_mut() {
                items[index] = value;
            }
            list
        }))
    }

    /// Items of which a field's value matches: a regular expression that may
    /// match a part of it.
    fn matching(&self, tree: &Tree, step: &str, rest: &[String]) -> Result<Option<Tree>, Failure> {
        let inside = step.trim_start_matches('[').trim_end_matches(']');
        let Some((key, value)) = inside.split_once('=') else {
            return Err(Failure::refused(
                "a field path has brackets without KEY=VALUE",
            ));
        };
        list_only(tree)?;
        let pattern = regex(value)?;
        let fits = |item: &Tree| {
            let own = match key {
                "" => Some(item),
                key => item.get(key),
            };
            let Some(scalar) = own.and_then(Tree::scalar) else {
                return Ok(false);
            };
            // The pattern sees the value as YAML, quotes and all.
            if scalar.style != ScalarStyle::Plain && value.contains(['^', '$', '"', '\'']) {
                return Err(Failure::not_sure(
                    "a field path has an anchored pattern for a value in quotes",
                ));
            }
            Ok(pattern.is_match(&scalar.text))
        };
        // A path that ends with a text's own match replaces that text.
        let rest = if key.is_empty() { &[][..] } else { rest };
        let found = self.items(tree, fits, rest)?;
        if found.is_some() || !self.options.create {
            return Ok(found);
        }
        let mut list = tree.clone();
        let mut item = Tree::mapping();
        item.set(key, Tree::plain(value));
        if let Some(items) = list.items_mut() {
            items.push(match key {
                "" => Tree::plain(value),
                _ => item,
            });
        }
        self.items(&list, fits, rest)
    }

    fn items(
        &self,
        tree: &Tree,
        fits: impl Fn(&Tree) -> Result<bool, Failure>,
        rest: &[String],
    ) -> Result<Option<Tree>, Failure> {
        let mut list: Option<Tree> = None;
        for (index, item) in tree.items().iter().enumerate() {
            if !fits(item)? {
                continue;
            }
            if let Some(value) = self.walk(item, rest)? {
                let list = list.get_or_insert_with(|| tree.clone());
                if let Some(items) = list.items_mut() {
                    items[index] = value;
                }
            }
        }
        Ok(list)
    }

    fn set(&self, own: &Tree) -> Result<Tree, Failure> {
        let mut value = self.value.clone();
        if let Some(delimiter) = self.options.delimiter {
            let mut all: Vec<&str> = text_in(own)?.split(delimiter).collect();
            let text = match &self.value.inner {
                Inner::Scalar(scalar) => &*scalar.text,
                Inner::Sealed(_) => text_in(self.value)?,
                _ => "",
            };
            match usize::try_from(self.options.index) {
                Err(_) => all.insert(0, text),
                Ok(index) if index >= all.len() => all.push(text),
                Ok(index) => all[index] = text,
            }
            value = value.with_text(&all.join(delimiter));
        }
        match (&own.inner, &value.inner) {
            (Inner::Scalar(scalar), Inner::Scalar(new)) => {
                let is_new = scalar.text.is_empty() && own.span == Tree::plain("").span;
                let scalar = match is_new {
                    // What was made for it has no type yet.
                    true => super::tree::plain(&new.text),
                    false if own.is_null() => return Ok(untyped(&value, new)),
                    false => retyped(scalar, &new.text)?,
                };
                Ok(Tree {
                    inner: Inner::Scalar(Arc::new(scalar)),
                    ..value
                })
            }
            (Inner::Scalar(_) | Inner::Sealed(_), Inner::Scalar(_) | Inner::Sealed(_)) => Ok(value),
            (Inner::Scalar(_) | Inner::Sealed(_), _) => Err(Failure::not_sure(
                "one of its replacements puts a mapping or list in the place of a value",
            )),
            _ => Ok(value),
        }
    }
}

fn untyped(value: &Tree, new: &Scalar) -> Tree {
    Tree {
        inner: Inner::Scalar(Arc::new(super::tree::plain(&new.text))),
        ..value.clone()
    }
}

fn list_only(tree: &Tree) -> Result<(), Failure> {
    match tree.is_sequence() {
        true => Ok(()),
        false => Err(Failure::refused("a field path meets no list")),
    }
}
