//! S: a source file is removed only after the cluster's copy is proven, and
//! nothing else is.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Reply, Rule};

use crate::figures::record;
use crate::harness::{Invocation, Outcome, program, trial};

const VALUE: &[u8] = b"value-of-the-source-file";

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "security::s3_odd_files_are_refused_before_any_write",
            odd_files,
        ),
        trial("security::s4_a_swapped_path_harms_nothing", swapped_path),
        trial(
            "security::s5_killed_at_every_system_call",
            killed_everywhere,
        ),
        trial("security::s6_failing_system_calls", failing_calls),
        trial(
            "security::s7_no_shredding_unless_the_read_back_is_equal",
            read_back_differs,
        ),
        trial(
            "security::s8_a_file_changed_meanwhile_stays",
            changed_meanwhile,
        ),
        trial("security::s9_s10_order_and_amount", order_and_amount),
        trial("security::s11_tracked_by_git", tracked_by_git),
        trial("security::s12_editor_siblings_are_named", siblings),
        trial("security::s14_all_or_none", all_or_none),
    ]
}

fn shred(server: &FaultServer, name: &str, paths: &[&Path]) -> Outcome {
    let mut invocation = Invocation::of(server.kubeconfig())
        .words("create --shred")
        .word(name);
    for (number, path) in paths.iter().enumerate() {
        invocation = invocation.word(format!("--file=k{number}={}", path.display()));
    }
    invocation.run()
}

fn writes(server: &FaultServer) -> usize {
    server
        .requests()
        .iter()
        .filter(|request| request.method != "GET")
        .count()
}

/// S3: what is not a plain file of ours, or cannot be overwritten.
fn odd_files() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let plain = |name: &str| {
        fs::write(at(name), VALUE).unwrap();
        at(name)
    };
    symlink(plain("target"), at("link")).unwrap();
    symlink(at("missing"), at("dangling")).unwrap();
    fs::hard_link(plain("twice"), at("other-name")).unwrap();
    fs::create_dir(at("directory")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(at("fifo"))
            .status()
            .unwrap()
            .success()
    );
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    assert!(
        Command::new("mknod")
            .arg(at("device"))
            .args(["c", "1", "5"])
            .status()
            .unwrap()
            .success()
    );
    let chattr = |flag: &str, path: &Path| {
        let done = Command::new("chattr").arg(flag).arg(path).output().unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    chattr("+a", &plain("append-only"));
    chattr("+i", &plain("immutable"));
    let sparse = fs::File::create(at("huge-sparse")).unwrap();
    sparse.set_len(10 * 1024 * 1024 * 1024).unwrap();
    let open_elsewhere = plain("open-elsewhere");
    let _reader = fs::File::open(&open_elsewhere).unwrap();
    let foreign = plain("foreign");
    std::os::unix::fs::chown(&foreign, Some(1234), None).unwrap();

    let cases: Vec<PathBuf> = [
        "link",
        "dangling",
        "other-name",
        "directory",
        "fifo",
        "socket",
        "device",
        "append-only",
        "immutable",
        "huge-sparse",
        "open-elsewhere",
        "foreign",
    ]
    .into_iter()
    .map(at)
    .chain(["/dev/null", "/dev/zero", "/dev/stdin", "/proc/version"].map(PathBuf::from))
    .collect();
    for (number, path) in cases.iter().enumerate() {
        let start = Instant::now();
        shred(&server, &format!("s{number}"), &[path])
            .status(2)
            .says(&path.display().to_string());
        let took = start.elapsed();
        assert!(
            took < Duration::from_secs(5),
            "{} took {took:?}",
            path.display()
        );
    }
    assert_eq!(
        writes(&server),
        0,
        "nothing may be sent before all files are examined"
    );
    for name in [
        "target",
        "twice",
        "other-name",
        "append-only",
        "immutable",
        "open-elsewhere",
        "foreign",
    ] {
        assert_eq!(fs::read(at(name)).unwrap(), VALUE, "{name}");
    }
    chattr("-a", &at("append-only"));
    chattr("-i", &at("immutable"));
    let control = plain("plain");
    shred(&server, "control", &[&control]).status(0);
    assert!(!control.exists());
    record(
        "S3",
        "links, hard links, directories, pipes, sockets, devices, foreign, open, immutable, append-only and huge files are refused before anything is sent",
        format!(
            "{0} of {0} refused, 0 hangs, 0 requests that write",
            cases.len()
        ),
        "a plain file is removed",
    );
}

/// S4: the name is given to another file while the Secret is written.
fn swapped_path() {
    const ROUNDS: usize = 20;
    let mut harmed = 0;
    for round in 0..ROUNDS {
        let server = FaultServer::start();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        let foreign = folder.path().join("foreign");
        fs::write(&path, VALUE).unwrap();
        fs::write(&foreign, b"somebody else's").unwrap();
        server.script(
            Rule::on("GET".parse().unwrap())
                .path("secrets")
                .nth(2)
                .fault(Fault::Delay(Duration::from_millis(150))),
        );
        let outcome = std::thread::scope(|scope| {
            let run = scope.spawn(|| shred(&server, "swapped", &[&path]));
            let limit = Instant::now() + Duration::from_secs(10);
            while server.secret("default", "swapped").is_none() && Instant::now() < limit {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_millis(u64::try_from(round).unwrap() * 5));
            fs::rename(&foreign, &path).unwrap();
            run.join().unwrap()
        });
        // Too late to matter, or noticed: never the foreign file.
        let noticed = outcome.status == Some(5);
        let too_late = outcome.status == Some(0);
        assert!(noticed || too_late, "{}", outcome.stderr);
        if fs::read(&path).unwrap_or_default() != b"somebody else's" {
            harmed += 1;
        }
    }
    assert_eq!(harmed, 0);
    record(
        "S4",
        "a file that takes the source's name meanwhile is not harmed",
        format!("0 of {ROUNDS} harmed"),
        "S3's plain file is removed under the same flags",
    );
}

/// Every system call of a run, with its count, from a trace.
fn system_calls(server: &FaultServer, folder: &Path) -> Vec<(String, usize)> {
    let source = folder.join("baseline");
    let trace = folder.join("trace");
    fs::write(&source, VALUE).unwrap();
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
    Invocation::of_program(Path::new("strace"), server.kubeconfig())
        .words("-f -qq")
        .words(strace)
        .word(program().display().to_string())
        .words("create -q --shred")
        .word(name)
        .word(format!("--file=k={}", source.display()))
        .run()
}

/// S5: SIGKILL as each system call is entered.
fn killed_everywhere() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let calls = system_calls(&server, folder.path());
    let (mut intact, mut proven, mut gone) = (0, 0, 0);
    let mut violations = Vec::new();
    let points = calls.len();
    for (number, (call, count)) in calls.iter().enumerate() {
        if matches!(call.as_str(), "exit_group" | "exit" | "execve")
            && *count == 1
            && call == "execve"
        {
            continue;
        }
        let source = folder.path().join(format!("source-{number}"));
        fs::write(&source, VALUE).unwrap();
        let name = format!("killed-{number}");
        traced(
            &server,
            &format!("-o /dev/null -e inject={call}:signal=KILL:when={count}"),
            &name,
            &source,
        );
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
    assert!(gone + proven > 0, "some points must lie after the removal");
    record(
        "S5",
        "SIGKILL at every system call of `create --shred`: the source is intact or the cluster's copy is proven",
        format!(
            "{points} points: {intact} intact, {proven} overwritten and proven, {gone} gone and proven, 0 violations"
        ),
        "the points after the removal show that the kill and the check work",
    );
}

/// S6: the calls of the shredder fail.
fn failing_calls() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let faults = [
        ("pwrite64", "EIO"),
        ("pwrite64", "ENOSPC"),
        ("fdatasync", "EIO"),
        ("ftruncate", "EIO"),
        ("unlinkat", "EIO"),
        ("unlinkat", "EACCES"),
        ("fsync", "EIO"),
    ];
    for (number, (call, error)) in faults.iter().enumerate() {
        let source = folder.path().join(format!("source-{number}"));
        fs::write(&source, VALUE).unwrap();
        let outcome = traced(
            &server,
            &format!("-o /dev/null -e inject={call}:error={error}"),
            &format!("failing-{number}"),
            &source,
        )
        .status(5);
        assert_eq!(outcome.stdout, format!("secret/failing-{number} created\n"));
        if matches!(*call, "pwrite64" | "fdatasync") {
            let length = fs::metadata(&source).unwrap().len();
            assert!(
                length >= VALUE.len() as u64,
                "{call} {error}: truncated after a failed sync"
            );
        }
    }
    // Interrupted and short writes are not failures.
    for (number, inject) in [
        "pwrite64:error=EINTR:when=1",
        "fdatasync:error=EINTR:when=1",
    ]
    .iter()
    .enumerate()
    {
        let source = folder.path().join(format!("again-{number}"));
        fs::write(&source, VALUE).unwrap();
        traced(
            &server,
            &format!("-o /dev/null -e inject={inject}"),
            &format!("again-{number}"),
            &source,
        )
        .status(0);
        assert!(!source.exists());
    }
    record(
        "S6",
        "a failing write, sync, truncate or unlink is never called success, and nothing is truncated after a failed sync",
        format!(
            "{0} of {0} reported with exit status 5; EINTR is retried",
            faults.len()
        ),
        "the same run without injection ends with 0",
    );
}

/// S7: twelve ways in which the read-back is not what was sent.
fn read_back_differs() {
    // A read that is cut is tried again, so every read-back gets the fault.
    let read_backs = |fault: &Fault| {
        let fault = fault.clone();
        (2..10).map(move |nth| {
            Rule::on("GET".parse().unwrap())
                .path("secrets")
                .nth(nth)
                .fault(fault.clone())
        })
    };
    let change = |change: fn(&mut serde_json::Value)| Fault::mutate(change);
    let faults: Vec<(&str, Fault)> = vec![
        (
            "a key is missing",
            change(|object| {
                object["data"].as_object_mut().unwrap().remove("k0");
            }),
        ),
        (
            "one bit differs",
            change(|object| object["data"]["k0"] = "dmFsdWUtb2YtdGhlLXNvdXJjZS1maWxk".into()),
        ),
        (
            "a line end was added",
            change(|object| object["data"]["k0"] = "dmFsdWUtb2YtdGhlLXNvdXJjZS1maWxlCg==".into()),
        ),
        (
            "a key was added",
            change(|object| object["data"]["more"] = "eA==".into()),
        ),
        (
            "another uid",
            change(|object| {
                object["metadata"]["uid"] = "00000000-0000-0000-0000-000000000000".into()
            }),
        ),
        (
            "another namespace",
            change(|object| object["metadata"]["namespace"] = "elsewhere".into()),
        ),
        (
            "another name",
            change(|object| object["metadata"]["name"] = "elsewhere".into()),
        ),
        (
            "no data",
            change(|object| object["data"] = serde_json::Value::Null),
        ),
        (
            "not found",
            Reply::status(404, "NotFound", "secrets \"x\" not found").into(),
        ),
        ("forbidden", Reply::status(403, "Forbidden", "no").into()),
        (
            "server error",
            Reply::status(500, "InternalError", "no").into(),
        ),
        ("a cut answer", Fault::CutResponseAt(200)),
    ];
    let ways = faults.len();
    for (number, (what, fault)) in faults.into_iter().enumerate() {
        let server = FaultServer::start();
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        fs::write(&source, VALUE).unwrap();
        for rule in read_backs(&fault) {
            server.script(rule);
        }
        let outcome = shred(&server, &format!("differs-{number}"), &[&source]);
        assert_eq!(outcome.status, Some(5), "{what}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{what}: success may not be reported");
        assert_eq!(fs::read(&source).unwrap(), VALUE, "{what}");
        assert!(
            outcome.stderr.contains("plaintext remains"),
            "{what}: {}",
            outcome.stderr
        );
    }
    record(
        "S7",
        "a read-back that differs, is refused or is cut: nothing is shredded",
        format!("shredded 0 of {ways}"),
        "without the fault the file is removed (S3)",
    );
}

/// S8: the file gets new content between reading and shredding.
fn changed_meanwhile() {
    const ROUNDS: usize = 40;
    let mut lost = 0;
    let mut noticed = 0;
    for _ in 0..ROUNDS {
        let server = FaultServer::start();
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        fs::write(&source, VALUE).unwrap();
        server.script(
            Rule::on("GET".parse().unwrap())
                .path("secrets")
                .nth(2)
                .fault(Fault::Delay(Duration::from_millis(80))),
        );
        let outcome = std::thread::scope(|scope| {
            let run = scope.spawn(|| shred(&server, "changed", &[&source]));
            let limit = Instant::now() + Duration::from_secs(10);
            while server.secret("default", "changed").is_none() && Instant::now() < limit {
                std::thread::sleep(Duration::from_millis(1));
            }
            // A lease makes this open wait or fail while the file is held;
            // replacing it by another file is the way around.
            let new = folder.path().join("new");
            fs::write(&new, b"edited meanwhile").unwrap();
            fs::rename(&new, &source).unwrap();
            run.join().unwrap()
        });
        noticed += usize::from(outcome.status == Some(5));
        lost += usize::from(fs::read(&source).unwrap_or_default() != b"edited meanwhile");
    }
    assert_eq!(lost, 0);
    assert!(
        noticed > ROUNDS / 2,
        "the change must come in time to mean anything: {noticed}"
    );
    record(
        "S8",
        "a file edited between reading and shredding stays",
        format!("shredded 0 of {ROUNDS}"),
        format!("{noticed} of {ROUNDS} edits came in time and were reported"),
    );
}

/// S9 and S10: overwrite all of it, sync, truncate, unlink, sync the folder.
fn order_and_amount() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let sizes = [0, 1, 4095, 4096, 4097, 1024 * 1024];
    for size in sizes {
        let source = folder.path().join(format!("source-{size}"));
        let trace = folder.path().join("trace");
        fs::write(&source, vec![b'x'; size]).unwrap();
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
        "data is synced before the file is truncated, unlinked, and its folder synced",
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

/// S11: history keeps what shredding removes; git runs nothing of the repository's.
fn tracked_by_git() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("hook-ran");
    let git = |at: &Path, words: &[&str]| {
        let done = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@t.example",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(words)
            .current_dir(at)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    let repository = |name: &str| {
        let at = folder.path().join(name);
        fs::create_dir(&at).unwrap();
        git(&at, &["init", "-q", "-b", "main"]);
        fs::write(at.join("readme"), "x").unwrap();
        git(&at, &["add", "readme"]);
        git(&at, &["commit", "-qm", "first"]);
        at
    };
    let commit = |at: &Path| {
        fs::write(at.join("secret"), VALUE).unwrap();
        git(at, &["add", "secret"]);
        git(at, &["commit", "-qm", "secret"]);
    };

    let index = repository("index");
    fs::write(index.join("secret"), VALUE).unwrap();
    git(&index, &["add", "secret"]);
    let head = repository("head");
    commit(&head);
    let branch = repository("branch");
    git(&branch, &["checkout", "-qb", "other"]);
    commit(&branch);
    git(&branch, &["checkout", "-q", "main"]);
    fs::write(branch.join("secret"), VALUE).unwrap();
    let main = repository("main-tree");
    git(
        &main,
        &["worktree", "add", "-q", "-b", "side", "../worktree"],
    );
    let worktree = folder.path().join("worktree");
    commit(&worktree);
    let outer = repository("outer");
    git(
        &outer,
        &["submodule", "add", "-q", head.to_str().unwrap(), "inner"],
    );
    let inner = outer.join("inner");

    let cases = [&index, &head, &branch, &worktree, &inner];
    for at in &cases {
        let hook = folder.path().join("evil");
        fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", marker.display())).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        git(at, &["config", "core.fsmonitor", hook.to_str().unwrap()]);
        git(
            at,
            &["config", "core.hooksPath", folder.path().to_str().unwrap()],
        );
        git(at, &["config", "core.pager", hook.to_str().unwrap()]);
    }
    let _ = fs::remove_file(&marker);
    for (number, at) in cases.iter().enumerate() {
        shred(&server, &format!("tracked-{number}"), &[&at.join("secret")])
            .status(0)
            .says("git");
    }
    assert!(!marker.exists(), "a program of the repository was run");
    let clean = repository("clean");
    fs::write(clean.join("secret"), VALUE).unwrap();
    let untracked = shred(&server, "untracked", &[&clean.join("secret")]).status(0);
    assert!(!untracked.stderr.contains("git"), "{}", untracked.stderr);
    record(
        "S11",
        "a file that git knows (index, HEAD, another branch, a worktree, a submodule) is warned about, and git runs nothing of the repository's",
        format!("{0} of {0} warned, 0 programs run", cases.len()),
        "an untracked file is not warned about",
    );
}

/// S12: copies that editors leave beside the file.
fn siblings() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("secret.txt");
    fs::write(&source, VALUE).unwrap();
    let names = [
        ".secret.txt.swp",
        ".secret.txt.swo",
        "secret.txt~",
        "#secret.txt#",
        ".secret.txt.un~",
        "secret.txt.save",
        "secret.txt.orig",
        "secret.txt.bak",
    ];
    for name in names {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    fs::write(folder.path().join("unrelated.txt~"), "x").unwrap();
    let outcome = shred(&server, "siblings", &[&source]).status(0);
    let named = names
        .iter()
        .filter(|name| outcome.stderr.contains(*name))
        .count();
    assert_eq!(named, names.len(), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("unrelated"));
    record(
        "S12",
        "copies that editors left beside the file are named",
        format!("{named} of {}", names.len()),
        "an unrelated file is not named",
    );
}

/// S14: three sources, the second cannot be removed: none is.
fn all_or_none() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..3)
        .map(|number| folder.path().join(format!("f{number}")))
        .collect();
    for path in &paths {
        fs::write(path, VALUE).unwrap();
    }
    // Refused beforehand.
    fs::hard_link(&paths[1], folder.path().join("other")).unwrap();
    let all: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    shred(&server, "before", &all).status(2);
    assert!(server.secret("default", "before").is_none());
    fs::remove_file(folder.path().join("other")).unwrap();
    // Changed while the Secret is written.
    server.script(
        Rule::on("GET".parse().unwrap())
            .path("secrets/during")
            .nth(2)
            .fault(Fault::Delay(Duration::from_millis(300))),
    );
    std::thread::scope(|scope| {
        let run = scope.spawn(|| shred(&server, "during", &all));
        let limit = Instant::now() + Duration::from_secs(10);
        while server.secret("default", "during").is_none() && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
        let new = folder.path().join("new");
        fs::write(&new, b"edited").unwrap();
        fs::rename(&new, &paths[1]).unwrap();
        run.join().unwrap().status(5);
    });
    assert_eq!(fs::read(&paths[0]).unwrap(), VALUE);
    assert_eq!(fs::read(&paths[1]).unwrap(), b"edited");
    assert_eq!(fs::read(&paths[2]).unwrap(), VALUE);
    record(
        "S14",
        "three sources, the second fails: none is destroyed",
        "0 of 3 destroyed, twice",
        "three good sources are removed",
    );
    fs::write(&paths[1], VALUE).unwrap();
    shred(&server, "good", &all).status(0);
    assert!(paths.iter().all(|path| !path.exists()));
}
