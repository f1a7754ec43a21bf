//! What the kustomizations among files make of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::gathering::built;
use crate::gathering::files::{FilesRead, InputFile, InputPlace, Skipped};
use crate::inventory::{Builder, FileSet, Inventory, Reading, Scope};
use crate::registry::Digest;
use crate::workload::{Container, Origin, Workload, is_kustomization_file};

use super::arguments::MigrateArgs;

/// The files, with what their kustomizations come to.
pub(super) fn built(args: &MigrateArgs, files: Vec<InputFile>) -> Inventory {
    let namespace = args.connection.explicit_namespace();
    let mut builder = Builder::new(
        Scope::Files(FileSet::Open),
        namespace.unwrap_or("default"),
        Timestamp::now(),
    );
    let read = FilesRead {
        skipped: Skipped::default(),
        files,
        problems: Vec::new(),
    };
    built::add(read, &mut builder, Reading::Built);
    builder.finish()
}

/// Whether there are any.
pub(super) fn has_kustomizations(files: &[InputFile]) -> bool {
    files.iter().any(|file| match &file.place {
        InputPlace::File(path) | InputPlace::Outside(path) | InputPlace::Reached(path) => {
            is_kustomization_file(path)
        }
        InputPlace::StandardInput | InputPlace::Kustomization(_) | InputPlace::Root(_) => false,
    })
}

/// What a container may be started from.
pub(super) enum StartedFrom {
    Images(Vec<(String, Option<Digest>)>),
    /// That is not known: a clause.
    NotKnown(&'static str),
}

impl StartedFrom {
    /// What these names lead to.
    pub fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names = names.into_iter();
        Self::Images(names.map(|name| (name.to_owned(), None)).collect())
    }
}

/// What the containers of workloads in files are started from: a kustomization
/// may give them other images (`images`, a patch).
pub(super) struct BuiltImages {
    /// By source, document and container, where kustomizations take them.
    built: BTreeMap<(usize, usize, String), BTreeSet<String>>,
    /// The documents that no kustomization takes.
    judged: BTreeSet<(usize, usize)>,
    has_kustomizations: bool,
}

impl BuiltImages {
    pub fn build(args: &MigrateArgs, files: &[InputFile]) -> Self {
        let mut images = Self {
            built: BTreeMap::new(),
            judged: BTreeSet::new(),
            has_kustomizations: has_kustomizations(files),
        };
        if !images.has_kustomizations {
            return images;
        }
        let inventory = built(args, files.to_vec());
        for workload in &inventory.workloads {
            if let Origin::File { source, document } = workload.origin {
                images.judged.insert((source, document));
            }
        }
        for realm in &inventory.realms {
            for workload in &realm.inventory.workloads {
                let Some(written) = realm.place(workload.origin, workload.pod.site.span) else {
                    continue;
                };
                let document = inventory.document_at(written.source, written.span);
                for container in &workload.pod.containers {
                    let image = container.image.as_ref();
                    let place = (written.source, document, container.name.clone());
                    let known = images.built.entry(place).or_default();
                    known.extend(image.map(|image| image.value.clone()));
                }
            }
        }
        images
    }

    /// What a container is started from.
    pub fn of_container(&self, workload: &Workload, container: &Container) -> StartedFrom {
        let written = container.image.as_ref().map(|image| image.value.as_str());
        let Origin::File { source, document } = workload.origin else {
            return StartedFrom::names(written);
        };
        let built = self.built.get(&(source, document, container.name.clone()));
        match built {
            Some(images) => StartedFrom::names(images.iter().map(String::as_str)),
            None if !self.has_kustomizations || self.judged.contains(&(source, document)) => {
                StartedFrom::names(written)
            }
            None => StartedFrom::NotKnown(
                "a kustomization takes it, and which image that gives it is not known",
            ),
        }
    }
}
