//! Whether a rollout is complete, from an object's status.
//!
//! For Deployments and DaemonSets by the rules of `kubectl rollout status`
//! (kubernetes/kubernetes `kubectl/pkg/polymorphichelpers/rollout_status.go`).
//! For StatefulSets those say "done" too early: they count old pods as ready,
//! so every pod that is to be replaced is looked at here.

use crate::manifest::Node;

use super::{Object, Strategy, Workload, WorkloadKind};

/// The annotation of a Deployment and of its ReplicaSets that numbers revisions.
pub const REVISION: &str = "deployment.kubernetes.io/revision";

/// What a workload's object tells of its rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// Kind: a Deployment, StatefulSet or DaemonSet.
    pub kind: WorkloadKind,
    /// How changes reach the pods.
    pub strategy: Strategy,
    /// `spec.paused`.
    pub paused: bool,
    /// `spec.replicas`.
    pub replicas: Option<i64>,
    /// First ordinal of a StatefulSet (`spec.ordinals.start`).
    pub first_ordinal: i64,
    /// `metadata.generation`.
    pub generation: i64,
    pub status: Counts,
}

/// The numbers of a status; one that is absent is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `observedGeneration`.
    pub observed: i64,
    /// `replicas`, or `desiredNumberScheduled` of a DaemonSet.
    pub replicas: i64,
    /// `updatedReplicas`, or `updatedNumberScheduled`.
    pub updated: i64,
    /// `availableReplicas`, or `numberAvailable`; old servers do not tell it
    /// for StatefulSets.
    pub available: Option<i64>,
    /// `updateRevision` of a StatefulSet.
    pub update_revision: String,
    /// Whether `Progressing` says `ProgressDeadlineExceeded`.
    pub deadline_exceeded: bool,
    /// Why no new pods are made, by condition `ReplicaFailure` of a Deployment.
    pub not_created: Option<NotCreated>,
}

/// Why no new pods are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCreated {
    /// A quota leaves no room for them.
    Quota,
    /// Admission refuses them for another reason.
    Refused,
}

impl NotCreated {
    pub fn words(self) -> &'static str {
        match self {
            NotCreated::Quota => "no new pod can be created: a ResourceQuota is exceeded",
            NotCreated::Refused => "no new pod can be created: the cluster refuses it",
        }
    }
}

/// A pod of the workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    pub name: &'a str,
    /// Label `controller-revision-hash`, or `pod-template-hash`.
    pub revision: &'a str,
    /// Whether it is ready.
    pub ready: bool,
    /// What kubelet says when it waits for a Secret.
    pub waits: Option<&'a str>,
}

/// How far a rollout is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Every pod that is to be replaced is, and is available.
    Done,
    Waiting(Wait),
    /// It goes on when somebody resumes it (`spec.paused`).
    Paused,
    /// Pods are replaced when somebody deletes them (`OnDelete`).
    Manual,
    /// It does not go on by itself.
    Failed(Failure),
}

/// What a rollout waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The controller has not seen the change yet.
    Observed,
    /// Not all pods are new: how many are, of how many.
    Updated(i64, i64),
    /// Old pods still end: how many.
    Ended(i64),
    /// Not all new pods are available: how many are, of how many.
    Available(i64, i64),
    /// The new pod of this ordinal is not ready.
    Ready(i64),
}

/// Why a rollout does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `ProgressDeadlineExceeded`.
    Deadline,
    /// A new pod waits for a Secret or a key: its name, and kubelet's words.
    Secret { pod: String, words: String },
}

impl Rollout {
    /// Reads a workload and the object it was read from; `None` for kinds that
    /// have no rollouts.
    pub fn from_object(workload: &Workload, object: &Object) -> Option<Self> {
        let kind = workload.kind;
        let (replicas, updated, available) = match kind {
            WorkloadKind::Deployment | WorkloadKind::StatefulSet => {
                ("replicas", "updatedReplicas", "availableReplicas")
            }
            WorkloadKind::DaemonSet => (
                "desiredNumberScheduled",
                "updatedNumberScheduled",
                "numberAvailable",
            ),
            _ => return None,
        };
        let status = object.root.get("status");
        let number = |key: &str| status?.get(key).and_then(Node::as_integer);
        let conditions = status
            .and_then(|status| status.get("conditions"))
            .map_or(&[][..], Node::items);
        let not_created = conditions
            .iter()
            .filter(|condition| {
                condition.text_of("type") == Some("ReplicaFailure")
                    && condition.text_of("status") == Some("True")
                    && condition.text_of("reason") == Some("FailedCreate")
            })
            // The server's own words are not kept; admission's may hold anything.
            .map(|condition| match condition.text_of("message") {
                Some(words) if words.contains("exceeded quota") => NotCreated::Quota,
                _ => NotCreated::Refused,
            })
            .next();
        let deadline_exceeded = conditions.iter().any(|condition| {
            condition.text_of("type") == Some("Progressing")
                && condition.text_of("reason") == Some("ProgressDeadlineExceeded")
        });
        Some(Self {
            kind,
            strategy: workload.strategy,
            paused: workload.paused,
            replicas: workload.replicas,
            first_ordinal: object
                .root
                .at(&["spec", "ordinals", "start"])
                .and_then(Node::as_integer)
                .unwrap_or(0),
            generation: workload.metadata.generation.unwrap_or(0),
            status: Counts {
                observed: number("observedGeneration").unwrap_or(0),
                replicas: number(replicas).unwrap_or(0),
                updated: number(updated).unwrap_or(0),
                available: number(available),
                update_revision: status
                    .and_then(|status| status.text_of("updateRevision"))
                    .unwrap_or_default()
                    .to_owned(),
                deadline_exceeded,
                not_created,
            },
        })
    }

    /// How far it is. `revision` is that of the new pods, where it is known (of
    /// a StatefulSet the status tells it): a new pod that waits for a Secret
    /// fails the rollout at once instead of after its deadline.
    pub fn progress(&self, revision: Option<&str>, pods: &[Member<'_>]) -> Progress {
        if self.strategy == Strategy::OnDelete {
            return Progress::Manual;
        }
        if self.generation > self.status.observed {
            return Progress::Waiting(Wait::Observed);
        }
        let revision = match self.kind {
            WorkloadKind::StatefulSet => Some(self.status.update_revision.as_str()),
            _ => revision,
        };
        let waiting = pods
            .iter()
            .filter(|pod| Some(pod.revision) == revision)
            .find_map(|pod| Some((pod.name, pod.waits?)));
        if let Some((pod, words)) = waiting {
            return Progress::Failed(Failure::Secret {
                pod: pod.to_owned(),
                words: words.to_owned(),
            });
        }
        let wait = match self.kind {
            WorkloadKind::Deployment if self.status.deadline_exceeded => {
                return Progress::Failed(Failure::Deadline);
            }
            WorkloadKind::Deployment => self.deployment(),
            WorkloadKind::DaemonSet => self.daemon_set(),
            _ => self.stateful_set(pods),
        };
        match wait {
            Some(_) if self.paused => Progress::Paused,
            Some(wait) => Progress::Waiting(wait),
            None => Progress::Done,
        }
    }

    fn deployment(&self) -> Option<Wait> {
        let status = &self.status;
        let available = status.available.unwrap_or(0);
        match self.replicas {
            Some(wanted) if status.updated < wanted => Some(Wait::Updated(status.updated, wanted)),
            _ if status.replicas > status.updated => {
                Some(Wait::Ended(status.replicas - status.updated))
            }
            _ if available < status.updated => Some(Wait::Available(available, status.updated)),
            _ => None,
        }
    }

    fn daemon_set(&self) -> Option<Wait> {
        let (status, wanted) = (&self.status, self.status.replicas);
        let available = status.available.unwrap_or(0);
        if status.updated < wanted {
            Some(Wait::Updated(status.updated, wanted))
        } else if available < wanted {
            Some(Wait::Available(available, wanted))
        } else {
            None
        }
    }

    fn stateful_set(&self, pods: &[Member<'_>]) -> Option<Wait> {
        let wanted = self.replicas.unwrap_or(1);
        let places = (self.first_ordinal..self.first_ordinal + wanted)
            .rev()
            .take_while(|place| self.replaces_ordinal(*place));
        let (mut all, mut updated, mut unready) = (0, 0, None);
        for place in places {
            all += 1;
            let new = pods.iter().find(|pod| {
                ordinal(pod.name) == Some(place) && pod.revision == self.status.update_revision
            });
            updated += i64::from(new.is_some());
            if new.is_some_and(|new| !new.ready) {
                unready = unready.or(Some(place));
            }
        }
        match (unready, self.status.available) {
            _ if updated < all => Some(Wait::Updated(updated, all)),
            (Some(place), _) => Some(Wait::Ready(place)),
            // Ready is not available before minReadySeconds have passed.
            (None, Some(available)) if available < wanted => {
                Some(Wait::Available(available, wanted))
            }
            _ => None,
        }
    }

    /// Whether a rollout replaces this pod by itself.
    pub fn replaces(&self, pod: &str) -> bool {
        match (self.strategy, ordinal(pod)) {
            (Strategy::OnDelete, _) => false,
            (Strategy::Partition(_), Some(place)) => self.replaces_ordinal(place),
            _ => true,
        }
    }

    fn replaces_ordinal(&self, place: i64) -> bool {
        match self.strategy {
            // Counted from the first ordinal (kubernetes/kubernetes
            // pkg/controller/statefulset/stateful_set_utils.go).
            Strategy::Partition(partition) => place >= self.first_ordinal + partition,
            _ => true,
        }
    }
}

/// The ordinal of a StatefulSet's pod: 2 of `db-2`.
pub fn ordinal(pod: &str) -> Option<i64> {
    pod.rsplit_once('-')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::Place;

    fn rollout(kind: &str, rest: &str) -> Rollout {
        let text = format!(
            "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: x, namespace: n, generation: \
             3}}\n{rest}"
        );
        let mut parsed = parse(&SourceText::new("x", text));
        let root = parsed.documents.remove(0).root;
        let object = Object::new(root, Place::live(), "n").unwrap();
        let workload = Workload::from_object(&object).unwrap();
        Rollout::from_object(&workload, &object).unwrap()
    }

    fn deployment(spec: &str, status: &str) -> Rollout {
        rollout(
            "Deployment",
            &format!("spec: {{{spec}template: {{spec: {{}}}}}}\nstatus: {{{status}}}\n"),
        )
    }

    fn member<'a>(name: &'a str, revision: &'a str, ready: bool) -> Member<'a> {
        Member {
            name,
            revision,
            ready,
            waits: None,
        }
    }

    #[test]
    fn a_deployment_is_done_when_only_available_new_pods_are_left() {
        use Progress::{Done, Failed, Paused, Waiting};
        for (spec, status, expected) in [
            (
                "replicas: 2, ",
                "observedGeneration: 2",
                Waiting(Wait::Observed),
            ),
            (
                "replicas: 2, ",
                "observedGeneration: 3, updatedReplicas: 1, replicas: 3",
                Waiting(Wait::Updated(1, 2)),
            ),
            (
                "replicas: 2, ",
                "observedGeneration: 3, updatedReplicas: 2, replicas: 3",
                Waiting(Wait::Ended(1)),
            ),
            (
                "replicas: 2, ",
                "observedGeneration: 3, updatedReplicas: 2, replicas: 2, availableReplicas: 1",
                Waiting(Wait::Available(1, 2)),
            ),
            (
                "replicas: 2, ",
                "observedGeneration: 3, updatedReplicas: 2, replicas: 2, availableReplicas: 2",
                Done,
            ),
            (
                "replicas: 2, paused: true, ",
                "observedGeneration: 3, updatedReplicas: 1, replicas: 2",
                Paused,
            ),
            (
                "replicas: 2, ",
                "observedGeneration: 3, updatedReplicas: 1, replicas: 3, conditions: [{type: \
                 Progressing, status: \"False\", reason: ProgressDeadlineExceeded}]",
                Failed(Failure::Deadline),
            ),
        ] {
            assert_eq!(deployment(spec, status).progress(None, &[]), expected);
        }
    }

    #[test]
    fn a_new_pod_that_waits_for_a_secret_fails_it_at_once() {
        let rollout = deployment(
            "replicas: 1, ",
            "observedGeneration: 3, updatedReplicas: 1, replicas: 2",
        );
        let words = "secret \"gone\" not found";
        let pods = [
            member("old", "a", true),
            Member {
                waits: Some(words),
                ..member("new", "b", false)
            },
        ];
        assert_eq!(
            rollout.progress(Some("b"), &pods),
            Progress::Failed(Failure::Secret {
                pod: "new".to_owned(),
                words: words.to_owned(),
            })
        );
        // An old pod's trouble is not the rollout's.
        assert_eq!(
            rollout.progress(Some("a"), &pods),
            Progress::Waiting(Wait::Ended(1))
        );
    }

    #[test]
    fn a_daemon_set_counts_nodes() {
        let of = |updated, available| {
            rollout(
                "DaemonSet",
                &format!(
                    "spec: {{template: {{spec: {{}}}}}}\nstatus: {{observedGeneration: 3, \
                     desiredNumberScheduled: 4, updatedNumberScheduled: {updated}, \
                     numberAvailable: {available}}}\n"
                ),
            )
            .progress(None, &[])
        };
        assert_eq!(of(3, 4), Progress::Waiting(Wait::Updated(3, 4)));
        assert_eq!(of(4, 3), Progress::Waiting(Wait::Available(3, 4)));
        assert_eq!(of(4, 4), Progress::Done);
    }

    fn stateful_set(strategy: &str, available: i64) -> Rollout {
        rollout(
            "StatefulSet",
            &format!(
                "spec: {{replicas: 3, {strategy}template: {{spec: {{}}}}}}\nstatus: \
                 {{observedGeneration: 3, replicas: 3, readyReplicas: 3, updatedReplicas: 3, \
                 updateRevision: b, availableReplicas: {available}}}\n"
            ),
        )
    }

    #[test]
    fn old_pods_that_are_ready_do_not_finish_a_stateful_set() {
        let mut pods = [
            member("x-0", "a", true),
            member("x-1", "b", true),
            member("x-2", "b", true),
        ];
        let whole = stateful_set("", 3);
        let updated = Progress::Waiting(Wait::Updated(2, 3));
        assert_eq!(whole.progress(None, &pods), updated);
        assert_eq!(whole.progress(None, &pods[1..]), updated);
        pods[0].revision = "b";
        assert_eq!(whole.progress(None, &pods), Progress::Done);
        pods[0].ready = false;
        assert_eq!(
            whole.progress(None, &pods),
            Progress::Waiting(Wait::Ready(0))
        );
        pods[0].ready = true;
        assert_eq!(
            stateful_set("", 2).progress(None, &pods),
            Progress::Waiting(Wait::Available(2, 3))
        );
    }

    #[test]
    fn what_a_partition_or_on_delete_leaves_alone_is_known() {
        let pods = [
            member("x-0", "a", true),
            member("x-1", "a", true),
            member("x-2", "b", true),
        ];
        let strategy = "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}, ";
        let part = stateful_set(strategy, 3);
        assert_eq!(part.progress(None, &pods), Progress::Done);
        assert!(part.replaces("x-2") && !part.replaces("x-1"));
        let later = stateful_set(&format!("ordinals: {{start: 1}}, {strategy}"), 3);
        assert!(later.replaces("x-3") && !later.replaces("x-2"));
        let manual = stateful_set("updateStrategy: {type: OnDelete}, ", 3);
        assert_eq!(manual.progress(None, &pods), Progress::Manual);
        assert!(!manual.replaces("x-2"));
    }
}
