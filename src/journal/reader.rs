//! What running containers were seen to be able to read, kept on the workload:
//! where only the image says as whom a process runs, nothing else tells it
//! later.
//!
//! What was seen holds for the very image (by its digest, a tag may move) and
//! the very mode, and only while the manifest says nothing of users and groups:
//! then the process is what its image makes it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::inventory::Inventory;
use crate::workload::Workload;
use crate::workload::access::{Process, User};

use super::{Annotation, Journal};

/// A container that was asked and could read its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    pub container: String,
    /// `imageID` of its status.
    pub image_id: String,
    /// The mode that the file has in the container.
    pub mode: u32,
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
        .and_then(|object| Journal::read(object, Annotation::MIGRATION).ok());
    let images: BTreeSet<&str> = inventory
        .pods_of(&workload.id)
        .filter(|pod| !pod.metadata.deleting)
        .filter_map(|pod| Some(pod.status(container)?.image_id.as_str()))
        .collect();
    is_made_by_its_image(process)
        && journal.iter().flat_map(Journal::readers).any(|reader| {
            reader.container == container
                && reader.mode == mode
                && images.iter().eq([reader.image_id.as_str()].iter())
        })
}

/// Whether nothing but its image says as whom a process runs.
pub fn is_made_by_its_image(process: &Process) -> bool {
    process.user == User::Unknown && process.group.is_none() && process.groups.is_empty()
}
