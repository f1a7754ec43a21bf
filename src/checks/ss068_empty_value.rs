//! SS068: something asks for a key whose value is empty.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::secret::inspection::Suspicion;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS068",
    name: "empty-value",
    severity: Severity::Warning,
    data: &[Data::Values, Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a key that is asked for by its name has an empty value",
    why: "The key exists, so the pod starts, with an empty password. It happens when a key was taken \
          out of stringData and applied by the client, or when the variable behind a line of an env \
          file was not exported. Empty keys that nothing asks for by name are not reported, nor are \
          certificates, which SS062 tells.",
    remedy: "Set the key again. If it is empty on purpose, take the reference out.",
    example: "data:\n  password: \"\"   # found, if a secretKeyRef names it\n",
    source: "kubernetes/kubernetes#123843",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        if !verdict.has(Suspicion::Empty) {
            continue;
        }
        let askers = content::askers(inventory, facts, key);
        if askers.is_empty() {
            continue;
        }
        let finding = content::finding(
            &RULE,
            inventory,
            facts,
            Some(key),
            format!(
                "The value of key {key} of Secret {} is empty, and something asks for it.",
                facts.name
            ),
            "empty",
        );
        let finding = askers.iter().fold(finding, |finding, asker| {
            finding.because(format!("Asked for by {asker}."))
        });
        results.report(content::set_again(finding, facts, key, "Set the value."));
    }
}
