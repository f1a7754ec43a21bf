//! The hidden prompt: a value typed or pasted on the terminal.
//!
//! It talks to `/dev/tty` alone, so standard input and output stay free for
//! data. Lines may be longer than the 4095 bytes a terminal usually allows, and
//! bytes go into wiped buffers only; the kernel's own terminal buffer is out of
//! reach. One line is a value, except that a value that begins with
//! `-----BEGIN ` goes on to the end of its `-----END` line, newline included.

use std::io;

use crate::secret::SecretValue;
use crate::secret::value::MAX_SECRET_BYTES;

mod editor;
mod terminal;

use editor::{LineEditor, Step};
use terminal::{Input, Terminal};

/// How often two differing entries are asked for again, the first included.
const TRIES: usize = 3;

/// How often a value is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Once: a wrong entry shows at once, such as a passphrase.
    Once,
    /// Twice, and both entries must be equal.
    Twice,
}

/// Why no value was read. The terminal shows what is typed again.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// There is no terminal to ask on.
    #[error("there is no terminal to ask on")]
    NoTerminal,
    /// Ctrl-D on an empty line.
    #[error("the prompt was ended without a value")]
    EndOfInput,
    /// A signal ended the prompt; its number. The caller ends the process.
    #[error("interrupted")]
    Interrupted(i32),
    /// The terminal was closed.
    #[error("the terminal went away during the prompt")]
    TerminalGone,
    /// The two entries differed each time.
    #[error("the two entries differed {TRIES} times")]
    Mismatch,
    /// More than a Secret can hold.
    #[error("the value is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The terminal failed in another way.
    #[error("the terminal cannot be used: {0}")]
    Io(#[from] io::Error),
}

impl PromptError {
    /// The next step for the user.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoTerminal | Self::TooLarge { .. } => {
                Some("Give the value with --stdin KEY, --file KEY=PATH or --fd KEY=N.")
            }
            Self::Mismatch => {
                Some("To see what is stored, write it to a file and use --file KEY=PATH.")
            }
            _ => None,
        }
    }
}

/// Asks for a value on the terminal without showing it. `label` says what for.
///
/// An empty entry is asked for again; a second empty one in a row is taken.
///
/// # Errors
/// One of [`PromptError`]; in each case the terminal is as it was before.
pub fn read_hidden(label: &str, confirmation: Confirmation) -> Result<SecretValue, PromptError> {
    let label: String = label
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    let mut terminal = Terminal::open()?;
    for _ in 0..TRIES {
        let first = entry(
            &mut terminal,
            &format!("{label} (hidden; Enter ends it, a PEM block ends with its END line): "),
            Empty::AskAgain,
        )?;
        if confirmation == Confirmation::Once || first.is_empty() {
            return Ok(first);
        }
        let second = entry(&mut terminal, &format!("{label} once more: "), Empty::Take)?;
        if first.same_as(&second) {
            return Ok(first);
        }
        terminal.show("The two entries differ.\n")?;
    }
    Err(PromptError::Mismatch)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    AskAgain,
    Take,
}

/// One entry, asked for until it can be used.
fn entry(
    terminal: &mut Terminal,
    prompt: &str,
    mut empty: Empty,
) -> Result<SecretValue, PromptError> {
    loop {
        terminal.show(prompt)?;
        match line(terminal, prompt)? {
            None => terminal.show(
                "A key that types no character was pressed, such as an arrow. Please start again.\n",
            )?,
            Some(value) if value.is_empty() && empty == Empty::AskAgain => {
                empty = Empty::Take;
                terminal.show("Nothing was typed. Press Enter again for an empty value, or type one.\n")?;
            }
            Some(value) => return Ok(value),
        }
    }
}

/// Reads until the editor has a value; none when a key was pressed that the
/// editor does not know.
fn line(terminal: &mut Terminal, prompt: &str) -> Result<Option<SecretValue>, PromptError> {
    let mut editor = LineEditor::new(MAX_SECRET_BYTES);
    let mut step = Step::More;
    loop {
        // After the END line of a PEM block, a paste may go on with the next.
        let patience = if step == Step::BlockEnd {
            terminal::Patience::Paste
        } else {
            terminal::Patience::Endless
        };
        step = match terminal.next(patience)? {
            Input::Byte(byte) => editor.feed(byte),
            Input::Nothing => Step::Done,
            Input::Resumed => {
                // Who cannot see what was typed before cannot go on with it.
                editor = LineEditor::new(MAX_SECRET_BYTES);
                terminal.show(prompt)?;
                Step::More
            }
        };
        match step {
            Step::More | Step::BlockEnd => {}
            Step::EndOfInput => {
                terminal.show("\n")?;
                return Err(PromptError::EndOfInput);
            }
            Step::TooLarge => {
                terminal.show("\n")?;
                return Err(PromptError::TooLarge {
                    limit: MAX_SECRET_BYTES,
                });
            }
            Step::Done => {
                terminal.show("\n")?;
                return Ok(editor.into_value());
            }
        }
    }
}

#[cfg(test)]
mod tests;
