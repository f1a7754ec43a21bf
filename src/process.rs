//! What the process does to itself before it touches anything: no core files,
//! no readers of its memory, no panic text.

use std::fs::File;
use std::io::{self, Write};
use std::panic;

use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// Hardens the process. Call it first: everything read later is covered.
///
/// Not dumpable (Linux) means that other processes of the same user can
/// neither attach nor read `/proc/PID/mem` and `environ`, and that no core
/// file is written even where the kernel pipes cores to a program; the core
/// limit of 0 covers the other systems. Failures are not fatal: the protection
/// is then weaker, the work is the same.
pub fn harden() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
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
