//! L8: what is stored beside the values.

use std::process::Command;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "security::l8_no_digest_and_no_copy_is_stored",
        stored_metadata,
    )]
}

/// What is stored beside the data.
///
/// Shows L8. Seen to fail with the value in an annotation as well.
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
