//! What registries answered before, by digest: what a digest names never
//! changes. What is kept is believed no more than an answer: its digest is
//! computed each time. The folder is the user's own, or is not used.

use std::path::PathBuf;

use crate::cache::Folder;

use super::digest::Digest;

/// The longest answer that is kept, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Manifests and configurations of images in a folder.
pub(super) struct Cache {
    folder: Folder,
}

impl Cache {
    /// Makes the folder; `None` when it is not this user's alone.
    pub fn open(folder: PathBuf) -> Option<Self> {
        Folder::open(folder).map(|folder| Self { folder })
    }

    /// What this digest names. What has another digest is removed.
    pub fn read(&self, digest: &Digest) -> Option<Vec<u8>> {
        let name = name(digest);
        let bytes = self.folder.read(&name, LONGEST)?;
        if Digest::compute(&bytes) == *digest {
            return Some(bytes);
        }
        self.folder.remove(&name);
        None
    }

    /// Keeps what has this digest.
    pub fn write(&self, digest: &Digest, bytes: &[u8]) {
        if bytes.len() as u64 <= LONGEST {
            self.folder.write(&name(digest), bytes);
        }
    }
}

fn name(digest: &Digest) -> String {
    digest.as_str().replace(':', "-")
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;

    use super::*;

    const BYTES: &[u8] = b"{}";

    #[test]
    fn what_is_kept_comes_back_unless_it_is_long() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("blobs")).unwrap();
        let digest = Digest::compute(BYTES);
        assert_eq!(cache.read(&digest), None);
        cache.write(&digest, BYTES);
        assert_eq!(cache.read(&digest).as_deref(), Some(BYTES));
        let long = vec![b' '; usize::try_from(LONGEST).unwrap() + 1];
        cache.write(&Digest::compute(&long), &long);
        assert_eq!(fs::read_dir(cache.folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_was_tampered_with_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("own")).unwrap();
        let digest = Digest::compute(BYTES);
        let place = cache.folder.file(&name(&digest));
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
}
