//! Questions before something is changed.

use crate::error::{CommandError, ExitStatus};
use crate::ui::{Answer, Questions, Ui};

/// Asks whether `name` is to be changed. No is an answer; an interrupted
/// question ends the command.
///
/// # Errors
/// Status 130 when there is no answer.
pub(super) fn confirmed(ui: &Ui, question: &str, name: &str) -> Result<bool, CommandError> {
    ui.confirm(question).map_err(|_| no_answer(name))
}

fn no_answer(name: &str) -> CommandError {
    CommandError::new(
        ExitStatus::Interrupted,
        format!("no answer; {name} unchanged"),
    )
    .hint("Use --yes to skip the question.")
}

/// Several questions of one run, asked one after the other: whoever says so
/// answers the rest at once.
pub(super) struct Agreement {
    rest: Option<Rest>,
}

/// The answer to what is not asked any more.
#[derive(Clone, Copy)]
enum Rest {
    Yes,
    No,
}

impl Agreement {
    /// `yes` is `--yes`: then nothing is asked.
    pub fn unless(yes: bool) -> Self {
        Self {
            rest: yes.then_some(Rest::Yes),
        }
    }

    /// Whether `name` is to be changed, as [`confirmed`] has it.
    ///
    /// # Errors
    /// Those of [`confirmed`].
    pub fn to(&mut self, ui: &Ui, question: &str, name: &str) -> Result<bool, CommandError> {
        if let Some(rest) = self.rest {
            return Ok(matches!(rest, Rest::Yes));
        }
        let answer = ui.confirm_each(question).map_err(|_| no_answer(name))?;
        self.rest = match answer {
            Answer::All => Some(Rest::Yes),
            Answer::Stop => Some(Rest::No),
            Answer::Yes | Answer::No => None,
        };
        Ok(matches!(answer, Answer::Yes | Answer::All))
    }

    /// Whether the next one is asked.
    pub fn asks(&self) -> bool {
        self.rest.is_none()
    }

    /// Whether there is an answer to everything that follows.
    pub fn is_stopped(&self) -> bool {
        matches!(self.rest, Some(Rest::No))
    }
}

/// What an error comes to after other changes have been made: they stay.
pub(super) fn after(changed: usize, error: CommandError) -> CommandError {
    match changed {
        0 => error,
        _ => CommandError::partial(error.message()).hints(error.next_steps().to_vec()),
    }
}

/// That there is somebody to ask, where nobody has agreed beforehand.
///
/// # Errors
/// Status 2, with what to do instead.
pub(super) fn possible(ui: &Ui, instead: &str) -> Result<(), CommandError> {
    match ui.questions() {
        Questions::Allowed => Ok(()),
        Questions::Forbidden => Err(CommandError::usage(
            "there is no terminal to ask for confirmation; nothing was changed",
        )
        .hint(instead)),
    }
}

/// An error after `done` workloads were `what` (`migrated`): its own status would
/// say that nothing was changed.
pub(super) fn stopped(ui: &Ui, done: usize, what: &str, error: CommandError) -> CommandError {
    if done == 0 {
        return error;
    }
    ui.error(&error);
    CommandError::partial(format!(
        "{done} of the workloads were {what} before that, and stay so"
    ))
}
