//! I: hostile input is refused in time, before anything is sent.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use crate::figures::record;
use crate::harness::{Invocation, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::i4_duplicate_keys", duplicate_keys),
        trial("security::i6_every_byte", every_byte),
        trial("security::i7_endless_and_huge_input", endless_input),
        trial("security::i9_hostile_keys", hostile_keys),
    ]
}

/// Duplicates in flags, env files, JSON, YAML and over sources.
///
/// Shows I4. Seen to fail with the second of two equal keys accepted.
fn duplicate_keys() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    write("twice.env", "A=canary-one\nB=x\nA=canary-two\n");
    write("a.env", "A=canary-one\n");
    write("A", "canary-two");
    write(
        "config.json",
        r#"{"auths":{"r":{"auth":"canary-one","auth":"canary-two"}}}"#,
    );
    let cases = [
        ("create s --env-file twice.env", "A"),
        ("create s --env-file a.env --file A", "A"),
        ("create s --file A --file A=a.env", "A"),
        ("create docker-registry s --from-file config.json", "twice"),
        ("create s --stdin A --file A", "A"),
    ];
    for (words, named) in cases {
        let outcome = Invocation::of(server.kubeconfig())
            .words(words)
            .folder(folder.path())
            .input("canary-one")
            .run()
            .status(2)
            .says(named);
        assert!(!outcome.stderr.contains("canary"), "{}", outcome.stderr);
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
    // Each source alone is taken, so that it was the second that was refused.
    for (number, words) in ["--env-file a.env", "--file A", "--stdin A"]
        .iter()
        .enumerate()
    {
        Invocation::of(server.kubeconfig())
            .words(&format!("create alone-{number} {words}"))
            .folder(folder.path())
            .input("canary-one")
            .run()
            .status(0);
    }
    write(
        "twice.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  twice: canary-one\n  twice: canary-two\n",
    );
    write(
        "twice.json",
        r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"twice":"canary-one","twice":"canary-two"}}"#,
    );
    let manifests = ["twice.yaml", "twice.json"];
    for manifest in manifests {
        let outcome = Invocation::of(server.kubeconfig())
            .words(&format!("doctor --inspect-values -o text -f {manifest}"))
            .folder(folder.path())
            .run();
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(
            said.contains("twice") && outcome.status != Some(0),
            "{manifest}: {said}"
        );
        assert!(!said.contains("canary"), "{said}");
        // Named as what stands twice, and not because the file is called so.
        assert!(
            said.contains("listed twice")
                || said.to_lowercase().contains("two")
                || said.contains("again")
                || said.contains("stands"),
            "{said}"
        );
    }
    let count = cases.len() + manifests.len();
    record(
        "I4",
        "duplicate keys in flags, env files, JSON, YAML and across several sources are errors that name the key and not the value",
        format!("{count} of {count}"),
        "each source alone is accepted",
    );
}

/// What is sent is what was given.
///
/// Shows I6. Seen to fail with one bit of some values changed.
fn every_byte() {
    let server = FaultServer::start();
    let mut values: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    values.push((0..=255).collect());
    values.push(b"\xef\xbb\xbfbom\r\n".to_vec());
    values.push(b"\xff\xfe\xc0\x80".to_vec());
    values.push(Vec::new());
    values.push(vec![b'x'; 1024 * 1024]);
    let folder = tempfile::tempdir().unwrap();
    let mut command = Invocation::of(server.kubeconfig()).words("create bytes -q");
    for (number, value) in values.iter().take(260).enumerate() {
        let path = folder.path().join(format!("k{number}"));
        fs::write(&path, value).unwrap();
        command = command.word(format!("--file={}", path.display()));
    }
    command.run().status(0);
    Invocation::of(server.kubeconfig())
        .words("create mebibyte -q --stdin k")
        .input(values[260].clone())
        .run()
        .status(0);
    let stored = server.secret("default", "bytes").unwrap().values;
    for (number, value) in values.iter().take(260).enumerate() {
        assert!(
            stored[&format!("k{number}")] == *value,
            "value {number} differs"
        );
    }
    assert!(server.secret("default", "mebibyte").unwrap().values["k"] == values[260]);
    let count = values.len();
    record(
        "I6",
        "every byte, NUL, CR LF, BOM, invalid UTF-8, an empty value and 1 MiB arrive unchanged",
        format!("{count} of {count} identical"),
        "the values differ from each other",
    );
}

/// Refused at the limit, fast, with little memory.
///
/// Shows I7. Seen to fail with forty times the limit.
fn endless_input() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let sparse = fs::File::create(folder.path().join("sparse")).unwrap();
    sparse.set_len(10 * 1024 * 1024 * 1024).unwrap();
    fs::write(folder.path().join("over"), vec![b'x'; 1024 * 1024 + 1]).unwrap();
    let program = crate::harness::program().display().to_string();
    let cases = [
        format!("{program} create s --file sparse"),
        format!("{program} create s --file over"),
        format!("{program} create s --file k=/dev/zero"),
        format!("{program} create s --stdin k < /dev/zero"),
        format!("yes | {program} create s --stdin k"),
        format!("yes | {program} create s --stdin-env"),
        format!("{program} create s --fd k=3 3< /dev/zero"),
        format!("{program} create s --env-file sparse"),
    ];
    // Of the processor, not of a clock: other programs may be busy meanwhile.
    let cost = |case: &str| {
        let timed = case.replacen(
            &program,
            &format!("/usr/bin/time -f '%M %U %S' {program}"),
            1,
        );
        let outcome = Invocation::of_program(Path::new("/bin/sh"), server.kubeconfig())
            .word("-c")
            .word(timed)
            .folder(folder.path())
            .run()
            .status(2);
        let figures: Vec<f64> = outcome
            .stderr
            .lines()
            .last()
            .unwrap()
            .split_whitespace()
            .map(|figure| figure.parse().unwrap())
            .collect();
        let [memory, user, system] = figures[..] else {
            panic!("three figures: {}", outcome.stderr);
        };
        (memory as u64, user + system)
    };
    // Most of it is the program itself, which is larger when it is built for tests.
    let (without, _) = cost(&format!("{program} create s --file missing"));
    let mut slowest = 0.0_f64;
    let mut largest = 0;
    for case in &cases {
        let (memory, seconds) = cost(case);
        slowest = slowest.max(seconds);
        largest = largest.max(memory);
    }
    let more = largest.saturating_sub(without);
    assert!(slowest < 2.0, "{slowest} s");
    assert!(
        more < 6 * 1024,
        "{largest} KiB, {without} KiB without input"
    );
    if !cfg!(debug_assertions) {
        assert!(largest < 32 * 1024, "{largest} KiB");
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
    let count = cases.len();
    record(
        "I7",
        "1 MiB plus one byte, a sparse 10 GiB file, /dev/zero and endless pipes are refused within 2 s of CPU time and with little memory",
        format!("{count} of {count}, at most {more} KiB more than for a file that is missing"),
        "exactly 1 MiB is accepted (I6)",
    );
}

/// Keys that would leave a directory, or that no volume can hold.
///
/// Shows I9. Seen to fail with names that begin with two dots accepted.
fn hostile_keys() {
    let server = FaultServer::start();
    let long = "k".repeat(254);
    let keys = [
        "../x",
        "/etc/x",
        "..",
        "a/b",
        "..data",
        "schlüssel",
        "a b",
        ".",
        long.as_str(),
    ];
    for key in keys {
        for flag in ["--stdin", "--prompt", "--generate"] {
            let outcome = Invocation::of(server.kubeconfig())
                .words("create s")
                .word(flag)
                .word(key)
                .input("v")
                .run();
            assert_eq!(outcome.status, Some(2), "{flag} {key}: {}", outcome.stderr);
        }
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
    record(
        "I9",
        "keys such as ../x, /etc/x, .., a/b, 254 characters and other scripts are refused before anything is sent",
        format!("{0} of {0}, from 3 sources", keys.len()),
        "legal keys are accepted (I6)",
    );
}
