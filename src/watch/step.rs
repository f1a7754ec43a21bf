//! One look at a rollout after a change: whether it goes on, has ended well, or
//! has failed. No clock and no cluster: what was seen and the time that has
//! passed come in.

use std::time::Duration;

use crate::api::CRON_JOBS;
use crate::inventory::{Inventory, Pod};
use crate::manifest::Node;
use crate::workload::rollout::{Failure, NotCreated, Progress, Rollout, Wait};
use crate::workload::{ObjectId, Strategy, Workload, WorkloadKind};

use super::staying::{Staying, Watched};

/// On a DaemonSet, and on its pods (kubernetes/api `apps/v1`).
const GENERATION: &str = "deprecated.daemonset.template.generation";
const POD_GENERATION: &str = "pod-template-generation";

/// What a look comes to.
pub enum Step {
    /// It goes on: how far it is.
    Wait(String),
    Ended(Outcome),
}

/// What a rollout came to.
pub enum Outcome {
    /// All pods that are replaced have the change, and have stayed up.
    Done(Watched),
    /// Nothing rolls by itself: why.
    ByHand(&'static str),
    /// New pods do not get ready.
    Failed(Failed),
}

/// Why a change has not reached the pods.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed {
    pub why: String,
    /// What stands in the way.
    pub cause: Cause,
}

/// What stands in the way of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A new pod waits for a Secret or a key.
    Secret,
    /// New pods are not ready, or end again.
    Pods,
    /// No new pod is made.
    NotCreated(NotCreated),
}

/// A rollout that is watched, look by look.
pub struct Watch<'a> {
    id: &'a ObjectId,
    patience: Duration,
    staying: Staying,
    /// What is seen of it is of before the change while its generation is lower.
    since: Option<Since<'a>>,
    /// Of the time that has passed, what tries patience.
    waited: Duration,
    last: Duration,
}

/// The generation that a change gave to an object.
#[derive(Clone, Copy)]
struct Since<'a> {
    uid: &'a str,
    generation: i64,
}

impl<'a> Watch<'a> {
    /// Of the workload of this name, for as long as `patience` at most. Time in
    /// which all new pods are up and only have to stay so does not try it.
    pub fn new(id: &'a ObjectId, patience: Duration, staying: Staying) -> Self {
        Self {
            id,
            patience,
            staying,
            since: None,
            waited: Duration::ZERO,
            last: Duration::ZERO,
        }
    }

    /// The same, of a change that gave this generation to the object with this uid. A
    /// watch may still show the object of before, whose pods are all well.
    pub fn since(self, uid: &'a str, generation: i64) -> Self {
        Self {
            since: Some(Since { uid, generation }),
            ..self
        }
    }

    /// Takes a look, so long after the first one.
    pub fn step(&mut self, inventory: &Inventory, passed: Duration) -> Step {
        let Some((workload, rollout)) = rollout_of(inventory, self.id) else {
            return Step::Ended(Outcome::ByHand(if self.id.kind == CRON_JOBS.kind {
                "its next run has the change"
            } else {
                "its pods have the change when somebody deletes them"
            }));
        };
        let is_of_before = self.since.is_some_and(|since| {
            workload.metadata.uid == since.uid && rollout.generation < since.generation
        });
        let state = match is_of_before {
            true => Progress::Waiting(Wait::Observed),
            false => inventory.progress(&rollout, workload),
        };
        let Pods { new: pods, old } = match state {
            // Before its controller has looked, the newest pods are those of the
            // revision before.
            Progress::Waiting(Wait::Observed) => Pods::default(),
            _ => pods(inventory, workload, &rollout),
        };
        self.staying.look(passed, inventory, &pods);
        let wait = match self.judge(state, &rollout, &pods, passed) {
            Ok(wait) => wait,
            Err(outcome) => return Step::Ended(outcome),
        };
        let broken = self.staying.broken(inventory, workload, &old, &pods);
        if let Some(why) = crash(&pods).or(broken) {
            return Step::Ended(failed(why, Cause::Pods));
        }
        let ready = inventory.object_of(workload).map_or(0, |object| {
            let ready = object.root.at(&["spec", "minReadySeconds"]);
            ready.and_then(Node::as_integer).unwrap_or(0)
        });
        let ready = Duration::from_secs(ready.unsigned_abs());
        let settling = self.staying.is_settling(passed, ready);
        if !settling {
            self.waited += passed.saturating_sub(self.last);
        }
        self.last = passed;
        // Pods that only have to stay up are ready in time: what was seen before was late.
        if !settling && self.waited > self.patience {
            let why = format!("its pods are not ready after {} s", self.patience.as_secs());
            return Step::Ended(match rollout.status.not_created {
                Some(none) => failed(format!("{why}: {}", none.words()), Cause::NotCreated(none)),
                None => failed(with_ends(&why, &pods), Cause::Pods),
            });
        }
        let words = match wait {
            Some(wait) if !settling => words(&wait),
            Some(wait) => format!("{}; looking whether they stay up", words(&wait)),
            None => "looking whether its pods stay up".to_owned(),
        };
        Step::Wait(format!("{}: {words}", self.id.short()))
    }

    /// What its state says: what it waits for (`None` while pods only have to
    /// stay up), or what it came to.
    fn judge(
        &self,
        state: Progress,
        rollout: &Rollout,
        pods: &[&Pod],
        passed: Duration,
    ) -> Result<Option<Wait>, Outcome> {
        let updated = usize::try_from(rollout.status.updated).unwrap_or(0);
        Err(match state {
            Progress::Done if pods.is_empty() && updated == 0 => {
                Outcome::ByHand(match rollout.strategy {
                    Strategy::Partition(_) => "its partition keeps all pods as they are",
                    _ => "it has no pods now, so nothing shows whether they start",
                })
            }
            Progress::Done if self.staying.is_settled(passed, updated.max(1)) => {
                Outcome::Done(self.staying.watched(passed, pods))
            }
            Progress::Paused => Outcome::ByHand("it is paused"),
            Progress::Manual => Outcome::ByHand("its strategy is OnDelete"),
            Progress::Failed(Failure::Deadline) => failed(
                with_ends("its progress deadline is exceeded", pods),
                Cause::Pods,
            ),
            Progress::Failed(Failure::Secret { pod, words }) => {
                failed(format!("pod/{pod} waits: {words}"), Cause::Secret)
            }
            Progress::Done => return Ok(None),
            Progress::Waiting(wait) => return Ok(Some(wait)),
        })
    }
}

/// The workload of a name, and how far its rollout is; `None` where it has none.
pub fn rollout_of<'i>(inventory: &'i Inventory, id: &ObjectId) -> Option<(&'i Workload, Rollout)> {
    let workload = inventory.workload(id)?;
    let object = inventory.object_of(workload)?;
    Some((workload, Rollout::from_object(workload, object)?))
}

/// Pods of a StatefulSet that do not get ready and whose template is not the one
/// it has now: after that went back they stay until somebody deletes them
/// (kubernetes/kubernetes#67250). `None` before its controller has looked: until
/// then its revision is that of the pods that have failed.
pub fn stuck_pods(inventory: &Inventory, id: &ObjectId) -> Option<Vec<String>> {
    let Some((_, rollout)) = rollout_of(inventory, id) else {
        return Some(Vec::new());
    };
    if rollout.generation > rollout.status.observed {
        return None;
    }
    let stuck = inventory.pods_of(id).filter(|pod| {
        let old = pod.revision() != rollout.status.update_revision;
        old && !pod.ready && !pod.metadata.deleting
    });
    Some(stuck.map(|pod| pod.id.name.clone()).collect())
}

fn failed(why: impl Into<String>, cause: Cause) -> Outcome {
    Outcome::Failed(Failed {
        why: why.into(),
        cause,
    })
}

/// The pods of a workload, without those that end or have ended.
#[derive(Default)]
struct Pods<'a> {
    /// Those that have the change.
    new: Vec<&'a Pod>,
    old: Vec<&'a Pod>,
}

/// None while it is not known which are which. The ReplicaSets are listed before
/// the Deployment is read: its newest one may not be among them yet.
fn pods<'a>(inventory: &'a Inventory, workload: &'a Workload, rollout: &'a Rollout) -> Pods<'a> {
    let newest = match inventory.newest_revision(workload) {
        Some(revision) => revision,
        None if workload.kind == WorkloadKind::Deployment => return Pods::default(),
        None => &rollout.status.update_revision,
    };
    // Of a DaemonSet's pods a label tells how often its template had changed.
    let generation = (workload.kind == WorkloadKind::DaemonSet)
        .then(|| workload.metadata.annotations.get(GENERATION))
        .flatten();
    let is_new = |pod: &&Pod| match (generation, pod.metadata.labels.get(POD_GENERATION)) {
        (Some(newest), Some(of_pod)) => newest == of_pod,
        _ => newest.is_empty() || pod.revision() == newest,
    };
    // A pod that was evicted stays in the list, and another one is made for it.
    let (new, old) = inventory
        .pods_of(&workload.id)
        .filter(|pod| !pod.metadata.deleting && !pod.is_finished())
        .partition(is_new);
    Pods { new, old }
}

/// A new pod that ends again and again.
fn crash(pods: &[&Pod]) -> Option<String> {
    pods.iter()
        .find_map(|pod| Some(format!("pod/{}: {}", pod.id.name, pod.crashes()?)))
}

/// A reason, and what the first pod whose container has ended adds to it.
fn with_ends(why: &str, pods: &[&Pod]) -> String {
    match pods.iter().flat_map(|pod| pod.ends()).next() {
        Some(end) => format!("{why}: {end}"),
        None => why.to_owned(),
    }
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

#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;
