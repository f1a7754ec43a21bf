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

mod collision;
mod patch;
mod renaming;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::inventory::Inventory;
use crate::manifest::{Node, SourceText};
use crate::migration::Plan;
use crate::workload::{Object, Origin, Workload};

pub use renaming::Renaming;

use patch::Patch;

/// API group of kustomizations.
const GROUP: &str = "kustomize.config.k8s.io";

/// All kustomizations among the files.
pub struct Kustomizations<'a> {
    inventory: &'a Inventory,
    all: Vec<Kustomization<'a>>,
}

/// One of them.
struct Kustomization<'a> {
    object: &'a Object,
    source: &'a SourceText,
    folder: PathBuf,
    /// `resources`, `bases` and `components`.
    members: Vec<PathBuf>,
}

/// What a patch does to the places of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// What happens: a sentence that names file and line.
    pub reason: String,
    /// Its JSON path in that file.
    pub path: String,
    /// What to do.
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
    pub fn of(inventory: &'a Inventory) -> Self {
        let all = ["Kustomization", "Component"]
            .into_iter()
            .flat_map(|kind| inventory.of_kind(GROUP, kind))
            .filter_map(|object| {
                let source = &inventory.source(object.origin)?.text;
                let folder = folder_of(source.name());
                let members = ["resources", "bases", "components"]
                    .into_iter()
                    .flat_map(|field| texts(object.root.get(field)))
                    .map(|member| clean(&folder.join(member)))
                    .collect();
                Some(Kustomization {
                    object,
                    source,
                    folder,
                    members,
                })
            })
            .collect();
        Self { inventory, all }
    }

    /// The kustomization that names this file as a patch, by its own file.
    pub fn patched_by(&self, origin: Origin) -> Option<&'a str> {
        let file = clean(Path::new(self.inventory.source(origin)?.text.name()));
        self.all
            .iter()
            .find(|kustomization| {
                patch::files(&kustomization.object.root)
                    .any(|path| clean(&kustomization.folder.join(path)) == file)
            })
            .map(|kustomization| kustomization.source.name())
    }

    /// Patches, replacements and variables that meet the changes of a plan.
    pub fn collisions(&self, workload: &Workload, plan: &Plan) -> Vec<Collision> {
        let mut found = Vec::new();
        let Some(source) = self.inventory.source(workload.origin) else {
            return found;
        };
        let file = clean(Path::new(source.text.name()));
        let mut names = BTreeSet::from([workload.id.name.clone()]);
        for kustomization in &self.all {
            if self.subjects(kustomization).contains(&file) {
                let renamed = kustomization.renamed(&names);
                names.extend(renamed);
            }
        }
        for kustomization in &self.all {
            if !self.subjects(kustomization).contains(&file) {
                continue;
            }
            let read = Patch::all(&kustomization.object.root, kustomization.source, |path| {
                self.text(&clean(&kustomization.folder.join(path)))
            });
            for patch in read {
                collision::of(
                    &patch,
                    kustomization.source.name(),
                    &names,
                    workload,
                    plan,
                    &mut found,
                );
            }
        }
        found
    }

    /// The files whose objects a kustomization changes: those it includes; for
    /// a component, those of whoever includes it.
    fn subjects(&self, kustomization: &Kustomization<'_>) -> BTreeSet<PathBuf> {
        let mut seen = BTreeSet::new();
        if kustomization.object.id.kind == "Component" {
            for parent in &self.all {
                if parent.members.contains(&kustomization.folder) {
                    self.reach(parent, &mut seen);
                }
            }
        } else {
            self.reach(kustomization, &mut seen);
        }
        seen
    }

    fn reach(&self, kustomization: &Kustomization<'_>, seen: &mut BTreeSet<PathBuf>) {
        for member in &kustomization.members {
            if seen.insert(member.clone()) {
                for below in self.all.iter().filter(|below| below.folder == *member) {
                    self.reach(below, seen);
                }
            }
        }
    }

    /// The text of a file, if it is among those that were read.
    fn text(&self, file: &Path) -> Option<&'a SourceText> {
        self.inventory
            .sources
            .iter()
            .map(|source| &source.text)
            .find(|text| clean(Path::new(text.name())) == file)
    }
}

impl Kustomization<'_> {
    /// Names with its prefix and suffix: a target may be named with or without.
    fn renamed(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let part = |field| self.object.root.text_of(field).unwrap_or_default();
        let (prefix, suffix) = (part("namePrefix"), part("nameSuffix"));
        names
            .iter()
            .map(|name| format!("{prefix}{name}{suffix}"))
            .collect()
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

/// The path without `.` and `..`, as far as its words tell.
fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(cleaned.components().next_back(), Some(Component::Normal(_))) =>
            {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}

#[cfg(test)]
mod tests;
