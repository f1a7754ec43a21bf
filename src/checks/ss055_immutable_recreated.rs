//! SS055: an immutable Secret that was deleted and created again.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Results, Severity, quoted};
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
    why: "Kubelet stops watching an immutable Secret and keeps what it has read as long as any pod of \
          the node refers to it. After a deletion and a new creation under the same name it goes on \
          serving the old content, to new pods of that node too: a restart does not help. It is a \
          warning where it is only seen that somebody set the field immutable, not to what, and for \
          pods that merely came to such a node.",
    remedy: "Give the new content a new name and change the references. Or remove every pod of the \
             node that refers to the Secret at the same time.",
    example: "kubectl delete secret db && kubectl create -f db.yaml   # immutable: true, same name\n",
    source: "kubernetes/kubernetes pkg/kubelet/util/manager/watch_based_manager.go; \
             kubernetes/kubernetes#131589, #105658, #119733",
};

/// Looks for it: one finding a workload and Secret.
pub fn check(inventory: &Inventory, results: &mut Results) {
    let all: Vec<_> = stale::all(inventory).collect();
    let mut nodes: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for held in all.iter().flat_map(|running| running.told_by(&RULE)) {
        let secret = (held.facts.namespace.as_str(), held.facts.name.as_str());
        nodes.entry(secret).or_default().extend(held.pod.spec.node_name.as_deref());
    }
    for running in &all {
        let own = running.told_by_secret(&RULE);
        for told in &own {
            results.report(proven(running, told));
        }
        for ((namespace, name), nodes) in &nodes {
            let is_own = own.iter().flatten().any(|held| held.facts.name == *name);
            if is_own || running.workload.id.namespace != *namespace {
                continue;
            }
            let neighbours: Vec<_> = running
                .held
                .iter()
                .filter(|held| held.facts.name == *name)
                .filter(|held| held.pod.spec.node_name.as_deref().is_some_and(|node| nodes.contains(node)))
                .collect();
            if !neighbours.is_empty() {
                results.report(suspected(running, &neighbours));
            }
        }
    }
}

/// Its own containers started before the Secret was created again.
fn proven<'a>(running: &Running<'a>, told: &[&Held<'a>]) -> Finding {
    let Some(first) = told.first() else {
        return running.finding(&RULE, told, String::new());
    };
    let name = &first.facts.name;
    let (adverb, severity) = match first.facts.immutable {
        Immutability::Yes => ("", Severity::Error),
        Immutability::Probably | Immutability::No => ("probably ", Severity::Warning),
    };
    let message = format!(
        "Secret {name} is {adverb}immutable and was created again after its containers started, so \
         kubelet goes on serving the old content, to new pods too."
    );
    let finding = running.finding(&RULE, told, message).severity(severity);
    remedied(finding, first.facts, told)
}

/// Its containers came to a node where that is so.
fn suspected<'a>(running: &Running<'a>, held: &[&Held<'a>]) -> Finding {
    let Some(first) = held.first() else {
        return running.finding(&RULE, held, String::new());
    };
    let message = format!(
        "Its containers may have got the old content of Secret {}, which is immutable and was created \
         again while other pods of their node used it.",
        first.facts.name
    );
    let finding = running.finding(&RULE, held, message).severity(Severity::Warning);
    remedied(finding, first.facts, held)
}

fn remedied(finding: Finding, facts: &SecretFacts, held: &[&Held<'_>]) -> Finding {
    let nodes = stale::listed(held.iter().filter_map(|held| held.pod.spec.node_name.as_deref()));
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
            "Or delete all pods of {nodes} that refer to it at the same time: only then does kubelet \
             read it again."
        ))
}
