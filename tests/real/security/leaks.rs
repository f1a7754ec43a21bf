//! L: no value in any output, log, argument, environment or stored metadata.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Reply, Rule, When};

use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, Outcome, program, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::l1_l2_no_value_in_any_output", outputs),
        trial(
            "security::l3_unreadable_answers_are_not_quoted",
            unreadable_answers,
        ),
        trial("security::l4_quoted_values_are_masked", quoted_values),
        trial(
            "security::l6_no_value_in_arguments_or_environment",
            arguments_and_environment,
        ),
        trial(
            "security::l7_values_typed_as_arguments_are_not_echoed",
            typed_by_mistake,
        ),
        trial(
            "security::l8_no_digest_and_no_copy_is_stored",
            stored_metadata,
        ),
        trial("security::l11_echo_is_restored", echo_restored),
        trial(
            "security::n7_a_lost_answer_is_settled_by_reading_back",
            lost_answer,
        ),
    ]
}

fn search(canaries: &[&Canary], outcome: &Outcome) -> usize {
    canaries
        .iter()
        .map(|canary| {
            canary.hits(outcome.stdout.as_bytes()).len()
                + canary.hits(outcome.stderr.as_bytes()).len()
        })
        .sum()
}

/// L1 (for this command) and L2.
fn outputs() {
    let faults: Vec<(&str, Option<Rule>)> = vec![
        ("none", None),
        ("refuse", Some(Rule::on_any().fault(Fault::Refuse))),
        ("reset before", Some(patch(Fault::ResetBefore))),
        ("reset after", Some(patch(Fault::ResetAfter))),
        ("401", Some(patch(Reply::status(401, "Unauthorized", "no")))),
        ("403", Some(patch(Reply::status(403, "Forbidden", "no")))),
        ("409", Some(patch(Reply::status(409, "Conflict", "no")))),
        ("410", Some(patch(Reply::status(410, "Gone", "no")))),
        ("422", Some(patch(Reply::status(422, "Invalid", "no")))),
        (
            "429",
            Some(patch(Reply::status(429, "TooManyRequests", "no"))),
        ),
        (
            "500 before",
            Some(patch(Reply::status(500, "InternalError", "no"))),
        ),
        (
            "500 after",
            Some(patch(
                Reply::status(500, "InternalError", "no").after_commit(),
            )),
        ),
        (
            "503",
            Some(patch(Reply::status(503, "ServiceUnavailable", "no"))),
        ),
        (
            "504 after",
            Some(patch(Reply::status(504, "Timeout", "no").after_commit())),
        ),
        ("stall", Some(patch(Fault::Stall(When::AfterCommit)))),
    ];
    let mut runs = 0;
    let mut hits = 0;
    for (what, rule) in faults {
        for output in ["", "-o name", "-o yaml", "-o json"] {
            for verbosity in [0, 1, 2, 10] {
                // The full square is for the undisturbed run; faults take two levels.
                if rule.is_some() && (verbosity == 1 || verbosity == 2 || output == "-o json") {
                    continue;
                }
                let server = FaultServer::start();
                if let Some(rule) = rule.clone() {
                    server.script(rule);
                }
                let value = Canary::new(40);
                let token = Canary::of(server.token().to_owned());
                let outcome = Invocation::of(server.kubeconfig())
                    .words("create leak --stdin password --request-timeout 1s")
                    .words(output)
                    .words(&format!("-v {verbosity}"))
                    .env("RUST_LOG", "trace")
                    .env("RUST_BACKTRACE", "full")
                    .input(value.text())
                    .run();
                let expected = if what == "none" {
                    outcome.status == Some(0)
                } else {
                    outcome.status.is_some()
                };
                assert!(expected, "{what}: {}", outcome.stderr);
                hits += search(&[&value, &token], &outcome);
                runs += 1;
            }
        }
    }
    assert_eq!(hits, 0);
    let server = FaultServer::start();
    let value = Canary::new(40);
    let shown = Invocation::of(server.kubeconfig())
        .words("create leak --stdin password -o yaml --show-values")
        .input(value.text())
        .run()
        .status(0);
    let found = search(&[&value], &shown);
    assert!(found > 0, "the search must find a value that is shown");
    let claim = "no value and no token in stdout or stderr: every output format, -v up to 10, RUST_LOG=trace, RUST_BACKTRACE=full, success and 14 faults";
    let control = format!("--show-values: found in {found} forms");
    record(
        "L1",
        claim,
        format!("0 hits in {runs} runs"),
        control.clone(),
    );
    record(
        "L2",
        "the same with RUST_LOG=trace and RUST_BACKTRACE=full in the environment",
        format!("0 hits in {runs} runs"),
        control,
    );
}

fn patch(fault: impl Into<Fault>) -> Rule {
    Rule::on("PATCH".parse().unwrap())
        .path("secrets")
        .fault(fault)
}

/// L3: answers that do not parse.
fn unreadable_answers() {
    let canary = Canary::new(40);
    let text = canary.text();
    let bodies = [
        (
            "badly typed",
            200,
            format!(r#"{{"kind":"Secret","metadata":{{"name":"leak"}},"data":["{text}"]}}"#),
        ),
        (
            "cut off",
            200,
            format!(r#"{{"kind":"Secret","metadata":{{"name":"leak"}},"data":{{"k":"{text}"#),
        ),
        (
            "not base64",
            200,
            format!(r#"{{"kind":"Secret","metadata":{{"name":"leak"}},"data":{{"k":"{text}!"}}}}"#),
        ),
        ("not UTF-8", 200, format!("\u{fffd}{text}")),
        (
            "500 with a body",
            500,
            format!(r#"{{"kind":"Secret","data":{{"k":"{text}"}}}}"#),
        ),
    ];
    let cases = bodies.len() * 2;
    for nth in [1, 2] {
        for (what, code, body) in &bodies {
            let server = FaultServer::start();
            let mut bytes = body.clone().into_bytes();
            if *what == "not UTF-8" {
                bytes.splice(0..3, [0xff, 0xfe]);
            }
            server.script(
                Rule::on("GET".parse().unwrap())
                    .path("secrets")
                    .nth(nth)
                    .fault(Reply::raw(*code, "application/json", bytes)),
            );
            let outcome = Invocation::of(server.kubeconfig())
                .words("create leak --stdin password -v 10")
                .env("RUST_LOG", "trace")
                .input("other")
                .run();
            assert!(
                matches!(outcome.status, Some(3 | 5)),
                "{what}: {:?} {}",
                outcome.status,
                outcome.stderr
            );
            assert_eq!(
                search(&[&canary], &outcome),
                0,
                "{what}: {}",
                outcome.stderr
            );
        }
    }
    record(
        "L3",
        "answers that are badly typed, cut, not base64, not UTF-8 or an error with a body are not quoted",
        format!("0 hits in {cases}"),
        "L1's control",
    );
}

/// L4: the server's own words quote the value.
fn quoted_values() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    let canary = Canary::new(40);
    let text = canary.text();
    let list = |separator: &str| {
        text.bytes()
            .map(|byte| byte.to_string())
            .collect::<Vec<_>>()
            .join(separator)
    };
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let quotes = [
        text.to_owned(),
        STANDARD.encode(text),
        STANDARD.encode(format!("x{text}")),
        hex,
        format!("[{}]", list(" ")),
        list(", "),
        url,
    ];
    for (number, quote) in quotes.iter().enumerate() {
        let server = FaultServer::start();
        server.script(patch(Reply::status(
            422,
            "Invalid",
            &format!("Secret \"leak\" is invalid: data[password]: Invalid value: {quote}"),
        )));
        let outcome = Invocation::of(server.kubeconfig())
            .words("create leak --stdin password")
            .input(text)
            .run()
            .status(2);
        assert_eq!(
            search(&[&canary], &outcome),
            0,
            "form {number}: {}",
            outcome.stderr
        );
        assert!(
            outcome.stderr.contains("invalid"),
            "the rest of the message is shown: {}",
            outcome.stderr
        );
    }
    let server = FaultServer::start();
    server.script(patch(Reply::status(
        422,
        "Invalid",
        &format!("other words: {text}"),
    )));
    let other = Invocation::of(server.kubeconfig())
        .words("create leak --stdin password")
        .input("a-different-value")
        .run();
    assert!(
        search(&[&canary], &other) > 0,
        "text that is not a value is shown"
    );
    record(
        "L4",
        "a server message that quotes the value is masked",
        format!("shown 0 of {}", quotes.len()),
        "text that is no value of this run is shown",
    );
}

/// L6: what `ps` and `/proc/PID/environ` show, of us and every child.
fn arguments_and_environment() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let value = Canary::new(40);
    fs::write(folder.path().join("source"), value.text()).unwrap();
    Command::new("git")
        .args(["init", "-q"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    let trace = folder.path().join("trace");
    let run = |words: &str| {
        Invocation::of_program(Path::new("strace"), server.kubeconfig())
            .words("-f -v -s 100000 -e trace=execve -o")
            .word(trace.display().to_string())
            .word(program().display().to_string())
            .words(words)
            .folder(folder.path())
            .input(value.text())
            .run();
        fs::read(&trace).unwrap()
    };
    let seen = run("create leak --file k=source --stdin other --shred");
    assert_eq!(value.hits(&seen), []);
    let execs = String::from_utf8_lossy(&seen).matches("execve(").count();
    assert!(execs > 1, "git is asked, so there is a child to look at");
    let control = run(&format!(
        "create leak --from-literal password={}",
        value.text()
    ));
    assert!(
        !value.hits(&control).is_empty(),
        "the search must find a value in arguments"
    );
    record(
        "L6",
        "no value in the arguments or the environment of the program and its children",
        format!("0 hits in {execs} execve calls"),
        "found when typed as an argument",
    );
}

/// L7: refused, and not repeated.
fn typed_by_mistake() {
    let server = FaultServer::start();
    let value = Canary::new(24);
    let text = value.text();
    let lines = [
        format!("create leak {text}"),
        format!("create leak --from-literal password={text}"),
        format!("create leak --from-literal=password={text}"),
        format!("create leak --prompt password={text}"),
        format!("create leak --stdin password={text}"),
        format!("create leak --generate password={text}"),
        format!("create leak --fd password={text}"),
        format!("create leak --password {text}"),
        format!("create leak --password={text}"),
        format!("create leak --dry-run={text}"),
        format!("create leak --type={text}= --stdin k=v"),
        format!("create docker-registry leak --docker-username u --docker-password {text}"),
        format!("create docker-registry leak --docker-username u --docker-password={text}"),
        format!("create {text} extra"),
        text.to_owned(),
    ];
    for line in &lines {
        let outcome = Invocation::of(server.kubeconfig())
            .words(line)
            .run()
            .status(2);
        assert_eq!(search(&[&value], &outcome), 0, "{}", outcome.stderr);
    }
    assert_eq!(
        server
            .requests()
            .iter()
            .filter(|request| request.method != "GET")
            .count(),
        0
    );
    record(
        "L7",
        "a value typed as an argument by mistake is refused and not echoed",
        format!("echoed 0 of {}", lines.len()),
        "L6's control",
    );
}

/// L8: what is stored beside the data.
fn stored_metadata() {
    let server = FaultServer::start();
    let value = Canary::new(24);
    Invocation::of(server.kubeconfig())
        .words("create leak --stdin password --label a=b --append-hash")
        .input(value.text())
        .run()
        .status(0);
    let request = server
        .requests()
        .into_iter()
        .find(|request| request.method == "PATCH")
        .expect("one write");
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let mut without_data = body.clone();
    without_data["data"] = serde_json::Value::Null;
    let metadata = without_data.to_string() + &request.path;
    assert_eq!(value.hits(metadata.as_bytes()), []);
    assert!(body["metadata"].get("annotations").is_none());
    let digests: Vec<String> = ["md5sum", "sha1sum", "sha256sum", "sha512sum"]
        .into_iter()
        .map(|program| {
            let line = format!("printf %s '{}' | {program} | cut -c1-8", value.text());
            let output = Command::new("sh").args(["-c", &line]).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        })
        .collect();
    for digest in &digests {
        assert_eq!(digest.len(), 8);
        assert!(!metadata.contains(digest.as_str()));
    }
    assert!(
        !value.hits(&request.body).is_empty(),
        "the body holds the value, as it must"
    );
    record(
        "L8",
        "no last-applied annotation, no digest (MD5, SHA-1, SHA-256, SHA-512, 32 bits or more) beside the data",
        "0 of 5",
        "the value itself is found in the body's data",
    );
}

/// L11: however a prompt ends, the terminal echoes again.
fn echo_restored() {
    let ends: [(&str, &[u8], Option<&str>); 5] = [
        ("Ctrl-C", b"\x03", None),
        ("Ctrl-D", b"\x04", None),
        ("SIGTERM", b"", Some("TERM")),
        ("SIGHUP", b"", Some("HUP")),
        ("SIGINT", b"", Some("INT")),
    ];
    let echo = |session: &rexpect::session::PtySession| -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        let terminal = session.process().get_file_handle().expect("the terminal");
        tcgetattr(&terminal)
            .expect("modes")
            .local_modes
            .contains(LocalModes::ECHO)
    };
    let mut restored = 0;
    for (what, bytes, signal) in ends {
        let server = FaultServer::start();
        let shell = "trap : INT HUP QUIT TERM; stty echo; echo pid=$$.; \"$0\" create s --prompt password; echo ended-with-$?; stty -a; sleep 5";
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", shell])
            .arg(program())
            .env("KUBECONFIG", server.kubeconfig())
            .env("HOME", "/nonexistent");
        let mut session = rexpect::session::spawn_command(command, Some(15_000)).unwrap();
        session.exp_string("pid=").unwrap();
        let shell = session.exp_string(".").unwrap();
        session.exp_string("password").unwrap();
        std::thread::sleep(Duration::from_millis(300));
        assert!(!echo(&session), "{what}: the prompt must hide");
        match signal {
            None => {
                let text = std::str::from_utf8(bytes).unwrap();
                session.send(text).unwrap();
                session.flush().unwrap();
            }
            Some(signal) => {
                let children =
                    fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
                let child = children
                    .split_whitespace()
                    .next()
                    .expect("the program runs");
                Command::new("kill")
                    .args([&format!("-{signal}"), child])
                    .status()
                    .unwrap();
            }
        }
        session
            .exp_string("ended-with-")
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        std::thread::sleep(Duration::from_millis(100));
        restored += usize::from(echo(&session));
        assert!(server.secret("default", "s").is_none());
    }
    assert_eq!(restored, ends.len());
    record(
        "L11",
        "the terminal echoes again after Ctrl-C, Ctrl-D, SIGTERM, SIGHUP and SIGINT at a hidden prompt",
        format!("{restored} of {}", ends.len()),
        "echo is off while the prompt waits",
    );
}

/// N7: 504 after the write was stored.
fn lost_answer() {
    let server = FaultServer::start();
    server.script(patch(
        Reply::status(504, "Timeout", "request timed out").after_commit(),
    ));
    let outcome = Invocation::of(server.kubeconfig())
        .words("create lost --stdin k")
        .input("v")
        .run()
        .status(0);
    assert_eq!(outcome.stdout, "secret/lost created\n");
    let writes = server
        .requests()
        .iter()
        .filter(|request| request.method == "PATCH")
        .count();
    assert_eq!(
        writes, 1,
        "a write that may have been stored is not sent again"
    );
    let server = FaultServer::start();
    server.script(patch(Reply::status(504, "Timeout", "request timed out")));
    Invocation::of(server.kubeconfig())
        .words("create lost --stdin k")
        .input("v")
        .run()
        .status(3)
        .says("not stored");
    record(
        "N7",
        "a write answered by 504 after it was stored: one request, and success by reading back",
        format!("{writes} request, 1 object"),
        "504 before it was stored: exit status 3, \"not stored\"",
    );
}
