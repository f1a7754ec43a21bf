//! What this program keeps for itself between runs: public things that are asked for
//! again when they are gone. The folder is the user's own, or is not used.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

/// What group and others may do: nothing.
const PRIVATE: u32 = 0o077;

/// A folder of files that this program keeps.
pub struct Folder {
    path: PathBuf,
}

/// The folder of this name in the user's cache.
pub fn place(name: &str) -> Option<PathBuf> {
    let absolute = |variable: &str| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(cache.join("kubectl-secretsafe").join(name))
}

impl Folder {
    /// Makes the folder; `None` when it is not this user's alone.
    pub fn open(path: PathBuf) -> Option<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .ok()?;
        let metadata = fs::symlink_metadata(&path).ok()?;
        let own = metadata.is_dir()
            && metadata.uid() == rustix::process::geteuid().as_raw()
            && metadata.mode() & PRIVATE == 0;
        own.then_some(Self { path })
    }

    /// What a file holds, if it is one of at most `limit` bytes. What is anything else
    /// is removed.
    pub fn read(&self, name: &str, limit: u64) -> Option<Vec<u8>> {
        let place = self.file(name);
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&place);
        let file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(_) => {
                self.remove(name);
                return None;
            }
        };
        let mut bytes = Vec::new();
        let is_whole = file.metadata().is_ok_and(|found| found.is_file())
            && file.take(limit + 1).read_to_end(&mut bytes).is_ok()
            && bytes.len() as u64 <= limit;
        if is_whole {
            return Some(bytes);
        }
        self.remove(name);
        None
    }

    /// Keeps something. What cannot be kept is asked for again the next time.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        // Made with mode 0600, and complete before it has its name.
        let Ok(mut file) = tempfile::NamedTempFile::new_in(&self.path) else {
            return;
        };
        if file.write_all(bytes).is_ok() {
            drop(file.persist(self.file(name)));
        }
    }

    /// Forgets something.
    pub fn remove(&self, name: &str) {
        drop(fs::remove_file(self.file(name)));
    }

    /// Where a file is; its name is one of ours.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where the folder is.
    #[cfg(test)]
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_kept_is_private_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a/b");
        let kept = Folder::open(place.clone()).unwrap();
        assert_eq!(kept.read("x", 10), None);
        kept.write("x", b"abc");
        assert_eq!(kept.read("x", 3).as_deref(), Some(&b"abc"[..]));
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!(mode(&kept.file("x")), 0o600);
        for folder in [&place, &folder.path().join("a")] {
            assert_eq!(mode(folder), 0o700);
        }
        assert_eq!(kept.read("x", 2), None, "longer than it may be");
        assert_eq!(fs::read_dir(kept.path()).unwrap().count(), 0);
    }

    #[test]
    fn folders_of_others_are_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Folder::open(open.clone()).is_none());
        let link = folder.path().join("link");
        symlink(&open, &link).unwrap();
        assert!(Folder::open(link).is_none());
        let file = folder.path().join("file");
        File::create(&file).unwrap();
        assert!(Folder::open(file).is_none());
    }

    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Folder::open(folder.path().join("own")).unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::write(&elsewhere, "abc").unwrap();
        symlink(&elsewhere, kept.file("x")).unwrap();
        assert_eq!(kept.read("x", 10), None);
        assert!(fs::symlink_metadata(kept.file("x")).is_err());
        assert_eq!(fs::read(&elsewhere).unwrap(), b"abc");
    }
}
