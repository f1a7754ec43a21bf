//! Runs that have begun before: seeing them, going on with them, taking them back.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError};
use crate::commands::{input, question};
use crate::error::{CommandError, ExitStatus};
use crate::live::restart;
use crate::live::run::RunSecret;
use crate::outcome::{Kind, Outcome};
use crate::output::rotation::{Changed, Ended, runs_v1};
use crate::rotation::census::Running;
use crate::rotation::hooks::{OtherSide, Task};
use crate::rotation::plan::{self, Plan, Volumes};
use crate::rotation::record::{Check, RUN_LABEL, Record, Trial, name_of};
use crate::rotation::state::Phase;
use crate::ui::Ui;

use super::arguments::RotateArgs;
use super::back;
use super::carry::Settings;
use super::hooks::Hooks;
use super::replaced::{Removed, Unseen};
use super::run::Run;
use super::view::View;
use super::words;
use super::{Report, end, options, preflight, replaced, settings, subjects, survey, verify};

/// The lone Secret that the words name.
fn named(args: &RotateArgs) -> Result<String, CommandError> {
    let subjects = subjects::subjects(&args.words)?;
    if subjects.values().any(|keys| !keys.is_empty()) {
        return Err(
            CommandError::usage("an earlier run is named by its Secret alone")
                .hint("Leave the keys out: the run knows them."),
        );
    }
    let mut names = subjects.into_keys();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        _ => Err(CommandError::usage("name one Secret of the run")),
    }
}

/// Asks, unless `--yes` is there.
fn agreed(args: &RotateArgs, question: &str, name: &str, ui: &Ui) -> Result<(), CommandError> {
    if args.result.yes {
        return Ok(());
    }
    question::possible(ui, "Run it again with --yes.")?;
    match question::confirmed(ui, question, name)? {
        true => Ok(()),
        false => Err(CommandError::usage("not confirmed; nothing was changed")),
    }
}

/// What is known of a run, before anything is done with it.
fn describe(run: &Run<'_>, ui: &Ui) {
    let state = run.state();
    for member in &run.members {
        let record = &member.record;
        ui.note(format!(
            "secret/{} ({}): the run {} of {} {}",
            record.secret.name,
            record.keys.join(", "),
            record.run.as_str(),
            restart::text(record.began),
            state.phase.words()
        ));
    }
    if let Some(restarts) = run.restarts() {
        let names: Vec<_> = (restarts.workloads.iter())
            .map(|one| one.id(run.namespace).short())
            .collect();
        if !names.is_empty() {
            let names = crate::words::folded(names.iter().map(String::as_str));
            ui.note(format!("its restarts: {names}"));
        }
    }
}

/// `--resume`.
pub(super) async fn resume(
    args: &RotateArgs,
    cluster: &Cluster,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let name = named(args)?;
    let namespace = cluster.namespace();
    let mut run = Run::find(cluster, namespace, &name, ui).await?;
    describe(&run, ui);
    if run.state().phase == Phase::Kept {
        return Err(
            CommandError::usage("the run is finished: there is nothing to resume").hint(
                crate::command_line::Hint::run(
                    "To bring the old value back",
                    run.command("--undo"),
                ),
            ),
        );
    }
    if !run.is_whole() && run.state().phase == Phase::Retire {
        // Everything is done but the removal of the run's own Secrets.
        agreed(args, "Go on with this run?", &format!("secret/{name}"), ui)?;
        run.take_over().await?;
        run.remove().await?;
        let mut report = over(args, &run, ui);
        for (secret, name) in names_of(&run) {
            report.outcome.add(Kind::Changed, name);
            report.line(format!("secret/{secret} rotated"));
        }
        return report.end(Ended::Done, None);
    }
    if !run.is_whole() {
        return Err(CommandError::usage(
            "the run had stored only a part of its values, and has written none of them",
        )
        .hints(run.ways().into_iter().skip(1)));
    }
    let wishes = run.members[0].record.wishes.clone();
    let goes_back = run.state().phase == Phase::Back;
    if wishes.check == Check::Command && args.value.verify_exec.is_none() && !goes_back {
        return Err(CommandError::usage(
            "the run was to prove the new value with --verify-exec; that command is not recorded",
        )
        .hint("Repeat it, or use another one such as: --verify-exec CONTAINER -- true."));
    }
    run.hooks = Hooks::of(&args.other_side, cluster.namespace())?;
    match goes_back {
        true => has_way_back(&run)?,
        false => run.hooks.has_all(&wishes.hooks)?,
    }
    agreed(args, "Go on with this run?", &format!("secret/{name}"), ui)?;
    run.take_over().await?;
    let before = Running::default();
    if goes_back {
        return take_back(args, run, &before, ui).await;
    }
    let records: Vec<&Record> = run.members.iter().map(|member| &member.record).collect();
    let names: Vec<_> = records
        .iter()
        .map(|record| record.secret.name.as_str())
        .collect();
    let inventory = survey(cluster, &names, ui).await?;
    let mut outcome = Outcome::default();
    let secrets: Vec<Changed> = records.iter().map(|record| shown(record)).collect();
    for secret in &secrets {
        outcome.add(
            Kind::WouldChange,
            format!("secret/{} in {namespace}", secret.name),
        );
    }
    let mut again = args.clone();
    for trial in &wishes.trials {
        match trial {
            Trial::Rehearse => {
                again.value.rehearse.get_or_insert_default();
            }
            Trial::Pull => again.value.verify_pull = true,
        }
    }
    let args = &again;
    let told = settings(args);
    let settings = Settings {
        volumes: match told.volumes {
            Volumes::Restart => Volumes::Restart,
            Volumes::Refresh => wishes.volumes,
        },
        grace: told.grace.max(Duration::from_secs(wishes.grace)),
        keep: told.keep.or(wishes.keep.map(Duration::from_secs)),
        ..told
    };
    let options = plan::Options {
        volumes: settings.volumes,
        moves: run.moves(),
        ..options(args)?
    };
    let report = Report {
        args,
        namespace,
        id: Some(records[0].run.as_str().to_owned()),
        secrets,
        plan: in_recorded_waves(Plan::new(&inventory, &run.keys(), &options), &run),
        outcome,
        ui,
    };
    report.show_plan()?;
    preflight::seen(&report.plan, &super::role_hint(args, namespace))?;
    let check = verify::Check::of(&args.value);
    end::carry_through(report, run, &inventory, &before, &settings, check.as_ref()).await
}

/// Refuses to take a run back that has changed the other side, where nothing can change
/// that back.
fn has_way_back(run: &Run<'_>) -> Result<(), CommandError> {
    match run.state().other_side {
        OtherSide::New => run.hooks.has_all(&[Task::Set].into()),
        OtherSide::Retired if run.hooks.has(Task::Set) => Ok(()),
        OtherSide::Retired => Err(CommandError::usage(
            "the old value was ended on the other side of the credential, and nothing says how to bring it back there",
        )
        .hint("Name a program that gives it the old value with --set-exec.")),
        OtherSide::Untouched | OtherSide::Restored => Ok(()),
    }
}

/// The plan in the order that the run began with.
fn in_recorded_waves(mut plan: Plan, run: &Run<'_>) -> Plan {
    let known = run.restarts().map_or_else(Vec::new, |all| all.workloads);
    for affected in &mut plan.workloads {
        if let Some(known) = known.iter().find(|known| known.uid == affected.uid) {
            affected.wave = known.wave;
        }
    }
    (plan.workloads).sort_by(|one, other| (one.wave, &one.id).cmp(&(other.wave, &other.id)));
    plan
}

fn shown(record: &Record) -> Changed {
    let from = || "the run".to_owned();
    Changed {
        name: record.secret.name.clone(),
        keys: record
            .keys
            .iter()
            .map(|key| (key.clone(), from()))
            .collect(),
        unchanged: Vec::new(),
        run_secret: name_of(&record.secret.name),
        successor: record.successor.clone(),
        copies: Vec::new(),
        mirrors: Vec::new(),
        exposure: Vec::new(),
    }
}

/// `--abort`.
pub(super) async fn abort(
    args: &RotateArgs,
    cluster: &Cluster,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let name = named(args)?;
    let mut run = Run::find(cluster, cluster.namespace(), &name, ui).await?;
    describe(&run, ui);
    if run.state().phase == Phase::Kept {
        return Err(
            CommandError::usage("the run is done").hint(crate::command_line::Hint::run(
                "To bring the old value back",
                run.command("--undo"),
            )),
        );
    }
    if !run.is_whole() && run.state().phase == Phase::Retire {
        return Err(
            CommandError::usage("the run is done but for the removal of its own Secrets")
                .hint(run.ways()[0].clone()),
        );
    }
    run.hooks = Hooks::of(&args.other_side, cluster.namespace())?;
    if run.state().phase == Phase::Retire && run.replaced_is_gone().await {
        return Err(CommandError::usage(
            "the run is done but for the removal of its own Secrets: the old Secret is gone",
        )
        .hint(run.ways()[0].clone()));
    }
    has_way_back(&run)?;
    agreed(args, "Take this run back?", &format!("secret/{name}"), ui)?;
    run.take_over().await?;
    take_back(args, run, &Running::default(), ui).await
}

/// `--undo`.
pub(super) async fn undo(
    args: &RotateArgs,
    cluster: &Cluster,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let name = named(args)?;
    let mut run = Run::find(cluster, cluster.namespace(), &name, ui).await?;
    describe(&run, ui);
    if run.state().phase != Phase::Kept {
        return Err(CommandError::usage("the run is not over").hint(run.ways()[1].clone()));
    }
    run.hooks = Hooks::of(&args.other_side, cluster.namespace())?;
    has_way_back(&run)?;
    for one in run.moves() {
        if replaced::used_by(cluster, cluster.namespace(), &one.to, ui)
            .await?
            .is_none()
        {
            return Err(CommandError::usage(format!(
                "nothing names secret/{} any more, so a later change has taken its place; nothing was changed",
                one.to
            ))
            .hint("Take back the later one first."));
        }
    }
    agreed(
        args,
        "Bring the old value back?",
        &format!("secret/{name}"),
        ui,
    )?;
    run.take_over().await?;
    take_back(args, run, &Running::default(), ui).await
}

/// The Secrets of a run, each with its namespace too.
fn names_of(run: &Run<'_>) -> Vec<(String, String)> {
    let names = run.members.iter().map(|member| &member.record.secret.name);
    names
        .map(|name| {
            let whole = format!("secret/{name} in {}", run.namespace);
            (name.clone(), whole)
        })
        .collect()
}

/// What is told of a run whose end is all that is left to do.
fn over<'a>(args: &'a RotateArgs, run: &Run<'a>, ui: &'a Ui) -> Report<'a> {
    let records = run.members.iter().map(|member| &member.record);
    Report {
        args,
        namespace: run.namespace,
        id: Some(run.members[0].record.run.as_str().to_owned()),
        secrets: records.map(shown).collect(),
        plan: Plan::default(),
        outcome: Outcome::default(),
        ui,
    }
}

async fn take_back(
    args: &RotateArgs,
    mut run: Run<'_>,
    before: &Running,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let mut view = View::new(ui);
    let mut report = over(args, &run, ui);
    let names = names_of(&run);
    let taken = back::take_back(&mut run, before, args.restart.timeout, &mut view).await;
    drop(view);
    match taken {
        Ok(census) => {
            for (secret, name) in names {
                report.outcome.add(Kind::Changed, name);
                report.line(format!("secret/{secret} restored"));
            }
            ui.note(format!(
                "{} of {} running containers have the new value",
                census.behind.len(),
                census.running
            ));
            report.end(Ended::Done, None)
        }
        Err(error) => {
            run.let_go().await;
            for (_, name) in names {
                report
                    .outcome
                    .add(Kind::Refused, format!("the way back of {name}"));
            }
            report.document(Ended::NotAll, None, ExitStatus::Partial)?;
            Err(CommandError::partial(error.message())
                .hints(error.next_steps().to_vec())
                .hint(run.ways()[1].clone()))
        }
    }
}

/// The runs in the namespace.
struct Runs {
    /// The leading Secret of each.
    leading: Vec<RunSecret>,
    /// Secrets that have the label of a run, and of which nothing can be said.
    unreadable: Vec<String>,
}

async fn runs(cluster: &Cluster) -> Result<Runs, CommandError> {
    let namespace = cluster.namespace();
    let mut names = BTreeSet::new();
    cluster
        .list_secrets(Some(namespace), &mut |facts| {
            if facts.labels.contains_key(RUN_LABEL) {
                names.insert(facts.name);
            }
        })
        .await
        .map_err(ClusterError::unmasked)?;
    if names.is_empty() {
        input::is_in_a_namespace(cluster).await?;
    }
    let (mut all, mut unreadable) = (Vec::new(), Vec::new());
    for name in &names {
        match RunSecret::read_named(cluster, namespace, name).await {
            Ok(Some(run)) => all.push(run),
            Ok(None) => {}
            Err(_) => unreadable.push(name.clone()),
        }
    }
    let leads = |run: &RunSecret| run.record.secrets.first() == Some(&run.record.secret.name);
    let (leading, others): (Vec<_>, Vec<_>) = all.into_iter().partition(leads);
    // What is left of a run whose first Secret is gone is nobody's any more.
    let led = |run: &RunSecret| leading.iter().any(|lead| lead.record.run == run.record.run);
    let left = others.iter().filter(|run| !led(run));
    unreadable.extend(left.map(|run| run.name().to_owned()));
    Ok(Runs {
        leading,
        unreadable,
    })
}

/// `--status`.
pub(super) async fn status(
    args: &RotateArgs,
    cluster: &Cluster,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let namespace = cluster.namespace();
    let mut found = runs(cluster).await?;
    if !args.words.is_empty() {
        let name = named(args)?;
        let own = name_of(&name);
        found
            .leading
            .retain(|run| run.record.secrets.contains(&name));
        found.unreadable.retain(|other| *other == own);
    }
    let mut outcome = Outcome::default();
    for run in found.leading.iter().filter(|run| run.state.phase.is_open()) {
        if args.result.exit_code {
            outcome.add(Kind::Found, format!("run {}", run.record.run.as_str()));
        }
    }
    for name in &found.unreadable {
        not_a_run(&mut outcome, name, namespace, ui);
    }
    if let Some(syntax) = args.result.output.syntax() {
        let all = found.leading.iter().map(|run| (&run.record, &run.state));
        ui.document(|out| runs_v1::write(namespace, all, &outcome, syntax, out))?;
        return Ok(outcome.status());
    }
    for run in &found.leading {
        let kept = match run.state.keep {
            Some(keep) => format!(" until {}", restart::text(keep)),
            None => String::new(),
        };
        let line = format!(
            "secret/{}: the run {} of {} {}{kept}",
            run.record.secrets.join(", secret/"),
            run.record.run.as_str(),
            restart::text(run.record.began),
            run.state.phase.words()
        );
        ui.data_line(line).ok();
        let secret = &run.record.secret.name;
        match run.state.phase {
            Phase::Kept => ui.hint(crate::command_line::Hint::run(
                "To bring the old value back",
                words::command(secret, namespace, "--undo"),
            )),
            Phase::Back => ui.hint(words::way_back(secret, namespace)),
            _ => (words::ways(secret, namespace).into_iter()).for_each(|way| ui.hint(way)),
        }
        let flags = run.record.wishes.hooks.iter().map(|task| task.flag());
        if !run.record.wishes.hooks.is_empty() {
            ui.hint(format!(
                "It began with {}: add them, with the same programs.",
                crate::words::listed(flags)
            ));
        }
    }
    if found.leading.is_empty() && outcome.is_complete() {
        ui.note(format!("no run in {namespace}"));
    }
    Ok(outcome.status())
}

/// `--gc`.
pub(super) async fn collect(
    args: &RotateArgs,
    cluster: &Cluster,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let namespace = cluster.namespace();
    let now = Timestamp::now();
    let found = runs(cluster).await?;
    let mut report = Report {
        args,
        namespace,
        id: None,
        secrets: Vec::new(),
        plan: Plan::default(),
        outcome: Outcome::default(),
        ui,
    };
    for name in &found.unreadable {
        not_a_run(&mut report.outcome, name, namespace, ui);
    }
    let over: Vec<_> = (found.leading.into_iter())
        .filter(|run| {
            run.state.phase == Phase::Kept && run.state.keep.is_none_or(|keep| keep < now)
        })
        .collect();
    let replaced = replaced::removable(cluster, namespace, ui).await?;
    if over.is_empty() && replaced.is_empty() {
        if report.outcome.is_complete() {
            ui.note(format!(
                "no old value in {namespace} is over its time: nothing to do"
            ));
        }
        let result = match report.outcome.status() {
            ExitStatus::Ok => Ended::NothingToDo,
            status => Ended::with(status),
        };
        return report.end(result, None);
    }
    let mut names: Vec<_> = over
        .iter()
        .flat_map(|run| run.record.secrets.clone())
        .collect();
    names.extend(replaced.iter().cloned());
    agreed(
        args,
        &format!("Remove the old values of {}?", names.join(", ")),
        &names.join(", "),
        ui,
    )?;
    for lead in over {
        let removed = remove_kept(cluster, &lead, ui).await;
        let is_removed =
            removed.map_err(|error| question::after(report.outcome.count(Kind::Changed), error))?;
        let secrets = &lead.record.secrets;
        report.secrets.push(shown(&lead.record));
        let names = secrets.iter();
        let names = names.map(|name| format!("old value of secret/{name} in {namespace}"));
        match is_removed {
            true => {
                names.for_each(|name| report.outcome.add(Kind::Changed, name));
                let names = secrets.join(", secret/");
                report.line(format!("old value of secret/{names} removed"));
            }
            false => names.for_each(|name| report.outcome.add(Kind::Kept, name)),
        }
    }
    for name in replaced {
        let removed = replaced::remove(cluster, namespace, &name, Unseen::IsTold, ui).await;
        let what = format!("secret/{name} in {namespace}");
        match removed
            .map_err(|error| question::after(report.outcome.count(Kind::Changed), error))?
        {
            Removed::Yes => report.outcome.add(Kind::Changed, what),
            Removed::No => report.outcome.add(Kind::Kept, what),
        }
    }
    let result = match (report.outcome.status(), report.outcome.count(Kind::Changed)) {
        (ExitStatus::Ok, 0) => Ended::NothingToDo,
        (status, _) => Ended::with(status),
    };
    report.end(result, None)
}

/// Removes what a run has kept, unless it has gone on since it was looked at.
async fn remove_kept(cluster: &Cluster, lead: &RunSecret, ui: &Ui) -> Result<bool, CommandError> {
    let name = &lead.record.secret.name;
    let mut run = Run::find(cluster, cluster.namespace(), name, ui).await?;
    // It may be another one since the question was asked.
    if run.members[0].record.run != lead.record.run || *run.state() != lead.state {
        ui.warn(format!(
            "the old value of secret/{name} is not removed: its run has continued"
        ));
        return Ok(false);
    }
    run.take_over().await?;
    run.retire_replaced().await?;
    run.remove().await?;
    Ok(true)
}

/// Tells of a Secret that looks like a run's and is none.
fn not_a_run(outcome: &mut Outcome, name: &str, namespace: &str, ui: &Ui) {
    ui.warn(format!(
        "secret/{name} has the label of a run, but no such run is in progress"
    ));
    outcome.add(Kind::NotSeen, format!("secret/{name} in {namespace}"));
}
