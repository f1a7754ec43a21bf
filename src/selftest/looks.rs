//! One look at each place.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::editor::residue::Search;
use crate::secret::traces::{Finder, Traces};

use super::holder::{Holder, dumped};
use super::{Look, Place};

/// Of one file of a process.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Without waiting, whatever the other process has there.
fn open(path: &Path) -> io::Result<File> {
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    File::options().read(true).custom_flags(flags).open(path)
}

fn look(finder: Option<Finder>, look: impl FnOnce(&Finder) -> io::Result<bool>) -> Look {
    let Some(finder) = finder else {
        return Look::NotLooked("the made-up value is too short".to_owned());
    };
    match look(&finder) {
        Ok(false) => Look::Nothing(None),
        Ok(true) => Look::Found(String::new()),
        Err(error) => Look::NotLooked(error.to_string()),
    }
}

/// At what others can see of a process in /proc (proc(5)).
pub(super) fn at_process(place: Place, process: u32, traces: &Traces) -> Look {
    let folder = format!("/proc/{process}");
    match place {
        Place::OpenFiles => at_open_files(&Path::new(&folder).join("fd"), traces),
        place => {
            let name = match place {
                Place::CommandLine => "cmdline",
                _ => "environ",
            };
            look(traces.finder(), |finder| {
                match open(Path::new(&format!("{folder}/{name}"))) {
                    Ok(file) => finder.is_in(file, LONGEST),
                    // A process that cannot be dumped is closed to its own user as well.
                    Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
                    Err(error) => Err(error),
                }
            })
        }
    }
}

fn at_open_files(folder: &Path, traces: &Traces) -> Look {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Look::Nothing(Some("closed to other processes".to_owned()));
        }
        Err(error) => return Look::NotLooked(error.to_string()),
    };
    let mut files = 0;
    for entry in entries.flatten() {
        // Pipes and terminals are not read: that would take what is in them.
        if !fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        files += 1;
        let found = look(traces.finder(), |finder| {
            finder.is_in(open(&entry.path())?, LONGEST)
        });
        if !matches!(found, Look::Nothing(_)) {
            return found;
        }
    }
    Look::Nothing(Some(format!("{files} files")))
}

pub(super) fn at_bytes(bytes: &[u8], traces: &Traces) -> Look {
    match look(traces.finder(), |finder| finder.is_in(bytes, u64::MAX)) {
        Look::Nothing(_) => Look::Nothing(Some(format!("{} bytes", bytes.len()))),
        other => other,
    }
}

pub(super) fn at_files(search: &Search) -> Look {
    match search.copies.first() {
        Some(path) => Look::Found(path.display().to_string()),
        None if search.is_cut => Look::NotLooked(format!(
            "{} files were searched, and there are more",
            search.files
        )),
        None => Look::Nothing(Some(format!("{} files", search.files))),
    }
}

/// Kills the program while it has the value.
pub(super) fn at_core(holder: Holder) -> io::Result<Look> {
    holder.wait_until_held()?;
    Ok(match dumped(holder.abort()?) {
        true => Look::Found("a core dump was written".to_owned()),
        false => Look::Nothing(None),
    })
}

/// Whether this machine writes core dumps at all. Of the control there is one only where
/// it would be a file in its own directory, which is removed: others are handed to a
/// program, or collected (core(5)).
pub(super) fn at_core_of_control(folder: &Path) -> io::Result<Look> {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let pattern = pattern.trim();
    if pattern.contains(['/', '|']) {
        let program = match pattern.starts_with('|') {
            true => "a program",
            false => "a directory",
        };
        return Ok(Look::NoSuchPlace(format!(
            "not tried, since dumps go to {program}"
        )));
    }
    let status = Command::new("/bin/sh")
        .args(["-c", "ulimit -c unlimited && kill -ABRT $$"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    Ok(match dumped(status) {
        true => Look::Found("a core dump was written".to_owned()),
        false => Look::NoSuchPlace("none is written here".to_owned()),
    })
}

/// Writes a line to the journal, if there are programs for it; what keeps it from that.
pub(super) fn log(value: &str) -> Result<(), String> {
    if !Path::new("/run/systemd/journal/socket").exists() {
        return Err("there is no journal".to_owned());
    }
    let words = ["--tag", "secretsafe-selftest", "--"];
    let status = Command::new("logger").args(words).arg(value).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err("logger does not write to it".to_owned()),
    }
}

/// At what the journal shows this user. `logged` is what became of the control's line.
pub(super) fn at_journal(since: SystemTime, traces: &Traces, logged: &Result<(), String>) -> Look {
    if let Err(reason) = logged {
        return match reason.starts_with("there is no") {
            true => Look::NoSuchPlace(reason.clone()),
            false => Look::NotLooked(reason.clone()),
        };
    }
    let begun = since
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    // What was logged a moment ago may not be written yet; not everybody may ask for it.
    let _ = Command::new("journalctl")
        .arg("--sync")
        .stdin(Stdio::null())
        .output();
    let output = Command::new("journalctl")
        .args(["--quiet", "--no-pager", "--output=cat"])
        .arg(format!("--since=@{begun}"))
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) if output.status.success() => at_bytes(&output.stdout, traces),
        Ok(_) => Look::NotLooked("journalctl fails".to_owned()),
        Err(error) => Look::NotLooked(format!("journalctl: {error}")),
    }
}
