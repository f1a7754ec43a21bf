//! Which object is the owner of all others that lead to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::workload::{Metadata, ObjectId, Origin, Strategy, Workload, WorkloadKind};

use crate::inventory::pod::Pod;

/// Who belongs to whom in the end.
pub(super) struct Tops {
    owners: BTreeMap<ObjectId, Option<ObjectId>>,
}

impl Tops {
    pub(super) fn new(workloads: &[Workload]) -> Self {
        Self {
            owners: workloads
                .iter()
                .map(|workload| {
                    let owner = workload.id.owner(&workload.metadata);
                    (workload.id.clone(), owner)
                })
                .collect(),
        }
    }

    /// The topmost owner that was seen. A pod's owner that was not seen is
    /// taken at its word; a workload's (an operator's resource) is not: the
    /// workload itself is what can be looked at.
    pub(super) fn of(&self, id: &ObjectId, metadata: &Metadata) -> ObjectId {
        let Some(mut top) = id.owner(metadata) else {
            return id.clone();
        };
        if !self.owners.contains_key(&top) {
            return if id.kind == "Pod" {
                deployment_of(&top, metadata).unwrap_or(top)
            } else {
                id.clone()
            };
        }
        // Owners cannot go round in a cluster, but they can in a file.
        for _ in 0..8 {
            match self.owners.get(&top) {
                Some(Some(next)) if self.owners.contains_key(next) => top = next.clone(),
                _ => break,
            }
        }
        top
    }
}

/// A ReplicaSet that cannot be listed still tells its Deployment: its name
/// ends with the pod's `pod-template-hash`.
fn deployment_of(owner: &ObjectId, pod: &Metadata) -> Option<ObjectId> {
    let hash = pod.labels.get("pod-template-hash")?;
    let name = owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')?;
    (owner.kind == "ReplicaSet").then(|| ObjectId {
        kind: "Deployment".to_owned(),
        name: name.to_owned(),
        namespace: owner.namespace.clone(),
    })
}

/// Workloads made of pods whose owner was not seen, and of bare pods: one for
/// each owner, from its first pod.
pub(super) fn without_seen_owner(pods: &[Pod], seen: &[Workload]) -> Vec<Workload> {
    let seen: BTreeSet<_> = seen.iter().map(|workload| &workload.id).collect();
    let mut found: BTreeMap<&ObjectId, &Pod> = BTreeMap::new();
    for pod in pods {
        if !seen.contains(&pod.top) && !pod.is_finished() && !pod.metadata.deleting {
            found.entry(&pod.top).or_insert(pod);
        }
    }
    found
        .into_iter()
        .map(|(top, pod)| Workload {
            id: top.clone(),
            kind: if top.kind == "Pod" {
                WorkloadKind::Pod
            } else {
                WorkloadKind::Custom
            },
            api_version: "v1".to_owned(),
            origin: Origin::Live,
            metadata: pod.metadata.clone(),
            template_annotations: pod.metadata.annotations.clone(),
            template_labels: pod.metadata.labels.clone(),
            pod: pod.spec.clone(),
            replicas: None,
            paused: false,
            finished: false,
            strategy: Strategy::Rolling,
            revision_history_limit: None,
            base: String::new(),
        })
        .collect()
}
