//! SS050: variables that still have an older value of a Secret.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::staleness::Cause;
use crate::words::listed;
use crate::workload::WorkloadKind;
use crate::workload::delivery::Way;

use super::Settings;
use super::stale::{self, Held, Running};

pub static RULE: Rule = Rule {
    id: "SS050",
    name: "stale-env",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::Live,
    summary: "running containers have variables from before a Secret's last write",
    why: "Variables are set when a container starts and never change. If a Secret is written \
          later, or created later for an optional reference, the container gets it at its next \
          start. So a rotated password may stay in use for months, and then change at an \
          unplanned moment. The time of the write is recorded per field manager: another field \
          may have been written, and the value may be unchanged.",
    remedy: "Restart the workload. Mount the Secret as files if the app can reread them.",
    example: "kubectl secretsafe create db --update --prompt password\nkubectl get pods   # older \
              pods have the old value; then:\nkubectl rollout restart deployment/api\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go; kubernetes/website \
             server-side-apply (managedFields); kubernetes/kubernetes#29761, #24957, #130769",
};

/// One finding per workload and Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for running in stale::all(inventory) {
        for (facts, told) in running.told_by_secret(&RULE) {
            results.report(found(&running, &facts.name, &told));
        }
        let variables = |way: Way<'_>| matches!(way, Way::Variable { .. } | Way::AllVariables);
        stale::doubts(&running, &RULE, variables, results);
    }
}

fn found<'a>(running: &Running<'a>, name: &str, told: &[&Held<'a>]) -> Finding {
    let holders: Vec<_> = told.iter().map(|held| held.delivery.holder()).collect();
    let holders = listed(holders.iter().map(String::as_str));
    let causes: Vec<_> = told
        .iter()
        .filter_map(|held| Some(held.stale()?.0))
        .collect();
    let message = if causes.contains(&Cause::Recreated) {
        format!(
            "Its containers may have an old value of Secret {name} ({holders}), which was deleted \
             and created again after they started."
        )
    } else if causes.contains(&Cause::Changed) {
        format!(
            "Its containers may have an old value of Secret {name} ({holders}), which was written \
             after they started."
        )
    } else {
        format!(
            "Secret {name} is optional and was created after the containers started ({holders}), \
             so they do not have it."
        )
    };
    let mut finding = running.finding(&RULE, told, message);
    if running.workload.kind == WorkloadKind::CronJob {
        finding = finding.severity(Severity::Info);
    }
    running.restart(told, running.with_mixed(name, finding))
}
