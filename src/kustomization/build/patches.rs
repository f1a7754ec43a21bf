//! `patches`, `patchesStrategicMerge` and `patchesJson6902`
//! (`api/internal/builtins/Patch*Transformer.go`).

use super::accumulate::objects;
use super::fields::Fields;
use super::files::{End, Files, is_json};
use super::merge::merge;
use super::resource::{self, Resource};
use super::select::Selector;
use super::set::Set;
use super::tree::{Reading, Tree, shown};
use super::{Failure, json6902};
use crate::manifest::{SourceText, parse};

/// What a patch may change beside the fields of its object.
#[derive(Clone, Copy, Default)]
struct Freedom {
    name: bool,
    kind: bool,
}

/// `patchesStrategicMerge`.
///
/// # Errors
/// Where kustomize refuses one, or we are not sure.
pub(super) fn strategic(
    number: usize,
    fields: &Fields,
    set: &mut Set,
    files: &mut Files<'_>,
) -> Result<(), Failure> {
    let mut loaded = Vec::new();
    for item in fields.list("patchesStrategicMerge") {
        let inline = files
            .inline(item, End::AsWritten, Reading::Kustomize)
            .and_then(objects);
        // A text that is no object is a path.
        loaded.extend(match inline {
            Ok(patches) => patches,
            Err(_) => {
                let path = item.scalar_text().unwrap_or_default();
                let source = files.named(number, path)?;
                objects(files.trees(source, Reading::Kustomize)?)?
            }
        });
    }
    if fields.has("patchesStrategicMerge") && loaded.is_empty() {
        return Err(Failure::refused("its patchesStrategicMerge hold no patch"));
    }
    for patch in &loaded {
        let index = one(set, patch)?;
        to_selected(set, &[index], patch, Freedom::default())?;
        drop_empty(set);
    }
    Ok(())
}

/// The one object that a patch names.
fn one(set: &mut Set, patch: &Resource) -> Result<usize, Failure> {
    let id = patch.current();
    let found = set.with_id(&id);
    match found[..] {
        [index] => Ok(index),
        _ => Err(Failure::refused(format!(
            "its patch of {} {} {}",
            shown(&id.gvk.kind),
            shown(&id.name),
            match found.len() {
                0 => "meets no object",
                _ => "meets several objects",
            }
        ))),
    }
}

/// Merges a patch into objects that a target selects.
fn to_selected(
    set: &mut Set,
    selected: &[usize],
    patch: &Resource,
    freedom: Freedom,
) -> Result<(), Failure> {
    let kind = patch.kind().to_owned();
    let mut own = patch.clone();
    // Kustomize writes the patch's metadata anew (`CopyMergeMetaDataFieldsFrom`).
    resource::as_texts(&mut own.tree, "labels");
    resource::as_texts(&mut own.tree, "annotations");
    let (name, namespace) = (patch.name().to_owned(), patch.namespace().to_owned());
    own.set_name(&name);
    own.set_namespace(&namespace);
    for index in selected {
        let resource = &mut set.list[*index];
        let mut patch = own.clone();
        patch
            .tree
            .set("apiVersion", Tree::plain(&resource.gvk().api_version()));
        patch.set_kind(&kind);
        apply(resource, &patch, freedom)?;
    }
    Ok(())
}

/// `resource.go`, `ApplySmPatch`. A deleted object is left empty.
fn apply(resource: &mut Resource, patch: &Resource, freedom: Freedom) -> Result<(), Failure> {
    let (name, namespace, kind) = (
        resource.name().to_owned(),
        resource.namespace().to_owned(),
        resource.kind().to_owned(),
    );
    if freedom.name || freedom.kind {
        resource.remember();
    }
    check_memory(resource, patch)?;
    match merge(&resource.tree, &patch.tree)? {
        Some(tree) => resource.tree = tree,
        None => {
            resource.tree = Tree::mapping();
            return Ok(());
        }
    }
    if resource.tree.is_empty() {
        return Ok(());
    }
    if !freedom.kind {
        resource.set_kind(&kind);
    }
    if !freedom.name {
        resource.set_name(&name);
    }
    resource.set_namespace(&namespace);
    Ok(())
}

/// Kustomize keeps what it remembers of an object in annotations: a patch that
/// replaces these makes it forget.
fn check_memory(resource: &Resource, patch: &Resource) -> Result<(), Failure> {
    let remembers = !resource.earlier.is_empty()
        || resource.needs_hash
        || !resource.prefixes.is_empty()
        || !resource.suffixes.is_empty();
    let says = |tree: Option<&Tree>| {
        tree.is_some_and(|tree| {
            tree.is_null() || matches!(tree.value_of("$patch"), "replace" | "delete")
        })
    };
    let metadata = patch.tree.get("metadata");
    let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
    let replaces_all = patch.tree.value_of("$patch") == "replace";
    match remembers && (says(metadata) || says(annotations) || replaces_all) {
        true => Err(Failure::not_sure(
            "a patch replaces all annotations, where kustomize keeps its notes",
        )),
        false => Ok(()),
    }
}

/// A patch as it was written: one of two forms.
enum Loaded {
    Strategic(Vec<Resource>),
    Json(Tree),
}

/// `patches`.
///
/// # Errors
/// Where kustomize refuses one, or we are not sure.
pub(super) fn patches(
    number: usize,
    fields: &Fields,
    set: &mut Set,
    files: &mut Files<'_>,
) -> Result<(), Failure> {
    let mut all = Vec::new();
    for entry in fields.list("patches") {
        let target = entry.get("target").map(Selector::of).transpose()?;
        all.push((
            load(number, entry, End::Trimmed, files)?,
            target,
            freedom(entry),
        ));
    }
    for (patch, target, freedom) in all {
        match (patch, target) {
            (Loaded::Strategic(patches), Some(target)) => {
                let patch = match &patches[..] {
                    [] => continue,
                    [patch] => patch,
                    _ => {
                        return Err(Failure::refused(
                            "one of its patches has a target and several documents",
                        ));
                    }
                };
                let selected = selected(set, &target);
                to_selected(set, &selected, patch, freedom)?;
                drop_empty(set);
                if freedom.name || freedom.kind {
                    set.renamed();
                    set.check_twins()?;
                }
            }
            (Loaded::Strategic(patches), None) => {
                for patch in &patches {
                    let index = one(set, patch)?;
                    apply(&mut set.list[index], patch, freedom)?;
                    if freedom.name || freedom.kind {
                        set.renamed();
                    }
                    // An empty one is passed over from here on.
                    drop_empty(set);
                }
            }
            (Loaded::Json(operations), Some(target)) => {
                for index in selected(set, &target) {
                    let resource = &mut set.list[index];
                    resource.remember();
                    apply_json(resource, &operations)?;
                }
                set.renamed();
            }
            (Loaded::Json(_), None) => {
                return Err(Failure::refused("one of its JSON patches has no target"));
            }
        }
    }
    Ok(())
}

/// Objects that patches have deleted go.
fn drop_empty(set: &mut Set) {
    if set.list.iter().any(|resource| resource.tree.is_empty()) {
        set.list.retain(|resource| !resource.tree.is_empty());
        set.renamed();
    }
}

fn selected(set: &Set, target: &Selector) -> Vec<usize> {
    let fits = |(index, resource): (usize, &Resource)| target.fits(resource).then_some(index);
    set.list.iter().enumerate().filter_map(fits).collect()
}

fn freedom(entry: &Tree) -> Freedom {
    let may = |what: &str| {
        entry
            .get("options")
            .is_some_and(|options| options.value_of(what) == "true")
    };
    Freedom {
        name: may("allowNameChange"),
        kind: may("allowKindChange"),
    }
}

fn load(number: usize, entry: &Tree, end: End, files: &mut Files<'_>) -> Result<Loaded, Failure> {
    let inline = entry.get("patch").filter(|own| {
        own.scalar_text()
            .is_some_and(|text| !text.trim().is_empty())
    });
    let path = entry.value_of("path");
    let mut trees = |reading: Reading| match (inline, path) {
        (None, "") => Err(Failure::refused("one of its patches is empty")),
        (Some(inline), "") => files.inline(inline, end, reading),
        (None, path) => {
            let source = files.named(number, path)?;
            files.trees(source, reading)
        }
        (Some(_), _) => Err(Failure::refused(
            "one of its patches has both patch and path",
        )),
    };
    let first = trees(Reading::Kustomize)?;
    if first.first().is_some_and(Tree::is_sequence) {
        let Some(operations) = trees(Reading::Kubectl)?.into_iter().next() else {
            return Err(Failure::refused("one of its patches is empty"));
        };
        let is_bracketed = match inline {
            Some(inline) => {
                let text = inline.scalar_text().unwrap_or_default().trim();
                let text = SourceText::new("", text.to_owned());
                text.text().starts_with('[') && !is_json(&parse(&text).documents)
            }
            None => {
                let source = files.named(number, path)?;
                files.is_bracketed_yaml(source)
            }
        };
        if is_bracketed {
            return Err(Failure::refused(
                "a JSON patch that begins with a bracket is not JSON",
            ));
        }
        json6902::operations(&operations)?;
        return Ok(Loaded::Json(operations));
    }
    Ok(Loaded::Strategic(objects(first)?))
}

fn apply_json(resource: &mut Resource, operations: &Tree) -> Result<(), Failure> {
    json6902::apply(&mut resource.tree, json6902::operations(operations)?)?;
    // The object goes through JSON, where a null has one spelling only.
    for field in ["labels", "annotations"] {
        resource::spell_nulls(&mut resource.tree, field);
    }
    if resource.kind().is_empty() || resource.name().is_empty() {
        return Err(Failure::not_sure(
            "a JSON patch takes an object's kind or name",
        ));
    }
    Ok(())
}

/// `patchesJson6902`.
///
/// # Errors
/// Where kustomize refuses one, or we are not sure.
pub(super) fn json6902(
    number: usize,
    fields: &Fields,
    set: &mut Set,
    files: &mut Files<'_>,
) -> Result<(), Failure> {
    for entry in fields.list("patchesJson6902") {
        let target = entry.get("target");
        if target.is_none_or(|target| target.value_of("name").is_empty()) {
            return Err(Failure::refused(
                "one of its patchesJson6902 has no target with a name",
            ));
        }
        let Loaded::Json(operations) = load(number, entry, End::AsWritten, files)? else {
            return Err(Failure::refused(
                "one of its patchesJson6902 is not a list of operations",
            ));
        };
        if operations.items().is_empty() {
            return Err(Failure::refused("one of its patchesJson6902 is empty"));
        }
        let target = Selector::of(target.unwrap_or(entry))?;
        for index in selected(set, &target) {
            apply_json(&mut set.list[index], &operations)?;
        }
        set.renamed();
    }
    Ok(())
}
