//! The arguments of `--file` and `--from-file`. Files are not looked at here.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::secret::KeyName;
use crate::secret::key::NameError;

/// `KEY` and `PATH` of one argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileArgument {
    /// The key: as given, or the file's name.
    pub key: KeyName,
    pub path: PathBuf,
}

/// One part of a `--from-file` argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromFileArgument {
    /// The key, where one is given.
    pub key: Option<KeyName>,
    /// A file, or without a key also a directory.
    pub path: PathBuf,
}

/// Why an argument of `--file` or `--from-file` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// `=PATH`.
    #[error("key name for file path {} missing", path.display())]
    KeyMissing { path: PathBuf },
    /// `KEY=`.
    #[error("file path for key name {key} missing")]
    PathMissing { key: String },
    #[error("the file path is empty")]
    Empty,
    /// A path without a last part, such as `..`.
    #[error("{} has no file name to use as the key", path.display())]
    NoFileName { path: PathBuf },
    /// The key breaks a rule.
    #[error("key \"{name}\" {problem}")]
    IllegalKey {
        /// The key as given.
        name: String,
        /// The rule, and the nearest legal key.
        problem: NameError,
    },
    /// More than one `=` (kubectl's rule).
    #[error("key names or file paths cannot contain '='")]
    SeveralSeparators,
    /// Quotation marks that do not match (kubectl reads a comma-separated line).
    #[error("a quotation mark is not closed or stands inside a name")]
    Quotes,
    /// `-` for a path.
    #[error("\"-\" does not name a file")]
    Dash,
}

impl ArgumentError {
    /// The next step, as a whole sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::KeyMissing { .. } | Self::NoFileName { .. } => {
                Some("Give it as KEY=PATH.".to_owned())
            }
            Self::IllegalKey { problem, .. } => problem
                .nearest
                .as_ref()
                .map(|nearest| format!("Use {nearest}=PATH.")),
            Self::SeveralSeparators => {
                Some("--file KEY=PATH accepts paths that contain '='.".to_owned())
            }
            Self::Dash => Some("Use --stdin KEY to read standard input.".to_owned()),
            Self::PathMissing { .. } | Self::Empty | Self::Quotes => None,
        }
    }
}

/// Reads `[KEY=]PATH` of `--file`: split at the first `=`, so that a path may
/// contain more.
///
/// # Errors
/// [`ArgumentError`]; files are not looked at.
pub fn parse_file_argument(argument: &OsStr) -> Result<FileArgument, ArgumentError> {
    let (key, path) = split(argument)?;
    let key = match key {
        Some(key) => key,
        None => key_of(&path)?,
    };
    Ok(FileArgument { key, path })
}

/// Reads an argument of `--from-file` by kubectl's rules: commas separate
/// several (with the quotation marks of CSV), and each has at most one `=`
/// (kubectl `pkg/util/util.go`, `ParseFileSource`).
///
/// # Errors
/// [`ArgumentError`] with kubectl's wording; files are not looked at.
pub fn parse_from_file_argument(argument: &OsStr) -> Result<Vec<FromFileArgument>, ArgumentError> {
    comma_separated(argument.as_bytes())?
        .iter()
        .map(|part| {
            if part.iter().filter(|byte| **byte == b'=').count() > 1 {
                return Err(ArgumentError::SeveralSeparators);
            }
            let (key, path) = split(OsStr::from_bytes(part))?;
            Ok(FromFileArgument { key, path })
        })
        .collect()
}

fn split(argument: &OsStr) -> Result<(Option<KeyName>, PathBuf), ArgumentError> {
    let bytes = argument.as_bytes();
    let separator = bytes.iter().position(|byte| *byte == b'=');
    let (key, path) = match separator {
        Some(at) => (Some(&bytes[..at]), &bytes[at + 1..]),
        None => (None, bytes),
    };
    let path = PathBuf::from(OsStr::from_bytes(path));
    let key = key.map(String::from_utf8_lossy);
    match (&key, path.as_os_str().is_empty()) {
        (Some(key), true) if !key.is_empty() => {
            return Err(ArgumentError::PathMissing {
                key: key.clone().into_owned(),
            });
        }
        (_, true) => return Err(ArgumentError::Empty),
        (Some(key), false) if key.is_empty() => return Err(ArgumentError::KeyMissing { path }),
        _ => {}
    }
    if path.as_os_str() == "-" {
        return Err(ArgumentError::Dash);
    }
    let key = key.map(|name| checked_key(&name)).transpose()?;
    Ok((key, path))
}

fn key_of(path: &Path) -> Result<KeyName, ArgumentError> {
    match path.file_name() {
        Some(name) => checked_key(&name.to_string_lossy()),
        None => Err(ArgumentError::NoFileName {
            path: path.to_path_buf(),
        }),
    }
}

fn checked_key(name: &str) -> Result<KeyName, ArgumentError> {
    KeyName::new(name).map_err(|problem| ArgumentError::IllegalKey {
        name: name.to_owned(),
        problem,
    })
}

/// One line of comma-separated values, as pflag's `StringSlice` reads it with
/// Go's `encoding/csv`: a part that begins with a quotation mark ends with the
/// next one, and two of them stand for one.
fn comma_separated(line: &[u8]) -> Result<Vec<Vec<u8>>, ArgumentError> {
    let mut parts = Vec::new();
    let mut rest = line;
    loop {
        let mut part = Vec::new();
        if let Some(mut quoted) = rest.strip_prefix(b"\"") {
            loop {
                let end = quoted.iter().position(|byte| *byte == b'"');
                let end = end.ok_or(ArgumentError::Quotes)?;
                part.extend_from_slice(&quoted[..end]);
                rest = &quoted[end + 1..];
                match rest.strip_prefix(b"\"") {
                    Some(after) => {
                        part.push(b'"');
                        quoted = after;
                    }
                    None => break,
                }
            }
        } else {
            let end = rest.iter().position(|byte| *byte == b',');
            let (plain, after) = rest.split_at(end.unwrap_or(rest.len()));
            if plain.contains(&b'"') {
                return Err(ArgumentError::Quotes);
            }
            part.extend_from_slice(plain);
            rest = after;
        }
        parts.push(part);
        match rest.split_first() {
            None => return Ok(parts),
            Some((b',', after)) => rest = after,
            Some(_) => return Err(ArgumentError::Quotes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(argument: &str) -> Result<(String, String), ArgumentError> {
        parse_file_argument(OsStr::new(argument)).map(|parsed| {
            let path = parsed.path.to_string_lossy().into_owned();
            (parsed.key.as_str().to_owned(), path)
        })
    }

    fn from_file(argument: &str) -> Result<Vec<(Option<String>, String)>, String> {
        let parts = parse_from_file_argument(OsStr::new(argument));
        parts.map_err(|error| error.to_string()).map(|parts| {
            parts
                .into_iter()
                .map(|part| {
                    let key = part.key.map(|key| key.as_str().to_owned());
                    (key, part.path.to_string_lossy().into_owned())
                })
                .collect()
        })
    }

    #[test]
    fn a_path_may_contain_separators_after_the_first() {
        for (argument, key, path) in [
            ("x.env", "x.env", "x.env"),
            ("/a/b/x", "x", "/a/b/x"),
            ("k=/a/x", "k", "/a/x"),
            ("k=/a=b/x=y", "k", "/a=b/x=y"),
            ("k=a,b", "k", "a,b"),
            ("k==", "k", "="),
        ] {
            assert_eq!(file(argument), Ok((key.to_owned(), path.to_owned())));
        }
    }

    #[test]
    fn incomplete_arguments_are_errors() {
        for (argument, text) in [
            ("=x", "key name for file path x missing"),
            ("k=", "file path for key name k missing"),
            ("", "the file path is empty"),
            ("=", "the file path is empty"),
            ("..", ".. has no file name to use as the key"),
            ("-", "\"-\" does not name a file"),
            ("k=-", "\"-\" does not name a file"),
            (
                "a b=x",
                "key \"a b\" may contain only letters, digits, '-', '_' and '.'",
            ),
            (
                "dir/a b",
                "key \"a b\" may contain only letters, digits, '-', '_' and '.'",
            ),
        ] {
            let error = file(argument).expect_err(argument);
            assert_eq!(error.to_string(), text, "{argument}");
        }
        let hint = file("k=-").expect_err("refused").hint();
        assert!(hint.is_some_and(|hint| hint.contains("--stdin KEY")));
        let hint = file("a b=x").expect_err("refused").hint();
        assert_eq!(hint.as_deref(), Some("Use a-b=PATH."));
    }

    #[test]
    fn keys_that_lead_out_of_a_folder_are_errors() {
        let long = "k".repeat(254);
        for key in ["../x", "/etc/x", "..", "a/b", "ключ", &long] {
            let argument = format!("{key}=x");
            assert!(
                matches!(file(&argument), Err(ArgumentError::IllegalKey { .. })),
                "{key}"
            );
            assert!(from_file(&argument).is_err(), "{key}");
        }
    }

    #[test]
    fn from_file_follows_kubectl() {
        let one = |key: Option<&str>, path: &str| (key.map(str::to_owned), path.to_owned());
        for (argument, parts) in [
            ("x", vec![one(None, "x")]),
            ("a b", vec![one(None, "a b")]),
            ("k=x", vec![one(Some("k"), "x")]),
            ("k=x,y", vec![one(Some("k"), "x"), one(None, "y")]),
            ("\"k=x,y\"", vec![one(Some("k"), "x,y")]),
            ("\"x\"\"y\",z", vec![one(None, "x\"y"), one(None, "z")]),
        ] {
            assert_eq!(from_file(argument), Ok(parts), "{argument}");
        }
        for (argument, text) in [
            ("k=a=b", "key names or file paths cannot contain '='"),
            ("=x", "key name for file path x missing"),
            ("k=", "file path for key name k missing"),
            ("x,", "the file path is empty"),
            (
                "\"x",
                "a quotation mark is not closed or stands inside a name",
            ),
            (
                "x\"y",
                "a quotation mark is not closed or stands inside a name",
            ),
            (
                "\"x\"y",
                "a quotation mark is not closed or stands inside a name",
            ),
        ] {
            assert_eq!(from_file(argument), Err(text.to_owned()), "{argument}");
        }
    }
}
