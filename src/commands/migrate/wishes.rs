//! What was asked for and is nowhere: more likely a mistake than nothing to do.

use std::collections::BTreeSet;

use crate::commands::subjects::Subjects;
use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::migration::{Options, Plan, ReadsFiles};
use crate::secret::key::check_object_name;
use crate::words::listed;
use crate::workload::near::near;
use crate::workload::{Usage, Workload, references};

/// Looks for every label, Secret and variable that was named.
///
/// # Errors
/// Status 2 for one that no workload has, with names that may have been meant.
pub(super) fn check<'p>(
    inventory: &Inventory,
    subjects: &Subjects,
    options: &Options,
    plans: impl Iterator<Item = &'p Plan> + Clone,
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
    variables(&workloads, options, plans)
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
    workloads: &[&Workload],
    options: &Options,
    plans: impl Iterator<Item = &'p Plan> + Clone,
) -> Result<(), CommandError> {
    let ReadsFiles::Variables(named) = &options.reads_files else {
        return Ok(());
    };
    // What is refused may have variables of any name.
    if plans.clone().any(Plan::refuses) {
        return Ok(());
    }
    let known: BTreeSet<&str> = plans
        .flat_map(|plan| &plan.variables)
        .map(|variable| variable.name.as_str())
        .collect();
    // All are removed.
    if known.is_empty() {
        return Ok(());
    }
    let names_file = |name: &str| {
        let replacement = format!("{name}_FILE");
        workloads
            .iter()
            .flat_map(|workload| &workload.pod.containers)
            .flat_map(|container| &container.env)
            .any(|entry| entry.name.value == replacement)
    };
    // Variables of an earlier run are gone, and their files are where it put them.
    let is_begun = workloads.iter().any(|workload| {
        let secrets: BTreeSet<String> = references(workload)
            .into_iter()
            .map(|reference| options.mount_path.of(&reference.secret.value))
            .collect();
        workload
            .pod
            .containers
            .iter()
            .flat_map(|container| &container.mounts)
            .any(|mount| secrets.contains(&mount.path.value))
    });
    let is_meant = |name: &str| !near(name, known.iter().copied()).is_empty();
    let unknown = named.iter().find(|name| {
        !known.contains(name.as_str()) && !names_file(name) && (!is_begun || is_meant(name))
    });
    let Some(unknown) = unknown else {
        return Ok(());
    };
    let error = CommandError::usage(format!(
        "--reads-files: no variable {unknown} takes its value from a Secret here"
    ));
    Err(meant(error, unknown, known).hint("Leave it out if it has been removed already."))
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
