//! One live workload: its change, what becomes of it, and the way back.

use crate::cluster::{ClusterError, WriteOutcome};
use crate::command_line::{CommandLine, Hint};
use crate::commands::question;
use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::journal::{self, Annotation, Journal};
use crate::live::attempt::{Decision, Ended, Stopped};
use crate::live::{self, ATTEMPTS, NotMade, PAUSE, Target};
use crate::manifest::{Operation, json_patch};
use crate::migration::{Plan, readers};
use crate::ui::Ui;
use crate::watch::guard::Guard;
use crate::watch::liveness::Steady;
use crate::watch::settle::Settle;
use crate::workload::{Object, ObjectId, Workload};

use super::arguments::MigrateArgs;
use super::planner::Planner;
use super::show::Show;
use super::{failure, undo};
use crate::watch::staying::{Staying, Watched};
use crate::watch::step::Outcome;

/// One change of a workload.
pub(super) struct Change<'a> {
    pub args: &'a MigrateArgs,
    pub target: &'a Target<'a>,
    /// Plans it anew when the workload changes meanwhile.
    pub planner: &'a Planner<'a>,
    /// What was agreed to.
    pub shown: &'a Plan,
    pub ui: &'a Ui,
}

impl Change<'_> {
    /// Makes the change and waits for what becomes of it.
    pub async fn carry_out(&self, show: &mut Show<'_>) -> Result<(), CommandError> {
        let Self {
            args,
            target,
            planner,
            shown,
            ui,
        } = *self;
        let name = target.id.short();
        let (journal, settle) = self.apply(show).await?;
        let staying = Staying::beside_old_pods(&settle, steady(planner.inventory, target.id));
        let outcome = target.watch(args.patience(), staying, ui).await;
        if let Ok(Outcome::Done(_) | Outcome::ByHand(_)) = outcome {
            lift_guard(target).await?;
        }
        match outcome {
            Ok(Outcome::Done(watched)) => {
                tell_ends(&watched, ui);
                ui.note(format!(
                    "{name} migrated; its pods have the change and {}",
                    stayed_up(&watched)
                ));
            }
            Ok(Outcome::ByHand(why)) => ui.note(format!("{name} migrated; {why}")),
            Ok(Outcome::Failed(failed)) => {
                return Err(failure::end(args, target, shown, &journal, failed, ui).await);
            }
            Err(why) => {
                let error = CommandError::partial(format!("{name} was changed, and {why}"));
                return Err(error
                    .hint(go_on(target))
                    .hint(undo::command(&shown.subject)));
            }
        }
        Ok(())
    }

    /// Has the server check the change, which stores nothing of it.
    pub async fn try_out(&self, show: &mut Show<'_>) -> Result<(), CommandError> {
        let name = self.target.id.short();
        let object = self.target.read().await.map_err(ClusterError::unmasked)?;
        let object = object.ok_or_else(|| CommandError::usage(format!("{name} is gone")))?;
        let mut agreed = self.shown.operations.clone();
        let (change, written) = match self.decide(&object, &mut agreed, show)? {
            Decision::Change(change, written) => (change, written),
            Decision::Leave(_) => return Ok(()),
        };
        let tried = self
            .target
            .try_out(&object, &change.operations, &change.journal)
            .await
            .map_err(ClusterError::unmasked)?;
        if let Some(tried) = tried {
            self.compare(&written, &tried);
        }
        self.ui.note(format!("{name} migrated (server dry run)"));
        Ok(())
    }

    /// Says where admission makes something else of the change.
    fn compare(&self, written: &Written, tried: &Object) {
        let Ok(tried) = journal::specification(tried) else {
            return;
        };
        for place in json_patch::differences(&written.expected, &tried) {
            self.ui
                .warn(format!("admission in the cluster also changes {place}"));
        }
    }

    /// Writes the change. What somebody else changes meanwhile is planned anew; a
    /// plan that came out differently is shown and asked about again. Gives the
    /// journal that the workload has with it, and how long its new pods are to be
    /// watched.
    async fn apply(&self, show: &mut Show<'_>) -> Result<(Journal, Settle), CommandError> {
        let name = self.target.id.short();
        let mut agreed = self.shown.operations.clone();
        let ended = self.target.attempt(
            async |object| self.decide(object, &mut agreed, show),
            |written: &Written, tried| self.compare(written, tried),
        );
        let ended = ended
            .await
            .map_err(|stopped| stopped.into_error(&format!("{name} was changed")))?;
        match ended {
            Ended::Is(written) => Ok((written.journal, written.settle)),
            Ended::Gone => Err(CommandError::usage(format!(
                "{name} is gone; nothing was changed"
            ))),
            Ended::KeepsChanging => Err(CommandError::usage(format!(
                "{name} keeps changing while it is to be changed; nothing was changed"
            ))),
        }
    }

    /// Plans the change of the workload as it is now.
    fn decide(
        &self,
        object: &Object,
        agreed: &mut Vec<Operation>,
        show: &mut Show<'_>,
    ) -> Result<Decision<Written>, CommandError> {
        let Self {
            args, planner, ui, ..
        } = *self;
        let name = self.target.id.short();
        let workload = Workload::from_object(object)
            .ok_or_else(|| CommandError::usage(format!("{name} has no pod template")))?;
        let now = planner.plan(&workload, object);
        let settle = planner.settle(&workload, object);
        let journal = || {
            let journal = Journal::read(object, Annotation::MIGRATION);
            journal.map_err(|error| CommandError::usage(error.to_string()))
        };
        if !now.changes() {
            if now.refuses() {
                show.plans(&planner.options, &[now])?;
                return Err(CommandError::usage(format!(
                    "{name} has changed meanwhile; nothing was changed"
                )));
            }
            return Ok(Decision::Leave(Written {
                journal: journal()?,
                settle,
                expected: serde_json::Value::Null,
            }));
        }
        if now.operations != *agreed {
            ui.warn(format!(
                "{name} has changed meanwhile; this is the plan now"
            ));
            show.plans(&planner.options, std::slice::from_ref(&now))?;
            let asks = !args.result.yes && !args.is_dry_run();
            if asks && !question::confirmed(ui, &format!("Change {name}?"), &name)? {
                return Err(CommandError::usage("nothing was changed"));
            }
            agreed.clone_from(&now.operations);
        }
        let unfit = |error: json_patch::PatchError| {
            CommandError::usage(format!("{name} cannot be changed: {error}"))
        };
        let undo = journal::inverse(object, &now.operations).map_err(unfit)?;
        let mut journal = journal()?
            .with(undo)
            .with_readers(readers::of_plan(planner.inventory, &now));
        let mut operations = now.operations;
        let steady = Steady::before(planner.inventory, &workload);
        if let Some(guard) = guard(&workload, object, &settle, &steady, &journal) {
            operations.push(guard.set());
            journal = journal.guarded(Some(guard));
        }
        let mut expected = journal::specification(object).map_err(unfit)?;
        json_patch::apply(&mut expected, &operations).map_err(unfit)?;
        let written = Written {
            journal: journal.clone(),
            settle,
            expected,
        };
        Ok(Decision::Change(
            live::attempt::Change {
                operations,
                journal,
            },
            written,
        ))
    }
}

/// What a change writes.
struct Written {
    journal: Journal,
    settle: Settle,
    /// What the workload's specification is then, if nobody adds to it.
    expected: serde_json::Value,
}

/// What the pods of a workload tell of its liveness probes.
fn steady(inventory: &Inventory, id: &ObjectId) -> Steady {
    inventory
        .workload(id)
        .map_or_else(Steady::default, |workload| {
            Steady::before(inventory, workload)
        })
}

/// The guard that a change needs. One of a change before it that was not lifted
/// yet is ours to raise, and goes back to what was there before that.
fn guard(
    workload: &Workload,
    object: &Object,
    settle: &Settle,
    steady: &Steady,
    journal: &Journal,
) -> Option<Guard> {
    let guard = Guard::needed(workload, object, settle, steady)?;
    let earlier = journal
        .guard()
        .filter(|earlier| guard.before == Some(earlier.seconds));
    Some(Guard {
        before: earlier.map_or(guard.before, |earlier| earlier.before),
        ..guard
    })
}

/// For how long that was seen: no time proves that a pod will not end.
fn stayed_up(watched: &Watched) -> String {
    format!(
        "each was watched for at least {} s and stayed up",
        watched.least.as_secs()
    )
}

fn tell_ends(watched: &Watched, ui: &Ui) {
    for end in &watched.ends {
        ui.warn(format!("{end}; it has run since"));
    }
}

/// Waits for what an earlier run has changed and not seen the end of; `false`
/// when its pods do not get ready. Others may have changed the workload since
/// then, so nothing is taken back unasked.
pub(super) async fn see_the_end(
    args: &MigrateArgs,
    target: &Target<'_>,
    settle: &Settle,
    ui: &Ui,
) -> bool {
    let name = target.id.short();
    ui.note(format!("{name} was migrated before; waiting for its pods"));
    // Which of its pods are old is seen while they are watched.
    let staying = Staying::beside_old_pods(settle, Steady::default());
    let outcome = target.watch(args.patience(), staying, ui).await;
    if let Ok(Outcome::Done(_) | Outcome::ByHand(_)) = outcome
        && let Err(error) = lift_guard(target).await
    {
        ui.error(&error);
        return false;
    }
    let why = match outcome {
        Ok(Outcome::Done(watched)) => {
            tell_ends(&watched, ui);
            ui.note(format!(
                "the pods of {name} have the change and {}",
                stayed_up(&watched)
            ));
            return true;
        }
        Ok(Outcome::ByHand(why)) => {
            ui.note(format!("{name}: {why}"));
            return true;
        }
        Ok(Outcome::Failed(failed)) => failed.why,
        Err(why) => why,
    };
    ui.warn(format!("{name} was migrated before, and {why}"));
    ui.hint(go_on(target));
    ui.hint(undo::command(target.id));
    false
}

/// The command that waits for the pods again.
fn go_on(target: &Target<'_>) -> Hint {
    let wait = CommandLine::secretsafe("migrate")
        .name(&target.id.short())
        .namespace(&target.id.namespace);
    Hint::run("To wait for its pods again", wait)
}

/// Old pods need no guard any more. What refuses that is asked more than once: the
/// change itself is done.
async fn lift_guard(target: &Target<'_>) -> Result<(), CommandError> {
    let name = target.id.short();
    let mut still = None;
    let mut tries = 0..ATTEMPTS;
    let why = loop {
        let ended = target.attempt(async |object| Ok(lift(object, &mut still)), |(), _| {});
        match ended.await {
            Ok(Ended::Is(()) | Ended::Gone) => return Ok(()),
            Ok(Ended::KeepsChanging) => break "it keeps changing".to_owned(),
            Err(Stopped::NotMade(NotMade::Change(error) | NotMade::Trial(error)))
                if error.outcome() == WriteOutcome::NotApplied && tries.next().is_some() =>
            {
                tokio::time::sleep(PAUSE).await;
            }
            Err(stopped) => {
                let error = stopped.into_error(&format!("minReadySeconds of {name} was lifted"));
                break error.message().to_owned();
            }
        }
    };
    let still = still.map_or_else(
        || "what it was raised to".to_owned(),
        |seconds: i64| seconds.to_string(),
    );
    Err(CommandError::partial(format!(
        "{name} is migrated, its pods have the change, and minReadySeconds is still {still}: {why}"
    ))
    .hint("Run it again: it is lifted then."))
}

fn lift(object: &Object, still: &mut Option<i64>) -> Decision<()> {
    // A journal that cannot be read is not one that was written here.
    let Ok(journal) = Journal::read(object, Annotation::MIGRATION) else {
        return Decision::Leave(());
    };
    let Some(guard) = journal.guard() else {
        return Decision::Leave(());
    };
    *still = Some(guard.seconds);
    let change = live::attempt::Change {
        operations: guard.lift(object),
        journal: journal.guarded(None),
    };
    Decision::Change(change, ())
}
