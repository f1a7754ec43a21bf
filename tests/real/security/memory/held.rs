//! A process stopped as it ends, and its memory.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;

/// A process under strace, about to end.
pub(super) struct Held {
    strace: Child,
    pid: u32,
}

impl Held {
    pub(super) fn piped(mut command: Command, input: &[u8]) -> Self {
        use std::io::Write;

        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("strace starts");
        let mut pipe = child.stdin.take().unwrap();
        let _ = pipe.write_all(input);
        drop(pipe);
        let pid = child_of(child.id());
        Self { strace: child, pid }
    }

    /// Runs at a terminal of its own and types `input` at both prompts.
    pub(super) fn at_terminal(command: &Command, input: &str) -> Self {
        use std::io::{Read, Write};
        use std::sync::{Arc, Mutex};

        let ours = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        rustix::pty::grantpt(&ours).unwrap();
        rustix::pty::unlockpt(&ours).unwrap();
        let name = rustix::pty::ptsname(&ours, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let theirs = fs::File::from(rustix::fs::open(&name, flags, Mode::empty()).unwrap());
        let child = Command::new("setsid")
            .arg("--ctty")
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear()
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(theirs.try_clone().unwrap())
            .stdout(theirs.try_clone().unwrap())
            .stderr(theirs)
            .spawn()
            .expect("setsid starts");
        let mut keyboard = fs::File::from(ours);
        let mut screen = keyboard.try_clone().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let shown = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                shown.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        for prompt in ["value (hidden", "value once more"] {
            wait_until(&format!("the prompt says {prompt:?}"), || {
                String::from_utf8_lossy(&seen.lock().unwrap()).contains(prompt)
            });
            std::thread::sleep(Duration::from_millis(300));
            keyboard.write_all(input.as_bytes()).unwrap();
            keyboard.write_all(b"\n").unwrap();
        }
        let pid = child_of(child.id());
        Self { strace: child, pid }
    }

    pub(super) fn wait_for_exit_group(&self, what: &str) {
        let call = format!("{} ", libc_exit_group());
        wait_until(&format!("{what} enters exit_group"), || {
            fs::read_to_string(format!("/proc/{}/syscall", self.pid))
                .is_ok_and(|text| text.starts_with(&call))
        });
    }

    pub(super) fn memory(&self) -> Vec<u8> {
        writable_memory(self.pid)
    }

    /// The stack of its first thread alone. The words of the command line stand
    /// at its top.
    pub(super) fn stack(&self) -> Vec<u8> {
        regions(self.pid, |name| name == "[stack]")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The held process first: strace would otherwise let it go on.
        kill(self.pid);
        let _ = self.strace.kill();
        let _ = self.strace.wait();
    }
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

/// Number of the system call, as `/proc/PID/syscall` shows it.
fn libc_exit_group() -> u32 {
    if cfg!(target_arch = "x86_64") {
        231
    } else {
        94
    }
}

fn child_of(parent: u32) -> u32 {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let mut child = None;
    wait_until("strace has started the program", || {
        child = fs::read_to_string(&path).ok().and_then(|text| {
            text.split_whitespace()
                .next()
                .and_then(|pid| pid.parse().ok())
        });
        // strace forks helpers of its own; the program is the one that is not strace.
        child.is_some_and(|pid: u32| {
            fs::read_to_string(format!("/proc/{pid}/comm"))
                .is_ok_and(|name| name.trim() != "strace")
        })
    });
    child.unwrap()
}

pub(super) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < limit, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// All writable memory of a process: heap, stack, data, anonymous maps.
pub(super) fn writable_memory(pid: u32) -> Vec<u8> {
    let all = regions(pid, |_| true);
    assert!(
        all.len() > 100_000,
        "too little memory was read to mean anything"
    );
    all
}

/// The writable memory whose name in `/proc/PID/maps` is wanted.
fn regions(pid: u32, wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("maps");
    let memory = fs::File::open(format!("/proc/{pid}/mem")).expect("mem");
    let pages = fs::File::open(format!("/proc/{pid}/pagemap")).expect("pagemap");
    let mut all = Vec::new();
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else {
            continue;
        };
        if !rights.starts_with("rw") || !wanted(fields.nth(3).unwrap_or_default()) {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let start = u64::from_str_radix(start, 16).unwrap();
        let end = u64::from_str_radix(end, 16).unwrap();
        for part in touched(&pages, start..end) {
            let mut region = vec![0; usize::try_from(part.end - part.start).unwrap()];
            if memory.read_exact_at(&mut region, part.start).is_ok() {
                all.extend(region);
            }
        }
    }
    all
}

/// The parts of a region that anything was ever written to: the allocator reserves
/// a gigabyte and uses little of it. (`/proc/PID/pagemap`: eight bytes a page, the
/// two highest bits are "present" and "swapped".)
fn touched(pages: &fs::File, region: Range<u64>) -> Vec<Range<u64>> {
    const PAGE: u64 = 4096;
    const THERE: u64 = 0b11 << 62;
    let count = (region.end - region.start) / PAGE;
    let mut entries = vec![0; usize::try_from(count).unwrap() * 8];
    if pages
        .read_exact_at(&mut entries, region.start / PAGE * 8)
        .is_err()
    {
        return vec![region];
    }
    let mut parts: Vec<Range<u64>> = Vec::new();
    for (number, entry) in (0..).zip(entries.chunks_exact(8)) {
        let entry = u64::from_ne_bytes(entry.try_into().unwrap());
        let start = region.start + number * PAGE;
        match parts.last_mut() {
            _ if entry & THERE == 0 => {}
            Some(part) if part.end == start => part.end += PAGE,
            _ => parts.push(start..start + PAGE),
        }
    }
    parts
}
