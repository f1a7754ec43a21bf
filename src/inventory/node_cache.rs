//! What kubelet may have kept of an earlier Secret of the same name.
//!
//! Once it has read an immutable Secret, kubelet stops watching it and serves
//! what it has read to every pod of the node, as long as any of them refers to
//! the name (kubernetes/kubernetes `pkg/kubelet/util/manager/watch_based_manager.go`;
//! #131589). A Secret that is deleted and created again does not reach such a
//! node, whether the new one is immutable or not. Nothing in the API tells what
//! a node keeps, nor that there was an earlier Secret; what can be seen is who
//! needed the name before this Secret was created.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::workload::delivery::deliveries;
use crate::workload::{Metadata, Need, ObjectId, PodSpec, Workload, WorkloadKind};

use super::staleness::{Start, is_older, is_younger};
use super::{Immutability, Inventory, Pod, SecretFacts};

/// How long after each other things are made that belong together: objects of one
/// `kubectl apply`, a workload and its first pods.
const TOGETHER: SignedDuration = SignedDuration::from_secs(10);

/// How sure it is that an earlier Secret of the name was in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Earlier {
    /// A pod that cannot start without it, or what made one, is older than this
    /// one or so close to it that times do not tell which it started with.
    TooClose,
    /// Something that cannot start without it is older than this one.
    Possible,
    /// The same, and its pods served before this one was created.
    Likely,
    /// A container on the same node started with it.
    OnTheNode,
}

/// Who used an earlier Secret of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierUse {
    /// How sure that is.
    pub how: Earlier,
    /// A pod, or what makes pods.
    pub who: ObjectId,
    /// When the container started, or the object was created or changed.
    pub since: Timestamp,
}

/// Who used earlier Secrets, by namespace and name.
#[derive(Default)]
pub(super) struct EarlierUses(BTreeMap<(String, String), OfSecret>);

#[derive(Default)]
struct OfSecret {
    /// Pods that started with it, by node.
    nodes: BTreeMap<String, EarlierUse>,
    /// The surest of all others.
    elsewhere: Option<EarlierUse>,
}

impl OfSecret {
    fn add(&mut self, found: EarlierUse) {
        if self
            .elsewhere
            .as_ref()
            .is_none_or(|known| known.how < found.how)
        {
            self.elsewhere = Some(found);
        }
    }
}

impl Inventory {
    /// Who used an earlier Secret of this name, so that the node of a pod may
    /// still serve that one; `None` if nothing speaks for it. Of a Secret that
    /// is not immutable now, only what is more than possible counts: an earlier
    /// one must have been there, and have been immutable.
    pub fn earlier_use(&self, facts: &SecretFacts, pod: &Pod) -> Option<&EarlierUse> {
        let key = (facts.namespace.clone(), facts.name.clone());
        let found = self.earlier.0.get(&key)?;
        let node = pod.spec.node_name.as_deref();
        node.and_then(|node| found.nodes.get(node))
            .or(found.elsewhere.as_ref())
            .filter(|earlier| {
                facts.immutable != Immutability::No || earlier.how > Earlier::Possible
            })
    }
}

impl EarlierUses {
    pub fn collect(inventory: &Inventory) -> Self {
        let mut found = Self::default();
        if !inventory.is_live() {
            return found;
        }
        for pod in &inventory.pods {
            found.of_pod(inventory, pod);
        }
        let owned = Owned::collect(inventory);
        for workload in inventory.workloads.iter().chain(&inventory.dormant) {
            found.of_workload(inventory, &owned, workload);
        }
        found
    }

    fn entry(&mut self, facts: &SecretFacts) -> &mut OfSecret {
        self.0
            .entry((facts.namespace.clone(), facts.name.clone()))
            .or_default()
    }

    fn of_pod(&mut self, inventory: &Inventory, pod: &Pod) {
        for (container, facts, created) in needed(inventory, &pod.spec, &pod.id.namespace) {
            let status = pod.status(container);
            let restarts = status.map_or(0, |status| status.restarts);
            // In the second of its creation a pod starts with it, unless it has run
            // before.
            let Some(since) = pod
                .metadata
                .created
                .filter(|since| *since < created || *since == created && restarts > 0)
            else {
                continue;
            };
            let starts: Vec<_> = status
                .into_iter()
                .flat_map(|status| status.starts())
                .collect();
            let first = starts
                .iter()
                .copied()
                .filter(|at| is_older(Start::in_pod(pod, *at), created))
                .min();
            // The first start is among those that are known.
            let waits = restarts == 0 && starts.is_empty();
            let waited = (waits
                || usize::try_from(restarts).is_ok_and(|restarts| restarts < starts.len()))
                && starts
                    .iter()
                    .all(|at| is_younger(Start::in_pod(pod, *at), created));
            match (first, &pod.spec.node_name) {
                (Some(since), Some(node)) => {
                    let found = EarlierUse {
                        how: Earlier::OnTheNode,
                        who: pod.id.clone(),
                        since,
                    };
                    self.entry(facts).nodes.entry(node.clone()).or_insert(found);
                }
                // Its first start was after the creation: it waited for this
                // Secret, so there was none.
                _ if waited => {}
                _ => self.entry(facts).add(EarlierUse {
                    how: match status {
                        Some(_) if restarts == 0 || since == created => Earlier::TooClose,
                        _ => Earlier::Possible,
                    },
                    who: pod.id.clone(),
                    since,
                }),
            }
        }
    }

    fn of_workload(&mut self, inventory: &Inventory, owned: &Owned<'_>, workload: &Workload) {
        for (_, facts, created) in needed(inventory, &workload.pod, &workload.id.namespace) {
            let Some(since) = template_time(inventory, workload).filter(|since| *since <= created)
            else {
                continue;
            };
            if owned.tells_more(workload, since) {
                continue;
            }
            // Times are whole seconds. Pods that waited for this Secret would
            // hardly serve within the second of its creation.
            let served = serving_since(inventory, workload)
                .is_some_and(|serving| serving <= created && serving >= since);
            // What is applied together is made within seconds, in any order.
            let made = top_of(inventory, workload).metadata.created;
            let together = made.is_some_and(|made| created.duration_since(made).abs() <= TOGETHER);
            if (together || since == created) && !served {
                continue;
            }
            self.entry(facts).add(EarlierUse {
                how: match (since == created, served) {
                    (true, _) => Earlier::TooClose,
                    (false, true) => Earlier::Likely,
                    (false, false) => Earlier::Possible,
                },
                who: workload.id.clone(),
                since,
            });
        }
    }
}

/// What the containers of a pod cannot start without, as far as it was seen:
/// the container, the Secret, and when that was created.
fn needed<'a>(
    inventory: &'a Inventory,
    pod: &'a PodSpec,
    namespace: &str,
) -> Vec<(&'a str, &'a SecretFacts, Timestamp)> {
    let mut found: Vec<(&str, &SecretFacts, Timestamp)> = Vec::new();
    for container in &pod.containers {
        for delivery in deliveries(pod, container) {
            if delivery.need != Need::Required {
                continue;
            }
            let Some(facts) = inventory.secret(namespace, &delivery.secret.value) else {
                continue;
            };
            let known = found
                .iter()
                .any(|(name, known, _)| *name == container.name && known.name == facts.name);
            if let (Some(created), false) = (facts.created, known) {
                found.push((&container.name, facts, created));
            }
        }
    }
    found
}

/// Since when a workload has had its template, or an older one with the same
/// specification of pods, at the latest. That of a Job or of a revision never
/// changes, though the time of its manager moves when it is scaled; of others
/// the managers of the specification tell it.
fn template_time(inventory: &Inventory, workload: &Workload) -> Option<Timestamp> {
    let created = workload.metadata.created?;
    let is_revision =
        workload.kind == WorkloadKind::ReplicaSet && workload.metadata.owner.is_some();
    if is_revision || workload.kind == WorkloadKind::Job {
        return Some(created);
    }
    let Some(object) = inventory.object_of(workload) else {
        return Some(created);
    };
    let written = crate::workload::read::managed_fields(&object.root)
        .iter()
        .filter(|entry| {
            let of_pods = |path: &[&str]| {
                entry
                    .get("fieldsV1")
                    .is_some_and(|fields| fields.at(path).is_some())
            };
            of_pods(&["f:spec", "f:template", "f:spec"])
                || of_pods(&["f:spec", "f:jobTemplate", "f:spec", "f:template", "f:spec"])
                || of_pods(&["f:spec", "f:containers"])
        })
        .filter_map(|entry| crate::workload::read::time(entry.get("time")))
        .max();
    Some(written.map_or(created, |written| written.max(created)))
}

/// What workloads own, by their namespace, kind and name.
struct Owned<'a> {
    /// Those with ReplicaSets or Jobs, which tell more than their own times.
    have_revisions: BTreeSet<Key<'a>>,
    /// When the oldest pod that lives was created.
    oldest_pods: BTreeMap<Key<'a>, Timestamp>,
}

type Key<'a> = (&'a str, &'a str, &'a str);

fn key(id: &ObjectId) -> Key<'_> {
    (&id.namespace, &id.kind, &id.name)
}

fn key_of_owner<'a>(namespace: &'a str, metadata: &'a Metadata) -> Option<Key<'a>> {
    let owner = metadata.owner.as_ref()?;
    Some((namespace, &owner.kind, &owner.name))
}

impl<'a> Owned<'a> {
    fn collect(inventory: &'a Inventory) -> Self {
        let have_revisions = inventory
            .dormant
            .iter()
            .filter_map(|revision| key_of_owner(&revision.id.namespace, &revision.metadata))
            .collect();
        let mut oldest_pods = BTreeMap::new();
        for pod in &inventory.pods {
            let owner = key_of_owner(&pod.id.namespace, &pod.metadata);
            if let Some(created) = pod.metadata.created {
                let oldest = oldest_pods
                    .entry(owner.unwrap_or_else(|| key(&pod.id)))
                    .or_insert(created);
                *oldest = created.min(*oldest);
            }
        }
        Self {
            have_revisions,
            oldest_pods,
        }
    }

    /// Whether something that is seen tells more than the times of a workload:
    /// its revisions, or a pod that is one of its first. What that saw tells
    /// whether there was an earlier Secret.
    fn tells_more(&self, workload: &Workload, since: Timestamp) -> bool {
        let key = key(&workload.id);
        self.have_revisions.contains(&key)
            || self
                .oldest_pods
                .get(&key)
                .is_some_and(|created| created.duration_since(since) <= TOGETHER)
    }
}

/// The Deployment of a ReplicaSet, where it is seen; else the workload itself.
fn top_of<'a>(inventory: &'a Inventory, workload: &'a Workload) -> &'a Workload {
    let owner = workload.id.owner(&workload.metadata);
    let found = owner.and_then(|owner| inventory.workload(&owner));
    found.unwrap_or(workload)
}

/// Since when the Deployment of a ReplicaSet, or itself, has had enough pods
/// that serve (condition `Available`).
fn serving_since(inventory: &Inventory, workload: &Workload) -> Option<Timestamp> {
    let condition = inventory
        .object_of(top_of(inventory, workload))?
        .root
        .at(&["status", "conditions"])?
        .items()
        .iter()
        .find(|condition| condition.text_of("type") == Some("Available"))?;
    if condition.text_of("status") != Some("True") {
        return None;
    }
    crate::workload::read::time(condition.get("lastTransitionTime"))
}
