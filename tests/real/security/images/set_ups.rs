//! The file systems, and how the file comes to lie on them.

use crate::harness::write_apart;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A file system with a file.
pub(super) struct SetUp {
    pub name: &'static str,
    /// The program that makes the file system, and its arguments.
    pub make: &'static [&'static str],
    /// What is done to the image then; empty for nothing.
    pub tune: &'static [&'static str],
    /// Mount options.
    pub options: &'static str,
    pub content: Content,
    history: History,
    /// Copies that an earlier save left in blocks that are free now.
    pub earlier_copies: usize,
}

/// What is in the file.
#[derive(Clone, Copy)]
pub(super) enum Content {
    OneLine,
    ManyLines,
    Compressible,
}

/// How the file was saved.
#[derive(Clone, Copy)]
enum History {
    /// Written once.
    Fresh,
    /// Written, then written to another file that takes the name.
    SavedByRename,
    /// Written long, then cut to its first line.
    CutShort,
    /// Given a flag of `chattr` while it was empty.
    Flag(&'static str),
    /// Copied by `cp --reflink`.
    Reflinked,
    /// In a subvolume of which a snapshot was taken.
    Snapshot,
}

const fn plain(name: &'static str, make: &'static [&'static str]) -> SetUp {
    SetUp {
        name,
        make,
        tune: &[],
        options: "rw",
        content: Content::ManyLines,
        history: History::Fresh,
        earlier_copies: 0,
    }
}

const EXT4: &[&str] = &["mkfs.ext4", "-q", "-F", "-b", "4096"];
const XFS: &[&str] = &["mkfs.xfs", "-q", "-f"];
const BTRFS: &[&str] = &["mkfs.btrfs", "-q", "-f"];

static SET_UPS: [SetUp; 19] = [
    plain("ext2", &["mkfs.ext2", "-q", "-F", "-b", "4096"]),
    plain("ext3", &["mkfs.ext3", "-q", "-F", "-b", "4096"]),
    plain("ext4", EXT4),
    SetUp {
        content: Content::OneLine,
        ..plain("ext4, one line", EXT4)
    },
    SetUp {
        options: "data=journal",
        ..plain("ext4, data=journal", EXT4)
    },
    SetUp {
        tune: &["tune2fs", "-o", "journal_data"],
        ..plain("ext4, data=journal by its superblock", EXT4)
    },
    SetUp {
        options: "data=writeback",
        ..plain("ext4, data=writeback", EXT4)
    },
    SetUp {
        history: History::Flag("+j"),
        ..plain("ext4, file with chattr +j", EXT4)
    },
    SetUp {
        content: Content::OneLine,
        ..plain(
            "ext4, content in the inode (inline_data)",
            &["mkfs.ext4", "-q", "-F", "-I", "256", "-O", "inline_data"],
        )
    },
    SetUp {
        history: History::SavedByRename,
        earlier_copies: 2000,
        ..plain("ext4, saved before under another inode", EXT4)
    },
    SetUp {
        history: History::CutShort,
        earlier_copies: 1875,
        ..plain("ext4, cut short before", EXT4)
    },
    plain("xfs", XFS),
    SetUp {
        history: History::Reflinked,
        ..plain("xfs, reflinked", XFS)
    },
    SetUp {
        content: Content::OneLine,
        ..plain("btrfs, content in the metadata", BTRFS)
    },
    plain("btrfs", BTRFS),
    SetUp {
        history: History::Flag("+C"),
        ..plain("btrfs, file with chattr +C (NOCOW)", BTRFS)
    },
    SetUp {
        options: "nodatacow",
        history: History::Snapshot,
        ..plain("btrfs, NOCOW, with a snapshot", BTRFS)
    },
    SetUp {
        history: History::Snapshot,
        ..plain("btrfs, with a snapshot", BTRFS)
    },
    SetUp {
        options: "compress-force=lzo",
        content: Content::Compressible,
        ..plain("btrfs, compressed (lzo)", BTRFS)
    },
];

pub(super) fn set_ups() -> &'static [SetUp] {
    &SET_UPS
}

impl SetUp {
    /// Writes the file at `path`, in the way of this set-up.
    ///
    /// # Errors
    /// The file system cannot do it here.
    pub fn write(&self, path: &Path, content: &[u8]) -> Result<(), String> {
        let beside = path.with_extension("beside");
        match self.history {
            History::Fresh => save(path, content),
            History::SavedByRename => {
                save(path, content);
                save(&beside, content);
                fs::rename(&beside, path).unwrap();
            }
            History::CutShort => {
                save(path, content);
                let file = fs::OpenOptions::new().write(true).open(path).unwrap();
                let line = content.iter().position(|byte| *byte == b'\n').unwrap() + 1;
                file.set_len(line as u64).unwrap();
            }
            History::Flag(flag) => {
                fs::write(path, "").unwrap();
                run("chattr", &[flag, text(path)])?;
                save(path, content);
            }
            History::Reflinked => {
                save(path, content);
                run("cp", &["--reflink=always", text(path), text(&beside)])?;
            }
            History::Snapshot => {
                save(path, content);
                let folder = path.parent().unwrap();
                let snapshot = folder.join("snapshot");
                run(
                    "btrfs",
                    &["subvolume", "snapshot", text(folder), text(&snapshot)],
                )?;
            }
        }
        Ok(())
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

/// Writes and waits until it is on the disk.
fn save(path: &Path, content: &[u8]) {
    write_apart(path, content);
    fs::File::open(path).unwrap().sync_all().unwrap();
}

/// Runs a program of the system.
///
/// # Errors
/// It is missing, or what it said.
pub(super) fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program} does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program}: {}", words.trim()))
}
