//! SS056: stale pods that no restart replaces.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::rollout::ordinal;
use crate::workload::{ObjectId, Strategy};

use super::stale::{self, Held, Running};
use super::{Settings, table};

pub static RULE: Rule = Rule {
    id: "SS056",
    name: "restart-ineffective-strategy",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::Live,
    summary: "a restart does not replace pods with old values (OnDelete, partition)",
    why: "kubectl rollout restart only changes the template. With updateStrategy OnDelete a pod \
          is replaced only after somebody deletes it, and a partition keeps the lower ordinals of \
          a StatefulSet unchanged. The command succeeds, but the old value stays in use. An \
          operator may do this on purpose and replace the pods in its own order: then it is an \
          info.",
    remedy: "Evict the pods named here, one at a time; their replacements get the new content.",
    example: "kind: DaemonSet\nspec:\n  updateStrategy: {type: OnDelete}\n",
    source: "kubernetes/website content/en/docs/concepts/workloads/controllers/statefulset.md; \
             kubernetes/kubernetes#70442, stakater/Reloader#294",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for running in stale::all(inventory) {
        let told = running.told_by(&RULE);
        if !told.is_empty() {
            results.report(found(&running, &told));
        }
    }
}

fn found<'a>(running: &Running<'a>, told: &[&Held<'a>]) -> Finding {
    let workload = running.workload;
    let secrets = listed(told.iter().map(|held| held.facts.name.as_str()));
    let why = match workload.strategy {
        Strategy::Partition(partition) => format!("its partition is {partition}"),
        _ => "its strategy is OnDelete".to_owned(),
    };
    let message = format!(
        "Its pods may have an old value of Secret {secrets}, and a restart does not replace them \
         all: {why}."
    );
    let mut finding = running
        .finding(&RULE, told, message)
        .related(&table::SS050)
        .related(&table::SS051);
    if let Some(owner) = &workload.metadata.owner {
        return finding.severity(Severity::Info).advise(format!(
            "{}/{} controls it and may replace the pods in its own order: see its documentation \
             for a restart.",
            owner.kind, owner.name
        ));
    }
    let reached = told.iter().any(|held| !running.is_out_of_reach(held));
    if reached && let Some(command) = stale::restart_command(workload, running.owner().as_ref()) {
        finding = finding.run("Restart the pods that a restart replaces.", command);
    }
    let mut pods: Vec<&ObjectId> = told
        .iter()
        .filter(|held| running.is_out_of_reach(held))
        .map(|held| &held.pod.id)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    // In the order of the StatefulSet controller.
    pods.sort_by_key(|pod| std::cmp::Reverse(ordinal(&pod.name)));
    const MOST: usize = 3;
    for pod in pods.iter().take(MOST) {
        finding = finding.run(
            format!("Evict pod/{}, then wait until it is ready again.", pod.name),
            eviction(pod),
        );
    }
    if pods.len() > MOST {
        let others = pods[MOST..].iter().map(|pod| pod.name.as_str());
        finding = finding.advise(format!("Then evict the others: {}.", listed(others)));
    }
    finding
}

/// A request that a PodDisruptionBudget may refuse, unlike a deletion.
fn eviction(pod: &ObjectId) -> CommandLine {
    let body = serde_json::json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod.name, "namespace": pod.namespace},
    });
    let request = format!(
        "/api/v1/namespaces/{}/pods/{}/eviction",
        pod.namespace, pod.name
    );
    CommandLine::program("echo").name(&body.to_string()).pipe(
        CommandLine::kubectl("create")
            .flag("--raw", &request)
            .switch("-f -"),
    )
}
