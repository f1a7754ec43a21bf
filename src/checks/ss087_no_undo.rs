//! SS087: no revision to roll back to.

use super::Settings;
use crate::finding::{Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::manifest::{Operation, path};
use crate::workload::{Site, Workload, references};

pub static RULE: Rule = Rule {
    id: "SS087",
    name: "no-undo",
    severity: Severity::Info,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a workload that uses Secrets keeps no old revision to roll back to",
    why: "With revisionHistoryLimit 0, kubectl rollout undo cannot return to an old revision if a \
          changed reference is wrong. (An undo only restores the template, never the content of a \
          Secret.)",
    remedy: "Keep at least 2 revisions, unless you roll back with git.",
    example: "spec:\n  revisionHistoryLimit: 0   # found; remove it, the default is 10\n",
    source: "kubernetes/website content/en/docs/concepts/workloads/controllers/deployment.md",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for workload in &inventory.workloads {
        if workload.revision_history_limit != Some(0) || references(workload).is_empty() {
            continue;
        }
        let site = limit(inventory, workload);
        let pointer = path::pointer(&site.path);
        results.report(
            Finding::new(
                &RULE,
                &workload.id,
                "It uses Secrets and keeps no old revision, so a rollout cannot be undone.",
            )
            .at(workload.origin, &site, "keeps none")
            .fix(Fix::Patch {
                what: "Keep two, unless you roll back with git.".to_owned(),
                operations: vec![
                    Operation::Test {
                        pointer: pointer.clone(),
                        value: 0.into(),
                    },
                    Operation::Replace {
                        pointer,
                        value: 2.into(),
                    },
                ],
                applies: Applies::Never,
            }),
        );
    }
}

fn limit(inventory: &Inventory, workload: &Workload) -> Site {
    let span = inventory
        .object_of(workload)
        .and_then(|object| object.root.at(&["spec", "revisionHistoryLimit"]))
        .map(|node| node.span)
        .unwrap_or_default();
    Site {
        path: "spec.revisionHistoryLimit".to_owned(),
        span,
    }
}
