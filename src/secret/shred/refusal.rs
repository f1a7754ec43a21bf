//! Why a file is not shredded, and what to do about it.

use std::io;
use std::path::PathBuf;

use rustix::io::Errno;

use crate::secret::value::MAX_SECRET_BYTES;

/// Why a file is not shredded.
#[derive(Debug, thiserror::Error)]
#[error("cannot shred {}: {reason}", path.display())]
pub struct Refusal {
    /// The file as it was named.
    pub path: PathBuf,
    pub reason: RefusalReason,
}

/// The reason of a [`Refusal`].
#[derive(Debug, thiserror::Error)]
pub enum RefusalReason {
    /// The name is a symbolic link.
    #[error("it is a symbolic link")]
    SymbolicLink,
    /// The file has other names.
    #[error("it has {} other name(s) (hard links)", links - 1)]
    HardLinked {
        /// The number of its names.
        links: u64,
    },
    /// Not a regular file; holds what it is, with an article.
    #[error("it is {0}")]
    NotRegular(&'static str),
    /// It belongs to somebody else.
    #[error("it belongs to another user")]
    NotOurs,
    /// It is larger than a Secret can be.
    #[error("it holds more than {MAX_SECRET_BYTES} bytes")]
    TooLarge,
    /// Somebody else has it open, or another source of this command is the
    /// same file.
    #[error("it is open in another program, or given twice")]
    Open,
    /// `chattr +a` or `+i` on the file or its folder.
    #[error("it, or its folder, is append-only or immutable")]
    Protected,
    /// No permission to write to the file or its folder.
    #[error("it, or its folder, cannot be written to")]
    NotWritable,
    /// Under `/proc`, `/sys` or `/dev`.
    #[error("it lies in {0}, which holds no ordinary files")]
    SystemFolder(&'static str),
    /// The kubeconfig in use.
    #[error("it is the kubeconfig")]
    Kubeconfig,
    /// A program that is running.
    #[error("it is a running program")]
    RunningProgram,
    /// It changed while it was being read.
    #[error("it changed while it was being read")]
    Changing,
    /// There is no such file.
    #[error("no such file or directory")]
    Missing,
    /// The operating system refused for another reason.
    #[error("{0}")]
    Io(io::Error),
}

impl Refusal {
    /// The next step, as a whole sentence.
    pub fn hint(&self) -> &'static str {
        match self.reason {
            RefusalReason::SymbolicLink => {
                "Name the file that the link points to, or keep it with --keep."
            }
            RefusalReason::HardLinked { .. } => {
                "Remove the other names first (find them with find -samefile), or keep it with --keep."
            }
            RefusalReason::Open => "Close it in the other program, or keep it with --keep.",
            RefusalReason::Protected => {
                "Take the attribute away with chattr, or keep the file with --keep."
            }
            RefusalReason::Changing => "Wait until nothing writes to it and run the command again.",
            RefusalReason::Missing => "Check the path.",
            RefusalReason::TooLarge => "A Secret holds at most 1 MiB of values.",
            RefusalReason::NotRegular(_)
            | RefusalReason::NotOurs
            | RefusalReason::NotWritable
            | RefusalReason::SystemFolder(_)
            | RefusalReason::Kubeconfig
            | RefusalReason::RunningProgram
            | RefusalReason::Io(_) => "Run the command with --keep to leave the file as it is.",
        }
    }
}

impl RefusalReason {
    pub(super) fn from_errno(errno: Errno) -> Self {
        match errno {
            Errno::LOOP => Self::SymbolicLink,
            Errno::NOENT | Errno::NOTDIR => Self::Missing,
            Errno::TXTBSY => Self::RunningProgram,
            Errno::PERM => Self::Protected,
            Errno::ACCESS | Errno::ROFS => Self::NotWritable,
            Errno::WOULDBLOCK => Self::Open,
            other => Self::Io(other.into()),
        }
    }

    pub(super) fn from_io(error: io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(errno) => Self::from_errno(errno),
            None => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_next_step() {
        let hint = |reason| {
            let path = PathBuf::from("x");
            Refusal { path, reason }.hint()
        };
        for reason in [
            RefusalReason::SymbolicLink,
            RefusalReason::HardLinked { links: 2 },
            RefusalReason::NotRegular("a socket"),
            RefusalReason::Open,
            RefusalReason::Protected,
            RefusalReason::Kubeconfig,
            RefusalReason::Io(io::Error::other("the disk failed")),
        ] {
            let hint = hint(reason);
            assert!(hint.contains("--keep") && hint.ends_with('.'), "{hint}");
        }
        assert_eq!(hint(RefusalReason::Missing), "Check the path.");
    }
}
