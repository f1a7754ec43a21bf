//! N1, N10: the write fails in each way that a server or a network has.

use libtest_mimic::Trial;
use testcluster::fault::{Fault, Reply, Rule};

use super::OnlyCopy;
use crate::figures::record;
use crate::harness::{in_parallel, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::n1_a_failed_write_loses_nothing", failed_writes),
        trial("security::n10_admission_is_reported", admission),
    ]
}

/// Once, and whenever it is tried again.
const TIMES: [Option<usize>; 2] = [Some(1), None];

/// Shows N1. Seen to fail with files cut short as they are read.
fn failed_writes() {
    let faults = Fault::of_each_kind("no");
    let runs = faults.len() * TIMES.len();
    let stored = in_parallel(runs, |number| {
        let (what, fault) = &faults[number / TIMES.len()];
        let only = OnlyCopy::new();
        let mut rule = Rule::on("PATCH".parse().unwrap()).fault(fault.clone());
        if let Some(time) = TIMES[number % TIMES.len()] {
            rule = rule.nth(time);
        }
        only.server.script(rule);
        let outcome = only.run_within("1s");
        let is_stored = only.is_stored();
        only.stays_safe(&outcome, what);
        is_stored
    });
    let stored = stored.into_iter().filter(|stored| *stored).count();
    assert!(
        stored > 0 && stored < runs,
        "both sides must be seen: {stored} of {runs}"
    );
    record(
        "N1",
        &format!(
            "the write of `create --shred` fails in {} ways, once or permanently: no value is lost, no false success is reported, and the next run completes it",
            faults.len()
        ),
        format!("0 lost in {runs} runs; the write had come through in {stored}"),
        "both sides are seen",
    );
}

/// Webhooks that deny, that do not answer, and that change what is stored.
///
/// Shows N10. Seen to fail with different values treated as equal.
fn admission() {
    let write = || Rule::on("PATCH".parse().unwrap());
    let reads_back = |change: fn(&mut serde_json::Value)| {
        let read = Rule::on("GET".parse().unwrap()).path("secrets");
        read.nth(2).fault(Fault::mutate(change))
    };
    let denied = "admission webhook \"guard.example.com\" denied the request: not today";
    let late = "failed calling webhook \"guard.example.com\": context deadline exceeded";
    let cases = [
        (
            "denies",
            write().fault(Reply::status(403, "Forbidden", denied)),
            2,
            "not today",
        ),
        (
            "does not answer",
            write().fault(Reply::status(500, "InternalError", late)),
            3,
            "deadline exceeded",
        ),
        (
            "changes the value",
            reads_back(|object| object["data"]["k0"] = "b3RoZXI=".into()),
            5,
            "plaintext remains",
        ),
        (
            "adds a key",
            reads_back(|object| object["data"]["injected"] = "b3RoZXI=".into()),
            5,
            "plaintext remains",
        ),
    ];
    let count = cases.len();
    for (what, rule, status, says) in cases {
        let only = OnlyCopy::new();
        only.server.script(rule);
        let outcome = only.run();
        assert_eq!(outcome.status, Some(status), "{what}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(says), "{what}: {}", outcome.stderr);
        only.stays_safe(&outcome, what);
    }
    record(
        "N10",
        "a webhook that denies, does not answer, changes a value or adds a key is reported, and nothing is shredded",
        format!("{count} of {count}"),
        "without it the file is removed (S3)",
    );
}
