//! What is asked of a source file before anything is sent.
//!
//! The file is opened once, without following links and without waiting; from
//! then on it is known by that descriptor, its identity and its times. Nothing
//! here changes anything.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Seek;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, FileType, Mode, OFlags, Stat};

use super::filesystem::{Storage, storage_of};
use super::refusal::{Refusal, RefusalReason};
use super::{Notice, siblings};
use crate::git::{self, Tracking};
use crate::secret::SecretValue;
use crate::secret::value::{MAX_SECRET_BYTES, ReadError};

/// One source file, examined before anything is sent and held by one
/// descriptor until the end.
pub struct Candidate {
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) directory: OwnedFd,
    pub(super) name: OsString,
    pub(super) identity: Identity,
    pub(super) content: SecretValue,
    leased: bool,
    notices: Vec<Notice>,
    storage: Storage,
}

/// What must stay the same between reading a file and touching it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    #[expect(
        clippy::unnecessary_cast,
        reason = "the widths of these fields differ between platforms"
    )]
    pub(super) fn of(status: &Stat) -> Self {
        Self {
            device: status.st_dev as u64,
            inode: status.st_ino as u64,
            size: status.st_size as u64,
            modified: (status.st_mtime as i64, status.st_mtime_nsec as i64),
            changed: (status.st_ctime as i64, status.st_ctime_nsec as i64),
        }
    }

    /// Whether both are the same file, whatever happened to it meanwhile.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Whether `path` leads to the same file.
    fn is_at(&self, path: &Path) -> bool {
        rustix::fs::stat(path).is_ok_and(|status| self.is_same_file(&Self::of(&status)))
    }
}

impl Candidate {
    /// Examines the file at `path` and reads it.
    ///
    /// # Errors
    /// [`Refusal`] when the file must not or could not be shredded.
    pub fn examine(path: &Path) -> Result<Self, Refusal> {
        examine(path).map_err(|reason| Refusal {
            path: path.to_path_buf(),
            reason,
        })
    }

    /// The file as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file held when it was examined.
    pub fn content(&self) -> &SecretValue {
        &self.content
    }

    /// What the user should know before the file is shredded.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// What overwriting achieves where the file lies.
    pub fn storage(&self) -> Storage {
        self.storage
    }

    /// Refuses when the file is one of `protected`: a kubeconfig named on the
    /// command line, or a token or key that a kubeconfig names.
    ///
    /// # Errors
    /// [`RefusalReason::Kubeconfig`].
    pub fn check_is_none_of(&self, protected: &[PathBuf]) -> Result<(), Refusal> {
        if protected.iter().any(|path| self.identity.is_at(path)) {
            return Err(Refusal {
                path: self.path.clone(),
                reason: RefusalReason::Kubeconfig,
            });
        }
        Ok(())
    }

    /// Reads the content again, through the same descriptor.
    pub(super) fn read_again(&self) -> Result<SecretValue, ReadError> {
        read(&self.file, self.content.len())
    }

    /// Whether nobody has tried to open the file since it was examined, as
    /// far as its file system can tell.
    pub(super) fn is_undisturbed(&self) -> bool {
        !self.leased || has_lease(&self.file)
    }
}

fn examine(path: &Path) -> Result<Candidate, RefusalReason> {
    let name = match path.file_name() {
        Some(name) => name.to_owned(),
        None => return Err(RefusalReason::NotRegular("a directory")),
    };
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let parent_path = parent.canonicalize().map_err(RefusalReason::from_io)?;
    check_folder(&parent_path)?;
    let directory = rustix::fs::openat(
        CWD,
        &parent_path,
        OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(RefusalReason::from_errno)?;

    // Opening a device or a FIFO has effects of its own, so the name is looked
    // at first; the descriptor is checked again because names can change.
    let named = rustix::fs::statat(&directory, &name, AtFlags::SYMLINK_NOFOLLOW)
        .map_err(RefusalReason::from_errno)?;
    check_status(&named)?;
    let file = File::from(
        rustix::fs::openat(
            &directory,
            &name,
            OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .map_err(RefusalReason::from_errno)?,
    );
    let status = rustix::fs::fstat(&file).map_err(RefusalReason::from_errno)?;
    check_status(&status)?;
    let identity = Identity::of(&status);
    check_own_files(&identity)?;
    check_attributes(&file, &directory)?;
    rustix::fs::accessat(
        &directory,
        ".",
        Access::WRITE_OK | Access::EXEC_OK,
        AtFlags::EACCESS,
    )
    .map_err(RefusalReason::from_errno)?;
    let leased = lease(&file)?;

    let content =
        read(&file, usize::try_from(identity.size).unwrap_or(0)).map_err(|error| match error {
            ReadError::TooLarge { .. } => RefusalReason::TooLarge,
            ReadError::Io(error) => RefusalReason::from_io(error),
        })?;
    let status_after = rustix::fs::fstat(&file).map_err(RefusalReason::from_errno)?;
    if Identity::of(&status_after) != identity || content.len() as u64 != identity.size {
        return Err(RefusalReason::Changing);
    }

    let notices = notices(path, &parent_path, &directory, &name);
    let synchronised = notices
        .iter()
        .any(|notice| matches!(notice, Notice::SyncFolder { .. }));
    let storage = if synchronised {
        Storage::Remote
    } else {
        storage_of(&file)
    };
    Ok(Candidate {
        path: path.to_path_buf(),
        file,
        directory,
        name,
        identity,
        content,
        leased,
        notices,
        storage,
    })
}

/// Folders of the kernel and of devices. `/dev/shm` is an ordinary folder in
/// memory and a good place for plaintext.
fn check_folder(folder: &Path) -> Result<(), RefusalReason> {
    if folder.starts_with("/dev/shm") {
        return Ok(());
    }
    match ["/proc", "/sys", "/dev"]
        .into_iter()
        .find(|root| folder.starts_with(root))
    {
        Some(root) => Err(RefusalReason::SystemFolder(root)),
        None => Ok(()),
    }
}

#[expect(
    clippy::unnecessary_cast,
    reason = "the widths of these fields differ between platforms"
)]
fn check_status(status: &Stat) -> Result<(), RefusalReason> {
    match FileType::from_raw_mode(status.st_mode) {
        FileType::RegularFile => {}
        FileType::Symlink => return Err(RefusalReason::SymbolicLink),
        FileType::Directory => return Err(RefusalReason::NotRegular("a directory")),
        FileType::Fifo => return Err(RefusalReason::NotRegular("a named pipe")),
        FileType::Socket => return Err(RefusalReason::NotRegular("a socket")),
        _ => return Err(RefusalReason::NotRegular("a device")),
    }
    match status.st_nlink as u64 {
        1 => {}
        // Its name went to another file since it was opened.
        0 => return Err(RefusalReason::Changing),
        links => return Err(RefusalReason::HardLinked { links }),
    }
    if status.st_uid != rustix::process::geteuid().as_raw() {
        return Err(RefusalReason::NotOurs);
    }
    if status.st_size as u64 > MAX_SECRET_BYTES as u64 {
        return Err(RefusalReason::TooLarge);
    }
    Ok(())
}

/// The running program, and the kubeconfig as kubectl finds it without flags.
fn check_own_files(identity: &Identity) -> Result<(), RefusalReason> {
    if std::env::current_exe().is_ok_and(|program| identity.is_at(&program)) {
        return Err(RefusalReason::RunningProgram);
    }
    let named = std::env::var_os("KUBECONFIG").unwrap_or_default();
    let usual = std::env::var_os("HOME").map(|home| Path::new(&home).join(".kube/config"));
    if std::env::split_paths(&named)
        .chain(usual)
        .any(|kubeconfig| identity.is_at(&kubeconfig))
    {
        return Err(RefusalReason::Kubeconfig);
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn check_attributes(file: &File, directory: &OwnedFd) -> Result<(), RefusalReason> {
    use rustix::fs::{IFlags, ioctl_getflags};

    // File systems without attributes answer with an error.
    let attributes = ioctl_getflags(file).unwrap_or(IFlags::empty())
        | ioctl_getflags(directory).unwrap_or(IFlags::empty());
    if attributes.intersects(IFlags::APPEND | IFlags::IMMUTABLE) {
        return Err(RefusalReason::Protected);
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn check_attributes(_file: &File, _directory: &OwnedFd) -> Result<(), RefusalReason> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn lease(file: &File) -> Result<bool, RefusalReason> {
    use super::system::{Lease, take_write_lease};

    match take_write_lease(file) {
        Lease::Held => Ok(true),
        Lease::Unsupported => Ok(false),
        Lease::Refused => Err(RefusalReason::Open),
    }
}

#[cfg(target_os = "linux")]
fn has_lease(file: &File) -> bool {
    super::system::has_write_lease(file)
}

#[cfg(not(target_os = "linux"))]
fn lease(_file: &File) -> Result<bool, RefusalReason> {
    Ok(false)
}

#[cfg(not(target_os = "linux"))]
fn has_lease(_file: &File) -> bool {
    true
}

fn read(mut file: &File, expected: usize) -> Result<SecretValue, ReadError> {
    file.rewind()?;
    SecretValue::read_from(&mut file, expected, MAX_SECRET_BYTES)
}

fn notices(path: &Path, parent: &Path, directory: &OwnedFd, name: &OsStr) -> Vec<Notice> {
    let mut notices = Vec::new();
    match git::tracking(parent, name) {
        Tracking::Tracked => notices.push(Notice::TrackedByGit(path.to_path_buf())),
        Tracking::Unknown => notices.push(Notice::PerhapsTrackedByGit(path.to_path_buf())),
        Tracking::Untracked => {}
    }
    if let Some(folder) = siblings::sync_folder(parent) {
        notices.push(Notice::SyncFolder {
            path: path.to_path_buf(),
            folder,
        });
    }
    for sibling in siblings::editor_files(directory, name) {
        notices.push(Notice::EditorSibling {
            path: path.to_path_buf(),
            sibling: path.with_file_name(sibling),
        });
    }
    notices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_name_is_changing_and_one_with_two_is_linked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        let file = File::create_new(&path).unwrap();
        let check = || check_status(&rustix::fs::fstat(&file).unwrap());
        assert!(check().is_ok());
        std::fs::hard_link(&path, folder.path().join("other")).unwrap();
        assert!(matches!(
            check(),
            Err(RefusalReason::HardLinked { links: 2 })
        ));
        std::fs::remove_file(&path).unwrap();
        std::fs::remove_file(folder.path().join("other")).unwrap();
        let reason = check().unwrap_err();
        assert!(matches!(reason, RefusalReason::Changing));
        assert_eq!(reason.to_string(), "it changed while it was being read");
    }

    #[test]
    fn descriptors_end_with_the_program_that_opened_them() {
        use rustix::io::{FdFlags, fcntl_getfd};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        std::fs::write(&path, "x").unwrap();
        let Ok(candidate) = Candidate::examine(&path) else {
            panic!("it is refused");
        };
        assert_eq!(candidate.path(), path);
        assert_eq!(fcntl_getfd(&candidate.file).unwrap(), FdFlags::CLOEXEC);
        assert_eq!(fcntl_getfd(&candidate.directory).unwrap(), FdFlags::CLOEXEC);
    }

    #[test]
    fn a_name_without_a_folder_is_looked_for_here() {
        let here = Candidate::examine(Path::new("Cargo.toml"));
        let reason = here.err().map(|refusal| refusal.reason);
        assert!(!matches!(reason, Some(RefusalReason::Missing)));
        let missing = Candidate::examine(Path::new("no-such-file"));
        assert!(matches!(
            missing.err().map(|refusal| refusal.reason),
            Some(RefusalReason::Missing)
        ));
    }

    #[test]
    fn the_running_program_is_not_a_source() {
        let program = std::env::current_exe().unwrap();
        let identity = Identity::of(&rustix::fs::stat(&program).unwrap());
        assert!(matches!(
            check_own_files(&identity),
            Err(RefusalReason::RunningProgram)
        ));
        let other = tempfile::NamedTempFile::new().unwrap();
        let identity = Identity::of(&rustix::fs::stat(other.path()).unwrap());
        assert!(check_own_files(&identity).is_ok());
    }
}
