//! SS057: a restart that the owner of a workload would revert.

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::ownership::{Owner, OwnerKind};
use crate::workload::{Site, Workload};

use super::{Settings, stale, table};

pub static RULE: Rule = Rule {
    id: "SS057",
    name: "gitops-would-revert",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "a workload with a proposed live change is managed by Flux, Argo CD or an operator",
    why: "The owner of an object reverts what others change in it. Flux removes the annotation of \
          a restart, so that pods are replaced twice; an operator may overwrite the whole \
          template; Argo CD shows the object as out of sync or reverts it. This is reported only \
          if another finding proposes a change of the live object.",
    remedy: "Change the files it is created from; restart it the way its owner allows.",
    example: "metadata:\n  labels: {kustomize.toolkit.fluxcd.io/name: apps}\n# kubectl rollout \
              restart deployment/api --field-manager=flux-client-side-apply\n",
    source: "fluxcd/flux2#2526, fluxcd/website#1092; argoproj/argo-cd#16813; \
             hashicorp/vault-secrets-operator#921",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let proposals = [&table::SS050, &table::SS051, &table::SS054, &table::SS056];
    for running in stale::all(inventory) {
        let Some(owner) = running.owner() else {
            continue;
        };
        let mut finding = Finding::new(
            &RULE,
            &running.workload.id,
            format!(
                "{} manages it and may revert changes in the cluster.",
                owner.who
            ),
        )
        .at(running.workload.origin, &Site::default(), "managed");
        let changes: Vec<_> = proposals
            .into_iter()
            .filter(|rule| !running.told_by(rule).is_empty())
            .collect();
        if changes.is_empty() {
            continue;
        }
        for rule in changes {
            finding = finding.related(rule);
        }
        results.report(instead(running.workload, &owner, finding));
    }
}

/// How its owner allows a restart, and where to make a change.
fn instead(workload: &Workload, owner: &Owner, finding: Finding) -> Finding {
    // What is paused is not rolled out by a restart.
    let restart = stale::restart_command(workload, Some(owner)).filter(|_| !workload.paused);
    let finding = match (&owner.kind, restart) {
        (OwnerKind::Flux, Some(command)) => {
            finding.run("Restart it in a way that Flux does not revert.", command)
        }
        (OwnerKind::ArgoCd(Some(application)), Some(_)) => finding.run(
            "Restart it through Argo CD.",
            CommandLine::program("argocd app actions run")
                .name(application)
                .name("restart")
                .flag("--kind", &workload.id.kind)
                .flag("--resource-name", &workload.id.name),
        ),
        _ => finding,
    };
    finding.advise(owner.instead.clone())
}
