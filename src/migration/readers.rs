//! What running containers were seen to be able to read, from a plan that builds
//! on it.

use crate::inventory::{Inventory, Pod};
use crate::workload::access::{Process, effective_mode};
use crate::workload::files;
use crate::workload::mount_path::{clean, is_below};

use super::plan::{Plan, Reading};
use crate::journal::reader::{Reader, is_made_by_its_image};

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
    let process = Process::in_container(&pod.spec, container, status.uid);
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
