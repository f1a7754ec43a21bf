//! SS054: a paused Deployment with pods that should be replaced.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::{Site, Workload, WorkloadKind, references};

use super::stale::{self, Running};
use super::{Settings, table};

pub static RULE: Rule = Rule {
    id: "SS054",
    name: "paused-deployment",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::Live,
    summary: "a Deployment is paused while its pods have old values or an old template",
    why: "While spec.paused is set, nothing replaces pods: kubectl refuses a restart, and a \
          changed reference stays in the template without effect. A rotated Secret, or a \
          migration from variables to files, then looks complete but is not.",
    remedy: "Resume it, then restart it if a Secret was written in the meantime. If a canary tool \
             or an operator paused it, let that tool resume it.",
    example: "spec:\n  paused: true   # and status.updatedReplicas is less than status.replicas\n",
    source: "kubernetes/kubernetes kubectl/pkg/polymorphichelpers/objectrestarter.go; \
             pkg/controller/deployment/deployment_controller.go",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for workload in &inventory.workloads {
        if workload.kind != WorkloadKind::Deployment || !workload.paused || !inventory.is_live() {
            continue;
        }
        let running = Running::gather(inventory, workload);
        let told = running.told_by(&RULE);
        let names: BTreeSet<_> = told.iter().map(|held| held.facts.name.as_str()).collect();
        let finding = if !names.is_empty() {
            let message = format!(
                "It is paused, so its pods may have an old value of Secret {}, and kubectl \
                 refuses a restart.",
                listed(names)
            );
            let mut finding = running.finding(&RULE, &told, message);
            for rule in [&table::SS050, &table::SS051] {
                finding = finding.related(rule);
            }
            finding
        } else if is_pending(&running) {
            Finding::new(
                &RULE,
                &workload.id,
                "It is paused, and its pods have an older template than the current one.",
            )
            .at(workload.origin, &paused(inventory, workload), "set")
        } else {
            continue;
        };
        results.report(resume(workload, finding, told.is_empty()));
    }
}

/// Whether pods of an older template run, and Secrets are used at all.
fn is_pending(running: &Running<'_>) -> bool {
    running.rollout.as_ref().is_some_and(|rollout| {
        rollout.status.replicas > 0
            && rollout.status.updated < rollout.status.replicas
            && !references(running.workload).is_empty()
    })
}

fn paused(inventory: &Inventory, workload: &Workload) -> Site {
    let span = inventory
        .object_of(workload)
        .and_then(|object| object.root.at(&["spec", "paused"]))
        .map(|node| node.span)
        .unwrap_or_default();
    Site {
        path: "spec.paused".to_owned(),
        span,
    }
}

fn resume(workload: &Workload, finding: Finding, is_enough: bool) -> Finding {
    if let Some(owner) = &workload.metadata.owner {
        return finding.advise(format!(
            "{}/{} controls it and may have paused it: let that finish first.",
            owner.kind, owner.name
        ));
    }
    let finding = finding.run(
        "Resume it, unless somebody paused it on purpose.",
        CommandLine::kubectl("rollout resume")
            .name(&workload.id.short())
            .namespace(&workload.id.namespace),
    );
    match stale::restart_command(workload, None) {
        Some(command) if !is_enough => finding.run("Then restart its pods.", command),
        _ => finding,
    }
}
