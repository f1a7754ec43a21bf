//! Env files.

use std::ffi::OsString;

use crate::secret::{KeyName, SecretValue};

/// Whose rules a file follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `kubectl create secret generic --from-env-file`.
    Kubectl,
    /// What the dotenv libraries have in common.
    Dotenv,
}

/// One assignment.
pub struct Assignment {
    /// The key.
    pub key: KeyName,
    /// Its value.
    pub value: SecretValue,
    /// The line it begins on, from 1.
    pub line: usize,
    /// What the user should know about it.
    pub remark: Option<Remark>,
}

/// What the user should know about an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The line has no `=`; the value was taken from the environment.
    TakenFromEnvironment,
    /// The line has no `=` and the environment has no such variable; the value is empty.
    UnsetInEnvironment,
    /// `$NAME` or `${NAME}` was kept as it stands.
    NotExpanded,
}

/// Where a file breaks the rules. Holds no content but legal keys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct EnvFileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not text.
    #[error("is not valid UTF-8")]
    NotUtf8,
}

/// Reads an env file.
///
/// # Errors
/// [`EnvFileError`].
pub fn parse(
    _content: &SecretValue,
    _dialect: Dialect,
    _environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Vec<Assignment>, EnvFileError> {
    Ok(Vec::new())
}

/// Keys whose values, or presence, differ between the dialects.
pub fn differing_keys(_content: &SecretValue) -> Vec<KeyName> {
    Vec::new()
}
