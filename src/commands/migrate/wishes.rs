//! What was asked for and is nowhere: more likely a mistake than nothing to do.

use std::collections::BTreeSet;

use crate::commands::subjects::Subjects;
use crate::error::CommandError;
use crate::inventory::{Inventory, Lookup};
use crate::migration::{Options, Plan, ReadsFiles};
use crate::secret::key::check_object_name;
use crate::ui::Ui;
use crate::words::listed;
use crate::workload::near::near;
use crate::workload::{EnvSource, Usage, Workload, references};

/// Looks for every label, Secret and variable that was named. A variable that an earlier
/// run may have removed, or that an `envFrom` may set, is warned of.
///
/// # Errors
/// Status 2 for one that no workload has, with names that may have been meant.
pub(super) fn check<'p>(
    inventory: &Inventory,
    subjects: &Subjects,
    options: &Options,
    plans: impl Iterator<Item = &'p Plan> + Clone,
    ui: &Ui,
) -> Result<(), CommandError> {
    let chosen = subjects.chosen(inventory)?;
    let all = inventory.all().flat_map(|inventory| {
        let partials = inventory.partials.iter().map(|partial| &partial.workload);
        inventory.workloads.iter().chain(partials)
    });
    let workloads: Vec<&Workload> = all
        .filter(|workload| subjects.are_all() || chosen.contains(&workload.id))
        .collect();
    if workloads.is_empty() && !subjects.are_all() {
        return Err(subjects.match_nothing([inventory]));
    }
    secrets(&workloads, options)?;
    variables(inventory, &workloads, options, plans, ui)
}

/// How many variables name a Secret that a template fills in, or that none can be:
/// they are not looked at.
pub(super) fn without_a_name(inventory: &Inventory) -> usize {
    let all = inventory.all();
    all.flat_map(|inventory| &inventory.workloads)
        .flat_map(references)
        .filter(|reference| {
            matches!(
                reference.usage,
                Usage::Variable { .. } | Usage::AllVariables { .. }
            ) && check_object_name(&reference.secret.value).is_err()
        })
        .count()
}

fn secrets(workloads: &[&Workload], options: &Options) -> Result<(), CommandError> {
    let used: BTreeSet<String> = workloads
        .iter()
        .flat_map(|workload| references(workload))
        .map(|reference| reference.secret.value)
        .collect();
    let Some(unused) = options.secrets.iter().find(|name| !used.contains(*name)) else {
        return Ok(());
    };
    let error = CommandError::usage(format!("no workload here uses a Secret {unused}"));
    Err(meant(error, unused, used.iter().map(String::as_str)))
}

fn variables<'p>(
    inventory: &Inventory,
    workloads: &[&Workload],
    options: &Options,
    plans: impl Iterator<Item = &'p Plan> + Clone,
    ui: &Ui,
) -> Result<(), CommandError> {
    let ReadsFiles::Variables(named) = &options.reads_files else {
        return Ok(());
    };
    let known: BTreeSet<&str> = plans
        .flat_map(|plan| &plan.variables)
        .map(|variable| variable.name.as_str())
        .chain(workloads.iter().copied().flat_map(written))
        .collect();
    let names_file = |name: &str| {
        let replacement = format!("{name}_FILE");
        workloads
            .iter()
            .flat_map(|workload| &workload.pod.containers)
            .flat_map(|container| &container.env)
            .any(|entry| entry.name.value == replacement)
    };
    let is_meant = |name: &str| !near(name, known.iter().copied()).is_empty();
    let may_be_there = workloads
        .iter()
        .any(|workload| begun(workload, options) || open(inventory, workload));
    let unknown = |name: &&String| !known.contains(name.as_str()) && !names_file(name);
    for name in named.iter().filter(unknown) {
        let message =
            format!("--reads-files: no variable {name} takes its value from a Secret here");
        if may_be_there && !is_meant(name) {
            ui.warn(format!(
                "{message}, as far as can be seen: it may have been removed already, or be one of an envFrom"
            ));
            continue;
        }
        return Err(meant(CommandError::usage(message), name, known)
            .hint("Leave it out if it has been removed already."));
    }
    Ok(())
}

/// The variables that a workload itself names, also where the plan refuses them.
fn written(workload: &Workload) -> impl Iterator<Item = &str> {
    let containers = workload.pod.containers.iter();
    containers
        .flat_map(|container| &container.env)
        .filter(|entry| matches!(entry.source, EnvSource::SecretKey { .. }))
        .map(|entry| entry.name.value.as_str())
}

/// Whether files of an earlier run are there: its variables may be gone.
fn begun(workload: &Workload, options: &Options) -> bool {
    let secrets: BTreeSet<String> = references(workload)
        .into_iter()
        .map(|reference| options.mount_path.of(&reference.secret.value))
        .collect();
    let containers = workload.pod.containers.iter();
    containers
        .flat_map(|container| &container.mounts)
        .any(|mount| secrets.contains(&mount.path.value))
}

/// Whether it has an `envFrom` whose keys are not known: it may set any variable.
fn open(inventory: &Inventory, workload: &Workload) -> bool {
    references(workload).iter().any(|reference| {
        let lookup = inventory.lookup(&workload.id.namespace, &reference.secret.value);
        let is_known = match lookup {
            Lookup::Present(facts) => facts.keys.is_complete(),
            Lookup::Expected(producer) => producer.keys.is_complete(),
            Lookup::Missing | Lookup::Unknown(_) => false,
        };
        matches!(reference.usage, Usage::AllVariables { .. }) && !is_known
    })
}

fn meant<'n>(
    error: CommandError,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> CommandError {
    let known: BTreeSet<&str> = known.into_iter().collect();
    match near(name, known.iter().copied()).as_slice() {
        [] if known.is_empty() => error,
        [] => error.hint(format!("Used here: {}.", listed(known))),
        near => error.hint(format!("Did you mean {}?", listed(near.iter().copied()))),
    }
}
