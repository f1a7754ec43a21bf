//! The mode of the files, container by container (kubernetes-semantics: files
//! of a Secret belong to uid 0; fsGroup changes their group and adds 0440).

use std::collections::BTreeMap;

use crate::workload::access::{Process, Readable, User, effective_mode, readable, strictest_mode};

use super::options::ModeWish;
use super::plan::{Context, Note, Plan, Refusal};
use super::variables::Candidate;

/// Whether the process can read its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It can.
    Readable,
    /// The image decides.
    Unknown,
    /// It cannot, and the user wants it all the same.
    Unreadable,
}

/// What was decided for the containers that can have files.
#[derive(Default)]
pub(super) struct Modes {
    by_container: BTreeMap<usize, Decision>,
}

#[derive(Clone, Copy)]
struct Decision {
    mode: Option<u32>,
    proof: Proof,
    image_decides: bool,
}

impl Modes {
    /// The mode for a container; `None` for no files at all.
    pub fn mode(&self, container: usize) -> Option<Option<u32>> {
        Some(self.by_container.get(&container)?.mode)
    }

    /// Whether its process can read them.
    pub fn proof(&self, container: usize) -> Proof {
        self.by_container
            .get(&container)
            .map_or(Proof::Unknown, |decision| decision.proof)
    }

    /// Whether nothing but the image says who the process is.
    pub fn image_decides(&self, container: usize) -> bool {
        self.by_container
            .get(&container)
            .is_some_and(|decision| decision.image_decides)
    }
}

/// Decides for every container that has candidates.
pub(super) fn decide(context: &Context<'_>, candidates: &[Candidate], plan: &mut Plan) -> Modes {
    let mut modes = Modes::default();
    let pod = &context.workload.pod;
    let mut containers: Vec<_> = candidates
        .iter()
        .map(|candidate| candidate.container)
        .collect();
    containers.dedup();
    if pod.windows {
        if context.options.mount_path.is_windows() {
            plan.notes.push(Note(
                "Windows keeps the files on the node's disk in plain text and ignores their mode."
                    .to_owned(),
            ));
            for container in containers {
                let decision = Decision {
                    mode: None,
                    proof: Proof::Readable,
                    image_decides: false,
                };
                modes.by_container.insert(container, decision);
            }
        } else if !containers.is_empty() {
            plan.refusals.push(Refusal {
                path: pod.site.path.clone(),
                reason: "The pod runs on Windows, where the default path means nothing.".to_owned(),
                next: vec![r"Say where: --mount-path 'C:\secrets\{secret}'.".to_owned()],
            });
        }
        return modes;
    }
    let fs_group = pod
        .security
        .fs_group
        .as_ref()
        .map(|group| group.value)
        .or(context.options.fs_group);
    for index in containers {
        let container = &pod.containers[index];
        let observed = context.observed.uids.get(&container.name).copied();
        let process = Process::of(pod, container, observed);
        let wish = match context.options.mode {
            ModeWish::Exactly(mode) => Some(mode),
            ModeWish::Strictest => strictest(&process, fs_group),
        };
        let Some(mode) = wish else {
            plan.refusals.push(not_readable(context, index, &process));
            continue;
        };
        let proof = match readable(effective_mode(Some(mode), fs_group), &process, fs_group) {
            Readable::Yes => Proof::Readable,
            Readable::Unknown => Proof::Unknown,
            Readable::No => Proof::Unreadable,
        };
        tell(context, index, mode, fs_group, proof, plan);
        modes.by_container.insert(
            index,
            Decision {
                mode: Some(mode),
                proof,
                image_decides: process.user == User::Unknown,
            },
        );
    }
    modes
}

/// 0400 wherever it is readable or may be; 0440 for a process known to have
/// group 0; nothing for one that is known not to be able to read either.
fn strictest(process: &Process, fs_group: Option<i64>) -> Option<u32> {
    match (strictest_mode(process, fs_group), process.user) {
        (0o444, User::Unknown) => Some(0o400),
        (0o444, _) => None,
        (mode, _) => Some(mode),
    }
}

fn not_readable(context: &Context<'_>, index: usize, process: &Process) -> Refusal {
    let container = &context.workload.pod.containers[index];
    let who = match process.user {
        User::Uid(uid) => format!("runs as uid {uid}"),
        _ => "does not run as root (runAsNonRoot)".to_owned(),
    };
    let group = match process.user {
        User::Uid(uid) => process.group.unwrap_or(uid),
        _ => process.group.unwrap_or(1000),
    };
    let mut next = vec![format!(
        "--fs-group {group} gives the pod's volumes that group, and the files mode 0440: {}",
        touched(context)
    )];
    next.push(
        "--mode 0444 lets every process of the container read them, and of no other container."
            .to_owned(),
    );
    next.push("Or leave the variables as they are.".to_owned());
    Refusal {
        path: container.site.path.clone(),
        reason: format!(
            "Container {} {who} without fsGroup: files of mode 0400 belong to root and it could not read them.",
            container.name
        ),
        next,
    }
}

/// What an fsGroup would touch besides.
fn touched(context: &Context<'_>) -> String {
    let volumes: Vec<_> = context
        .workload
        .pod
        .volumes
        .iter()
        .map(|volume| volume.name.value.as_str())
        .collect();
    if volumes.is_empty() {
        "the pod has no other volumes, only its claims would be touched.".to_owned()
    } else {
        format!("it also touches volumes {}.", volumes.join(", "))
    }
}

fn tell(
    context: &Context<'_>,
    index: usize,
    mode: u32,
    fs_group: Option<i64>,
    proof: Proof,
    plan: &mut Plan,
) {
    let name = &context.workload.pod.containers[index].name;
    let effective = effective_mode(Some(mode), fs_group);
    if effective != mode {
        plan.notes.push(Note(format!(
            "Mode {mode:04o} ({mode}): with fsGroup Kubernetes makes the files {effective:04o}."
        )));
    }
    match proof {
        Proof::Readable => {}
        Proof::Unknown if context.observed.readable.contains_key(name) => {}
        Proof::Unknown => plan.notes.push(Note(format!(
            "Container {name}: the image decides as whom it runs, so it is not proven that it can read files of mode {mode:04o}."
        ))),
        Proof::Unreadable => plan.notes.push(Note(format!(
            "Container {name} cannot read files of mode {mode:04o}; that was asked for."
        ))),
    }
    if mode & 0o004 != 0 {
        plan.notes.push(Note(format!(
            "Mode {mode:04o} ({mode}): every process of container {name} can read the files."
        )));
    }
    if context.options.fs_group.is_some() && context.workload.pod.security.fs_group.is_none() {
        plan.notes.push(Note(format!(
            "fsGroup is set by this change: {}",
            touched(context)
        )));
    }
}
