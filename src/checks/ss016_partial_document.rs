//! SS016: a document that is only a part of a workload.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::partial::{Because, Partial};

pub static RULE: Rule = Rule {
    id: "SS016",
    name: "partial-document",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a file contains only a part of a workload, so it was not checked",
    why: "A strategic merge patch names a workload and the fields that it changes. What it leaves \
          out (images, volumes, the ServiceAccount) is in its base, so a missing field means \
          nothing. If the kustomization that names the patch is among the files, the patch is \
          checked together with its base, and nothing is reported. This is reported for a \
          document that no kustomization here names and that the API server would refuse; as \
          an error if it has a selector, which no patch can change, and no pod template.",
    remedy: "Pass the directory of the kustomization that uses the patch. If it is meant to be a \
             complete workload, add what is missing: the API server refuses it as it is.",
    example: "kind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      \
              containers:\n      - name: api        # found when it has no image\n        env: \
              [{name: A, value: b}]\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go; kubernetes/apimachinery \
             pkg/util/strategicpatch",
};

/// Patches that a kustomization names are not reported here.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for partial in &inventory.partials {
        if matches!(partial.because, Because::Named(_)) {
            continue;
        }
        let workload = &partial.workload;
        let id = &workload.id;
        let finding = match is_whole(inventory, partial) {
            true => Finding::new(
                &RULE,
                id,
                format!("{} has a selector, but {}.", id.short(), partial.because),
            )
            .severity(Severity::Error),
            false => Finding::new(
                &RULE,
                id,
                format!(
                    "It looks like a patch, so it was not checked: {}.",
                    partial.because
                ),
            ),
        };
        results.report(
            finding
                .at(workload.origin, &workload.pod.site, "a part of a workload")
                .advise(
                    "Pass the directory of its kustomization too. If it is meant to be a complete \
                 workload, add what is missing.",
                ),
        );
    }
}

/// Whether a workload without pods has what only a whole one has: a patch cannot change
/// a selector.
fn is_whole(inventory: &Inventory, partial: &Partial) -> bool {
    let workload = &partial.workload;
    partial.because == Because::NoPods
        && inventory
            .objects_from(workload.origin)
            .filter(|object| object.base == workload.base)
            .any(|object| object.root.at(&["spec", "selector"]).is_some())
}
