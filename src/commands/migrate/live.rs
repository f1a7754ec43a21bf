//! Workloads in a cluster.

use crate::cluster::{Cluster, ClusterError, WriteOutcome};
use crate::commands::input::{self, Purpose, told};
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::gathering::live::Namespaces;
use crate::inventory::Inventory;
use crate::manifest::json_patch;
use crate::migration::journal::{self, Journal};
use crate::migration::{Observed, Options, Phase, Plan, plan, preflight};
use crate::output::migration;
use crate::ui::{Questions, Ui};
use crate::workload::{Object, Usage, Workload, references};

use super::arguments::{Format, MigrateArgs};
use super::target::{ATTEMPTS, Outcome, Target};
use super::undo;

pub(super) async fn run(args: &MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let options = args.options()?;
    let subjects = Subjects::new(&args.objects, args.input.selector.as_deref())?;
    let cluster = Cluster::connect(&args.connection).await.map_err(told)?;
    let namespaces = if args.input.all_namespaces {
        Namespaces::All
    } else {
        Namespaces::One(cluster.namespace().to_owned())
    };
    let inventory = input::survey(&cluster, cluster.server(), &namespaces, Purpose::Checks, ui)
        .await
        .map_err(told)?;
    let plans = plans(args, &inventory, &subjects, &options)?;
    show(args, &plans, ui)?;
    let changes = plans.iter().any(Plan::changes);
    let refuses = plans.iter().any(Plan::refuses);
    if args.result.dry_run || !changes {
        return Ok(match (changes, refuses) {
            (true, _) if args.result.exit_code => ExitStatus::Findings,
            (false, true) => ExitStatus::Usage,
            _ => ExitStatus::Ok,
        });
    }
    if !args.result.yes && ui.questions() == Questions::Forbidden {
        return Err(
            CommandError::usage("there is no terminal to confirm at; nothing was changed")
                .hint("Look at the plan with --dry-run, then run it again with --yes."),
        );
    }
    let mut left = 0;
    for plan in plans.iter().filter(|plan| plan.changes()) {
        if !migrate(args, &cluster, &inventory, &options, plan, ui).await? {
            left += 1;
        }
    }
    if left > 0 {
        return Err(CommandError::partial(format!(
            "{left} of the workloads were left as they were"
        )));
    }
    Ok(if refuses {
        ExitStatus::Partial
    } else {
        ExitStatus::Ok
    })
}

/// The plans of all chosen workloads.
fn plans(
    args: &MigrateArgs,
    inventory: &Inventory,
    subjects: &Subjects,
    options: &Options,
) -> Result<Vec<Plan>, CommandError> {
    let chosen = subjects.chosen(inventory)?;
    let plans: Vec<_> = inventory
        .workloads
        .iter()
        .filter(|workload| chosen.contains(&workload.id))
        .filter(|workload| !subjects.are_all() || has_variables(workload, options))
        .map(|workload| {
            let object = inventory.object_of(workload);
            one(args, inventory, workload, object, options)
        })
        .collect();
    Ok(plans)
}

fn has_variables(workload: &Workload, options: &Options) -> bool {
    references(workload).iter().any(|reference| {
        options.wants(reference.secret.as_str())
            && matches!(
                reference.usage,
                Usage::Variable { .. } | Usage::AllVariables { .. }
            )
    })
}

/// The plan of one workload, with what speaks against it in a cluster.
fn one(
    args: &MigrateArgs,
    inventory: &Inventory,
    workload: &Workload,
    object: Option<&Object>,
    options: &Options,
) -> Plan {
    let Some(object) = object else {
        return Plan::unseen(workload);
    };
    let observed = observed(inventory, workload);
    let mut plan = plan(inventory, workload, object, options, &observed);
    preflight::check(inventory, workload, args.others(), &mut plan);
    if options.phase == Phase::RemoveVariables {
        preflight::rolled_out(inventory, workload, &mut plan);
    }
    plan
}

/// The uids that running containers have, where all pods agree.
fn observed(inventory: &Inventory, workload: &Workload) -> Observed {
    let mut observed = Observed::default();
    for container in &workload.pod.containers {
        let uids: std::collections::BTreeSet<_> = inventory
            .pods_of(&workload.id)
            .filter_map(|pod| pod.status(&container.name))
            .map(|status| status.uid)
            .collect();
        if let (1, Some(Some(uid))) = (uids.len(), uids.first()) {
            observed.uids.insert(container.name.clone(), *uid);
        }
    }
    observed
}

fn show(args: &MigrateArgs, plans: &[Plan], ui: &Ui) -> Result<(), CommandError> {
    if plans.is_empty() {
        ui.note("no workload here takes a Secret as environment variable: nothing to do");
    }
    ui.document(|out| match args.result.output {
        Format::Json => migration::json(&plans.iter().collect::<Vec<_>>(), out),
        Format::Text => plans
            .iter()
            .try_for_each(|plan| migration::text(plan, &args.plan.snippets, out)),
    })
}

/// Migrates one workload; `false` when the user said no.
async fn migrate(
    args: &MigrateArgs,
    cluster: &Cluster,
    inventory: &Inventory,
    options: &Options,
    shown: &Plan,
    ui: &Ui,
) -> Result<bool, CommandError> {
    let Some(target) = Target::new(cluster, &shown.subject) else {
        return Ok(false);
    };
    let name = shown.subject.short();
    if !target.may_be_changed().await.map_err(told)? {
        return Err(
            CommandError::unavailable(format!("you may not patch {name}"))
                .hint("Ask for the verb patch on it, or migrate its file with -f."),
        );
    }
    let question = format!("Change {name} in {}?", shown.subject.namespace);
    if !args.result.yes && !confirmed(ui, &question)? {
        return Ok(false);
    }
    apply(args, &target, inventory, options, shown, ui).await?;
    let progress = ui.progress();
    let outcome = target
        .wait(args.patience(), &|step| progress.step(step))
        .await;
    drop(progress);
    match outcome {
        Ok(Outcome::Done) => ui.note(format!("{name} migrated; its pods have the change")),
        Ok(Outcome::ByHand(why)) => ui.note(format!("{name} migrated; {why}")),
        Ok(Outcome::Failed(why)) => return Err(failed(args, &target, &why, ui).await),
        Err(error) => {
            let told = told(error);
            return Err(CommandError::partial(format!(
                "{name} was changed, and what became of its pods is not known: {}",
                told.message()
            ))
            .hint(undo::command(&shown.subject)));
        }
    }
    ui.hint(undo::command(&shown.subject));
    Ok(true)
}

fn confirmed(ui: &Ui, question: &str) -> Result<bool, CommandError> {
    ui.confirm(question)
        .map_err(|_| CommandError::new(ExitStatus::Interrupted, "no answer; nothing was changed"))
}

/// Writes the change. What somebody else changes meanwhile is planned anew; a
/// plan that came out differently is shown and asked about again.
async fn apply(
    args: &MigrateArgs,
    target: &Target<'_>,
    inventory: &Inventory,
    options: &Options,
    shown: &Plan,
    ui: &Ui,
) -> Result<(), CommandError> {
    let name = target.id.short();
    let mut agreed = shown.operations.clone();
    for _ in 0..ATTEMPTS {
        let object =
            target.read().await.map_err(told)?.ok_or_else(|| {
                CommandError::usage(format!("{name} is gone; nothing was changed"))
            })?;
        let workload = Workload::of(&object)
            .ok_or_else(|| CommandError::usage(format!("{name} has no pod template")))?;
        let now = one(args, inventory, &workload, Some(&object), options);
        if !now.changes() {
            return if now.refuses() {
                show(args, &[now], ui)?;
                Err(CommandError::usage(format!(
                    "{name} has changed meanwhile; nothing was changed"
                )))
            } else {
                Ok(())
            };
        }
        if now.operations != agreed {
            ui.warn(format!(
                "{name} has changed meanwhile; this is the plan now"
            ));
            show(args, std::slice::from_ref(&now), ui)?;
            if !args.result.yes && !confirmed(ui, &format!("Change {name}?"))? {
                return Err(CommandError::usage("nothing was changed"));
            }
            agreed.clone_from(&now.operations);
        }
        let unfit = |error: json_patch::PatchError| {
            CommandError::usage(format!("{name} cannot be changed: {error}"))
        };
        let undo = journal::inverse(&object, &now.operations).map_err(unfit)?;
        let journal = Journal::of(&object)
            .map_err(|error| CommandError::usage(error.to_string()))?
            .with(undo);
        let mut expected = journal::specification(&object).map_err(unfit)?;
        json_patch::apply(&mut expected, &now.operations).map_err(unfit)?;
        let written = target
            .change(&object, &now.operations, &journal, |tried| {
                if let Ok(tried) = journal::specification(tried) {
                    for place in json_patch::differences(&expected, &tried) {
                        ui.warn(format!("admission in the cluster also changes {place}"));
                    }
                }
            })
            .await;
        match written {
            Ok(()) => return Ok(()),
            Err(ClusterError::Invalid { .. } | ClusterError::Conflict { .. })
                if target.changed_since(&object).await => {}
            Err(error) if error.outcome() == WriteOutcome::Unknown => {
                // The next round finds the change there, or makes it.
            }
            Err(error) => return Err(told(error)),
        }
    }
    Err(CommandError::usage(format!(
        "{name} keeps changing while it is to be changed; nothing was changed"
    )))
}

/// New pods do not get ready: the template goes back, unless it is to stay.
async fn failed(args: &MigrateArgs, target: &Target<'_>, why: &str, ui: &Ui) -> CommandError {
    let name = target.id.short();
    if args.result.no_undo {
        return CommandError::partial(format!("{name} was changed and {why}"))
            .hint(undo::command(target.id));
    }
    ui.warn(format!("{why}; taking {name} back to what it was"));
    match undo::take_back(target, args.patience(), ui).await {
        Ok(()) => CommandError::new(
            ExitStatus::RolledBack,
            format!("{name} is what it was before: {why}"),
        )
        .hint("Its old pods went on throughout, unless its strategy ends them first."),
        Err(error) => CommandError::partial(format!(
            "{name} was changed, {why}, and could not be taken back: {}",
            error.message()
        ))
        .hint(undo::command(target.id)),
    }
}
