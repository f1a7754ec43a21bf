//! SS030: files of a Secret that a container's process cannot read.

use crate::finding::{Applies, Finding, Fix, Operation, Results, Severity, listed};
use crate::inventory::Inventory;
use crate::migration::readers;
use crate::workload::access::{Process, Readable, User, effective_mode, readable, strictest_mode};
use crate::workload::files::{self, FileMode};
use crate::workload::mode::both_forms;
use crate::workload::{Container, Mount, Volume, Workload, path};

use super::{AutoFix, Data, Offline, Rule, mounts};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS030",
    name: "secret-file-unreadable",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::FileAndLive,
    summary: "a container mounts a Secret's files with a mode its user cannot read",
    why: "Files of a Secret belong to uid 0 and gid 0. With mode 0400 or 0440 a process that runs as \
          another user gets \"permission denied\", unless the pod has an fsGroup: then the files get \
          that group and mode 0440 at least. When only the image says who the process is, it is a \
          warning, unless `migrate --verify-read` has asked the container and its image and mode are \
          the same.",
    remedy: "Set fsGroup in the pod's securityContext, which keeps other users out but also changes \
             the group of the pod's other volumes. Or use mode 0444 (292 in JSON): then every user \
             of the containers that mount the volume can read the files.",
    example: "securityContext:\n  runAsUser: 1000\n  fsGroup: 1000        # without it: permission \
              denied\nvolumes:\n- name: db\n  secret: {secretName: db, defaultMode: 0400}\n",
    source: "kubernetes/kubernetes pkg/volume/secret/secret.go, pkg/volume/volume_linux.go; \
             kubernetes/kubernetes#57923, #82263; observed on a node",
};

/// A container that cannot read files, or may not be able to.
struct Blocked<'a> {
    container: &'a Container,
    process: Process,
    readable: Readable,
    files: Vec<FileMode<'a>>,
}

/// Looks for it: one finding a volume.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for (workload, volume) in mounts::volumes(inventory) {
        let blocked = blocked(inventory, workload, volume);
        if !blocked.is_empty() {
            let finding = found(workload, volume, &blocked);
            results.report(if finding.severity == Severity::Warning && runs(inventory, workload) {
                finding
                    .severity(Severity::Info)
                    .because("All its pods are ready, so the image probably runs as root.")
            } else {
                finding
            });
        }
    }
}

/// Whether its pods get on with the files as they are.
fn runs(inventory: &Inventory, workload: &Workload) -> bool {
    let mut pods = inventory.pods_of(&workload.id).peekable();
    pods.peek().is_some() && pods.all(|pod| pod.ready)
}

fn blocked<'a>(
    inventory: &Inventory,
    workload: &'a Workload,
    volume: &'a Volume,
) -> Vec<Blocked<'a>> {
    let mut found: Vec<Blocked<'a>> = Vec::new();
    for (container, mount) in workload.pod.mounters(&volume.name.value) {
        let (process, fs_group) = mounts::process(inventory, workload, container);
        for file in files::modes(volume) {
            let Some(bits) = file.bits().filter(|_| !mounts::is_slip(&file)) else {
                continue;
            };
            let mode = effective_mode(Some(bits), fs_group);
            let answer = readable(mode, &process, fs_group);
            if answer == Readable::Yes || !file.is_shown_by(mount) {
                continue;
            }
            if process.user == User::Unknown && read_at_start(inventory, container, mount, &file) {
                continue;
            }
            let name = &container.name;
            if readers::was_seen(inventory, workload, name, &process, mode) {
                continue;
            }
            match found.iter_mut().find(|one| one.container.name == container.name) {
                Some(known) => {
                    known.files.push(file);
                    if answer == Readable::No {
                        known.readable = answer;
                    }
                }
                None => found.push(Blocked {
                    container,
                    process: process.clone(),
                    readable: answer,
                    files: vec![file],
                }),
            }
        }
    }
    found
}

/// Whether the image is known to read the file as root when it starts.
fn read_at_start(
    inventory: &Inventory,
    container: &Container,
    mount: &Mount,
    file: &FileMode<'_>,
) -> bool {
    mount.sub_path.is_none()
        && file.item.is_some_and(|item| {
            let path = format!("{}/{}", mount.path.value, item.path.value);
            inventory.conventions.read_as_root(container, &path)
        })
}

fn found(workload: &Workload, volume: &Volume, blocked: &[Blocked<'_>]) -> Finding {
    let certain = blocked.iter().any(|one| one.readable == Readable::No);
    let told: Vec<&Blocked<'_>> = blocked
        .iter()
        .filter(|one| !certain || one.readable == Readable::No)
        .collect();
    let names: Vec<_> = told.iter().map(|one| one.container.name.as_str()).collect();
    let who = if names.len() == 1 { "Container" } else { "Containers" };
    let names = listed(names);
    let modes = modes(blocked);
    let as_written: Vec<_> = modes.iter().map(|bits| both_forms(*bits)).collect();
    let as_written = listed(as_written.iter().map(String::as_str));
    let name = &volume.name.value;
    let secret = volume.secret_name();
    let message = if certain {
        let user = told.first().map_or(String::new(), |one| who_reads(&one.process));
        let runs = if told.len() == 1 { format!(", which runs as {user},") } else { String::new() };
        format!(
            "{who} {names}{runs} cannot read the files of Secret {secret} in volume {name}: they \
             belong to root and have mode {as_written}."
        )
    } else {
        format!(
            "{who} {names} may not be able to read the files of Secret {secret} in volume {name}: \
             they belong to root and have mode {as_written}, and the image decides who reads."
        )
    };
    let mut finding = mounts::about(&RULE, workload, volume, message).severity(if certain {
        Severity::Error
    } else {
        Severity::Warning
    });
    if let [one] = blocked {
        finding = finding.in_container(&one.container.name);
    }
    for file in blocked.iter().flat_map(|one| &one.files) {
        let Some(mode) = file.written else { continue };
        let known = finding.places.iter().any(|place| place.site == mode.site);
        if !known {
            finding = finding.at(workload.origin, &mode.site, "this mode lets only root read");
        }
    }
    for one in blocked {
        finding = finding.because(format!(
            "Container {} runs as {}.",
            one.container.name,
            user(&one.process)
        ));
        let run_as = [&one.container.run_as, &workload.pod.security.run_as];
        if let Some(user) = run_as.iter().find_map(|run_as| run_as.user.as_ref()) {
            finding = finding.at(workload.origin, &user.site, "the user is set here");
        }
    }
    for bits in modes {
        finding = finding.because(format!(
            "Mode {} stays so without fsGroup and becomes {} with it.",
            both_forms(bits),
            both_forms(effective_mode(Some(bits), Some(0)))
        ));
    }
    with_fixes(finding, workload, volume, blocked)
}

/// The modes as they are written, each once.
fn modes(blocked: &[Blocked<'_>]) -> Vec<u32> {
    let mut modes: Vec<u32> = blocked
        .iter()
        .flat_map(|one| one.files.iter().filter_map(FileMode::bits))
        .collect();
    modes.sort_unstable();
    modes.dedup();
    modes
}

/// Who it is, without its groups.
fn who_reads(process: &Process) -> String {
    match process.user {
        User::Uid(uid) => format!("uid {uid}"),
        _ => user(process),
    }
}

fn user(process: &Process) -> String {
    match (process.user, process.group) {
        (User::Uid(uid), Some(gid)) => format!("uid {uid} and gid {gid}"),
        (User::Uid(uid), None) => format!("uid {uid} and a group that the image decides"),
        (User::NotRoot, _) => "a user other than root (runAsNonRoot)".to_owned(),
        (User::Unknown, _) => "a user that the image decides".to_owned(),
    }
}

fn with_fixes(
    finding: Finding,
    workload: &Workload,
    volume: &Volume,
    blocked: &[Blocked<'_>],
) -> Finding {
    let group = blocked.iter().find_map(|one| match one.process.user {
        User::Uid(uid) => Some(one.process.group.unwrap_or(uid)),
        _ => one.process.group,
    });
    let finding = match group {
        Some(gid) => finding.fix(Fix::Patch {
            what: format!(
                "Set fsGroup {gid}: the files get that group and mode 0440 (288). It also changes \
                 the group of the pod's other volumes, so a person decides."
            ),
            operations: vec![fs_group(workload, gid)],
            applies: Applies::Never,
        }),
        None => finding.advise(
            "Set fsGroup in the pod's securityContext: the files get that group and mode 0440 \
             (288). It also changes the group of the pod's other volumes.",
        ),
    };
    let mut operations = Vec::new();
    let mut said = Vec::new();
    for bits in modes(blocked) {
        let files: Vec<FileMode<'_>> = blocked
            .iter()
            .flat_map(|one| one.files.iter().copied())
            .filter(|file| file.bits() == Some(bits))
            .collect();
        let right = blocked
            .iter()
            .fold(bits, |mode, one| mode | strictest_mode(&one.process, None));
        said.push(both_forms(right));
        operations.extend(mounts::set_mode(volume, &files, right));
    }
    said.dedup();
    finding.fix(Fix::Patch {
        what: format!(
            "Or set mode {}: the containers that mount the volume can read it as any user.",
            listed(said.iter().map(String::as_str))
        ),
        operations,
        applies: Applies::OnRequest,
    })
}

/// Sets fsGroup, in a securityContext that is there or a new one.
fn fs_group(workload: &Workload, gid: i64) -> Operation {
    match &workload.pod.security.site {
        Some(site) => Operation::Add {
            pointer: path::pointer(&path::child(&site.path, "fsGroup")),
            value: gid.into(),
        },
        None => Operation::Add {
            pointer: path::pointer(&path::child(&workload.pod.site.path, "securityContext")),
            value: serde_json::json!({ "fsGroup": gid }),
        },
    }
}
