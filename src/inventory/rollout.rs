//! How far the rollout of a workload is, from what was gathered.

use crate::workload::rollout::{Member, Progress, REVISION, Rollout};
use crate::workload::{ObjectId, Workload};

use super::{ContainerState, End, Inventory, Pod, symptom};

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

    /// What is known of a container that ends again and again.
    pub fn crashes(&self) -> Option<String> {
        self.containers.iter().find_map(|status| {
            let ended = match &status.state {
                ContainerState::Waiting { reason, .. } => reason == "CrashLoopBackOff",
                ContainerState::Terminated { exit_code, .. } => *exit_code != 0,
                _ => false,
            };
            (ended && status.restarts >= ENOUGH_RESTARTS).then(|| {
                let last = match &status.last_end {
                    Some(end) => format!(", the last time {}", end.words()),
                    None => String::new(),
                };
                format!("container {} ends again and again{last}", status.name)
            })
        })
    }

    /// The containers that were started again, and how they ended last.
    pub fn ends(&self) -> Vec<String> {
        let times = |restarts| match restarts {
            1 => "once".to_owned(),
            restarts => format!("{restarts} times"),
        };
        self.containers
            .iter()
            .filter(|status| status.restarts > 0)
            .map(|status| {
                let last = match &status.last_end {
                    Some(end) => format!(", the last time {}", end.words()),
                    None => String::new(),
                };
                let times = times(status.restarts);
                format!(
                    "container {} of pod/{} ended {times}{last}",
                    status.name, self.id.name
                )
            })
            .collect()
    }
}

impl End {
    /// `with exit code 1, 7 s after its start`.
    pub fn words(&self) -> String {
        let mut words = format!("with exit code {}", self.exit_code);
        // The runtime's word; what is no word is not repeated.
        let is_word = !self.reason.is_empty()
            && self.reason.len() <= 40
            && self.reason.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_word && !matches!(self.reason.as_str(), "Error" | "Completed") {
            words += &format!(" ({})", self.reason);
        }
        if let Some(ran) = self.ran {
            words += &format!(", {} s after its start", ran.as_secs());
        }
        words
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
