//! What to do, as command lines and JSON Patches.

use crate::finding::{Finding, Fix, quoted};
use crate::manifest::json_patch;
use crate::workload::Origin;

/// The command that does it, where one does: for a live object kubectl's patch.
pub fn command(finding: &Finding, fix: &Fix) -> Option<String> {
    match fix {
        Fix::Command { command, .. } => Some(command.clone()),
        Fix::Patch { operations, .. } => {
            let live = finding
                .places
                .first()
                .is_none_or(|place| place.origin == Origin::Live);
            (live && json_patch::is_standard(operations)).then(|| {
                let subject = &finding.subject;
                let namespace = if subject.namespace.is_empty() {
                    String::new()
                } else {
                    format!(" -n {}", quoted(&subject.namespace))
                };
                format!(
                    "kubectl patch {}{namespace} --type json -p {}",
                    quoted(&subject.short()),
                    quoted(&json_patch::to_json(operations).to_string())
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
