//! What overwriting a file achieves where it lies.
//!
//! The classes follow what reading raw images after a run showed: some file
//! systems write new content over the old blocks, others write it elsewhere.
//! Nothing here sees below the block layer: an SSD may move blocks by itself.

use std::fs::File;

/// What overwriting achieves for one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// The file lies in memory.
    Memory,
    /// New content goes over the blocks of the old.
    InPlace,
    /// New content goes to other blocks, and the old ones stay as they are.
    Elsewhere,
    /// A server or a synchronising program keeps its own copies.
    Remote,
    /// A file system whose behaviour is not known here.
    Unknown,
}

impl Storage {
    /// What may be said after the file was overwritten and removed: whole
    /// sentences that claim no more than was observed.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Memory => "Removed from memory-backed storage (it may have been swapped).",
            Self::InPlace => {
                "Overwritten in place and removed. An SSD, the journal, a backup or an earlier \
                 save may still hold a copy."
            }
            Self::Elsewhere => {
                "Removed. This file system writes elsewhere: the old content was NOT overwritten."
            }
            Self::Remote => "Removed here. The server or the sync history may keep it.",
            Self::Unknown => {
                "Removed. Whether this file system overwrites in place is not known: the old \
                 content may still be there."
            }
        }
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::storage_of;

/// Elsewhere than on Linux nothing is known about the file system.
#[cfg(not(target_os = "linux"))]
pub(super) fn storage_of(_file: &File) -> Storage {
    Storage::Unknown
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::{Path, PathBuf};

    use rustix::fs::{Dev, IFlags, fstat, fstatfs, ioctl_getflags, major, minor};

    use super::{File, Storage};
    use crate::secret::shred::system;

    /// The class of a file system by its `statfs` magic number
    /// (`include/uapi/linux/magic.h`); ext and btrfs need a closer look.
    #[derive(Debug, PartialEq, Eq)]
    enum Family {
        Ext,
        Btrfs,
        Xfs,
        Settled(Storage),
    }

    fn family(magic: u32) -> Family {
        match magic {
            0x0102_1994 | 0x8584_58f6 => Family::Settled(Storage::Memory), // tmpfs, ramfs
            0xef53 => Family::Ext,
            0x5846_5342 => Family::Xfs,
            0x9123_683e => Family::Btrfs,
            // zfs, bcachefs, f2fs, nilfs, overlayfs, ubifs, jffs2
            0x2fc1_2fc1 | 0xca45_1a4e | 0xf2f5_2010 | 0x3434 | 0x794c_7630 | 0x2405_1905
            | 0x72b6 => Family::Settled(Storage::Elsewhere),
            // nfs, smb, cifs, smb2, fuse, 9p, afs, ceph, vboxsf
            0x6969 | 0x517b | 0xff53_4d42 | 0xfe53_4d42 | 0x6573_5546 | 0x0102_1997
            | 0x5346_414f | 0x00c3_6400 | 0x786f_4256 => Family::Settled(Storage::Remote),
            _ => Family::Settled(Storage::Unknown),
        }
    }

    /// What overwriting `file` achieves.
    pub(in crate::secret::shred) fn storage_of(file: &File) -> Storage {
        let Ok(statistics) = fstatfs(file) else {
            return Storage::Unknown;
        };
        let family = family(statistics.f_type as u32);
        if let Family::Settled(storage) = family {
            return storage;
        }
        match system::has_unreachable_extents(file) {
            Ok(true) => return Storage::Elsewhere,
            Ok(false) => {}
            Err(_) => return Storage::Unknown,
        }
        let flags = ioctl_getflags(file).unwrap_or(IFlags::empty());
        let device = || Some(fstat(file).ok()?.st_dev);
        closer(&family, flags, || journals_data(Path::new("/"), device()?))
    }

    /// What the attributes of a file and its file system's journal decide.
    fn closer(
        family: &Family,
        flags: IFlags,
        journals_data: impl FnOnce() -> Option<bool>,
    ) -> Storage {
        match family {
            Family::Ext if flags.contains(IFlags::JOURNALING) => Storage::Elsewhere,
            Family::Ext => match journals_data() {
                Some(true) => Storage::Elsewhere,
                Some(false) => Storage::InPlace,
                None => Storage::Unknown,
            },
            Family::Btrfs if flags.contains(IFlags::NOCOW) => Storage::InPlace,
            Family::Btrfs => Storage::Elsewhere,
            Family::Xfs => Storage::InPlace,
            Family::Settled(storage) => *storage,
        }
    }

    /// Whether the ext file system on `device` sends content through its
    /// journal, or nothing where that cannot be learnt below `root`.
    fn journals_data(root: &Path, device: Dev) -> Option<bool> {
        let number = format!("{}:{}", major(device), minor(device));
        // The mount table leaves out options that equal the superblock's own
        // defaults (`tune2fs -o journal_data`); ext4's own list is complete.
        let options = fs::read_link(root.join("sys/dev/block").join(&number))
            .ok()
            .and_then(|link| Some(Path::new(link.file_name()?).join("options")))
            .and_then(|name| fs::read_to_string(at(root, "/proc/fs/ext4").join(name)).ok());
        if let Some(options) = options {
            return Some(options.lines().any(|option| option == "data=journal"));
        }
        let table = fs::read_to_string(at(root, "/proc/self/mountinfo")).ok()?;
        mount_options(&table, &number)
            .map(|options| options.split(',').any(|option| option == "data=journal"))
    }

    fn at(root: &Path, path: &str) -> PathBuf {
        root.join(path.trim_start_matches('/'))
    }

    /// The file system's options in `/proc/self/mountinfo` (proc(5)) for the
    /// device `number`, as in `8:1`.
    fn mount_options<'a>(table: &'a str, number: &str) -> Option<&'a str> {
        table
            .lines()
            .find(|line| line.split(' ').nth(2) == Some(number))
            .and_then(|line| line.split_once(" - "))
            .and_then(|(_, rest)| rest.rsplit(' ').next())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn file_systems_are_told_apart_by_magic_number() {
            assert_eq!(family(0xef53), Family::Ext);
            assert_eq!(family(0x5846_5342), Family::Xfs);
            assert_eq!(family(0x9123_683e), Family::Btrfs);
            for (magic, storage) in [
                (0x0102_1994, Storage::Memory),
                (0x2fc1_2fc1, Storage::Elsewhere),
                (0x794c_7630, Storage::Elsewhere),
                (0x6969, Storage::Remote),
                (0x6573_5546, Storage::Remote),
                (0x4d44, Storage::Unknown),
            ] {
                assert_eq!(family(magic), Family::Settled(storage), "{magic:#x}");
            }
        }

        #[test]
        fn attributes_and_the_journal_decide() {
            let [none, journaling, nocow] = [IFlags::empty(), IFlags::JOURNALING, IFlags::NOCOW];
            for (family, flags, journals, storage) in [
                (Family::Ext, none, Some(false), Storage::InPlace),
                (Family::Ext, none, Some(true), Storage::Elsewhere),
                (Family::Ext, none, None, Storage::Unknown),
                (Family::Ext, journaling, Some(false), Storage::Elsewhere),
                (Family::Btrfs, none, None, Storage::Elsewhere),
                (Family::Btrfs, nocow, None, Storage::InPlace),
                (Family::Xfs, none, None, Storage::InPlace),
            ] {
                let found = closer(&family, flags, || journals);
                assert_eq!(found, storage, "{family:?} {flags:?} {journals:?}");
            }
        }

        #[test]
        fn the_list_of_ext4_comes_before_the_mount_table() {
            let root = tempfile::tempdir().expect("a folder");
            let write = |name: &str, text: &str| {
                let path = root.path().join(name);
                fs::create_dir_all(path.parent().expect("a folder")).expect("created");
                fs::write(path, text).expect("written");
            };
            let journals = || journals_data(root.path(), rustix::fs::makedev(8, 2));
            assert_eq!(journals(), None);
            let table = |options: &str| format!("26 1 8:2 / /j rw - ext4 /dev/sda2 {options}\n");
            write("proc/self/mountinfo", &table("rw,data=ordered"));
            assert_eq!(journals(), Some(false));
            write("proc/self/mountinfo", &table("rw,data=journal"));
            assert_eq!(journals(), Some(true));
            write("proc/fs/ext4/sda2/options", "rw\ndata=ordered\n");
            fs::create_dir_all(root.path().join("sys/dev/block")).expect("created");
            let link = root.path().join("sys/dev/block/8:2");
            std::os::unix::fs::symlink("../../block/sda/sda2", link).expect("linked");
            assert_eq!(journals(), Some(false));
            write("proc/fs/ext4/sda2/options", "rw\ndata=journal\n");
            write("proc/self/mountinfo", &table("rw"));
            assert_eq!(journals(), Some(true));
        }

        #[test]
        fn the_options_are_those_of_the_device() {
            let table = "\
25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n\
26 1 8:2 / /j rw,relatime - ext4 /dev/sda2 rw,data=journal\n";
            assert_eq!(mount_options(table, "8:2"), Some("rw,data=journal"));
            assert_eq!(mount_options(table, "8:1"), Some("rw,errors=remount-ro"));
            assert_eq!(mount_options(table, "8:3"), None);
        }

        #[test]
        fn shared_memory_is_memory() {
            let file = tempfile::tempfile_in("/dev/shm").expect("a file in memory");
            assert_eq!(storage_of(&file), Storage::Memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_promises_too_much() {
        for storage in [
            Storage::Memory,
            Storage::InPlace,
            Storage::Elsewhere,
            Storage::Remote,
            Storage::Unknown,
        ] {
            let sentence = storage.sentence();
            for word in ["secure", "unrecoverable", "guarantee"] {
                assert!(!sentence.to_lowercase().contains(word), "{sentence}");
            }
            let claims = sentence.starts_with("Overwritten in place");
            assert_eq!(claims, storage == Storage::InPlace, "{sentence}");
        }
    }
}
