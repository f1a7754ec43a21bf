//! SS068: a key with an empty value that has a consumer.

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
    summary: "a key that a consumer refers to by name has an empty value",
    why: "The key exists, so the pod starts, with an empty password. This happens if a key was \
          removed from stringData and applied client-side, or if the variable of a line of an env \
          file was not exported. Empty keys that nothing refers to by name are not reported, nor \
          are certificates, which SS062 reports.",
    remedy: "Set the key again. If it is empty on purpose, remove the reference.",
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
                "The value of key {key} of Secret {} is empty, but something refers to it.",
                facts.name
            ),
            "empty",
        );
        let finding = askers.iter().fold(finding, |finding, asker| {
            finding.because(format!("Referenced by {asker}."))
        });
        results.report(content::set_again(finding, facts, key, "Set the value."));
    }
}
