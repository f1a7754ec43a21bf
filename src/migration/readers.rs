//! What running containers were seen to be able to read, kept on the workload:
//! where only the image says as whom a process runs, nothing else tells it
//! later.
//!
//! What was seen holds for the very image (by its digest, a tag may move) and
//! the very mode, and only while the manifest says nothing of users and groups:
//! then the process is what its image makes it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::inventory::{Inventory, Pod};
use crate::workload::access::{Process, User, effective_mode};
use crate::workload::mount_path::{clean, is_below};
use crate::workload::{Workload, files};

use super::journal::Journal;
use super::plan::{Plan, Reading};

/// A container that was asked and could read its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    /// The container.
    pub container: String,
    /// `imageID` of its status.
    pub image_id: String,
    /// The mode that the file has in the container.
    pub mode: u32,
}

/// The readers that a plan builds on.
pub fn of_plan(inventory: &Inventory, plan: &Plan) -> Vec<Reader> {
    let mut readers = Vec::new();
    for variable in &plan.variables {
        let (Some(Reading::Verified), Some(file)) = (variable.reading, &variable.file) else {
            continue;
        };
        let reader = inventory
            .pods_of(&plan.subject)
            .find_map(|pod| reader(pod, &variable.container, file));
        readers.extend(reader.filter(|reader| !readers.contains(reader)));
    }
    readers
}

fn reader(pod: &Pod, name: &str, file: &str) -> Option<Reader> {
    let status = pod.status(name)?;
    let container = pod.spec.containers.iter().find(|one| one.name == name)?;
    let process = Process::of(&pod.spec, container, status.uid);
    if !pod.ready || status.image_id.is_empty() || !is_made_by_its_image(&process) {
        return None;
    }
    let fs_group = pod.spec.security.fs_group.as_ref().map(|group| group.value);
    let mount = container
        .mounts
        .iter()
        .find(|mount| is_below(file, &clean(&mount.path.value)))?;
    let volume = pod
        .spec
        .volumes
        .iter()
        .find(|volume| volume.name.value == mount.volume.value)?;
    let shown = files::modes(volume).into_iter().find(|mode| {
        mode.item.is_none_or(|item| {
            clean(&format!("{}/{}", mount.path.value, item.path.value)) == clean(file)
        })
    })?;
    Some(Reader {
        container: name.to_owned(),
        image_id: status.image_id.clone(),
        mode: effective_mode(Some(shown.bits()?), fs_group),
    })
}

/// Whether a container was seen to read files of this mode, and is still what
/// it was then.
pub fn was_seen(
    inventory: &Inventory,
    workload: &Workload,
    container: &str,
    process: &Process,
    mode: u32,
) -> bool {
    let journal = inventory
        .object_of(workload)
        .and_then(|object| Journal::of(object).ok())
        .unwrap_or_default();
    let images: BTreeSet<&str> = inventory
        .pods_of(&workload.id)
        .filter(|pod| !pod.metadata.deleting)
        .filter_map(|pod| Some(pod.status(container)?.image_id.as_str()))
        .collect();
    is_made_by_its_image(process)
        && journal.readers().iter().any(|reader| {
            reader.container == container
                && reader.mode == mode
                && images.iter().eq([reader.image_id.as_str()].iter())
        })
}

fn is_made_by_its_image(process: &Process) -> bool {
    process.user == User::Unknown && process.group.is_none() && process.groups.is_empty()
}
