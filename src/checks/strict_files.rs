//! The files of Secrets that are read by programs with a strict mode check.

use std::collections::BTreeSet;

use crate::inventory::{Inventory, Lookup};
use crate::workload::strict_program::{Program, named_files, program_of};
use crate::workload::{Container, files};

use super::mounts::Mounted;

/// Whether a container copies files by itself: then it sets their mode.
fn copies(container: &Container) -> bool {
    let mut texts = container.command.iter().chain(&container.args);
    texts.any(|text| {
        text.value
            .split(|c: char| c.is_whitespace() || ";&|/".contains(c))
            .any(|word| matches!(word, "install" | "cp" | "chmod"))
    })
}

/// The files of a mount that a strict program reads, each once.
pub(super) fn strict_files(inventory: &Inventory, mounted: &Mounted<'_>) -> Vec<(Program, String)> {
    if copies(mounted.container) {
        return Vec::new();
    }
    let namespace = &mounted.workload.id.namespace;
    let mut found: Vec<(Program, String)> = Vec::new();
    for source in mounted.volume.kind.secret_sources() {
        let (type_, keys) = match inventory.lookup(namespace, &source.secret.value) {
            Lookup::Present(facts) => (facts.type_.as_str(), Some(facts.keys.known())),
            Lookup::Expected(producer) => ("", Some(producer.keys.known())),
            Lookup::Missing | Lookup::Unknown(_) => ("", None),
        };
        for file in files::files(mounted.volume, source, keys).unwrap_or_default() {
            if let Some(program) = program_of(&file, type_) {
                found.push((program, file.path));
            }
        }
    }
    for (program, path) in named_files(mounted.container) {
        let in_it = mounted.container.mount_of(&path);
        if in_it.is_some_and(|mount| mount.site == mounted.mount.site) {
            found.push((program, path));
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|(_, file)| seen.insert(file.clone()));
    found
}
