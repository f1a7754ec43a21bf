//! What registries answered before, by digest: what a digest names never
//! changes. What is kept is believed no more than an answer: its digest is
//! computed each time. The folder is the user's own, or is not used.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use super::digest::Digest;

/// The longest answer that is kept, in bytes.
const LONGEST: u64 = 1024 * 1024;
/// What group and others may do: nothing.
const PRIVATE: u32 = 0o077;

/// Manifests and configurations of images in a folder.
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Makes the folder; `None` when it is not this user's alone.
    pub fn open(folder: PathBuf) -> Option<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .ok()?;
        let metadata = fs::symlink_metadata(&folder).ok()?;
        let own = metadata.is_dir()
            && metadata.uid() == rustix::process::geteuid().as_raw()
            && metadata.mode() & PRIVATE == 0;
        own.then_some(Self { folder })
    }

    /// What this digest names. What has another digest is removed.
    pub fn read(&self, digest: &Digest) -> Option<Vec<u8>> {
        let place = self.place(digest);
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&place);
        let file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(_) => {
                drop(fs::remove_file(&place));
                return None;
            }
        };
        let mut bytes = Vec::new();
        let is_whole = file.metadata().is_ok_and(|found| found.is_file())
            && file.take(LONGEST + 1).read_to_end(&mut bytes).is_ok();
        if is_whole && Digest::compute(&bytes) == *digest {
            return Some(bytes);
        }
        drop(fs::remove_file(&place));
        None
    }

    /// Keeps what has this digest. What cannot be kept is asked for again the
    /// next time.
    pub fn write(&self, digest: &Digest, bytes: &[u8]) {
        if bytes.len() as u64 > LONGEST {
            return;
        }
        // Made with mode 0600, and complete before it has its name.
        let Ok(mut file) = tempfile::NamedTempFile::new_in(&self.folder) else {
            return;
        };
        if file.write_all(bytes).is_ok() {
            drop(file.persist(self.place(digest)));
        }
    }

    fn place(&self, digest: &Digest) -> PathBuf {
        self.folder.join(digest.as_str().replace(':', "-"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    const BYTES: &[u8] = b"{}";

    #[test]
    fn what_is_kept_is_private_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a/blobs");
        let cache = Cache::open(place.clone()).unwrap();
        let digest = Digest::compute(BYTES);
        assert_eq!(cache.read(&digest), None);
        cache.write(&digest, BYTES);
        assert_eq!(cache.read(&digest).as_deref(), Some(BYTES));
        assert_eq!(
            fs::metadata(cache.place(&digest)).unwrap().mode() & 0o777,
            0o600
        );
        for folder in [&place, &folder.path().join("a")] {
            assert_eq!(fs::metadata(folder).unwrap().mode() & 0o777, 0o700);
        }
        let long = vec![b' '; usize::try_from(LONGEST).unwrap() + 1];
        cache.write(&Digest::compute(&long), &long);
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
    }

    #[test]
    fn what_was_tampered_with_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("own")).unwrap();
        let digest = Digest::compute(BYTES);
        let place = cache.place(&digest);
        let elsewhere = folder.path().join("elsewhere");
        File::create(&elsewhere).unwrap();
        let tamper: [&dyn Fn(); 4] = [
            &|| fs::write(&place, b"{} ").unwrap(),
            &|| drop(File::create(&place).unwrap()),
            &|| symlink(&elsewhere, &place).unwrap(),
            &|| {
                let file = File::create(&place).unwrap();
                file.set_len(1 << 40).unwrap();
            },
        ];
        for (which, tamper) in tamper.into_iter().enumerate() {
            cache.write(&digest, BYTES);
            drop(fs::remove_file(&place));
            tamper();
            assert_eq!(cache.read(&digest), None, "{which}");
            assert!(fs::symlink_metadata(&place).is_err(), "{which}");
            cache.write(&digest, BYTES);
            assert_eq!(cache.read(&digest).as_deref(), Some(BYTES), "{which}");
        }
        assert_eq!(fs::read(&elsewhere).unwrap(), b"");
    }

    #[test]
    fn folders_of_others_are_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Cache::open(open.clone()).is_none());
        let link = folder.path().join("link");
        symlink(&open, &link).unwrap();
        assert!(Cache::open(link).is_none());
        let file = folder.path().join("file");
        File::create(&file).unwrap();
        assert!(Cache::open(file).is_none());
    }
}
