//! What commands and images write into the mounts of Secrets.

use crate::workload::access::{Process, User};
use crate::workload::image::taken_over;
use crate::workload::mount_path::{clean, is_below};
use crate::workload::shell::{Depth, Write, writes};
use crate::workload::{Container, Located};

use super::mounts::Mounted;

/// Whether a command of the container writes into the mount, or its image does.
pub(super) fn is_written(mounted: &Mounted<'_>) -> bool {
    commands(mounted.container)
        .iter()
        .any(|command| hit(mounted, command).is_some())
        || taken_over_directory(mounted).is_some()
}

/// The commands of a container: its own, and those of its hooks.
pub(super) fn commands(container: &Container) -> Vec<Vec<&Located<String>>> {
    let own = container.command.iter().chain(&container.args).collect();
    let hooks = container
        .hooks
        .iter()
        .map(|hook| hook.command.iter().collect());
    std::iter::once(own).chain(hooks).collect()
}

/// What a command writes into the mount, and the text that does so.
pub(super) fn hit<'a>(
    mounted: &Mounted<'_>,
    command: &[&'a Located<String>],
) -> Option<(Write, &'a Located<String>)> {
    let words: Vec<&str> = command.iter().map(|text| text.as_str()).collect();
    let write = writes(&words)
        .into_iter()
        .find(|write| reaches(mounted, write))?;
    let text = command
        .iter()
        .find(|text| text.value.contains(&write.path))
        .or(command.first())?;
    Some((write, text))
}

fn reaches(mounted: &Mounted<'_>, write: &Write) -> bool {
    let volume = &mounted.volume.name.value;
    let mounts = &mounted.container.mounts;
    let deepest = mounted.container.mount_of(&write.path);
    let inside = deepest.is_some_and(|mount| mount.volume.value == *volume);
    let above = write.depth == Depth::Recursive
        && mounts
            .iter()
            .filter(|mount| mount.volume.value == *volume)
            .any(|mount| is_below(&clean(&mount.path.value), &clean(&write.path)));
    inside || above
}

/// The directory that the image changes the owner of, if the mount is in it. Only as root, and
/// only when the image's entrypoint runs.
pub(super) fn taken_over_directory(mounted: &Mounted<'_>) -> Option<&'static str> {
    let process = Process::in_container(&mounted.workload.pod, mounted.container, None);
    let may_be_root = matches!(process.user, User::Uid(0) | User::Unknown);
    if !may_be_root || !mounted.container.command.is_empty() {
        return None;
    }
    let image = mounted.container.image.as_ref()?;
    let place = clean(&mounted.mount.path.value);
    taken_over(&image.value)
        .iter()
        .find(|directory| place == **directory || is_below(&place, directory))
        .copied()
}
