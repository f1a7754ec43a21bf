//! Watching what becomes of a live workload's change.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::cluster::{ClusterError, Resource};
use crate::commands::input::told;
use crate::gathering::resources::{CRON_JOBS, DEPLOYMENTS, EVENTS, PODS, REPLICA_SETS};
use crate::inventory::{Builder, Inventory, Pod, Scope};
use crate::manifest::Node;
use crate::migration::journal::Journal;
use crate::ui::Ui;
use crate::workload::rollout::{Failure, Progress, Rollout, Wait};
use crate::workload::{Strategy, Workload, WorkloadKind};

use super::failure::{Cause, Failed};
use super::staying::{Staying, Watched};
use super::target::{PAUSE, Target};

/// On a DaemonSet, and on its pods (kubernetes/api `apps/v1`).
const GENERATION: &str = "deprecated.daemonset.template.generation";
const POD_GENERATION: &str = "pod-template-generation";

/// What a rollout came to.
pub(super) enum Outcome {
    /// All pods that are replaced have the change, and have stayed up.
    Done(Watched),
    /// Nothing rolls by itself: why.
    ByHand(&'static str),
    /// New pods do not get ready.
    Failed(Failed),
}

impl Target<'_> {
    /// Waits for the pods and shows how far they are; an error is why it is
    /// not known what became of them.
    pub async fn watch(
        &self,
        patience: Duration,
        staying: Staying,
        ui: &Ui,
    ) -> Result<Outcome, String> {
        let progress = ui.progress();
        let outcome = self
            .wait(patience, staying, &|step| progress.step(step))
            .await;
        drop(progress);
        outcome.map_err(|error| {
            format!(
                "what became of its pods is not known: {}",
                told(error).message()
            )
        })
    }

    /// Waits until the change has reached the pods. Time in which all new pods
    /// are up and only have to stay so does not try anybody's patience.
    async fn wait(
        &self,
        patience: Duration,
        mut staying: Staying,
        progress: &dyn Fn(&str),
    ) -> Result<Outcome, ClusterError> {
        let mut waited = Duration::ZERO;
        let mut last = Instant::now();
        loop {
            let inventory = self.look().await?;
            let now = Instant::now();
            let Some((workload, rollout)) = self.rollout(&inventory) else {
                return Ok(Outcome::ByHand(if self.resource.kind == CRON_JOBS.kind {
                    "its next run has the change"
                } else {
                    "its pods have the change when somebody deletes them"
                }));
            };
            let state = inventory.progress(&rollout, workload);
            let Pods { new: pods, old } = match state {
                // Before its controller has looked, the newest pods are those
                // of the revision before.
                Progress::Waiting(Wait::Observed) => Pods::default(),
                _ => pods(&inventory, workload, &rollout),
            };
            staying = staying.look_at_old(&inventory, old.into_iter());
            staying.look(now, &inventory, &pods);
            let wait = match state {
                Progress::Done if pods.is_empty() && rollout.status.updated == 0 => {
                    return Ok(Outcome::ByHand(match rollout.strategy {
                        Strategy::Partition(_) => "its partition keeps all pods as they are",
                        _ => "it has no pods now, so nothing shows whether they start",
                    }));
                }
                Progress::Done
                    if staying.is_settled(
                        now,
                        usize::try_from(rollout.status.updated).unwrap_or(0).max(1),
                    ) =>
                {
                    return Ok(Outcome::Done(staying.watched(now, &pods)));
                }
                Progress::Paused => return Ok(Outcome::ByHand("it is paused")),
                Progress::Manual => return Ok(Outcome::ByHand("its strategy is OnDelete")),
                Progress::Failed(Failure::Deadline) => {
                    let why = "its progress deadline is exceeded";
                    return Ok(failed(with_ends(why, &pods), Cause::Pods));
                }
                Progress::Failed(Failure::Secret { pod, words }) => {
                    return Ok(failed(format!("pod/{pod} waits: {words}"), Cause::Secret));
                }
                Progress::Done => None,
                Progress::Waiting(wait) => Some(wait),
            };
            let broken = || staying.broken(&inventory, workload, &pods);
            if let Some(why) = crash(&pods).or_else(broken) {
                return Ok(failed(why, Cause::Pods));
            }
            let ready = inventory.object_of(workload).map_or(0, |object| {
                let ready = object.root.at(&["spec", "minReadySeconds"]);
                ready.and_then(Node::as_integer).unwrap_or(0)
            });
            let settling = staying.is_settling(now, Duration::from_secs(ready.unsigned_abs()));
            if !settling {
                waited += now - last;
            }
            last = now;
            let words = match wait {
                Some(wait) if !settling => words(&wait),
                Some(wait) => format!("{}; looking whether they stay up", words(&wait)),
                None => "looking whether its pods stay up".to_owned(),
            };
            progress(&format!("{}: {words}", self.id.short()));
            if waited > patience {
                let why = format!("its pods are not ready after {} s", patience.as_secs());
                return Ok(match rollout.status.not_created {
                    Some(none) => {
                        failed(format!("{why}: {}", none.words()), Cause::NotCreated(none))
                    }
                    None => failed(with_ends(&why, &pods), Cause::Pods),
                });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Pods of a StatefulSet that do not get ready and whose template is not
    /// the one it has now: after that went back they stay until somebody
    /// deletes them (kubernetes/kubernetes#67250).
    pub async fn stuck_pods(&self, patience: Duration) -> Result<Vec<String>, ClusterError> {
        if self.id.kind != "StatefulSet" {
            return Ok(Vec::new());
        }
        let start = Instant::now();
        loop {
            let inventory = self.look().await?;
            let Some((_, rollout)) = self.rollout(&inventory) else {
                return Ok(Vec::new());
            };
            // Before its controller has looked, its revision is that of the
            // pods that have failed.
            if rollout.generation > rollout.status.observed && start.elapsed() < patience {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            let stuck = inventory.pods_of(self.id).filter(|pod| {
                let old = pod.revision() != rollout.status.update_revision;
                old && !pod.ready && !pod.metadata.deleting
            });
            return Ok(stuck.map(|pod| pod.id.name.clone()).collect());
        }
    }

    /// The workload, its pods and what kubelet says of them.
    async fn look(&self) -> Result<Inventory, ClusterError> {
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, self.id.namespace.as_str(), Timestamp::now());
        let namespace = Some(self.id.namespace.as_str());
        for resource in [PODS, REPLICA_SETS, EVENTS] {
            let listed = self
                .cluster
                .list(&resource, namespace, &mut |node| builder.add_live(node))
                .await;
            match listed {
                Ok(_) => {}
                Err(ClusterError::Forbidden { .. }) if !self.needs(&resource) => {}
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

    /// Whether nothing can be said of its pods without this list: those of a
    /// Deployment are known by its ReplicaSets. Events only add to what pods say.
    pub fn needs(&self, list: &Resource) -> bool {
        list.plural == PODS.plural
            || list.plural == REPLICA_SETS.plural && self.resource.kind == DEPLOYMENTS.kind
    }

    /// Whether an earlier run has changed it, and its pods are not what they
    /// are to be yet.
    pub fn is_unfinished(&self, inventory: &Inventory) -> bool {
        let Some((workload, rollout)) = self.rollout(inventory) else {
            return false;
        };
        let journal = inventory
            .object_of(workload)
            .and_then(|object| Journal::of(object).ok())
            .unwrap_or_default();
        journal.guard().is_some()
            || !journal.is_empty()
                && matches!(
                    inventory.progress(&rollout, workload),
                    Progress::Waiting(_) | Progress::Failed(_)
                )
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
