//! `--file [KEY=]PATH` and kubectl's `--from-file`: one file, one value.
//!
//! A file is read at most one byte past the limit, and never waited for. Only
//! pipes that are already open (`/dev/fd/N`, as process substitution makes
//! them) are read to their end, as kubectl does.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::directory::{self, Links};
use crate::secret::key::NameError;
use crate::secret::value::{MAX_SECRET_BYTES, ReadError};
use crate::secret::{KeyName, SecretValue};
use crate::shred::{Candidate, Refusal, RefusalReason};

/// Whether a file is read to be shredded later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The file stays; links are followed.
    Plain,
    /// The file is to be shredded, and it is an error if it cannot be.
    ForShredding,
    /// The file may be shredded; one that cannot be is read all the same.
    PerhapsForShredding,
}

/// The content of one file.
pub struct FileContent {
    /// The file as it was named.
    pub path: PathBuf,
    /// What it holds.
    pub value: SecretValue,
    /// The file, held for shredding.
    pub candidate: Option<Candidate>,
    /// Why it cannot be shredded ([`Reading::PerhapsForShredding`] only).
    pub kept_because: Option<Refusal>,
}

/// What a path names when it does not name a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAFile {
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A terminal, disk or other device.
    Device,
}

impl fmt::Display for NotAFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Directory => "a directory",
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
        })
    }
}

/// Why a file or folder gave no values. Names paths, never content.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused.
    #[error("cannot read {}: {}", path.display(), cause(source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// More than [`MAX_SECRET_BYTES`].
    #[error("{} holds more than {MAX_SECRET_BYTES} bytes, the most a Secret can hold", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Not a regular file.
    #[error("{} is {kind}, not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is.
        kind: NotAFile,
    },
    /// `-` for a path.
    #[error("\"-\" does not name a file")]
    Dash,
    /// A key together with a directory (kubectl's rule).
    #[error("cannot give a key name for a directory path: {}", path.display())]
    KeyForDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// A directory was expected.
    #[error("{} is not a directory", path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// The file's name is not a legal key.
    #[error("the name of {} cannot be a key: it {problem}", path.display())]
    IllegalKey {
        /// The file.
        path: PathBuf,
        /// The rule that is broken, and the nearest legal key.
        problem: NameError,
    },
    /// The file cannot be shredded, and that was asked for.
    #[error("{0}")]
    NotShreddable(#[from] Refusal),
}

impl FileError {
    /// The next step, as a whole sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAFile { path, kind } => Some(match kind {
                NotAFile::Directory => {
                    format!("Use --dir {} to take every file in it.", path.display())
                }
                NotAFile::Fifo | NotAFile::Socket | NotAFile::Device => {
                    "Pass the bytes with --stdin KEY, or an open descriptor with --fd KEY=N."
                        .to_owned()
                }
            }),
            Self::Dash => Some("Use --stdin KEY to read standard input.".to_owned()),
            Self::IllegalKey { path, problem } => Some(match &problem.nearest {
                Some(nearest) => format!(
                    "Rename the file, or give the key with --file {nearest}={}.",
                    path.display()
                ),
                None => format!("Give a key with --file KEY={}.", path.display()),
            }),
            Self::KeyForDirectory { path } => Some(format!(
                "Leave the key out: every file in {} becomes a key by its name.",
                path.display()
            )),
            Self::NotADirectory { path } => {
                Some(format!("Use --file KEY={} for one file.", path.display()))
            }
            Self::TooLarge { .. } => {
                Some("Keep large files elsewhere and only their key in a Secret.".to_owned())
            }
            Self::NotShreddable(refusal) => Some(refusal.hint().to_owned()),
            Self::Unreadable { .. } => None,
        }
    }
}

/// The system's reason without its number.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Reads the file at `path`.
///
/// # Errors
/// [`FileError`]; with [`Reading::ForShredding`] also for a file that is
/// readable and could not be shredded.
pub fn read(path: &Path, reading: Reading) -> Result<FileContent, FileError> {
    if path.as_os_str() == "-" {
        return Err(FileError::Dash);
    }
    let mut kept_because = None;
    if reading != Reading::Plain {
        match Candidate::examine(path) {
            Ok(candidate) => {
                return Ok(FileContent {
                    path: path.to_path_buf(),
                    value: candidate.content().duplicate(),
                    candidate: Some(candidate),
                    kept_because: None,
                });
            }
            Err(refusal)
                if reading == Reading::ForShredding
                    && !matches!(
                        refusal.reason,
                        RefusalReason::Missing | RefusalReason::TooLarge
                    ) =>
            {
                return Err(refusal.into());
            }
            // What cannot be read at all is named by the plain reading below.
            Err(refusal) => kept_because = Some(refusal),
        }
    }
    let value = read_plain(path)?;
    match kept_because {
        Some(refusal) if reading == Reading::ForShredding => Err(refusal.into()),
        kept_because => Ok(FileContent {
            path: path.to_path_buf(),
            value,
            candidate: None,
            kept_because,
        }),
    }
}

fn read_plain(path: &Path) -> Result<SecretValue, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_path_buf(),
        source,
    };
    let streams = names_open_descriptor(path);
    // Opening a device or a named pipe has effects of its own, so the path is
    // looked at first; the open file is checked again because names can change.
    check_kind(path, &fs::metadata(path).map_err(unreadable)?, streams)?;
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
        .open(path)
        .map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    check_kind(path, &metadata, streams)?;
    if metadata.is_file() && metadata.len() > MAX_SECRET_BYTES as u64 {
        return Err(FileError::TooLarge {
            path: path.to_path_buf(),
        });
    }
    if streams {
        wait_for_data(&file).map_err(unreadable)?;
    }
    let expected = usize::try_from(metadata.len()).unwrap_or(0);
    SecretValue::read_from(&mut file, expected, MAX_SECRET_BYTES).map_err(|error| match error {
        ReadError::TooLarge { .. } => FileError::TooLarge {
            path: path.to_path_buf(),
        },
        ReadError::Io(source) => unreadable(source),
    })
}

/// Undoes the flag that kept opening from waiting.
fn wait_for_data(file: &File) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(file)?;
    Ok(rustix::fs::fcntl_setfl(
        file,
        flags.difference(OFlags::NONBLOCK),
    )?)
}

/// Whether the path is a name for a descriptor that this process already has
/// open, as in process substitution.
fn names_open_descriptor(path: &Path) -> bool {
    let is_number =
        |text: &OsStr| !text.is_empty() && text.as_bytes().iter().all(u8::is_ascii_digit);
    path == Path::new("/dev/stdin")
        || ["/dev/fd", "/proc/self/fd"].iter().any(|folder| {
            path.strip_prefix(folder)
                .is_ok_and(|n| is_number(n.as_os_str()))
        })
}

fn check_kind(path: &Path, metadata: &Metadata, streams: bool) -> Result<(), FileError> {
    let kind = metadata.file_type();
    let kind = if kind.is_file() || (kind.is_fifo() && streams) {
        return Ok(());
    } else if kind.is_dir() {
        NotAFile::Directory
    } else if kind.is_fifo() {
        NotAFile::Fifo
    } else if kind.is_socket() {
        NotAFile::Socket
    } else {
        NotAFile::Device
    };
    Err(FileError::NotAFile {
        path: path.to_path_buf(),
        kind,
    })
}

/// `KEY` and `PATH` of one argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileArgument {
    /// The key: as given, or the file's name.
    pub key: KeyName,
    /// The file.
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
    KeyMissing {
        /// The path.
        path: PathBuf,
    },
    /// `KEY=`.
    #[error("file path for key name {key} missing")]
    PathMissing {
        /// The key.
        key: String,
    },
    /// Nothing at all.
    #[error("the file path is empty")]
    Empty,
    /// A path without a last part, such as `..`.
    #[error("{} has no file name to use as the key", path.display())]
    NoFileName {
        /// The path.
        path: PathBuf,
    },
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

/// Reads one part of `--from-file` as kubectl does: a file, or without a key
/// every regular file of a directory.
///
/// # Errors
/// [`FileError`], also for a directory with a key and for file names that
/// cannot be keys.
pub fn read_from_file(
    argument: &FromFileArgument,
    reading: Reading,
) -> Result<Vec<(KeyName, FileContent)>, FileError> {
    let path = &argument.path;
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        if argument.key.is_some() {
            return Err(FileError::KeyForDirectory { path: path.clone() });
        }
        return Ok(directory::read(path, Links::Skip, reading)?.files);
    }
    let content = read(path, reading)?;
    let key = match &argument.key {
        Some(key) => key.clone(),
        None => directory::key_of(path)?,
    };
    Ok(vec![(key, content)])
}
