//! L3, L4: answers of the server that hold a value.

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Reply, Rule};

use super::{patch, search};
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "security::l3_unreadable_answers_are_not_quoted",
            unreadable_answers,
        ),
        trial("security::l4_quoted_values_are_masked", quoted_values),
    ]
}

/// Answers that do not parse.
///
/// Shows L3. Seen to fail with an unreadable body quoted.
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
        "responses that have wrong types, are truncated, are not base64, are not UTF-8 or are an error with a body are not quoted",
        format!("0 hits in {cases}"),
        "L1's control",
    );
}

/// The server's own words quote the value, in an error and in a warning.
///
/// Shows L4. Seen to fail with server messages shown unmasked.
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
        let server = FaultServer::start();
        let warning = format!("299 - \"careful: {quote} is weak\"");
        server.script(patch(Fault::WarningHeaders(vec![warning])));
        let warned = Invocation::of(server.kubeconfig())
            .words("create leak --stdin password")
            .input(text)
            .run()
            .status(0);
        assert_eq!(
            search(&[&canary], &warned),
            0,
            "form {number}: {}",
            warned.stderr
        );
        assert!(warned.stderr.contains("careful"), "{}", warned.stderr);
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
        "an error message or a warning of the server that quotes the value is masked",
        format!("shown 0 of {}", 2 * quotes.len()),
        "text that is no value of this run is shown",
    );
}
