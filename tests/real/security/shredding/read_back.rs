//! S7: the cluster's copy is not what was sent.

use std::fs;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Reply, Rule};

use super::{VALUE, shred};
use crate::figures::record;
use crate::harness::trial;
use crate::harness::write_apart;

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "security::s7_no_shredding_unless_the_read_back_is_equal",
        read_back_differs,
    )]
}

/// Twelve ways in which the read-back is not what was sent.
///
/// Shows S7. Seen to fail with different values treated as equal.
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
        write_apart(&source, VALUE);
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
        "a read-back that differs, is refused or is truncated: nothing is shredded",
        format!("shredded 0 of {ways}"),
        "without the fault the file is removed (S3)",
    );
}
