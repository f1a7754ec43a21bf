//! I3, I11, I12, I14, C7: manifests, kubeconfigs, servers and surroundings that
//! mean no good, and who is spoken to.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Reply, Rule};

use super::leaks::scene::{Scene, WAYS};
use crate::figures::record;
use crate::harness::{Invocation, Outcome, program, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::i3_texts_that_stand_for_too_much", bombs),
        trial("security::i11_hostile_kubeconfigs", kubeconfigs),
        trial("security::i12_endless_answers", endless_answers),
        trial("security::i14_odd_surroundings", surroundings),
        trial("security::c7_nobody_else_is_spoken_to", connections),
    ]
}

/// A run with its memory in KiB and its time on the processor in seconds.
fn measured(invocation: Invocation) -> (Outcome, u64, f64) {
    let mut outcome = invocation.run();
    let (rest, last) = outcome
        .stderr
        .trim_end()
        .rsplit_once('\n')
        .map_or(("", outcome.stderr.trim_end()), |parts| parts);
    let figures: Vec<f64> = last
        .split_whitespace()
        .filter_map(|figure| figure.parse().ok())
        .collect();
    let [memory, user, system] = figures[..] else {
        panic!("three figures: {}", outcome.stderr);
    };
    outcome.stderr = rest.to_owned();
    (outcome, memory as u64, user + system)
}

fn timed(kubeconfig: &Path) -> Invocation {
    Invocation::of_program(Path::new("/usr/bin/time"), kubeconfig)
        .words("-q -f")
        .word("%M %U %S")
        .word(program().display().to_string())
}

/// Shows I3. Seen to fail with alias copies counted at a tenth.
fn bombs() {
    // Of a debug build; a release takes a tenth of the time.
    const MEMORY: u64 = 96 * 1024;
    const TIME: f64 = 10.0;
    let folder = tempfile::tempdir().unwrap();
    let laughs = |levels: usize| {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..levels {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            text += &format!("a{level}: &a{level} [{before}]\n");
        }
        text
    };
    let cases = [
        ("nine laughs", laughs(9)),
        ("twenty laughs", laughs(20)),
        ("deep flow", "[".repeat(100_000)),
        ("deep block", "- ".repeat(100_000)),
        ("a loop of merges", "a: &a\n  <<: *a\n  b: 1\n".to_owned()),
        ("a loop of aliases", "a: &a [*a]\n".to_owned()),
    ];
    let (mut most, mut longest) = (0, 0.0_f64);
    for (name, text) in &cases {
        let path = folder.path().join("bomb.yaml");
        fs::write(&path, text).unwrap();
        let run = timed(Path::new("/dev/null"))
            .words("doctor -f")
            .word(path.display().to_string());
        let (outcome, memory, time) = measured(run);
        assert!(
            matches!(outcome.status, Some(2 | 3)),
            "{name}: {:?} {}",
            outcome.status,
            outcome.stderr
        );
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(said.contains("bomb.yaml"), "{name}: {said}");
        assert!(
            memory < MEMORY && time < TIME,
            "{name}: {memory} KiB, {time} s"
        );
        (most, longest) = (most.max(memory), longest.max(time));
    }
    record(
        "I3",
        "manifests that expand too much, by aliases, depth or loops, are refused by name",
        format!(
            "{0} of {0}, at most {most} KiB and {longest:.2} s of CPU time",
            cases.len()
        ),
        "a manifest of the same size is read (N2)",
    );
}

/// Shows I11. Seen to fail with the certificate check inverted.
fn kubeconfigs() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("ran");
    fs::write(folder.path().join("foreign"), "token-of-somebody").unwrap();
    let plugin = format!("#!/bin/sh\ntouch {}\n", marker.display());
    fs::write(folder.path().join("relative-plugin"), plugin).unwrap();
    let server = FaultServer::start();
    let unchecked = format!("server: '{}', insecure-skip-tls-verify: true", server.url());
    let token = format!("token: {}", server.token());
    let cases = [
        (
            "plain http",
            "server: 'http://192.0.2.1:1'",
            "token: t",
            "http",
        ),
        (
            "unchecked certificate",
            unchecked.as_str(),
            token.as_str(),
            "certificate",
        ),
        (
            "a token file that is none",
            "server: 'https://127.0.0.1:1'",
            "tokenFile: /dev/zero",
            "/dev/zero",
        ),
        (
            "a plugin beside the working folder",
            "server: 'https://127.0.0.1:1'",
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: relative-plugin, interactiveMode: Never}",
            "relative-plugin",
        ),
        (
            "a removed kind of login",
            "server: 'https://127.0.0.1:1'",
            "auth-provider: {name: gcp, config: {cmd-path: /bin/false}}",
            "gcp",
        ),
        (
            "a proxy of another kind",
            "server: 'https://127.0.0.1:1', proxy-url: 'ftp://127.0.0.1:1'",
            "token: t",
            "proxy",
        ),
    ];
    for (what, cluster, user, named) in &cases {
        let config = folder.path().join("config");
        let text = format!(
            "clusters: [{{name: c, cluster: {{{cluster}}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n\
             contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n"
        );
        fs::write(&config, text).unwrap();
        let outcome = Invocation::of(&config)
            .words("create s --stdin k --request-timeout 1s")
            .folder(folder.path())
            .input("a-value-of-some-length")
            .run();
        assert!(
            matches!(outcome.status, Some(0 | 2 | 3)),
            "{what}: {:?} {}",
            outcome.status,
            outcome.stderr
        );
        // Only an unchecked certificate is the user's own choice.
        assert_eq!(outcome.status == Some(0), *what == "unchecked certificate");
        assert!(outcome.stderr.contains(named), "{what}: {}", outcome.stderr);
        assert!(!marker.exists(), "{what}: a program was run");
    }
    record(
        "I11",
        "a kubeconfig with plain http, an unchecked certificate, an invalid token file, a plugin in the working directory, a removed kind of login or an unsupported proxy is refused, or causes a warning, by name",
        format!("{0} of {0}, 0 programs run", cases.len()),
        "an ordinary one is used (I6)",
    );
}

/// Shows I12. Seen to fail with a limit 64 times as high.
fn endless_answers() {
    const MEMORY: u64 = 192 * 1024;
    let elsewhere = FaultServer::start();
    let next = |list: &mut serde_json::Value| list["metadata"]["continue"] = "more".into();
    let host = elsewhere.url().replace("127.0.0.1", "localhost");
    let cases: Vec<(&str, Rule)> = vec![
        ("an endless body", Rule::on_any().fault(Fault::EndlessBody)),
        ("many headers", Rule::on_any().fault(Fault::HugeHeaders)),
        (
            "an endless list",
            Rule::on_any().path("?").fault(Fault::mutate(next)),
        ),
        ("another host", Rule::on_any().fault(Reply::redirect(&host))),
    ];
    let mut most = 0;
    let commands = [
        "create leak --stdin password",
        "doctor",
        "consumers secret/stored",
        "migrate --dry-run",
    ];
    for (what, rule) in &cases {
        for words in commands {
            if *what == "an endless list" && words.starts_with("create") {
                continue;
            }
            let scene = Scene::new();
            scene.server.script(rule.clone());
            let run = timed(scene.server.kubeconfig())
                .words(words)
                .words("--request-timeout 20s")
                .input("v");
            let (outcome, memory, _) = measured(run);
            assert!(
                matches!(outcome.status, Some(2 | 3)),
                "{what}, {words}: {:?} {}",
                outcome.status,
                outcome.stderr
            );
            assert!(memory < MEMORY, "{what}, {words}: {memory} KiB");
            most = most.max(memory);
        }
    }
    assert_eq!(
        elsewhere.requests().len(),
        0,
        "another host was sent the token"
    );
    record(
        "I12",
        "an endless body, 65,536 headers, an endless list and a redirect to another host end in time for create, doctor, consumers and migrate; no other host gets a request",
        format!(
            "{} of {} ended, at most {most} KiB, 0 requests elsewhere",
            cases.len() * 4 - 1,
            cases.len() * 4 - 1
        ),
        "the same runs are answered without the fault (L1)",
    );
}

/// Shows I14. Seen to fail with a line printed in a way that fails loudly.
fn surroundings() {
    let lines = [
        "LC_ALL=tr_TR.UTF-8 PROGRAM",
        "LC_ALL=xx TERM=dumb PROGRAM",
        "TERM=xterm COLUMNS=1 PROGRAM",
        "unset HOME PATH TERM; PROGRAM",
        "PROGRAM >&-",
        "PROGRAM 2>&-",
        "PROGRAM >&- 2>&-",
        "PROGRAM </dev/null",
        "PROGRAM <&-",
        "PROGRAM <&- >&- 2>&-",
        "PROGRAM >/dev/full",
        "cd /proc/self/task; PROGRAM",
    ];
    let ways = [
        "create leak --generate password -o yaml",
        "doctor",
        "consumers secret/stored",
        "migrate --dry-run",
    ];
    for line in lines {
        for words in ways {
            let scene = Scene::new();
            let trace = scene.server.folder().join("trace");
            let traced = format!(
                "/usr/bin/strace -f -qq -s 4096 -e trace=write,pwrite64 -e write=0,1,2 -o {} {} {words}",
                trace.display(),
                program().display()
            );
            let outcome = Invocation::of_program(Path::new("/bin/bash"), scene.server.kubeconfig())
                .word("-c")
                .word(line.replace("PROGRAM", &traced))
                .folder(scene.server.folder())
                .run();
            let place = format!("{line}, {words}: {:?} {}", outcome.status, outcome.stderr);
            assert!(matches!(outcome.status, Some(0..=5)), "{place}");
            assert!(!outcome.stderr.contains("internal error"), "{place}");
            // A connection that got the number of a closed stream would be
            // written to as that.
            let calls = fs::read_to_string(&trace).unwrap();
            for canary in [&scene.value, &scene.token] {
                let to_streams = calls
                    .lines()
                    .filter(|call| ["(0,", "(1,", "(2,"].iter().any(|to| call.contains(to)));
                let text: String = to_streams.collect();
                assert_eq!(canary.hits(text.as_bytes()), [], "{place}");
            }
            assert!(calls.contains("write("), "something is written: {place}");
        }
    }
    record(
        "I14",
        "other locales, no terminal, closed and full standard streams, a working directory in /proc: no panic, and no descriptor of a standard stream is reused",
        format!("{0} of {0}", lines.len() * ways.len()),
        "requests are in the same traces, on other descriptors",
    );
}

/// Shows C7. Seen to fail with a connection to another address.
fn connections() {
    let mut seen = 0;
    for way in WAYS {
        let scene = Scene::new();
        let trace = scene.server.folder().join("trace");
        let server = scene.server.url().rsplit_once(':').unwrap().1.to_owned();
        scene
            .invocation_of(Path::new("/usr/bin/strace"), "")
            .words("-f -qq -e trace=connect,sendto,sendmsg,bind -o")
            .word(trace.display().to_string())
            .word(program().display().to_string())
            .words(&scene.named(way.words))
            .run();
        for call in fs::read_to_string(&trace).unwrap().lines() {
            let is_network = call.contains("AF_INET") || call.contains("AF_INET6");
            let is_local = call.contains("AF_UNIX") || call.contains("AF_NETLINK");
            assert!(
                !(call.contains("connect(") && is_local),
                "{}: {call}",
                way.words
            );
            if is_network {
                let allowed =
                    call.contains("127.0.0.1") && call.contains(&format!("htons({server})"));
                assert!(allowed, "{}: {call}", way.words);
                seen += 1;
            }
        }
        let alone = way.words.contains("FILE") || way.words.starts_with("explain");
        assert!(
            !alone || scene.server.requests().is_empty(),
            "{}: a server was asked",
            way.words
        );
    }
    assert!(seen >= 10, "connections are in the trace: {seen}");
    record(
        "C7",
        "only the API server is contacted: no name server, no telemetry; for files and for explain, nothing is contacted",
        format!("{seen} connections in {} runs, 0 elsewhere", WAYS.len()),
        "the connections to the server are in the traces",
    );
}
