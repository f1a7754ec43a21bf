//! One live workload: its change, what becomes of it, and the way back.

use crate::error::{CommandError, ExitStatus};
use crate::manifest::json_patch;
use crate::migration::Plan;
use crate::migration::journal::{self, Journal, JournalError};
use crate::ui::Ui;
use crate::workload::Workload;

use super::arguments::MigrateArgs;
use super::live::confirmed;
use super::planner::Planner;
use super::show::Show;
use super::take_back::{TakenBack, Which, take_back};
use super::target::{ATTEMPTS, NotMade, PAUSE, Target};
use super::undo;
use super::wait::Outcome;

/// Makes the change and waits for what becomes of it.
pub(super) async fn carry_out(
    args: &MigrateArgs,
    target: &Target<'_>,
    planner: &Planner<'_>,
    shown: &Plan,
    show: &mut Show<'_>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let name = target.id.short();
    let journal = apply(args, target, planner, shown, show, ui).await?;
    match target.watch(args.patience(), ui).await {
        Ok(Outcome::Done) => ui.note(format!("{name} migrated; its pods have the change")),
        Ok(Outcome::ByHand(why)) => ui.note(format!("{name} migrated; {why}")),
        Ok(Outcome::Failed(why)) => return Err(failed(args, target, &journal, &why, ui).await),
        Err(why) => {
            return Err(
                CommandError::partial(format!("{name} was changed, and {why}"))
                    .hint(undo::command(&shown.subject)),
            );
        }
    }
    Ok(())
}

/// Waits for what an earlier run has changed and not seen the end of; `false`
/// when its pods do not get ready. Others may have changed the workload since
/// then, so nothing is taken back unasked.
pub(super) async fn see_the_end(args: &MigrateArgs, target: &Target<'_>, ui: &Ui) -> bool {
    let name = target.id.short();
    ui.note(format!("{name} was migrated before; waiting for its pods"));
    let why = match target.watch(args.patience(), ui).await {
        Ok(Outcome::Done) => {
            ui.note(format!("the pods of {name} have the change"));
            return true;
        }
        Ok(Outcome::ByHand(why)) => {
            ui.note(format!("{name}: {why}"));
            return true;
        }
        Ok(Outcome::Failed(why)) | Err(why) => why,
    };
    ui.warn(format!("{name} was migrated before, and {why}"));
    ui.hint(undo::command(target.id));
    false
}

/// Writes the change. What somebody else changes meanwhile is planned anew; a
/// plan that came out differently is shown and asked about again. Gives the
/// journal that the workload has with it.
async fn apply(
    args: &MigrateArgs,
    target: &Target<'_>,
    planner: &Planner<'_>,
    shown: &Plan,
    show: &mut Show<'_>,
    ui: &Ui,
) -> Result<Journal, CommandError> {
    let name = target.id.short();
    let mut agreed = shown.operations.clone();
    let mut failed = None;
    let unreadable = |error: JournalError| CommandError::usage(error.to_string());
    for _ in 0..ATTEMPTS {
        let object = match target.read().await {
            Ok(Some(object)) => object,
            Ok(None) => {
                return Err(CommandError::usage(format!(
                    "{name} is gone; nothing was changed"
                )));
            }
            Err(error) => {
                failed.get_or_insert(NotMade::Trial(error));
                break;
            }
        };
        let workload = Workload::of(&object)
            .ok_or_else(|| CommandError::usage(format!("{name} has no pod template")))?;
        let now = planner.plan(&workload, &object);
        if !now.changes() {
            return if now.refuses() {
                show.plans(&[now])?;
                Err(CommandError::usage(format!(
                    "{name} has changed meanwhile; nothing was changed"
                )))
            } else {
                Journal::of(&object).map_err(unreadable)
            };
        }
        if now.operations != agreed {
            ui.warn(format!(
                "{name} has changed meanwhile; this is the plan now"
            ));
            show.plans(std::slice::from_ref(&now))?;
            if !args.result.yes && !confirmed(ui, &format!("Change {name}?"))? {
                return Err(CommandError::usage("nothing was changed"));
            }
            agreed.clone_from(&now.operations);
        }
        let unfit = |error: json_patch::PatchError| {
            CommandError::usage(format!("{name} cannot be changed: {error}"))
        };
        let undo = journal::inverse(&object, &now.operations).map_err(unfit)?;
        let journal = Journal::of(&object).map_err(unreadable)?.with(undo);
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
            Ok(()) => return Ok(journal),
            Err(error) if error.speaks_of_the_object() && target.changed_since(&object).await => {}
            // The next round finds the change there, or makes it.
            Err(error) if error.passes() => {
                failed = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.told(&format!("{name} was changed"))),
        }
    }
    if let Some(error) = failed {
        return Err(error.told(&format!("{name} was changed")));
    }
    Err(CommandError::usage(format!(
        "{name} keeps changing while it is to be changed; nothing was changed"
    )))
}

/// New pods do not get ready: the template goes back, unless it is to stay.
async fn failed(
    args: &MigrateArgs,
    target: &Target<'_>,
    journal: &Journal,
    why: &str,
    ui: &Ui,
) -> CommandError {
    let name = target.id.short();
    if args.result.no_undo {
        return CommandError::partial(format!("{name} was changed and {why}"))
            .hint(undo::command(target.id));
    }
    ui.warn(format!("{why}; taking {name} back to what it was"));
    match take_back(target, Which::This(journal), args.patience(), ui).await {
        Ok(TakenBack::Whole) => CommandError::new(
            ExitStatus::RolledBack,
            format!("{name} is what it was before: {why}"),
        )
        .hint("Its old pods went on throughout, unless its strategy ends them first."),
        Ok(TakenBack::Template(now)) => CommandError::partial(format!(
            "{name} was changed and {why}; it has its old template again, but {now}"
        )),
        Ok(TakenBack::Overtaken(place)) => CommandError::partial(format!(
            "{name} was changed, {why}, and is not taken back, for it has changed since: {place}"
        ))
        .hint(undo::BY_HAND),
        Err(error) => CommandError::partial(format!(
            "{name} was changed, {why}, and could not be taken back: {}",
            error.message()
        ))
        .hints(error.next_steps().to_vec())
        .hint(undo::command(target.id)),
    }
}
