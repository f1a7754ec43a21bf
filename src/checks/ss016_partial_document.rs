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
    summary: "a file has what looks like a workload and is only a part of one, so it was not judged",
    why: "A strategic merge patch names a workload and the fields that it changes. What it leaves \
          out (images, volumes, the ServiceAccount) stands in what it is merged into, so nothing may \
          be concluded from its absence. Where the kustomization that names the patch is among the \
          files too, the patch is judged together with its base, and this is not told. It is told \
          of a document that no kustomization here names and that could not be applied as it stands.",
    remedy: "Give the folder with the kustomization that uses the patch. If it was meant as a whole \
             workload, write what is missing: the API server would refuse it as it stands.",
    example: "kind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      \
              containers:\n      - name: api        # told when it has no image\n        env: [{name: \
              A, value: b}]\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go; kubernetes/apimachinery \
             pkg/util/strategicpatch",
};

/// Looks for it. Patches that a kustomization names are its own business.
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
                    "It was taken for a patch, and not judged: {}.",
                    partial.because
                ),
            )
            .at(workload.origin, &workload.pod.site, "a part of a workload")
            .advise(
                "Give the folder with its kustomization too. If it was meant as a whole workload, \
                 write what is missing.",
            ),
        );
    }
}
