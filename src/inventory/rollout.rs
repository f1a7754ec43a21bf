//! How far the rollout of a workload is, from what was gathered.

use crate::workload::rollout::{Member, Progress, Rollout};
use crate::workload::{ObjectId, Workload};

use super::{ContainerState, Inventory, Pod, symptom};

/// A container that was started this often and did not stay is not going to.
const ENOUGH_RESTARTS: i64 = 2;

impl Pod {
    /// The label by which a controller tells the revisions of its pods.
    pub fn revision(&self) -> &str {
        ["controller-revision-hash", "pod-template-hash"]
            .into_iter()
            .find_map(|label| self.metadata.labels.get(label))
            .map_or("", String::as_str)
    }

    /// What kubelet says of a container that ends again and again.
    pub fn crashes(&self) -> Option<String> {
        self.containers.iter().find_map(|status| {
            let ended = match &status.state {
                ContainerState::Waiting { reason, .. } => reason == "CrashLoopBackOff",
                ContainerState::Terminated { exit_code, .. } => *exit_code != 0,
                _ => false,
            };
            (ended && status.restarts >= ENOUGH_RESTARTS)
                .then(|| format!("container {} ends again and again", status.name))
        })
    }
}

impl Inventory {
    /// How far a rollout is, with the pods that were seen.
    pub fn progress(&self, rollout: &Rollout, workload: &Workload) -> Progress {
        let pods: Vec<_> = self
            .pods_of(&workload.id)
            .filter(|pod| !pod.metadata.deleting)
            .map(|pod| Member {
                name: &pod.id.name,
                revision: pod.revision(),
                ready: pod.ready,
                waits: symptom::of_pod(self, pod),
            })
            .collect();
        rollout.progress(self.newest_revision(workload), &pods)
    }

    /// The revision of a workload's new pods: of a StatefulSet or DaemonSet
    /// that is not known here.
    ///
    /// It is the `pod-template-hash` of a Deployment's current ReplicaSet,
    /// which has its revision number and a name that begins with its own.
    pub fn newest_revision(&self, workload: &Workload) -> Option<&str> {
        const REVISION: &str = "deployment.kubernetes.io/revision";
        let current = workload.metadata.annotations.get(REVISION)?;
        let first = ObjectId {
            namespace: workload.id.namespace.clone(),
            kind: "ReplicaSet".to_owned(),
            name: format!("{}-", workload.id.name),
        };
        let from = self.dormant.partition_point(|old| old.id < first);
        self.dormant[from..]
            .iter()
            .take_while(|old| old.id.kind == first.kind && old.id.name.starts_with(&first.name))
            .filter(|old| old.id.namespace == first.namespace)
            .find(|old| old.metadata.annotations.get(REVISION) == Some(current))
            .and_then(|old| old.template_labels.get("pod-template-hash"))
            .map(String::as_str)
    }
}
