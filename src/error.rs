//! What a command reports when it does not end well: one sentence, the next
//! step, and the exit status. Domain modules have typed errors of their own;
//! they become a [`CommandError`] at the edge of a command.

use crate::command_line::{Connection, Hint};
use std::borrow::Cow;
use std::process::ExitCode;

/// Exit codes of the program. They are a promise: numbers never change
/// meaning, new ones are only added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Everything asked for was done, or there was nothing to do. Since 0.1.0.
    Ok = 0,
    /// Findings, or (with `--exit-code`) a plan that would change something. Since 0.1.0.
    Findings = 1,
    /// The command line or its input cannot be used; nothing was changed. Since 0.1.0.
    Usage = 2,
    /// The cluster, or a registry that was to be asked, could not be reached or did not allow the question; nothing was changed. Since 0.1.0.
    Unavailable = 3,
    /// The change failed and what was done of it was undone. Since 0.1.0.
    RolledBack = 4,
    /// Part of the work is done; the message says which part. Since 0.1.0.
    Partial = 5,
    /// Interrupted at a prompt (128 + SIGINT, as shells have it); nothing was changed. Since 0.1.0.
    Interrupted = 130,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(status as u8)
    }
}

/// Why the value of a flag cannot be used, as a fragment with the next step. The
/// words are ours and never repeat the value: it may be a secret that was typed
/// in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct UnusableValue {
    why: Cow<'static, str>,
    typed: Typed,
}

/// What may have been typed where the value of a flag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    Anything,
    /// A number or a duration.
    Measure,
}

impl From<&'static str> for UnusableValue {
    fn from(why: &'static str) -> Self {
        Self::of(why.into(), Typed::Anything)
    }
}

impl UnusableValue {
    fn of(why: Cow<'static, str>, typed: Typed) -> Self {
        Self { why, typed }
    }

    /// One that is made from what is known, not from what was typed.
    pub fn made_of_known(why: String) -> Self {
        Self::of(why.into(), Typed::Anything)
    }

    /// One of a flag that takes a number or a duration, so that the value can be named.
    pub fn measure(why: impl Into<Cow<'static, str>>) -> Self {
        Self::of(why.into(), Typed::Measure)
    }

    /// What the flag takes.
    pub fn typed(&self) -> Typed {
        self.typed
    }
}

/// An error as the user sees it.
///
/// `message` is a lower-case fragment that stands after `error: `; `hints`
/// are whole sentences, each a next step. Neither ever holds a secret value.
#[derive(Debug)]
pub struct CommandError {
    status: ExitStatus,
    message: String,
    hints: Vec<Hint>,
}

impl CommandError {
    /// An error with an explicit status.
    pub fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// The user's input cannot be used; nothing was changed.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Usage, message)
    }

    /// The cluster could not be asked; nothing was changed.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Unavailable, message)
    }

    /// Part of the work is done.
    pub fn partial(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Partial, message)
    }

    /// Adds a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds what to do about a value that was typed where everybody can read it.
    #[must_use]
    pub fn exposed(self) -> Self {
        self.hint(
            "If you typed a value, it is now in your shell history and was in the process list: \
             remove it from the history, and use another value if others can read this machine.",
        )
    }

    /// Adds several next steps.
    #[must_use]
    pub fn hints(mut self, hints: impl IntoIterator<Item = impl Into<Hint>>) -> Self {
        self.hints.extend(hints.into_iter().map(Into::into));
        self
    }

    /// The commands of its next steps ask the cluster of this connection.
    #[must_use]
    pub fn on(mut self, connection: &Connection) -> Self {
        self.hints = self
            .hints
            .into_iter()
            .map(|hint| hint.on(connection))
            .collect();
        self
    }

    /// A Role that is enough for one request is replaced by this, which is enough for the
    /// whole command: whoever is given one verb at a time is refused the next one.
    #[must_use]
    pub fn enough(mut self, role: &Hint) -> Self {
        for hint in &mut self.hints {
            if hint.is_for_one_request() {
                hint.clone_from(role);
            }
        }
        self.hints.dedup();
        self
    }

    /// The exit status this error ends the program with.
    pub fn status(&self) -> ExitStatus {
        self.status
    }

    /// The sentence after `error: `.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The next steps, in order.
    pub fn next_steps(&self) -> &[Hint] {
        &self.hints
    }
}
