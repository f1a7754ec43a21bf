//! SS040: a command that writes into a Secret's mount.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::access::{Process, User};
use crate::workload::image::taken_over;
use crate::workload::mount_path::{clean, is_below};
use crate::workload::shell::{Depth, Write, writes};
use crate::workload::{Container, Located};

use super::mounts::{self, Mounted};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS040",
    name: "write-into-secret-mount",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a command changes files, owners or modes in the read-only mount of a Secret",
    why: "Kubelet mounts Secrets read-only, whatever the manifest says. A command such as chown -R, \
          chmod or sed -i on them fails with \"Read-only file system\", and a script that stops at the \
          first failure does not start the program. Some images do so by themselves: those of \
          databases take over their data directory when they start as root. It is told from the text \
          of commands, so it may be wrong.",
    remedy: "Let an init container copy the files to an emptyDir (medium Memory), with the owner and \
             mode that are needed, and use them there.",
    example: "command: [sh, -c, \"chown -R app /etc/secrets && exec app\"]   # found\nvolumeMounts:\n- \
              {name: db, mountPath: /etc/secrets}\n",
    source: "kubernetes/kubernetes#58720, #62099; apache/couchdb-docker#80, goharbor/harbor#4496",
};

/// Looks for it: one finding a volume of a container.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for mounted in mounts::all(inventory) {
        let container = mounted.container;
        let is_first = container
            .mounts
            .iter()
            .find(|mount| mount.volume.value == mounted.volume.name.value)
            .is_some_and(|mount| mount.site == mounted.mount.site);
        if !is_first {
            continue;
        }
        let told = commands(container)
            .into_iter()
            .find_map(|command| hit(&mounted, &command));
        let finding = if let Some((write, text)) = told {
            mounted
                .finding(
                    &RULE,
                    format!(
                        "A command of container {} {} {}, where Secret {} is mounted read-only.",
                        container.name,
                        deed(&write),
                        mounted.mount.path.value,
                        mounted.volume.secret_name()
                    ),
                    "read-only, whatever the manifest says",
                )
                .at(mounted.workload.origin, &text.site, "the command")
        } else if let Some(directory) = taken_over_directory(&mounted) {
            mounted.finding(
                &RULE,
                format!(
                    "The image of container {} changes the owner of everything in {directory}, where \
                     Secret {} is mounted read-only.",
                    container.name,
                    mounted.volume.secret_name()
                ),
                "read-only, whatever the manifest says",
            )
        } else {
            continue;
        };
        let finding = if mounts::runs_well(inventory, mounted.workload) {
            finding
                .severity(Severity::Info)
                .because("Its pods run all the same.")
        } else {
            finding
        };
        results.report(finding.advise(
            "Copy the files in an init container to an emptyDir (medium Memory), for example with \
             install -m 0400, and mount that instead.",
        ));
    }
}

/// Whether a command of the container writes into the mount, or its image does.
pub(super) fn is_written(mounted: &Mounted<'_>) -> bool {
    commands(mounted.container)
        .iter()
        .any(|command| hit(mounted, command).is_some())
        || taken_over_directory(mounted).is_some()
}

/// What a command does. Its text is not shown: it may hold a value.
fn deed(write: &Write) -> String {
    match write.by.as_str() {
        ">" => "writes into".to_owned(),
        program => format!("runs {program} on"),
    }
}

/// The commands of a container: its own, and those of its hooks.
fn commands(container: &Container) -> Vec<Vec<&Located<String>>> {
    let own = container.command.iter().chain(&container.args).collect();
    let hooks = container
        .hooks
        .iter()
        .map(|hook| hook.command.iter().collect());
    std::iter::once(own).chain(hooks).collect()
}

/// What a command writes into the mount, and the text that does it.
fn hit<'a>(
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

/// The directory that the image takes over, if the mount is in it. Only as
/// root, and only when its own entrypoint runs.
fn taken_over_directory(mounted: &Mounted<'_>) -> Option<&'static str> {
    let process = Process::of(&mounted.workload.pod, mounted.container, None);
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
