//! Pull secrets, shared by SS023 to SS026.

use crate::inventory::{ContainerState, Inventory, Pod, Use};
use crate::workload::{ObjectId, Origin, SecretReference, Usage, Workload, WorkloadKind};

use super::account;

/// Every pull secret, by what lists it: a pod template, or a ServiceAccount whose list admission
/// copies into pods that have none.
pub(super) fn uses(inventory: &Inventory) -> impl Iterator<Item = Use<'_>> {
    inventory.uses().filter(|used| {
        let name = &used.reference.secret.value;
        match used.reference.usage {
            Usage::ServiceAccountPull => true,
            Usage::ImagePull => !used
                .workload
                .is_some_and(|workload| is_copied(inventory, workload, name)),
            _ => false,
        }
    })
}

/// Whether a pull secret came into a live pod from its ServiceAccount.
fn is_copied(inventory: &Inventory, workload: &Workload, name: &str) -> bool {
    workload.origin == Origin::Live
        && matches!(workload.kind, WorkloadKind::Pod | WorkloadKind::Custom)
        && of_account(inventory, &account::of_workload(workload))
            .iter()
            .any(|reference| reference.secret.value == name)
}

/// The pull secrets of a ServiceAccount.
pub(super) fn of_account<'a>(
    inventory: &'a Inventory,
    account: &ObjectId,
) -> Vec<&'a SecretReference> {
    inventory
        .uses_of_object(account)
        .filter(|reference| reference.usage == Usage::ServiceAccountPull)
        .collect()
}

/// Pods that have this pull secret and cannot pull an image.
pub(super) fn failing<'a>(inventory: &'a Inventory, used: &Use<'_>) -> Vec<&'a Pod> {
    let name = &used.reference.secret.value;
    inventory
        .pods
        .iter()
        .filter(|pod| match used.reference.usage {
            Usage::ServiceAccountPull => account::of_pod(pod) == *used.subject,
            _ => pod.top == *used.subject,
        })
        .filter(|pod| {
            let mut secrets = pod.spec.image_pull_secrets.iter();
            !pod.metadata.deleting && secrets.any(|secret| secret.value == *name)
        })
        .filter(|pod| pull_failure(pod).is_some())
        .collect()
}

/// Why a pod waits, if it waits for an image.
pub(super) fn pull_failure(pod: &Pod) -> Option<&str> {
    pod.containers
        .iter()
        .find_map(|status| match &status.state {
            ContainerState::Waiting { reason, .. }
                if matches!(reason.as_str(), "ErrImagePull" | "ImagePullBackOff") =>
            {
                Some(reason.as_str())
            }
            _ => None,
        })
}

/// The names in the kubelet's message about pull secrets it did not find (kubernetes/kubernetes
/// `pkg/kubelet/kubelet_pods.go`).
pub(super) fn not_retrieved(words: &str) -> Vec<&str> {
    let Some((_, rest)) = words.split_once("Unable to retrieve some image pull secrets (") else {
        return Vec::new();
    };
    let names = rest.split_once(')').map_or(rest, |(names, _)| names);
    names.split(',').map(str::trim).collect()
}

/// A sentence for each of at most three pods.
pub(super) fn sentences(pods: &[&Pod]) -> Vec<String> {
    const MOST: usize = 3;
    let mut told: Vec<String> = pods
        .iter()
        .take(MOST)
        .filter_map(|pod| {
            Some(format!(
                "pod/{} waits: {}.",
                pod.id.name,
                pull_failure(pod)?
            ))
        })
        .collect();
    if pods.len() > MOST {
        told.push(format!(
            "{} more pods wait for an image.",
            pods.len() - MOST
        ));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubelets_words_name_pull_secrets() {
        assert_eq!(
            not_retrieved(
                "Unable to retrieve some image pull secrets (a, b); attempting to pull the image \
                 may not succeed."
            ),
            ["a", "b"]
        );
        assert_eq!(not_retrieved("Failed to pull image"), [""; 0]);
    }
}
