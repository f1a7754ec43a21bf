//! The next step away from environment variables, for a workload that takes Secrets as such.

use std::collections::{BTreeSet, HashMap};

use super::mounted_folders::{Mounts, Room, container, mounted_at, pattern, room};
use crate::command_line::CommandLine;
use crate::finding::{Finding, Fix};
use crate::inventory::{Inventory, Lookup, ReadFrom};
use crate::ownership;
use crate::words::listed;
use crate::workload::{
    EnvFromSource, ObjectId, Origin, SecretReference, Usage, Workload, WorkloadKind,
};

const MOUNT: &str = "Mount the Secret as files: a volume with its secretName and defaultMode: \
                     0400, and a volumeMount below /etc/secrets with readOnly: true.";
const READ: &str =
    "Update the app to read the file instead of the variable, then remove the variable.";

/// Which names, as commands have them, are those of one workload alone.
pub(super) struct Names<'i>(HashMap<String, Option<&'i ObjectId>>);

impl<'i> Names<'i> {
    pub fn of(inventory: &'i Inventory) -> Self {
        let mut names = HashMap::new();
        for Workload { id, .. } in &inventory.workloads {
            let known = names.entry(id.short()).or_insert(Some(id));
            if known.is_some_and(|known| known != id) {
                *known = None;
            }
        }
        Self(names)
    }

    fn is_alone(&self, workload: &Workload) -> bool {
        let known = self.0.get(&workload.id.short());
        known.is_some_and(|known| *known == Some(&workload.id))
    }
}

/// Adds what to do about variables of a workload, with the command that shows it.
pub(super) fn with_next(
    mut finding: Finding,
    inventory: &Inventory,
    names: &Names<'_>,
    workload: &Workload,
    variables: &[SecretReference],
) -> Finding {
    let mounts = Mounts::of(workload, variables);
    let others = match mounts {
        Mounts::Missing => Vec::new(),
        Mounts::Usual | Mounts::Elsewhere(_) => others(inventory, workload, variables),
    };
    let skipped = skipped(inventory, workload, variables);
    let what = match (&mounts, &skipped) {
        (Mounts::Elsewhere(places), _) => format!("{} {READ}", mounted_at(places)),
        (Mounts::Usual, _) => READ.to_owned(),
        (Mounts::Missing, Some((Skips::All, why))) => {
            finding = finding.advise(MOUNT);
            why.clone()
        }
        (Mounts::Missing, _) => MOUNT.to_owned(),
    };
    // The command would change nothing where all is skipped, and leave the removal undone
    // where anything is.
    let is_left = match (&mounts, &skipped) {
        (_, None) => false,
        (Mounts::Missing, Some((skips, _))) => *skips == Skips::All,
        (Mounts::Usual | Mounts::Elsewhere(_), Some(_)) => true,
    };
    let is_left = is_left || !others.is_empty();
    let command = command(inventory, workload, variables).filter(|_| !is_left);
    let next = |command| match mounts {
        Mounts::Missing => first_step(command, workload, variables),
        Mounts::Usual | Mounts::Elsewhere(_) => {
            second_step(command, &mounts, names, workload, variables)
        }
    };
    finding = finding.fix(match command.and_then(next) {
        Some(command) => Fix::Command { what, command },
        None => Fix::Advice(what),
    });
    for other in others {
        finding = finding.advise(other);
    }
    match (&mounts, skipped) {
        // It is the fix.
        (Mounts::Missing, Some((Skips::All, _))) | (_, None) => {}
        (_, Some((_, why))) => finding = finding.advise(why),
    }
    if let Some(place) = elsewhere(workload) {
        finding = finding.advise(place);
    }
    if mounts == Mounts::Missing {
        finding = finding.advise(READ);
    }
    finding
}

/// The command that mounts, where there is room.
fn first_step(
    command: CommandLine,
    workload: &Workload,
    variables: &[SecretReference],
) -> Option<CommandLine> {
    match room(workload, variables) {
        Room::Usual => Some(command),
        Room::At(place) => Some(of_one(command, workload).flag("--mount-path", place)),
        Room::None => None,
    }
}

/// The command that removes the variables of this workload and of no other; `None` where
/// `migrate` cannot be told of the folders, or the name is not the workload's alone.
fn second_step(
    command: CommandLine,
    mounts: &Mounts,
    names: &Names<'_>,
    workload: &Workload,
    variables: &[SecretReference],
) -> Option<CommandLine> {
    let is_alone = workload.origin == Origin::Live || names.is_alone(workload);
    let command = of_one(command, workload);
    let command = match mounts {
        Mounts::Elsewhere(places) => command.flag("--mount-path", &pattern(places)?),
        Mounts::Usual if workload.pod.windows => return None,
        Mounts::Usual | Mounts::Missing => command,
    };
    is_alone.then(|| {
        command
            .switch("--remove-env")
            .flag("--reads-files", &confirmed(variables))
    })
}

/// The command for a workload; of a live one it has the name already.
fn of_one(command: CommandLine, workload: &Workload) -> CommandLine {
    match workload.origin {
        Origin::Live => command,
        Origin::File { .. } => command.name(&workload.id.short()),
    }
}

/// Where to change a live workload, if not with `migrate`: its owner would revert the change, a
/// running pod cannot get a volume, and nothing replaces the pods of a ReplicaSet.
fn elsewhere(workload: &Workload) -> Option<String> {
    if workload.origin != Origin::Live {
        return None;
    }
    if let Some(owner) = ownership::find(workload) {
        return Some(format!(
            "{} manages it and would revert a change. {}",
            owner.who, owner.instead
        ));
    }
    let place = match workload.kind {
        WorkloadKind::Pod => {
            "Change the file the pod was created from, then delete and create the pod: volumes \
             cannot be added to an existing pod."
        }
        WorkloadKind::Job => {
            "Change the file (or the CronJob) the Job was created from: volumes cannot be added \
             to an existing Job."
        }
        WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController => {
            "Change the file it was created from, then delete its pods one by one: nothing else \
             replaces them. A Deployment would."
        }
        WorkloadKind::PodTemplate => "Change the file it was created from.",
        WorkloadKind::Deployment
        | WorkloadKind::StatefulSet
        | WorkloadKind::DaemonSet
        | WorkloadKind::CronJob
        | WorkloadKind::Custom => return None,
    };
    Some(place.to_owned())
}

/// The command that shows how; `None` where `migrate` could change nothing, or is not the way to
/// change it.
fn command(
    inventory: &Inventory,
    workload: &Workload,
    variables: &[SecretReference],
) -> Option<CommandLine> {
    let migrate = CommandLine::secretsafe("migrate");
    if workload.kind == WorkloadKind::Custom {
        return None;
    }
    let Some(source) = inventory.source(workload.origin) else {
        let ObjectId { namespace, .. } = &workload.id;
        return elsewhere(workload)
            .is_none()
            .then(|| migrate.name(&workload.id.short()).namespace(namespace));
    };
    if let Some(folder) = &inventory.kustomization {
        return Some(migrate.flag("-k", folder));
    }
    match &source.read_from {
        ReadFrom::StandardInput => None,
        ReadFrom::Kustomization(folder) => Some(migrate.flag("-k", folder)),
        ReadFrom::File | ReadFrom::Reached => {
            let mut files = vec![source.text.name()];
            // The keys behind envFrom are in another file.
            let keys = variables
                .iter()
                .filter(|reference| matches!(reference.usage, Usage::AllVariables { .. }))
                .filter_map(|reference| {
                    let namespace = &workload.id.namespace;
                    let origin = match inventory.lookup(namespace, &reference.secret.value) {
                        Lookup::Present(facts) => facts.origin,
                        Lookup::Expected(producer) => producer.origin,
                        Lookup::Missing | Lookup::Unknown(_) => return None,
                    };
                    let source = inventory.source(origin)?;
                    (source.read_from == ReadFrom::File).then(|| source.text.name())
                });
            for file in keys {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
            Some(
                files
                    .iter()
                    .fold(migrate, |migrate, file| migrate.file(file)),
            )
        }
    }
}

/// How much of a workload `migrate` skips.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skips {
    Some,
    All,
}

/// What `migrate` skips in files, and what to do about it: an `envFrom` whose keys are not known.
fn skipped(
    inventory: &Inventory,
    workload: &Workload,
    variables: &[SecretReference],
) -> Option<(Skips, String)> {
    if workload.origin == Origin::Live {
        return None;
    }
    let is_known = |reference: &SecretReference| match inventory
        .lookup(&workload.id.namespace, &reference.secret.value)
    {
        Lookup::Present(facts) => facts.keys.is_complete(),
        Lookup::Expected(producer) => producer.keys.is_complete(),
        Lookup::Missing | Lookup::Unknown(_) => false,
    };
    let unknown: BTreeSet<&str> = variables
        .iter()
        .filter(|reference| matches!(reference.usage, Usage::AllVariables { .. }))
        .filter(|reference| !is_known(reference))
        .map(|reference| reference.secret.value.as_str())
        .collect();
    if unknown.is_empty() {
        return None;
    }
    let skips = match variables.iter().all(|reference| {
        matches!(reference.usage, Usage::AllVariables { .. })
            && unknown.contains(reference.secret.value.as_str())
    }) {
        true => Skips::All,
        false => Skips::Some,
    };
    let names = listed(unknown);
    Some((
        skips,
        format!(
            "migrate skips envFrom of Secret {names}, since its keys are not known here: give its \
             manifest too, with a further -f, or list the keys under env with secretKeyRef."
        ),
    ))
}

/// What would give variables another value if their entries were removed, which `migrate`
/// does not do.
fn others(
    inventory: &Inventory,
    workload: &Workload,
    variables: &[SecretReference],
) -> Vec<String> {
    let of_variable = |variable: &SecretReference| {
        let Usage::Variable { name } = &variable.usage else {
            return None;
        };
        let own = container(workload, variable)?;
        let map = own.env_from.iter().find_map(|source| {
            let EnvFromSource::ConfigMap(map) = &source.source else {
                return None;
            };
            let key = name.strip_prefix(source.prefix.as_str())?;
            let keys = inventory.config_map_keys(&workload.id.namespace, &map.value)?;
            keys.contains(key).then_some(&map.value)
        })?;
        Some(format!(
            "Remove {name} from ConfigMap {map} first: container {} would get its value instead.",
            own.name
        ))
    };
    let all: BTreeSet<_> = variables.iter().filter_map(of_variable).collect();
    all.into_iter().collect()
}

/// The variables of which the next step says that the app reads their files.
fn confirmed(variables: &[SecretReference]) -> String {
    let names: Option<Vec<_>> = variables
        .iter()
        .map(|reference| match &reference.usage {
            Usage::Variable { name } if is_plain(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    // Of an envFrom entry nothing here tells the names, and some cannot stand in a list.
    names.map_or_else(|| "all".to_owned(), |names| names.join(","))
}

fn is_plain(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

#[cfg(test)]
#[path = "next_step_tests.rs"]
mod tests;
