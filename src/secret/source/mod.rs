//! Where values come from: one module a source.

use std::fmt;
use std::path::PathBuf;

use super::{KeyName, SecretValue};

pub mod descriptor;
pub mod directory;
pub mod env_file;
pub mod file;
pub mod generate;
pub mod prompt;
pub mod stdin;

/// One key and its value, and where the value came from.
pub struct Entry {
    /// The key in the Secret.
    pub key: KeyName,
    pub value: SecretValue,
    /// Where the value came from, for messages.
    pub origin: Origin,
}

/// Where a value came from. Shown in messages, so it never holds content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// All of standard input.
    Stdin,
    /// One line of an env file on standard input.
    StdinLine {
        /// The line, from 1.
        line: usize,
    },
    Prompt,
    File(PathBuf),
    /// One line of an env file.
    EnvFile {
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// An inherited file descriptor.
    Descriptor(i32),
    /// Random bytes of our own.
    Generated,
    /// A text that was edited.
    Editor,
    /// Put together from other input, such as a docker configuration.
    Composed,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => formatter.write_str("standard input"),
            Self::StdinLine { line } => write!(formatter, "standard input, line {line}"),
            Self::Prompt => formatter.write_str("the prompt"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::EnvFile { path, line } => write!(formatter, "{}, line {line}", path.display()),
            Self::Descriptor(number) => write!(formatter, "file descriptor {number}"),
            Self::Generated => formatter.write_str("the generator"),
            Self::Editor => formatter.write_str("the editor"),
            Self::Composed => formatter.write_str("the flags"),
        }
    }
}
