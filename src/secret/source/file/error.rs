//! Why a file or folder gave no values.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::secret::key::NameError;
use crate::secret::shred::Refusal;
use crate::secret::value::MAX_SECRET_BYTES;

/// What a path names when it does not name a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAFile {
    Directory,
    Fifo,
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
    Unreadable { path: PathBuf, source: io::Error },
    /// More than [`MAX_SECRET_BYTES`].
    #[error("{} holds more than {MAX_SECRET_BYTES} bytes, the most a Secret can hold", path.display())]
    TooLarge { path: PathBuf },
    /// Not a regular file.
    #[error("{} is {kind}, not a file", path.display())]
    NotAFile { path: PathBuf, kind: NotAFile },
    /// `-` for a path.
    #[error("\"-\" does not name a file")]
    Dash,
    /// A key together with a directory (kubectl's rule).
    #[error("cannot give a key name for a directory path: {}", path.display())]
    KeyForDirectory { path: PathBuf },
    /// A directory was expected.
    #[error("{} is not a directory", path.display())]
    NotADirectory { path: PathBuf },
    /// The file's name is not a legal key.
    #[error("the name of {} cannot be a key: it {problem}", path.display())]
    IllegalKey {
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
    if error.kind() == io::ErrorKind::WouldBlock {
        // A lease: another program's, or our own on a file given twice.
        return "it is held by another program, or given twice for shredding".to_owned();
    }
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
