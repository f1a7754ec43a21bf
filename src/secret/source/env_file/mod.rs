//! Env files: many keys in one text, by the rules of a dialect.
//!
//! Values are copied from the file's buffer into buffers of their own that are
//! wiped; errors and remarks hold line numbers and legal keys, never content.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use crate::secret::{KeyName, SecretValue};

mod dotenv;
mod kubectl;

/// Whose rules a file follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `kubectl create secret generic --from-env-file`.
    Kubectl,
    /// What the dotenv libraries have in common.
    Dotenv,
}

/// One key and its value.
pub struct Assignment {
    pub key: KeyName,
    pub value: SecretValue,
    /// The line it begins on, from 1.
    pub line: usize,
    /// What the user should know about it.
    pub remark: Option<Remark>,
}

/// What the user should know about an assignment. The command that shows it
/// names the line; a line without `=` may be content, so its key stays unsaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The line has no `=`; the environment has a variable of that name.
    TakenFromEnvironment,
    /// The line has no `=` and no variable has that name; the value is empty.
    UnsetInEnvironment,
    /// `$NAME` or `${NAME}` was kept as it stands.
    NotExpanded,
}

impl Remark {
    /// The remark as a fragment that follows the name of the file and the line.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TakenFromEnvironment => {
                "has no '=': the value was taken from the environment variable of that name"
            }
            Self::UnsetInEnvironment => {
                "has no '=', and no environment variable has that name: the value is empty"
            }
            Self::NotExpanded => "names a variable with '$', which was kept as it stands",
        }
    }
}

/// Where a file breaks the rules.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {problem}")]
pub struct EnvFileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a line, as a fragment that follows its number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("is not valid UTF-8")]
    NotUtf8,
    /// What stands before `=` is no key.
    #[error("does not begin with a legal key")]
    IllegalKey,
    /// The dotenv dialect wants one on every line.
    #[error("has no '='")]
    NoEqualsSign,
    /// The quote that opens on this line is never closed.
    #[error("opens a quote that is never closed")]
    UnterminatedQuote,
    /// Something other than a comment follows the closing quote.
    #[error("begins a value with text after its closing quote")]
    TextAfterQuote,
    /// The key was given before.
    #[error("{0}")]
    Duplicate(Duplicate),
}

impl Problem {
    /// The next step for the user.
    pub fn hint(&self, dialect: Dialect) -> Option<&'static str> {
        match (self, dialect) {
            (Self::IllegalKey, Dialect::Kubectl) => Some(
                "A line is KEY=VALUE; with --env-dialect dotenv 'export', spaces around '=' and values in quotes over several lines are understood.",
            ),
            (Self::IllegalKey | Self::NoEqualsSign, _) => Some(
                "A key has letters, digits, '-', '_' and '.', and does not begin with a digit.",
            ),
            (Self::UnterminatedQuote, _) => {
                Some("Close the quote, or write \\\" for a quote inside double quotes.")
            }
            (Self::NotUtf8, _) => Some("Give a binary value with --file KEY=PATH."),
            (Self::TextAfterQuote | Self::Duplicate(_), _) => None,
        }
    }
}

/// A key that was given before. The key is unnamed where its line has no `=`.
#[derive(Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key, where naming it shows no content.
    pub key: Option<KeyName>,
    /// The line that gave it first, from 1.
    pub first_line: usize,
}

impl fmt::Display for Duplicate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, first_line } = self;
        match key {
            Some(key) => write!(
                formatter,
                "gives the key {key} again (first on line {first_line})"
            ),
            None => write!(formatter, "gives the key of line {first_line} again"),
        }
    }
}

/// A statement of a file, understood or not, and the lines it stands on.
struct Statement {
    first_line: usize,
    last_line: usize,
    outcome: Result<(KeyName, SecretValue, Option<Remark>), Problem>,
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Reads all assignments of a file, in its order. `environment` is asked for
/// the values of lines without `=`.
///
/// # Errors
/// [`EnvFileError`] for the first line that breaks the dialect's rules.
pub fn parse(
    content: &SecretValue,
    dialect: Dialect,
    environment: Environment<'_>,
) -> Result<Vec<Assignment>, EnvFileError> {
    let mut lines: BTreeMap<KeyName, usize> = BTreeMap::new();
    let mut assignments = Vec::new();
    for statement in statements(content, dialect, environment) {
        let line = statement.first_line;
        let failed = |problem| EnvFileError { line, problem };
        let (key, value, remark) = statement.outcome.map_err(failed)?;
        if let Some(first_line) = lines.insert(key.clone(), line) {
            let key = (!stands_without_equals(remark)).then_some(key);
            return Err(failed(Problem::Duplicate(Duplicate { key, first_line })));
        }
        assignments.push(Assignment {
            key,
            value,
            line,
            remark,
        });
    }
    Ok(assignments)
}

/// The keys of a file in kubectl's dialect, which kustomize has too
/// (kubernetes-sigs/kustomize `api/kv/kv.go`); `None` where a line may be
/// content, or the file is refused. Values are not looked at.
pub fn keys(content: &SecretValue) -> Option<Vec<KeyName>> {
    let several_lines = statements(content, Dialect::Dotenv, &|_| None)
        .iter()
        .any(|statement| statement.last_line > statement.first_line);
    if several_lines {
        return None;
    }
    let assignments = parse(content, Dialect::Kubectl, &|_| None).ok()?;
    assignments
        .into_iter()
        .map(|found| (!stands_without_equals(found.remark)).then_some(found.key))
        .collect()
}

/// The keys that the dialects give different values, or that only one gives,
/// in order.
///
/// Lines without `=` are left out, they carry a [`Remark`]. Lines inside a
/// value that dotenv reads over several lines are that value's content, even
/// where kubectl's dialect sees keys in them: the value's own key is named.
pub fn differing_keys(content: &SecretValue) -> Vec<KeyName> {
    let dotenv = statements(content, Dialect::Dotenv, &|_| None);
    let inner = |line: usize| {
        let inside =
            |s: &Statement| s.outcome.is_ok() && s.first_line < line && line <= s.last_line;
        dotenv.iter().any(inside)
    };
    let kubectl: BTreeMap<KeyName, SecretValue> = statements(content, Dialect::Kubectl, &|_| None)
        .into_iter()
        .filter(|statement| !inner(statement.first_line))
        .filter_map(|statement| statement.outcome.ok())
        .filter(|(_, _, remark)| !stands_without_equals(*remark))
        .map(|(key, value, _)| (key, value))
        .collect();
    let dotenv: BTreeMap<KeyName, SecretValue> = dotenv
        .into_iter()
        .filter_map(|statement| statement.outcome.ok())
        .map(|(key, value, _)| (key, value))
        .collect();
    let same = |key: &KeyName| match (kubectl.get(key), dotenv.get(key)) {
        (Some(one), Some(other)) => one.same_as(other),
        _ => false,
    };
    let mut keys: Vec<KeyName> = kubectl.keys().chain(dotenv.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| !same(key));
    keys
}

fn statements(
    content: &SecretValue,
    dialect: Dialect,
    environment: Environment<'_>,
) -> Vec<Statement> {
    match dialect {
        Dialect::Kubectl => kubectl::statements(content.expose(), environment),
        Dialect::Dotenv => dotenv::statements(content.expose()),
    }
}

fn stands_without_equals(remark: Option<Remark>) -> bool {
    matches!(
        remark,
        Some(Remark::TakenFromEnvironment | Remark::UnsetInEnvironment)
    )
}

/// A key both kubectl and the API server take (apimachinery
/// `validation.IsEnvVarName`, then `validation.IsConfigMapKey`).
fn key_name(text: &str) -> Result<KeyName, Problem> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(Problem::IllegalKey);
    }
    KeyName::new(text).map_err(|_| Problem::IllegalKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(content: &str) -> SecretValue {
        SecretValue::from_bytes(content.into())
    }

    fn differing(content: &str) -> Vec<String> {
        differing_keys(&value(content))
            .iter()
            .map(KeyName::to_string)
            .collect()
    }

    #[test]
    fn plain_files_mean_the_same_in_both_dialects() {
        assert!(differing("A=1\n# comment\n\nB=two words\nC=x=y\nD=\nE=a#b\n").is_empty());
    }

    #[test]
    fn keys_with_different_values_are_named() {
        for (content, keys) in [
            ("A=\"1\"\nB=2\n", vec!["A"]),
            ("A='1'\n", vec!["A"]),
            ("A=1 # one\n", vec!["A"]),
            ("A=1 \nB= 1\nC=1\n", vec!["A", "B"]),
            ("export A=1\nB=1\n", vec!["A"]),
            ("A = 1\n", vec!["A"]),
            ("A=\"open\nB=1\n", vec!["A"]),
            ("BARE\nB=1\n", vec![]),
        ] {
            assert_eq!(differing(content), keys, "{content}");
        }
    }

    #[test]
    fn keys_are_told_where_no_line_may_be_content() {
        let told = |content: &str| {
            keys(&value(content)).map(|keys| keys.iter().map(KeyName::to_string).collect())
        };
        let both = Some(vec!["A".to_owned(), "B".to_owned()]);
        assert_eq!(told("# two\nA=1\n\n  B=x=y\n"), both);
        assert_eq!(told("\u{feff}A='x y'\r\nB=\r\n"), both);
        assert_eq!(told(""), Some(Vec::new()));
        for content in [
            "A=1\nB\n",
            "A=1\nMIIEvAIBADAN\nabc==\n",
            "A=\"-----BEGIN X-----\nabc==\n-----END X-----\"\n",
            "A=1\nA=2\n",
            "export A=1\n",
            "1A=1\n",
        ] {
            assert_eq!(told(content), None, "{content}");
        }
    }

    #[test]
    fn lines_inside_a_value_are_never_named() {
        let content = "KEY=\"-----BEGIN X-----\nMIIEvAIBADAN\nabc==\n-----END X-----\"\nB=1\n";
        assert_eq!(differing(content), ["KEY"]);
    }

    #[test]
    fn errors_hold_no_content() {
        for content in [
            "hunter2 hunter2",
            "x y=hunter2",
            "A='hunter2",
            "A=\"hunter2\" hunter2",
        ] {
            for dialect in [Dialect::Kubectl, Dialect::Dotenv] {
                if let Err(error) = parse(&value(content), dialect, &|_| None) {
                    let shown = format!("{error} {error:?} {:?}", error.problem.hint(dialect));
                    assert!(!shown.contains("hunter2"), "{shown}");
                }
            }
        }
    }

    #[test]
    fn duplicates_name_both_lines_and_only_certain_keys() {
        for dialect in [Dialect::Kubectl, Dialect::Dotenv] {
            let error = parse(&value("A=1\n\nA=2\n"), dialect, &|_| None)
                .err()
                .expect("duplicate");
            assert_eq!(
                error.to_string(),
                "line 3 gives the key A again (first on line 1)"
            );
        }
        let error = parse(&value("abc\nabc\n"), Dialect::Kubectl, &|_| None)
            .err()
            .expect("duplicate");
        assert_eq!(error.to_string(), "line 2 gives the key of line 1 again");
    }
}
