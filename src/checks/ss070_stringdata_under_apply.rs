//! SS070: keys that an apply with stringData does not remove.

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
    summary: "a Secret is applied with stringData, and keys removed there stay in the Secret",
    why: "Server-side apply records that the manager owns stringData, a field that is never \
          stored; data, which is stored, has no owner. So a key that is renamed or removed in the \
          manifest stays in the Secret, with its old value. This is a warning if there are such \
          keys, and an info if there may be some later. A manifest with stringData alone is not \
          reported: it is the usual form, and fine for what is created once or rendered by Helm. \
          Only a file written by kubectl get, with its managedFields, shows leftover keys.",
    remedy: "Use data instead of stringData in manifests that you apply repeatedly, and remove \
             the leftover keys.",
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
                    "Secret {} has keys that are no longer in the manifest it is applied from.",
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
                    "Compare the names of its keys with those in the manifest.",
                    CommandLine::kubectl("describe secret")
                        .name(&facts.name)
                        .namespace(&facts.namespace),
                );
            }
            Leftovers::Unnamed => {}
            Leftovers::Named(keys) => {
                let names: Vec<_> = keys.iter().map(String::as_str).collect();
                finding = finding
                    .because(format!("No manager owns {}.", names.join(", ")))
                    .fix(Fix::Patch {
                        what: "Remove them, if nothing refers to them.".to_owned(),
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
        results.report(finding.advise("Use data instead of stringData in the manifest."));
    }
}

/// Keys that no manager owns.
enum Leftovers {
    None,
    Named(BTreeSet<String>),
    /// There are more keys than recorded names.
    Unnamed,
}

fn leftovers(facts: &SecretFacts) -> Leftovers {
    match &facts.keys {
        Keys::Partial { known, .. } | Keys::Hidden { known, .. } if !known.is_empty() => {
            Leftovers::Unnamed
        }
        Keys::Partial { .. } | Keys::Hidden { .. } | Keys::OneOf { .. } => Leftovers::None,
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
