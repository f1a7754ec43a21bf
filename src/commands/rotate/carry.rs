//! Carrying a run out: the value is written, its consumers are restarted wave by
//! wave, and all running containers are counted.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::live::run::Direction;
use crate::live::waves::{Member, Replacing, Stopped};
use crate::live::{PAUSE, Target};
use crate::rotation::census::{Behind, Census, Counted, Lack, Wanted};
use crate::rotation::plan::{Fate, Plan, Volumes};
use crate::rotation::record::Restarts;
use crate::rotation::state::{Phase, RunState};
use crate::signals::Hold;
use crate::watch::step::Failed;
use crate::workload::{Object, ObjectId};

use super::members::members;
use super::run::{Run, Told};
use super::view::View;

/// How a run is carried out.
pub(crate) struct Settings {
    /// How long new pods may take to become ready.
    pub patience: Duration,
    pub at_once: usize,
    pub settle: Option<Duration>,
    pub volumes: Volumes,
    /// How long the old value stays before it is removed.
    pub grace: Duration,
    /// How long it is kept after that.
    pub keep: Option<Duration>,
}

/// Why a run does not end well.
pub(super) enum Trouble {
    /// New pods of a workload are not well, or a check failed.
    Failed(Option<ObjectId>, Failed),
    /// Something could not be done.
    Error(CommandError),
    Interrupted,
    /// The run is not ours any more.
    Lost(String),
}

impl From<CommandError> for Trouble {
    fn from(error: CommandError) -> Self {
        Self::Error(error)
    }
}

impl From<Told> for Trouble {
    fn from(told: Told) -> Self {
        match told {
            Told::Lost(why) => Self::Lost(why),
            Told::Error(error) => Self::Error(error),
        }
    }
}

impl From<Stopped> for Trouble {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Failed(id, failed) => Self::Failed(Some(id), failed),
            Stopped::NoEffect(id) => Self::Error(
                CommandError::partial(format!(
                    "the restart of {} had no effect: the server took it and the pod template is what it was",
                    id.short()
                ))
                .hint("An admission webhook or an operator takes the annotation away; restart it as that one says."),
            ),
            Stopped::Cluster(id, error) => {
                let error = error.unmasked();
                let what = id.map_or_else(String::new, |id| format!("{}: ", id.short()));
                Self::Error(
                    CommandError::new(error.status(), format!("{what}{}", error.message()))
                        .hints(error.next_steps().to_vec()),
                )
            }
            Stopped::Interrupted => Self::Interrupted,
            Stopped::Lost(why) => Self::Lost(why),
        }
    }
}

/// Writes the new values, unless they are written, and says when they were, and what
/// comes `next`.
///
/// # Errors
/// Some of them may be written.
pub(super) async fn write(run: &mut Run<'_>, next: Phase) -> Result<Timestamp, Trouble> {
    // What comes after the count changes the keys again, and is not begun anew.
    if let (Phase::Retire, Some(wrote)) = (run.state().phase, run.state().wrote) {
        return Ok(wrote);
    }
    run.tell(Phase::Write).await?;
    let wrote = run.write(Direction::Forward).await?;
    // Somebody may have written the old value since an earlier try.
    let wrote = run.state().wrote.map_or(wrote, |before| before.max(wrote));
    // A mark of now, after the write: one that was chosen before could be another
    // restart's of meanwhile.
    let stamp = match next {
        Phase::Restart => Some(run.state().stamp.unwrap_or_else(|| run.new_stamp())),
        _ => run.state().stamp,
    };
    let state = RunState {
        phase: next,
        wrote: Some(wrote),
        stamp,
        ..run.state().clone()
    };
    run.say(state).await?;
    Ok(wrote)
}

/// Waits until a pod that is created now is known to be younger than the write whose
/// answer has just come: times of the API server have whole seconds, and this machine
/// may have another time.
pub(super) async fn past_the_second() {
    past_the_second_of(Instant::now()).await;
}

/// The same after an answer that came earlier.
pub(crate) async fn past_the_second_of(answer: Instant) {
    let second = Duration::from_millis(1_200);
    tokio::time::sleep(second.saturating_sub(answer.elapsed())).await;
}

/// Restarts the consumers and proves that all of them have the new value.
///
/// # Errors
/// At the first thing that goes wrong.
pub(super) async fn restart(
    run: &mut Run<'_>,
    plan: &Plan,
    inventory: &Inventory,
    wrote: Timestamp,
    settings: &Settings,
    hold: &Hold,
    view: &mut View<'_>,
) -> Result<Census, Trouble> {
    past_the_second().await;
    let keys = run.counted();
    let moves = run.moves();
    let wanted = Wanted::New { wrote };
    let restarts = run.restarts().unwrap_or_else(|| Restarts {
        stamp: wrote,
        workloads: Vec::new(),
    });
    let behind =
        |seen: &Inventory, id: &ObjectId| pods_behind(seen, &keys, &wanted, settings.volumes, id);
    let (shown, volumes) = ((keys.clone(), wanted.clone()), settings.volumes);
    view.tells(Box::new(move |seen, id| {
        pods_behind(seen, &shown.0, &shown.1, volumes, id)
    }));
    let first = count(run, plan, &keys, &wanted).await?;
    for wave in plan.waves() {
        let mut members = members(plan, wave, &restarts, &moves, inventory, settings.settle);
        // What has the value already, and is well, needs no restart: one that this run
        // has begun is watched to its end.
        let done = members.extract_if(.., |member| {
            let well = |seen: &Inventory| {
                let mut pods = seen.pods_of(&member.id).filter(|pod| !pod.is_finished());
                pods.all(|pod| pod.ready && !pod.metadata.deleting)
            };
            let object = object_of(inventory, &member.id);
            !object.is_some_and(|object| member.stamp.marks(object))
                && (moves.is_empty() || object.is_some_and(|object| member.stamp.names_new(object)))
                && first.behind_of(&member.id).next().is_none()
                && well(inventory)
        });
        for member in done.collect::<Vec<_>>() {
            settled(run, &member).await?;
        }
        if members.is_empty() {
            continue;
        }
        view.wave(wave, members.iter().map(|member| &member.id));
        let (cluster, namespace) = (run.cluster, run.namespace);
        let replacing = Replacing {
            cluster,
            namespace,
            patience: settings.patience,
            at_once: settings.at_once,
            hold,
        };
        let mut pulse = async || run.pulse().await;
        replacing
            .run(&members, &behind, &mut |event| view.on(&event), &mut pulse)
            .await?;
    }
    // What comes after the count has begun, and is not begun anew.
    if run.state().phase != Phase::Retire {
        run.tell(Phase::Verify).await?;
    }
    prove(run, plan, &wanted, settings.patience, hold, view).await
}

fn object_of<'i>(inventory: &'i Inventory, id: &ObjectId) -> Option<&'i Object> {
    let workload = inventory.workload(id)?;
    inventory.object_of(workload)
}

/// A workload whose pods need no restart is not guarded any more.
async fn settled(run: &Run<'_>, member: &Member) -> Result<(), Trouble> {
    let target = Target::restartable(run.cluster, &member.id);
    let (Some(target), Some(guard)) = (target, member.stamp.guard) else {
        return Ok(());
    };
    let lifted = target.lift_guard(&member.uid, guard, None).await;
    lifted.map_err(|error| Stopped::Cluster(Some(member.id.clone()), error))?;
    Ok(())
}

/// The pods of a workload in which a container does not have the wanted value.
pub(super) fn pods_behind(
    seen: &Inventory,
    keys: &[Counted],
    wanted: &Wanted<'_>,
    volumes: Volumes,
    id: &ObjectId,
) -> Vec<String> {
    let census = Census::take(seen, keys, wanted);
    let mut pods: Vec<_> = census
        .behind_of(id)
        .filter(|behind| match behind.lack {
            Lack::Other | Lack::Unknown => true,
            // Files are no reason to replace a pod, unless that was asked for.
            Lack::Refreshing => volumes == Volumes::Restart,
            Lack::NotReady | Lack::Ending => false,
        })
        .map(|behind| behind.pod.clone())
        .collect();
    pods.dedup();
    pods
}

/// Counts until every container has the wanted value, except those that are known to
/// keep the other one.
///
/// # Errors
/// When some do not after all patience.
pub(super) async fn prove(
    run: &mut Run<'_>,
    plan: &Plan,
    wanted: &Wanted<'_>,
    patience: Duration,
    hold: &Hold,
    view: &mut View<'_>,
) -> Result<Census, Trouble> {
    let keys = run.counted();
    let begun = Instant::now();
    loop {
        let census = count(run, plan, &keys, wanted).await?;
        let open = || {
            census
                .behind
                .iter()
                .filter(|behind| !stays(plan, &behind.workload))
        };
        if open().next().is_none() {
            return Ok(census);
        }
        let refreshing = open().any(|behind| behind.lack == Lack::Refreshing);
        view.waits(&census);
        if begun.elapsed() > patience && !refreshing {
            // What ends or is not ready is no reason to take everything back: it is
            // told, and both values are kept.
            let waits = |behind: &Behind| matches!(behind.lack, Lack::Ending | Lack::NotReady);
            if open().all(waits) {
                return Ok(census);
            }
            let first = open().next().map(|behind| behind.workload.clone());
            let why = format!(
                "{} of {} running containers do not have the value after {} s",
                open().count(),
                census.running,
                patience.as_secs()
            );
            return Err(Trouble::Failed(
                first,
                Failed {
                    why,
                    cause: crate::watch::step::Cause::Pods,
                },
            ));
        }
        if hold.has_arrived() {
            return Err(Trouble::Interrupted);
        }
        run.pulse().await.map_err(Trouble::Lost)?;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether the plan says that a workload goes on with what it has.
fn stays(plan: &Plan, id: &ObjectId) -> bool {
    let known = plan.workloads.iter().find(|affected| affected.id == *id);
    match known {
        Some(affected) => matches!(
            affected.fate,
            Fate::Left(_) | Fate::Later(_) | Fate::Rewrite(_)
        ),
        // A Job that began meanwhile, or a bare pod.
        None => matches!(id.kind.as_str(), "Job" | "Pod"),
    }
}

/// Looks at all pods once more.
pub(super) async fn count(
    run: &mut Run<'_>,
    plan: &Plan,
    keys: &[Counted],
    wanted: &Wanted<'_>,
) -> Result<Census, CommandError> {
    let seen = run
        .look(plan.workloads.iter().map(|affected| &affected.id))
        .await?;
    let census = Census::take(&seen, keys, wanted);
    run.census = Some((census.running, census.behind.len()));
    Ok(census)
}

/// What to do when a run stays where it is.
pub(super) fn left_open(run: &Run<'_>, what: &str) -> CommandError {
    CommandError::partial(what.to_owned()).hints(run.ways_on())
}
