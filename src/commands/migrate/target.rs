//! A live workload: reading it, changing it, and watching what becomes of it.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError, Resource, ServerDryRun};
use crate::finding::Operation;
use crate::gathering::resources::{
    CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, EVENTS, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS,
    STATEFUL_SETS,
};
use crate::inventory::{Builder, Inventory, Pod, Scope};
use crate::manifest::Node;
use crate::migration::journal::Journal;
use crate::workload::rollout::{Failure, Progress, Rollout, Wait};
use crate::workload::{Numbers, Object, ObjectId, Origin, Workload};

/// Our name in `managedFields`.
const FIELD_MANAGER: &str = "kubectl-secretsafe";
/// How often a workload that changes under our hands is tried anew.
pub(super) const ATTEMPTS: usize = 8;
const PAUSE: Duration = Duration::from_millis(700);
/// A container without a readiness probe is ready the moment it starts, and
/// may end the next: only what holds this long counts.
const SETTLED: Duration = Duration::from_secs(5);

/// Kinds whose template can be changed in place.
const CHANGEABLE: [Resource; 6] = [
    DEPLOYMENTS,
    STATEFUL_SETS,
    DAEMON_SETS,
    REPLICA_SETS,
    REPLICATION_CONTROLLERS,
    CRON_JOBS,
];

/// A workload in a cluster.
pub(super) struct Target<'a> {
    pub cluster: &'a Cluster,
    resource: Resource,
    pub id: &'a ObjectId,
}

/// What a rollout came to.
pub(super) enum Outcome {
    /// All pods that are replaced have the change.
    Done,
    /// Nothing rolls by itself: why.
    ByHand(&'static str),
    /// New pods do not get ready: why.
    Failed(String),
}

impl<'a> Target<'a> {
    /// `None` for a kind that cannot be changed.
    pub fn new(cluster: &'a Cluster, id: &'a ObjectId) -> Option<Self> {
        let resource = CHANGEABLE
            .iter()
            .find(|resource| resource.kind == id.kind)?;
        Some(Self {
            cluster,
            resource: *resource,
            id,
        })
    }

    /// What `apiVersion` says in its manifest.
    fn api_version(&self) -> String {
        match self.resource.group {
            "" => "v1".to_owned(),
            group => format!("{group}/v1"),
        }
    }

    /// Whether this user may change it.
    pub async fn may_be_changed(&self) -> Result<bool, ClusterError> {
        self.cluster
            .may(
                "patch",
                self.resource.group,
                self.resource.plural,
                Some(&self.id.namespace),
            )
            .await
    }

    /// Reads it; `None` when it is gone.
    pub async fn read(&self) -> Result<Option<Object>, ClusterError> {
        let node = self
            .cluster
            .get_object(&self.resource, &self.id.namespace, &self.id.name)
            .await?;
        Ok(node.and_then(|node| self.object(node)))
    }

    fn object(&self, node: Node) -> Option<Object> {
        Object::new(
            node,
            Origin::Live,
            Numbers::Decimal,
            String::new(),
            &self.id.namespace,
        )
    }

    /// Whether it is another version now. A `test` that failed has no message of
    /// its own, so the object is read again.
    pub async fn changed_since(&self, object: &Object) -> bool {
        let version = |object: &Object| {
            object
                .root
                .at(&["metadata", "resourceVersion"])
                .and_then(|node| node.as_str().map(str::to_owned))
        };
        match self.read().await {
            Ok(Some(now)) => version(&now) != version(object),
            _ => false,
        }
    }

    /// Changes it if it still is what was read: first as a dry run, whose
    /// result `check` looks at, then in earnest. The journal goes with it.
    pub async fn change(
        &self,
        object: &Object,
        operations: &[Operation],
        journal: &Journal,
        check: impl FnOnce(&Object),
    ) -> Result<(), ClusterError> {
        let mut all = vec![Operation::Test {
            pointer: "/metadata/resourceVersion".to_owned(),
            value: object
                .root
                .at(&["metadata", "resourceVersion"])
                .and_then(Node::as_str)
                .unwrap_or_default()
                .into(),
        }];
        all.extend_from_slice(operations);
        all.extend(journal.write(object));
        let tried = self.patch(&all, ServerDryRun::Yes).await?;
        if let Some(tried) = self.object(tried) {
            check(&tried);
        }
        self.patch(&all, ServerDryRun::No).await.map(|_| ())
    }

    async fn patch(
        &self,
        operations: &[Operation],
        dry_run: ServerDryRun,
    ) -> Result<Node, ClusterError> {
        self.cluster
            .patch_object(
                &self.resource,
                &self.id.namespace,
                &self.id.name,
                operations,
                FIELD_MANAGER,
                dry_run,
            )
            .await
    }

    /// Waits until the change has reached the pods.
    pub async fn wait(
        &self,
        patience: Duration,
        progress: &dyn Fn(&str),
    ) -> Result<Outcome, ClusterError> {
        let start = Instant::now();
        let mut done_since = None;
        loop {
            let inventory = self.look().await?;
            let Some((workload, rollout)) = self.rollout(&inventory) else {
                return Ok(Outcome::ByHand(if self.resource.kind == CRON_JOBS.kind {
                    "its next run has the change"
                } else {
                    "its pods have the change when somebody deletes them"
                }));
            };
            let mut state = inventory.progress(&rollout, workload);
            // Before its controller has looked, the newest pods are those of the
            // revision before.
            let observed = state != Progress::Waiting(Wait::Observed);
            if state == Progress::Done {
                let since = *done_since.get_or_insert_with(Instant::now);
                if restarts(&inventory, workload, &rollout) {
                    done_since = None;
                } else if since.elapsed() >= SETTLED {
                    return Ok(Outcome::Done);
                }
                state = Progress::Waiting(Wait::Observed);
            }
            match state {
                Progress::Done => {}
                Progress::Paused => return Ok(Outcome::ByHand("it is paused")),
                Progress::Manual => return Ok(Outcome::ByHand("its strategy is OnDelete")),
                Progress::Failed(Failure::Deadline) => {
                    return Ok(Outcome::Failed(
                        "its progress deadline is exceeded".to_owned(),
                    ));
                }
                Progress::Failed(Failure::Secret { pod, words }) => {
                    return Ok(Outcome::Failed(format!("pod/{pod} waits: {words}")));
                }
                Progress::Waiting(wait) => {
                    let crash = observed.then(|| crash(&inventory, workload, &rollout));
                    if let Some(why) = crash.flatten() {
                        return Ok(Outcome::Failed(why));
                    }
                    let words = match done_since {
                        Some(_) => "looking whether its pods stay up".to_owned(),
                        None => words(&wait),
                    };
                    progress(&format!("{}: {words}", self.id.short()));
                }
            }
            if start.elapsed() > patience {
                let why = rollout
                    .status
                    .not_created
                    .map_or(String::new(), |why| format!(": {}", why.words()));
                return Ok(Outcome::Failed(format!(
                    "its pods are not ready after {} s{why}",
                    patience.as_secs()
                )));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// After a StatefulSet's template went back, a pod of the failed revision
    /// stays until it is deleted (kubernetes/kubernetes#67250).
    pub async fn replace_broken_pods(&self) -> Result<(), ClusterError> {
        if self.id.kind != "StatefulSet" {
            return Ok(());
        }
        let inventory = self.look().await?;
        let Some((_, rollout)) = self.rollout(&inventory) else {
            return Ok(());
        };
        for pod in inventory.pods_of(self.id) {
            let old = pod.revision() != rollout.status.update_revision;
            if old && !pod.ready && !pod.metadata.deleting {
                self.cluster
                    .evict_pod(&self.id.namespace, &pod.id.name)
                    .await?;
            }
        }
        Ok(())
    }

    /// The workload, its pods and what kubelet says of them.
    async fn look(&self) -> Result<Inventory, ClusterError> {
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, self.id.namespace.as_str(), Timestamp::now());
        let namespace = Some(self.id.namespace.as_str());
        // Events only add to what pods say.
        let resources = [PODS, REPLICA_SETS, EVENTS];
        for resource in resources {
            let listed = self
                .cluster
                .list(&resource, namespace, &mut |node| builder.add_live(node))
                .await;
            match listed {
                Ok(_) => {}
                Err(ClusterError::Forbidden { .. }) if resource.plural != PODS.plural => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(node) = self
            .cluster
            .get_object(&self.resource, &self.id.namespace, &self.id.name)
            .await?
        {
            builder.add_live(node.with_type(&self.api_version(), self.resource.kind));
        }
        Ok(builder.finish())
    }

    fn rollout<'i>(&self, inventory: &'i Inventory) -> Option<(&'i Workload, Rollout)> {
        let workload = inventory
            .workloads
            .iter()
            .find(|workload| workload.id == *self.id)?;
        let object = inventory.object_of(workload)?;
        Some((workload, Rollout::of(workload, object)?))
    }
}

/// The pods that have the change.
fn new_pods<'a>(
    inventory: &'a Inventory,
    workload: &'a Workload,
    rollout: &'a Rollout,
) -> impl Iterator<Item = &'a Pod> {
    let newest = match inventory.newest_revision(workload) {
        Some(revision) => revision,
        None => &rollout.status.update_revision,
    };
    inventory
        .pods_of(&workload.id)
        .filter(move |pod| newest.is_empty() || pod.revision() == newest)
}

/// A new pod that ends again and again.
fn crash(inventory: &Inventory, workload: &Workload, rollout: &Rollout) -> Option<String> {
    new_pods(inventory, workload, rollout)
        .find_map(|pod| Some(format!("pod/{}: {}", pod.id.name, pod.crashes()?)))
}

/// Whether a container of a new pod has ended already.
fn restarts(inventory: &Inventory, workload: &Workload, rollout: &Rollout) -> bool {
    new_pods(inventory, workload, rollout)
        .any(|pod| pod.containers.iter().any(|status| status.restarts > 0))
}

fn words(wait: &Wait) -> String {
    match wait {
        Wait::Observed => "waiting for its controller".to_owned(),
        Wait::Updated(done, of) => format!("{done} of {of} pods are new"),
        Wait::Ended(left) => format!("{left} old pods end"),
        Wait::Available(done, of) => format!("{done} of {of} new pods are available"),
        Wait::Ready(ordinal) => format!("waiting for pod {ordinal}"),
    }
}
