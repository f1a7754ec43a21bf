//! A folder of its own for one text: made, read back, wiped.
//!
//! Everything goes through descriptors of the folder, so nobody can exchange what is
//! behind a name. The folder's name says which process made it, from the first moment:
//! what a kill leaves, the next run removes ([`super::sweep`]).

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, chmodat, fchmod, fstat, mkdirat, openat, renameat,
    statat, unlinkat,
};
use rustix::io::Errno;

use crate::secret::sheet;
use crate::secret::value::{MAX_SECRET_BYTES, ReadError, SecretValue};

use super::place::Place;
use super::sweep;

/// The text's name: editors choose colours by its end.
const FILE: &str = "secret.yaml";
/// Editors look for configuration in all folders above a file, whoever it belongs to; with
/// these they stop here.
const ROOTS: [(&str, &[u8]); 2] = [(".editorconfig", b"root = true\n"), (".dir-locals.el", b"")];
/// How often what is made meanwhile is removed too.
const ROUNDS: usize = 5;
/// The longest text that is read back, in bytes: all values of the largest Secret, each
/// byte as an escape, with room for comments.
const LONGEST: usize = 8 * MAX_SECRET_BYTES;
/// How deep folders of an editor are looked into.
const DEEPEST: usize = 8;
/// How often another name is tried.
const TRIES: usize = 8;

/// A folder that holds a text.
pub(super) struct Folder {
    parent: OwnedFd,
    name: String,
    folder: OwnedFd,
    /// The text as it was written: an editor may have put another file in its place.
    first: File,
    path: PathBuf,
    is_gone: bool,
}

/// Why nothing can be read back.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("the file is gone after the editor ended")]
    Gone,
    #[error("the file is {0} after the editor ended, which is not read")]
    NoFile(&'static str),
    #[error("the file belongs to somebody else after the editor ended")]
    Foreign,
    #[error("the file has more than {LONGEST} bytes after the editor ended")]
    TooLarge,
    #[error("the file cannot be read after the editor ended: {0}")]
    Io(io::Error),
}

impl Folder {
    /// Makes a folder that only this user may enter, with the text in it.
    pub fn with(place: &Place, text: &SecretValue) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let parent = rustix::fs::open(place.folder(), flags, Mode::empty())?;
        // With any other, the folder might not be opened by its own user.
        let before = rustix::process::umask(Mode::RWXG | Mode::RWXO);
        let made = fresh_name(&parent);
        rustix::process::umask(before);
        let name = made?;
        let folder = openat(&parent, &name, flags | OFlags::NOFOLLOW, Mode::empty())?;
        // Of this user and of nobody else, whatever the umask was.
        let status = fstat(&folder)?;
        if status.st_uid != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other(
                "the folder was exchanged by somebody else",
            ));
        }
        fchmod(&folder, Mode::RWXU)?;
        let created = openat(
            &folder,
            FILE,
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC,
            Mode::RUSR | Mode::WUSR,
        )
        .and_then(|file| fchmod(&file, Mode::RUSR | Mode::WUSR).map(|()| file));
        let first = match created {
            Ok(file) => File::from(file),
            Err(error) => {
                let _ = unlinkat(&parent, &name, AtFlags::REMOVEDIR);
                return Err(error.into());
            }
        };
        let mut made = Self {
            path: place.folder().join(&name),
            parent,
            name,
            folder,
            first,
            is_gone: false,
        };
        sheet::put(text, &mut made.first)?;
        for (name, text) in ROOTS {
            let file = openat(
                &made.folder,
                name,
                OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC,
                Mode::RUSR | Mode::WUSR,
            )?;
            File::from(file).write_all(text)?;
        }
        Ok(made)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the editor is to open.
    pub fn file(&self) -> PathBuf {
        self.path.join(FILE)
    }

    /// Its path for a message.
    pub fn shown(&self) -> String {
        crate::escape::escape_controls(&self.path.display().to_string())
    }

    /// What stands in the file of that name now.
    pub fn read(&self) -> Result<SecretValue, Lost> {
        let opened = openat(
            &self.folder,
            FILE,
            // A pipe would wait for a writer.
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC,
            Mode::empty(),
        );
        let file = match opened {
            Ok(file) => file,
            Err(Errno::NOENT) => return Err(Lost::Gone),
            Err(Errno::LOOP) => return Err(Lost::NoFile("a symbolic link")),
            Err(Errno::NXIO) => return Err(Lost::NoFile("a socket")),
            Err(error) => return Err(Lost::Io(error.into())),
        };
        let status = fstat(&file).map_err(|error| Lost::Io(error.into()))?;
        match FileType::from_raw_mode(status.st_mode) {
            FileType::RegularFile => {}
            FileType::Directory => return Err(Lost::NoFile("a directory")),
            FileType::Fifo => return Err(Lost::NoFile("a named pipe")),
            _ => return Err(Lost::NoFile("a special file")),
        }
        if status.st_uid != rustix::process::geteuid().as_raw() {
            return Err(Lost::Foreign);
        }
        let expected = usize::try_from(status.st_size).unwrap_or(0);
        SecretValue::read_from(&mut File::from(file), expected, LONGEST).map_err(
            |error| match error {
                ReadError::TooLarge { .. } => Lost::TooLarge,
                ReadError::Io(error) => Lost::Io(error),
            },
        )
    }

    /// Leaves the text there, under a name that no later run takes for a leftover.
    pub fn kept(mut self) -> io::Result<PathBuf> {
        let name = sweep::kept_name()?;
        renameat(&self.parent, &self.name, &self.parent, &name)?;
        self.is_gone = true;
        Ok(self.path.with_file_name(name).join(FILE))
    }

    /// Overwrites and removes everything in the folder, then the folder.
    pub fn wipe(mut self) -> io::Result<()> {
        self.is_gone = true;
        self.remove()
    }

    fn remove(&self) -> io::Result<()> {
        // It has no name any more where an editor renamed another file over it.
        let overwritten = overwrite(&self.first);
        remove_below(&self.parent, OsStr::new(&self.name))?;
        overwritten
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_gone {
            let _ = self.remove();
        }
    }
}

/// Makes a folder under a name that nobody has taken.
fn fresh_name(parent: &OwnedFd) -> io::Result<String> {
    for _ in 0..TRIES {
        let name = sweep::own_name()?;
        match mkdirat(parent, &name, Mode::RWXU) {
            Ok(()) => return Ok(name),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(io::Error::other("no free name was found"))
}

/// Overwrites what a folder of this user holds, and removes it. Links are removed, never
/// followed. What cannot be removed keeps nothing else from being removed.
pub(super) fn remove_below(parent: impl AsFd, name: &OsStr) -> io::Result<()> {
    let folder = openat(
        parent.as_fd(),
        name,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    // A program that is ending may still make files.
    for _ in 0..ROUNDS {
        let emptied = empty(folder.as_fd(), DEEPEST);
        match unlinkat(&parent, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            Err(Errno::NOTEMPTY) if emptied.is_ok() => {}
            Err(error) => return emptied.and(Err(error.into())),
        }
    }
    Err(io::Error::other("something keeps creating files in it"))
}

/// The first error, after everything was tried.
fn empty(folder: BorrowedFd<'_>, depth: usize) -> io::Result<()> {
    let mut first = Ok(());
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let removed = match remove_one(folder, name, depth) {
            // An editor that is ending may remove its own files.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        first = first.and(removed);
    }
    first
}

fn remove_one(folder: BorrowedFd<'_>, name: &CStr, depth: usize) -> io::Result<()> {
    let status = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match FileType::from_raw_mode(status.st_mode) {
        FileType::Directory => {
            // It may have been made so that nobody enters it.
            let _ = chmodat(folder, name, Mode::RWXU, AtFlags::empty());
            let below = openat(folder, name, flags | OFlags::DIRECTORY, Mode::empty())?;
            let emptied = match depth {
                0 => Err(io::Error::other("folders are too deep")),
                depth => empty(below.as_fd(), depth - 1),
            };
            emptied.and(unlinkat(folder, name, AtFlags::REMOVEDIR).map_err(Into::into))
        }
        // A second name may stand for a file of somebody's that is none of ours.
        FileType::RegularFile if status.st_nlink == 1 => {
            let _ = chmodat(folder, name, Mode::RUSR | Mode::WUSR, AtFlags::empty());
            let overwritten = openat(folder, name, flags | OFlags::WRONLY, Mode::empty())
                .map_err(io::Error::from)
                .and_then(|file| overwrite(&File::from(file)));
            unlinkat(folder, name, AtFlags::empty())?;
            overwritten
        }
        _ => Ok(unlinkat(folder, name, AtFlags::empty())?),
    }
}

/// Zeros over everything, synced, then nothing.
fn overwrite(mut file: &File) -> io::Result<()> {
    use std::io::Seek as _;
    const BLOCK: usize = 64 * 1024;
    let mut left = file.metadata()?.len();
    file.rewind()?;
    let zeros = vec![0; BLOCK];
    while left > 0 {
        let part = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
        file.write_all(&zeros[..part])?;
        left -= part as u64;
    }
    file.sync_data()?;
    file.set_len(0)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn made() -> (tempfile::TempDir, Folder) {
        let outside = tempfile::tempdir().unwrap();
        let place = Place::Disk(outside.path().to_owned());
        let text = SecretValue::from_bytes(b"a: secret-text\n".to_vec());
        let folder = Folder::with(&place, &text).unwrap();
        (outside, folder)
    }

    #[test]
    fn only_this_user_can_enter_and_nothing_stays() {
        let (outside, folder) = made();
        assert_eq!(fs::metadata(folder.path()).unwrap().mode() & 0o7777, 0o700);
        assert_eq!(fs::metadata(folder.file()).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(folder.read().unwrap().len(), 15);
        let kept = fs::File::open(folder.file()).unwrap();
        // What an editor may leave beside it.
        fs::write(folder.path().join(".secret.yaml.swp"), "secret-text").unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c"), "secret-text").unwrap();
        let precious = outside.path().join("precious");
        fs::write(&precious, "precious").unwrap();
        symlink(&precious, folder.path().join("link")).unwrap();
        fs::hard_link(&precious, folder.path().join("second-name")).unwrap();
        rustix::fs::mkfifoat(&folder.folder, "pipe", Mode::RWXU).unwrap();
        fs::set_permissions(
            folder.path().join("a/b/c"),
            fs::Permissions::from_mode(0o400),
        )
        .unwrap();
        folder.wipe().unwrap();
        assert_eq!(kept.metadata().unwrap().len(), 0);
        assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_file_of_this_user_is_not_read() {
        for (change, expected) in [
            (("rm", "secret.yaml"), "is gone"),
            (("ln", "secret.yaml"), "a symbolic link"),
            (("mkfifo", "secret.yaml"), "a named pipe"),
            (("mkdir", "secret.yaml"), "a directory"),
        ] {
            let (outside, folder) = made();
            let file = folder.file();
            fs::remove_file(&file).unwrap();
            match change.0 {
                "ln" => symlink("/etc/passwd", &file).unwrap(),
                "mkfifo" => {
                    rustix::fs::mkfifoat(&folder.folder, "secret.yaml", Mode::RWXU).unwrap()
                }
                "mkdir" => fs::create_dir(&file).unwrap(),
                _ => {}
            }
            let error = folder.read().err().unwrap().to_string();
            assert!(error.contains(expected), "{change:?}: {error}");
            drop(folder);
            assert_eq!(
                fs::read_dir(outside.path()).unwrap().count(),
                0,
                "{change:?}"
            );
        }
    }

    #[test]
    fn a_file_in_the_place_of_the_text_is_read() {
        let (_outside, folder) = made();
        let beside = folder.path().join("new");
        fs::write(&beside, "a: b\n").unwrap();
        fs::rename(&beside, folder.file()).unwrap();
        assert_eq!(folder.read().unwrap().len(), 5);
        let first = folder.first.try_clone().unwrap();
        folder.wipe().unwrap();
        assert_eq!(first.metadata().unwrap().len(), 0);
    }
}
