//! The variables of a pod that come from Secrets, and what becomes of each.

use std::collections::BTreeSet;

use crate::finding::Reason;
use crate::inventory::{Answer, Lookup};
use crate::workload::environment::{self, Consumer, Environment};
use crate::workload::file_convention::{Convention, convention};
use crate::workload::{Container, ContainerClass, EnvFromSource, EnvSource, Site};

use super::mode::{Modes, Proof};
use super::options::{Phase, Shim, VerifyRead};
use super::plan::{Context, Fate, KeepReason, Note, Plan, Reading, Refusal, Variable};

/// Where a variable stands in its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// `env[index]`.
    Entry(usize),
    /// `envFrom[index]`.
    Source(usize),
}

/// A variable that takes effect and comes from a Secret.
pub(super) struct Candidate {
    /// Which of the pod's containers.
    pub container: usize,
    /// Where it stands there.
    pub place: Place,
    pub name: String,
    pub secret: String,
    pub key: String,
    pub optional: bool,
    pub site: Site,
    /// Whether another value of this name would show if it went.
    pub uncovers: bool,
    /// What uses other names of the same `envFrom` entry, before a later entry
    /// replaces them.
    pub beside: Vec<Consumer>,
    /// Its file, once there is one.
    pub file: Option<File>,
}

/// The file of a variable.
#[derive(Clone)]
pub(super) struct File {
    pub path: String,
    /// Whether the mount was there before.
    pub mounted_before: bool,
}

/// Finds them; what cannot be looked at is refused.
pub(super) fn candidates(context: &Context<'_>, plan: &mut Plan) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (index, container) in context.workload.pod.containers.iter().enumerate() {
        if container.class != ContainerClass::Ephemeral {
            of_container(context, index, container, plan, &mut found);
        }
    }
    found
}

fn of_container(
    context: &Context<'_>,
    index: usize,
    container: &Container,
    plan: &mut Plan,
    found: &mut Vec<Candidate>,
) {
    let effective = effective(context, container);
    let uncovers = |place: Place, name: &str| {
        let mut without = container.clone();
        match place {
            Place::Entry(entry) => drop(without.env.remove(entry)),
            Place::Source(source) => drop(without.env_from.remove(source)),
        }
        self::effective(context, &without).names.contains_key(name)
    };
    for (at, source) in container.env_from.iter().enumerate() {
        let EnvFromSource::Secret(secret) = &source.source else {
            continue;
        };
        if !context.options.wants(&secret.value) {
            continue;
        }
        let keys = match all_keys(context, &source.source) {
            Some(keys) => keys,
            None if source.optional && is_missing(context, &secret.value) => continue,
            None => {
                plan.refusals
                    .push(unknown_keys(context, &secret.value, &source.site));
                continue;
            }
        };
        let counts = |name: &String, key| {
            effective.names.get(name) == Some(&environment::Origin::Source(at, key))
        };
        let beside: Vec<_> = keys
            .iter()
            .map(|&key| (format!("{}{key}", source.prefix), key))
            .filter(|(name, key)| !counts(name, key))
            .flat_map(|(name, _)| environment::uses_in_values(container, &name))
            .collect();
        for key in keys {
            let name = format!("{}{key}", source.prefix);
            if !counts(&name, key) {
                plan.notes.push(Note(format!(
                    "{name} of container {} does not come from Secret {}: a later entry replaces it.",
                    container.name, secret.value
                )));
                continue;
            }
            found.push(Candidate {
                container: index,
                place: Place::Source(at),
                uncovers: uncovers(Place::Source(at), &name),
                beside: beside.clone(),
                name,
                secret: secret.value.clone(),
                key: key.to_owned(),
                optional: source.optional,
                site: source.site.clone(),
                file: None,
            });
        }
    }
    for (at, entry) in container.env.iter().enumerate() {
        let EnvSource::SecretKey {
            secret,
            key,
            optional,
            ..
        } = &entry.source
        else {
            continue;
        };
        if !context.options.wants(&secret.value) {
            continue;
        }
        let name = &entry.name.value;
        let is_last = !container.env[at + 1..]
            .iter()
            .any(|later| later.name.value == *name);
        if !is_last {
            plan.refusals.push(Refusal {
                path: entry.site.path.clone(),
                reason: format!(
                    "{name} stands twice in container {}, and this entry is not the last.",
                    container.name
                ),
                next: vec![
                    "Remove the entry that does not count (kubectl secretsafe explain SS009)."
                        .to_owned(),
                ],
            });
            continue;
        }
        if !*optional
            && let Some(refusal) = missing(context, &secret.value, &key.value, &entry.site)
        {
            plan.refusals.push(refusal);
            continue;
        }
        found.push(Candidate {
            container: index,
            place: Place::Entry(at),
            uncovers: uncovers(Place::Entry(at), name),
            beside: Vec::new(),
            name: name.clone(),
            secret: secret.value.clone(),
            key: key.value.clone(),
            optional: *optional,
            site: entry.site.clone(),
            file: None,
        });
    }
}

/// The container's environment, as far as names are known.
fn effective<'a>(context: &'a Context<'_>, container: &Container) -> Environment<'a> {
    let is_set = |source: &EnvSource| match source {
        EnvSource::SecretKey {
            secret,
            key,
            optional: true,
            ..
        } => {
            let namespace = &context.workload.id.namespace;
            context
                .inventory
                .has_key(namespace, &secret.value, &key.value)
                != Answer::No
        }
        _ => true,
    };
    environment::environment(container, |source| all_keys(context, source), is_set)
}

/// All keys of an `envFrom` entry's object, where they are known.
fn all_keys<'a>(context: &'a Context<'_>, source: &EnvFromSource) -> Option<Vec<&'a str>> {
    let namespace = &context.workload.id.namespace;
    match source {
        EnvFromSource::Secret(secret) => {
            let keys = match context.inventory.lookup(namespace, &secret.value) {
                Lookup::Present(facts) => &facts.keys,
                Lookup::Expected(producer) => &producer.keys,
                _ => return None,
            };
            keys.is_complete()
                .then(|| keys.known().iter().map(String::as_str).collect())
        }
        EnvFromSource::ConfigMap(map) => {
            let object = context
                .inventory
                .of_kind("", "ConfigMap")
                .find(|object| object.id.namespace == *namespace && object.id.name == map.value)?;
            let entries = object
                .root
                .get("data")
                .map_or(&[][..], |data| data.entries());
            Some(
                entries
                    .iter()
                    .filter_map(|entry| entry.key.scalar_text())
                    .collect(),
            )
        }
        EnvFromSource::Other => Some(Vec::new()),
    }
}

fn is_missing(context: &Context<'_>, secret: &str) -> bool {
    let namespace = &context.workload.id.namespace;
    matches!(context.inventory.lookup(namespace, secret), Lookup::Missing)
}

fn unknown_keys(context: &Context<'_>, secret: &str, site: &Site) -> Refusal {
    let namespace = &context.workload.id.namespace;
    let (reason, next) = match context.inventory.lookup(namespace, secret) {
        Lookup::Missing => (
            format!("Secret {secret} does not exist in namespace {namespace}."),
            "Create it first: a pod whose volume has no Secret does not start at all.".to_owned(),
        ),
        Lookup::Unknown(Reason::NotInFiles) => (
            format!("envFrom takes all keys of Secret {secret}, which is not among the files."),
            "Give its manifest (or SealedSecret, ExternalSecret, kustomization) with a further -f."
                .to_owned(),
        ),
        Lookup::Unknown(Reason::Forbidden(_)) => (
            format!("envFrom takes all keys of Secret {secret}, which may not be listed."),
            "Ask for the role that kubectl secretsafe doctor --print-rbac prints.".to_owned(),
        ),
        _ => (
            format!(
                "envFrom takes all keys of Secret {secret}, and not all of its key names are known."
            ),
            "Name the variables one by one in env, then migrate.".to_owned(),
        ),
    };
    Refusal {
        path: site.path.clone(),
        reason,
        next: vec![next],
    }
}

/// A required Secret or key that is certainly not there: as a variable it
/// stops one container, as a volume the whole pod.
fn missing(context: &Context<'_>, secret: &str, key: &str, site: &Site) -> Option<Refusal> {
    let namespace = &context.workload.id.namespace;
    if context.inventory.has_key(namespace, secret, key) != Answer::No {
        return None;
    }
    let what = if is_missing(context, secret) {
        format!("Secret {secret} does not exist in namespace {namespace}")
    } else {
        format!("Secret {secret} has no key {key}")
    };
    Some(Refusal {
        path: site.path.clone(),
        reason: format!("{what}; as a file it would stop the whole pod."),
        next: vec!["See what is wrong: kubectl secretsafe doctor.".to_owned()],
    })
}

/// Decides each variable's fate, now that files and modes are known.
pub(super) fn settle(
    context: &Context<'_>,
    candidates: Vec<Candidate>,
    modes: &Modes,
    plan: &mut Plan,
) {
    let mut fates: Vec<Fate> = candidates
        .iter()
        .map(|candidate| fate(context, candidate, modes, plan))
        .collect();
    // An envFrom entry goes as a whole or stays.
    let stays: BTreeSet<(usize, Place)> = candidates
        .iter()
        .zip(&fates)
        .filter(|(candidate, fate)| {
            matches!(candidate.place, Place::Source(_))
                && !matches!(fate, Fate::Removed | Fate::Shimmed)
        })
        .map(|(candidate, _)| (candidate.container, candidate.place))
        .collect();
    for (candidate, fate) in candidates.iter().zip(&mut fates) {
        let goes = matches!(fate, Fate::Removed | Fate::Shimmed | Fate::Replaced { .. });
        if goes && stays.contains(&(candidate.container, candidate.place)) {
            *fate = Fate::Kept(KeepReason::Source);
        }
    }
    for (candidate, fate) in candidates.into_iter().zip(fates) {
        if matches!(fate, Fate::Removed | Fate::Shimmed | Fate::Replaced { .. }) {
            plan.notes.extend(may_come_to_light(context, &candidate));
        }
        let reading = reading(context, &candidate, modes);
        plan.variables.push(Variable {
            container: context.workload.pod.containers[candidate.container]
                .name
                .clone(),
            name: candidate.name,
            secret: candidate.secret,
            key: candidate.key,
            site: candidate.site,
            reading: reading.filter(|_| fate != Fate::Kept(KeepReason::NotMounted)),
            file: candidate
                .file
                .filter(|_| fate != Fate::Kept(KeepReason::NotMounted))
                .map(|file| file.path),
            fate,
        });
    }
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
    let readable = matches!(reading, Some(Reading::Known | Reading::Verified));
    if context.options.phase == Phase::RemoveVariables && !file.mounted_before {
        return Fate::Kept(KeepReason::NotMounted);
    }
    if candidate.uncovers {
        return Fate::Kept(KeepReason::Uncovers);
    }
    let mut consumers = environment::consumers(&context.workload.pod, container, &candidate.name);
    consumers.extend_from_slice(&candidate.beside);
    if let Some(known) = known_image(container, candidate)
        && consumers.is_empty()
    {
        let by = known.form.of(&candidate.name);
        let starts_as_root = known.starts_as_root && modes.image_decides(candidate.container);
        let taken = effective(context, container).names.contains_key(&by)
            || container.env.iter().any(|entry| entry.name.value == by);
        if (readable || starts_as_root) && !taken {
            plan.notes.push(Note(format!(
                "{by}: the image drops line ends at the end of the file, which a variable keeps ({}).",
                known.source
            )));
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
        phase => match reading {
            Some(Reading::Known | Reading::Verified) => Fate::Removed,
            // Whether it was asked in vain is known where that was done.
            Some(Reading::NotProven)
                if phase == Phase::Complete && context.options.verify == VerifyRead::Ask =>
            {
                Fate::Kept(KeepReason::NotYetVerified)
            }
            _ => Fate::Kept(KeepReason::NotProven),
        },
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
fn known_image(container: &Container, candidate: &Candidate) -> Option<&'static Convention> {
    if !matches!(candidate.place, Place::Entry(_)) {
        return None;
    }
    convention(&container.image.as_ref()?.value, &candidate.name)
}
