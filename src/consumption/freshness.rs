//! Whether the pods of a consumer have the newest content.

use jiff::Timestamp;

use crate::inventory::staleness::{
    Cause, Doubt, Freshness, Start, freshness, freshness_of_run, written,
};
use crate::inventory::{ContainerState, Earlier, Inventory, Lookup, Pod, Reason, Run, SecretFacts};
use crate::workload::ContainerClass;
use crate::workload::delivery::Delivery;

use super::uses::Use;

/// A container of a live pod, and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodUse {
    pub pod: String,
    /// When the container started.
    pub started: Option<Timestamp>,
    /// When it ended, for an init container that succeeded. What it made of the value is from
    /// that time.
    pub finished: Option<Timestamp>,
    /// The latest time at which what it uses may have changed.
    pub changed: Option<Timestamp>,
    /// Whether it has the newest content.
    pub newest: Newest,
}

impl PodUse {
    /// Whether its node still serves an earlier Secret, or may.
    pub fn may_be_kept(&self) -> bool {
        matches!(
            self.newest,
            Newest::No(Cause::Frozen) | Newest::NotKnown(Unclear::Times(Doubt::NodeCache { .. }))
        )
    }
}

/// Whether a container has the newest content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Newest {
    Yes,
    /// It does not, or may not: what happened.
    No(Cause),
    /// Unknown.
    NotKnown(Unclear),
    /// It does not run: why, in Kubernetes' words.
    NotRunning(String),
}

/// Why it is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// The times are not conclusive.
    Times(Doubt),
    /// The start is not recorded.
    NoStart,
    /// The pod runs but reports nothing about the container.
    NoStatus,
    /// The Secret does not exist (any more).
    NoSecret,
    /// The Secret's times could not be seen.
    Unseen(Reason),
}

pub(super) struct Judge<'a> {
    inventory: &'a Inventory,
    secret: Result<&'a SecretFacts, Unclear>,
    key: Option<&'a str>,
}

impl<'a> Judge<'a> {
    pub fn new(inventory: &'a Inventory, lookup: &Lookup<'a>, key: Option<&'a str>) -> Self {
        let secret = match lookup {
            Lookup::Present(facts) => Ok(*facts),
            Lookup::Missing | Lookup::Expected(_) => Err(Unclear::NoSecret),
            Lookup::Unknown(reason) => Err(Unclear::Unseen(reason.clone())),
        };
        Self {
            inventory,
            secret,
            key,
        }
    }

    /// What a container of a pod has; `None` for a use outside containers.
    pub fn pod(&self, pod: &Pod, used: &Use<'_>) -> Option<PodUse> {
        let name = used.container.as_ref()?;
        let mut delivery = used.delivery.clone()?;
        if let Some(key) = self.key {
            delivery.keys = Some(vec![key]);
        }
        let mut finished = None;
        let (started, newest) = match pod.status(&name.name).map(|status| &status.state) {
            Some(ContainerState::Running { since }) => (
                *since,
                self.judged(pod, *since, |facts, start, earlier| {
                    freshness(&delivery, start, facts, earlier, self.inventory.now)
                }),
            ),
            Some(ContainerState::Terminated {
                run, exit_code: 0, ..
            }) if name.class == ContainerClass::Init => {
                finished = run.finished;
                (run.started, self.ran(pod, &delivery, *run))
            }
            Some(ContainerState::Waiting { reason, .. }) => (None, not_running(reason, "Waiting")),
            Some(ContainerState::Terminated { reason, .. }) => {
                (None, not_running(reason, "Terminated"))
            }
            Some(ContainerState::Unknown) | None if pod.phase == "Pending" => {
                (None, Newest::NotRunning(pod.phase.clone()))
            }
            Some(ContainerState::Unknown) | None => (None, Newest::NotKnown(Unclear::NoStatus)),
        };
        Some(PodUse {
            pod: pod.id.name.clone(),
            started,
            finished,
            changed: match &self.secret {
                Ok(facts) => written(delivery.keys.as_deref(), facts),
                Err(_) => None,
            },
            newest,
        })
    }

    fn ran(&self, pod: &Pod, delivery: &Delivery<'_>, run: Run) -> Newest {
        self.judged(pod, run.started, |facts, start, earlier| {
            freshness_of_run(delivery, start, run, facts, earlier)
        })
    }

    fn judged(
        &self,
        pod: &Pod,
        since: Option<Timestamp>,
        judge: impl Fn(&SecretFacts, Start, Option<Earlier>) -> Freshness,
    ) -> Newest {
        let facts = match &self.secret {
            Ok(facts) => facts,
            Err(unclear) => return Newest::NotKnown(unclear.clone()),
        };
        let Some(at) = since else {
            return Newest::NotKnown(Unclear::NoStart);
        };
        let earlier = self.inventory.earlier_use(facts, pod);
        match judge(
            facts,
            Start::in_pod(pod, at),
            earlier.map(|earlier| earlier.how),
        ) {
            Freshness::Fresh => Newest::Yes,
            Freshness::Stale { cause, .. } => Newest::No(cause),
            Freshness::Uncertain(doubt) => Newest::NotKnown(Unclear::Times(doubt)),
        }
    }
}

fn not_running(reason: &str, state: &str) -> Newest {
    let word = if reason.is_empty() { state } else { reason };
    Newest::NotRunning(word.to_owned())
}
