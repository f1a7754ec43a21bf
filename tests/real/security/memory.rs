//! M: what memory holds, and who may read it.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use testcluster::fault::{Fault, FaultServer, Rule, When};

use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, program, trial, unprotected};

/// Sizes of the value, in bytes.
const SIZES: [usize; 4] = [8, 64, 4096, 900 * 1024];

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::m1_m3_no_copy_in_memory_at_exit", no_copy_at_exit),
        trial("security::m8_other_processes_cannot_look", nobody_can_look),
        trial("security::m9_no_core_files", no_core_files),
        trial("security::m10_hardened_before_any_input", hardened_first),
    ]
}

/// How the value gets in.
#[derive(Clone, Copy, Debug)]
enum Input {
    Stdin,
    Prompt,
    File,
    EnvFile,
}

const INPUTS: [Input; 4] = [Input::Stdin, Input::Prompt, Input::File, Input::EnvFile];

/// M1 and M3: the process is stopped as it enters `exit_group`, with
/// everything dropped, and all its writable memory is searched for the value
/// and the token.
fn no_copy_at_exit() {
    let mut scans = 0;
    for input in INPUTS {
        for size in SIZES {
            let (value, token) = copies_at_exit(program(), input, size);
            assert_eq!(value, [], "{input:?}, {size} bytes: the value is in memory");
            assert_eq!(token, [], "{input:?}, {size} bytes: the token is in memory");
            scans += 1;
        }
    }
    let (value, token) = copies_at_exit(&unprotected(), Input::Stdin, 64);
    assert!(
        !value.is_empty(),
        "the scan must find the value without protection"
    );
    let count = |hits: &[(&str, usize)]| hits.iter().map(|(_, count)| count).sum::<usize>();
    let control = format!(
        "without the wiping allocator: {} pieces of the value, {} of the token",
        count(&value),
        count(&token)
    );
    record(
        "M1",
        "after `create` no copy of the value or the token is left in memory",
        "0 copies of the value, 0 of the token",
        control.clone(),
    );
    record(
        "M3",
        "the same for values of 8 B, 64 B, 4 KiB and 900 KiB from stdin, prompt, file and env file",
        format!("0 copies in {scans} memory images"),
        control,
    );
}

type Hits = Vec<(&'static str, usize)>;

fn copies_at_exit(program: &Path, input: Input, size: usize) -> (Hits, Hits) {
    let server = FaultServer::start();
    let canary = Canary::new(size);
    let token = Canary::of(server.token().to_owned());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source");
    let words = match input {
        Input::Stdin => "--stdin value".to_owned(),
        Input::Prompt => "--prompt value".to_owned(),
        Input::File => {
            fs::write(&path, canary.text()).unwrap();
            format!("--file=value={}", path.display())
        }
        Input::EnvFile => {
            fs::write(&path, format!("value={}\n", canary.text())).unwrap();
            format!("--env-file={}", path.display())
        }
    };
    let traced = Invocation::of_program(Path::new("strace"), server.kubeconfig())
        .words("-f -qq -o /dev/null -e trace=exit_group -e inject=exit_group:delay_enter=60000000")
        .word(program.display().to_string())
        .words("create held -q")
        .words(&words);
    let held = match input {
        Input::Prompt => Held::at_terminal(&traced.command(), canary.text()),
        Input::Stdin => Held::piped(traced.command(), canary.text().as_bytes()),
        // strace holds the pipe open, so nothing may wait in it unread.
        Input::File | Input::EnvFile => Held::piped(traced.command(), b""),
    };
    held.wait_for_exit_group(&format!("{input:?} with {size} bytes"));
    let stored = server
        .secret("default", "held")
        .expect("the Secret is stored");
    assert!(stored.values["value"] == canary.text().as_bytes());
    let memory = held.memory();
    (canary.hits(&memory), token.hits(&memory))
}

/// A process under strace, about to end.
struct Held {
    strace: Child,
    pid: u32,
}

impl Held {
    fn piped(mut command: Command, input: &[u8]) -> Self {
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
    fn at_terminal(command: &Command, input: &str) -> Self {
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

    fn wait_for_exit_group(&self, what: &str) {
        let call = format!("{} ", libc_exit_group());
        wait_until(&format!("{what} enters exit_group"), || {
            fs::read_to_string(format!("/proc/{}/syscall", self.pid))
                .is_ok_and(|text| text.starts_with(&call))
        });
    }

    fn memory(&self) -> Vec<u8> {
        writable_memory(self.pid)
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

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < limit, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// All writable memory of a process: heap, stack, data, anonymous maps.
fn writable_memory(pid: u32) -> Vec<u8> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("maps");
    let memory = fs::File::open(format!("/proc/{pid}/mem")).expect("mem");
    let mut all = Vec::new();
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else {
            continue;
        };
        if !rights.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let start = u64::from_str_radix(start, 16).unwrap();
        let end = u64::from_str_radix(end, 16).unwrap();
        let mut region = vec![0; usize::try_from(end - start).unwrap()];
        if memory.read_exact_at(&mut region, start).is_ok() {
            all.extend(region);
        }
    }
    assert!(
        all.len() > 100_000,
        "too little memory was read to mean anything"
    );
    all
}

/// A copy of `program` that user nobody may run, and a process of it, run by
/// nobody, that waits for the server's answer with the value in its memory.
fn stalled_as_nobody(program: &Path, server: &FaultServer, folder: &Path, before: &str) -> Child {
    use std::io::Write;

    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    let copy = folder.join("secretsafe");
    fs::copy(program, &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    let kubeconfig = folder.join("config");
    fs::copy(server.kubeconfig(), &kubeconfig).unwrap();
    fs::set_permissions(&kubeconfig, fs::Permissions::from_mode(0o644)).unwrap();
    server.script(
        Rule::on("GET".parse().unwrap())
            .path("secrets")
            .fault(Fault::Stall(When::BeforeCommit)),
    );
    let seen = server.requests().len();
    let line = format!(
        "cd {0} && {before} exec setpriv --reuid 65534 --regid 65534 --clear-groups {0}/secretsafe create held --stdin value",
        folder.display()
    );
    let mut child = Command::new("/bin/bash")
        .args(["-c", &line])
        .env("KUBECONFIG", &kubeconfig)
        .env("HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"the-value-in-memory").unwrap();
    drop(pipe);
    wait_until("the request has arrived", || server.requests().len() > seen);
    child
}

/// M8: another process of the same user can neither attach nor read.
fn nobody_can_look() {
    let refused = |program: &Path| -> Vec<&'static str> {
        let server = FaultServer::start();
        let folder = tempfile::tempdir().unwrap();
        let mut child = stalled_as_nobody(program, &server, folder.path(), "");
        let pid = child.id();
        let looks = [
            (
                "gcore",
                format!("gcore -o {}/core {pid}", folder.path().display()),
            ),
            ("/proc/PID/mem", format!("exec 3</proc/{pid}/mem")),
            ("/proc/PID/environ", format!("cat /proc/{pid}/environ")),
            (
                "ptrace",
                format!("timeout 2 strace -o /dev/null -p {pid}; test $? = 124"),
            ),
        ];
        let refused = looks
            .into_iter()
            .filter(|(_, line)| {
                let look = Command::new("setpriv")
                    .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
                    .args(["/bin/bash", "-c", line])
                    .output()
                    .unwrap();
                !look.status.success()
                    || String::from_utf8_lossy(&look.stderr).contains("not permitted")
            })
            .map(|(look, _)| look)
            .collect();
        child.kill().unwrap();
        child.wait().unwrap();
        refused
    };
    let without = refused(&unprotected());
    assert_eq!(without, [""; 0], "every look must work without protection");
    let with = refused(program());
    assert_eq!(
        with,
        ["gcore", "/proc/PID/mem", "/proc/PID/environ", "ptrace"]
    );
    record(
        "M8",
        "another process of the same user cannot look: gcore, /proc/PID/mem, /proc/PID/environ, ptrace",
        "4 of 4 refused",
        "without hardening 4 of 4 allowed",
    );
}

/// M9: no core file, even where the shell asks for one.
fn no_core_files() {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    let cores = |program: &Path| -> usize {
        ["ABRT", "QUIT", "SEGV"]
            .into_iter()
            .filter(|signal| {
                let server = FaultServer::start();
                let folder = tempfile::tempdir().unwrap();
                let mut child =
                    stalled_as_nobody(program, &server, folder.path(), "ulimit -c unlimited;");
                // Rust's runtime survives the first SIGSEGV that is sent, not
                // caused; the second one kills.
                for _ in 0..2 {
                    let _ = Command::new("kill")
                        .args([&format!("-{signal}"), &child.id().to_string()])
                        .output();
                    std::thread::sleep(Duration::from_millis(50));
                }
                child.wait().unwrap();
                let names: Vec<PathBuf> = fs::read_dir(folder.path())
                    .unwrap()
                    .map(|entry| entry.unwrap().path())
                    .collect();
                names.iter().any(|path| {
                    path.file_name()
                        .unwrap()
                        .to_string_lossy()
                        .starts_with("core")
                })
            })
            .count()
    };
    if !pattern.trim().starts_with("core") {
        record(
            "M9",
            "no core file on ABRT, QUIT, SEGV",
            "not measured: cores do not go to files here",
            "",
        );
        return;
    }
    let without = cores(&unprotected());
    assert_eq!(
        without, 3,
        "each signal must leave a core without protection"
    );
    assert_eq!(cores(program()), 0);
    record(
        "M9",
        "no core file on ABRT, QUIT, SEGV with `ulimit -c unlimited`",
        "0 of 3",
        "without hardening 3 of 3",
    );
}

/// M10: hardening precedes every look at what the user gives.
fn hardened_first() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let trace = folder.path().join("trace");
    fs::write(&source, "value").unwrap();
    let output = Command::new("strace")
        .args([
            "-f",
            "-qq",
            "-e",
            "trace=prctl,prlimit64,setrlimit,openat,open,read",
            "-o",
        ])
        .arg(&trace)
        .arg(program())
        .args(["create", "s", "--dry-run=client", "--file", "source"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let trace = fs::read_to_string(&trace).unwrap();
    let line = |needle: &str| {
        trace
            .lines()
            .position(|line| line.contains(needle))
            .unwrap_or_else(|| panic!("{needle} is not in the trace\n{trace}"))
    };
    let dumpable = line("PR_SET_DUMPABLE, SUID_DUMP_DISABLE");
    let limit = line("RLIMIT_CORE");
    let opened = line("\"source\"");
    assert!(dumpable < opened && limit < opened);
    record(
        "M10",
        "not dumpable and no core files before any input is opened",
        format!(
            "system calls {} and {} of the program, the first input at {}",
            dumpable + 1,
            limit + 1,
            opened + 1
        ),
        "the order is read from a trace",
    );
}
