//! `--fd KEY=N`: a value from a descriptor that the calling program opened.
//!
//! The descriptor is duplicated, not reopened through `/dev/fd/N`: reopening
//! checks the file's permissions again, starts at the first byte instead of
//! where the caller stands, cannot open sockets, and turns the writing end of
//! a pipe into a reading one.

use std::fs::{self, File};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::reading::{PATIENCE_WITH_PROGRAMS, Patient};
use crate::secret::SecretValue;
use crate::secret::value::ReadError;

/// Why a `--fd` argument or its descriptor cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DescriptorError {
    /// The argument is not `KEY=N`. It is not quoted: it may hold a value.
    #[error("--fd takes KEY=N, where N is the number of an open descriptor")]
    Argument,
    /// 0, 1 and 2 have other uses.
    #[error("descriptor {0} is one of the standard streams")]
    StandardStream(i32),
    /// Nothing is open there.
    #[error("descriptor {0} is not open")]
    Closed(i32),
    /// It is open, for writing alone.
    #[error("descriptor {0} is open for writing only")]
    WriteOnly(i32),
    /// A directory has no bytes.
    #[error("descriptor {0} is a directory")]
    Directory(i32),
    /// Reading failed, or there was too much to read.
    #[error("descriptor {number}: {source}")]
    Read { number: i32, source: ReadError },
}

impl DescriptorError {
    /// The next step for the user.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::StandardStream(0) => Some("Use --stdin KEY to read standard input."),
            Self::StandardStream(_) | Self::Closed(_) | Self::WriteOnly(_) => {
                Some("Open one for reading in the calling shell, such as --fd KEY=3 3<PATH.")
            }
            Self::Directory(_) => Some("Use --dir PATH to read the files of a directory."),
            Self::Argument | Self::Read { .. } => None,
        }
    }
}

/// Takes `KEY=N` apart. The key is checked by the caller.
///
/// # Errors
/// [`DescriptorError::Argument`] or [`DescriptorError::StandardStream`].
pub fn parse(argument: &str) -> Result<(String, i32), DescriptorError> {
    let (key, number) = argument.rsplit_once('=').ok_or(DescriptorError::Argument)?;
    let digits_only = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i32 = match number.parse() {
        Ok(number) if digits_only => number,
        _ => return Err(DescriptorError::Argument),
    };
    if number <= 2 {
        return Err(DescriptorError::StandardStream(number));
    }
    Ok((key.to_owned(), number))
}

/// Reads descriptor `number` to its end, at most `limit` bytes.
///
/// # Errors
/// One of [`DescriptorError`]; nothing of a refused source is kept.
pub fn read(number: i32, limit: usize) -> Result<SecretValue, DescriptorError> {
    if (0..=2).contains(&number) {
        return Err(DescriptorError::StandardStream(number));
    }
    let failed = |source: ReadError| DescriptorError::Read { number, source };
    let duplicate = duplicate(number).map_err(|error| match error {
        Errno::BADF => DescriptorError::Closed(number),
        _ => failed(io::Error::from(error).into()),
    })?;
    let mode = rustix::fs::fcntl_getfl(&duplicate)
        .map_err(|error| failed(io::Error::from(error).into()))?;
    if mode & OFlags::RWMODE == OFlags::WRONLY {
        return Err(DescriptorError::WriteOnly(number));
    }
    let file = File::from(duplicate);
    let kind = file.metadata().map_err(|error| failed(error.into()))?;
    if kind.is_dir() {
        return Err(DescriptorError::Directory(number));
    }
    let mut file = Patient::new(file, PATIENCE_WITH_PROGRAMS);
    SecretValue::read_from(&mut file, 0, limit).map_err(failed)
}

/// Duplicates descriptor `number`, closed on exec.
#[expect(
    unsafe_code,
    reason = "a number given on the command line has no owner to borrow from"
)]
fn duplicate(number: i32) -> Result<OwnedFd, Errno> {
    if fs::symlink_metadata(format!("/dev/fd/{number}")).is_err() {
        return Err(Errno::BADF);
    }
    // SAFETY: the descriptor was open a moment ago and nothing in this program
    // closes descriptors it did not open; it is borrowed for one system call.
    let inherited = unsafe { BorrowedFd::borrow_raw(number) };
    rustix::io::fcntl_dupfd_cloexec(inherited, 3)
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};
    use std::os::fd::AsRawFd;

    use super::*;

    fn error_of(number: i32) -> DescriptorError {
        read(number, 100).err().expect("refused")
    }

    #[test]
    fn arguments() {
        assert_eq!(parse("key=3").expect("legal"), ("key".to_owned(), 3));
        assert_eq!(parse("a=b=7").expect("legal"), ("a=b".to_owned(), 7));
        for wrong in [
            "",
            "key",
            "key=",
            "key=x",
            "key=-1",
            "key=+4",
            "key=3 ",
            "key=99999999999",
        ] {
            assert!(
                matches!(parse(wrong), Err(DescriptorError::Argument)),
                "{wrong}"
            );
        }
        for number in 0..=2 {
            let error = parse(&format!("key={number}")).expect_err("standard stream");
            assert!(matches!(error, DescriptorError::StandardStream(n) if n == number));
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn reads_from_where_the_caller_stands_and_leaves_its_descriptor_open() {
        let mut file = tempfile::tempfile().expect("temporary file");
        file.write_all(b"skipped\0\xff\r\n").expect("written");
        file.seek(SeekFrom::Start(7)).expect("position");
        let value = read(file.as_raw_fd(), 100).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(value.expose(), b"\0\xff\r\n");
        assert!(file.metadata().is_ok());
    }

    #[test]
    fn reads_sockets_and_pipes() {
        let (ours, mut theirs) = std::os::unix::net::UnixStream::pair().expect("pair");
        theirs.write_all(b"from a socket").expect("written");
        drop(theirs);
        let value = read(ours.as_raw_fd(), 100).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(value.expose(), b"from a socket");
    }

    #[test]
    fn refuses_what_cannot_be_read() {
        let (_reader, writer) = std::io::pipe().expect("pipe");
        assert!(matches!(
            error_of(writer.as_raw_fd()),
            DescriptorError::WriteOnly(_)
        ));
        let folder = File::open("/").expect("directory");
        assert!(matches!(
            error_of(folder.as_raw_fd()),
            DescriptorError::Directory(_)
        ));
        assert!(matches!(error_of(1_000_000), DescriptorError::Closed(_)));
        assert!(matches!(error_of(1), DescriptorError::StandardStream(1)));
        let zero = File::open("/dev/zero").expect("device");
        assert!(matches!(
            error_of(zero.as_raw_fd()),
            DescriptorError::Read {
                source: ReadError::TooLarge { limit: 100 },
                ..
            }
        ));
    }
}
