//! SS052: pods of one revision that hold different values.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Results, Severity};
use crate::inventory::Inventory;
use crate::inventory::staleness::Freshness;

use super::stale::{self, Held, Running};
use super::{AutoFix, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS052",
    name: "mixed-generation",
    severity: Severity::Info,
    data: &[Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::Live,
    summary: "some pods of a workload have a Secret's new value and some the old one",
    why: "A container that crashes is started again in its pod and gets the new value, the others \
          go on with the old one. Then the same program logs in with two passwords, or signs with \
          two keys, and which one a request meets is chance. While a rollout is under way that is \
          normal and not told.",
    remedy: "Restart the workload, so that all its pods are of one time.",
    example: "api-1   RESTARTS 0   started before the Secret was written\napi-2   RESTARTS \
              1   started after\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go (variables are made at each start)",
};

/// Looks for it: one finding a workload and Secret.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for running in stale::all(inventory) {
        let secrets: BTreeSet<_> = running.held.iter().map(|held| &held.facts.name).collect();
        for secret in secrets {
            if !is_mixed(&running, secret) {
                continue;
            }
            let told: Vec<_> = running
                .held
                .iter()
                .filter(|held| held.facts.name == *secret && held.stale().is_some())
                .collect();
            let message = format!(
                "Some of its containers started before Secret {secret} was last written and some \
                 after."
            );
            results.report(running.restart(&told, running.finding(&RULE, &told, message)));
        }
    }
}

/// Whether containers of one name, revision and way hold different contents of
/// a Secret.
pub(super) fn is_mixed(running: &Running<'_>, secret: &str) -> bool {
    let mut seen: BTreeMap<(&str, &str, String), (bool, bool)> = BTreeMap::new();
    let at_start = |held: &&Held<'_>| {
        held.facts.name == secret && held.delivery.way.is_taken_at_start()
    };
    for held in running.held.iter().filter(at_start) {
        let group = (
            held.container.name.as_str(),
            held.pod.revision(),
            held.delivery.holder(),
        );
        let (fresh, stale) = seen.entry(group).or_default();
        match held.freshness {
            Freshness::Fresh => *fresh = true,
            Freshness::Stale { .. } => *stale = true,
            Freshness::Uncertain(_) => {}
        }
    }
    seen.values().any(|(fresh, stale)| *fresh && *stale) && !running.rolls()
}
