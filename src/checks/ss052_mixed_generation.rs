//! SS052: pods of one revision that hold different values.

use std::collections::BTreeSet;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::words::listed;

use super::Settings;
use super::stale::mixed::mixed;
use super::stale::{self, Held, Running};

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
    remedy: "Restart the workload, so that all its pods are of one time; where a restart does not \
             reach them, as the rule says that tells of the old ones.",
    example: "api-1   RESTARTS 0   started before the Secret was written\napi-2   RESTARTS \
              1   started after\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go (variables are made at each start)",
};

/// Looks for it: one finding a workload and Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for running in stale::all(inventory) {
        let secrets: BTreeSet<_> = running.held.iter().map(|held| &held.facts.name).collect();
        for secret in secrets {
            let mixed = mixed(&running, secret);
            if !mixed.is_empty() {
                results.report(found(&running, secret, &mixed));
            }
        }
    }
}

fn found<'a>(running: &Running<'a>, secret: &str, mixed: &[&Held<'a>]) -> Finding {
    let is_old = |held: &&&Held<'a>| held.stale().is_some();
    let old: Vec<_> = mixed.iter().filter(is_old).copied().collect();
    let holders: Vec<_> = old.iter().map(|held| held.delivery.holder()).collect();
    let message = format!(
        "Some of its containers started before what they hold of Secret {secret} ({}) was last \
         written, and some after.",
        listed(holders.iter().map(String::as_str))
    );
    let mut finding = running.finding(&RULE, &old, message);
    if let Some(new) = mixed.iter().find(|held| held.stale().is_none()) {
        finding = finding.because(format!(
            "pod/{} runs container {} since {}, which is later.",
            new.pod.id.name, new.container.name, new.since
        ));
    }
    // Whoever tells of the old values knows what reaches them.
    match running.restart_is_enough(&old) {
        true => running.restart(&old, finding),
        false => running
            .tellers(&old)
            .into_iter()
            .fold(finding, |finding, rule| {
                finding.related(rule).advise(format!(
                    "A restart does not reach them all: do as {} says.",
                    rule.id
                ))
            }),
    }
}
