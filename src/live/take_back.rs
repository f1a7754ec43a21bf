//! Taking a change of one workload back, by the journal that it left.

use std::time::Duration;

use crate::cluster::ClusterError;
use crate::command_line::{CommandLine, Hint};
use crate::journal::restoration::{NotOurs, Restoration};
use crate::journal::{self, Annotation, Journal, JournalError};
use crate::manifest::Operation;
use crate::ui::Ui;
use crate::watch::staying::Staying;
use crate::watch::step::Outcome;
use crate::workload::Object;

use super::attempt::{Change, Decision, Ended, Stopped};
use super::target::Target;

/// The changes of one command: where it keeps what takes them back, and what of
/// that it can have written.
#[derive(Clone, Copy)]
pub struct Undo {
    /// Where it is kept.
    pub annotation: Annotation,
    /// Says what operations of a journal do to the workload as it is now, or
    /// that they are not the command's own.
    pub check: fn(&Object, &[Operation]) -> Result<Restoration, NotOurs>,
}

/// What takes the last change of an object back.
pub struct LastStep {
    operations: Vec<Operation>,
    /// The journal with the step, and without it.
    pub journal: Journal,
    rest: Journal,
    /// What it does, or why it is not taken: others have changed what it would
    /// change.
    pub restores: Result<Restoration, String>,
}

/// Why nothing can be taken back.
pub enum NoStep {
    /// There is no change of this command.
    None,
    /// The annotation is not the program's.
    Unreadable(JournalError),
    /// It would do what the command never takes back.
    Foreign(NotOurs),
}

impl LastStep {
    /// Reads it from an object.
    ///
    /// # Errors
    /// [`NoStep`].
    pub fn read(object: &Object, undo: Undo) -> Result<Self, NoStep> {
        let journal = Journal::read(object, undo.annotation).map_err(NoStep::Unreadable)?;
        let (operations, rest) = journal.clone().last().ok_or(NoStep::None)?;
        let mut operations = journal::known_again(object, operations);
        // The server would not say which of the tests failed.
        let mut restores = match (undo.check)(object, &operations) {
            Ok(restoration) => Ok(restoration),
            Err(NotOurs::Overtaken(why)) => Err(why),
            Err(error @ NotOurs::Foreign(_)) => return Err(NoStep::Foreign(error)),
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
        Ok(Self {
            operations,
            journal,
            rest: rest.guarded(None),
            restores,
        })
    }
}

/// What became of taking a change back.
pub enum TakenBack {
    /// The template is what it was, and so are the pods.
    Whole,
    /// The template is what it was; why this is not known of the pods.
    Template(String),
    /// Others have changed what the change had changed: where. Nothing is done.
    Overtaken(String),
}

/// Why a change was not taken back.
pub enum NotTakenBack {
    /// There is nothing to take back.
    NoStep(NoStep),
    /// The workload is gone.
    Gone,
    /// The server did not make it.
    Stopped(Stopped),
}

/// What one reading of the workload says.
enum Way {
    Back,
    Overtaken(String),
    None(NoStep),
}

impl Target<'_> {
    /// Takes the change back that left this journal, if it still is the last
    /// one, and waits for the pods.
    ///
    /// # Errors
    /// When the cluster does not let it be taken back, or does not say whether
    /// it has been.
    pub async fn take_back(
        &self,
        ours: &Journal,
        undo: Undo,
        patience: Duration,
        staying: Staying,
        ui: &Ui,
    ) -> Result<TakenBack, NotTakenBack> {
        let ended = self
            .attempt(async |object| Ok(way_back(object, ours, undo)), |_, _| {})
            .await
            .map_err(NotTakenBack::Stopped)?;
        match ended {
            Ended::Is(Way::Back) => {}
            Ended::Is(Way::Overtaken(why)) => return Ok(TakenBack::Overtaken(why)),
            Ended::Is(Way::None(none)) => return Err(NotTakenBack::NoStep(none)),
            Ended::Gone => return Err(NotTakenBack::Gone),
            Ended::KeepsChanging => {
                return Ok(TakenBack::Overtaken("it keeps changing".to_owned()));
            }
        }
        if let Err(error) = self.replace_stuck_pods(patience, ui).await {
            return Ok(TakenBack::Template(format!(
                "a pod that does not get ready could not be evicted: {}",
                error.unmasked().message()
            )));
        }
        Ok(match self.watch(patience, staying, ui).await {
            Ok(Outcome::Done(_) | Outcome::ByHand(_)) => TakenBack::Whole,
            Ok(Outcome::Failed(failed)) => TakenBack::Template(failed.why),
            Err(why) => TakenBack::Template(why),
        })
    }

    async fn replace_stuck_pods(&self, patience: Duration, ui: &Ui) -> Result<(), ClusterError> {
        for pod in self.stuck_pods(patience).await? {
            if !self.cluster.evict_pod(&self.id.namespace, &pod).await? {
                ui.warn(format!("a disruption budget keeps pod/{pod}"));
                ui.hint(self.replace_by_hand(&pod));
            }
        }
        Ok(())
    }

    /// How a person replaces a pod that is stuck.
    pub fn replace_by_hand(&self, pod: &str) -> Hint {
        Hint::run(
            format!("pod/{pod} does not get ready and has an older template"),
            CommandLine::kubectl("delete pod")
                .name(pod)
                .namespace(&self.id.namespace),
        )
    }
}

fn way_back(object: &Object, ours: &Journal, undo: Undo) -> Decision<Way> {
    let step = match LastStep::read(object, undo) {
        Ok(step) => step,
        Err(none) => return Decision::Leave(Way::None(none)),
    };
    if *ours != step.journal {
        return Decision::Leave(Way::Overtaken("another migration came after it".to_owned()));
    }
    if let Err(why) = step.restores {
        return Decision::Leave(Way::Overtaken(why));
    }
    let change = Change {
        operations: step.operations,
        journal: step.rest,
    };
    Decision::Change(change, Way::Back)
}
