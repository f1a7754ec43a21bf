//! SS055: an immutable Secret that was deleted and created again.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Results, Severity, listed, quoted};
use crate::inventory::staleness::Cause;
use crate::inventory::{Immutability, Inventory, SecretFacts};

use super::stale::{self, Held, Running};
use super::{AutoFix, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS055",
    name: "immutable-recreated",
    severity: Severity::Error,
    data: &[Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "an immutable Secret was created again while pods on a node used it",
    why: "Kubelet stops watching an immutable Secret and keeps what it has read as long as any \
          pod of the node refers to it. After a deletion and a new creation under the same name \
          it goes on serving the old content, to new pods of that node too: a restart does not \
          help. It is a warning where it is only seen that somebody set the field immutable, not \
          to what, and for pods that merely came to such a node.",
    remedy: "Give the new content a new name and change the references. Or remove every pod of the \
             node that refers to the Secret at the same time.",
    example: "kubectl delete secret db && kubectl create -f db.yaml   # immutable: true, same \
              name\n",
    source: "kubernetes/kubernetes pkg/kubelet/util/manager/watch_based_manager.go; \
             kubernetes/kubernetes#131589, #105658, #119733",
};

/// Looks for it: one finding a workload and Secret.
pub fn check(inventory: &Inventory, results: &mut Results) {
    let all: Vec<_> = stale::all(inventory).collect();
    let mut frozen: BTreeMap<(&str, &str), Frozen<'_>> = BTreeMap::new();
    for running in &all {
        for (facts, told) in running.told_by_secret(&RULE) {
            frozen
                .entry((&facts.namespace, &facts.name))
                .or_insert_with(|| Frozen::new(facts))
                .nodes
                .extend(told.iter().filter_map(|held| node(held)));
            results.report(proven(running, facts, &told));
        }
    }
    for running in &all {
        for Frozen { facts, nodes } in frozen.values() {
            let of_it: Vec<_> = running
                .held
                .iter()
                .filter(|held| {
                    held.facts.namespace == facts.namespace && held.facts.name == facts.name
                })
                .collect();
            let is_told = |held: &&Held<'_>| matches!(held.stale(), Some((Cause::Frozen, _)));
            if of_it.iter().any(is_told) {
                continue;
            }
            let neighbours: Vec<_> = of_it
                .into_iter()
                .filter(|held| node(held).is_some_and(|node| nodes.contains(node)))
                .collect();
            if !neighbours.is_empty() {
                results.report(suspected(running, facts, &neighbours));
            }
        }
    }
}

/// A Secret that kubelet keeps the old content of, and where.
struct Frozen<'a> {
    facts: &'a SecretFacts,
    nodes: BTreeSet<&'a str>,
}

impl<'a> Frozen<'a> {
    fn new(facts: &'a SecretFacts) -> Self {
        Self {
            facts,
            nodes: BTreeSet::new(),
        }
    }
}

fn node<'a>(held: &Held<'a>) -> Option<&'a str> {
    held.pod.spec.node_name.as_deref()
}

/// Its own containers started before the Secret was created again.
fn proven<'a>(running: &Running<'a>, facts: &SecretFacts, told: &[&Held<'a>]) -> Finding {
    let severity = match facts.immutable {
        Immutability::Yes => Severity::Error,
        Immutability::Probably | Immutability::No => Severity::Warning,
    };
    let message = format!(
        "Secret {} is {} and was created again after its containers started, so kubelet goes on \
         serving the old content, to new pods too.",
        facts.name,
        immutable(facts)
    );
    let finding = running
        .finding(&RULE, told, message)
        .severity(severity);
    remedied(finding, facts, told)
}

/// Its containers came to a node where that is so.
fn suspected<'a>(running: &Running<'a>, facts: &SecretFacts, held: &[&Held<'a>]) -> Finding {
    let message = format!(
        "Its containers may have got the old content of Secret {}, which is {} and was created \
         again while other pods of their node used it.",
        facts.name,
        immutable(facts)
    );
    let finding = running
        .finding(&RULE, held, message)
        .severity(Severity::Warning);
    remedied(finding, facts, held)
}

fn immutable(facts: &SecretFacts) -> &'static str {
    match facts.immutable {
        Immutability::Yes => "immutable",
        Immutability::Probably | Immutability::No => "probably immutable",
    }
}

fn remedied(finding: Finding, facts: &SecretFacts, held: &[&Held<'_>]) -> Finding {
    let nodes = listed(held.iter().filter_map(|held| node(held)));
    let nodes = match nodes.as_str() {
        "" => "each node".to_owned(),
        nodes => format!("node {nodes}"),
    };
    let keys: String = facts
        .keys
        .known()
        .iter()
        .map(|key| format!(" --prompt {}", quoted(key)))
        .collect();
    let command = format!(
        "kubectl secretsafe create {} -n {}{}",
        quoted(&format!("{}-2", facts.name)),
        quoted(&facts.namespace),
        if keys.is_empty() { " --from-file=PATH" } else { &keys },
    );
    finding
        .run("Create it under a new name, then change the references.", command)
        .advise(format!(
            "Or delete all pods of {nodes} that refer to it at the same time: only then does \
             kubelet read it again."
        ))
}
