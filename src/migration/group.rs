//! Whether a pod needs the fsGroup that is offered to it: a process that can read its files
//! anyway needs none, and a group touches every other volume of the pod.

use crate::workload::access::{Owner, Process, Readable, effective_mode, readable};
use crate::workload::file_convention::Decision;
use crate::workload::{Container, Volume};

use super::context::Context;
use super::mode::strictest;
use super::options::ModeWish;
use super::variables::Candidate;

/// The fsGroup that a plan adds to the pod.
pub(super) fn added(context: &Context<'_>, candidates: &[Candidate]) -> Option<i64> {
    let pod = &context.workload.pod;
    let group = context.options.fs_group?;
    let needs = |candidate: &Candidate| {
        let container = &pod.containers[candidate.container];
        !reads_without(context, container) || may_drop_root(context, container, candidate)
    };
    // Whoever asks for a group may have these in mind, too.
    let shows_secrets = |container: &Container| {
        container.mounts.iter().any(|mount| {
            let volume = pod
                .volumes
                .iter()
                .find(|one| one.name.value == mount.volume.value);
            volume.is_some_and(Volume::has_secrets)
        })
    };
    let others = || {
        let mut with_secrets = pod.containers.iter().filter(|one| shows_secrets(one));
        with_secrets.any(|container| !reads_without(context, container))
    };
    let is_needed = candidates.iter().any(needs) || others();
    (pod.security.fs_group.is_none() && is_needed).then_some(group)
}

/// Whether the process that starts is known to be able to read files that only have a mode.
fn reads_without(context: &Context<'_>, container: &Container) -> bool {
    let facts = context.facts(container);
    let image = context.options.conventions.user(container, &facts);
    let observed = context.observed.uids.get(&container.name).copied();
    let process =
        Process::in_container(&context.workload.pod, container, observed).with_image(&image);
    let mode = match context.options.mode {
        ModeWish::Exactly(mode) => Some(mode),
        ModeWish::Strictest => strictest(&process, None),
    };
    mode.is_some_and(|mode| {
        let mode = effective_mode(Some(mode), None);
        readable(mode, Owner::ROOT, &process, None) == Readable::Yes
    })
}

/// Whether another user may read the file than the one that starts.
fn may_drop_root(context: &Context<'_>, container: &Container, candidate: &Candidate) -> bool {
    let facts = context.facts(container);
    let conventions = &context.options.conventions;
    let decision = conventions.decide(container, &candidate.name, &facts);
    conventions.becomes_another(container, &facts)
        || !matches!(decision, Decision::NotKnown)
        || runs_something_else(container)
}

/// Programs that start another one as another user.
const SWITCHES: [&str; 9] = [
    "chpst",
    "gosu",
    "runuser",
    "s6-setuidgid",
    "setpriv",
    "start-stop-daemon",
    "su",
    "su-exec",
    "sudo",
];

/// Whether it is unknown what runs in the end, and as whom: the entrypoint of an image may
/// be a script that gives up root, and so may a command.
fn runs_something_else(container: &Container) -> bool {
    let words = container.command.iter().chain(&container.args);
    let switches = |text: &str| {
        text.split(|c: char| c.is_whitespace() || ";|&()/".contains(c))
            .any(|word| SWITCHES.contains(&word))
    };
    container.command.is_empty() || words.map(|word| word.value.as_str()).any(switches)
}
