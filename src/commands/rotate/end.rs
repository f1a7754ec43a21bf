//! From the first write of a run to its end, whichever that is.

use std::time::Duration;

use jiff::Timestamp;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::command_line::{CommandLine, Hint};
use crate::error::{CommandError, ExitStatus};
use crate::inventory::Inventory;
use crate::live::PAUSE;
use crate::live::run::Has;
use crate::outcome::Kind;
use crate::output::rotation::Ended;
use crate::rotation::census::{Census, Running};
use crate::rotation::hooks::OtherSide;
use crate::rotation::plan::Fate;
use crate::rotation::record::Strategy;
use crate::rotation::state::{Phase, RunState};
use crate::signals::Hold;
use crate::ui::Questions;

use super::Report;
use super::back;
use super::carry::{self, Settings, Trouble, left_open};
use super::preflight;
use super::receipt;
use super::rehearse::{self, Rehearsal};
use super::run::Run;
use super::verify::{self, Check};
use super::view::View;

/// Carries a run through from where it is.
///
/// # Errors
/// Status 4 when everything is as before, 5 when a part is done.
pub(super) async fn carry_through(
    report: Report<'_>,
    mut run: Run<'_>,
    inventory: &Inventory,
    before: &Running,
    settings: &Settings,
    check: Option<&Check<'_>>,
) -> Result<ExitStatus, CommandError> {
    let path = report.args.result.receipt.clone();
    let receipt = match &path {
        Some(_) => Some(receipt::Begun::of(&report, &run, inventory).await),
        None => None,
    };
    let ended = carried(report, &mut run, inventory, before, settings, check).await;
    if let (Some(receipt), Some(path)) = (receipt, path) {
        receipt.end(&run, &ended, &path).await;
    }
    ended
}

async fn carried(
    mut report: Report<'_>,
    run: &mut Run<'_>,
    inventory: &Inventory,
    before: &Running,
    settings: &Settings,
    check: Option<&Check<'_>>,
) -> Result<ExitStatus, CommandError> {
    let hold = Hold::of(&[SIGINT, SIGTERM, SIGHUP])
        .map_err(|error| CommandError::partial(format!("signals cannot be handled: {error}")))?;
    let mut view = View::new(report.ui);
    let names: Vec<_> = (run.members.iter())
        .map(|member| {
            format!(
                "secret/{} in {}",
                member.record.secret.name, report.namespace
            )
        })
        .collect();
    let forward = forward(&report, run, inventory, settings, check, &hold, &mut view).await;
    // Its lines go before anything else is told.
    drop(view);
    let census = match forward {
        Ok(Forward::Proven(census)) => census,
        Ok(Forward::Staged) => {
            report
                .outcome
                .turn_all(Kind::WouldChange, &names, Kind::Changed);
            return staged(report, run).await;
        }
        Err(trouble) => {
            return fail(report, run, trouble, before, settings, &names).await;
        }
    };
    report
        .outcome
        .turn_all(Kind::WouldChange, &names, Kind::Changed);
    let left: Vec<_> = census
        .behind
        .iter()
        .map(|behind| {
            format!(
                "container {} of pod/{} in {}",
                behind.container, behind.pod, report.namespace
            )
        })
        .collect();
    for name in &left {
        report.outcome.add(Kind::Refused, name);
    }
    let ended = retire(&report, run, &census, settings, &hold).await;
    if let Err(error) = ended {
        // Whatever it says, values and workloads are changed by now.
        let error = match error.status() {
            ExitStatus::Partial => error,
            _ => left_open(
                run,
                &format!(
                    "all consumers have the new value, and the run is not over: {}",
                    error.message()
                ),
            )
            .hints(error.next_steps().to_vec()),
        };
        run.let_go().await;
        report.document(Ended::NotAll, Some(&census), error.status())?;
        return Err(error);
    }
    tell(&report, &census);
    let result = match left.is_empty() {
        true => Ended::Done,
        false => Ended::NotAll,
    };
    report.end(result, Some(&census))
}

/// How the way forward ended.
enum Forward {
    Proven(Census),
    /// The value is written, and nothing is restarted.
    Staged,
}

async fn forward(
    report: &Report<'_>,
    run: &mut Run<'_>,
    inventory: &Inventory,
    settings: &Settings,
    check: Option<&Check<'_>>,
    hold: &Hold,
    view: &mut View<'_>,
) -> Result<Forward, Trouble> {
    run.change_other_side().await?;
    let value = &report.args.value;
    if let Some((workload, object)) = rehearse::chosen(&report.plan, inventory, value)? {
        let patience = settings.patience;
        run.rehearse(&Rehearsal {
            workload,
            object,
            check,
            patience,
            hold,
        })
        .await?;
    }
    let next = match report.args.value.stage {
        true => Phase::Staged,
        false => Phase::Restart,
    };
    // The last moment at which no consumer can have the new value.
    if hold.has_arrived() {
        return Err(Trouble::Interrupted);
    }
    let wrote = carry::write(run, next).await?;
    for member in &run.members {
        report.ui.note(format!(
            "secret/{}: new value written",
            member.record.secret.name
        ));
    }
    if next == Phase::Staged {
        // Whoever restarts a consumer now can tell that it is younger than the write.
        carry::past_the_second().await;
        return Ok(Forward::Staged);
    }
    let plan = &report.plan;
    if value.verify_pull {
        let pulled = run
            .verify_pulls(plan, inventory, settings.patience, hold)
            .await?;
        report.ui.note(match pulled {
            0 => "not proven by --verify-pull: nothing here pulls an image with it".to_owned(),
            1 => "1 image pulled with the new login".to_owned(),
            many => format!("{many} images pulled with the new login"),
        });
    }
    let census = carry::restart(run, plan, inventory, wrote, settings, hold, view).await?;
    if let Some(check) = check {
        let proven = verify::run(run, plan, check).await?;
        report
            .ui
            .note(format!("the check succeeded in {}", proven.join(", ")));
    }
    Ok(Forward::Proven(census))
}

/// The values are written; who still has the old ones is found later.
async fn staged(report: Report<'_>, run: &mut Run<'_>) -> Result<ExitStatus, CommandError> {
    run.let_go().await;
    for secret in &report.secrets {
        report.line(format!("secret/{} staged", secret.name));
    }
    report.ui.hint(Hint::run(
        "To restart the containers that have the old value",
        CommandLine::secretsafe("restart")
            .switch("--stale")
            .namespace(report.namespace),
    ));
    let [on, back] = run.ways();
    report.ui.hint(on);
    report.ui.hint(back);
    report.end(Ended::Staged, None)
}

/// Takes the run back, unless the user wants to look at it first.
async fn fail(
    mut report: Report<'_>,
    run: &mut Run<'_>,
    trouble: Trouble,
    before: &Running,
    settings: &Settings,
    names: &[String],
) -> Result<ExitStatus, CommandError> {
    if let Trouble::Lost(why) = &trouble {
        return Err(left_open(run, why));
    }
    let interrupted = matches!(trouble, Trouble::Interrupted);
    if interrupted && !wants_back(&report, run)? {
        run.let_go().await;
        let outcome = &mut report.outcome;
        match run.state().wrote {
            Some(_) => {
                outcome.turn_all(Kind::WouldChange, names, Kind::Changed);
                for name in names {
                    outcome.add(Kind::Refused, format!("consumers of {name}"));
                }
            }
            None => outcome.turn_all(Kind::WouldChange, names, Kind::Refused),
        }
        report.document(Ended::NotAll, None, ExitStatus::Partial)?;
        return Err(left_open(
            run,
            match run.state().wrote {
                Some(_) => {
                    "the run was interrupted: the new value is written, and not all consumers have it"
                }
                None => "the run was interrupted before the new value was written",
            },
        ));
    }
    let state = run.state();
    let began = state.wrote.is_some() || state.other_side != OtherSide::Untouched;
    if !began && let (Ok(Some(name)), Ok(true)) = (run.foreign().await, run.wrote_nothing().await) {
        run.remove().await?;
        report.document(Ended::NotDone, None, ExitStatus::Usage)?;
        return Err(CommandError::usage(format!(
            "secret/{name} was changed by somebody else since it was read; nothing was changed"
        ))
        .hint("Run the command again."));
    }
    let of_pods = matches!(trouble, Trouble::Failed(..));
    let why = back::why(run, trouble).await;
    let mut view = View::new(report.ui);
    let error = back::back(run, &why, before, settings.patience, &mut view).await;
    drop(view);
    let result = match error.status() {
        ExitStatus::RolledBack => {
            report
                .outcome
                .turn_all(Kind::WouldChange, names, Kind::Failed);
            Ended::TakenBack
        }
        _ => {
            report
                .outcome
                .turn_all(Kind::WouldChange, names, Kind::Changed);
            for name in names {
                report
                    .outcome
                    .add(Kind::Refused, format!("the way back of {name}"));
            }
            Ended::NotAll
        }
    };
    report.document(result, None, error.status())?;
    Err(match of_pods {
        true => error.hint(preflight::events(report.namespace)),
        false => error,
    })
}

/// Asks what is to become of an interrupted run; without a terminal it stays, so that
/// it can be gone on with.
fn wants_back(report: &Report<'_>, run: &Run<'_>) -> Result<bool, CommandError> {
    if report.ui.questions() == Questions::Forbidden {
        return Ok(false);
    }
    let items = [
        "Take everything back",
        "Leave it as it is, and continue later",
    ];
    let chosen = report
        .ui
        .choose("The run is interrupted. What now?", &items);
    match chosen {
        Ok(Some(0)) => Ok(true),
        Ok(_) => Ok(false),
        Err(_) => Err(left_open(run, "the run was interrupted")),
    }
}

/// Removes what is left of the old value, or keeps it for a while.
pub(super) async fn retire(
    report: &Report<'_>,
    run: &mut Run<'_>,
    census: &Census,
    settings: &Settings,
    hold: &Hold,
) -> Result<(), CommandError> {
    if !census.is_clean() {
        let open = format!(
            "{} of {} running containers keep the old value, so both values are kept",
            census.behind.len(),
            census.running
        );
        run.tell(Phase::Verify).await?;
        run.let_go().await;
        report.ui.warn(open);
        let [on, back] = run.ways();
        report.ui.hint(on);
        report.ui.hint(back);
        return Ok(());
    }
    // A count of starts proves nothing of a value that somebody has written since.
    if run.state().phase != Phase::Retire {
        run.all_have(Has::New).await?;
    }
    run.tell(Phase::Retire).await?;
    if let Waited::Interrupted = wait(run, settings.grace, hold).await? {
        let error = left_open(
            run,
            "interrupted: all consumers have the new value, and the old one is kept",
        );
        return Err(error);
    }
    run.lift_guards(&report.plan).await?;
    run.retire_other_side().await?;
    if run
        .members
        .iter()
        .any(|member| member.record.strategy == Strategy::Overlap)
    {
        run.remove_previous().await?;
    }
    match settings.keep {
        None => {
            run.retire_replaced().await?;
            run.remove().await
        }
        Some(keep) => {
            let keep = jiff::SignedDuration::try_from(keep).unwrap_or_default();
            let state = RunState {
                phase: Phase::Kept,
                keep: Some(Timestamp::now() + keep),
                ..run.state().clone()
            };
            run.say(state).await?;
            run.let_go().await;
            report.ui.hint(Hint::run(
                "To bring the old value back",
                run.command("--undo"),
            ));
            Ok(())
        }
    }
}

/// Whether a wait went to its end.
enum Waited {
    Whole,
    Interrupted,
}

async fn wait(run: &mut Run<'_>, grace: Duration, hold: &Hold) -> Result<Waited, CommandError> {
    let begun = std::time::Instant::now();
    while begun.elapsed() < grace {
        if hold.has_arrived() {
            return Ok(Waited::Interrupted);
        }
        tokio::time::sleep(PAUSE.min(grace)).await;
        run.pulse().await.map_err(CommandError::partial)?;
    }
    Ok(Waited::Whole)
}

/// What is proven, and what is not.
fn tell(report: &Report<'_>, census: &Census) {
    let behind = census.behind.len();
    for secret in report
        .secrets
        .iter()
        .filter(|secret| !secret.keys.is_empty())
    {
        let keys: Vec<_> = secret.keys.iter().map(|(key, _)| key.as_str()).collect();
        let keys = keys.join(", ");
        report.line(match &secret.successor {
            None => format!("secret/{} rotated ({keys})", secret.name),
            Some(new) => format!("secret/{} rotated ({keys}): secret/{new}", secret.name),
        });
    }
    report.ui.note(format!(
        "{behind} of {} running containers have the old value",
        census.running
    ));
    let refreshed: Vec<_> = (report.plan.workloads.iter())
        .filter(|affected| affected.fate == Fate::Refresh)
        .map(|affected| affected.id.short())
        .collect();
    if !refreshed.is_empty() {
        report.ui.note(format!(
            "not proven: that the programs of {} have read their refreshed files again",
            crate::words::folded(refreshed.iter().map(String::as_str))
        ));
    }
    let tested = report.args.other_side.test_exec.is_some();
    if report.args.value.verify_exec.is_none() && !tested && census.running > 0 {
        report.ui.note("not proven: that whoever checks the value accepts the new one (--verify-exec tests that)");
    }
}
