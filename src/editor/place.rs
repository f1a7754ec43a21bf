//! Where a text may lie while it is edited: in memory that is not swapped.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::CommandError;

/// Whether the text may lie on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    Refused,
    /// `--allow-disk`.
    Allowed,
}

/// A folder in which folders for texts are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Memory(PathBuf),
    Disk(PathBuf),
}

impl Place {
    pub fn folder(&self) -> &Path {
        match self {
            Self::Memory(folder) | Self::Disk(folder) => folder,
        }
    }
}

/// Folders that are in memory on most machines.
fn in_memory() -> Vec<PathBuf> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    own.into_iter()
        .filter(|path| path.is_absolute())
        .chain([PathBuf::from("/dev/shm")])
        .collect()
}

/// Folders on a disk, or perhaps so.
fn on_disk() -> Vec<PathBuf> {
    let own = std::env::var_os("TMPDIR").map(PathBuf::from);
    own.into_iter()
        .filter(|path| path.is_absolute())
        .chain([PathBuf::from("/tmp")])
        .collect()
}

/// All folders in which something may have been left.
pub(super) fn all() -> Vec<PathBuf> {
    let mut found = in_memory();
    found.extend(on_disk());
    found
}

/// The first place that is good enough.
///
/// # Errors
/// Status 2, with what is wrong with each.
pub(super) fn choose(disk: Disk) -> Result<Place, CommandError> {
    let mut reasons = Vec::new();
    for folder in in_memory() {
        match unfit(&folder) {
            None => return Ok(Place::Memory(folder)),
            Some(why) => reasons.push(format!("{} {why}", shown(&folder))),
        }
    }
    if disk == Disk::Allowed {
        // Memory that may be swapped is better than a disk.
        let memory = in_memory().into_iter().filter(|folder| is_memory(folder));
        for folder in memory.chain(on_disk()) {
            match unsafe_for_others(&folder) {
                None => return Ok(Place::Disk(folder)),
                Some(why) => reasons.push(format!("{} {why}", shown(&folder))),
            }
        }
    }
    let error = CommandError::usage(format!(
        "there is no place in memory for the text: {}; nothing was changed",
        reasons.join("; ")
    ));
    Err(match disk {
        Disk::Refused => error.hint(
            "Set the keys without an editor (rotate, create --update), or allow a file on a disk with --allow-disk: it is overwritten and removed afterwards, which a disk may not do to every copy.",
        ),
        Disk::Allowed => error.hint("Set TMPDIR to a folder of your own."),
    })
}

fn shown(folder: &Path) -> String {
    crate::escape::escape_controls(&folder.display().to_string())
}

/// Why nobody else is kept out, or why there is no folder.
fn unsafe_for_others(folder: &Path) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = fs::metadata(folder) else {
        return Some("does not exist");
    };
    let own = rustix::process::geteuid().as_raw();
    let mode = metadata.mode();
    match () {
        () if !metadata.is_dir() => Some("is not a directory"),
        () if metadata.uid() != own && metadata.uid() != 0 => Some("belongs to somebody else"),
        // Whoever may write there could take a name away, unless it is sticky.
        () if mode & 0o022 != 0 && mode & 0o1000 == 0 => Some("can be changed by others"),
        () if rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err() => {
            Some("cannot be written")
        }
        () => None,
    }
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_folder: &Path) -> bool {
    false
}

/// Whether a folder is on a tmpfs or ramfs (`include/uapi/linux/magic.h`).
#[cfg(target_os = "linux")]
fn is_memory(folder: &Path) -> bool {
    matches!(magic(folder), Some(TMPFS | RAMFS))
}

#[cfg(target_os = "linux")]
const TMPFS: u32 = 0x0102_1994;
#[cfg(target_os = "linux")]
const RAMFS: u32 = 0x8584_58f6;

#[cfg(target_os = "linux")]
#[expect(
    clippy::cast_possible_truncation,
    reason = "magic numbers have 32 bits"
)]
#[expect(clippy::cast_sign_loss, reason = "a magic number is not an amount")]
fn magic(folder: &Path) -> Option<u32> {
    rustix::fs::statfs(folder)
        .ok()
        .map(|found| found.f_type as u32)
}

#[cfg(not(target_os = "linux"))]
fn unfit(_folder: &Path) -> Option<String> {
    Some("is not known to be in memory on this system".to_owned())
}

#[cfg(target_os = "linux")]
fn unfit(folder: &Path) -> Option<String> {
    if let Some(why) = unsafe_for_others(folder) {
        return Some(why.to_owned());
    }
    let Some(magic) = magic(folder) else {
        return Some("cannot be looked at".to_owned());
    };
    match magic {
        RAMFS => None,
        TMPFS => {
            let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
            let swaps = fs::read_to_string("/proc/swaps");
            let is_unswapped = device(folder).is_some_and(|device| has_noswap(&mounts, &device));
            match (is_unswapped, swaps.as_deref().map(swap_on_disk)) {
                (true, _) | (_, Ok(None)) => None,
                (_, Ok(Some(name))) => Some(format!(
                    "is in memory that can be swapped to {}",
                    crate::escape::escape_controls(name)
                )),
                (_, Err(_)) => {
                    Some("is in memory, but whether that is swapped cannot be seen".to_owned())
                }
            }
        }
        _ => Some("is not in memory".to_owned()),
    }
}

/// The device of a file system, as `mountinfo` writes it.
#[cfg(target_os = "linux")]
fn device(folder: &Path) -> Option<String> {
    let found = rustix::fs::stat(folder).ok()?.st_dev;
    Some(format!(
        "{}:{}",
        rustix::fs::major(found),
        rustix::fs::minor(found)
    ))
}

/// Whether a file system is mounted so that it is never swapped (tmpfs(5), `noswap`).
#[cfg(target_os = "linux")]
fn has_noswap(mounts: &str, device: &str) -> bool {
    mounts.lines().any(|line| {
        let mut fields = line.split(' ');
        fields.nth(2) == Some(device)
            && line
                .rsplit(' ')
                .next()
                .is_some_and(|options| options.split(',').any(|one| one == "noswap"))
    })
}

/// The first place that memory is swapped to, other than memory (proc(5), `/proc/swaps`).
#[cfg(target_os = "linux")]
fn swap_on_disk(swaps: &str) -> Option<&str> {
    swaps
        .lines()
        .skip(1)
        .filter_map(|line| line.split_ascii_whitespace().next())
        .find(|name| !is_compressed_memory(name))
}

/// A zram device that writes nothing back to a disk
/// (kernel `Documentation/admin-guide/blockdev/zram.rst`, `backing_dev`).
#[cfg(target_os = "linux")]
fn is_compressed_memory(name: &str) -> bool {
    let Some(number) = name.strip_prefix("/dev/zram") else {
        return false;
    };
    number.bytes().all(|byte| byte.is_ascii_digit())
        && match fs::read_to_string(format!("/sys/block/zram{number}/backing_dev")) {
            Ok(backing) => backing.trim() == "none",
            // A kernel that cannot write back has no such file.
            Err(error) => {
                error.kind() == std::io::ErrorKind::NotFound
                    && Path::new(&format!("/sys/block/zram{number}")).exists()
            }
        }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_swapped_to_a_disk_is_told() {
        let head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        assert_eq!(swap_on_disk(head), None);
        assert_eq!(
            swap_on_disk(&format!("{head}/dev/sda2 partition 1 0 -2\n")),
            Some("/dev/sda2")
        );
        // No such device here, so nothing is known of it.
        assert_eq!(
            swap_on_disk(&format!("{head}/dev/zram99 partition 1 0 100\n")),
            Some("/dev/zram99")
        );
        let mounts = "25 30 0:23 / /run/user/1 rw,nosuid shared:13 - tmpfs tmpfs rw,size=1k,noswap,mode=700\n\
            26 30 0:24 /noswap /dev/shm rw - tmpfs tmpfs rw\n";
        assert!(has_noswap(mounts, "0:23"));
        assert!(!has_noswap(mounts, "0:24"));
        assert!(!has_noswap(mounts, "0:2"));
    }

    #[test]
    fn a_folder_that_others_can_change_is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let with_mode = |mode| {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            unsafe_for_others(folder.path())
        };
        assert_eq!(with_mode(0o700), None);
        assert_eq!(with_mode(0o1777), None);
        assert_eq!(with_mode(0o777), Some("can be changed by others"));
        assert_eq!(
            unsafe_for_others(Path::new("/proc/self/stat")),
            Some("is not a directory")
        );
        assert_eq!(
            unsafe_for_others(Path::new("/nowhere")),
            Some("does not exist")
        );
        assert_eq!(unfit(Path::new("/")).as_deref(), Some("is not in memory"));
    }
}
