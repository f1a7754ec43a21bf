//! What to do, as command lines and JSON Patches.

use crate::finding::{Applies, Finding, Fix, quoted};
use crate::inventory::{Inventory, ReadFrom};
use crate::manifest::json_patch;
use crate::report::Report;
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

/// The command that makes the edit of a file, if `--fix` offers it.
pub fn edit_command<'r>(
    report: &'r Report,
    inventory: &Inventory,
    finding: &Finding,
    fix: &Fix,
) -> Option<&'r str> {
    let source = inventory.source(finding.places.first()?.origin)?;
    let offered = matches!(
        fix,
        Fix::Patch {
            applies: Applies::OnRequest,
            ..
        }
    );
    (offered && source.read_from == ReadFrom::File)
        .then_some(report.fix_command.as_deref())
        .flatten()
}

/// What it does, in words.
pub fn sentence(fix: &Fix) -> &str {
    match fix {
        Fix::Command { what, .. } | Fix::Patch { what, .. } => what,
        Fix::Advice(advice) => advice,
    }
}
