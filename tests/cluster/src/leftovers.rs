//! Ends and removes what belongs to a cluster folder: used at the end of every
//! cluster, and at the next start for a folder whose keeper was killed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::mount::UnmountFlags;
use rustix::process::Signal;

use crate::process::{ProcessId, wait_until};

/// Every cluster folder begins with this.
pub(crate) const FOLDER_PREFIX: &str = "testcluster-";
pub(crate) const PROCESSES: &str = "processes.json";
const OWNER: &str = "keeper.json";

/// Writes down that this process owns the folder.
pub(crate) fn record_owner(folder: &Path) -> io::Result<()> {
    fs::write(
        folder.join(OWNER),
        serde_json::to_vec(&ProcessId::current())?,
    )
}

/// The process that owns a cluster folder, from its own record.
pub fn owner(folder: &Path) -> Option<ProcessId> {
    serde_json::from_slice(&fs::read(folder.join(OWNER)).ok()?).ok()?
}

/// Cleans folders of this user whose keeper is dead.
pub fn clean_all() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let ours = metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw();
        // A folder without a record may be one that is just being made.
        if ours
            && name.to_string_lossy().starts_with(FOLDER_PREFIX)
            && owner(&entry.path()).is_some_and(|owner| !owner.is_alive())
        {
            clean(&entry.path());
        }
    }
}

/// Ends the processes of a folder, unmounts what is below it, removes it.
/// A folder that was kept because its start failed stays for its logs.
fn clean(folder: &Path) {
    let recorded: Vec<ProcessId> = fs::read(folder.join(PROCESSES))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    for process in recorded {
        process.signal(Signal::KILL);
    }
    wait_until(Duration::from_secs(5), || end_processes(folder) == 0);
    unmount(folder);
    if !folder.join(crate::cluster::FAILED).exists() {
        let _ = fs::remove_dir_all(folder);
    }
}

/// Kills the shims of the folder and what runs below them; says how many
/// processes there were.
pub(crate) fn end_processes(folder: &Path) -> usize {
    let mut found = BTreeSet::new();
    for (pid, _) in all_processes() {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).into_owned();
        // Only shims name the private socket: a reader of a log is not ours.
        if words.contains("containerd-shim") && words.contains(&format!("{}/", folder.display())) {
            found.insert(pid);
        }
    }
    loop {
        let before = found.len();
        for (pid, parent) in all_processes() {
            if found.contains(&parent) {
                found.insert(pid);
            }
        }
        if found.len() == before {
            break;
        }
    }
    let alive: Vec<ProcessId> = found.into_iter().filter_map(ProcessId::of).collect();
    for process in &alive {
        process.signal(Signal::KILL);
    }
    alive.len()
}

/// Every process with its parent.
fn all_processes() -> Vec<(i32, i32)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat
                .rsplit_once(')')?
                .1
                .split_whitespace()
                .nth(1)?
                .parse()
                .ok()?;
            Some((pid, parent))
        })
        .collect()
}

/// The mount points below a folder, innermost last.
pub fn mounts(folder: &Path) -> Vec<PathBuf> {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let points = table
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(PathBuf::from);
    points.filter(|point| point.starts_with(folder)).collect()
}

pub(crate) fn unmount(folder: &Path) {
    for point in mounts(folder).iter().rev() {
        // Lazily: a busy mount goes when its last user does.
        let _ = rustix::mount::unmount(point, UnmountFlags::DETACH);
    }
}
