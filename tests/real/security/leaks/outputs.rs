//! L1, L2: everything a run prints, whatever the server does.

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Reply, Rule, When};

use super::{patch, search};
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("security::l1_l2_no_value_in_any_output", outputs)]
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
