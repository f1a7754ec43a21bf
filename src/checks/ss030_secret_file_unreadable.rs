//! SS030: files of a Secret that a container's process cannot read.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Inventory, Pod};
use crate::journal::reader::was_seen;
use crate::manifest::{Operation, path};
use crate::words::listed;
use crate::workload::access::{
    Owner, Process, Readable, User, effective_mode, readable, strictest_mode,
};
use crate::workload::file_convention::Reads;
use crate::workload::files::{self, FileMode};
use crate::workload::image_facts::ImageFacts;
use crate::workload::mode::both_forms;
use crate::workload::strict_program::Program;
use crate::workload::{Container, Mount, Volume, Workload};

use super::Settings;
use super::mounts::{self, Mounted};
use super::strict_files::strict_files;

pub static RULE: Rule = Rule {
    id: "SS030",
    name: "secret-file-unreadable",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::FileAndLive(Tier::Unsafe),
    summary: "a container mounts a Secret's files with a mode that its user cannot read",
    why: "Files of a Secret belong to uid 0 and gid 0, or to the uid of defaultUser if the server \
          supports that field (Kubernetes 1.38). With mode 0400 or 0440 a process that runs as \
          another user gets \"permission denied\", unless the pod has an fsGroup: then the files \
          get that group and at least mode 0440. If runAsUser is not set, the user is unknown and \
          this is a warning, unless `migrate --verify-read` has checked the container, and its \
          image and mode are unchanged.",
    remedy: "Set fsGroup in the pod's securityContext. Other users still cannot read the files, \
             but the group of the pod's other volumes changes too. Or use mode 0444 (292 in \
             JSON): then every user of the containers that mount the volume can read the files. \
             That is not proposed if a program refuses such files (SS033).",
    example: "securityContext:\n  runAsUser: 1000\n  fsGroup: 1000        # without it: permission \
              denied\nvolumes:\n- name: db\n  secret: {secretName: db, defaultMode: 0400}\n",
    source: "kubernetes/kubernetes pkg/volume/secret/secret.go, pkg/volume/volume_linux.go; \
             kubernetes/kubernetes#57923, #82263; KEP-5936; observed on a node",
};

/// A container that cannot read files, or may not be able to.
struct Blocked<'a> {
    container: &'a Container,
    process: Process,
    /// Whether the image is known to switch to that user after it starts as root.
    drops: bool,
    readable: Readable,
    files: Vec<FileMode<'a>>,
}

/// One finding per volume.
pub fn check(inventory: &Inventory, settings: &Settings, results: &mut Results) {
    for (workload, volume) in mounts::volumes(inventory) {
        let (blocked, by_server) = blocked(inventory, settings, workload, volume)
            .into_iter()
            .partition::<Vec<_>, _>(|one| one.readable != Readable::IfKept);
        if let Some(one) = by_server.first().filter(|_| blocked.is_empty()) {
            results.report(if_kept(workload, volume, one));
        }
        if !blocked.is_empty() {
            let finding = found(inventory, workload, volume, &blocked);
            let got_on = match finding.severity {
                Severity::Warning => got_on(inventory, workload, volume, &blocked),
                _ => None,
            };
            results.report(match got_on {
                Some(words) => without_wider_mode(finding)
                    .severity(Severity::Info)
                    .because(words),
                None => finding,
            });
        }
    }
}

/// What shows that pods can read the files as they are, or could: a pod that is or was ready with
/// the same files, modes and images. If it is no longer ready, that has another cause (SS098).
fn got_on(
    inventory: &Inventory,
    workload: &Workload,
    volume: &Volume,
    blocked: &[Blocked<'_>],
) -> Option<String> {
    let same = |pod: &&Pod| {
        let own = pod.spec.volume(&volume.name.value);
        own.is_some_and(|own| modes_of(own) == modes_of(volume))
            && blocked.iter().all(|one| {
                let (_, fs_group) = mounts::process(inventory, workload, one.container);
                let own = pod.spec.security.fs_group.as_ref().map(|group| group.value);
                let image = |container: &Container| {
                    container.image.as_ref().map(|image| image.value.clone())
                };
                own == fs_group
                    && pod.spec.containers.iter().any(|container| {
                        container.name == one.container.name
                            && image(container) == image(one.container)
                    })
            })
    };
    let (mut ready, mut was_ready, mut all) = (None, None, true);
    for pod in inventory.pods_of(&workload.id).filter(same) {
        all &= pod.ready;
        if pod.ready {
            ready = ready.or(Some(pod.id.short()));
        } else if pod.was_ready(inventory.now) {
            was_ready = was_ready.or(Some(pod.id.short()));
        }
    }
    match (ready, was_ready) {
        (Some(_), _) if all => {
            Some("All its pods are ready, so the image probably runs as root.".to_owned())
        }
        (Some(pod), _) => Some(format!(
            "{pod} is ready with the same files, so the image probably runs as root."
        )),
        (None, Some(pod)) => Some(format!(
            "{pod} was ready with the same files, so the image probably runs as root."
        )),
        (None, None) => None,
    }
}

/// The modes of a volume's files, by key.
fn modes_of(volume: &Volume) -> Vec<(&str, Option<&str>, Option<u32>)> {
    files::modes(volume)
        .iter()
        .map(|file| {
            let key = file.item.map(|item| item.key.as_str());
            (file.source.secret.as_str(), key, file.bits())
        })
        .collect()
}

/// What a ready pod reads needs no wider mode.
fn without_wider_mode(mut finding: Finding) -> Finding {
    finding.fixes.clear();
    finding.advise(
        "If the image runs as root, do nothing; setting runAsUser in the securityContext makes \
         that clear.",
    )
}

fn blocked<'a>(
    inventory: &Inventory,
    settings: &Settings,
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
            let owner = file.owner(workload.origin);
            let reads = read_by_image(settings, container, mount, &file);
            let answer = match reads {
                Some(reads) => reads.readable(mode, owner, &process, fs_group),
                None => readable(mode, owner, &process, fs_group),
            };
            if answer == Readable::Yes || !file.is_shown_by(mount) {
                continue;
            }
            let name = &container.name;
            let drops = reads.filter(|reads| reads.drops(&process));
            if drops.is_none() && was_seen(inventory, workload, name, &process, mode) {
                continue;
            }
            let process = match drops {
                Some(reads) => reads.after_drop(),
                None => process.clone(),
            };
            match found
                .iter_mut()
                .find(|one| one.container.name == container.name)
            {
                Some(known) => {
                    known.files.push(file);
                    known.readable = worse(known.readable, answer);
                }
                None => found.push(Blocked {
                    container,
                    process,
                    drops: drops.is_some(),
                    readable: answer,
                    files: vec![file],
                }),
            }
        }
    }
    found
}

fn worse(one: Readable, other: Readable) -> Readable {
    let rank = |answer| match answer {
        Readable::Yes => 0,
        Readable::IfKept => 1,
        Readable::Unknown => 2,
        Readable::No => 3,
    };
    if rank(one) >= rank(other) { one } else { other }
}

/// The files have an owner field that older servers drop.
fn if_kept(workload: &Workload, volume: &Volume, one: &Blocked<'_>) -> Finding {
    let name = &one.container.name;
    let message = format!(
        "Container {name}, which runs as {}, can read the files of Secret {} in volume {} only if \
         the server keeps their owner: other servers drop the field silently, and the files \
         belong to root.",
        who_reads(&one.process),
        volume.secret_name(),
        volume.name.value
    );
    let mut finding = mounts::about(&RULE, workload, volume, message)
        .severity(Severity::Info)
        .in_container(name);
    for user in one.files.iter().filter_map(|file| file.user) {
        if finding.places.iter().all(|place| place.site != user.site) {
            finding = finding.at(workload.origin, &user.site, "the owner is set here");
        }
    }
    finding
        .because(
            "Kubernetes 1.38 keeps defaultUser and user; 1.37 does with the feature gate \
             AtomicWriteVolumeUserFields.",
        )
        .advise(
            "Check whether your server keeps it: kubectl apply --dry-run=server -o yaml -f FILE. \
             Or set fsGroup, which every version supports.",
        )
}

/// Who owns the files, in words.
fn owners(blocked: &[Blocked<'_>]) -> String {
    let mut owners: Vec<String> = blocked
        .iter()
        .flat_map(|one| &one.files)
        .map(|file| match file.user.map(|user| user.value) {
            None | Some(0) => "root".to_owned(),
            Some(uid) => format!("uid {uid}"),
        })
        .collect();
    owners.sort_unstable();
    owners.dedup();
    listed(owners.iter().map(String::as_str))
}

/// How the image is known to read the file when it starts.
fn read_by_image<'a>(
    settings: &'a Settings,
    container: &Container,
    mount: &Mount,
    file: &FileMode<'_>,
) -> Option<Reads<'a>> {
    let item = file.item.filter(|_| mount.sub_path.is_none())?;
    let path = format!("{}/{}", mount.path.value, item.path.value);
    let facts = ImageFacts::default();
    settings.conventions.reader_of(container, &path, &facts)
}

fn found(
    inventory: &Inventory,
    workload: &Workload,
    volume: &Volume,
    blocked: &[Blocked<'_>],
) -> Finding {
    let certain = blocked.iter().any(|one| one.readable == Readable::No);
    let told: Vec<&Blocked<'_>> = blocked
        .iter()
        .filter(|one| !certain || one.readable == Readable::No)
        .collect();
    let names: Vec<_> = told.iter().map(|one| one.container.name.as_str()).collect();
    let who = if names.len() == 1 {
        "Container"
    } else {
        "Containers"
    };
    let names = listed(names);
    let modes = modes(blocked);
    let as_written: Vec<_> = modes.iter().map(|bits| both_forms(*bits)).collect();
    let as_written = listed(as_written.iter().map(String::as_str));
    let name = &volume.name.value;
    let secret = volume.secret_name();
    let owners = owners(blocked);
    let message = if certain {
        let user = told
            .first()
            .map_or(String::new(), |one| who_reads(&one.process));
        let runs = match told[..] {
            [one] if one.drops => format!(", which reads as {user},"),
            [_] => format!(", which runs as {user},"),
            _ => String::new(),
        };
        format!(
            "{who} {names}{runs} cannot read the files of Secret {secret} in volume {name}: they \
             belong to {owners} and have mode {as_written}."
        )
    } else {
        format!(
            "{who} {names} may not be able to read the files of Secret {secret} in volume {name}: \
             they belong to {owners} and have mode {as_written}, and runAsUser is not set."
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
    let keeps_out = match owners.as_str() {
        "root" => "this mode lets only root read",
        _ => "this mode lets only its owner read",
    };
    for file in blocked.iter().flat_map(|one| &one.files) {
        let Some(mode) = file.written else { continue };
        let known = finding.places.iter().any(|place| place.site == mode.site);
        if !known {
            finding = finding.at(workload.origin, &mode.site, keeps_out);
        }
    }
    for one in blocked {
        finding = finding.because(if one.drops {
            format!(
                "The entrypoint of container {} starts as root and switches to {} before it reads \
                 the file; it loses fsGroup when it switches.",
                one.container.name,
                user(&one.process)
            )
        } else {
            format!(
                "Container {} runs as {}.",
                one.container.name,
                user(&one.process)
            )
        });
        let run_as = [&one.container.run_as, &workload.pod.security.run_as];
        if let Some(user) = run_as.iter().find_map(|run_as| run_as.user.as_ref()) {
            finding = finding.at(workload.origin, &user.site, "the user is set here");
        }
    }
    for bits in modes {
        finding = finding.because(format!(
            "Mode {} is unchanged without fsGroup and becomes {} with it.",
            both_forms(bits),
            both_forms(effective_mode(Some(bits), Some(0)))
        ));
    }
    with_fixes(finding, inventory, workload, volume, blocked)
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

/// The user, without its groups.
fn who_reads(process: &Process) -> String {
    match process.user {
        User::Uid(uid) => format!("uid {uid}"),
        _ => user(process),
    }
}

fn user(process: &Process) -> String {
    match (process.user, process.group) {
        (User::Uid(uid), Some(gid)) => format!("uid {uid} and gid {gid}"),
        (User::Uid(uid), None) => format!("uid {uid} and an unknown group (set by the image)"),
        (User::NotRoot, _) => "a user other than root".to_owned(),
        (User::Unknown, _) => "an unknown user (set by the image)".to_owned(),
    }
}

/// The programs that refuse files of the volume which others can read, with one file each.
fn strict<'a>(
    inventory: &'a Inventory,
    workload: &'a Workload,
    volume: &'a Volume,
) -> Vec<(Program, String)> {
    let mounters = workload.pod.mounters(&volume.name.value);
    mounters
        .flat_map(|(container, mount)| {
            let mounted = Mounted {
                workload,
                container,
                mount,
                volume,
            };
            strict_files(inventory, &mounted)
        })
        .collect()
}

fn with_fixes(
    finding: Finding,
    inventory: &Inventory,
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
                 the group of the pod's other volumes, so decide this yourself."
            ),
            operations: vec![fs_group(workload, gid)],
            applies: Applies::Never,
        }),
        None => finding.advise(
            "Set fsGroup in the pod's securityContext: the files get that group and mode 0440 \
             (288). It also changes the group of the pod's other volumes.",
        ),
    };
    if let Some((program, file)) = strict(inventory, workload, volume).first() {
        return finding.advise(format!(
            "A wider mode does not help: {} may refuse {file} if {} can read it. Decide this \
             yourself.",
            program.name(),
            program.refuses().whom()
        ));
    }
    let mut operations = Vec::new();
    let mut said = Vec::new();
    for bits in modes(blocked) {
        let files: Vec<FileMode<'_>> = blocked
            .iter()
            .flat_map(|one| one.files.iter().copied())
            .filter(|file| file.bits() == Some(bits))
            .collect();
        let right = blocked.iter().fold(bits, |mode, one| {
            mode | strictest_mode(&one.process, Owner::ROOT, None)
        });
        said.push(both_forms(right));
        operations.extend(mounts::set_mode(volume, &files, right));
    }
    said.dedup();
    finding.fix(Fix::Patch {
        what: format!(
            "Or set mode {}: then any user of the containers that mount the volume can read the \
             files.",
            listed(said.iter().map(String::as_str))
        ),
        operations,
        applies: Applies::Unsafe(
            "Every user of these containers can read the files, and a program that requires a \
             strict mode refuses them.",
        ),
    })
}

/// Sets fsGroup, in the existing securityContext or a new one.
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
