//! What to do, as command lines and JSON Patches.

use serde_json::{Value, json};

use crate::finding::{Finding, Fix, Operation, quoted};
use crate::workload::Origin;

/// A JSON Patch (RFC 6902).
pub fn patch(operations: &[Operation]) -> Value {
    operations
        .iter()
        .map(|operation| match operation {
            Operation::Test { pointer, value } => {
                json!({"op": "test", "path": pointer, "value": value})
            }
            Operation::Add { pointer, value } => {
                json!({"op": "add", "path": pointer, "value": value})
            }
            Operation::Replace { pointer, value } => {
                json!({"op": "replace", "path": pointer, "value": value})
            }
            Operation::Remove { pointer } => json!({"op": "remove", "path": pointer}),
        })
        .collect()
}

/// The command that does it, where one does: for a live object kubectl's patch.
pub fn command(finding: &Finding, fix: &Fix) -> Option<String> {
    match fix {
        Fix::Command { command, .. } => Some(command.clone()),
        Fix::Patch { operations, .. } => {
            let live = finding
                .places
                .first()
                .is_none_or(|place| place.origin == Origin::Live);
            live.then(|| {
                let subject = &finding.subject;
                let namespace = if subject.namespace.is_empty() {
                    String::new()
                } else {
                    format!(" -n {}", quoted(&subject.namespace))
                };
                format!(
                    "kubectl patch {}{namespace} --type json -p {}",
                    quoted(&subject.short()),
                    quoted(&patch(operations).to_string())
                )
            })
        }
        Fix::Advice(_) => None,
    }
}

/// What it does, in words.
pub fn sentence(fix: &Fix) -> &str {
    match fix {
        Fix::Command { what, .. } | Fix::Patch { what, .. } => what,
        Fix::Advice(advice) => advice,
    }
}
