//! Runs that have begun before: seeing them, going on with them, taking them back.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError};
use crate::commands::question;
use crate::error::{CommandError, ExitStatus};
use crate::live::restart;
use crate::live::run::RunSecret;
use crate::outcome::{Kind, Outcome};
use crate::output::rotation::{Changed, runs_v1};
use crate::rotation::census::Running;
use crate::rotation::plan::{self, Plan, Volumes};
use crate::rotation::record::{Check, RUN_LABEL, Record, name_of};
use crate::rotation::state::Phase;
use crate::ui::Ui;

use super::arguments::RotateArgs;
use super::back;
use super::carry::Settings;
use super::run::Run;
use super::view::View;
use super::{Report, end, options, preflight, settings, subjects, survey, verify};

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
        return Err(CommandError::usage(
            "the run is done: there is nothing to go on with",
        ));
    }
    if !run.is_whole() && run.state().phase == Phase::Retire {
        // Everything is done but the removal of the run's own Secrets.
        agreed(args, "Go on with this run?", &format!("secret/{name}"), ui)?;
        run.take_over().await?;
        run.remove().await?;
        ui.data_line(format!("secret/{name} rotated")).ok();
        return Ok(ExitStatus::Ok);
    }
    if !run.is_whole() {
        return Err(CommandError::usage(
            "the run had stored only a part of its values, and has written none of them",
        )
        .hints(run.ways().into_iter().skip(1)));
    }
    let wishes = run.members[0].record.wishes;
    let goes_back = run.state().phase == Phase::Back;
    if wishes.check == Check::Command && args.value.verify_exec.is_none() && !goes_back {
        return Err(CommandError::usage(
            "the run was to prove the new value with --verify-exec; that command is not written down",
        )
        .hint("Name it again, or name another one such as: --verify-exec CONTAINER -- true."));
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
    preflight::seen(&report.plan)?;
    let check = args
        .value
        .verify_exec
        .as_deref()
        .map(|container| verify::Check {
            container,
            command: args.value.command.iter().map(String::as_str).collect(),
        });
    end::carry_through(report, run, &inventory, &before, &settings, check.as_ref()).await
}

/// The plan in the order that the run began with.
fn in_recorded_waves(mut plan: Plan, run: &Run<'_>) -> Plan {
    let known = run.restarts().map_or(&[][..], |all| &all.workloads);
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
    agreed(
        args,
        "Bring the old value back?",
        &format!("secret/{name}"),
        ui,
    )?;
    run.take_over().await?;
    take_back(args, run, &Running::default(), ui).await
}

async fn take_back(
    args: &RotateArgs,
    mut run: Run<'_>,
    before: &Running,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let mut view = View::new(ui);
    let names: Vec<_> = (run.members.iter())
        .map(|member| member.record.secret.name.clone())
        .collect();
    let taken = back::take_back(&mut run, before, args.restart.timeout, &mut view).await;
    drop(view);
    match taken {
        Ok(census) => {
            for name in names {
                ui.data_line(format!("secret/{name} restored")).ok();
            }
            ui.note(format!(
                "{} of {} running containers have the new value",
                census.behind.len(),
                census.running
            ));
            Ok(ExitStatus::Ok)
        }
        Err(error) => {
            run.let_go().await;
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
        ui.warn(format!(
            "secret/{name} has the label of a run, and is none that is under way"
        ));
        outcome.add(Kind::NotSeen, format!("secret/{name} in {namespace}"));
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
    let over: Vec<_> = (runs(cluster).await?.leading.into_iter())
        .filter(|run| {
            run.state.phase == Phase::Kept && run.state.keep.is_none_or(|keep| keep < now)
        })
        .collect();
    if over.is_empty() {
        ui.note(format!(
            "no old value in {namespace} is over its time: nothing to do"
        ));
        return Ok(ExitStatus::Ok);
    }
    let names: Vec<_> = over
        .iter()
        .flat_map(|run| run.record.secrets.clone())
        .collect();
    agreed(
        args,
        &format!("Remove the old values of {}?", names.join(", ")),
        &names.join(", "),
        ui,
    )?;
    for lead in over {
        let mut run = Run::find(cluster, namespace, &lead.record.secret.name, ui).await?;
        // It may be another one since the question was asked.
        let same = run.members[0].record.run == lead.record.run && *run.state() == lead.state;
        if !same {
            ui.warn(format!(
                "the old value of secret/{} is not removed: its run has gone on",
                lead.record.secret.name
            ));
            continue;
        }
        run.take_over().await?;
        run.remove().await?;
        ui.data_line(format!(
            "old value of secret/{} removed",
            lead.record.secrets.join(", secret/")
        ))
        .ok();
    }
    Ok(ExitStatus::Ok)
}
