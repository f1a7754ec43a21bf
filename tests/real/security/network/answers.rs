//! N7, N11: answers that get lost and credentials that expire.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Reply, Rule};

use crate::figures::record;
use crate::harness::{Invocation, Outcome, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "security::n7_a_lost_answer_is_settled_by_reading_back",
            lost_answer,
        ),
        trial(
            "security::n11_a_token_that_expires_is_renewed_once",
            expired_token,
        ),
    ]
}

fn patch(fault: impl Into<Fault>) -> Rule {
    Rule::on("PATCH".parse().unwrap())
        .path("secrets")
        .fault(fault)
}

/// 504 after the write was stored.
///
/// Shows N7. Seen to fail with writes sent again after 504.
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
        "a write answered with 504 after it was stored: one request, and success by reading back",
        format!("{writes} request, 1 object"),
        "504 before it was stored: exit status 3, \"not stored\"",
    );
}

/// 401 at each request of `create`, once or from then on.
///
/// Shows N11. Seen to fail without signing in again.
fn expired_token() {
    // Reading what is there, writing, reading back.
    const REQUESTS: usize = 3;
    const STATUS_WHEN_IT_STAYS: [i32; REQUESTS] = [3, 3, 5];
    let expired = || Reply::status(401, "Unauthorized", "Unauthorized");
    for (number, status) in (1..=REQUESTS).zip(STATUS_WHEN_IT_STAYS) {
        // Who was never let in has no token that could have expired.
        let runs = if number == 1 { 1 } else { 2 };

        let server = FaultServer::start();
        server.script(Rule::on_any().path("secrets").nth(number).fault(expired()));
        let (outcome, ran) = with_plugin(&server);
        let once = if number == 1 { 3 } else { 0 };
        let outcome = outcome.status(once);
        assert_eq!(ran, runs, "401 at request {number}: {}", outcome.stderr);
        assert_eq!(server.secret("default", "s").is_some(), once == 0);

        let server = FaultServer::start();
        for later in number..number + 2 * REQUESTS {
            server.script(Rule::on_any().path("secrets").nth(later).fault(expired()));
        }
        let (outcome, ran) = with_plugin(&server);
        outcome.status(status).says("401");
        assert_eq!(ran, runs, "401 from request {number} on");
        assert_eq!(server.secret("default", "s").is_some(), status == 5);
    }
    record(
        "N11",
        "a token that expires during `create`: the credential plugin runs once more and the request is sent again; if it is refused again, the run stops and says what is stored",
        format!("{0} of {0}", 2 * REQUESTS),
        "without a fault the plugin runs once",
    );
    let (outcome, ran) = with_plugin(&FaultServer::start());
    outcome.status(0);
    assert_eq!(ran, 1);
}

/// Runs `create` with a credential plugin in place of the token, and says how
/// often the plugin ran.
fn with_plugin(server: &FaultServer) -> (Outcome, usize) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("runs");
    let answer = format!(r#"{{"status":{{"token":"{}"}}}}"#, server.token());
    let script = format!("echo run >> {}; echo '{answer}'", log.display());
    let exec = serde_json::json!({
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", script],
        "interactiveMode": "Never",
    });
    let token = format!("token: {}", server.token());
    let text = fs::read_to_string(server.kubeconfig()).unwrap();
    assert!(text.contains(&token), "the token is what is replaced");
    let kubeconfig = folder.path().join("config");
    fs::write(&kubeconfig, text.replace(&token, &format!("exec: {exec}"))).unwrap();
    let outcome = Invocation::of(Path::new(&kubeconfig))
        .words("create s --stdin k")
        .input("v")
        .run();
    let runs = fs::read_to_string(log).unwrap_or_default().lines().count();
    (outcome, runs)
}
