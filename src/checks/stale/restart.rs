//! How to bring the new content to the pods, and what prevents it.

use crate::command_line::CommandLine;
use crate::finding::{Finding, Severity};
use crate::ownership::{self, Owner, OwnerKind};
use crate::workload::{Strategy, Workload, WorkloadKind};

use super::super::table;
use super::{Held, Running};

impl Running<'_> {
    /// Who would revert a restart by `kubectl`. Helm merges, so an annotation set by others
    /// stays.
    pub fn owner(&self) -> Option<Owner> {
        ownership::find(self.workload).filter(|owner| owner.kind != OwnerKind::Helm)
    }

    /// Adds the restart that brings the new content, or what to do instead, and what prevents it.
    pub fn restart(&self, told: &[&Held<'_>], mut finding: Finding) -> Finding {
        if self.is_replacing(told) {
            finding = finding
                .severity(Severity::Info)
                .because("A rollout in progress replaces these pods.");
        }
        if stops_all(self.workload) {
            finding = finding
                .because("A restart stops all its pods before it starts new ones.")
                .related(&table::SS086);
        }
        let owner = self.owner();
        if let Some(owner) = &owner {
            finding = finding
                .because(format!(
                    "{} manages it and may revert a restart.",
                    owner.who
                ))
                .related(&table::SS057);
        }
        match restart_command(self.workload, owner.as_ref()) {
            Some(command) if self.workload.paused => finding
                .run(
                    "It is paused, so a restart would wait: resume it, unless somebody paused \
                     it on purpose.",
                    CommandLine::kubectl("rollout resume")
                        .name(&self.workload.id.short())
                        .namespace(&self.workload.id.namespace),
                )
                .run("Then restart its pods.", command)
                .related(&table::SS054),
            Some(command) => finding.run("Restart its pods.", command),
            None if self.workload.strategy == Strategy::OnDelete => finding.advise(
                "Delete its pods one at a time: its update strategy is OnDelete, so a rollout \
                 replaces none.",
            ),
            None => finding.advise(match self.workload.kind {
                WorkloadKind::CronJob => {
                    "If the running Job may finish with the old content, do nothing: the next one \
                     gets the new content."
                }
                WorkloadKind::Job => {
                    "Let it finish, or delete it and create it again from its manifest."
                }
                WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController => {
                    "Delete its pods one at a time; their replacements get the new content."
                }
                WorkloadKind::Pod => "Delete the pod and create it again from its manifest.",
                _ => "Restart its pods with the tool of its controller.",
            }),
        }
    }
}

/// `kubectl rollout restart`, for the kinds that support it, where it replaces pods; Flux removes what field managers
/// other than its own write.
pub fn restart_command(workload: &Workload, owner: Option<&Owner>) -> Option<CommandLine> {
    if !matches!(
        workload.kind,
        WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet
    ) || workload.strategy == Strategy::OnDelete
    {
        return None;
    }
    let restart = CommandLine::kubectl("rollout restart")
        .name(&workload.id.short())
        .namespace(&workload.id.namespace);
    Some(match owner.map(|owner| &owner.kind) {
        Some(OwnerKind::Flux) => restart.switch("--field-manager=flux-client-side-apply"),
        _ => restart,
    })
}

/// Whether a rollout stops all pods before it starts new ones.
pub fn stops_all(workload: &Workload) -> bool {
    let replicas = workload.replicas.unwrap_or(1);
    replicas > 0
        && match workload.strategy {
            Strategy::Recreate => true,
            // Kubernetes rounds a percentage up to at least 1 if maxSurge is 0.
            Strategy::RollingInPlace { max_unavailable } => {
                replicas <= max_unavailable.unwrap_or(1)
            }
            _ => false,
        }
}
