//! Reading files, whatever they turn out to be: nothing endless is read to its
//! end, and nobody waits for ever for a pipe that says nothing.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroizing;

/// Configuration, baselines, certificates, tokens: none comes near this.
const LARGEST: usize = 16 * 1024 * 1024;
/// How long a pipe with a name may take that a file stands for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a pipe may take that is open already, such as one of a shell's
/// `<(…)`: a program is at work behind it, and may ask somebody.
pub const PATIENCE_WITH_PROGRAMS: Duration = Duration::from_secs(300);

/// The content of a file of at most 16 MiB, in memory that is wiped.
///
/// # Errors
/// When it cannot be read, is larger, or says nothing for too long.
pub fn small(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    whole(path, LARGEST)
}

/// The same as text.
///
/// # Errors
/// Those of [`small`], and when it is not UTF-8.
pub fn small_text(path: &Path) -> io::Result<Zeroizing<String>> {
    text(small(path)?)
}

/// Bytes as text, without a copy.
///
/// # Errors
/// When they are not UTF-8.
pub fn text(mut bytes: Zeroizing<Vec<u8>>) -> io::Result<Zeroizing<String>> {
    String::from_utf8(std::mem::take(&mut *bytes))
        .map(Zeroizing::new)
        .map_err(|error| {
            let at = error.utf8_error().valid_up_to() + 1;
            // Its bytes are in the error, and may be a token.
            drop(Zeroizing::new(error.into_bytes()));
            let why = format!("it is not UTF-8 text (byte {at})");
            io::Error::new(io::ErrorKind::InvalidData, why)
        })
}

/// The content of a file of at most `most` bytes, in memory that is wiped.
///
/// # Errors
/// As for [`small`].
pub fn whole(path: &Path, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let patience = match names_open_descriptor(path) {
        true => PATIENCE_WITH_PROGRAMS,
        false => PATIENCE,
    };
    read(path, most, patience)
}

/// The same of a regular file only.
///
/// # Errors
/// As for [`small`], and when it is another kind of file.
pub fn regular(path: &Path, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let (file, about) = open(path)?;
    match about.is_file() {
        true => to_its_end(file, &about, most, PATIENCE),
        false => Err(io::Error::other("it is not a regular file")),
    }
}

/// Files that are read more than once, of which some can be: what a pipe said is
/// kept for whoever asks again.
#[derive(Clone, Default)]
pub struct ReadOnce(Arc<Mutex<BTreeMap<PathBuf, Zeroizing<Vec<u8>>>>>);

impl fmt::Debug for ReadOnce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReadOnce")
    }
}

impl ReadOnce {
    /// As the function of this name.
    ///
    /// # Errors
    /// Those of [`small`].
    pub fn small(&self, path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = kept.get(path) {
            return Ok(content.clone());
        }
        let content = small(path)?;
        if !std::fs::metadata(path).is_ok_and(|about| about.is_file()) {
            kept.insert(path.to_owned(), content.clone());
        }
        Ok(content)
    }

    /// The same as text.
    ///
    /// # Errors
    /// Those of [`small_text`].
    pub fn small_text(&self, path: &Path) -> io::Result<Zeroizing<String>> {
        text(self.small(path)?)
    }
}

/// Whether a path is a name for a descriptor that this process has open, as in
/// process substitution.
pub fn names_open_descriptor(path: &Path) -> bool {
    let is_number =
        |text: &OsStr| !text.is_empty() && text.as_bytes().iter().all(u8::is_ascii_digit);
    path == Path::new("/dev/stdin")
        || ["/dev/fd", "/proc/self/fd"].iter().any(|folder| {
            path.strip_prefix(folder)
                .is_ok_and(|number| is_number(number.as_os_str()))
        })
}

/// What is waited for, but not longer than until a certain time.
pub struct Patient<S> {
    source: S,
    until: Instant,
}

impl<S: AsFd + Read> Patient<S> {
    /// Reads `source` for as long as that.
    pub fn new(source: S, patience: Duration) -> Self {
        Self {
            source,
            until: Instant::now() + patience,
        }
    }

    /// Waits until there is something, or the end.
    fn wait(&self) -> io::Result<()> {
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            let timeout = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            };
            let mut source = [PollFd::new(&self.source, PollFlags::IN)];
            match poll(&mut source, Some(&timeout)) {
                Ok(0) => {
                    let why = "it says nothing, or does not end";
                    return Err(io::Error::new(io::ErrorKind::TimedOut, why));
                }
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl<S: AsFd + Read> Read for Patient<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.wait()?;
            if Instant::now() > self.until {
                return Err(io::ErrorKind::TimedOut.into());
            }
            match self.source.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                ended => return ended,
            }
        }
    }
}

fn read(path: &Path, most: usize, patience: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let (file, about) = open(path)?;
    to_its_end(file, &about, most, patience)
}

/// Opens a file, which waits for nobody: a named pipe need have no other end.
///
/// # Errors
/// When it cannot be opened, or is a folder.
pub fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = File::options()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((file, about))
}

fn to_its_end(
    file: File,
    about: &Metadata,
    most: usize,
    patience: Duration,
) -> io::Result<Zeroizing<Vec<u8>>> {
    let expected = usize::try_from(about.len()).unwrap_or(most).min(most) + 1;
    let mut content = Zeroizing::new(Vec::new());
    content.try_reserve_exact(expected)?;
    let mut piece = Zeroizing::new(vec![0; AT_ONCE.min(expected.max(4096))]);
    let mut source = Patient::new(file, patience);
    loop {
        let length = source.read(&mut piece)?;
        if length == 0 {
            return Ok(content);
        }
        if content.len() + length > most {
            let why = match most / (1024 * 1024) {
                0 => format!("it is larger than {} KiB", most / 1024),
                most => format!("it is larger than {most} MiB"),
            };
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        if content.capacity() - content.len() < length {
            // Without the copy that a vector leaves behind when it grows.
            let mut larger = Zeroizing::new(Vec::new());
            larger.try_reserve_exact((content.len() * 2 + length).min(most))?;
            larger.extend_from_slice(&content);
            content = larger;
        }
        content.extend_from_slice(&piece[..length]);
    }
}

/// How much is asked for at once.
const AT_ONCE: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn files_and_pipes_are_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let text = "x".repeat(100_000);
        std::fs::write(&path, &text).unwrap();
        assert_eq!(*small_text(&path).unwrap(), text);
        let (reader, mut writer) = io::pipe().unwrap();
        let name = format!("/proc/self/fd/{}", reader.as_raw_fd());
        let thread = std::thread::spawn(move || writer.write_all(text.as_bytes()));
        assert_eq!(small(Path::new(&name)).unwrap().len(), 100_000);
        thread.join().unwrap().unwrap();
    }

    #[test]
    fn what_never_ends_or_says_nothing_is_given_up() {
        let endless = read(Path::new("/dev/zero"), 10_000, PATIENCE).unwrap_err();
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let silent = read(&pipe, 10_000, Duration::from_millis(10)).unwrap_err();
        assert_eq!(silent.kind(), io::ErrorKind::TimedOut);
        assert!(small(folder.path()).is_err());
        assert!(regular(&pipe, 10_000).is_err());
        assert!(regular(Path::new("/dev/zero"), 10_000).is_err());
        let bytes = folder.path().join("bytes");
        std::fs::write(&bytes, b"\xff").unwrap();
        assert!(small_text(&bytes).is_err());
    }

    /// Its content comes faster than it can be waited for, and never ends.
    #[test]
    fn a_pipe_that_goes_on_is_given_up_when_its_time_is_over() {
        let (reader, mut writer) = io::pipe().unwrap();
        let thread = std::thread::spawn(move || {
            while writer.write_all(b"x").is_ok() {
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let mut patient = Patient::new(reader, Duration::from_millis(100));
        let mut byte = [0];
        let ended = loop {
            match patient.read(&mut byte) {
                Ok(length) => assert_eq!(length, 1),
                Err(error) => break error.kind(),
            }
        };
        assert_eq!(ended, io::ErrorKind::TimedOut);
        drop(patient);
        thread.join().unwrap();
    }

    #[test]
    fn files_of_the_limits_length_are_read_and_larger_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for length in [0, 1, 99_999, 100_000] {
            std::fs::write(&path, vec![7; length]).unwrap();
            assert_eq!(whole(&path, 100_000).unwrap().len(), length);
            assert_eq!(regular(&path, 100_000).unwrap().len(), length);
        }
        std::fs::write(&path, vec![7; 100_001]).unwrap();
        assert!(whole(&path, 100_000).is_err());
        // One that says that it is empty.
        let status = whole(Path::new("/proc/self/status"), 100_000).unwrap();
        assert!(status.starts_with(b"Name:"));
    }
}
