//! Touching the files: verify all, then overwrite, sync, truncate and remove
//! each.
//!
//! The order matters. Content is on its way out only after the sync succeeded,
//! so a failing disk never turns into an empty file that looks finished; and
//! the name is taken away only when it still belongs to the same file.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use rustix::fs::{AtFlags, RenameFlags, Stat};
use rustix::io::Errno;

use super::filesystem::Storage;
use super::preflight::{Candidate, Identity};

/// What became of one file.
#[derive(Debug)]
pub struct Outcome {
    /// The file as it was named.
    pub path: PathBuf,
    /// What overwriting achieved, or why it did not happen.
    pub result: Result<Storage, Failure>,
}

/// Why a file was not, or not wholly, shredded.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The content is not what was read before.
    #[error("it changed since it was read; it was not touched")]
    Changed,
    /// Another file has its name now.
    #[error("another file has its name now; neither was touched")]
    Replaced,
    /// Somebody tried to open it since it was read.
    #[error("another program opened it since it was read; it was not touched")]
    Opened,
    /// It could not be read again.
    #[error("it could not be read again ({0}); it was not touched")]
    Unreadable(io::Error),
    /// Another file of the same command could not be verified.
    #[error("another source could not be verified; it was not touched")]
    OtherFailed,
    /// Writing failed, so part of the old content may be left.
    #[error("overwriting failed ({0}); the file is still there, part of it may be overwritten")]
    Overwriting(io::Error),
    /// The new content may not have reached the disk.
    #[error(
        "the disk did not confirm the overwriting ({0}); the file is still there, and its old \
         content may be too"
    )]
    Syncing(io::Error),
    /// The content is gone from the file, but its name now belongs to another.
    #[error("it was overwritten, but another file has its name now; that one was not touched")]
    NameTaken,
    /// The content is gone from the file, but its name is still there.
    #[error("it was overwritten, but could not be removed ({0}); an overwritten file is left")]
    Removing(io::Error),
    /// Removed, but the folder may forget that in a crash.
    #[error("it was overwritten and removed, but the disk did not confirm the removal ({0})")]
    SyncingFolder(io::Error),
}

impl Outcome {
    /// One line about the file that claims no more than was observed.
    pub fn sentence(&self) -> String {
        match &self.result {
            Ok(storage) => format!("{}: {}", self.path.display(), storage.sentence()),
            Err(failure) => format!("{}: {failure}.", self.path.display()),
        }
    }
}

/// Overwrites and removes every candidate, once the caller has proven that
/// the cluster holds the content of all of them.
///
/// All are verified again before the first is touched; if one fails, none is
/// touched.
pub fn shred(candidates: Vec<Candidate>) -> Vec<Outcome> {
    let mut verdicts: Vec<Result<(), Failure>> = candidates.iter().map(verify).collect();
    if verdicts.iter().any(Result::is_err) {
        for verdict in &mut verdicts {
            if verdict.is_ok() {
                *verdict = Err(Failure::OtherFailed);
            }
        }
    }
    candidates
        .into_iter()
        .zip(verdicts)
        .map(|(candidate, verdict)| Outcome {
            result: verdict
                .and_then(|()| destroy(&candidate))
                .map(|()| candidate.storage()),
            path: candidate.path,
        })
        .collect()
}

/// Checks that the file is the one that was read: content, size, times, name,
/// and nobody else looking.
fn verify(candidate: &Candidate) -> Result<(), Failure> {
    let content = candidate.read_again().map_err(|error| match error {
        crate::secret::value::ReadError::TooLarge { .. } => Failure::Changed,
        crate::secret::value::ReadError::Io(error) => Failure::Unreadable(error),
    })?;
    let status = status(&candidate.file).map_err(Failure::Unreadable)?;
    if !content.same_as(&candidate.content)
        || Identity::of(&status) != candidate.identity
        || status.st_nlink != 1
    {
        // A file whose name was taken by another differs in its number of
        // links too; the name says more.
        return Err(if is_named(candidate, &candidate.name) {
            Failure::Changed
        } else {
            Failure::Replaced
        });
    }
    if !is_named(candidate, &candidate.name) {
        return Err(Failure::Replaced);
    }
    if !candidate.is_undisturbed() {
        return Err(Failure::Opened);
    }
    Ok(())
}

fn destroy(candidate: &Candidate) -> Result<(), Failure> {
    let status = status(&candidate.file).map_err(Failure::Unreadable)?;
    overwrite(&candidate.file, allocated(&status)).map_err(Failure::Overwriting)?;
    candidate.file.sync_data().map_err(Failure::Syncing)?;
    if !is_named(candidate, &candidate.name) {
        return Err(Failure::NameTaken);
    }
    candidate.file.set_len(0).map_err(Failure::Removing)?;
    remove(candidate)?;
    retry(|| rustix::fs::fsync(&candidate.directory)).map_err(Failure::SyncingFolder)
}

/// Takes the name away, and only from this file.
///
/// There is no way to unlink a descriptor: between looking at a name and
/// unlinking it, another file may take the name. So the name first becomes one
/// that nobody can guess, is looked at there, and goes back if it turns out to
/// belong to another file.
fn remove(candidate: &Candidate) -> Result<(), Failure> {
    let directory = &candidate.directory;
    let private = private_name().map_err(Failure::Removing)?;
    let moved = retry(|| {
        rustix::fs::renameat_with(
            directory,
            &candidate.name,
            directory,
            &private,
            RenameFlags::NOREPLACE,
        )
    });
    let name = match moved {
        Ok(()) => &private,
        // File systems without such a rename: the plain way.
        Err(error) if is_unsupported(&error) => &candidate.name,
        Err(error) => return Err(Failure::Removing(error)),
    };
    let removed = if is_named(candidate, name) {
        retry(|| rustix::fs::unlinkat(directory, name, AtFlags::empty())).map_err(Failure::Removing)
    } else {
        Err(Failure::NameTaken)
    };
    if removed.is_err() && name == &private {
        retry(|| {
            rustix::fs::renameat_with(
                directory,
                &private,
                directory,
                &candidate.name,
                RenameFlags::NOREPLACE,
            )
        })
        .map_err(Failure::Removing)?;
    }
    removed
}

fn private_name() -> io::Result<OsString> {
    let number = getrandom::u64().map_err(io::Error::other)?;
    Ok(format!(".removing-{number:016x}").into())
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP)
    )
}

/// Whether `name` in the candidate's folder is the candidate's file.
fn is_named(candidate: &Candidate, name: &OsString) -> bool {
    rustix::fs::statat(&candidate.directory, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|status| candidate.identity.is_same_file(&Identity::of(&status)))
}

/// Most bytes that are written over one file: its content is at most 1 MiB,
/// and what a file system sets aside beyond the end never held content.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes to overwrite: everything allocated, and at least the last block that
/// holds content as a whole.
fn allocated(status: &Stat) -> u64 {
    /// The unit of `st_blocks` (stat(2)).
    const BLOCK: u64 = 512;
    let size = status.st_size as u64;
    let content = size.next_multiple_of((status.st_blksize as u64).max(1));
    content.max((status.st_blocks as u64 * BLOCK).min(MOST_BYTES))
}

/// Writes `length` random bytes over the file from its start.
fn overwrite(file: &File, length: u64) -> io::Result<()> {
    const CHUNK: usize = 64 * 1024;
    let mut noise = vec![0; CHUNK];
    let mut written = 0;
    while written < length {
        getrandom::fill(&mut noise).map_err(io::Error::other)?;
        let part = usize::try_from(length - written).map_or(CHUNK, |left| left.min(CHUNK));
        // Short writes and interruptions are dealt with by `write_all_at`.
        file.write_all_at(&noise[..part], written)?;
        written += part as u64;
    }
    Ok(())
}

fn status(file: &File) -> io::Result<Stat> {
    rustix::fs::fstat(file).map_err(io::Error::from)
}

/// Repeats a call that a signal interrupted.
fn retry(call: impl FnMut() -> rustix::io::Result<()>) -> io::Result<()> {
    rustix::io::retry_on_intr(call).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    use super::*;

    const PATTERN: &[u8] = b"canary-0123456789";

    fn pattern(length: usize) -> Vec<u8> {
        PATTERN.iter().copied().cycle().take(length).collect()
    }

    fn create(path: &Path, content: &[u8]) {
        File::create(path)
            .and_then(|mut file| file.write_all(content))
            .expect("written");
    }

    fn candidate(path: &Path) -> Candidate {
        Candidate::examine(path).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    fn bytes_of(file: &File) -> Vec<u8> {
        let length = file.metadata().expect("status").len();
        let mut bytes = vec![0; usize::try_from(length).expect("small")];
        file.read_exact_at(&mut bytes, 0).expect("read");
        bytes
    }

    fn holds_pattern(bytes: &[u8]) -> bool {
        bytes.windows(6).any(|window| window == &PATTERN[..6])
    }

    #[test]
    fn exactly_the_allocated_bytes_are_overwritten() {
        for size in [0, 1, 4095, 4096, 4097, 100 * 1024, 1024 * 1024] {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(&pattern(size)).expect("written");
            file.sync_all().expect("synced");
            let before = status(&file).expect("status");
            let length = allocated(&before);
            assert!(length >= size as u64);
            let set_aside = before.st_blocks as u64 * 512;
            assert_eq!(length, set_aside, "size {size}");
            overwrite(&file, length).expect("overwritten");
            let bytes = bytes_of(&file);
            assert_eq!(bytes.len() as u64, length);
            assert!(!holds_pattern(&bytes), "size {size}");
            // Every byte was written: a page left out would be all zeros.
            let untouched = bytes
                .chunks(64)
                .any(|part| part.iter().all(|byte| *byte == 0));
            assert!(!untouched, "size {size}");
            assert_eq!(allocated(&status(&file).expect("status")), length);
        }
    }

    #[test]
    fn a_name_taken_after_the_verification_keeps_the_other_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        create(&path, &pattern(10_000));
        let candidate = candidate(&path);
        fs::rename(&path, folder.path().join("moved")).expect("moved");
        create(&path, b"foreign");
        assert!(matches!(destroy(&candidate), Err(Failure::NameTaken)));
        assert_eq!(fs::read(&path).expect("there"), b"foreign");
        // Overwritten, and not made to look finished.
        let bytes = bytes_of(&candidate.file);
        assert!(bytes.len() >= 10_000);
        assert!(!holds_pattern(&bytes));
    }

    #[test]
    fn a_name_taken_at_the_last_moment_goes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        create(&path, PATTERN);
        let candidate = candidate(&path);
        fs::rename(&path, folder.path().join("moved")).expect("moved");
        create(&path, b"foreign");
        assert!(matches!(remove(&candidate), Err(Failure::NameTaken)));
        assert_eq!(fs::read(&path).expect("there"), b"foreign");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 2);
    }

    #[test]
    fn what_is_set_aside_is_overwritten_up_to_a_limit() {
        let file = tempfile::tempfile().expect("a file");
        let mut known = status(&file).expect("status");
        let mut of = |size, blocks| {
            (known.st_size, known.st_blocks, known.st_blksize) = (size, blocks, 4096);
            allocated(&known)
        };
        assert_eq!(of(0, 0), 0);
        assert_eq!(of(1, 0), 4096);
        assert_eq!(of(4097, 8), 8192);
        assert_eq!(of(1, 100), 51_200);
        assert_eq!(of(1, 1 << 40), 16_777_216);
    }

    #[test]
    fn a_name_that_is_gone_is_no_other_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        create(&path, PATTERN);
        let candidate = candidate(&path);
        fs::remove_file(&path).expect("removed");
        assert!(matches!(
            remove(&candidate),
            Err(Failure::Removing(error)) if error.kind() == io::ErrorKind::NotFound
        ));
    }

    #[test]
    fn only_what_file_systems_lack_is_unsupported() {
        for (errno, unsupported) in [
            (Errno::INVAL, true),
            (Errno::NOSYS, true),
            (Errno::OPNOTSUPP, true),
            (Errno::NOENT, false),
            (Errno::EXIST, false),
            (Errno::ACCESS, false),
        ] {
            assert_eq!(is_unsupported(&errno.into()), unsupported, "{errno:?}");
        }
    }

    #[test]
    fn a_failing_write_leaves_the_file_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        create(&path, PATTERN);
        let mut candidate = candidate(&path);
        // A descriptor that cannot be written to stands for a failing disk.
        // The old one ends first: its lease would keep the file from opening.
        candidate.file = File::open("/dev/null").expect("opened");
        candidate.file = File::open(&path).expect("opened");
        let failure = destroy(&candidate).expect_err("cannot be written");
        assert!(matches!(failure, Failure::Overwriting(_)));
        assert_eq!(fs::read(&path).expect("there"), PATTERN);
    }

    #[test]
    fn a_failing_sync_neither_truncates_nor_removes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        create(&path, PATTERN);
        let mut candidate = candidate(&path);
        // The null device cannot be synced.
        let null = File::options().write(true).open("/dev/null");
        candidate.file = null.expect("opened");
        let failure = destroy(&candidate).expect_err("cannot be synced");
        assert!(matches!(failure, Failure::Syncing(_)));
        assert_eq!(fs::read(&path).expect("there"), PATTERN);
    }

    #[test]
    fn sentences_say_what_happened_and_promise_nothing() {
        let error = || io::Error::other("the disk failed");
        for failure in [
            Failure::Changed,
            Failure::Replaced,
            Failure::Opened,
            Failure::Unreadable(error()),
            Failure::OtherFailed,
            Failure::Overwriting(error()),
            Failure::Syncing(error()),
            Failure::NameTaken,
            Failure::Removing(error()),
            Failure::SyncingFolder(error()),
        ] {
            let outcome = Outcome {
                path: "x".into(),
                result: Err(failure),
            };
            let sentence = outcome.sentence();
            assert!(sentence.starts_with("x: "), "{sentence}");
            for word in ["secure", "unrecoverable", "guarantee"] {
                assert!(!sentence.contains(word), "{sentence}");
            }
        }
    }
}
