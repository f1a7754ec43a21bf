//! Questions before something is changed.

use crate::error::{CommandError, ExitStatus};
use crate::ui::Ui;

/// Asks whether `name` is to be changed. No is an answer; an interrupted
/// question ends the command.
///
/// # Errors
/// Status 130 when there is no answer.
pub(super) fn confirmed(ui: &Ui, question: &str, name: &str) -> Result<bool, CommandError> {
    ui.confirm(question).map_err(|_| {
        CommandError::new(
            ExitStatus::Interrupted,
            format!("no answer; {name} stays as it is"),
        )
        .hint("Use --yes to skip the question.")
    })
}

/// What an error comes to after other changes have been made: they stay.
pub(super) fn after(changed: usize, error: CommandError) -> CommandError {
    match changed {
        0 => error,
        _ => CommandError::partial(error.message()).hints(error.next_steps().to_vec()),
    }
}
