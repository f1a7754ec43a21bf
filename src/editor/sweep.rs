//! Folders of runs that were killed: their names say which process made them.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, statat};

use crate::process;

use super::folder::remove_below;
use super::place;

pub(super) const PREFIX: &str = "secretsafe.";
/// How many characters of the boot's identity are in a name.
const OF_BOOT: usize = 8;

/// A name for a folder of this process. It is short: neovim makes a socket below it, and a
/// path of more than 107 bytes is none (unix(7)).
pub(super) fn own_name() -> io::Result<String> {
    let own = process::identity();
    let number = getrandom::u32().map_err(io::Error::other)?;
    Ok(format!(
        "{PREFIX}{}.{}.{number:08x}",
        short(&own.machine),
        own.process.replace('/', ".")
    ))
}

/// A name for a folder that stays.
pub(super) fn kept_name() -> io::Result<String> {
    let number = getrandom::u32().map_err(io::Error::other)?;
    Ok(format!("secretsafe-kept.{number:08x}"))
}

/// The boot and the process namespace.
fn short(machine: &str) -> String {
    let (boot, namespace) = machine.split_once('/').unwrap_or_default();
    let boot: String = boot.chars().take(OF_BOOT).collect();
    format!("{boot}-{:x}", namespace.parse::<u64>().unwrap_or(0))
}

/// Removes what runs of this user that are certainly dead have left in any place.
pub(super) fn sweep() {
    for folder in place::all() {
        // A place that is not there holds nothing.
        let _ = sweep_in(&folder);
    }
}

fn sweep_in(folder: &Path) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let parent = rustix::fs::open(folder, flags, Mode::empty())?;
    for entry in std::fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        if !is_abandoned(&name) {
            continue;
        }
        let Ok(status) = statat(&parent, &name, AtFlags::SYMLINK_NOFOLLOW) else {
            continue;
        };
        let is_own = status.st_uid == rustix::process::geteuid().as_raw();
        if is_own && FileType::from_raw_mode(status.st_mode) == FileType::Directory {
            let _ = remove_below(&parent, &name);
        }
    }
    Ok(())
}

/// Whether a name is one of ours, of a process that is at work no more.
fn is_abandoned(name: &OsStr) -> bool {
    let parts = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    let parts: Vec<_> = parts.into_iter().flat_map(|rest| rest.split('.')).collect();
    let [machine, process, started, _] = parts.as_slice() else {
        return false;
    };
    let own = process::identity().machine;
    *machine == short(&own) && process::is_dead(&own, &format!("{process}/{started}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_processes_that_are_dead_are_removed() {
        let outside = tempfile::tempdir().unwrap();
        let own = own_name().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        let machine = short(&process::identity().machine);
        let dead = format!("{PREFIX}{machine}.{id}.1.00");
        let elsewhere = format!("{PREFIX}other-1.{id}.1.00");
        assert!(own.len() < 60, "{own}");
        for name in [
            &own,
            &dead,
            &elsewhere,
            &format!("{PREFIX}x"),
            &format!("x{dead}"),
        ] {
            std::fs::create_dir(outside.path().join(name)).unwrap();
        }
        std::fs::write(outside.path().join(&dead).join("secret.yaml"), "a: b").unwrap();
        sweep_in(outside.path()).unwrap();
        assert!(!outside.path().join(&dead).exists());
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 4);
        let file = outside.path().join(&dead);
        std::fs::write(&file, "a file, not a folder").unwrap();
        sweep_in(outside.path()).unwrap();
        assert!(file.exists());
    }
}
