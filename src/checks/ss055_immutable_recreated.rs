//! SS055: an immutable Secret that was deleted and created again.

use std::collections::{BTreeMap, BTreeSet};

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::staleness::{Doubt, Freshness};
use crate::inventory::{Earlier, EarlierUse, Immutability, Inventory, SecretFacts};
use crate::words::listed;

use super::Settings;
use super::stale::{self, Held, Running};

pub static RULE: Rule = Rule {
    id: "SS055",
    name: "immutable-recreated",
    severity: Severity::Error,
    data: &[Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "an immutable Secret was created again while pods on a node used it",
    why: "The kubelet does not watch an immutable Secret, and keeps its content as long as any \
          pod on the node refers to it. If the Secret is deleted and created again under the same \
          name, the kubelet still serves the old content, to new pods on that node too: a restart \
          does not help. The API does not show what a node keeps, so this rule looks for pods \
          that needed the Secret before it was created. It is a warning if the managed fields \
          only show that immutable was set, but not its value, and for pods that were only \
          scheduled to such a node. It is an info if what needs the Secret is older than the \
          Secret and may never have run.",
    remedy: "Give the new content a new name and change the references. Or delete all pods on the \
             node that refer to the Secret at the same time.",
    example: "kubectl delete secret db && kubectl create -f db.yaml   # immutable: true, same \
              name\n",
    source: "kubernetes/kubernetes pkg/kubelet/util/manager/watch_based_manager.go; \
             kubernetes/kubernetes#131589, #105658, #119733",
};

/// One finding per workload and Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for running in stale::all(inventory) {
        let mut told = BTreeSet::new();
        for (facts, frozen) in running.told_by_secret(&RULE) {
            told.insert(&facts.name);
            results.report(proven(&running, facts, &frozen));
        }
        for (facts, doubtful) in doubtful(&running) {
            if !told.contains(&facts.name)
                && let Some(earlier) = surest(inventory, &doubtful)
            {
                results.report(suspected(&running, facts, &doubtful, earlier));
            }
        }
    }
}

/// What may come from a node that kept an earlier Secret, by Secret, for those that are immutable
/// now. For others it is too rare.
fn doubtful<'r, 'a>(running: &'r Running<'a>) -> Vec<(&'a SecretFacts, Vec<&'r Held<'a>>)> {
    let mut found: BTreeMap<&str, (&'a SecretFacts, Vec<&'r Held<'a>>)> = BTreeMap::new();
    for held in &running.held {
        let is_doubtful = matches!(
            held.freshness,
            Freshness::Uncertain(Doubt::NodeCache { .. })
        );
        if is_doubtful && held.facts.immutable != Immutability::No {
            found
                .entry(&held.facts.name)
                .or_insert_with(|| (held.facts, Vec::new()))
                .1
                .push(held);
        }
    }
    found.into_values().collect()
}

/// The surest sign that an earlier Secret was in use, if it is more than times that are too
/// close.
fn surest<'a>(inventory: &'a Inventory, held: &[&Held<'_>]) -> Option<&'a EarlierUse> {
    held.iter()
        .filter_map(|held| inventory.earlier_use(held.facts, held.pod))
        .filter(|earlier| earlier.how >= Earlier::Possible)
        .max_by_key(|earlier| earlier.how)
}

/// Its own containers started before the Secret was created again.
fn proven<'a>(running: &Running<'a>, facts: &SecretFacts, told: &[&Held<'a>]) -> Finding {
    let severity = match facts.immutable {
        Immutability::Yes => Severity::Error,
        Immutability::Probably | Immutability::No => Severity::Warning,
    };
    let message = format!(
        "Secret {} is {} and was created again after its containers started, so the kubelet still \
         serves the old content, to new pods too.",
        facts.name,
        immutable(facts)
    );
    let finding = running.finding(&RULE, told, message).severity(severity);
    remedied(finding, facts, told)
}

/// Its containers were scheduled to a node where that may be so.
fn suspected<'a>(
    running: &Running<'a>,
    facts: &SecretFacts,
    held: &[&Held<'a>],
    earlier: &EarlierUse,
) -> Finding {
    let name = &facts.name;
    let message = format!(
        "Its containers may have the old content of Secret {name}, which is {} and was {}created \
         again while other pods used it.",
        immutable(facts),
        match earlier.how {
            Earlier::TooClose | Earlier::Possible => "perhaps ",
            Earlier::Likely | Earlier::OnTheNode => "",
        }
    );
    let created = facts
        .created
        .map_or_else(String::new, |created| created.to_string());
    let who = earlier.who.short();
    let since = earlier.since;
    let because = match earlier.how {
        Earlier::OnTheNode => format!(
            "{who} runs on the same node and started with the Secret at {since}; the current \
             Secret was created at {created}."
        ),
        Earlier::Likely => format!(
            "{who} needs the Secret, was created at {since} and has been available since; the \
             current Secret was created at {created}."
        ),
        Earlier::TooClose | Earlier::Possible => format!(
            "{who} cannot start without the Secret and was created at {since}; the current Secret \
             was created at {created}."
        ),
    };
    let finding = running
        .finding(&RULE, held, message)
        .severity(match earlier.how {
            Earlier::TooClose | Earlier::Possible => Severity::Info,
            Earlier::Likely | Earlier::OnTheNode => Severity::Warning,
        })
        .because(because);
    remedied(finding, facts, held)
}

fn immutable(facts: &SecretFacts) -> &'static str {
    match facts.immutable {
        Immutability::Yes => "immutable",
        Immutability::Probably | Immutability::No => "probably immutable",
    }
}

fn remedied(finding: Finding, facts: &SecretFacts, held: &[&Held<'_>]) -> Finding {
    let nodes = listed(
        held.iter()
            .filter_map(|held| held.pod.spec.node_name.as_deref()),
    );
    let nodes = match nodes.as_str() {
        "" => "each node".to_owned(),
        nodes => format!("node {nodes}"),
    };
    let create = CommandLine::secretsafe("create")
        .name(&format!("{}-2", facts.name))
        .namespace(&facts.namespace);
    let known = facts.keys.known();
    let command = match known.is_empty() {
        true => create.switch("--from-file=PATH"),
        false => known
            .iter()
            .fold(create, |create, key| create.flag("--prompt", key)),
    };
    finding
        .run(
            "Create it under a new name, then change the references.",
            command,
        )
        .advise(format!(
            "Or delete all pods of {nodes} that refer to it at the same time: only then does the \
             kubelet read it again."
        ))
}
