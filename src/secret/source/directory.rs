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
    pub path: PathBuf,
    /// Why it was left out.
    pub reason: SkipReason,
}

/// Why an entry gave no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// A symbolic link that is not part of a mounted Secret.
    SymbolicLink,
    Directory,
    Fifo,
    Socket,
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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use rustix::fs::{CWD, FileType as Kind, Mode, mknodat};

    use super::*;

    fn file(folder: &Path, name: &str, content: &[u8]) {
        File::create(folder.join(name))
            .and_then(|mut file| file.write_all(content))
            .expect("written");
    }

    fn taken(path: &Path, links: Links, reading: Reading) -> Directory {
        read(path, links, reading).unwrap_or_else(|error| panic!("{error}"))
    }

    fn keys(directory: &Directory) -> Vec<&str> {
        let files = directory.files.iter();
        files.map(|(key, _)| key.as_str()).collect()
    }

    fn skipped(directory: &Directory) -> Vec<String> {
        let skipped = directory.skipped.iter().map(Skipped::to_string);
        skipped
            .filter_map(|text| Some(text.rsplit_once('/')?.1.to_owned()))
            .collect()
    }

    /// What kubelet writes for a Secret with the keys `a` and `b`.
    fn mounted(folder: &Path) {
        let dated = folder.join("..2026_01_01_00_00_00.123");
        fs::create_dir(&dated).expect("created");
        file(&dated, "a", b"first");
        file(&dated, "b", b"second");
        symlink("..2026_01_01_00_00_00.123", folder.join(DATA_LINK)).expect("linked");
        symlink("..data/a", folder.join("a")).expect("linked");
        symlink("..data/b", folder.join("b")).expect("linked");
    }

    #[test]
    fn a_mounted_secret_is_followed_or_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        mounted(folder.path());
        let followed = taken(folder.path(), Links::FollowMounted, Reading::Plain);
        assert_eq!(keys(&followed), ["a", "b"]);
        assert_eq!(followed.files[1].1.value.expose(), b"second");
        assert!(followed.skipped.is_empty());
        let like_kubectl = taken(folder.path(), Links::Skip, Reading::Plain);
        assert!(like_kubectl.files.is_empty());
        assert_eq!(like_kubectl.skipped.len(), 4);
        assert!(matches!(
            read(folder.path(), Links::FollowMounted, Reading::ForShredding),
            Err(FileError::NotShreddable(_))
        ));
    }

    #[test]
    fn other_entries_are_skipped_and_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        for name in ["z", "a", "m.key", ".hidden"] {
            file(path, name, name.as_bytes());
        }
        fs::create_dir(path.join("folder")).expect("created");
        symlink("a", path.join("link")).expect("linked");
        symlink("..data/missing", path.join("missing")).expect("linked");
        symlink("/etc/passwd", path.join("passwd")).expect("linked");
        mknodat(CWD, path.join("fifo"), Kind::Fifo, Mode::RWXU, 0).expect("made");
        let _listener = UnixListener::bind(path.join("socket")).expect("bound");
        for links in [Links::FollowMounted, Links::Skip] {
            let directory = taken(path, links, Reading::PerhapsForShredding);
            assert_eq!(keys(&directory), [".hidden", "a", "m.key", "z"]);
            assert!(
                directory
                    .files
                    .iter()
                    .all(|(_, file)| file.candidate.is_some())
            );
            assert_eq!(
                skipped(&directory),
                [
                    "fifo (a named pipe)",
                    "folder (a directory)",
                    "link (a symbolic link)",
                    "missing (a symbolic link)",
                    "passwd (a symbolic link)",
                    "socket (a socket)",
                ]
            );
        }
    }

    #[test]
    fn a_name_that_cannot_be_a_key_stops_the_command() {
        for name in ["a b", "..a", "ä"] {
            let folder = tempfile::tempdir().expect("a folder");
            file(folder.path(), name, b"canary");
            for links in [Links::FollowMounted, Links::Skip] {
                let error = read(folder.path(), links, Reading::Plain)
                    .err()
                    .expect("refused");
                assert!(matches!(&error, FileError::IllegalKey { .. }), "{error}");
                assert!(error.to_string().contains(name), "{error}");
            }
        }
        let folder = tempfile::tempdir().expect("a folder");
        file(folder.path(), "a b", b"canary");
        let error = read(folder.path(), Links::Skip, Reading::Plain).err();
        let hint = error.and_then(|error| error.hint()).expect("a hint");
        assert!(hint.contains("--file a-b="), "{hint}");
    }

    #[test]
    fn a_file_is_not_a_directory() {
        let folder = tempfile::tempdir().expect("a folder");
        file(folder.path(), "x", b"canary");
        let path = folder.path().join("x");
        assert!(matches!(
            read(&path, Links::Skip, Reading::Plain),
            Err(FileError::NotADirectory { .. })
        ));
        assert!(matches!(
            read(&path.join("missing"), Links::Skip, Reading::Plain),
            Err(FileError::Unreadable { .. })
        ));
    }
}
