//! A live workload: reading it and changing it.

use std::time::Duration;

use crate::api::{
    CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, REPLICA_SETS, REPLICATION_CONTROLLERS, ROLLOUTS, Resource,
    STATEFUL_SETS,
};
use crate::cluster::{Cluster, ClusterError, ServerDryRun, WriteOutcome};
use crate::error::CommandError;
use crate::journal::Journal;
use crate::manifest::{Node, Operation};
use crate::workload::{Object, ObjectId, Place};

/// Our name in `managedFields`.
pub(super) const FIELD_MANAGER: &str = "kubectl-secretsafe";
/// How often a workload that changes under our hands is tried anew.
pub const ATTEMPTS: u32 = 8;
/// Between two looks, and before what failed is tried anew.
pub const PAUSE: Duration = Duration::from_millis(700);

/// Kinds whose template can be changed in place.
pub const CHANGEABLE: [Resource; 6] = [
    DEPLOYMENTS,
    STATEFUL_SETS,
    DAEMON_SETS,
    REPLICA_SETS,
    REPLICATION_CONTROLLERS,
    CRON_JOBS,
];

/// A workload in a cluster.
pub struct Target<'a> {
    pub cluster: &'a Cluster,
    /// Its kind, as the API serves it.
    pub resource: Resource,
    pub id: &'a ObjectId,
}

/// Why a change was not made.
pub enum NotMade {
    /// The server did not take the trial, so nothing was stored.
    Trial(ClusterError),
    /// The server took the trial, and then not the change itself.
    Change(ClusterError),
}

impl NotMade {
    /// Whether the change may be there all the same.
    pub fn may_be_stored(&self) -> bool {
        matches!(self, Self::Change(_)) && self.passes()
    }

    /// As the user sees it when it is not tried anew; `what` would have happened.
    pub fn into_error(self, what: &str) -> CommandError {
        let stored = self.may_be_stored();
        let (Self::Trial(error) | Self::Change(error)) = self;
        let error = error.unmasked();
        if !stored {
            return error;
        }
        CommandError::partial(format!(
            "it is not known whether {what}: {}",
            error.message()
        ))
        .hints(error.next_steps().to_vec())
        .hint("Run it again: it continues where it stopped.")
    }

    /// Whether it says that the object is not what was expected.
    pub fn speaks_of_the_object(&self) -> bool {
        let (Self::Trial(error) | Self::Change(error)) = self;
        matches!(
            error,
            ClusterError::Invalid { .. } | ClusterError::Conflict { .. }
        )
    }

    /// Whether trying it anew may help: the server was not able to answer.
    pub fn passes(&self) -> bool {
        let (Self::Trial(error) | Self::Change(error)) = self;
        error.outcome() == WriteOutcome::Unknown
    }
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

    /// The same with Rollouts of Argo Rollouts, which can be restarted.
    pub fn restartable(cluster: &'a Cluster, id: &'a ObjectId) -> Option<Self> {
        match id.kind == ROLLOUTS.kind {
            true => Some(Self {
                cluster,
                resource: ROLLOUTS,
                id,
            }),
            false => Self::new(cluster, id),
        }
    }

    /// The same workload once more.
    pub(super) fn again(&self) -> Self {
        Self { ..*self }
    }

    /// What `apiVersion` says in its manifest.
    pub fn api_version(&self) -> String {
        let version = self.resource.versions.first().copied().unwrap_or("v1");
        match self.resource.group {
            "" => version.to_owned(),
            group => format!("{group}/{version}"),
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

    pub(super) fn object(&self, node: Node) -> Option<Object> {
        Object::new(node, Place::live(), &self.id.namespace)
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
    ) -> Result<(), NotMade> {
        let all = guarded(object, operations, journal);
        let tried = self.patch(&all, ServerDryRun::Yes).await;
        if let Some(tried) = self.object(tried.map_err(NotMade::Trial)?) {
            check(&tried);
        }
        let made = self.patch(&all, ServerDryRun::No).await;
        made.map(|_| ()).map_err(NotMade::Change)
    }

    /// The first half of [`Target::change`]: what the server would make of it.
    pub async fn try_out(
        &self,
        object: &Object,
        operations: &[Operation],
        journal: &Journal,
    ) -> Result<Option<Object>, ClusterError> {
        self.tried(&guarded(object, operations, journal)).await
    }

    /// What a change would make of it, by a dry run of the server.
    pub async fn tried(&self, operations: &[Operation]) -> Result<Option<Object>, ClusterError> {
        let node = self.patch(operations, ServerDryRun::Yes).await?;
        Ok(self.object(node))
    }

    async fn patch(
        &self,
        operations: &[Operation],
        dry_run: ServerDryRun,
    ) -> Result<Node, ClusterError> {
        self.patch_as(FIELD_MANAGER, operations, dry_run).await
    }

    /// Sends a patch under the name of a field manager.
    pub(super) async fn patch_as(
        &self,
        manager: &str,
        operations: &[Operation],
        dry_run: ServerDryRun,
    ) -> Result<Node, ClusterError> {
        self.cluster
            .patch_object(
                &self.resource,
                &self.id.namespace,
                &self.id.name,
                operations,
                manager,
                dry_run,
            )
            .await
    }
}

/// A change that is made only to the version it was decided on, with its journal.
fn guarded(object: &Object, operations: &[Operation], journal: &Journal) -> Vec<Operation> {
    let mut all = vec![of_version(object)];
    all.extend_from_slice(operations);
    all.extend(journal.write(object));
    all
}

/// Fails when the object is not the version that was read.
pub(super) fn of_version(object: &Object) -> Operation {
    let version = object.root.at(&["metadata", "resourceVersion"]);
    Operation::Test {
        pointer: "/metadata/resourceVersion".to_owned(),
        value: version.and_then(Node::as_str).unwrap_or_default().into(),
    }
}
