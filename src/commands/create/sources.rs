//! What is wrong with sources before and after they are read: a value in place of a
//! path, and a program that wrote nothing.

use std::ffi::OsStr;
use std::path::Path;

use crate::error::CommandError;
use crate::secret::source::{Origin, file};
use crate::values::arguments::SourceArgs;
use crate::values::gather::Collection;

/// Makes sure that no message names a path which may be a value: `KEY=VALUE` is what
/// kubectl's `--from-literal` takes.
///
/// # Errors
/// Status 2 for a file after `KEY=` that is not there and looks like no path.
pub(in crate::commands) fn check_paths(sources: &SourceArgs) -> Result<(), CommandError> {
    let of_file = sources.file.iter().filter(|argument| has_key(argument));
    for argument in of_file {
        if let Ok(argument) = file::parse_file_argument(argument) {
            check(argument.key.as_str(), &argument.path, "--file KEY=PATH")?;
        }
    }
    let of_from_file = sources.from_file.iter();
    for argument in of_from_file.filter(|argument| has_key(argument)) {
        for part in file::parse_from_file_argument(argument).unwrap_or_default() {
            let key = part.key.as_ref().map(|key| key.as_str());
            check(key.unwrap_or("?"), &part.path, "--from-file KEY=PATH")?;
        }
    }
    for path in sources.env_file.iter().chain(&sources.from_env_file) {
        let text = path.to_string_lossy();
        if let Some((key, value)) = text.split_once('=')
            && may_be_value(Path::new(value))
            && !path.exists()
        {
            return Err(not_there(key, "--env-file PATH"));
        }
    }
    Ok(())
}

fn has_key(argument: &OsStr) -> bool {
    argument.to_string_lossy().contains('=')
}

fn check(key: &str, path: &Path, flag: &str) -> Result<(), CommandError> {
    match may_be_value(path) && path.symlink_metadata().is_err() {
        true => Err(not_there(key, flag)),
        false => Ok(()),
    }
}

fn not_there(key: &str, flag: &str) -> CommandError {
    CommandError::usage(format!(
        "the file for key {key:?} does not exist (its path is not shown: it may be a value)"
    ))
    .hint(format!(
        "{flag} takes the path of a file. For a value, use --prompt KEY or --stdin KEY."
    ))
}

/// Whether a path leads into no directory that is there: a slip in a path is one of its
/// last parts, and a value has none.
fn may_be_value(path: &Path) -> bool {
    match path.parent() {
        None => true,
        Some(parent) => parent.as_os_str().is_empty() || !parent.is_dir(),
    }
}

/// What a source may come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Empty {
    Refuse,
    /// `--allow-empty`.
    Allow,
}

impl Empty {
    /// What the flag says.
    pub fn unless(allowed: bool) -> Self {
        match allowed {
            true => Self::Allow,
            false => Self::Refuse,
        }
    }
}

/// Makes sure that whatever wrote to standard input or a descriptor wrote something: a
/// program that failed writes nothing.
///
/// # Errors
/// Status 2 for an empty one.
pub(in crate::commands) fn check_streams(
    collection: &Collection<'_>,
    sources: &SourceArgs,
    empty: Empty,
) -> Result<(), CommandError> {
    if empty == Empty::Allow {
        return Ok(());
    }
    let silent = collection
        .entries
        .values()
        .find(|entry| is_stream(&entry.origin) && entry.value.is_empty());
    if let Some(entry) = silent {
        return Err(nothing(&format!(
            "{}, for key {}, is empty",
            entry.origin, entry.key
        )));
    }
    let is_line = |origin: &Origin| matches!(origin, Origin::StdinLine { .. });
    let mut origins = collection.entries.values().map(|entry| &entry.origin);
    match sources.stdin_env && !origins.any(is_line) {
        true => Err(nothing("standard input has no KEY=VALUE line")),
        false => Ok(()),
    }
}

pub(super) fn nothing(what: &str) -> CommandError {
    CommandError::usage(format!("{what}; nothing was changed"))
        .hint("Check the program that writes to it; --allow-empty creates the Secret nevertheless.")
}

fn is_stream(origin: &Origin) -> bool {
    const STREAMS: &[&str] = &["/dev/stdin", "/dev/fd", "/proc/self/fd"];
    match origin {
        Origin::Stdin | Origin::Descriptor(_) => true,
        Origin::File(path) => STREAMS.iter().any(|stream| path.starts_with(stream)),
        _ => false,
    }
}
