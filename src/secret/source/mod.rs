//! Where values come from: one module a source.

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
    /// Its value.
    pub value: SecretValue,
    /// Where the value came from, for messages.
    pub origin: Origin,
}

/// Where a value came from. Shown in messages, so it never holds content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// All of standard input.
    Stdin,
    /// Line `line` (from 1) of an env file on standard input.
    StdinLine { line: usize },
    /// A hidden prompt.
    Prompt,
    /// A whole file.
    File(PathBuf),
    /// Line `line` (from 1) of an env file.
    EnvFile { path: PathBuf, line: usize },
    /// An inherited file descriptor.
    Descriptor(i32),
    /// Random bytes of our own.
    Generated,
    /// Put together from other input, such as a docker configuration.
    Composed,
}
