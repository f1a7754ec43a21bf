//! What becomes of each variable.

use std::collections::BTreeSet;

use crate::workload::environment::{self, Consumer};
use crate::workload::file_convention::{Reads, SaidBy};
use crate::workload::{Container, EnvFromSource};

use super::mode::{Modes, Proof};
use super::options::{Phase, Shim, Unproven, VerifyRead};
use super::plan::{Context, Fate, KeepReason, Note, Plan, Reading, Variable};
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
            "{} goes from container {}; should {} have that name too, its value shows: the keys are not known.",
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
    // A running container tells of files that it has, not of those to come.
    let seen = file.mounted_before
        && context
            .observed
            .readable
            .get(container)
            .is_some_and(|files| files.contains(&file.path));
    Some(match modes.proof(candidate.container) {
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
    if let Some(known) = known_image(context, container, candidate)
        && consumers.is_empty()
    {
        let by = known.form.of(&candidate.name);
        let starts_as_root = known.starts_as_root && modes.image_decides(candidate.container);
        let taken = effective(context, container).names.contains_key(&by)
            || container.env.iter().any(|entry| entry.name.value == by);
        if (readable || starts_as_root) && !taken {
            let source = known.source;
            plan.notes.push(Note(match known.said_by {
                SaidBy::Us => format!(
                    "{by}: the image drops line ends at the end of the file, which a variable keeps ({source})."
                ),
                SaidBy::User => format!(
                    "{by}: the configuration says that the image reads the file ({source}); a line end at its end may count there."
                ),
            }));
            return Fate::Replaced { by };
        }
    }
    if may_be_shimmed(context, container, candidate, &consumers)
        && reading != Some(Reading::Impossible)
    {
        return Fate::Shimmed;
    }
    if !consumers.is_empty() {
        return Fate::Kept(KeepReason::UsedIn(consumers));
    }
    match context.options.phase {
        Phase::Mount => Fate::Kept(KeepReason::Phase),
        _ if !context.options.reads_files.has(&candidate.name) => {
            Fate::Kept(KeepReason::NotConfirmed)
        }
        _ if readable => Fate::Removed,
        // Whether it was asked in vain is known where that was done.
        Phase::Complete
            if context.options.verify == VerifyRead::Ask && reading == Some(Reading::NotProven) =>
        {
            Fate::Kept(KeepReason::NotYetVerified)
        }
        _ => Fate::Kept(KeepReason::NotProven),
    }
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

/// What the image is known to read. A variable of `envFrom` cannot be
/// exchanged for another one alone.
fn known_image<'a>(
    context: &'a Context<'_>,
    container: &Container,
    candidate: &Candidate,
) -> Option<Reads<'a>> {
    if !matches!(candidate.place, Place::Entry(_)) {
        return None;
    }
    let image = &container.image.as_ref()?.value;
    context.options.conventions.of(image, &candidate.name)
}
