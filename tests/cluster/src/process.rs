//! Processes by identity: started in a group of their own, ended by id, and
//! never confused with a later process that was given the same number.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};

const POLL: Duration = Duration::from_millis(20);
/// A look is often a process of its own, so long waits look less often.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A process number together with the time it started (clock ticks since
/// boot), which a reused number does not share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    pub pid: i32,
    pub started: u64,
}

impl ProcessId {
    /// The identity of a living process; a zombie counts as ended.
    pub fn of(pid: i32) -> Option<ProcessId> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, in parentheses, may hold spaces: fields are counted after it.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        if fields.next()? == "Z" {
            return None;
        }
        Some(ProcessId {
            pid,
            started: fields.nth(18)?.parse().ok()?,
        })
    }

    /// This process.
    pub fn current() -> Option<ProcessId> {
        ProcessId::of(rustix::process::getpid().as_raw_nonzero().get())
    }

    pub fn is_alive(self) -> bool {
        ProcessId::of(self.pid) == Some(self)
    }

    /// Sends a signal if this is still the same process.
    pub fn signal(self, signal: Signal) {
        if self.is_alive()
            && let Some(pid) = Pid::from_raw(self.pid)
        {
            // It may end between the look and the signal; that is what is wanted.
            let _ = kill_process(pid, signal);
        }
    }

    /// Waits until the process is gone.
    pub fn wait_gone(self, limit: Duration) -> bool {
        wait_until(limit, || !self.is_alive())
    }
}

/// Asks again and again until `done` or the limit; says whether it was done.
pub fn wait_until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    let mut pause = POLL;
    loop {
        if done() {
            return true;
        }
        if begun.elapsed() >= limit {
            return false;
        }
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

/// A component in a process group of its own.
pub struct Component {
    pub name: &'static str,
    child: Child,
}

impl Component {
    pub fn start(name: &'static str, command: &mut Command) -> io::Result<Component> {
        let child = command.process_group(0).stdin(Stdio::null()).spawn()?;
        Ok(Component { name, child })
    }

    pub fn id(&self) -> Option<ProcessId> {
        ProcessId::of(i32::try_from(self.child.id()).ok()?)
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// SIGTERM, and SIGKILL for the group when it does not end within `grace`.
    pub fn stop(&mut self, grace: Duration) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let Some(group) = group.filter(|_| !self.has_ended()) else {
            return;
        };
        let _ = kill_process_group(group, Signal::TERM);
        if !wait_until(grace, || self.has_ended()) {
            let _ = kill_process_group(group, Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Runs a command to its end, killing it after `limit`.
pub fn run(command: &mut Command, input: &[u8], limit: Duration) -> io::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take();
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A command that ends without reading its input says so by its status.
            stdin.map(|mut stdin| stdin.write_all(input))
        });
        let out = scope.spawn(move || read_all(stdout));
        let err = scope.spawn(move || read_all(stderr));
        let ended = wait_until(limit, || !matches!(child.try_wait(), Ok(None)));
        if !ended {
            child.kill()?;
        }
        let status = child.wait()?;
        let mut stderr = err.join().unwrap_or_default();
        if !ended {
            stderr.extend_from_slice(
                format!("\nended after the limit of {} s\n", limit.as_secs()).as_bytes(),
            );
        }
        Ok(Output {
            status,
            stdout: out.join().unwrap_or_default(),
            stderr,
        })
    })
}

fn read_all(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        // What arrived before an error is still what the command said.
        let _ = stream.read_to_end(&mut bytes);
    }
    bytes
}
