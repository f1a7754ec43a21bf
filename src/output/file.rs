//! Writing files at once: whoever reads sees the old one or the new one.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

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
    #[error("it is no regular file")]
    NotRegular,
    /// The system said no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a file that is ours to make. What a link leads to is written, with
/// the mode it has.
///
/// # Errors
/// When it cannot be written.
pub fn to_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return persist(new_file(path, NEW)?, path, content);
        }
        Err(error) => return Err(error),
    };
    let metadata = fs::metadata(&target)?;
    // Devices and pipes are written as they are.
    if !metadata.is_file() {
        return File::options().write(true).open(target)?.write_all(content);
    }
    persist(like(&target, &metadata)?, &target, content)
}

/// Replaces the content of somebody's file, if it still is `before`. Links,
/// owner and mode stay.
///
/// # Errors
/// [`ReplaceError`]; then the file is as it was.
pub fn replace_file(path: &Path, before: &[u8], after: &[u8]) -> Result<(), ReplaceError> {
    let target = fs::canonicalize(path)?;
    let file = File::open(&target)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ReplaceError::NotRegular);
    }
    if metadata.nlink() > 1 {
        return Err(ReplaceError::SeveralNames);
    }
    let mut new = like(&target, &metadata)?;
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
    persist(new, &target, &[])?;
    Ok(())
}

/// A new file beside `target` that nobody can read who cannot read `target`.
fn like(target: &Path, metadata: &Metadata) -> io::Result<NamedTempFile> {
    let new = new_file(target, metadata.mode() & 0o700)?;
    let made = new.as_file().metadata()?;
    if (made.uid(), made.gid()) != (metadata.uid(), metadata.gid()) {
        std::os::unix::fs::fchown(new.as_file(), Some(metadata.uid()), Some(metadata.gid()))?;
    }
    // The umask took bits that the old file has, and the owner comes first.
    new.as_file()
        .set_permissions(fs::Permissions::from_mode(metadata.mode() & 0o7777))?;
    Ok(new)
}

fn new_file(path: &Path, mode: u32) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(mode))
        .tempfile_in(folder(path))
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn persist(mut new: NamedTempFile, path: &Path, content: &[u8]) -> io::Result<()> {
    new.write_all(content)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
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
