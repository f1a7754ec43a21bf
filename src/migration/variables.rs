//! The variables of a pod that come from Secrets.

use std::collections::BTreeSet;

use crate::api::Task;
use crate::command_line::CommandLine;
use crate::inventory::{Answer, Lookup, ReadFrom, Reason};
use crate::workload::environment::{self, Consumer, Environment};
use crate::workload::{Container, ContainerClass, EnvFromSource, EnvSource, ObjectId, Site};

use super::context::Context;
use super::plan::{Note, Plan, Refusal};

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
        let without = without(container, &BTreeSet::from([place]));
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
                let by = match effective.names.get(&name) {
                    Some(environment::Origin::Source(later, _)) => later_source(container, *later),
                    _ => "a later entry replaces it".to_owned(),
                };
                plan.notes.push(Note(format!(
                    "{name} of container {} does not come from Secret {}: {by}.",
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
            uncovers: has_earlier(container, Place::Entry(at), name)
                || uncovers(Place::Entry(at), name),
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

/// What a later entry of `envFrom` does.
fn later_source(container: &Container, later: usize) -> String {
    match &container.env_from[later].source {
        EnvFromSource::Secret(secret) => {
            format!("Secret {} stands later, and its value counts", secret.value)
        }
        EnvFromSource::ConfigMap(map) => {
            format!("ConfigMap {} stands later, and its value counts", map.value)
        }
        EnvFromSource::Other => "a later entry replaces it".to_owned(),
    }
}

/// Whether an earlier entry of `env` has the name of this one: it stays, and may
/// be set one day even if it is not now.
pub(super) fn has_earlier(container: &Container, place: Place, name: &str) -> bool {
    match place {
        Place::Entry(at) => container.env[..at]
            .iter()
            .any(|earlier| earlier.name.value == name),
        Place::Source(_) => false,
    }
}

/// The container's environment, as far as names are known.
pub(super) fn effective<'a>(context: &'a Context<'_>, container: &Container) -> Environment<'a> {
    let is_set = |source: &EnvSource| match source {
        EnvSource::SecretKey {
            secret,
            key,
            optional: true,
            ..
        } => context.has_key(&secret.value, &key.value) != Answer::No,
        _ => true,
    };
    environment::environment(container, |source| all_keys(context, source), is_set)
}

/// The container without some of its variables.
pub(super) fn without(container: &Container, gone: &BTreeSet<Place>) -> Container {
    let mut left = container.clone();
    for place in gone.iter().rev() {
        match place {
            Place::Entry(entry) => drop(left.env.remove(*entry)),
            Place::Source(source) => drop(left.env_from.remove(*source)),
        }
    }
    left
}

/// All keys of an `envFrom` entry's object, where they are known.
fn all_keys<'a>(context: &'a Context<'_>, source: &EnvFromSource) -> Option<Vec<&'a str>> {
    match source {
        EnvFromSource::Secret(secret) => {
            let keys = match context.lookup(&secret.value) {
                Lookup::Present(facts) => &facts.keys,
                Lookup::Expected(producer) => &producer.keys,
                _ => return None,
            };
            keys.is_complete()
                .then(|| keys.known().iter().map(String::as_str).collect())
        }
        EnvFromSource::ConfigMap(map) => {
            let namespace = &context.workload.id.namespace;
            let keys = context.inventory.config_map_keys(namespace, &map.value)?;
            Some(keys.into_iter().collect())
        }
        EnvFromSource::Other => Some(Vec::new()),
    }
}

fn is_missing(context: &Context<'_>, secret: &str) -> bool {
    matches!(context.lookup(secret), Lookup::Missing)
}

fn unknown_keys(context: &Context<'_>, secret: &str, site: &Site) -> Refusal {
    let namespace = &context.workload.id.namespace;
    let (reason, next) = match context.lookup(secret) {
        Lookup::Missing => (
            format!("Secret {secret} does not exist in namespace {namespace}."),
            "Create it first: a pod whose volume has no Secret does not start at all.".to_owned(),
        ),
        Lookup::Unknown(Reason::NotInFiles) => (
            format!("envFrom takes all keys of Secret {secret}, which is not among the files."),
            "Give its manifest (or SealedSecret, ExternalSecret, kustomization) with a further -f, or put it into what -k names."
                .to_owned(),
        ),
        Lookup::Unknown(Reason::Forbidden(grant)) => (
            format!("envFrom takes all keys of Secret {secret}, which may not be listed."),
            grant.role_command_of(Task::Migrate).on(&context.inventory.connection).to_string(),
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
    if context.has_key(secret, key) != Answer::No {
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
        next: vec![format!(
            "See what is wrong: {}.",
            doctor(context).on(&context.inventory.connection)
        )],
    })
}

/// The command that looks at the workload.
fn doctor(context: &Context<'_>) -> CommandLine {
    let doctor = CommandLine::secretsafe("doctor");
    let ObjectId { namespace, .. } = &context.workload.id;
    match context.inventory.source(context.workload.origin) {
        None => doctor
            .name(&context.workload.id.short())
            .namespace(namespace),
        Some(source) => match &source.read_from {
            ReadFrom::Kustomization(folder) => doctor.flag("-k", folder),
            ReadFrom::File | ReadFrom::Reached => doctor.file(source.text.name()),
            ReadFrom::StandardInput => doctor.flag("-f", "-"),
        },
    }
}
