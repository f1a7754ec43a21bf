//! The rules of `kubectl create secret generic --from-env-file` (kubernetes
//! `staging/src/k8s.io/kubectl/pkg/cmd/util/env_file.go`): one line an
//! assignment, no quotes, no escapes, trailing blanks kept.
//!
//! Two deliberate differences: a line longer than 64 KiB is read (kubectl stops
//! there without a word and loses the rest), and an error never shows bytes.

use std::os::unix::ffi::OsStringExt;

use super::{Environment, Problem, Remark, Statement, key_name};
use crate::secret::{KeyName, SecretValue};

pub(super) fn statements(content: &[u8], environment: Environment<'_>) -> Vec<Statement> {
    let content = content
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(content);
    let mut statements = Vec::new();
    for (index, line) in content.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(outcome) = assignment(line, environment).transpose() {
            statements.push(Statement {
                first_line: index + 1,
                last_line: index + 1,
                outcome,
            });
        }
    }
    statements
}

type Meaning = (KeyName, SecretValue, Option<Remark>);

/// What a line says; nothing for a blank line or a comment.
fn assignment(line: &[u8], environment: Environment<'_>) -> Result<Option<Meaning>, Problem> {
    let line = std::str::from_utf8(line)
        .map_err(|_| Problem::NotUtf8)?
        .trim_start();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if let Some((key, value)) = line.split_once('=') {
        return Ok(Some((
            key_name(key)?,
            SecretValue::from_bytes(value.into()),
            None,
        )));
    }
    let key = key_name(line)?;
    let (value, remark) = match environment(key.as_str()) {
        Some(value) => (value.into_vec(), Remark::TakenFromEnvironment),
        None => (Vec::new(), Remark::UnsetInEnvironment),
    };
    Ok(Some((key, SecretValue::from_bytes(value), Some(remark))))
}

#[cfg(test)]
#[path = "kubectl_tests.rs"]
mod tests;
