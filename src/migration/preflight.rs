//! What speaks against changing a live workload.

use crate::command_line::CommandLine;
use crate::inventory::Inventory;
use crate::ownership::{self, OwnerKind};
use crate::workload::mount_path::{clean, is_below};
use crate::workload::{Object, Strategy, Workload, WorkloadKind};

use super::plan::{Note, Plan, Refusal};
use crate::watch::guard::Guard;
use crate::watch::liveness::Steady;
use crate::watch::settle::Settle;

/// Whether a workload that somebody else writes is changed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherOwners {
    /// It is refused, with the place to change instead.
    Respect,
    /// It is changed, with a warning (`--force-live`).
    Override,
}

/// Kinds whose pods cannot be changed once they are there.
pub(super) fn fixed(workload: &Workload) -> Option<Refusal> {
    let (what, next) = match workload.kind {
        WorkloadKind::Pod => (
            "a pod, whose volumes",
            "Migrate the file it was made from, then delete and create it: kubectl secretsafe migrate -f FILE --write.",
        ),
        WorkloadKind::Job => (
            "a Job, whose template",
            "Migrate the file (or the CronJob) it was made from: kubectl secretsafe migrate -f FILE --write.",
        ),
        _ => return None,
    };
    Some(Refusal {
        path: workload.pod.site.path.clone(),
        reason: format!("{} is {what} cannot be changed.", workload.id.short()),
        next: vec![next.to_owned()],
    })
}

/// The plan for a workload that is known by its pods only: nothing.
pub fn unseen(workload: &Workload) -> Plan {
    let mut plan = Plan::empty(workload);
    let refusal = fixed(workload).unwrap_or_else(|| Refusal {
        path: workload.pod.site.path.clone(),
        reason: format!(
            "{} is known by its pods only: what makes them cannot be read or changed here.",
            workload.id.short()
        ),
        next: vec!["Change it where it comes from.".to_owned()],
    });
    plan.refusals.push(refusal);
    plan
}

/// Adds refusals and notes to the plan of a live workload; a refusal here
/// means that nothing of it is done.
pub fn check(
    inventory: &Inventory,
    workload: &Workload,
    others: OtherOwners,
    settle: &Settle,
    plan: &mut Plan,
) {
    if let Some(refusal) = fixed(workload) {
        plan.refuse(refusal);
        return;
    }
    let mut refuse = |reason: String, next: &str| {
        plan.refuse(Refusal {
            path: workload.pod.site.path.clone(),
            reason,
            next: vec![next.to_owned()],
        });
    };
    let short = workload.id.short();
    if let Some(owner) = ownership::find(workload) {
        // A controller that writes this object leaves nothing of the change.
        let hopeless = owner.kind == OwnerKind::Controller;
        if hopeless || others == OtherOwners::Respect {
            refuse(
                format!(
                    "{short} is written by {}, which would put it back.",
                    owner.who
                ),
                &owner.instead,
            );
            return;
        }
        plan.notes.push(Note(format!(
            "{} writes {short} and will put it back. {}",
            owner.who, owner.instead
        )));
    }
    if !plan.changes() {
        return;
    }
    plan.notes
        .extend(notes(inventory, workload, settle).into_iter().map(Note));
}

fn notes(inventory: &Inventory, workload: &Workload, settle: &Settle) -> Vec<String> {
    const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
    let mut notes = Vec::new();
    if workload.metadata.annotations.contains_key(APPLIED) {
        notes.push(
            "It was written by kubectl apply: migrate its file too, or the next apply puts the variables back.".to_owned(),
        );
    }
    if workload.paused && workload.kind == WorkloadKind::Deployment {
        notes.push("It is paused: nothing rolls out until somebody resumes it.".to_owned());
    }
    if workload.kind == WorkloadKind::CronJob {
        let running = inventory
            .dormant
            .iter()
            .filter(|job| job.kind == WorkloadKind::Job)
            .filter(|job| {
                job.metadata
                    .owner
                    .as_ref()
                    .is_some_and(|owner| owner.name == workload.id.name)
            })
            .count();
        notes.push(format!(
            "Its next run gets the change; Jobs that are already running ({running}) keep what they have."
        ));
    }
    match workload.strategy {
        Strategy::Recreate => notes.push(
            "Its strategy is Recreate: all pods stop before new ones start, so for a moment there are none.".to_owned(),
        ),
        Strategy::RollingInPlace { .. } if workload.replicas.unwrap_or(1) <= 1 => notes.push(
            "It has one replica and maxSurge 0: the old pod stops before the new one starts.".to_owned(),
        ),
        Strategy::OnDelete => notes.push(
            "Its strategy is OnDelete: pods get the change when somebody deletes them.".to_owned(),
        ),
        Strategy::Partition(partition) => notes.push(format!(
            "Its partition is {partition}: pods with a lower ordinal stay as they are."
        )),
        _ => {}
    }
    if let Some(object) = inventory.object_of(workload) {
        notes.extend(watched(inventory, workload, object, settle));
    }
    notes
}

/// How long new pods are watched, and what keeps old ones until then.
fn watched(
    inventory: &Inventory,
    workload: &Workload,
    object: &Object,
    settle: &Settle,
) -> Option<String> {
    let steady = Steady::before(inventory, workload);
    let guard = Guard::needed(workload, object, settle, &steady)?;
    let seconds = settle.seconds;
    let reason = settle.reason();
    Some(if guard.seconds >= seconds {
        format!(
            "New pods are watched for {seconds} s{reason}. minReadySeconds is {} while pods are replaced: a new pod that ends within that time takes no old one's place.",
            guard.seconds
        )
    } else {
        // The API refuses minReadySeconds that reach the deadline.
        format!(
            "New pods are watched for {seconds} s{reason}, but its progressDeadlineSeconds leave room for minReadySeconds of {} only: old pods may be gone when a new one ends later than that.",
            guard.seconds
        )
    })
}

/// Variables go only where every pod has their file already: an old pod that
/// is restarted by a later rollout would not.
pub fn rolled_out(inventory: &Inventory, workload: &Workload, plan: &mut Plan) {
    let goes = |variable: &&super::Variable| {
        matches!(
            variable.fate,
            super::Fate::Removed | super::Fate::Shimmed | super::Fate::Replaced { .. }
        )
    };
    let behind = plan.variables.iter().filter(goes).find_map(|variable| {
        let file = variable.file.as_deref()?;
        inventory
            .pods_of(&workload.id)
            .filter(|pod| !pod.is_finished() && !pod.metadata.deleting)
            .find(|pod| {
                let container = pod
                    .spec
                    .containers
                    .iter()
                    .find(|container| container.name == variable.container);
                let mounted = container.is_some_and(|container| {
                    container
                        .mounts
                        .iter()
                        .any(|mount| is_below(file, &clean(&mount.path.value)))
                });
                !mounted || !pod.ready
            })
            .map(|pod| pod.id.name.clone())
    });
    if let Some(pod) = behind {
        plan.refuse(Refusal {
            path: workload.pod.site.path.clone(),
            reason: format!("pod/{pod} does not have the files yet, or is not ready."),
            next: vec![format!(
                "Wait for it: {}.",
                CommandLine::kubectl("rollout status")
                    .name(&workload.id.short())
                    .namespace(&workload.id.namespace)
                    .on(&inventory.connection)
            )],
        });
    }
}

#[cfg(test)]
#[path = "preflight_tests.rs"]
mod tests;
