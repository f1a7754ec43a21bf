//! S4, exactly: another file takes the source's name at each system call.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};
use testcluster::fault::FaultServer;

use super::system_calls::{system_calls, under_strace};
use super::{FOREIGN, VALUE, in_rounds};
use crate::figures::Section;
use crate::harness::thorough_trial;
use crate::harness::write_apart;

pub fn trials() -> Vec<Trial> {
    vec![thorough_trial(
        "thorough::s4_a_path_swapped_at_every_system_call",
        swapped_everywhere,
    )]
}

/// What became of a run that was stopped once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// The other file was there before the source was opened: it is the source.
    Source,
    /// The swap was noticed and reported.
    Noticed,
    /// The source was removed before, and the other file has its name now.
    TooLate,
    /// The run has no such system call this time.
    NotStopped,
}

/// The process stops at the end of a system call, the other file takes the
/// name, and the process goes on.
///
/// Shows S4.
fn swapped_everywhere() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let calls = system_calls(&server, folder.path());
    let endings = in_rounds(calls.len(), |server, number| {
        let (call, count) = &calls[number];
        // The first execve is strace's own: it starts the program.
        if call == "execve" && *count == 1 {
            return Ending::NotStopped;
        }
        swapped_at(server, call, *count, &format!("stopped-{number}"))
    });
    let count = |wanted: Ending| endings.iter().filter(|ending| **ending == wanted).count();
    let (noticed, too_late) = (count(Ending::Noticed), count(Ending::TooLate));
    let stopped = endings.len() - count(Ending::NotStopped);
    assert!(
        stopped > 200,
        "{stopped} of {} points stopped",
        endings.len()
    );
    assert!(noticed > 0 && too_late > 0, "both sides must be seen");
    Section::Thorough.record_part(
        "S4",
        "exactly",
        "a file that replaces the source under its name at the end of any system call is not harmed, and the swap is reported if it came before the removal",
        format!(
            "{stopped} points: {} before the source was opened, {noticed} noticed, {too_late} after the removal, 0 harmed",
            count(Ending::Source)
        ),
        "the points after the removal show that the file is removed without a swap",
    );
}

fn swapped_at(server: &FaultServer, call: &str, count: usize, name: &str) -> Ending {
    let folder = tempfile::tempdir().unwrap();
    let at = |file: &str| folder.path().join(file);
    let (source, foreign, trace) = (at("source"), at("foreign"), at("trace"));
    write_apart(&source, VALUE);
    fs::write(&foreign, FOREIGN).unwrap();
    let strace = format!(
        "-e trace={call} -e inject={call}:signal=STOP:when={count} -o {}",
        trace.display()
    );
    let _apart = crate::harness::without_edit();
    let mut run = under_strace(server, &strace, name, &source)
        .command()
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut swapped = false;
    let limit = Instant::now() + Duration::from_secs(60);
    let status = loop {
        let stopped = stopped(&trace);
        if !stopped.is_empty() && !swapped {
            fs::rename(&foreign, &source).unwrap();
            swapped = true;
        }
        // strace counts the calls of each thread, so there may be more stops.
        for pid in stopped {
            let _ = kill_process(pid, Signal::CONT);
        }
        if let Some(status) = run.try_wait().unwrap() {
            break status.code();
        }
        assert!(Instant::now() < limit, "{call} {count}: it does not go on");
        std::thread::sleep(Duration::from_millis(2));
    };
    let stored = server
        .secret("default", name)
        .map(|mut stored| stored.values.remove("k"));
    let left = fs::read(&source).ok();
    let mut said = String::new();
    if let Some(mut stderr) = run.stderr.take() {
        stderr.read_to_string(&mut said).unwrap();
    }
    let place = format!("{call} {count}: status {status:?}, {said}");
    if !swapped {
        assert_eq!(left, None, "{place}");
        return Ending::NotStopped;
    }
    if stored.flatten().as_deref() == Some(FOREIGN) {
        assert_eq!((status, left), (Some(0), None), "{place}");
        return Ending::Source;
    }
    assert_eq!(left.as_deref(), Some(FOREIGN), "{place}");
    match status {
        Some(0) => Ending::TooLate,
        // Refused before anything was sent, or not removed at the end.
        Some(2 | 5) => Ending::Noticed,
        _ => panic!("{place}"),
    }
}

/// The processes that strace saw stop.
fn stopped(trace: &Path) -> Vec<Pid> {
    let text = fs::read_to_string(trace).unwrap_or_default();
    text.lines()
        .filter(|line| line.contains("stopped by SIGSTOP"))
        .filter_map(|line| Pid::from_raw(line.split_whitespace().next()?.parse().ok()?))
        .collect()
}
