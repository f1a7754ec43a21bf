//! SS016: a document that is only a part of a workload.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::partial::Because;

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
          document that no kustomization here names and that the API server would refuse.",
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
        results.report(
            Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "It looks like a patch, so it was not checked: {}.",
                    partial.because
                ),
            )
            .at(workload.origin, &workload.pod.site, "a part of a workload")
            .advise(
                "Pass the directory of its kustomization too. If it is meant to be a complete \
                 workload, add what is missing.",
            ),
        );
    }
}
