//! SS052: pods of one revision with different values.

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
    why: "A container that crashes is restarted in its pod and gets the new value, while the \
          others keep the old one. Then the same app logs in with two passwords, or signs with \
          two keys, and which one a request gets is random. During a rollout this is normal and \
          not reported.",
    remedy: "Restart the workload, so that all its pods have the same value. If a restart does \
             not reach them all, follow the rule that reports the old ones.",
    example: "api-1   RESTARTS 0   started before the Secret was written\napi-2   RESTARTS \
              1   started after\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go (variables are made at each start)",
};

/// One finding per workload and Secret.
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
        "Some of its containers started before the last write of what they use of Secret {secret} \
         ({}), and some after it.",
        listed(holders.iter().map(String::as_str))
    );
    let mut finding = running.finding(&RULE, &old, message);
    if let Some(new) = mixed.iter().find(|held| held.stale().is_none()) {
        finding = finding.because(format!(
            "pod/{} has run container {} since {}, which is later.",
            new.pod.id.name, new.container.name, new.since
        ));
    }
    // The rule that reports the old values knows what reaches them.
    match running.restart_is_enough(&old) {
        true => running.restart(&old, finding),
        false => running
            .tellers(&old)
            .into_iter()
            .fold(finding, |finding, rule| {
                finding.related(rule).advise(format!(
                    "A restart does not reach them all: follow {}.",
                    rule.id
                ))
            }),
    }
}
