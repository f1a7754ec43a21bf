//! Workloads in a cluster.

use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint};
use crate::commands::dry_run::DryRun;
use crate::commands::input::{self, Purpose};
use crate::commands::question::{self, Agreement};
use crate::error::{CommandError, ExitStatus};
use crate::gathering::live::Namespaces;
use crate::migration::{Phase, Plan, VerifyRead};
use crate::outcome::{Kind, Outcome};
use crate::output::migration::Row;
use crate::ui::Ui;
use crate::words::folded;
use crate::workload::ObjectId;

use super::arguments::{Format, MigrateArgs};
use super::change::{Change, see_the_end};
use super::images::Images;
use super::planner::{Planner, settle_of};
use super::show::Show;
use super::{answer, blind, ownership, status, undo, verify, wishes};
use crate::journal::{self, Annotation};
use crate::live::Target;

pub(super) async fn run(args: &MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.output == Format::Diff {
        return Err(CommandError::usage("-o diff is for files (-f, -k)")
            .hint("The plan of a live workload has its patch with -o json."));
    }
    let mut show = Show::new(args, ui);
    let mut outcome = Outcome::default();
    let status = carry_through(args, &mut show, &mut outcome, ui).await;
    let ended = show.end(&outcome, &status);
    let status = status?;
    match ended {
        Err(error) if !args.is_dry_run() => Err(CommandError::partial(format!(
            "what had to be done is done, but {}",
            error.message()
        ))),
        ended => ended.map(|()| status),
    }
}

async fn carry_through(
    args: &MigrateArgs,
    show: &mut Show<'_>,
    outcome: &mut Outcome,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let options = args.options()?;
    let subjects = args.subjects()?;
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let namespaces = args.namespaces(&cluster);
    let inventory =
        input::survey(&cluster, cluster.server(), &namespaces, Purpose::Checks, ui).await?;
    let images = Images::of_cluster(args, &options, &inventory, &subjects, ui).await?;
    let mut planner = Planner::new(args, &inventory, options, images);
    let mut plans = planner.plans(&subjects)?;
    if ownership::settle(args, &cluster, &mut planner, &plans, ui).await {
        plans = planner.plans(&subjects)?;
    }
    if planner.options.verify == VerifyRead::Ask {
        verify::permission(&cluster, &plans).await?;
        if planner.options.phase != Phase::Mount {
            for plan in &plans {
                let readable = verify::ask(&cluster, &inventory, plan, ui).await?;
                planner.learn(&plan.subject, readable);
            }
            plans = planner.plans(&subjects)?;
        }
    }
    if args.result.status {
        blind::check(&cluster, &inventory, &subjects, &plans)?;
        let plans: Vec<_> = plans.iter().collect();
        let progress = status::progress(&inventory, &plans, &subjects.chosen(&inventory)?);
        return status::show(args, &progress, outcome, ui);
    }
    let blind = blind::check(&cluster, &inventory, &subjects, &plans);
    if blind.is_ok() {
        wishes::check(&inventory, &subjects, &planner.options, plans.iter(), ui)?;
        if plans.is_empty() {
            ui.note("no workload here gets a Secret as an environment variable: nothing to do");
        }
    }
    let named = plans.iter().map(|plan| (plan, name(&plan.subject)));
    *outcome = answer::planned(args, &planner.options, named);
    let rows: Vec<_> = plans
        .iter()
        .map(|plan| Row::new(plan, None, &planner.options))
        .collect();
    status::report(args, &rows, outcome, ui)?;
    show.plans(&planner.options, &plans)?;
    blind?;
    answer::images(plans.iter())?;
    let removal = answer::removal(&planner.options, plans.iter());
    let changes = plans.iter().any(Plan::changes);
    let unfinished: Vec<_> = plans
        .iter()
        .filter(|plan| !plan.changes())
        .filter_map(|plan| Target::new(&cluster, &plan.subject))
        .filter(|target| journal::is_unfinished(&inventory, target.id, Annotation::MIGRATION))
        .collect();
    if args.result.dry_run.mode == DryRun::Server {
        for plan in plans.iter().filter(|plan| plan.changes()) {
            try_out(args, &cluster, &planner, plan, show, ui).await?;
        }
    }
    if args.is_dry_run() || !changes && unfinished.is_empty() {
        return answer::end(args, outcome, removal);
    }
    if changes && !args.result.yes {
        let instead = "Look at the plan with --dry-run, then run it again with --yes.";
        question::possible(ui, instead)?;
    }
    let mut agreement = Agreement::unless(args.result.yes);
    for plan in plans.iter().filter(|plan| plan.changes()) {
        let name = name(&plan.subject);
        if agreement.asks() {
            show.before_question(plans.len(), plan);
        }
        let ended = migrate(args, &cluster, &planner, plan, &mut agreement, show, ui).await;
        let kind = match ended {
            Ok(Ended::Whole) => Kind::Changed,
            Ok(Ended::Partly) => {
                outcome.add(Kind::Refused, &name);
                Kind::Changed
            }
            Ok(Ended::Declined) => {
                ui.note(format!("{} unchanged", plan.subject.short()));
                Kind::Declined
            }
            Err(error) => {
                let done = outcome.count(Kind::Changed);
                match error.status() {
                    ExitStatus::RolledBack => outcome.turn(Kind::WouldChange, Kind::Failed, &name),
                    // It is changed, and what became of its pods is not known.
                    ExitStatus::Partial => {
                        outcome.turn(Kind::WouldChange, Kind::Changed, &name);
                        outcome.add(Kind::NotSeen, format!("pods of {name}"));
                    }
                    _ => {}
                }
                return Err(question::stopped(ui, done, "migrated", error));
            }
        };
        outcome.turn(Kind::WouldChange, kind, &name);
    }
    let waited_for = unfinished.iter().filter(|_| !agreement.is_stopped());
    for target in waited_for {
        let name = name(target.id);
        if see_the_end(args, target, &settle_of(args, &inventory, target.id), ui).await {
            outcome.turn(Kind::Kept, Kind::Changed, &name);
        } else {
            outcome.add(Kind::Refused, name);
        }
    }
    answer::end(args, outcome, removal)
}

fn name(subject: &ObjectId) -> String {
    format!("{} in {}", subject.short(), subject.namespace)
}

/// Has the server check the change of one workload.
async fn try_out(
    args: &MigrateArgs,
    cluster: &Cluster,
    planner: &Planner<'_>,
    shown: &Plan,
    show: &mut Show<'_>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let Some(target) = Target::new(cluster, &shown.subject) else {
        return Ok(());
    };
    let change = Change {
        args,
        target: &target,
        planner,
        shown,
        ui,
    };
    change.try_out(show).await
}

/// How the migration of one workload ended.
enum Ended {
    Whole,
    /// Something of it is left to do.
    Partly,
    /// The user said no.
    Declined,
}

async fn migrate(
    args: &MigrateArgs,
    cluster: &Cluster,
    planner: &Planner<'_>,
    shown: &Plan,
    agreement: &mut Agreement,
    show: &mut Show<'_>,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    let Some(target) = Target::new(cluster, &shown.subject) else {
        return Ok(Ended::Partly);
    };
    let name = shown.subject.short();
    if !target
        .may_be_changed()
        .await
        .map_err(ClusterError::unmasked)?
    {
        return Err(
            CommandError::unavailable(format!("you may not patch {name}")).hint(Hint::run(
                "Migrate its file with -f, or print the Role that is enough",
                CommandLine::secretsafe("migrate --print-rbac").namespace(&shown.subject.namespace),
            )),
        );
    }
    let question = format!("Change {name} in {}?", shown.subject.namespace);
    if !agreement.to(ui, &question, &name)? {
        return Ok(Ended::Declined);
    }
    let change = Change {
        args,
        target: &target,
        planner,
        shown,
        ui,
    };
    change.carry_out(show).await?;
    let asks = planner.options.verify == VerifyRead::Ask && shown.unproven().next().is_some();
    let whole = !asks || after_rollout(args, &target, planner, shown, agreement, show, ui).await?;
    ui.hint(undo::command(&shown.subject));
    Ok(if whole { Ended::Whole } else { Ended::Partly })
}

/// Once the files have reached the pods, asks one whether it can read them, and
/// removes the variables of those it can where that is the plan; `false` when
/// variables that were to go are still there.
async fn after_rollout(
    args: &MigrateArgs,
    target: &Target<'_>,
    planner: &Planner<'_>,
    first: &Plan,
    agreement: &mut Agreement,
    show: &mut Show<'_>,
    ui: &Ui,
) -> Result<bool, CommandError> {
    let cluster = target.cluster;
    let name = target.id.short();
    let namespaces = Namespaces::One(target.id.namespace.clone());
    let not_asked = |error: CommandError| {
        CommandError::partial(format!(
            "{name} has the files and keeps the variables: its container could not be asked: {}",
            error.message()
        ))
        .hint(undo::command(target.id))
    };
    let inventory = input::survey(cluster, cluster.server(), &namespaces, Purpose::Checks, ui)
        .await
        .map_err(not_asked)?;
    let (options, images) = (planner.options.clone(), planner.images.clone());
    let mut planner = Planner::new(args, &inventory, options, images);
    let Some(mounted) = planner.plan_of(target.id) else {
        return Ok(false);
    };
    let readable = verify::ask(cluster, &inventory, &mounted, ui)
        .await
        .map_err(not_asked)?;
    for (container, files) in &readable {
        let files = folded(files.iter().map(String::as_str));
        ui.note(format!("container {container} of {name} can read {files}"));
    }
    if !first.has_second_step() {
        return Ok(true);
    }
    planner.learn(target.id, readable);
    planner.options.phase = Phase::RemoveVariables;
    planner.options.verify = VerifyRead::Never;
    let Some(second) = planner.plan_of(target.id).filter(Plan::changes) else {
        return Ok(false);
    };
    show.plans(&planner.options, std::slice::from_ref(&second))?;
    let question = format!("Remove these variables from {name}?");
    let agreed = agreement.to(ui, &question, &name);
    if !agreed.map_err(|error| question::after(1, error))? {
        return Ok(false);
    }
    let change = Change {
        args,
        target,
        planner: &planner,
        shown: &second,
        ui,
    };
    change.carry_out(show).await?;
    Ok(!second.falls_short(&planner.options))
}
