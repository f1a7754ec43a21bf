//! The files in the volumes of Secrets, and what a `subPath` of one resolves to.

use std::collections::BTreeSet;

use crate::inventory::{Inventory, Lookup, Reason};
use crate::workload::mount_path::{clean, is_below};
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Located, ProjectedSource, SubPath, Volume, VolumeKind, Workload, files};

use super::mounts::Mounted;

/// What is known of the files of a volume.
pub(super) enum Made {
    /// These and no others.
    All(BTreeSet<String>),
    /// Unknown, and another rule reports it.
    Silent,
    /// Unknown: why, and of which Secret.
    Unknown(String, Reason),
}

/// The files of a volume, as absolute paths in it.
pub(super) fn made(inventory: &Inventory, workload: &Workload, volume: &Volume) -> Made {
    let mut all = BTreeSet::new();
    if let VolumeKind::Projected { sources, .. } = &volume.kind {
        for source in sources {
            match source {
                ProjectedSource::Secret(_) => {}
                ProjectedSource::ServiceAccountToken { path } => {
                    all.insert(clean(path));
                }
                ProjectedSource::Other {
                    paths: Some(paths), ..
                } => {
                    all.extend(paths.iter().map(|path| clean(&path.value)));
                }
                ProjectedSource::Other { paths: None, .. } => return Made::Silent,
            }
        }
    }
    for source in volume.kind.secret_sources() {
        let secret = &source.secret.value;
        let keys = match inventory.lookup(&workload.id.namespace, secret) {
            Lookup::Present(facts) => Some(&facts.keys),
            Lookup::Expected(producer) => Some(&producer.keys),
            // SS001 reports a missing Secret.
            Lookup::Missing => return Made::Silent,
            Lookup::Unknown(_) => None,
        };
        let complete = keys
            .filter(|keys| keys.is_complete())
            .map(|keys| keys.known());
        match (
            files::files(volume, source, complete),
            keys.and_then(|keys| keys.missing()),
        ) {
            (Some(files), _) => all.extend(files.iter().map(|file| clean(&file.path))),
            (None, Some(reason)) => return Made::Unknown(secret.clone(), reason),
            (None, None) => return Made::Silent,
        }
    }
    Made::All(all)
}

/// What a `subPath` resolves to.
pub(super) enum Leads {
    /// A file, or a directory of files.
    Somewhere,
    /// Nothing: these are the files.
    Nowhere(BTreeSet<String>),
    /// Unknown: of which Secret, and why.
    Unknown(String, Reason),
}

/// Whether a mount's `subPath` is not a file of its volume.
pub(super) fn leads_nowhere(inventory: &Inventory, mounted: &Mounted<'_>) -> bool {
    matches!(sub_path(inventory, mounted), Some(Leads::Nowhere(_)))
}

/// The `subPath` of a mount, if it is a literal.
pub(super) fn part<'a>(mounted: &Mounted<'a>) -> Option<&'a Located<String>> {
    match mounted.mount.sub_path.as_ref()? {
        SubPath::Literal(part) => Some(part),
        SubPath::Expression(_) => None,
    }
}

/// What the `subPath` of a mount resolves to; `None` if nothing is reported.
pub(super) fn sub_path(inventory: &Inventory, mounted: &Mounted<'_>) -> Option<Leads> {
    let wanted = part(mounted)?.as_str();
    // The kubelet's own links are there, too: ..data, and the directory that it points to.
    if is_placeholder(wanted) || wanted.starts_with("..") || clean(wanted) == "/" {
        return None;
    }
    Some(match made(inventory, mounted.workload, mounted.volume) {
        Made::All(files) => {
            let wanted = clean(wanted);
            let is_there = |file: &String| *file == wanted || is_below(file, &wanted);
            if files.iter().any(is_there) {
                Leads::Somewhere
            } else {
                Leads::Nowhere(files)
            }
        }
        Made::Unknown(secret, reason) => Leads::Unknown(secret, reason),
        Made::Silent => return None,
    })
}
