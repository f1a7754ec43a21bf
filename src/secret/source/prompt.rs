//! The hidden prompt.

use crate::secret::SecretValue;

/// How often a value is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Once.
    Once,
    /// Twice, and both must be equal.
    Twice,
}

/// Why no value was read.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// There is no terminal.
    #[error("there is no terminal to ask on")]
    NoTerminal,
    /// Ctrl-D on an empty line.
    #[error("the prompt was ended without a value")]
    EndOfInput,
    /// A signal ended the prompt; its number.
    #[error("interrupted")]
    Interrupted(i32),
    /// The terminal closed.
    #[error("the terminal went away during the prompt")]
    TerminalGone,
    /// The entries differed each time.
    #[error("the two entries differed three times")]
    Mismatch,
    /// More than the limit.
    #[error("the value is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The terminal failed in another way.
    #[error("the terminal cannot be used: {0}")]
    Io(#[from] std::io::Error),
}

impl PromptError {
    /// The next step for the user.
    pub fn hint(&self) -> Option<&'static str> {
        None
    }
}

/// Asks for a hidden value on the terminal.
///
/// # Errors
/// [`PromptError`].
pub fn read_hidden(_label: &str, _confirmation: Confirmation) -> Result<SecretValue, PromptError> {
    Err(PromptError::NoTerminal)
}
