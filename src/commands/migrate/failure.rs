//! New pods that do not get ready: why, the way back, and what to do then.

use crate::error::{CommandError, ExitStatus};
use crate::finding::quoted;
use crate::migration::journal::Journal;
use crate::migration::{Fate, Plan};
use crate::ui::Ui;
use crate::workload::rollout::NotCreated;

use super::arguments::MigrateArgs;
use super::take_back::{TakenBack, Which, take_back};
use super::target::Target;
use super::undo;

/// Why a change has not reached the pods.
pub(super) struct Failed {
    /// In words.
    pub why: String,
    pub cause: Cause,
}

/// What stands in the way.
#[derive(Clone, Copy)]
pub(super) enum Cause {
    /// A new pod waits for a Secret or a key.
    Secret,
    /// New pods are not ready, or end again.
    Pods,
    /// No new pod is made.
    NotCreated(NotCreated),
}

impl Cause {
    /// What to do once the template is what it was.
    fn next(self, plan: &Plan) -> String {
        let subject = quoted(&plan.subject.short());
        let namespace = quoted(&plan.subject.namespace);
        let removes = plan
            .variables
            .iter()
            .any(|variable| variable.fate == Fate::Removed);
        match self {
            Cause::Secret => {
                format!("What is missing: kubectl secretsafe doctor {subject} -n {namespace}.")
            }
            Cause::Pods if removes => format!(
                "The program may still need its variables. To give it the files beside them: kubectl secretsafe migrate {subject} -n {namespace}."
            ),
            Cause::Pods => format!(
                "What its pods met with: kubectl get events -n {namespace} --field-selector type=Warning."
            ),
            Cause::NotCreated(NotCreated::Quota) => {
                format!("What takes the room: kubectl describe resourcequota -n {namespace}.")
            }
            Cause::NotCreated(NotCreated::Refused) => format!(
                "Why it is refused: kubectl get events -n {namespace} --field-selector reason=FailedCreate."
            ),
        }
    }
}

/// The template goes back, unless it is to stay.
pub(super) async fn end(
    args: &MigrateArgs,
    target: &Target<'_>,
    plan: &Plan,
    journal: &Journal,
    failed: Failed,
    ui: &Ui,
) -> CommandError {
    let name = target.id.short();
    let Failed { why, cause } = failed;
    if args.result.no_undo {
        return CommandError::partial(format!("{name} was changed and {why}"))
            .hint(undo::command(target.id));
    }
    ui.warn(format!("{why}; taking {name} back to what it was"));
    let earlier = journal
        .clone()
        .last()
        .is_some_and(|(_, earlier)| !earlier.is_empty());
    let error = match take_back(target, Which::This(journal), args.patience(), ui).await {
        Ok(TakenBack::Whole) => CommandError::new(
            ExitStatus::RolledBack,
            format!("{name} is what it was before: {why}"),
        ),
        Ok(TakenBack::Template(now)) => CommandError::partial(format!(
            "{name} was changed and {why}; it has its old template again, but {now}"
        )),
        Ok(TakenBack::Overtaken(place)) => {
            return CommandError::partial(format!(
                "{name} was changed, {why}, and is not taken back, for it has changed since: {place}"
            ))
            .hint(undo::BY_HAND);
        }
        Err(error) => {
            return CommandError::partial(format!(
                "{name} was changed, {why}, and could not be taken back: {}",
                error.message()
            ))
            .hints(error.next_steps().to_vec())
            .hint(undo::command(target.id));
        }
    };
    let error = error.hint(cause.next(plan));
    if earlier {
        error
            .hint("The step before stays: the files are there beside the variables.")
            .hint(undo::command(target.id))
    } else {
        error
    }
}
