//! A new file that takes a name, or the place of another file, at once.
//!
//! It has no name until then where the file system can do that (`O_TMPFILE`,
//! open(2)), so nothing is left of it however the process ends. While it has a
//! name that is not its last, no signal ends the process; what a kill leaves then
//! the next run removes: the name says which process made it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use crate::signals::Postponed;

/// What all names of such files begin and end with.
const PREFIX: &str = ".secretsafe-";
const SUFFIX: &str = ".tmp";

/// A file that is written and not yet in its place. Dropping it removes it.
pub(super) struct Fresh {
    file: File,
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only an unnamed file gets its name later")
    )]
    folder: PathBuf,
    /// Its name, where it has one already.
    name: Option<PathBuf>,
    /// While it has one. The name goes before this does.
    postponed: Option<Postponed>,
}

impl Fresh {
    /// A file in the folder of `path`, with a mode before the umask. What runs
    /// that were killed have left there is removed.
    pub fn beside(path: &Path, mode: u32) -> io::Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        sweep_once(&folder);
        #[cfg(target_os = "linux")]
        {
            let flags = libc::O_TMPFILE;
            // Without that folder it could get no name.
            let can_be_named = Path::new("/proc/self/fd").exists();
            let unnamed = File::options()
                .write(true)
                .mode(mode)
                .custom_flags(flags)
                .open(&folder);
            if let (Ok(file), true) = (unnamed, can_be_named) {
                return Ok(Self {
                    file,
                    folder,
                    name: None,
                    postponed: None,
                });
            }
        }
        let postponed = Postponed::new()?;
        let name = folder.join(own_name()?);
        let file = File::options()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&name)?;
        Ok(Self {
            file,
            folder,
            name: Some(name),
            postponed: Some(postponed),
        })
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// Puts it in its place, over a file that is there.
    pub fn put(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        if self.name.is_none() {
            self.postponed = Some(Postponed::new()?);
            self.name = Some(self.named()?);
        }
        if let Some(name) = &self.name {
            fs::rename(name, target)?;
        }
        self.name = None;
        Ok(())
    }

    /// Gives an unnamed file its first name.
    #[cfg(target_os = "linux")]
    fn named(&self) -> io::Result<PathBuf> {
        use std::os::fd::AsRawFd;

        use rustix::fs::{AtFlags, CWD, linkat};

        let name = self.folder.join(own_name()?);
        let unnamed = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        linkat(CWD, unnamed, CWD, &name, AtFlags::SYMLINK_FOLLOW)?;
        Ok(name)
    }

    #[cfg(not(target_os = "linux"))]
    fn named(&self) -> io::Result<PathBuf> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Write for Fresh {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // The next run tries again.
            let _ = fs::remove_file(name);
        }
    }
}

/// Which process it is, on which machine or in which container: its number is
/// used again, its number and the time it started at are not.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Maker {
    /// Which machine, since it was started (`boot_id`, random(4)); the number of
    /// a machine's first namespace is the same everywhere.
    machine: u64,
    namespace: u64,
    process: u32,
    started: u64,
}

impl Maker {
    fn this() -> Self {
        let process = std::process::id();
        Self {
            machine: machine(),
            namespace: namespace(),
            process,
            started: started(process).unwrap_or(0),
        }
    }

    /// What a name says, if it is one of ours.
    fn of(name: &str) -> Option<Self> {
        let rest = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        let parts: Vec<&str> = rest.split('-').collect();
        let [machine, namespace, process, started, random] = parts.as_slice() else {
            return None;
        };
        u64::from_str_radix(random, 16).ok()?;
        Some(Self {
            machine: u64::from_str_radix(machine, 16).ok()?,
            namespace: namespace.parse().ok()?,
            process: process.parse().ok()?,
            started: started.parse().ok()?,
        })
    }

    fn lives(&self) -> bool {
        started(self.process).is_some_and(|started| started == self.started)
    }
}

fn own_name() -> io::Result<String> {
    let Maker {
        machine,
        namespace,
        process,
        started,
    } = Maker::this();
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let random = u64::from_ne_bytes(random);
    Ok(format!(
        "{PREFIX}{machine:x}-{namespace}-{process}-{started}-{random:016x}{SUFFIX}"
    ))
}

/// Zero where it is not told.
fn machine() -> u64 {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let digits: String = id
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(16)
        .collect();
    u64::from_str_radix(&digits, 16).unwrap_or(0)
}

/// Process numbers mean something within one namespace only (pid_namespaces(7));
/// zero where there are none.
fn namespace() -> u64 {
    fs::metadata("/proc/self/ns/pid").map_or(0, |about| about.ino())
}

/// When a process started, in ticks since the machine did; `None` of one that
/// is not there (proc(5), field 22 of `stat`).
fn started(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = &stat[stat.rfind(')')? + 1..];
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// Removes what killed runs of this user have left in a folder; once a run.
fn sweep_once(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mut swept = SWEPT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if swept.insert(whole) {
        sweep(folder);
    }
}

fn sweep(folder: &Path) {
    // Of another machine or container it cannot be seen whether its process lives; no file
    // is written for as long as that.
    const LONG: Duration = Duration::from_secs(24 * 60 * 60);
    let here = (machine(), namespace());
    let user = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Some(maker) = entry.file_name().to_str().and_then(Maker::of) else {
            continue;
        };
        let Ok(about) = fs::symlink_metadata(entry.path()) else {
            continue;
        };
        let there = (maker.machine, maker.namespace);
        let is_left = match there == here && here.0 != 0 && here.1 != 0 {
            true => !maker.lives(),
            false => about
                .modified()
                .ok()
                .and_then(|at| at.elapsed().ok())
                .is_some_and(|age| age > LONG),
        };
        // Root gives its files to the owners of the old ones.
        let is_ours = user == 0 || about.uid() == user;
        if is_left && about.is_file() && is_ours {
            // Whoever may not remove it is not told: it is no part of the work.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_runs_left_goes_and_all_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let this = Maker::this();
        let of = |process: u32, started: u64, end: &str| {
            format!(
                "{PREFIX}{:x}-{}-{process}-{started}-{end}",
                this.machine, this.namespace
            )
        };
        let random = "00000000000000ff.tmp";
        let dead = [
            // The number of a process that lives, of an earlier start.
            of(this.process, this.started + 1, random),
            of(u32::MAX, 7, random),
        ];
        let kept = [
            of(this.process, this.started, random),
            of(u32::MAX, 7, "mine.tmp"),
            of(u32::MAX, 7, "00ff.tmp.yaml"),
            format!("{PREFIX}notes.tmp"),
            format!("{PREFIX}1-2-3-4-{random}"),
            ".tmpA1b2C3".to_owned(),
            "app.yaml".to_owned(),
        ];
        for name in dead.iter().chain(&kept) {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let link = of(u32::MAX - 1, 7, random);
        std::os::unix::fs::symlink("app.yaml", folder.path().join(&link)).unwrap();
        sweep(folder.path());
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let mut wanted: Vec<_> = kept.into_iter().chain([link]).collect();
        wanted.sort();
        assert_eq!(left, wanted);
    }

    #[test]
    fn nothing_is_left_of_a_file_that_is_not_put() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.yaml");
        let mut fresh = Fresh::beside(&path, 0o600).unwrap();
        fresh.write_all(b"half").unwrap();
        drop(fresh);
        let mut fresh = Fresh::beside(&path, 0o600).unwrap();
        fresh.write_all(b"whole").unwrap();
        fs::create_dir(&path).unwrap();
        assert!(fresh.put(&path).is_err());
        fs::remove_dir(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut fresh = Fresh::beside(&path, 0o600).unwrap();
        fresh.write_all(b"whole").unwrap();
        fresh.put(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
