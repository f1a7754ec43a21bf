//! Writing files at once: whoever reads sees the old one or the new one.

mod attributes;
mod fresh;

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path};

use zeroize::Zeroizing;

use crate::reading;

use self::fresh::Fresh;

/// The mode of a new file, before the umask.
const NEW: u32 = 0o644;

/// Why a file is not replaced. Nothing of it was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// It is not what was read.
    #[error("it has changed since it was read")]
    Changed,
    /// Other names would keep the old content.
    #[error("it has several names (hard links), and the others would keep the old content")]
    SeveralNames,
    /// A device, a pipe, a folder.
    #[error("it is not a regular file")]
    NotRegular,
    /// Who may read it, or what a system keeps with it, cannot be kept.
    #[error("its attribute {0} cannot be kept")]
    Attribute(String),
    /// The system said no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a file that is ours to make, or one that is there, which keeps its
/// mode. Links are not followed, for who made them may have meant another file:
/// none may stand at the end of the path, nor, where it is relative, on the way.
/// `/dev/stdout` and the like are what they are.
///
/// # Errors
/// When it cannot be written.
pub fn to_file(path: &Path, content: &[u8]) -> io::Result<()> {
    if !path.starts_with("/dev") {
        no_links(path)?;
    }
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut new = Fresh::beside(path, NEW)?;
            new.write_all(content)?;
            return new.put(path);
        }
        Err(error) => return Err(error),
    };
    // Devices and pipes are written as they are.
    if !metadata.is_file() {
        return File::options().write(true).open(path)?.write_all(content);
    }
    let (old, _) = reading::open(path)?;
    let mut new = like(path, &old, &metadata).map_err(io::Error::other)?;
    new.write_all(content)?;
    new.put(path)
}

fn no_links(path: &Path) -> io::Result<()> {
    let on_the_way = path.ancestors().skip(1).filter(|_| path.is_relative());
    for part in std::iter::once(path).chain(on_the_way) {
        let is_a_name = matches!(part.components().next_back(), Some(Component::Normal(_)));
        if is_a_name && fs::symlink_metadata(part).is_ok_and(|found| found.is_symlink()) {
            return Err(io::Error::other(format!(
                "{} is a link; name the file that is meant",
                part.display()
            )));
        }
    }
    Ok(())
}

/// Replaces the content of somebody's file, if it still is `before`. Links,
/// owner, mode and attributes stay.
///
/// # Errors
/// [`ReplaceError`]; then the file is as it was.
pub fn replace_file(path: &Path, before: &[u8], after: &[u8]) -> Result<(), ReplaceError> {
    let target = fs::canonicalize(path)?;
    let (file, metadata) = reading::open(&target)?;
    if !metadata.is_file() {
        return Err(ReplaceError::NotRegular);
    }
    if metadata.nlink() > 1 {
        return Err(ReplaceError::SeveralNames);
    }
    let mut new = like(&target, &file, &metadata)?;
    new.write_all(after)?;
    // The last look before the change. A writer between it and the rename
    // would lose; no system call compares and renames in one.
    let mut found = Zeroizing::new(Vec::with_capacity(before.len() + 1));
    file.take(before.len() as u64 + 1).read_to_end(&mut found)?;
    let same_file = fs::metadata(&target)
        .is_ok_and(|now| (now.dev(), now.ino()) == (metadata.dev(), metadata.ino()));
    if !same_file || *found != before {
        return Err(ReplaceError::Changed);
    }
    Ok(new.put(&target)?)
}

/// A new file beside `target` that nobody can read who cannot read `target`.
fn like(target: &Path, old: &File, metadata: &Metadata) -> Result<Fresh, ReplaceError> {
    let new = Fresh::beside(target, metadata.mode() & 0o700)?;
    let made = new.file().metadata()?;
    if (made.uid(), made.gid()) != (metadata.uid(), metadata.gid()) {
        std::os::unix::fs::fchown(new.file(), Some(metadata.uid()), Some(metadata.gid()))?;
    }
    // Lists of a folder for new files would let more people in. They go before
    // the mode is set, which they would widen, and the old file's come after it.
    attributes::clear(new.file())?;
    new.file()
        .set_permissions(fs::Permissions::from_mode(metadata.mode() & 0o7777))?;
    attributes::copy(old, new.file()).map_err(ReplaceError::Attribute)?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    /// Invariant 57.
    #[test]
    fn a_replaced_file_keeps_its_link_and_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.yaml");
        let link = folder.path().join("link.yaml");
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink("real.yaml", &link).unwrap();
        for bits in [0o600, 0o664, 0o755] {
            fs::set_permissions(&real, fs::Permissions::from_mode(bits)).unwrap();
            fs::write(&real, "old").unwrap();
            replace_file(&link, b"old", b"new").unwrap();
            assert_eq!(fs::read(&real).unwrap(), b"new");
            assert_eq!(mode(&real), bits);
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    /// Invariant 57.
    #[test]
    fn what_was_changed_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.yaml");
        for other in ["other", "old and more", ""] {
            fs::write(&file, other).unwrap();
            let refused = replace_file(&file, b"old", b"new");
            assert!(matches!(refused, Err(ReplaceError::Changed)), "{other}");
            assert_eq!(fs::read_to_string(&file).unwrap(), other);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// Invariant 57.
    #[test]
    fn hard_links_and_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.yaml");
        fs::write(&file, "old").unwrap();
        fs::hard_link(&file, folder.path().join("again.yaml")).unwrap();
        let refused = replace_file(&file, b"old", b"new");
        assert!(matches!(refused, Err(ReplaceError::SeveralNames)));
        let refused = replace_file(folder.path(), b"", b"new");
        assert!(matches!(
            refused,
            Err(ReplaceError::NotRegular | ReplaceError::Io(_))
        ));
        assert_eq!(fs::read(&file).unwrap(), b"old");
    }

    #[test]
    fn a_report_is_not_written_through_links() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, other) = (folder.path().join("mine"), folder.path().join("other"));
        fs::write(&mine, "mine").unwrap();
        std::os::unix::fs::symlink(&mine, &other).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("new")).unwrap();
        for path in [&other, &folder.path().join("new")] {
            let refused = to_file(path, b"report").unwrap_err().to_string();
            assert!(refused.contains("is a link"), "{refused}");
        }
        assert_eq!(fs::read(&mine).unwrap(), b"mine");
        assert!(!folder.path().join("nowhere").exists());
    }

    #[test]
    fn attributes_stay() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.yaml");
        fs::write(&file, "old").unwrap();
        // Not every file system has them.
        if setxattr(&file, "user.note", b"kept", XattrFlags::empty()).is_err() {
            return;
        }
        replace_file(&file, b"old", b"new").unwrap();
        let mut found = [0; 16];
        let length = getxattr(&file, "user.note", &mut found[..]).unwrap();
        assert_eq!(&found[..length], b"kept");
        assert_eq!(fs::read(&file).unwrap(), b"new");
    }

    #[test]
    fn a_new_file_can_be_read_by_all_and_an_old_one_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out.sarif");
        to_file(&file, b"one").unwrap();
        assert_eq!(mode(&file) & 0o600, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        to_file(&file, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(mode(&file), 0o640);
        to_file(Path::new("/dev/null"), b"three").unwrap();
    }
}
