//! Pods that are not ready since one of their Secrets was written.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::inventory::staleness::{self, REFRESH};
use crate::inventory::{ContainerState, ContainerStatus, Inventory, Pod, SecretFacts, symptom};
use crate::workload::Workload;
use crate::workload::delivery::{Delivery, Way, deliveries};
use crate::workload::hidden::hider;

/// How long after a write an app that rereads its files may fail because of it.
const LATE: SignedDuration = SignedDuration::from_secs(600);

/// A pod that is not ready, and since when.
pub(super) struct Failing<'a> {
    pub pod: &'a Pod,
    pub container: &'a str,
    /// When it stopped being ready; `None` if it never was.
    pub stopped: Option<Timestamp>,
    /// When what its container uses of the Secret was written.
    pub written: Timestamp,
}

/// The Secrets that the pods of a workload use, with the pods that fail since the write.
pub(super) fn by_secret<'a>(
    inventory: &'a Inventory,
    workload: &'a Workload,
) -> Vec<(&'a SecretFacts, Vec<Failing<'a>>)> {
    let mut found: BTreeMap<&str, (&SecretFacts, Vec<Failing<'a>>)> = BTreeMap::new();
    for pod in inventory.pods_of(&workload.id) {
        if pod.metadata.deleting || pod.is_finished() || pod.mirror {
            continue;
        }
        for container in &pod.spec.containers {
            for delivery in deliveries(&pod.spec, container) {
                let secret = &delivery.secret.value;
                let Some(facts) = inventory.secret(&pod.id.namespace, secret) else {
                    continue;
                };
                let is_hidden = delivery.keys.as_ref().is_some_and(|keys| {
                    keys.iter()
                        .all(|key| hider(&pod.spec, container, &delivery, key).is_some())
                });
                if is_hidden {
                    continue;
                }
                let (_, failing) = found
                    .entry(&facts.name)
                    .or_insert_with(|| (facts, Vec::new()));
                if failing.iter().any(|known| known.pod.id == pod.id) {
                    continue;
                }
                failing.extend(failing_since(
                    inventory,
                    pod,
                    &container.name,
                    &delivery,
                    facts,
                ));
            }
        }
    }
    found.into_values().collect()
}

/// Whether a pod is not ready, and that began after one of its containers got the last write.
fn failing_since<'a>(
    inventory: &Inventory,
    pod: &'a Pod,
    container: &'a str,
    delivery: &Delivery<'_>,
    facts: &SecretFacts,
) -> Option<Failing<'a>> {
    let written = staleness::written(delivery.keys.as_deref(), facts)?;
    if pod.ready {
        return None;
    }
    // Other rules report what is missing.
    if symptom::of_pod(inventory, pod).is_some() {
        return None;
    }
    let status = pod.status(container)?;
    let failing = |stopped| {
        Some(Failing {
            pod,
            container,
            stopped,
            written,
        })
    };
    let is_older = pod
        .metadata
        .created
        .is_some_and(|created| created < written);
    if is_older && pod.was_ready(inventory.now) {
        let stopped = pod.ready_changed.filter(|stopped| *stopped >= written)?;
        let took = match delivery.way {
            Way::Directory { .. } => {
                stopped.duration_since(written) <= LATE || has_started_since(status, written)
            }
            _ => has_started_since(status, written),
        };
        return if took { failing(Some(stopped)) } else { None };
    }
    // A pod that starts slowly does not fail.
    let age = pod
        .metadata
        .created
        .map(|created| inventory.now.duration_since(created));
    let fails = has_ended(status) || age.is_some_and(|age| age > REFRESH);
    if !is_older && fails && pod.ready_changed.is_some() {
        failing(None)
    } else {
        None
    }
}

fn has_started_since(status: &ContainerStatus, written: Timestamp) -> bool {
    status.starts().any(|start| start >= written)
}

/// Whether a container has ended although it should run.
pub(super) fn has_ended(status: &ContainerStatus) -> bool {
    status.restarts > 0
        || matches!(status.state, ContainerState::Terminated { exit_code, .. } if exit_code != 0)
}

/// Whether pods of the workload were ready with what the Secret held before:
/// those that fail now, or others that are older than the write.
pub(super) fn worked_before(
    inventory: &Inventory,
    workload: &Workload,
    facts: &SecretFacts,
    failing: &[Failing<'_>],
) -> bool {
    failing.iter().any(|one| one.stopped.is_some())
        || failing.iter().any(|one| {
            inventory.pods_of(&workload.id).any(|pod| {
                (pod.ready || pod.was_ready(inventory.now))
                    && uses(pod, &facts.name)
                    && pod
                        .metadata
                        .created
                        .is_some_and(|created| created < one.written)
            })
        })
        || stopped_serving(inventory, workload)
            .filter(|_| {
                facts
                    .created
                    .is_some_and(|created| failing.iter().any(|one| created < one.written))
            })
            .is_some_and(|stopped| failing.iter().any(|one| stopped >= one.written))
}

fn uses(pod: &Pod, secret: &str) -> bool {
    pod.spec.containers.iter().any(|container| {
        deliveries(&pod.spec, container)
            .iter()
            .any(|delivery| delivery.secret.value == secret)
    })
}

/// Since when a Deployment that was available is not (condition `Available`). If it never was,
/// the condition is from its first seconds.
fn stopped_serving(inventory: &Inventory, workload: &Workload) -> Option<Timestamp> {
    const FIRST: SignedDuration = SignedDuration::from_secs(10);
    let condition = inventory
        .object_of(workload)?
        .root
        .at(&["status", "conditions"])?
        .items()
        .iter()
        .find(|condition| condition.text_of("type") == Some("Available"))?;
    let changed = crate::workload::read::time(condition.get("lastTransitionTime"))?;
    let created = workload.metadata.created?;
    (condition.text_of("status") == Some("False") && changed.duration_since(created) > FIRST)
        .then_some(changed)
}
