//! A file system in a file.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::set_ups::{SetUp, run};

/// Large enough for the smallest xfs.
const SIZE: u64 = 320 * 1024 * 1024;

pub(super) struct Volume {
    set_up: &'static SetUp,
    folder: tempfile::TempDir,
}

impl Volume {
    /// Makes the file system.
    ///
    /// # Errors
    /// Why it cannot be made here.
    pub fn create(set_up: &'static SetUp) -> Result<Self, String> {
        if !rustix::process::geteuid().is_root() {
            return Err("mounting an image needs root".to_owned());
        }
        let folder = tempfile::tempdir().unwrap();
        let volume = Self { set_up, folder };
        let image = fs::File::create(volume.image()).unwrap();
        image.set_len(SIZE).unwrap();
        fs::create_dir(volume.mount_point()).unwrap();
        let image = volume.image();
        for words in [set_up.make, set_up.tune] {
            if let [program, arguments @ ..] = words {
                run(program, &[arguments, &[image.to_str().unwrap()]].concat())?;
            }
        }
        Ok(volume)
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn mount_point(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    /// Mounts, does `what` with the mount point, and unmounts.
    ///
    /// # Errors
    /// The kernel does not have the file system, or `what` fails.
    pub fn while_mounted<T>(
        &self,
        what: impl FnOnce(&Path) -> Result<T, String>,
    ) -> Result<T, String> {
        let (image, place) = (self.image(), self.mount_point());
        let options = format!("loop,{}", self.set_up.options);
        run(
            "mount",
            &[
                "-o",
                &options,
                image.to_str().unwrap(),
                place.to_str().unwrap(),
            ],
        )?;
        let _mounted = Mounted(place.clone());
        what(&place)
    }

    /// How often `canary` is in the raw image.
    pub fn copies(&self, canary: &str) -> usize {
        const PIECE: usize = 8 * 1024 * 1024;
        let mut image = fs::File::open(self.image()).unwrap();
        let mut copies = 0;
        let mut piece = Vec::new();
        loop {
            // What hangs over the end of a piece begins the next one.
            let kept = piece.len().saturating_sub(canary.len() - 1);
            piece.drain(..kept);
            let read = image
                .by_ref()
                .take(PIECE as u64)
                .read_to_end(&mut piece)
                .unwrap();
            if read == 0 {
                return copies;
            }
            copies += memchr::memmem::find_iter(&piece, canary.as_bytes()).count();
        }
    }
}

/// Unmounts when dropped, also when a test panics.
struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let place = self.0.to_str().unwrap_or_default();
        if let Err(reason) = run("umount", &[place])
            && !std::thread::panicking()
        {
            panic!("{reason}");
        }
    }
}
