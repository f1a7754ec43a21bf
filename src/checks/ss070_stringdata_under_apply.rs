//! SS070: keys that an apply of stringData leaves behind.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{Applies, AutoFix, Data, Fix, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Keys, SecretFacts};
use crate::manifest::{Operation, path};
use crate::workload::Origin;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS070",
    name: "stringdata-under-apply",
    severity: Severity::Warning,
    data: &[Data::SecretMetadata, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a Secret is applied with stringData, whose removed keys stay behind",
    why: "Server-side apply records that the manager owns stringData, a field that is never stored; \
          what is stored, data, is nobody's. So a key that is renamed or removed in the manifest \
          stays in the Secret, with its old value. That is a warning where such keys are seen, and \
          information where they may come. A manifest with stringData is not reported on its own: \
          it is the usual form, and fine for what is created once or rendered by Helm. Only a file \
          that was written by kubectl get, with its managedFields, shows leftovers.",
    remedy: "Write data instead of stringData in what is applied again and again, and remove the \
             keys that are left.",
    example: "managedFields:\n- operation: Apply\n  fieldsV1: {f:stringData: {f:new-name: {}}}   # \
              while data has old-name too: found\n",
    source: "kubernetes/kubernetes#89938, #108008, #118519, #123843",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for facts in inventory.secrets() {
        if facts.string_data_appliers.is_empty() {
            continue;
        }
        let appliers: Vec<_> = facts.string_data_appliers.iter().cloned().collect();
        let left = leftovers(facts);
        let (severity, message) = match left {
            Leftovers::None => (
                Severity::Info,
                format!(
                    "Secret {} is applied with stringData; keys that are removed there will stay.",
                    facts.name
                ),
            ),
            _ => (
                Severity::Warning,
                format!(
                    "Secret {} has keys that the manifest it is applied from no longer has.",
                    facts.name
                ),
            ),
        };
        let mut finding = content::finding(&RULE, inventory, facts, None, message, "this Secret")
            .severity(severity)
            .because(format!("Applied by {}.", appliers.join(", ")));
        match left {
            Leftovers::None => {}
            Leftovers::Unnamed if facts.origin == Origin::Live => {
                finding = finding.run(
                    "Compare the names of its keys with those of the manifest.",
                    CommandLine::kubectl("describe secret")
                        .name(&facts.name)
                        .namespace(&facts.namespace),
                );
            }
            Leftovers::Unnamed => {}
            Leftovers::Named(keys) => {
                let names: Vec<_> = keys.iter().map(String::as_str).collect();
                finding = finding
                    .because(format!("Nobody owns {}.", names.join(", ")))
                    .fix(Fix::Patch {
                        what: "Remove them, if nothing asks for them.".to_owned(),
                        operations: keys
                            .iter()
                            .map(|key| Operation::Remove {
                                pointer: path::pointer(&path::child("data", key)),
                            })
                            .collect(),
                        applies: Applies::Never,
                    });
            }
        }
        results.report(finding.advise("Write data instead of stringData in the manifest."));
    }
}

/// Keys that no manager owns.
enum Leftovers {
    None,
    Named(BTreeSet<String>),
    /// There are more keys than names are recorded.
    Unnamed,
}

fn leftovers(facts: &SecretFacts) -> Leftovers {
    match &facts.keys {
        Keys::Partial { known, .. } if !known.is_empty() => Leftovers::Unnamed,
        Keys::Partial { .. } | Keys::OneOf { .. } => Leftovers::None,
        Keys::Complete(keys) => {
            let left: BTreeSet<_> = keys
                .iter()
                .filter(|key| !facts.key_times.contains_key(*key))
                .cloned()
                .collect();
            if left.is_empty() {
                Leftovers::None
            } else {
                Leftovers::Named(left)
            }
        }
    }
}
