//! The table of accepted and refused inputs of `kubectl create secret`: our
//! result equals that of the cluster's kubectl, or the difference is one of
//! those in `docs/differences-from-kubectl.md`.

mod cases;
mod inputs;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::harness::{Invocation, cluster, trial};
use Expected::{BothRefuse, Differ, OnlyKubectl, OnlyWe, Same};

pub fn trials() -> Vec<Trial> {
    vec![trial("parity::same_inputs_same_secrets", same_inputs)]
}

/// What a case is expected to show.
enum Expected {
    /// Both make the same Secret.
    Same,
    /// Both refuse.
    BothRefuse,
    /// kubectl makes a Secret and we refuse; the row of the document.
    OnlyKubectl(&'static str),
    /// We make a Secret and kubectl refuses; the row of the document.
    OnlyWe(&'static str),
    /// Both make a Secret, and they differ; the row of the document.
    Differ(&'static str),
}

struct Case {
    /// Words after `create secret` for kubectl.
    kubectl: &'static str,
    /// Words after `create` for us.
    ours: &'static str,
    expected: Expected,
}

fn same_inputs() {
    let cluster = cluster();
    let folder = inputs::folder();
    let documented = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/differences-from-kubectl.md"),
    )
    .unwrap();
    let run = |program: &Path, words: &str| {
        let outcome = Invocation::of_program(program, cluster.kubeconfig())
            .words(words)
            .folder(folder.path())
            .env("INHERITED", "from outside")
            .input("p")
            .run();
        (outcome.status == Some(0)).then(|| {
            let object: Value = serde_json::from_str(&outcome.stdout)
                .unwrap_or_else(|error| panic!("{words}: {error}: {}", outcome.stdout));
            essence(&object)
        })
    };
    let mut wrong = Vec::new();
    for case in cases::cases() {
        let theirs = run(
            cluster.kubectl(),
            &format!("create secret {} --dry-run=client -o json", case.kubectl),
        );
        let ours = run(
            crate::harness::program(),
            &format!(
                "create {} --dry-run=client -o json --show-values",
                case.ours
            ),
        );
        let (holds, row) = match case.expected {
            Same => (theirs.is_some() && theirs == ours, None),
            BothRefuse => (theirs.is_none() && ours.is_none(), None),
            OnlyKubectl(row) => (theirs.is_some() && ours.is_none(), Some(row)),
            OnlyWe(row) => (theirs.is_none() && ours.is_some(), Some(row)),
            Differ(row) => (
                theirs.is_some() && ours.is_some() && theirs != ours,
                Some(row),
            ),
        };
        if !holds {
            wrong.push(format!(
                "{} → {theirs:?}\n    {} → {ours:?}",
                case.kubectl, case.ours
            ));
        }
        if let Some(row) = row
            && !documented.contains(row)
        {
            wrong.push(format!(
                "{row:?} is not in docs/differences-from-kubectl.md"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Name, type and data: what makes two Secrets the same.
fn essence(object: &Value) -> BTreeMap<&'static str, Value> {
    let data = match &object["data"] {
        Value::Null => Value::Object(serde_json::Map::new()),
        data => data.clone(),
    };
    let kind = match &object["type"] {
        Value::Null => Value::from("Opaque"),
        Value::String(kind) if kind.is_empty() => Value::from("Opaque"),
        kind => kind.clone(),
    };
    BTreeMap::from([
        ("name", object["metadata"]["name"].clone()),
        ("type", kind),
        ("data", data),
    ])
}
