//! Replacing the pods of several workloads, some at a time, with one look at the
//! cluster for all of them.

use std::time::{Duration, Instant};

use crate::api::ROLLOUTS;
use crate::cluster::{Cluster, ClusterError};
use crate::inventory::{Inventory, Pod};
use crate::rotation::plan::Fate;
use crate::signals::Hold;
use crate::watch::liveness::{self, Steady};
use crate::watch::settle::Settle;
use crate::watch::staying::{Staying, Watched};
use crate::watch::step::{Cause, Failed, Outcome, Step, Watch};
use crate::workload::{Object, ObjectId};

use super::lookout::{Doubt, Lookout, Source};
use super::restart::{Restarted, Stamp};
use super::target::{PAUSE, Target};

/// A workload whose pods are to be replaced.
pub struct Member {
    pub id: ObjectId,
    pub uid: String,
    pub fate: Fate,
    pub stamp: Stamp,
    pub settle: Settle,
    pub steady: Steady,
}

/// Something that has happened.
pub enum Event<'e> {
    /// Its controller has been told to replace the pods.
    Restarting(&'e ObjectId),
    /// How far it is.
    Step(&'e ObjectId, String),
    /// All of its pods are new, and have stayed up.
    Done(&'e ObjectId, Option<Watched>),
    /// Nothing rolls by itself: why.
    ByHand(&'e ObjectId, &'static str),
    /// It was deleted meanwhile.
    Gone(&'e ObjectId),
    /// This pod was asked to go.
    Evicted(&'e ObjectId, String),
    /// A disruption budget does not let this pod go yet.
    Held(&'e ObjectId, String),
    /// The cluster as it is now.
    Look(&'e Inventory),
}

/// Why not all pods were replaced.
pub enum Stopped {
    /// New pods of a workload are not well.
    Failed(ObjectId, Failed),
    /// The server took the restart of a workload, and nothing came of it.
    NoEffect(ObjectId),
    /// The server did not take it, or does not answer.
    Cluster(Option<ObjectId>, ClusterError),
    /// Somebody wants the program to end.
    Interrupted,
    /// The run is not ours any more: why.
    Lost(String),
}

/// How pods are replaced.
pub struct Replacing<'a> {
    pub cluster: &'a Cluster,
    pub namespace: &'a str,
    /// How long new pods may take to become ready.
    pub patience: Duration,
    /// How many workloads at once, at least 1.
    pub at_once: usize,
    /// Ctrl-C and its kind.
    pub hold: &'a Hold,
}

/// Which pods of a workload still have the other value.
pub type BehindOf<'b> = &'b dyn Fn(&Inventory, &ObjectId) -> Vec<String>;

/// One that is being replaced.
struct Active<'m, 'a> {
    member: &'m Member,
    target: Target<'a>,
    begun: Instant,
    work: Work<'m>,
}

enum Work<'m> {
    Rolling(Watch<'m>),
    /// Its pods are evicted by us, or replaced by a controller that cannot be watched.
    Replacing {
        /// When a pod was last evicted, or one became ready.
        moved: Instant,
        left: usize,
    },
}

impl<'a> Replacing<'a> {
    /// Replaces the pods of all members; several workloads at a time, each one watched
    /// until its new pods have stayed up. `pulse` is called at each look.
    ///
    /// # Errors
    /// [`Stopped`] at the first one that fails: the others are left as they are.
    pub async fn run<'m>(
        &self,
        members: &'m [Member],
        behind: BehindOf<'_>,
        on: &mut dyn FnMut(Event<'_>),
        pulse: &mut impl AsyncFnMut() -> Result<(), String>,
    ) -> Result<(), Stopped>
    where
        'm: 'a,
    {
        let mut waiting = members.iter();
        let mut active: Vec<Active<'m, 'a>> = Vec::new();
        let mut lookout = Lookout::new(self.cluster, self.namespace);
        let targets = members
            .iter()
            .filter_map(|member| Target::restartable(self.cluster, &member.id));
        let looked = lookout.look(&targets.collect::<Vec<_>>()).await;
        let (mut seen, _) = looked.map_err(|error| Stopped::Cluster(None, error))?;
        loop {
            while active.len() < self.at_once.max(1)
                && let Some(member) = waiting.next()
            {
                active.extend(self.begin(member, &seen, on).await?);
            }
            if active.is_empty() {
                return Ok(());
            }
            let targets: Vec<_> = active.iter().map(|one| one.target.again()).collect();
            for one in active.iter().filter(|one| one.is_evicting()) {
                // New pods of a Rollout are known by ReplicaSets alone.
                lookout.doubt(match one.member.id.kind == ROLLOUTS.kind {
                    true => Doubt::Everything,
                    false => Doubt::Pods,
                });
            }
            let looked = lookout.look(&targets).await;
            let source;
            (seen, source) = looked.map_err(|error| Stopped::Cluster(None, error))?;
            on(Event::Look(&seen));
            let mut still = Vec::new();
            let mut doubt = None;
            for mut one in active {
                match self.go_on(&mut one, &seen, source, behind, on).await? {
                    GoesOn::Yes => still.push(one),
                    GoesOn::Perhaps(of) => {
                        doubt = doubt.max(Some(of));
                        still.push(one);
                    }
                    GoesOn::No => {}
                }
            }
            active = still;
            if let Some(doubt) = doubt {
                lookout.doubt(doubt);
                continue;
            }
            if self.hold.has_arrived() {
                return Err(Stopped::Interrupted);
            }
            pulse().await.map_err(Stopped::Lost)?;
            if !active.is_empty() {
                lookout.wait(PAUSE).await;
            }
        }
    }

    /// `None` for one that is gone.
    async fn begin<'m>(
        &self,
        member: &'m Member,
        seen: &Inventory,
        on: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<Active<'m, 'a>>, Stopped>
    where
        'm: 'a,
    {
        let id = &member.id;
        let Some(target) = Target::restartable(self.cluster, id) else {
            return Ok(None);
        };
        let mut generation = 0;
        if !member.stamp.is_empty() {
            let object = object_of(seen, id);
            let restarted = target.restart(&member.uid, &member.stamp, object).await;
            match restarted.map_err(|error| Stopped::Cluster(Some(id.clone()), error))? {
                Restarted::Yes(now) => generation = now,
                Restarted::NoEffect => return Err(Stopped::NoEffect(id.clone())),
                Restarted::Gone => {
                    on(Event::Gone(id));
                    return Ok(None);
                }
            }
        }
        if matches!(member.fate, Fate::Rewrite(_)) {
            on(Event::ByHand(id, "its template names the new Secret"));
            return Ok(None);
        }
        on(Event::Restarting(id));
        let work = match member.fate {
            Fate::Restart => {
                let staying = Staying::beside_old_pods(&member.settle, member.steady.clone());
                let watch = Watch::new(id, self.patience, staying);
                Work::Rolling(watch.since(&member.uid, generation))
            }
            _ => Work::Replacing {
                moved: Instant::now(),
                left: usize::MAX,
            },
        };
        Ok(Some(Active {
            member,
            target,
            begun: Instant::now(),
            work,
        }))
    }

    /// One step of one workload. What watches show ends nothing.
    async fn go_on(
        &self,
        one: &mut Active<'_, '_>,
        seen: &Inventory,
        source: Source,
        behind: BehindOf<'_>,
        on: &mut dyn FnMut(Event<'_>),
    ) -> Result<GoesOn, Stopped> {
        let id = &one.member.id;
        match &mut one.work {
            Work::Rolling(watch) => match watch.step(seen, one.begun.elapsed()) {
                Step::Wait(words) => {
                    let prefix = format!("{}: ", id.short());
                    let words = words.strip_prefix(&prefix).unwrap_or(&words).to_owned();
                    on(Event::Step(id, words));
                    return Ok(GoesOn::Yes);
                }
                Step::Ended(outcome) if !source.settles(proof(&outcome, seen, id)) => {
                    return Ok(GoesOn::Perhaps(proof(&outcome, seen, id)));
                }
                Step::Ended(Outcome::Failed(failed)) => {
                    return Err(Stopped::Failed(id.clone(), failed));
                }
                Step::Ended(Outcome::Done(watched)) => on(Event::Done(id, Some(watched))),
                Step::Ended(Outcome::ByHand(why)) => on(Event::ByHand(id, why)),
            },
            Work::Replacing { moved, left } => {
                let pods = behind(seen, id);
                if pods.len() < *left {
                    *left = pods.len();
                    *moved = Instant::now();
                }
                let live = |pod: &&Pod| !pod.is_finished();
                let all: Vec<_> = seen.pods_of(id).filter(live).collect();
                let whole = all.iter().all(|pod| pod.ready && !pod.metadata.deleting);
                if pods.is_empty() && whole {
                    on(Event::Done(id, None));
                    return Ok(GoesOn::No);
                }
                if moved.elapsed() > self.patience {
                    return Err(Stopped::Failed(
                        id.clone(),
                        not_replaced(self.patience, &all),
                    ));
                }
                on(Event::Step(
                    id,
                    format!("{} of {} pods are left", pods.len(), all.len()),
                ));
                if matches!(one.member.fate, Fate::Evict(_))
                    && let Some(pod) = next_to_go(&all, &pods)
                {
                    let evicted = self.cluster.evict_pod(self.namespace, pod).await;
                    match evicted.map_err(|error| Stopped::Cluster(Some(id.clone()), error))? {
                        true => on(Event::Evicted(id, pod.to_owned())),
                        false => on(Event::Held(id, pod.to_owned())),
                    }
                }
                return Ok(GoesOn::Yes);
            }
        }
        if let Some(guard) = one.member.stamp.guard {
            let object = object_of(seen, id);
            let lifted = (one.target)
                .lift_guard(&one.member.uid, guard, object)
                .await;
            lifted.map_err(|error| Stopped::Cluster(Some(id.clone()), error))?;
        }
        Ok(GoesOn::No)
    }
}

/// What has to be listed before an outcome is believed. Only lists show that nothing is
/// wrong with new pods: pods say so themselves, but for failures of liveness probes, which
/// are events. What speaks of anything else than pods that are well is looked at anew.
fn proof(outcome: &Outcome, seen: &Inventory, id: &ObjectId) -> Doubt {
    let has_probes = || {
        let workload = seen.workload(id);
        workload.is_none_or(|workload| liveness::is_probed(seen, workload))
    };
    match outcome {
        Outcome::Done(_) if !has_probes() => Doubt::Pods,
        _ => Doubt::Everything,
    }
}

fn object_of<'i>(seen: &'i Inventory, id: &ObjectId) -> Option<&'i Object> {
    seen.object_of(seen.workload(id)?)
}

/// Whether a workload is still being replaced.
enum GoesOn {
    Yes,
    /// It is over if lists of now say so, too.
    Perhaps(Doubt),
    No,
}

impl Active<'_, '_> {
    fn is_evicting(&self) -> bool {
        matches!(self.work, Work::Replacing { .. })
    }
}

/// The pod that is to go next: one that serves nobody first; one that does only when
/// all others do, too, the highest ordinal first.
pub fn next_to_go<'p>(all: &[&'p Pod], behind: &[String]) -> Option<&'p str> {
    let is_behind = |pod: &&&Pod| behind.contains(&pod.id.name) && !pod.metadata.deleting;
    let name = |pod: &&'p Pod| pod.id.name.as_str();
    if let Some(pod) = all.iter().filter(is_behind).find(|pod| !pod.ready) {
        return Some(name(pod));
    }
    let whole = all.iter().all(|pod| pod.ready && !pod.metadata.deleting);
    let ordinal = |pod: &&&Pod| crate::workload::rollout::ordinal(&pod.id.name);
    match whole {
        true => all.iter().filter(is_behind).max_by_key(ordinal).map(name),
        false => None,
    }
}

fn not_replaced(patience: Duration, pods: &[&Pod]) -> Failed {
    let why = format!("its pods are not replaced after {} s", patience.as_secs());
    let crash = pods.iter().find_map(|pod| Some((pod, pod.crashes()?)));
    Failed {
        why: match crash {
            Some((pod, words)) => format!("{why}: pod/{}: {words}", pod.id.name),
            None => why,
        },
        cause: Cause::Pods,
    }
}
