//! The files that the volumes of Secrets have, and where a `subPath` of one leads.

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
    /// Not known, and somebody else's to tell.
    Silent,
    /// Not known: why, and of which Secret.
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
            // A Secret that is missing is told by SS001.
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

/// Where a `subPath` leads.
pub(super) enum Leads {
    /// To a file, or a folder of files.
    Somewhere,
    /// To nothing: these are the files.
    Nowhere(BTreeSet<String>),
    /// Not known: of which Secret, and why.
    Unknown(String, Reason),
}

/// Whether a mount's `subPath` is none of the files that its volume has.
pub(super) fn leads_nowhere(inventory: &Inventory, mounted: &Mounted<'_>) -> bool {
    matches!(sub_path(inventory, mounted), Some(Leads::Nowhere(_)))
}

/// The `subPath` of a mount, where it is written out.
pub(super) fn part<'a>(mounted: &Mounted<'a>) -> Option<&'a Located<String>> {
    match mounted.mount.sub_path.as_ref()? {
        SubPath::Literal(part) => Some(part),
        SubPath::Expression(_) => None,
    }
}

/// Where the `subPath` of a mount leads; `None` where nothing is said of it.
pub(super) fn sub_path(inventory: &Inventory, mounted: &Mounted<'_>) -> Option<Leads> {
    let wanted = part(mounted)?.as_str();
    // Kubelet's own links are there, too: ..data, and the folder that it names.
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
