//! Kustomizations as files: which of them include a workload, and which of
//! their patches change what `migrate` changes in it.
//!
//! Nothing is rendered here: kubectl does that (`-k`). What the files say is
//! enough to know which places a patch names. Where they leave it open (a
//! pattern, a remote base) a patch is taken to concern the workload: a warning
//! too much costs a look, one too few a variable.
//!
//! Fields and their meaning: kubernetes-sigs/kustomize
//! `api/types/kustomization.go`, `api/internal/target/kusttarget.go`.

mod including;
mod meeting;
mod patch;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::inventory::Inventory;
use crate::kustomization::clean;
use crate::manifest::{Node, SourceText};
use crate::workload::{Object, Workload};

use super::Plan;
use including::Including;
use patch::Patch;

/// API group of kustomizations.
const GROUP: &str = "kustomize.config.k8s.io";

/// All kustomizations among the files.
pub struct Kustomizations<'a> {
    inventory: &'a Inventory,
    all: Vec<Kustomization<'a>>,
    including: Including,
    /// Files that were read, by their clean paths.
    texts: HashMap<PathBuf, &'a SourceText>,
}

struct Kustomization<'a> {
    object: &'a Object,
    source: &'a SourceText,
    folder: PathBuf,
    /// Read when something it includes changes.
    patches: OnceCell<Vec<Patch>>,
}

/// What a patch does to the places of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// What happens: a sentence that names file and line.
    pub reason: String,
    /// Its JSON path in that file.
    pub path: String,
    pub next: String,
    /// How bad it is.
    pub weight: Weight,
}

/// How bad a collision is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Both changes are made, and together they say something else.
    Warns,
    /// The patch would fail, or hit another place than before.
    Breaks,
}

impl<'a> Kustomizations<'a> {
    /// Those among the files of an inventory.
    pub fn from_inventory(inventory: &'a Inventory) -> Self {
        let all: Vec<Kustomization<'a>> = ["Kustomization", "Component"]
            .into_iter()
            .flat_map(|kind| inventory.of_kind(GROUP, kind))
            .filter_map(|object| {
                let source = &inventory.source(object.origin)?.text;
                Some(Kustomization {
                    object,
                    source,
                    folder: folder_of(source.name()),
                    patches: OnceCell::new(),
                })
            })
            .collect();
        let including = Including::new(all.iter().map(Kustomization::node).collect());
        let mut texts = HashMap::new();
        for source in inventory.sources.iter() {
            let text = &source.text;
            texts.entry(clean(Path::new(text.name()))).or_insert(text);
        }
        Self {
            inventory,
            all,
            including,
            texts,
        }
    }

    /// Patches, replacements and variables that meet the changes of a plan.
    pub fn collisions(&self, workload: &Workload, plan: &Plan) -> Vec<Collision> {
        let mut found = Vec::new();
        let Some(source) = self.inventory.source(workload.origin) else {
            return found;
        };
        let file = clean(Path::new(source.text.name()));
        for (index, names) in self.including.names(&file, &workload.id.name) {
            let kustomization = &self.all[index];
            let patches = kustomization.patches.get_or_init(|| {
                Patch::all(&kustomization.object.root, kustomization.source, |path| {
                    let file = clean(&kustomization.folder.join(path));
                    self.texts.get(&file).copied()
                })
            });
            let file = kustomization.source.name();
            for patch in patches {
                meeting::of(patch, file, &names, workload, plan, &mut found);
            }
        }
        found
    }
}

impl Kustomization<'_> {
    fn node(&self) -> including::Node {
        let root = &self.object.root;
        let part = |field| root.text_of(field).unwrap_or_default().to_owned();
        including::Node {
            folder: self.folder.clone(),
            members: ["resources", "bases", "components"]
                .into_iter()
                .flat_map(|field| texts(root.get(field)))
                .map(|member| clean(&self.folder.join(member)))
                .collect(),
            is_component: self.object.id.kind == "Component",
            prefix: part("namePrefix"),
            suffix: part("nameSuffix"),
        }
    }
}

fn texts(list: Option<&Node>) -> impl Iterator<Item = &str> {
    list.map_or(&[][..], Node::items)
        .iter()
        .filter_map(Node::as_str)
}

fn folder_of(file: &str) -> PathBuf {
    clean(Path::new(file).parent().unwrap_or(Path::new("")))
}

#[cfg(test)]
mod tests;
