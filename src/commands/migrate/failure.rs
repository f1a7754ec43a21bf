//! New pods that do not get ready: why, the way back, and what to do then.

use crate::command_line::{CommandLine, Hint};
use crate::error::{CommandError, ExitStatus};
use crate::journal::Journal;
use crate::migration::{Fate, Plan};
use crate::ui::Ui;
use crate::workload::rollout::NotCreated;

use super::arguments::MigrateArgs;
use super::undo;
use crate::live::Target;
use crate::live::take_back::TakenBack;
use crate::watch::staying::Staying;
use crate::watch::step::{Cause, Failed};

/// Whether a step before this one stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Earlier {
    None,
    Stays,
}

/// What to do once the template is what it was.
fn next(cause: Cause, plan: &Plan, earlier: Earlier) -> Hint {
    let about = |words| {
        CommandLine::secretsafe(words)
            .name(&plan.subject.short())
            .namespace(&plan.subject.namespace)
    };
    let events = || CommandLine::kubectl("get events").namespace(&plan.subject.namespace);
    let removes = plan
        .variables
        .iter()
        .any(|variable| variable.fate == Fate::Removed);
    match cause {
        Cause::Secret => Hint::run("What is missing", about("doctor")),
        Cause::Pods if removes && earlier == Earlier::None => Hint::run(
            "The program may still need its variables. To give it the files beside them",
            about("migrate"),
        ),
        Cause::Pods => Hint::run(
            "What its pods met with",
            events().switch("--field-selector type=Warning"),
        ),
        Cause::NotCreated(NotCreated::Quota) => Hint::run(
            "What takes the room",
            CommandLine::kubectl("describe resourcequota").namespace(&plan.subject.namespace),
        ),
        Cause::NotCreated(NotCreated::Refused) => Hint::run(
            "Why it is refused",
            events().switch("--field-selector reason=FailedCreate"),
        ),
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
    let earlier = match earlier {
        true => Earlier::Stays,
        false => Earlier::None,
    };
    let staying = Staying::of_the_way_back();
    let taken = target.take_back(journal, undo::UNDO, args.patience(), staying, ui);
    let error = match taken.await {
        Ok(TakenBack::Whole) => CommandError::new(
            ExitStatus::RolledBack,
            format!("{name} is what it was before: {why}"),
        ),
        Ok(TakenBack::Template(now)) => CommandError::partial(format!(
            "{name} was changed and {why}; it has its old template again, but {now}"
        )),
        Ok(TakenBack::Overtaken(place)) => {
            return CommandError::partial(format!(
                "{name} was changed, {why}, and is not taken back, because it has changed since: {place}"
            ))
            .hint(undo::BY_HAND);
        }
        Err(not_taken) => {
            let error = undo::error(target, not_taken).await;
            return CommandError::partial(format!(
                "{name} was changed, {why}, and could not be taken back: {}",
                error.message()
            ))
            .hints(error.next_steps().to_vec())
            .hint(undo::command(target.id));
        }
    };
    let error = error.hint(next(cause, plan, earlier));
    if earlier == Earlier::Stays {
        error
            .hint("The step before stays: the files are there beside the variables.")
            .hint(undo::command(target.id))
    } else {
        error
    }
}
