//! The mode of the files, container by container (kubernetes-semantics: files
//! of a Secret belong to uid 0; fsGroup changes their group and adds 0440).

use std::collections::BTreeMap;

use crate::workload::Container;
use crate::workload::access::{
    Owner, Process, Readable, User, effective_mode, readable, strictest_mode,
};

use crate::workload::file_convention::Reads;
use crate::workload::image_facts::ImageUser;

use super::context::Context;
use super::group;
use super::options::{FileOwner, ModeWish};
use super::plan::{Note, Plan, Refusal};
use super::variables::Candidate;
use super::volumes;

/// Whether the process can read its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    Readable,
    Unknown,
    /// It cannot, and the user wants it all the same.
    Unreadable,
}

impl From<Readable> for Proof {
    fn from(readable: Readable) -> Self {
        match readable {
            Readable::Yes => Proof::Readable,
            Readable::Unknown | Readable::IfKept => Proof::Unknown,
            Readable::No => Proof::Unreadable,
        }
    }
}

/// What was decided for the containers that can have files.
#[derive(Default)]
pub(super) struct Modes {
    by_container: BTreeMap<usize, Decision>,
}

#[derive(Clone)]
struct Decision {
    mode: Option<u32>,
    user: Option<i64>,
    proof: Proof,
    /// Who reads, and the group of the files; `None` on Windows.
    reader: Option<(Process, Option<i64>)>,
}

impl Modes {
    /// The mode for a container; `None` for no files at all.
    pub fn mode(&self, container: usize) -> Option<Option<u32>> {
        Some(self.by_container.get(&container)?.mode)
    }

    /// The uid that a container's files are to belong to; `None` for root.
    pub fn user(&self, container: usize) -> Option<i64> {
        self.by_container.get(&container)?.user
    }

    /// Whether its process can read them.
    pub fn proof(&self, container: usize) -> Proof {
        self.by_container
            .get(&container)
            .map_or(Proof::Unknown, |decision| decision.proof)
    }

    /// Whether the container can read a file of this mode in the way that its
    /// image is known to.
    pub fn proof_by(&self, container: usize, reads: &Reads<'_>) -> Proof {
        let decision = self.by_container.get(&container);
        match decision.and_then(|decision| Some((decision.mode?, decision.reader.as_ref()?))) {
            None => self.proof(container),
            Some((mode, (process, fs_group))) => {
                let owner = decision
                    .and_then(|decision| decision.user)
                    .map_or(Owner::ROOT, Owner::Asked);
                let effective = effective_mode(Some(mode), *fs_group);
                reads.readable(effective, owner, process, *fs_group).into()
            }
        }
    }

    /// Whether the image is known to become another user before it reads.
    pub fn drops(&self, container: usize, reads: &Reads<'_>) -> bool {
        let decision = self.by_container.get(&container);
        let reader = decision.and_then(|decision| decision.reader.as_ref());
        reader.is_some_and(|(process, _)| reads.drops(process))
    }

    /// Whether every user of the container can read its files.
    pub fn everybody_reads(&self, container: usize) -> bool {
        self.mode(container)
            .flatten()
            .is_none_or(|mode| mode & 0o004 != 0)
    }

    /// Whether its first process runs as root, as far as that is known.
    pub fn starts_as_root(&self, container: usize) -> bool {
        let decision = self.by_container.get(&container);
        let reader = decision.and_then(|decision| decision.reader.as_ref());
        reader.is_some_and(|(process, _)| process.user == User::Uid(0))
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
                "Windows stores the files in plain text on the node's disk and ignores their mode."
                    .to_owned(),
            ));
            for container in containers {
                let decision = Decision {
                    mode: None,
                    user: None,
                    proof: Proof::Readable,
                    reader: None,
                };
                modes.by_container.insert(container, decision);
            }
        } else if !containers.is_empty() {
            plan.refusals.push(Refusal {
                path: pod.site.path.clone(),
                reason: "The pod runs on Windows, where the default mount path is not valid."
                    .to_owned(),
                next: vec![r"Give a path: --mount-path 'C:\secrets\{secret}'.".to_owned()],
            });
        }
        return modes;
    }
    plan.adds_group = group::added(context, candidates);
    let fs_group = pod
        .security
        .fs_group
        .as_ref()
        .map(|group| group.value)
        .or(plan.adds_group);
    for index in containers {
        let container = &pod.containers[index];
        let observed = context.observed.uids.get(&container.name).copied();
        let facts = context.facts(container);
        let image = context.options.conventions.user(container, &facts);
        let process = Process::in_container(pod, container, observed).with_image(&image);
        let wish = match context.options.mode {
            ModeWish::Exactly(mode) => Some(mode),
            ModeWish::Strictest => volumes::mode_of_own_mounts(context, candidates, index)
                .filter(|mode| {
                    let mode = effective_mode(Some(*mode), fs_group);
                    readable(mode, Owner::ROOT, &process, fs_group) != Readable::No
                })
                .or_else(|| strictest(&process, fs_group)),
        };
        let plain = wish.map(|mode| {
            readable(
                effective_mode(Some(mode), fs_group),
                Owner::ROOT,
                &process,
                fs_group,
            )
        });
        let user = match plain {
            None | Some(Readable::No) => own_user(context, container, &process, fs_group),
            _ => None,
        };
        let wish = wish.or(user.map(|_| OWNERS_MODE));
        let Some(mode) = wish else {
            plan.missing_group = Some(readable_by(&process));
            plan.refusals.push(not_readable(context, index, &process));
            continue;
        };
        // A server that keeps the owner may have kubelets that do not.
        let owner = user.map_or(Owner::ROOT, Owner::Asked);
        let effective = effective_mode(Some(mode), fs_group);
        let proof = readable(effective, owner, &process, fs_group).into();
        let told = Told {
            index,
            mode,
            user,
            fs_group,
            proof,
            image: &image,
        };
        tell(context, &told, plan);
        modes.by_container.insert(
            index,
            Decision {
                mode: Some(mode),
                user,
                proof,
                reader: Some((process, fs_group)),
            },
        );
    }
    modes
}

/// The mode of files that belong to their reader.
const OWNERS_MODE: u32 = 0o400;

/// The uid of a process that no group helps to read its files, where they may
/// belong to it: the server keeps `defaultUser`, or the template's own volumes
/// use it.
fn own_user(
    context: &Context<'_>,
    container: &Container,
    process: &Process,
    fs_group: Option<i64>,
) -> Option<i64> {
    let User::Uid(uid) = process.user else {
        return None;
    };
    let pod = &context.workload.pod;
    let is_used = || {
        container
            .mounts
            .iter()
            .filter_map(|mount| {
                let mut volumes = pod.volumes.iter();
                volumes.find(|volume| volume.name.value == mount.volume.value)
            })
            .filter_map(|volume| volume.kind.default_user())
            .any(|user| user.value == uid)
    };
    let may = context.options.file_owner == FileOwner::Process || is_used();
    (fs_group.is_none() && uid != 0 && may).then_some(uid)
}

/// 0400 wherever it is readable or may be; 0440 for a process known to have
/// group 0; nothing for one that is known not to be able to read either.
pub(super) fn strictest(process: &Process, fs_group: Option<i64>) -> Option<u32> {
    match (strictest_mode(process, Owner::ROOT, fs_group), process.user) {
        (0o444, User::Unknown) => Some(0o400),
        (0o444, _) => None,
        (mode, _) => Some(mode),
    }
}

/// The group to give to the files of a process that cannot read them.
fn readable_by(process: &Process) -> i64 {
    match process.user {
        User::Uid(uid) => process.group.unwrap_or(uid),
        _ => process.group.unwrap_or(1000),
    }
}

fn not_readable(context: &Context<'_>, index: usize, process: &Process) -> Refusal {
    let container = &context.workload.pod.containers[index];
    let who = match process.user {
        User::Uid(uid) => format!("runs as uid {uid}"),
        _ => "does not run as root (runAsNonRoot)".to_owned(),
    };
    let group = readable_by(process);
    let mut next = vec![format!(
        "--fs-group {group} gives the pod's volumes that group, and the files mode 0440: {}",
        touched(context)
    )];
    next.push(
        "--mode 0444 lets every process of the container read them, and of no other container."
            .to_owned(),
    );
    if let (FileOwner::Offered, User::Uid(uid)) = (context.options.file_owner, process.user) {
        next.push(format!(
            "--default-user gives the files to uid {uid} with mode 0400 and touches nothing else: this server keeps defaultUser."
        ));
    }
    next.push("Or keep the variables.".to_owned());
    Refusal {
        path: container.site.path.clone(),
        reason: format!(
            "Container {} {who} without fsGroup: files of mode 0400 belong to root, so it cannot read them.",
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

/// What is told of a container's files.
struct Told<'a> {
    index: usize,
    mode: u32,
    user: Option<i64>,
    fs_group: Option<i64>,
    proof: Proof,
    image: &'a ImageUser,
}

fn tell(context: &Context<'_>, told: &Told<'_>, plan: &mut Plan) {
    let Told {
        index,
        mode,
        user,
        fs_group,
        proof,
        image,
    } = *told;
    let name = &context.workload.pod.containers[index].name;
    let effective = effective_mode(Some(mode), fs_group);
    if effective != mode {
        plan.notes.push(Note(format!(
            "With fsGroup, Kubernetes gives the files mode {effective:04o} instead of {mode:04o}."
        )));
    }
    match (proof, user) {
        (Proof::Readable, _) => {}
        (Proof::Unknown, _) if context.observed.readable.contains_key(name) => {}
        (Proof::Unknown, Some(uid)) => plan.notes.push(Note(format!(
            "Container {name}: the files belong to its uid {uid} (defaultUser), which servers and kubelets support from Kubernetes 1.38; the template alone does not prove that the container can read them."
        ))),
        (Proof::Unknown, None) if let ImageUser::Named(user) = image => plan.notes.push(Note(format!(
            "Container {name}: the image runs as user {user}, and its uid is only in the image's /etc/passwd, which is not read; so it is unknown whether the container can read files of mode {mode:04o}. Set runAsUser to that uid."
        ))),
        (Proof::Unknown, None) => plan.notes.push(Note(format!(
            "Container {name}: runAsUser is not set, so it is unknown whether the container can read files of mode {mode:04o}."
        ))),
        (Proof::Unreadable, _) => plan.notes.push(Note(format!(
            "Container {name} cannot read files of mode {mode:04o}, as --mode asks."
        ))),
    }
    if mode & 0o004 != 0 {
        plan.notes.push(Note(format!(
            "With mode {mode:04o}, every process of container {name} can read the files."
        )));
    }
    if plan.adds_group.is_some() {
        plan.notes.push(Note(format!(
            "fsGroup is set by this change: {}",
            touched(context)
        )));
    }
}
