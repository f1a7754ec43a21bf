//! What becomes of each variable.

use std::collections::BTreeSet;

use crate::workload::environment::{self, Consumer};
use crate::workload::file_convention::{Decision, SaidBy};
use crate::workload::{Container, EnvFromSource};

use super::context::Context;
use super::mode::{Modes, Proof};
use super::options::{Phase, Shim, Unproven, VerifyRead};
use super::plan::{Fate, KeepReason, Note, Plan, Reading, Variable};
use super::variables::{Candidate, Place, effective, has_earlier, without};

/// Decides each variable's fate, now that files and modes are known.
pub(super) fn settle(
    context: &Context<'_>,
    mut candidates: Vec<Candidate>,
    modes: &Modes,
    plan: &mut Plan,
) {
    let mut decided: Vec<Fate> = candidates
        .iter()
        .map(|candidate| fate(context, candidate, modes, plan))
        .collect();
    let mut fates = with_whole_sources(&candidates, &decided);
    // What would have come to light may go in the same change.
    while let Some(index) = nothing_comes_to_light(context, &candidates, &decided, &fates) {
        candidates[index].uncovers = false;
        decided[index] = fate(context, &candidates[index], modes, plan);
        fates = with_whole_sources(&candidates, &decided);
    }
    for (candidate, fate) in candidates.into_iter().zip(fates) {
        if goes(&fate) {
            plan.notes.extend(may_come_to_light(context, &candidate));
        }
        plan.notes.extend(not_shimmed(context, &candidate, &fate));
        if fate == Fate::Shimmed {
            // POSIX, Shell Command Language 2.6.3: command substitution.
            plan.notes.push(Note(format!(
                "{}: the wrapped command drops line ends at the end of the value, which the variable had so far.",
                candidate.name
            )));
        }
        let reading = reading(context, &candidate, modes);
        let there = candidate.file.zip(reading);
        let (file, reading) = there
            .filter(|_| fate != Fate::Kept(KeepReason::NotMounted))
            .map(|(file, reading)| (file.path, reading))
            .unzip();
        plan.variables.push(Variable {
            container: context.workload.pod.containers[candidate.container]
                .name
                .clone(),
            name: candidate.name,
            secret: candidate.secret,
            key: candidate.key,
            site: candidate.site,
            file,
            reading,
            fate,
        });
    }
}

/// The fates when an `envFrom` entry goes as a whole or stays.
fn with_whole_sources(candidates: &[Candidate], decided: &[Fate]) -> Vec<Fate> {
    let whose = |candidate: &Candidate| (candidate.container, candidate.place);
    let stays: BTreeSet<_> = candidates
        .iter()
        .zip(decided)
        .filter(|(candidate, fate)| {
            matches!(candidate.place, Place::Source(_))
                && !matches!(fate, Fate::Removed | Fate::Shimmed)
        })
        .map(|(candidate, _)| whose(candidate))
        .collect();
    candidates
        .iter()
        .zip(decided)
        .map(|(candidate, fate)| {
            if goes(fate) && stays.contains(&whose(candidate)) {
                Fate::Kept(KeepReason::Source)
            } else {
                fate.clone()
            }
        })
        .collect()
}

fn goes(fate: &Fate) -> bool {
    matches!(fate, Fate::Removed | Fate::Shimmed | Fate::Replaced { .. })
}

/// A variable that was kept because its removal would uncover another value,
/// and would not any more once everything else that goes is gone.
fn nothing_comes_to_light(
    context: &Context<'_>,
    candidates: &[Candidate],
    decided: &[Fate],
    fates: &[Fate],
) -> Option<usize> {
    let shows = |candidate: &Candidate| {
        let gone: BTreeSet<Place> = candidates
            .iter()
            .zip(fates)
            .filter(|(other, fate)| other.container == candidate.container && goes(fate))
            .map(|(other, _)| other.place)
            .chain([candidate.place])
            .collect();
        let container = &context.workload.pod.containers[candidate.container];
        let left = without(container, &gone);
        has_earlier(container, candidate.place, &candidate.name)
            || effective(context, &left)
                .names
                .contains_key(&candidate.name)
    };
    candidates
        .iter()
        .zip(decided)
        .position(|(candidate, fate)| {
            *fate == Fate::Kept(KeepReason::Uncovers) && !shows(candidate)
        })
}

/// Sources whose keys are not known may have a variable of the same name.
fn may_come_to_light(context: &Context<'_>, candidate: &Candidate) -> Option<Note> {
    let container = &context.workload.pod.containers[candidate.container];
    let open: Vec<_> = effective(context, container)
        .open
        .into_iter()
        .filter_map(|index| match &container.env_from[index].source {
            EnvFromSource::Secret(secret) => Some(format!("Secret {}", secret.value)),
            EnvFromSource::ConfigMap(map) => Some(format!("ConfigMap {}", map.value)),
            EnvFromSource::Other => None,
        })
        .collect();
    (!open.is_empty()).then(|| {
        Note(format!(
            "{} is removed from container {}; if {} has that name too, its value takes effect: the keys are not known.",
            candidate.name,
            container.name,
            open.join(" or ")
        ))
    })
}

/// Whether the process can read its file, and how that is known.
fn reading(context: &Context<'_>, candidate: &Candidate, modes: &Modes) -> Option<Reading> {
    let file = candidate.file.as_ref()?;
    let container = &context.workload.pod.containers[candidate.container].name;
    let decision = known_image(context, candidate);
    let by_image = match decision {
        Decision::Reads(reads) | Decision::Unsure(reads, _) => Some(reads),
        Decision::NotKnown => None,
    };
    let drops = by_image.is_some_and(|reads| modes.drops(candidate.container, &reads));
    // A running container tells of files that it has, not of those to come; and
    // whoever is asked in it is the user that it started as.
    let seen = file.mounted_before
        && !drops
        && context
            .observed
            .readable
            .get(container)
            .is_some_and(|files| files.contains(&file.path));
    let proof = match by_image {
        Some(reads) if decision.is_of_the_container() => {
            modes.proof_by(candidate.container, &reads)
        }
        // The program that the entrypoint starts is another user by then.
        _ if modes.starts_as_root(candidate.container) && becomes_another(context, candidate) => {
            match modes.proof(candidate.container) {
                Proof::Readable if !modes.everybody_reads(candidate.container) => Proof::Unknown,
                proof => proof,
            }
        }
        _ => modes.proof(candidate.container),
    };
    Some(match proof {
        Proof::Readable => Reading::Known,
        Proof::Unreadable => Reading::Impossible,
        Proof::Unknown if seen => Reading::Verified,
        Proof::Unknown => Reading::NotProven,
    })
}

fn fate(context: &Context<'_>, candidate: &Candidate, modes: &Modes, plan: &mut Plan) -> Fate {
    let container = &context.workload.pod.containers[candidate.container];
    let Some(file) = &candidate.file else {
        return Fate::Refused;
    };
    let reading = reading(context, candidate, modes);
    let proven = matches!(reading, Some(Reading::Known | Reading::Verified));
    let readable = proven || context.options.unproven == Unproven::Remove;
    if context.options.phase == Phase::RemoveVariables && !file.mounted_before {
        return Fate::Kept(KeepReason::NotMounted);
    }
    if candidate.uncovers {
        return Fate::Kept(KeepReason::Uncovers);
    }
    let mut consumers = environment::consumers(&context.workload.pod, container, &candidate.name);
    consumers.extend_from_slice(&candidate.beside);
    if consumers.is_empty()
        && let Some(fate) = by_image(context, candidate, modes, plan)
    {
        return fate;
    }
    // Of a file that is there already the container has been asked, in vain.
    let unproven = || match context.options.phase {
        Phase::Complete
            if context.options.verify == VerifyRead::Ask
                && reading == Some(Reading::NotProven)
                && !file.mounted_before =>
        {
            Fate::Kept(KeepReason::NotYetVerified)
        }
        _ => Fate::Kept(KeepReason::NotProven),
    };
    if may_be_shimmed(context, container, candidate, &consumers) {
        // A command that cannot read the file ends before its program starts.
        return if readable { Fate::Shimmed } else { unproven() };
    }
    if !consumers.is_empty() {
        return Fate::Kept(KeepReason::UsedIn(consumers));
    }
    if context.options.phase != Phase::Mount
        && let Some(by) = named_by_nobody(context, candidate)
    {
        return Fate::Kept(KeepReason::NamedByNobody { by });
    }
    match context.options.phase {
        Phase::Mount => Fate::Kept(KeepReason::Phase),
        _ if !context.options.reads_files.has(&candidate.name) => {
            Fate::Kept(KeepReason::NotConfirmed)
        }
        _ if readable => Fate::Removed,
        _ => unproven(),
    }
}

/// What becomes of a variable that the image is known to read from a file, if
/// that decides it.
fn by_image(
    context: &Context<'_>,
    candidate: &Candidate,
    modes: &Modes,
    plan: &mut Plan,
) -> Option<Fate> {
    let container = &context.workload.pod.containers[candidate.container];
    let (reads, doubt) = match known_image(context, candidate) {
        Decision::NotKnown => return None,
        Decision::Reads(reads) => (reads, None),
        Decision::Unsure(reads, doubt) => (reads, Some(doubt)),
    };
    let by = reads.form.of(&candidate.name);
    let taken = effective(context, container).names.contains_key(&by)
        || container.env.iter().any(|entry| entry.name.value == by);
    if taken {
        return None;
    }
    if let Some(doubt) = doubt {
        if doubt.is_of_the_container() {
            plan.notes.push(Note(format!(
                "{}: the image reads {by}, but here {doubt}; so confirm yourself what reads the file.",
                candidate.name
            )));
            return None;
        }
        if !context.options.reads_files.has(&candidate.name) {
            return Some(Fate::Kept(KeepReason::Unsure {
                by,
                why: doubt.to_string(),
            }));
        }
    }
    match reading(context, candidate, modes) {
        Some(Reading::Known | Reading::Verified) => {}
        _ if context.options.unproven == Unproven::Remove => {}
        Some(Reading::Impossible) if modes.drops(candidate.container, &reads) => {
            return Some(Fate::Kept(KeepReason::DropsFirst {
                uid: reads.reader.uid(),
            }));
        }
        _ => return None,
    }
    let source = reads.source;
    plan.notes.push(Note(match reads.said_by {
        SaidBy::Us => format!(
            "{by}: the image drops line ends at the end of the file, which a variable keeps ({source})."
        ),
        SaidBy::User => format!(
            "{by}: the configuration says that the image reads the file ({source}); a line end at its end may count there."
        ),
    }));
    Some(Fate::Replaced { by })
}

/// Of a variable of `envFrom` the one that would name its file, where the image is
/// known to read such a one and nothing sets it: without both the program has
/// neither.
fn named_by_nobody(context: &Context<'_>, candidate: &Candidate) -> Option<String> {
    if matches!(candidate.place, Place::Entry(_)) {
        return None;
    }
    let container = &context.workload.pod.containers[candidate.container];
    let facts = context.facts(container);
    let conventions = &context.options.conventions;
    let by = match conventions.decide(container, &candidate.name, &facts) {
        Decision::Reads(reads) | Decision::Unsure(reads, _) => reads.form.of(&candidate.name),
        Decision::NotKnown => return None,
    };
    let is_set = effective(context, container).names.contains_key(&by);
    (!is_set).then_some(by)
}

/// Whether the image is known to start its program as another user than the
/// one that the container starts as.
fn becomes_another(context: &Context<'_>, candidate: &Candidate) -> bool {
    let container = &context.workload.pod.containers[candidate.container];
    let facts = context.facts(container);
    context
        .options
        .conventions
        .becomes_another(container, &facts)
}

/// Whether a wrapped command can set the variable: a shell must be able to
/// name it, and nothing may use it that does not run below the command, as
/// probes and hooks do not.
fn may_be_shimmed(
    context: &Context<'_>,
    container: &Container,
    candidate: &Candidate,
    consumers: &[Consumer],
) -> bool {
    let mut letters = candidate.name.chars();
    let named = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let below = |consumer: &Consumer| {
        let mut words = container.command.iter().chain(&container.args);
        consumer.how != environment::EXPANDED && words.any(|word| word.site == consumer.text.site)
    };
    context.options.shim == Shim::On
        && context.options.phase != Phase::Mount
        && !container.command.is_empty()
        && named
        && consumers.iter().all(below)
}

/// Why a variable stays although commands are to be wrapped.
fn not_shimmed(context: &Context<'_>, candidate: &Candidate, fate: &Fate) -> Option<Note> {
    if context.options.shim == Shim::Off
        || !matches!(
            fate,
            Fate::Kept(KeepReason::NotConfirmed | KeepReason::UsedIn(_))
        )
    {
        return None;
    }
    let container = &context.workload.pod.containers[candidate.container];
    let why = match fate {
        _ if container.command.is_empty() => {
            format!(
                "the manifest has no command of container {}",
                container.name
            )
        }
        Fate::Kept(KeepReason::UsedIn(consumers))
            if consumers
                .iter()
                .any(|consumer| consumer.how == environment::EXPANDED) =>
        {
            "Kubernetes expands it before any command starts".to_owned()
        }
        Fate::Kept(KeepReason::UsedIn(_)) => {
            "something outside the command, such as a probe, uses it".to_owned()
        }
        _ => "a shell cannot set a variable of that name".to_owned(),
    };
    Some(Note(format!(
        "{}: --shim cannot set it from the file, since {why}.",
        candidate.name
    )))
}

/// What the image is known to read. A variable of `envFrom` cannot be
/// exchanged for another one alone.
fn known_image<'a>(context: &'a Context<'_>, candidate: &Candidate) -> Decision<'a> {
    let container = &context.workload.pod.containers[candidate.container];
    if !matches!(candidate.place, Place::Entry(_)) {
        return Decision::NotKnown;
    }
    let facts = context.facts(container);
    context
        .options
        .conventions
        .decide(container, &candidate.name, &facts)
}
