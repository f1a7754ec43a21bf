//! Overwriting and removing plaintext files once the cluster holds their
//! content, and saying truthfully what that achieved.
//!
//! [`Candidate::examine`] opens a source before anything is sent and keeps
//! that one descriptor; [`shred()`] verifies every candidate again before it
//! touches the first. Whether the cluster really holds the content is the
//! caller's to prove.

mod filesystem;
mod overwrite;
mod preflight;
mod refusal;
mod siblings;
#[cfg(target_os = "linux")]
mod system;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

pub use filesystem::Storage;
pub use overwrite::{Failure, Outcome, shred};
pub use preflight::Candidate;
pub use refusal::{Refusal, RefusalReason};

/// What to say once after files were shredded, whatever the file system.
pub const ROTATE_ADVICE: &str =
    "If this file was ever shared, committed or backed up, rotate the value.";

/// Something the user should know about a source file that does not keep it
/// from being shredded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Git's index or a commit holds the file.
    TrackedByGit(PathBuf),
    /// The file lies in a git work tree and git could not be asked.
    PerhapsTrackedByGit(PathBuf),
    /// The file lies in a folder that a program synchronises.
    SyncFolder {
        path: PathBuf,
        /// The top of the synchronised folder.
        folder: PathBuf,
    },
    /// An editor's backup, swap or undo file lies beside the file.
    EditorSibling {
        path: PathBuf,
        /// What lies beside it.
        sibling: PathBuf,
    },
}

impl Notice {
    /// The source file it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::TrackedByGit(path)
            | Self::PerhapsTrackedByGit(path)
            | Self::SyncFolder { path, .. }
            | Self::EditorSibling { path, .. } => path,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TrackedByGit(path) => write!(
                formatter,
                "{} is tracked by git: its history keeps the content, so rotate the value.",
                path.display()
            ),
            Self::PerhapsTrackedByGit(path) => write!(
                formatter,
                "{} lies in a git work tree and may be tracked (git could not be asked): \
                 history would keep the content.",
                path.display()
            ),
            Self::SyncFolder { path, folder } => write!(
                formatter,
                "{} lies in the synchronised folder {}: other copies may stay.",
                path.display(),
                folder.display()
            ),
            Self::EditorSibling { path, sibling } => write!(
                formatter,
                "{} may hold an earlier version of {} and is not removed.",
                sibling.display(),
                path.display()
            ),
        }
    }
}
