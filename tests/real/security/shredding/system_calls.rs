//! S5, S6, S9, S10: what happens at each system call, seen and disturbed by strace.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use super::VALUE;
use crate::figures::record;
use crate::harness::write_apart;
use crate::harness::{Invocation, Outcome, program, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "security::s5_killed_at_every_system_call",
            killed_everywhere,
        ),
        trial("security::s6_failing_system_calls", failing_calls),
        trial("security::s9_s10_order_and_amount", order_and_amount),
    ]
}

/// Every system call of a run, with its count, from a trace.
pub(super) fn system_calls(server: &FaultServer, folder: &Path) -> Vec<(String, usize)> {
    let source = folder.join("baseline");
    let trace = folder.join("trace");
    write_apart(&source, VALUE);
    traced(
        server,
        &format!("-o {}", trace.display()),
        "baseline",
        &source,
    )
    .status(0);
    assert!(!source.exists());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in fs::read_to_string(&trace).unwrap().lines() {
        let call = line
            .split_once(' ')
            .map_or("", |(_, rest)| rest.trim_start());
        let Some((name, _)) = call.split_once('(') else {
            continue;
        };
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            continue;
        }
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        calls.push((name.to_owned(), *count));
    }
    calls
}

fn traced(server: &FaultServer, strace: &str, name: &str, source: &Path) -> Outcome {
    under_strace(server, strace, name, source).run()
}

/// `create --shred` of one file, under strace.
pub(super) fn under_strace(
    server: &FaultServer,
    strace: &str,
    name: &str,
    source: &Path,
) -> Invocation {
    Invocation::of_program(Path::new("strace"), server.kubeconfig())
        .words("-f -qq")
        .words(strace)
        .word(program().display().to_string())
        .words("create -q --shred")
        .word(name)
        .word(format!("--file=k={}", source.display()))
}

/// SIGKILL as each system call is entered.
///
/// Shows S5. Seen to fail with files cut short as they are read, which its first
/// run notices.
fn killed_everywhere() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let calls = system_calls(&server, folder.path());
    let (mut intact, mut proven, mut gone, mut went_on) = (0, 0, 0, 0);
    let mut violations = Vec::new();
    for (number, (call, count)) in calls.iter().enumerate() {
        // The first execve is strace's own: it starts the program.
        if call == "execve" && *count == 1 {
            continue;
        }
        let source = folder.path().join(format!("source-{number}"));
        write_apart(&source, VALUE);
        let name = format!("killed-{number}");
        let ended = traced(
            &server,
            &format!("-o /dev/null -e inject={call}:signal=KILL:when={count}"),
            &name,
            &source,
        );
        // strace ends by the signal that ended the program.
        if ended.status.is_some() {
            // A run may have a call less: of memory, or of waiting.
            ended.status(0);
            went_on += 1;
            continue;
        }
        let stored = server
            .secret("default", &name)
            .is_some_and(|stored| stored.values["k"] == VALUE);
        match fs::read(&source) {
            Ok(content) if content == VALUE => intact += 1,
            Ok(_) if stored => proven += 1,
            Err(_) if stored => gone += 1,
            _ => violations.push(format!("{call} {count}")),
        }
    }
    assert_eq!(violations, [""; 0]);
    let points = intact + proven + gone;
    assert!(
        points > 5 * went_on,
        "{points} were killed, {went_on} were not"
    );
    assert!(
        intact > 0 && gone + proven > 0,
        "both sides of the removal must be seen: {intact}, {proven}, {gone}"
    );
    record(
        "S5",
        "SIGKILL at every system call of `create --shred`: the source is intact or the copy in the cluster is proven",
        format!(
            "{points} runs killed ({went_on} came to their end before): {intact} intact, {proven} overwritten and proven, {gone} gone and proven, 0 violations"
        ),
        "each run counted was ended by the signal, on both sides of the removal",
    );
}

/// What changes files, and how it can fail.
const FAILING: [(&str, &[&str]); 5] = [
    ("pwrite64", &["EIO", "ENOSPC"]),
    ("fdatasync", &["EIO", "ENOSPC"]),
    ("ftruncate", &["EIO"]),
    ("unlinkat", &["EIO", "EACCES"]),
    ("fsync", &["EIO"]),
];

/// Each of these calls fails, each time that it is made.
///
/// Shows S6. Seen to fail without the sync of the data.
fn failing_calls() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let calls = system_calls(&server, folder.path());
    let times = |call: &str| calls.iter().filter(|(name, _)| name == call).count();
    let mut points = 0;
    for (call, errors) in FAILING {
        assert!(times(call) > 0, "{call} is made");
        for error in errors {
            for when in 1..=times(call) {
                let name = format!("failing-{points}");
                let source = folder.path().join(&name);
                write_apart(&source, VALUE);
                let inject = format!("{call}:error={error}:when={when}");
                let outcome = injected(&server, &inject, &name, &source).status(5);
                assert_eq!(outcome.stdout, format!("secret/{name} created\n"));
                if matches!(call, "pwrite64" | "fdatasync") {
                    let length = fs::metadata(&source).unwrap().len();
                    assert!(
                        length >= VALUE.len() as u64,
                        "{inject}: truncated after a failed sync"
                    );
                }
                points += 1;
            }
        }
    }
    // Interrupted and short writes are not failures: the rest is written.
    let goes_on = [
        "pwrite64:error=EINTR:when=1",
        "fdatasync:error=EINTR:when=1",
        "ftruncate:error=EINTR:when=1",
        "pwrite64:retval=1:when=1",
    ];
    for (number, inject) in goes_on.iter().enumerate() {
        let name = format!("again-{number}");
        let source = folder.path().join(&name);
        write_apart(&source, VALUE);
        injected(&server, inject, &name, &source).status(0);
        assert!(!source.exists());
    }
    record(
        "S6",
        "a failing write, sync, truncate or unlink, at each occurrence, is never reported as success, and nothing is truncated after a failed sync",
        format!(
            "{points} of {points} reported with exit status 5; {} interrupted and short calls go on",
            goes_on.len()
        ),
        "each fault is in the trace of its run; without one it ends with 0",
    );
}

/// A run with a fault that strikes.
fn injected(server: &FaultServer, inject: &str, name: &str, source: &Path) -> Outcome {
    let trace = source.with_extension("trace");
    let (call, _) = inject.split_once(':').unwrap();
    let strace = format!("-e trace={call} -e inject={inject} -o {}", trace.display());
    let outcome = traced(server, &strace, name, source);
    let trace = fs::read_to_string(trace).unwrap();
    assert!(trace.contains("(INJECTED)"), "{inject}: {trace}");
    if inject.contains("retval=1") {
        let rest = trace.lines().filter(|line| line.contains("pwrite64("));
        assert!(rest.count() > 1, "the rest is written: {trace}");
    }
    outcome
}

/// Overwrite all of it, sync, truncate, unlink, sync the folder.
///
/// Shows S9, S10. Seen to fail without the sync of the data, and with half of
/// the bytes overwritten.
fn order_and_amount() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let sizes = [0, 1, 4095, 4096, 4097, 1024 * 1024];
    for size in sizes {
        let source = folder.path().join(format!("source-{size}"));
        let trace = folder.path().join("trace");
        write_apart(&source, &vec![b'x'; size]);
        fs::File::open(&source).unwrap().sync_all().unwrap();
        let allocated = fs::metadata(&source).unwrap().blocks() * 512;
        traced(
            &server,
            &format!(
                "-y -e trace=pwrite64,fdatasync,ftruncate,unlinkat,fsync -o {}",
                trace.display()
            ),
            &format!("size-{size}"),
            &source,
        )
        .status(0);
        let trace = fs::read_to_string(&trace).unwrap();
        let written: u64 = trace
            .lines()
            .filter(|line| line.contains("pwrite64("))
            .filter_map(|line| line.rsplit_once("= ")?.1.trim().parse::<u64>().ok())
            .sum();
        assert!(
            written >= allocated.max(size as u64),
            "{size}: {written} of {allocated} bytes overwritten"
        );
        let steps: Vec<&str> = trace
            .lines()
            .filter_map(|line| {
                [
                    "pwrite64(",
                    "fdatasync(",
                    "ftruncate(",
                    "unlinkat(",
                    "fsync(",
                ]
                .into_iter()
                .find(|call| line.contains(call))
            })
            .collect();
        let mut order = steps.clone();
        order.dedup();
        let expected: &[&str] = if size == 0 {
            &["fdatasync(", "ftruncate(", "unlinkat(", "fsync("]
        } else {
            &[
                "pwrite64(",
                "fdatasync(",
                "ftruncate(",
                "unlinkat(",
                "fsync(",
            ]
        };
        assert_eq!(order, expected, "{size}");
    }
    record(
        "S9",
        "data is synced before the file is truncated and unlinked and its directory synced",
        format!("the order holds for {} sizes", sizes.len()),
        "the order is read from a trace",
    );
    record(
        "S10",
        "the whole allocated range is overwritten",
        "at least the allocated bytes, for 0, 1, 4095, 4096, 4097 bytes and 1 MiB",
        "the bytes are counted in a trace",
    );
}
