//! `--dir PATH`, and directories of kubectl's `--from-file`: every file
//! becomes a key by its name.
//!
//! A mounted Secret shows its keys as links through `..data` into a folder
//! that is replaced as a whole; [`Links::FollowMounted`] reads those too.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, FileType};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::file::{self, FileContent, FileError, Reading};
use crate::secret::KeyName;

/// The name through which a mounted Secret's links go
/// (kubernetes `pkg/volume/util/atomic_writer.go`).
const DATA_LINK: &str = "..data";

/// What to do with symbolic links in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Follow the links of a mounted Secret or ConfigMap, and skip others.
    FollowMounted,
    /// Skip all, as kubectl does.
    Skip,
}

/// The files of a directory, by name.
pub struct Directory {
    /// Keys and contents, in the order of their names.
    pub files: Vec<(KeyName, FileContent)>,
    /// What was left out, in the order of names.
    pub skipped: Vec<Skipped>,
}

/// An entry that gave no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The entry.
    pub path: PathBuf,
    /// Why it was left out.
    pub reason: SkipReason,
}

/// Why an entry gave no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// A symbolic link that is not part of a mounted Secret.
    SymbolicLink,
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A device.
    Device,
}

impl fmt::Display for Skipped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            SkipReason::SymbolicLink => "a symbolic link",
            SkipReason::Directory => "a directory",
            SkipReason::Fifo => "a named pipe",
            SkipReason::Socket => "a socket",
            SkipReason::Device => "a device",
        };
        write!(formatter, "{} ({reason})", self.path.display())
    }
}

/// Reads every file of the directory at `path`; sub-directories are not
/// entered.
///
/// # Errors
/// [`FileError`] for the first file that cannot be read or whose name cannot
/// be a key: taking only some files would make an incomplete Secret.
pub fn read(path: &Path, links: Links, reading: Reading) -> Result<Directory, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_path_buf(),
        source,
    };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Err(FileError::NotADirectory {
            path: path.to_path_buf(),
        });
    }
    let mut entries = fs::read_dir(path)
        .and_then(|entries| {
            entries
                .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))))
                .collect::<Result<Vec<_>, _>>()
        })
        .map_err(unreadable)?;
    entries.sort_by(|(left, _), (right, _)| left.cmp(right));

    let mut directory = Directory {
        files: Vec::new(),
        skipped: Vec::new(),
    };
    for (entry, kind) in entries {
        if links == Links::FollowMounted && belongs_to_atomic_writer(&entry) && !kind.is_file() {
            continue;
        }
        match reason_to_skip(&entry, kind, links) {
            Some(reason) => directory.skipped.push(Skipped {
                path: entry,
                reason,
            }),
            None => {
                let key = key_of(&entry)?;
                let content = file::read(&entry, reading)?;
                directory.files.push((key, content));
            }
        }
    }
    Ok(directory)
}

/// The key that the file's name gives.
pub(super) fn key_of(path: &Path) -> Result<KeyName, FileError> {
    let name = path.file_name().unwrap_or_default();
    KeyName::new(&name.to_string_lossy()).map_err(|problem| FileError::IllegalKey {
        path: path.to_path_buf(),
        problem,
    })
}

/// `..data` and the dated folders it points to.
fn belongs_to_atomic_writer(entry: &Path) -> bool {
    entry
        .file_name()
        .is_some_and(|name| name.as_bytes().starts_with(b".."))
}

fn reason_to_skip(entry: &Path, kind: FileType, links: Links) -> Option<SkipReason> {
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        let followed = links == Links::FollowMounted && is_mounted_key(entry);
        (!followed).then_some(SkipReason::SymbolicLink)
    } else if kind.is_dir() {
        Some(SkipReason::Directory)
    } else if kind.is_fifo() {
        Some(SkipReason::Fifo)
    } else if kind.is_socket() {
        Some(SkipReason::Socket)
    } else {
        Some(SkipReason::Device)
    }
}

/// Whether the link is a key of a mounted Secret: `NAME -> ..data/NAME`, and a
/// file at its end.
fn is_mounted_key(link: &Path) -> bool {
    let expected = Path::new(DATA_LINK).join(link.file_name().unwrap_or(OsStr::new("")));
    fs::read_link(link).is_ok_and(|target| target == expected)
        && fs::metadata(link).is_ok_and(|metadata| metadata.is_file())
}
