//! `-v`: a line for each request, and nothing of what is in it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use http::Method;
use testcluster::fault::{Fault, FaultServer, Reply, Rule};

/// What a run says on standard error.
fn said(server: &FaultServer, verbosity: &[&str]) -> String {
    let mut run = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(["create", "db", "--stdin", "password", "--kubeconfig"])
        .arg(server.kubeconfig())
        .args(verbosity)
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    run.stdin
        .take()
        .unwrap()
        .write_all(b"canary-value")
        .unwrap();
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success());
    server.delete_secret("default", "db");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn each_request_has_a_line_without_its_content() {
    let server = FaultServer::start();
    assert!(!said(&server, &[]).contains("request: "));
    for level in ["1", "2", "9"] {
        server.clear_script();
        server.script(
            Rule::on(Method::GET)
                .path("secrets/db")
                .nth(1)
                .fault(Reply::status(503, "ServiceUnavailable", "canary-value")),
        );
        server.script(
            Rule::on(Method::GET)
                .nth(2)
                .fault(Fault::WarningHeaders(vec![format!(
                    "299 - \"{}\"",
                    server.token()
                )])),
        );
        let before = server.requests().len();
        let said = said(&server, &["-v", level]);
        let sent = server.requests();
        let lines: Vec<_> = said
            .lines()
            .filter_map(|line| line.strip_prefix("request: "))
            .collect();
        assert_eq!(lines.len(), sent.len() - before, "{said}");
        for (line, request) in lines.iter().zip(&sent[before..]) {
            let path = request.path.split('?').next().unwrap();
            let begin = format!("{} {path}", request.method);
            let status = format!(": {} in ", request.status.unwrap());
            assert!(line.starts_with(&begin) && line.contains(&status), "{line}");
        }
        assert!(
            lines[0].contains(": 503 in ") && lines[0].contains(" ms, again in "),
            "{said}"
        );
        assert!(said.contains("fieldManager=…"), "{said}");
        for content in [
            "canary",
            "Y2FuYXJ5",
            server.token(),
            "uthorization",
            "ccept",
        ] {
            assert!(!said.contains(content), "{content}: {said}");
        }
    }
}
