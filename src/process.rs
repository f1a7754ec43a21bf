//! What the process does to itself before it touches anything: no core files,
//! no readers of its memory, no panic text.

use std::fs::File;
use std::io::{self, Write};
use std::panic;

use rustix::process::{Resource, Rlimit};

/// Hardens the process. Call it first: everything read later is covered.
///
/// Not dumpable (Linux) means that other processes of the same user can
/// neither attach nor read `/proc/PID/mem` and `environ`, and that no core
/// file is written even where the kernel pipes cores to a program; the core
/// limit of 0 covers the other systems. Failures are not fatal: the protection
/// is then weaker, the work is the same.
pub fn harden() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    let _ = rustix::process::setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
    panic::set_hook(Box::new(|panic| {
        // The payload may hold bytes of a secret (`unwrap` prints them), so
        // only the place is told.
        let place = panic.location().map_or_else(String::new, |location| {
            format!(" at {}:{}", location.file(), location.line())
        });
        let _ = writeln!(
            io::stderr(),
            "error: internal error{place}; the details are withheld because they could hold a secret"
        );
    }));
}

/// Gives the null device to standard input and standard error, and so to every
/// program that is started.
///
/// # Errors
/// When there is no null device.
pub fn without_terminal() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// What tells one process from all others, without telling anything of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// This boot of the machine and the process namespace; empty where that is not
    /// known.
    pub machine: String,
    /// The process, and when it started.
    pub process: String,
}

/// That of this process.
pub fn identity() -> Identity {
    let id = std::process::id();
    Identity {
        machine: machine(),
        process: format!("{id}/{}", started(id).unwrap_or_default()),
    }
}

/// Whether a process is certainly at work no more: it was one of this boot and this
/// process namespace, and is not there.
pub fn is_dead(machine: &str, process: &str) -> bool {
    if machine.is_empty() || machine != self::machine() {
        return false;
    }
    let Some((id, then)) = process.split_once('/') else {
        return false;
    };
    let Ok(id) = id.parse::<u32>() else {
        return false;
    };
    if then.is_empty() {
        return false;
    }
    match started(id) {
        Some(now) => now != then,
        // It may only be hidden (proc(5), `hidepid`).
        None => !exists(id),
    }
}

/// A process of this user on this machine that has this in its environment.
pub fn with_environment(name: &str, value: &str) -> Option<u32> {
    let wanted = format!("{name}={value}").into_bytes();
    let own = std::process::id();
    std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        .find_map(|entry| {
            let id = entry.file_name().to_str()?.parse::<u32>().ok()?;
            // It is that of the process itself, and of nobody who may not see it.
            let environment = std::fs::read(format!("/proc/{id}/environ")).ok()?;
            let has = environment
                .split(|byte| *byte == 0)
                .any(|one| one == wanted);
            (has && id != own).then_some(id)
        })
}

/// Whether there is a process of this number that has not been waited for.
fn exists(id: u32) -> bool {
    let id = i32::try_from(id)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    let Some(id) = id else { return true };
    match rustix::process::test_kill_process(id) {
        Err(error) => error != rustix::io::Errno::SRCH,
        // One that nobody has waited for yet is at work no more.
        Ok(()) => std::fs::read_to_string(format!("/proc/{}/stat", id.as_raw_nonzero())).is_err(),
    }
}

fn machine() -> String {
    let read = || {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
        let namespace = namespace.to_str()?.to_owned();
        let number: String = namespace.chars().filter(char::is_ascii_digit).collect();
        Some(format!("{}/{number}", boot.trim()))
    };
    read().unwrap_or_default()
}

/// When a process started, in ticks since the boot (proc(5), field 22 of `stat`);
/// `None` where there is none, or it has ended and nobody has noticed.
fn started(id: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name before may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<_> = fields.split_ascii_whitespace().collect();
    (fields.first() != Some(&"Z")).then(|| fields.get(19).map(|ticks| (*ticks).to_owned()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_of_here_that_has_ended_is_dead() {
        let own = identity();
        assert!(!own.machine.is_empty());
        assert!(!is_dead(&own.machine, &own.process));
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let ticks = started(child.id()).unwrap();
        let process = format!("{}/{ticks}", child.id());
        assert!(!is_dead(&own.machine, &process));
        assert!(!is_dead("another/1", "1/1"));
        assert!(is_dead(&own.machine, &format!("{}/1", child.id())));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_dead(&own.machine, &process));
        for odd in ["", "x", "1", "x/1", "1/"] {
            assert!(!is_dead(&own.machine, odd), "{odd}");
        }
    }
}
