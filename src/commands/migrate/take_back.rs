//! Taking the migration of one workload back.

use std::time::Duration;

use crate::cluster::ClusterError;
use crate::command_line::{CommandLine, Hint};
use crate::commands::input::told;
use crate::error::CommandError;
use crate::manifest::Operation;
use crate::migration::journal::{self, Journal};
use crate::migration::restoration::{self, NotOurs, Restoration};
use crate::ui::Ui;
use crate::workload::Object;

use super::staying::Staying;
use super::target::{ATTEMPTS, NotMade, PAUSE, Target};
use super::wait::Outcome;

/// What became of taking a migration back.
pub(super) enum TakenBack {
    /// The template is what it was, and so are the pods.
    Whole,
    /// The template is what it was; why this is not known of the pods.
    Template(String),
    /// Others have changed what the migration changed: where. Nothing is done.
    Overtaken(String),
}

/// Takes the migration back that left this journal, if it still is the last one,
/// and waits for the pods.
///
/// # Errors
/// When the cluster does not let it be taken back, or does not say whether it
/// has been.
pub(super) async fn take_back(
    target: &Target<'_>,
    ours: &Journal,
    patience: Duration,
    staying: Staying,
    ui: &Ui,
) -> Result<TakenBack, CommandError> {
    if let Some(overtaken) = template(target, ours).await? {
        return Ok(overtaken);
    }
    if let Err(error) = replace_stuck_pods(target, patience, ui).await {
        return Ok(TakenBack::Template(format!(
            "a pod that does not get ready could not be evicted: {}",
            told(error).message()
        )));
    }
    Ok(match target.watch(patience, staying, ui).await {
        Ok(Outcome::Done(_) | Outcome::ByHand(_)) => TakenBack::Whole,
        Ok(Outcome::Failed(failed)) => TakenBack::Template(failed.why),
        Err(why) => TakenBack::Template(why),
    })
}

async fn replace_stuck_pods(
    target: &Target<'_>,
    patience: Duration,
    ui: &Ui,
) -> Result<(), ClusterError> {
    for pod in target.stuck_pods(patience).await? {
        let evicted = target.cluster.evict_pod(&target.id.namespace, &pod).await?;
        if !evicted {
            ui.warn(format!("a disruption budget keeps pod/{pod}"));
            ui.hint(replace_by_hand(target, &pod));
        }
    }
    Ok(())
}

/// Writes the old template; [`TakenBack::Overtaken`] when it cannot be.
async fn template(target: &Target<'_>, ours: &Journal) -> Result<Option<TakenBack>, CommandError> {
    let name = target.id.short();
    // What the journal is if a change whose answer was lost was made.
    let mut perhaps = None;
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let object = match target.read().await {
            Ok(Some(object)) => object,
            Ok(None) => return Err(gone(target)),
            Err(error) => {
                failed.get_or_insert(NotMade::Trial(error));
                break;
            }
        };
        let read = Journal::of(&object);
        if perhaps.is_some() && perhaps.as_ref() == read.as_ref().ok() {
            return Ok(None);
        }
        let step = last_step(target, &object).await?;
        if *ours != step.journal {
            return Ok(Some(TakenBack::Overtaken(
                "another migration came after it".to_owned(),
            )));
        }
        if let Err(why) = step.restores {
            return Ok(Some(TakenBack::Overtaken(why)));
        }
        match target
            .change(&object, &step.operations, &step.rest, |_| {})
            .await
        {
            Ok(()) => return Ok(None),
            // Something else of it was changed meanwhile: the next round reads it anew.
            Err(error) if error.speaks_of_the_object() && target.changed_since(&object).await => {}
            Err(error) if error.passes() => {
                if error.may_be_stored() {
                    perhaps = Some(step.rest);
                }
                failed = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.told(&format!("{name} was taken back"))),
        }
    }
    match failed {
        Some(error) => Err(error.told(&format!("{name} was taken back"))),
        None => Ok(Some(TakenBack::Overtaken("it keeps changing".to_owned()))),
    }
}

pub(super) fn gone(target: &Target<'_>) -> CommandError {
    CommandError::usage(format!("{} is gone", target.id.short()))
}

/// What takes the last migration of an object back.
pub(super) struct Step {
    operations: Vec<Operation>,
    /// The journal with the step, and without it.
    pub journal: Journal,
    rest: Journal,
    /// What it does, or why it is not taken: others have changed what it would
    /// change.
    pub restores: Result<Restoration, String>,
}

pub(super) async fn last_step(target: &Target<'_>, object: &Object) -> Result<Step, CommandError> {
    let journal = Journal::of(object).map_err(|error| CommandError::usage(error.to_string()))?;
    let Some((mut operations, rest)) = journal.clone().last() else {
        let none = CommandError::usage(format!(
            "{} has no migration that could be taken back",
            target.id.short()
        ))
        .hint("Each migration leaves what takes it back in an annotation of the workload.");
        // A run that was interrupted may have left them.
        let stuck = target.stuck_pods(Duration::ZERO).await.unwrap_or_default();
        return Err(none.hints(stuck.iter().map(|pod| replace_by_hand(target, pod))));
    };
    operations = journal::known_again(object, operations);
    // The server would not say which of the tests failed.
    let mut restores = match restoration::check(object, &operations) {
        Ok(restoration) => Ok(restoration),
        Err(NotOurs::Overtaken(why)) => Err(why),
        Err(error @ NotOurs::Foreign(_)) => {
            return Err(CommandError::usage(format!(
                "{} is not taken back by its annotation {}: {error}",
                target.id.short(),
                journal::ANNOTATION
            ))
            .hint(
                "Others have changed the workload since, or somebody has written the annotation: look at both, and change it back by hand.",
            ));
        }
    };
    if let Some(guard) = journal.guard() {
        let lift = guard.lift(object);
        if let (Ok(restoration), false) = (&mut restores, lift.is_empty()) {
            restoration.0.push(format!(
                "minReadySeconds goes back from {} to {}",
                guard.seconds,
                guard.before.unwrap_or(0)
            ));
        }
        operations.extend(lift);
    }
    let rest = rest.guarded(None);
    Ok(Step {
        operations,
        journal,
        rest,
        restores,
    })
}

fn replace_by_hand(target: &Target<'_>, pod: &str) -> Hint {
    Hint::run(
        format!("pod/{pod} does not get ready and has an older template"),
        CommandLine::kubectl("delete pod")
            .name(pod)
            .namespace(&target.id.namespace),
    )
}
