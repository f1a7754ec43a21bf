//! What may not be looked at is no reason to say that there is nothing to do,
//! nor to change what nobody could watch.

use crate::api::{PODS, REPLICA_SETS, Resource, Task};
use crate::cluster::Cluster;
use crate::commands::subjects::{Subjects, not_seen};
use crate::error::CommandError;
use crate::inventory::{Grant, Inventory};
use crate::migration::Plan;

use crate::live::{CHANGEABLE, Target};

/// Refuses a run in which workloads that are meant may not be listed, or what
/// shows how the change of one goes on.
///
/// # Errors
/// Status 3, with the permission and the command that prints the Role.
pub(super) fn check(
    cluster: &Cluster,
    inventory: &Inventory,
    subjects: &Subjects,
    plans: &[Plan],
) -> Result<(), CommandError> {
    if subjects.names_none() {
        let kinds = CHANGEABLE.iter().map(|resource| resource.kind);
        if let Some(grant) = kinds.filter_map(|kind| unseen(inventory, kind)).next() {
            return Err(refused(grant, "whether they use Secrets as variables"));
        }
    }
    for plan in plans {
        let is_there = inventory
            .workloads
            .iter()
            .any(|workload| workload.id == plan.subject && inventory.object_of(workload).is_some());
        let name = plan.subject.short();
        if let (false, Some(grant)) = (is_there, unseen(inventory, &plan.subject.kind)) {
            return Err(refused(grant, &format!("what {name} is")));
        }
        let Some(target) = Target::new(cluster, &plan.subject).filter(|_| plan.changes()) else {
            continue;
        };
        let denied = |list: &&Resource| {
            target
                .needs(list)
                .then(|| inventory.denied(list.group, list.plural, &plan.subject.namespace))
        };
        if let Some(grant) = [PODS, REPLICA_SETS]
            .iter()
            .filter_map(|list| denied(&list)?)
            .next()
        {
            return Err(refused(
                grant,
                &format!("what becomes of the pods of {name}"),
            ));
        }
    }
    Ok(())
}

fn unseen<'i>(inventory: &'i Inventory, kind: &str) -> Option<&'i Grant> {
    not_seen(inventory, &kind.to_lowercase())
}

fn refused(grant: &Grant, what: &str) -> CommandError {
    CommandError::unavailable(format!(
        "you may not {}, so it is not known {what}; nothing was changed",
        grant.words()
    ))
    .hint(grant.role_command_of(Task::Migrate))
}
