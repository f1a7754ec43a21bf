//! The objects of a kustomization while it is built (`api/resmap`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Failure;
use super::resource::{Behavior, Id, Resource};
use super::tree::{Tree, shown};

/// Objects, each with another identity.
#[derive(Clone, Default)]
pub(super) struct Set {
    pub list: Vec<Resource>,
    /// Objects by all names that they have and had; made when it is asked for.
    by_name: Option<Arc<HashMap<String, Vec<usize>>>>,
}

/// What tells objects apart.
type Key = (String, String, String, String, String);

fn key(id: &Id) -> Key {
    (
        id.gvk.group.clone(),
        id.gvk.version.clone(),
        id.gvk.kind.clone(),
        id.name.clone(),
        id.effective_namespace().to_owned(),
    )
}

fn twins(id: &Id) -> Failure {
    Failure::refused(format!(
        "two objects of it are the same: {} {}",
        shown(&id.gvk.kind),
        shown(&id.name)
    ))
}

impl Set {
    /// Refuses two objects of one identity.
    ///
    /// # Errors
    /// Where there are such.
    pub fn check_twins(&self) -> Result<(), Failure> {
        let mut seen = HashSet::with_capacity(self.list.len());
        // Names with hashes differ where what is in the objects does.
        for resource in self.list.iter().filter(|resource| !resource.hashed) {
            let id = resource.current();
            if !seen.insert(key(&id)) {
                return Err(twins(&id));
            }
        }
        Ok(())
    }

    /// Says that names may have changed, or objects come or gone.
    pub fn renamed(&mut self) {
        self.by_name = None;
    }

    /// The objects that have or had this name.
    pub fn named(&mut self, name: &str) -> Vec<usize> {
        let list = &self.list;
        let by_name = self.by_name.get_or_insert_with(|| {
            let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
            for (index, resource) in list.iter().enumerate() {
                let earlier = resource.earlier.iter().map(|earlier| earlier.name.as_str());
                for name in earlier.chain([resource.name()]) {
                    let indices = by_name.entry(name.to_owned()).or_default();
                    if indices.last() != Some(&index) {
                        indices.push(index);
                    }
                }
            }
            Arc::new(by_name)
        });
        by_name.get(name).cloned().unwrap_or_default()
    }

    /// The objects of which one name is this one.
    pub fn with_id(&mut self, id: &Id) -> Vec<usize> {
        let mut found = self.named(&id.name);
        found.retain(|index| self.list[*index].ids().any(|own| own.equals(id)));
        found
    }

    /// Adds what a generator made, or changes what has its name.
    ///
    /// # Errors
    /// Where its behavior does not fit what is there.
    pub fn absorb(&mut self, mut made: Resource) -> Result<(), Failure> {
        let id = made.current();
        let found = self.with_id(&id);
        let takes_over = matches!(made.behavior, Behavior::Merge | Behavior::Replace);
        let index = match found[..] {
            [] if takes_over => {
                return Err(Failure::refused(format!(
                    "a generator merges or replaces {}, which is not there",
                    shown(&id.name)
                )));
            }
            [] => {
                self.renamed();
                self.list.push(made);
                return Ok(());
            }
            [index] if takes_over => index,
            _ => {
                return Err(Failure::refused(format!(
                    "a generator makes {}, which is there already",
                    shown(&id.name)
                )));
            }
        };
        let old = &self.list[index];
        if made.behavior == Behavior::Merge {
            merge_data(&mut made.tree, &old.tree, "data");
            merge_data(&mut made.tree, &old.tree, "binaryData");
        }
        take_identity(&mut made, old);
        self.renamed();
        self.list[index] = made;
        Ok(())
    }
}

/// The entries of both; those of `tree` count.
fn merge_data(tree: &mut Tree, old: &Tree, field: &str) {
    let mut merged = match old.get(field) {
        Some(own) if own.is_mapping() => own.clone(),
        _ => Tree::mapping(),
    };
    for entry in tree.get(field).map_or(&[][..], Tree::fields) {
        merged.set_written(&entry.key.text, entry.key.span, entry.value.clone());
    }
    match merged.is_empty() {
        true => {
            tree.remove(field);
        }
        false => tree.set(field, merged),
    }
}

/// What an object keeps when a generator takes its place: name, namespace,
/// labels, annotations and history (`resource.go`,
/// `CopyMergeMetaDataFieldsFrom`).
fn take_identity(made: &mut Resource, old: &Resource) {
    for field in ["labels", "annotations"] {
        let mut merged = match old.tree.at(&["metadata", field]) {
            Some(own) if own.is_mapping() => own.clone(),
            _ => Tree::mapping(),
        };
        for entry in made
            .tree
            .at(&["metadata", field])
            .map_or(&[][..], Tree::fields)
        {
            merged.set_written(&entry.key.text, entry.key.span, entry.value.clone());
        }
        if let Some(metadata) = made.tree.mapping_at("metadata") {
            match merged.is_empty() {
                true => {
                    metadata.remove(field);
                }
                false => metadata.set(field, merged),
            }
        }
        super::resource::as_texts(&mut made.tree, field);
    }
    made.set_name(old.name());
    made.set_namespace(old.namespace());
    made.earlier = Arc::clone(&old.earlier);
    made.prefixes = Arc::clone(&old.prefixes);
    made.suffixes = Arc::clone(&old.suffixes);
    made.variables = Arc::clone(&old.variables);
    made.behavior = old.behavior;
    made.needs_hash = made.needs_hash && old.needs_hash;
    let mut generated = (*old.generated).clone();
    generated.extend(made.generated.iter().cloned());
    made.generated = Arc::new(generated);
}
