//! M8, M9, M10: nobody else may look, and no image of the memory is written.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Rule, When};

use super::held::wait_until;
use crate::figures::record;
use crate::harness::{program, root_trial, unprotected};

pub fn trials() -> Vec<Trial> {
    vec![
        root_trial("security::m8_other_processes_cannot_look", nobody_can_look),
        root_trial("security::m9_no_core_files", no_core_files),
        root_trial("security::m10_hardened_before_any_input", hardened_first),
    ]
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
    // What a shell starts in its background ignores SIGQUIT.
    let line = format!(
        "cd {0} && {before} exec env --default-signal=QUIT setpriv --reuid 65534 --regid 65534 --clear-groups {0}/secretsafe create held --stdin value",
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

/// Another process of the same user can neither attach nor read.
///
/// Shows M8. Seen to fail without PR_SET_DUMPABLE.
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
        "another process of the same user cannot read the process: gcore, /proc/PID/mem, /proc/PID/environ, ptrace",
        "4 of 4 refused",
        "without hardening 4 of 4 allowed",
    );
}

/// No core file, even where the shell asks for one.
///
/// Shows M9. Seen to fail without PR_SET_DUMPABLE and the limit of core files.
fn no_core_files() {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    let leaves_core = |program: &Path, (signal, number): (&str, i32)| -> bool {
        let server = FaultServer::start();
        let folder = tempfile::tempdir().unwrap();
        let mut child = stalled_as_nobody(program, &server, folder.path(), "ulimit -c unlimited;");
        // Rust's runtime survives the first SIGSEGV that is sent, not
        // caused; the second one kills, unless both are seen as one.
        let mut ended = None;
        wait_until("the signal has ended it", || {
            let _ = Command::new("kill")
                .args([&format!("-{signal}"), &child.id().to_string()])
                .output();
            std::thread::sleep(Duration::from_millis(50));
            ended = child.try_wait().unwrap();
            ended.is_some()
        });
        // One that ends by itself leaves no core either.
        let by = ended.and_then(|status| status.signal());
        assert_eq!(by, Some(number), "{signal} ended it");
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
    };
    if !pattern.trim().starts_with("core") {
        let required = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!required, "cores go to {pattern}: nothing can be measured");
        record(
            "M9",
            "no core file on ABRT, QUIT, SEGV",
            "not measured: cores do not go to files here",
            "",
        );
        return;
    }
    const SIGNALS: [(&str, i32); 3] = [("ABRT", 6), ("QUIT", 3), ("SEGV", 11)];
    let without = SIGNALS.map(|signal| leaves_core(&unprotected(), signal));
    assert_eq!(
        without, [true; 3],
        "each signal must leave a core without protection"
    );
    let with = SIGNALS.map(|signal| leaves_core(program(), signal));
    assert_eq!(with, [false; 3]);
    record(
        "M9",
        "no core file on ABRT, QUIT, SEGV with `ulimit -c unlimited`",
        "0 of 3",
        "without hardening 3 of 3",
    );
}

/// Hardening precedes every look at what the user gives.
///
/// Shows M10. Seen to fail without PR_SET_DUMPABLE and the limit of core files.
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
        // Cargo's library path would add the loader's search to the count.
        .env_remove("LD_LIBRARY_PATH")
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
