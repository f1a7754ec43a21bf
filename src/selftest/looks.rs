//! One look at each place.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::editor::residue::Search;
use crate::secret::traces::{Finder, Traces};

use super::holder::{Holder, dumped};
use super::{Dumps, Look, Place};

/// Of one file of a process.
const LONGEST: u64 = 16 * 1024 * 1024;
/// Of what a program of the system prints.
const MOST_PRINTED: u64 = 256 * 1024 * 1024;

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

fn counted(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// How often a process is looked at, and when again: what it opens, or what it becomes,
/// may take a moment.
const TIMES: usize = 10;
const PAUSE: Duration = Duration::from_millis(30);

/// At what others can see of a process in /proc (proc(5)), several times.
pub(super) fn at_process(process: u32, traces: &Traces) -> Vec<(Place, Look)> {
    let places = [Place::CommandLine, Place::Environment, Place::OpenFiles];
    let mut seen: Vec<_> = places.map(|place| (place, Look::Nothing(None))).into();
    for _ in 0..TIMES {
        for (place, look) in &mut seen {
            if !matches!(look, Look::Found(_)) {
                *look = at_place(*place, process, traces);
            }
        }
        sleep(PAUSE);
    }
    seen
}

fn at_place(place: Place, process: u32, traces: &Traces) -> Look {
    let folder = Path::new("/proc").join(process.to_string());
    let name = match place {
        Place::OpenFiles => return at_open_files(&folder.join("fd"), traces),
        Place::CommandLine => "cmdline",
        _ => "environ",
    };
    // A process that cannot be dumped is closed to its own user as well.
    match open(&folder.join(name)) {
        Ok(file) => look(traces.finder(), |finder| finder.is_in(file, LONGEST)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => closed(),
        Err(error) => Look::NotLooked(error.to_string()),
    }
}

fn closed() -> Look {
    Look::Closed("closed to your other processes".to_owned())
}

fn at_open_files(folder: &Path, traces: &Traces) -> Look {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return closed(),
        Err(error) => return Look::NotLooked(error.to_string()),
    };
    let mut files = 0;
    for entry in entries.flatten() {
        // Pipes and terminals are not read: that would take what is in them.
        if !fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        // One that was closed meanwhile is not there any more.
        let Ok(file) = open(&entry.path()) else {
            continue;
        };
        files += 1;
        let found = look(traces.finder(), |finder| finder.is_in(file, LONGEST));
        if !matches!(found, Look::Nothing(_)) {
            return found;
        }
    }
    Look::Nothing(Some(counted(files, "file")))
}

pub(super) fn at_bytes(bytes: &[u8], traces: &Traces) -> Look {
    match look(traces.finder(), |finder| finder.is_in(bytes, u64::MAX)) {
        Look::Nothing(_) => Look::Nothing(Some(counted(bytes.len(), "byte"))),
        other => other,
    }
}

pub(super) fn at_files(search: &Search) -> Look {
    match search.copies.first() {
        Some(path) => Look::Found(path.display().to_string()),
        None if search.is_cut => Look::NotLooked(format!(
            "{} searched, and there are more",
            counted(search.files, "file")
        )),
        None if search.mounts > 0 => Look::Nothing(Some(format!(
            "{}; {} below left out",
            counted(search.files, "file"),
            counted(search.mounts, "file system")
        ))),
        None => Look::Nothing(Some(counted(search.files, "file"))),
    }
}

/// Kills the program while it has the value.
pub(super) fn at_core(holder: Holder) -> io::Result<Look> {
    holder.wait_until_held()?;
    // Whatever it does with the value first.
    sleep(PAUSE * 10);
    Ok(match dumped(holder.abort()?) {
        true => Look::Found("a core dump was written".to_owned()),
        false => Look::Nothing(None),
    })
}

/// The control, killed in the same way with all the room for dumps that this user has.
/// Where dumps go elsewhere than into its own directory, which is removed, this is done
/// only if wished: to a program or a directory that collects them (core(5)).
pub(super) fn at_core_of_control(value: &str, folder: &Path, dumps: Dumps) -> io::Result<Look> {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    if dumps == Dumps::OwnDirectoryOnly && pattern.contains(['/', '|']) {
        return Ok(Look::NotLooked(
            "dumps are collected on this machine; try it with --dump".to_owned(),
        ));
    }
    let script = "ulimit -S -c \"$(ulimit -H -c)\"; kill -ABRT $$";
    let status = Command::new("/bin/sh")
        .args(["-c", script, "sh", value])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    Ok(match (dumped(status), status.signal().is_some()) {
        (true, _) => Look::Found("a core dump was written".to_owned()),
        (false, true) => Look::NoSuchPlace("this machine writes none for you".to_owned()),
        (false, false) => Look::NotLooked("the control was not killed".to_owned()),
    })
}

/// Writes a line to the journal, if there are programs for it; what keeps it from that.
pub(super) fn log(value: &str) -> Result<(), String> {
    if !Path::new("/run/systemd/journal/socket").exists() {
        return Err("there is no journal".to_owned());
    }
    let mut logger = Command::new("logger");
    logger
        .args(["--tag", "secretsafe-selftest", "--"])
        .arg(value);
    match printed(logger) {
        Ok(_) => Ok(()),
        Err(reason) => Err(format!("logger: {reason}")),
    }
}

/// How long a program of the system may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a program prints, if it ends well and soon.
fn printed(mut command: Command) -> Result<Vec<u8>, String> {
    let text = |error: io::Error| error.to_string();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(text)?;
    let mut pipe = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = &mut pipe {
            pipe.take(MOST_PRINTED).read_to_end(&mut bytes)?;
        }
        Ok::<_, io::Error>(bytes)
    });
    let begun = Instant::now();
    let ended = loop {
        match child.try_wait().map_err(text)? {
            Some(status) => break status.success(),
            None if begun.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("it does not answer".to_owned());
            }
            None => sleep(PAUSE),
        }
    };
    let bytes = reader.join().map_err(|_| "its output is lost".to_owned())?;
    match (ended, bytes) {
        (true, Ok(bytes)) if bytes.len() as u64 == MOST_PRINTED => {
            Err("it prints too much".to_owned())
        }
        (true, Ok(bytes)) => Ok(bytes),
        (false, _) => Err("it fails".to_owned()),
        (_, Err(error)) => Err(error.to_string()),
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
    let mut sync = Command::new("journalctl");
    sync.arg("--sync");
    let _ = printed(sync);
    let mut journal = Command::new("journalctl");
    journal
        .args(["--quiet", "--no-pager", "--output=cat"])
        .arg(format!("--since=@{begun}"));
    match printed(journal) {
        Ok(lines) => at_bytes(&lines, traces),
        Err(reason) => Look::NotLooked(format!("journalctl: {reason}")),
    }
}
