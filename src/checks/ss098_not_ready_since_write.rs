//! SS098: pods that stopped being ready after one of their Secrets was written.

use std::collections::{BTreeMap, BTreeSet};

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::staleness::SKEW;
use crate::inventory::{Inventory, SecretFacts};
use crate::words::listed;
use crate::workload::{ObjectId, Workload};

use super::Settings;
use super::not_ready::{Failing, by_secret, has_ended, worked_before};

pub static RULE: Rule = Rule {
    id: "SS098",
    name: "not-ready-since-write",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "pods stopped being ready, or new ones do not become ready, since a Secret was \
              written",
    why: "A value that is wrong, or that the other side does not accept yet, only shows when an \
          app uses it: when its files are updated, or at its next start, which may be days later. \
          The pods were ready with the previous content of the Secret. Times show what came \
          first, not why. If all other consumers of the Secret are ready, look at this workload; \
          if none is, look at the value.",
    remedy: "Read the logs of the container, then write the right value, or the previous one, and \
             restart. Changing modes or users does not help: the app could read the same files \
             before.",
    example: "kubectl secretsafe create db --update --prompt password   # not the one the database \
              has\nkubectl rollout restart deployment/api   # its new pods do not become ready\n",
    source: "kubernetes/kubernetes pkg/kubelet/status/status_manager.go (lastTransitionTime of Ready)",
};

/// One finding per workload and Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if !inventory.is_live() {
        return;
    }
    let mut users: BTreeMap<(&str, &str), BTreeSet<&ObjectId>> = BTreeMap::new();
    let mut found: Vec<(&Workload, &SecretFacts, Vec<Failing<'_>>)> = Vec::new();
    for workload in &inventory.workloads {
        if inventory.pods_of(&workload.id).next().is_none() {
            continue;
        }
        for (facts, failing) in by_secret(inventory, workload) {
            if failing.is_empty() {
                users
                    .entry((&facts.namespace, &facts.name))
                    .or_default()
                    .insert(&workload.id);
            } else if worked_before(inventory, workload, facts, &failing) {
                found.push((workload, facts, failing));
            }
        }
    }
    for (workload, facts, failing) in &found {
        let secret = (facts.namespace.as_str(), facts.name.as_str());
        let ready: Vec<&ObjectId> = users
            .get(&secret)
            .into_iter()
            .flatten()
            .copied()
            .filter(|id| is_ready(inventory, id))
            .collect();
        let others = found
            .iter()
            .filter(|(other, of, _)| other.id != workload.id && of.name == facts.name)
            .count();
        results.report(told(inventory, workload, facts, failing, &ready, others));
    }
}

fn is_ready(inventory: &Inventory, id: &ObjectId) -> bool {
    let mut pods = inventory
        .pods_of(id)
        .filter(|pod| !pod.metadata.deleting && !pod.is_finished())
        .peekable();
    pods.peek().is_some() && pods.all(|pod| pod.ready)
}

fn told(
    inventory: &Inventory,
    workload: &Workload,
    facts: &SecretFacts,
    failing: &[Failing<'_>],
    ready: &[&ObjectId],
    others: usize,
) -> Finding {
    const MOST: usize = 3;
    let name = &facts.name;
    let all = inventory
        .pods_of(&workload.id)
        .filter(|pod| !pod.metadata.deleting && !pod.is_finished())
        .count();
    let message = format!(
        "{} of its {all} pods {} not ready since Secret {name} was last written; before that, its \
         pods were ready.",
        failing.len(),
        if failing.len() == 1 { "is" } else { "are" },
    );
    let mut finding = Finding::new(&RULE, &workload.id, message)
        .about(&facts.namespace, name, None)
        .at(workload.origin, &workload.pod.site, "its pods");
    for one in failing.iter().take(MOST) {
        let pod = one.pod.id.short();
        let written = one.written;
        finding = finding.because(match one.stopped {
            Some(stopped) => format!(
                "{pod} stopped being ready at {stopped}; what it uses of the Secret was last \
                 written at {written}.{}",
                if stopped.duration_since(written) <= SKEW {
                    format!(" Clocks may differ by {} seconds.", SKEW.as_secs())
                } else {
                    String::new()
                }
            ),
            None => {
                format!("{pod} was created after the write at {written} and has not become ready.")
            }
        });
        if let Some(words) = ended(one) {
            finding = finding.because(words);
        }
    }
    if failing.len() > MOST {
        finding = finding.because(format!(
            "The same applies to {} more pods.",
            failing.len() - MOST
        ));
    }
    finding = match (ready.len(), others) {
        (0, 0) => finding,
        (0, others) => finding.because(format!(
            "{others} other {} of the Secret {} not ready since then either: check the value \
             first.",
            if others == 1 { "consumer" } else { "consumers" },
            if others == 1 { "is" } else { "are" },
        )),
        (_, _) => finding.because(format!(
            "Other consumers of the Secret are ready: {}.",
            listed(
                ready
                    .iter()
                    .map(|id| id.short())
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str)
            )
        )),
    };
    if let Some(one) = failing.first() {
        finding = finding.run(
            "See the logs of its container.",
            CommandLine::kubectl("logs")
                .name(&one.pod.id.short())
                .namespace(&one.pod.id.namespace)
                .flag("-c", one.container),
        );
    }
    finding.advise(format!(
        "Then write the right value into Secret {name}, or the previous one, and restart the \
         pods."
    ))
}

/// How its container last ended.
fn ended(one: &Failing<'_>) -> Option<String> {
    let status = one.pod.status(one.container)?;
    has_ended(status).then(|| {
        let restarts = status.restarts;
        format!(
            "Container {} has ended and was restarted {restarts} {}.",
            one.container,
            if restarts == 1 { "time" } else { "times" }
        )
    })
}
