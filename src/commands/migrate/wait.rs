//! Watching what becomes of a live workload's change.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::cluster::ClusterError;
use crate::commands::input::told;
use crate::gathering::resources::{CRON_JOBS, EVENTS, PODS, REPLICA_SETS};
use crate::inventory::{Builder, Inventory, Pod, Scope};
use crate::migration::guard;
use crate::migration::journal::Journal;
use crate::ui::Ui;
use crate::workload::rollout::{Failure, Progress, Rollout, Wait};
use crate::workload::{Workload, WorkloadKind};

use super::failure::{Cause, Failed};
use super::target::{PAUSE, Target};

/// A container without a readiness probe is ready the moment it starts, and
/// may end the next: only what holds this long counts.
const SETTLED: Duration = Duration::from_secs(guard::SECONDS.unsigned_abs());

/// What a rollout came to.
pub(super) enum Outcome {
    /// All pods that are replaced have the change.
    Done,
    /// Nothing rolls by itself: why.
    ByHand(&'static str),
    /// New pods do not get ready.
    Failed(Failed),
}

impl Target<'_> {
    /// Waits for the pods and shows how far they are; an error is why it is
    /// not known what became of them.
    pub async fn watch(&self, patience: Duration, ui: &Ui) -> Result<Outcome, String> {
        let progress = ui.progress();
        let outcome = self.wait(patience, &|step| progress.step(step)).await;
        drop(progress);
        outcome.map_err(|error| {
            format!(
                "what became of its pods is not known: {}",
                told(error).message()
            )
        })
    }

    /// Waits until the change has reached the pods.
    async fn wait(
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
            // With minReadySeconds the last pod has stayed up when it counts.
            let guarded = inventory.object_of(workload).is_some_and(guard::holds);
            let (settled, patience) = if guarded {
                let pods = u32::try_from(rollout.status.replicas).unwrap_or(0);
                (Duration::ZERO, patience + SETTLED * pods)
            } else {
                (SETTLED, patience)
            };
            let mut state = inventory.progress(&rollout, workload);
            // Before its controller has looked, the newest pods are those of the
            // revision before.
            let observed = state != Progress::Waiting(Wait::Observed);
            if state == Progress::Done {
                let ends = restarts(&inventory, workload, &rollout);
                let (since, before) = *done_since.get_or_insert_with(|| (Instant::now(), ends));
                if ends != before {
                    done_since = None;
                } else if since.elapsed() >= settled {
                    return Ok(Outcome::Done);
                }
                state = Progress::Waiting(Wait::Observed);
            } else {
                done_since = None;
            }
            match state {
                Progress::Done => {}
                Progress::Paused => return Ok(Outcome::ByHand("it is paused")),
                Progress::Manual => return Ok(Outcome::ByHand("its strategy is OnDelete")),
                Progress::Failed(Failure::Deadline) => {
                    return Ok(failed("its progress deadline is exceeded", Cause::Pods));
                }
                Progress::Failed(Failure::Secret { pod, words }) => {
                    return Ok(failed(format!("pod/{pod} waits: {words}"), Cause::Secret));
                }
                Progress::Waiting(wait) => {
                    let crash = observed.then(|| crash(&inventory, workload, &rollout));
                    if let Some(why) = crash.flatten() {
                        return Ok(failed(why, Cause::Pods));
                    }
                    let words = match done_since {
                        Some(_) => "looking whether its pods stay up".to_owned(),
                        None => words(&wait),
                    };
                    progress(&format!("{}: {words}", self.id.short()));
                }
            }
            // Pods that are ready are looked at for as long as that takes.
            if done_since.is_none() && start.elapsed() > patience {
                let why = format!("its pods are not ready after {} s", patience.as_secs());
                return Ok(match rollout.status.not_created {
                    Some(none) => {
                        failed(format!("{why}: {}", none.words()), Cause::NotCreated(none))
                    }
                    None => failed(why, Cause::Pods),
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
        journal.is_guarded()
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

/// A new pod that ends again and again. The ReplicaSets are listed before the
/// Deployment is read: while its newest one is not among them, a pod that
/// crashes may be one that is about to go.
fn crash(inventory: &Inventory, workload: &Workload, rollout: &Rollout) -> Option<String> {
    if workload.kind == WorkloadKind::Deployment {
        inventory.newest_revision(workload)?;
    }
    new_pods(inventory, workload, rollout)
        .find_map(|pod| Some(format!("pod/{}: {}", pod.id.name, pod.crashes()?)))
}

/// How often containers of the new pods have ended.
fn restarts(inventory: &Inventory, workload: &Workload, rollout: &Rollout) -> i64 {
    new_pods(inventory, workload, rollout)
        .flat_map(|pod| &pod.containers)
        .map(|status| status.restarts)
        .sum()
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
