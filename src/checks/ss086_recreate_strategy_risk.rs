//! SS086: a rollout that stops all pods, with a Secret that may be missing or wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::{Need, Strategy, Workload};

use super::Settings;
use super::resolve::{self, Trouble};
use super::stale::{self, Running};

pub static RULE: Rule = Rule {
    id: "SS086",
    name: "recreate-strategy-risk",
    severity: Severity::Info,
    data: &[
        Data::Workloads,
        Data::Pods,
        Data::SecretNames,
        Data::SecretKeys,
    ],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "all pods stop before new ones start, and a Secret is missing or was rotated",
    why: "With strategy Recreate, or if maxSurge is 0 and maxUnavailable is at least the number \
          of replicas, the old pods stop before the new ones start. If the new ones wait for a \
          Secret or a key, no pod is available. With a rolling update the old pods stay until new \
          ones are ready. Another finding reports the missing Secret or the restart that is \
          needed; this one reports the outage.",
    remedy: "Fix the references first. Use RollingUpdate, unless only one pod can use a volume.",
    example: "spec:\n  strategy: {type: Recreate}\n  template: ...   # with a Secret that does \
              not exist\n",
    source: "kubernetes/website content/en/docs/concepts/workloads/controllers/deployment.md",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let failing: BTreeMap<_, BTreeSet<_>> = inventory
        .uses()
        .filter(|used| used.workload.is_some_and(stale::stops_all))
        .filter(|used| used.reference.need == Need::Required && resolve::concerns(used.reference))
        .filter(|used| {
            !matches!(
                resolve::trouble(inventory, used),
                None | Some(Trouble::Unknown(_))
            )
        })
        .fold(BTreeMap::new(), |mut failing, used| {
            let names: &mut BTreeSet<_> = failing.entry(used.subject).or_default();
            names.insert(used.reference.secret.as_str());
            failing
        });
    for workload in inventory
        .workloads
        .iter()
        .filter(|workload| stale::stops_all(workload))
    {
        let names = failing.get(&workload.id).into_iter().flatten();
        let missing = listed(names.copied());
        let running = Running::gather(inventory, workload);
        let rotated = listed(
            running
                .held
                .iter()
                .filter(|held| held.stale().is_some())
                .map(|held| held.facts.name.as_str()),
        );
        let message = match (missing.as_str(), rotated.as_str()) {
            ("", "") => continue,
            ("", rotated) => format!(
                "The restart that Secret {rotated} needs stops all pods before new ones start."
            ),
            (missing, _) => format!(
                "The next rollout stops all pods, and new ones do not start without Secret \
                 {missing}."
            ),
        };
        results.report(found(workload, message));
    }
}

fn found(workload: &Workload, message: String) -> Finding {
    let finding = Finding::new(&RULE, &workload.id, message)
        .at(workload.origin, &workload.pod.site, "its pods")
        .because(match workload.strategy {
            Strategy::Recreate => "Its strategy is Recreate.",
            _ => "maxSurge is 0, and maxUnavailable is at least the number of replicas.",
        });
    finding
        .advise("Fix what is missing before the template changes.")
        .advise("Use a rolling update, unless only one pod can use a volume.")
}
