//! `--file [KEY=]PATH` and kubectl's `--from-file`: one file, one value.
//!
//! A file is read at most one byte past the limit, and never waited for. Only
//! pipes that are already open (`/dev/fd/N`, as process substitution makes
//! them) are read to their end, as kubectl does, if it comes in time.

use std::fs::{self, Metadata, OpenOptions};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::directory::{self, Links};
use crate::reading::{PATIENCE_WITH_PROGRAMS, Patient, names_open_descriptor};
use crate::secret::shred::{Candidate, Refusal, RefusalReason};
use crate::secret::value::{MAX_SECRET_BYTES, ReadError};
use crate::secret::{KeyName, SecretValue};

mod argument;
mod error;

pub use argument::{
    ArgumentError, FileArgument, FromFileArgument, parse_file_argument, parse_from_file_argument,
};
pub use error::{FileError, NotAFile};

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
    pub value: SecretValue,
    /// The file, held for shredding.
    pub candidate: Option<Candidate>,
    /// Why it cannot be shredded ([`Reading::PerhapsForShredding`] only).
    pub kept_because: Option<Refusal>,
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
    let file = OpenOptions::new()
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
    let expected = usize::try_from(metadata.len()).unwrap_or(0);
    let mut file = Patient::new(file, PATIENCE_WITH_PROGRAMS);
    SecretValue::read_from(&mut file, expected, MAX_SECRET_BYTES).map_err(|error| match error {
        ReadError::TooLarge { .. } => FileError::TooLarge {
            path: path.to_path_buf(),
        },
        ReadError::Io(source) => unreadable(source),
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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    fn file(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
        let path = folder.join(name);
        File::create(&path)
            .and_then(|mut file| file.write_all(content))
            .expect("written");
        path
    }

    fn content(path: &Path, reading: Reading) -> FileContent {
        read(path, reading).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The error of reading `path`, at most five seconds later.
    fn error(path: &Path, reading: Reading) -> FileError {
        let (sender, receiver) = mpsc::channel();
        let path = path.to_path_buf();
        thread::spawn(move || sender.send(read(&path, reading).err()));
        receiver
            .recv_timeout(Duration::from_secs(5))
            .expect("an answer within five seconds")
            .expect("an error")
    }

    #[test]
    fn every_byte_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let all: Vec<u8> = (0..=255).chain(*b"\r\n\n").collect();
        for bytes in [all, Vec::new(), vec![7; MAX_SECRET_BYTES]] {
            let path = file(folder.path(), "x", &bytes);
            for reading in [
                Reading::Plain,
                Reading::ForShredding,
                Reading::PerhapsForShredding,
            ] {
                let content = content(&path, reading);
                assert_eq!(content.value.expose(), bytes);
                assert_eq!(content.candidate.is_some(), reading != Reading::Plain);
                assert!(content.kept_because.is_none());
            }
        }
    }

    #[test]
    fn one_byte_more_than_a_secret_holds_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(folder.path(), "x", b"");
        for length in [MAX_SECRET_BYTES as u64 + 1, 10 << 30] {
            let sparse = OpenOptions::new().write(true).open(&path).expect("opened");
            sparse.set_len(length).expect("grown");
            drop(sparse);
            for reading in [
                Reading::Plain,
                Reading::ForShredding,
                Reading::PerhapsForShredding,
            ] {
                assert!(matches!(error(&path, reading), FileError::TooLarge { .. }));
            }
        }
    }

    #[test]
    fn what_is_not_a_file_is_refused_without_waiting() {
        let folder = tempfile::tempdir().expect("a folder");
        let fifo = folder.path().join("fifo");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RWXU, 0).expect("made");
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).expect("bound");
        for (path, expected) in [
            (fifo.as_path(), NotAFile::Fifo),
            (&socket, NotAFile::Socket),
            (folder.path(), NotAFile::Directory),
            (Path::new("/dev/zero"), NotAFile::Device),
            (Path::new("/dev/null"), NotAFile::Device),
        ] {
            for reading in [Reading::Plain, Reading::PerhapsForShredding] {
                let error = error(path, reading);
                assert!(
                    matches!(&error, FileError::NotAFile { kind, .. } if *kind == expected),
                    "{error}"
                );
                assert!(error.hint().is_some());
            }
            let error = error(path, Reading::ForShredding);
            assert!(matches!(error, FileError::NotShreddable(_)), "{error}");
        }
        assert!(matches!(
            error(Path::new("-"), Reading::Plain),
            FileError::Dash
        ));
        let missing = error(&folder.path().join("missing"), Reading::ForShredding);
        let text = missing.to_string();
        assert!(
            text.ends_with("missing: no such file or directory"),
            "{text}"
        );
    }

    #[test]
    fn links_are_followed_unless_the_file_is_to_be_shredded() {
        let folder = tempfile::tempdir().expect("a folder");
        file(folder.path(), "x", b"canary");
        let link = folder.path().join("link");
        symlink("x", &link).expect("linked");
        assert_eq!(content(&link, Reading::Plain).value.expose(), b"canary");
        let perhaps = content(&link, Reading::PerhapsForShredding);
        assert_eq!(perhaps.value.expose(), b"canary");
        assert!(perhaps.candidate.is_none());
        assert!(matches!(
            perhaps.kept_because.map(|refusal| refusal.reason),
            Some(RefusalReason::SymbolicLink)
        ));
        assert!(matches!(
            error(&link, Reading::ForShredding),
            FileError::NotShreddable(_)
        ));
    }

    #[test]
    fn a_file_given_twice_for_shredding_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(folder.path(), "x", b"canary");
        let first = content(&path, Reading::ForShredding);
        for reading in [Reading::Plain, Reading::ForShredding] {
            let text = error(&path, reading).to_string();
            assert!(text.contains("given twice"), "{text}");
        }
        drop(first);
        content(&path, Reading::Plain);
    }

    #[test]
    fn an_open_pipe_is_read_to_its_end() {
        for folder in ["/dev/fd", "/proc/self/fd"] {
            let (reader, mut writer) = io::pipe().expect("a pipe");
            let path = PathBuf::from(format!("{folder}/{}", reader.as_raw_fd()));
            let slow = thread::spawn(move || {
                for part in [b"first ", b"second"] {
                    thread::sleep(Duration::from_millis(50));
                    writer.write_all(part).expect("written");
                }
            });
            let content = content(&path, Reading::PerhapsForShredding);
            slow.join().expect("ended");
            assert_eq!(content.value.expose(), b"first second");
            assert!(content.candidate.is_none());
        }
    }

    #[test]
    fn an_endless_pipe_ends_at_the_limit() {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        let path = PathBuf::from(format!("/dev/fd/{}", reader.as_raw_fd()));
        let endless = thread::spawn(move || while writer.write_all(&[1; 4096]).is_ok() {});
        assert!(matches!(
            error(&path, Reading::Plain),
            FileError::TooLarge { .. }
        ));
        drop(reader);
        endless.join().expect("ended");
    }

    #[test]
    fn only_names_of_descriptors_are_streams() {
        for (path, expected) in [
            ("/dev/stdin", true),
            ("/dev/fd/63", true),
            ("/proc/self/fd/0", true),
            ("/dev/fd/", false),
            ("/dev/fd/../zero", false),
            ("/proc/1/fd/0", false),
            ("/dev/stdout", false),
        ] {
            assert_eq!(names_open_descriptor(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn from_file_takes_a_file_or_a_directory() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(folder.path(), "a b", b"canary");
        let argument = |key: Option<&str>, path: &Path| FromFileArgument {
            key: key.map(|key| KeyName::new(key).expect("legal")),
            path: path.to_path_buf(),
        };
        let read = |argument| read_from_file(&argument, Reading::Plain);
        let files = read(argument(Some("k"), &path)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(files[0].0.as_str(), "k");
        for illegal in [argument(None, &path), argument(None, folder.path())] {
            assert!(matches!(
                read(illegal).err(),
                Some(FileError::IllegalKey { .. })
            ));
        }
        assert!(matches!(
            read(argument(Some("k"), folder.path())).err(),
            Some(FileError::KeyForDirectory { .. })
        ));
        std::fs::rename(&path, folder.path().join("a")).expect("renamed");
        file(folder.path(), "b", b"");
        let files = read(argument(None, folder.path())).unwrap_or_else(|error| panic!("{error}"));
        let keys: Vec<&str> = files.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["a", "b"]);
    }
}
