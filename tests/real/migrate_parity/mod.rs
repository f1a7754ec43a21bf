//! `migrate` of a file and of the same object in the cluster, and what the
//! simulators say against what the node does.

mod pods;
mod simulators;
mod templates;

use std::fs;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use testcluster::Namespace;

use crate::harness::{node_trial, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "migrate_parity::files_and_live_objects",
            templates::same_templates,
        ),
        trial("migrate_parity::one_patch_of_our_own", templates::one_patch),
        trial("migrate_parity::no_value_is_sent", templates::no_value),
        node_trial(
            "migrate_parity::environment_is_as_predicted",
            simulators::variables,
        ),
        node_trial(
            "migrate_parity::files_are_read_as_predicted",
            simulators::readers,
        ),
    ]
}

fn secret() -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"},
        "stringData": {"password": "<Secret/db/password>", "user": "<Secret/db/user>"}})
}

fn create(namespace: &Namespace, text: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let output = namespace.kubectl(["create", "-f", file.path().to_str().unwrap()]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
