//! The editor while it runs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::IsTerminal as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use crate::signals::Postponed;

use super::command::Editor;
use super::folder::Folder;

/// Signals that end this process once the editor has ended and the text is wiped.
pub(super) const ENDING: [i32; 2] = [SIGHUP, SIGTERM];
/// Those that a terminal sends to the editor and to this process: they are the editor's
/// alone, as system(3) has it.
pub(super) const OF_THE_EDITOR: [i32; 2] = [SIGINT, SIGQUIT];

/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long it has to end by itself.
const LAST: Duration = Duration::from_secs(3);

/// How an editor ended.
pub(super) enum Ended {
    Well,
    /// A fragment that follows its name.
    Badly(String),
}

/// Starts the editor on the terminal and waits for it. What it makes without saying where
/// lands in the folder, because that is where it starts, and where `TMPDIR` is.
pub(super) fn run(editor: &Editor, folder: &Folder, ending: &Postponed) -> Ended {
    let _adopting = Adopting::begin();
    let screen = Screen::kept();
    let mut command = editor.command();
    command.arg(folder.file()).current_dir(folder.path());
    if !editor.needs_own_tmpdir() {
        command.envs(["TMPDIR", "TMP", "TEMP"].map(|name| (name, folder.path())));
    }
    if !rustix::stdio::stdout().is_terminal() {
        // What is on its screen is no result of ours.
        command.stdout(screen_of_the_user());
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return Ended::Badly(match error.kind() {
                std::io::ErrorKind::PermissionDenied => "may not be executed".to_owned(),
                _ => format!("cannot be started: {error}"),
            });
        }
    };
    loop {
        match child.try_wait() {
            // Of a script, the editor itself may still be there.
            Ok(Some(_)) if ending.has_arrived() => return end(&mut child),
            Ok(Some(status)) => {
                if !status.success() {
                    screen.restore();
                }
                return told(status);
            }
            Ok(None) if ending.has_arrived() => {
                let ended = end(&mut child);
                screen.restore();
                return ended;
            }
            Ok(None) => std::thread::sleep(LOOK),
            Err(error) => return Ended::Badly(format!("cannot be waited for: {error}")),
        }
    }
}

fn told(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ended::Well,
        (Some(code), _) => Ended::Badly(format!("ended with exit code {code}")),
        (None, Some(signal)) => Ended::Badly(format!("was ended by signal {signal}")),
        (None, None) => Ended::Badly("did not end well".to_owned()),
    }
}

/// Ends the editor and all that it started, before the text is wiped: one that still runs
/// would write it once more.
fn end(child: &mut Child) -> Ended {
    for signal in [Signal::HUP, Signal::TERM, Signal::KILL] {
        let own = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let is_running = matches!(child.try_wait(), Ok(None));
        for process in descendants().into_iter().chain(own.filter(|_| is_running)) {
            let _ = kill_process(process, signal);
        }
        let patience = Instant::now();
        while patience.elapsed() < LAST {
            let _ = child.try_wait();
            reap();
            if descendants().is_empty() {
                return Ended::Badly("was ended".to_owned());
            }
            std::thread::sleep(LOOK);
        }
    }
    Ended::Badly("was ended".to_owned())
}

/// While it lives, processes that an editor leaves behind become children of this one
/// (prctl(2), `PR_SET_CHILD_SUBREAPER`), so that they can be seen.
struct Adopting;

impl Adopting {
    fn begin() -> Self {
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        Self
    }
}

impl Drop for Adopting {
    fn drop(&mut self) {
        reap();
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_child_subreaper(None);
    }
}

/// The terminal's modes, which an editor that is killed leaves as it has them.
struct Screen(Option<(File, Termios)>);

impl Screen {
    fn kept() -> Self {
        let terminal = File::options().read(true).write(true).open("/dev/tty");
        Self(terminal.ok().and_then(|terminal| {
            let modes = tcgetattr(&terminal).ok()?;
            Some((terminal, modes))
        }))
    }

    fn restore(&self) {
        if let Some((terminal, modes)) = &self.0 {
            let _ = tcsetattr(terminal, OptionalActions::Now, modes);
        }
    }
}

/// Where an editor can be seen when standard output goes somewhere else.
fn screen_of_the_user() -> Stdio {
    let errors = rustix::stdio::stderr();
    let own = match errors.is_terminal() {
        true => errors.try_clone_to_owned().ok().map(File::from),
        false => File::options().write(true).open("/dev/tty").ok(),
    };
    own.map_or_else(Stdio::null, Stdio::from)
}

/// Waits for those that have ended and that nobody else waits for.
fn reap() {
    use rustix::process::{WaitOptions, wait};
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
}

/// Every process below this one, by the parents that `/proc` names (proc(5), `stat`);
/// none where there is no such folder.
fn descendants() -> Vec<Pid> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The name before may hold anything.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let mut fields = fields.split_ascii_whitespace();
        let is_dead = matches!(fields.next(), None | Some("Z" | "X"));
        if let (false, Some(parent)) = (is_dead, fields.next().and_then(|text| text.parse().ok())) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = Vec::new();
    let mut left = vec![rustix::process::getpid().as_raw_nonzero().get()];
    while let Some(parent) = left.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            left.push(child);
            found.extend(Pid::from_raw(child));
        }
    }
    found
}
