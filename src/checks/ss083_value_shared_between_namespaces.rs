//! SS083: one credential in several namespaces.

use std::collections::BTreeMap;

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::verdict::KeyFacts;
use crate::inventory::{Inventory, SecretFacts};
use crate::ownership;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS083",
    name: "value-shared-between-namespaces",
    severity: Severity::Info,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "the same credential is stored in several namespaces",
    why: "Access is granted per namespace: whoever can read the Secret in one of them has the \
          credential of all. And a rotation has to update each copy, or some consumer keeps the \
          old one. Not reported are registry credentials, which every namespace needs, copies \
          that a controller syncs, host names, user names and certificates. Values are compared \
          by a hash with a random key that only exists for one run.",
    remedy: "Give each namespace a credential of its own, or have one source (ExternalSecret, a \
             replicator) write all copies.",
    example: "kind: Secret   # prod/db and test/db have the same password: found\n",
    source: "kubernetes/website content/en/docs/concepts/security/secrets-good-practices.md",
};

/// One finding per value, on its first Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut groups: BTreeMap<_, Vec<(&SecretFacts, &str)>> = BTreeMap::new();
    for (facts, key, verdict) in content::values(inventory) {
        if let Some(group) = verdict.group.filter(|_| is_kept_by_hand(facts, verdict)) {
            groups.entry(group).or_default().push((facts, key));
        }
    }
    for copies in groups.into_values() {
        let [(first, key), others @ ..] = &copies[..] else {
            continue;
        };
        let elsewhere: Vec<_> = others
            .iter()
            .filter(|(other, _)| other.namespace != first.namespace)
            .map(|(other, key)| format!("key {key} of {}/{}", other.namespace, other.name))
            .collect();
        if elsewhere.is_empty() {
            continue;
        }
        let finding = content::finding(
            &RULE,
            inventory,
            first,
            Some(key),
            format!(
                "The value of key {key} of Secret {} is also stored in other namespaces.",
                first.name
            ),
            "the same value as elsewhere",
        );
        results.report(
            elsewhere
                .iter()
                .fold(finding, |finding, place| {
                    finding.because(format!("The same value: {place}."))
                })
                .advise(
                    "Give each namespace a credential of its own, or have one source write all \
                     copies.",
                ),
        );
    }
}

/// A copy that only people keep in sync with the others.
fn is_kept_by_hand(facts: &SecretFacts, verdict: &KeyFacts) -> bool {
    const REPLICATORS: [&str; 4] = [
        "reflector.v1.k8s.emberstack.com/",
        "replicator.v1.mittwald.de/",
        "kubed.appscode.com/",
        "sync.config.appscode.com/",
    ];
    let is_replica = facts
        .annotations
        .iter()
        .chain(facts.labels.keys())
        .any(|name| REPLICATORS.iter().any(|prefix| name.starts_with(prefix)));
    let by_controller = ownership::find(facts).is_some_and(|owner| {
        !matches!(
            owner.kind,
            ownership::OwnerKind::Helm
                | ownership::OwnerKind::Flux
                | ownership::OwnerKind::ArgoCd(_)
        )
    });
    verdict.docker.is_none() && !is_replica && !by_controller
}
