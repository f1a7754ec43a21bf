//! The way back: the value first, then every container that has started since the new
//! one was written, whoever started it.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::cluster::{ClusterError, LogRun};
use crate::command_line::{CommandLine, Hint};
use crate::error::{CommandError, ExitStatus};
use crate::inventory::{ContainerState, Inventory};
use crate::live::restart::{Restarted, Stamp};
use crate::live::run::{Direction, Has};
use crate::live::{self, PAUSE, Target};
use crate::rotation::census::{Census, Lack, Running, Wanted};
use crate::rotation::hooks::OtherSide;
use crate::rotation::record::Restart;
use crate::rotation::state::{Phase, RunState};
use crate::signals::Hold;
use crate::watch::step::{Failed, rollout_of, stuck_pods};
use crate::workload::ObjectId;
use crate::workload::rollout::Progress;

use super::carry::{Trouble, left_open, past_the_second};
use super::run::Run;
use super::view::View;

/// Takes a run back and says why it was.
pub(super) async fn back(
    run: &mut Run<'_>,
    why: &str,
    before: &Running,
    patience: Duration,
    view: &mut View<'_>,
) -> CommandError {
    run.ui.warn(format!("{why}; taking everything back"));
    match take_back(run, before, patience, view).await {
        Ok(census) => CommandError::new(
            ExitStatus::RolledBack,
            format!(
                "everything is what it was before: {why}; 0 of {} running containers have the new value",
                census.running
            ),
        ),
        Err(error) => {
            run.let_go().await;
            let open = left_open(
                run,
                &format!(
                    "{why}, and not everything could be taken back: {}",
                    error.message()
                ),
            );
            open.hints(error.next_steps().to_vec())
        }
    }
}

/// Takes a run back: values, templates, and every container that has the new value.
///
/// # Errors
/// When not everything is back.
pub(super) async fn take_back(
    run: &mut Run<'_>,
    before: &Running,
    patience: Duration,
    view: &mut View<'_>,
) -> Result<Census, CommandError> {
    // Nobody interrupts this but by SIGKILL: what is half back is worse than either.
    let _hold = Hold::of(&[
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ])
    .map_err(|error| CommandError::partial(format!("signals cannot be handled: {error}")))?;
    if let Some(name) = run.foreign().await? {
        return Err(foreign(run, &name).await);
    }
    run.tell(Phase::Back).await?;
    run.restore_other_side().await?;
    let wrote = run.find_when_written().await?;
    let written = run.write(Direction::Back).await?;
    let restored = run
        .state()
        .restored
        .map_or(written, |before| before.max(written));
    let state = RunState {
        restored: Some(restored),
        ..run.state().clone()
    };
    run.say(state).await?;
    let Some(wrote) = wrote else {
        // Nobody can have the new value.
        run.remove().await?;
        return Ok(Census::default());
    };
    past_the_second().await;
    for restart in run.restarts().map_or_else(Vec::new, |all| all.workloads) {
        template_back(run, &restart).await?;
    }
    finish(run, wrote, restored, before, patience, view).await
}

/// The template of one workload is what it was.
async fn template_back(run: &Run<'_>, restart: &Restart) -> Result<(), CommandError> {
    let Some(restarts) = run.restarts() else {
        return Ok(());
    };
    let id = restart.id(run.namespace);
    let Some(target) = Target::restartable(run.cluster, &id) else {
        return Ok(());
    };
    let stamp = Stamp::new(restarts.stamp, restart.guard).moving(&run.moves());
    let taken = target
        .take_restart_back(&restart.uid, &stamp, restart.before.as_deref())
        .await;
    match taken.map_err(ClusterError::unmasked)? {
        Restarted::Yes(_) | Restarted::Gone => Ok(()),
        Restarted::NoEffect => Err(CommandError::partial(format!(
            "the template of {} could not be taken back",
            id.short()
        ))),
    }
}

/// Replaces what has the new value until nothing has it, and removes the run.
async fn finish(
    run: &mut Run<'_>,
    wrote: Timestamp,
    restored: Timestamp,
    before: &Running,
    patience: Duration,
    view: &mut View<'_>,
) -> Result<Census, CommandError> {
    let keys = run.counted();
    let wanted = Wanted::Old {
        wrote,
        restored,
        before,
    };
    let restarted: Vec<ObjectId> = run.restarts().map_or_else(Vec::new, |restarts| {
        restarts
            .workloads
            .iter()
            .map(|one| one.id(run.namespace))
            .collect()
    });
    let begun = Instant::now();
    let census = loop {
        let mut ids = restarted.clone();
        let seen = run.look(ids.iter()).await?;
        let census = Census::take(&seen, &keys, &wanted);
        run.census = Some((census.running, census.behind.len()));
        ids.extend(census.workloads.iter().cloned());
        ids.sort();
        ids.dedup();
        let waiting = evict(run, &seen, &census, &ids, view).await?;
        let open = census.behind.iter().any(|behind| !is_left(behind));
        if !open && !waiting {
            break census;
        }
        view.waits(&census);
        let refreshing = census
            .behind
            .iter()
            .any(|behind| behind.lack == Lack::Refreshing);
        if begun.elapsed() > patience && !refreshing {
            if !open {
                run.ui.warn(
                    "the values and the templates are what they were, but not all pods are ready",
                );
                break census;
            }
            return Err(CommandError::partial(format!(
                "{} of {} running containers may have the new value",
                census.behind.len(),
                census.running
            )));
        }
        run.pulse().await.map_err(CommandError::partial)?;
        tokio::time::sleep(PAUSE).await;
    };
    for behind in &census.behind {
        run.ui.warn(format!(
            "container {} of pod/{} may still have the new value: nothing replaces its pod",
            behind.container, behind.pod
        ));
    }
    run.unmake_successors().await?;
    run.all_have(Has::Old).await?;
    run.remove().await?;
    Ok(census)
}

/// Somebody else has written the Secret: no value of the run is written over that, and
/// the workloads are what they were. Both values stay where they are.
async fn foreign(run: &Run<'_>, name: &str) -> CommandError {
    let restarts = run.restarts().map(|restarts| restarts.workloads);
    let restarts = match run.replaced_is_gone().await {
        // There is nothing to name again.
        true => None,
        false => restarts,
    };
    for restart in restarts.unwrap_or_default() {
        if let Err(error) = template_back(run, &restart).await {
            run.ui.warn(error.message());
        }
    }
    let own = crate::rotation::record::name_of(run.lead_name());
    let told = match run.state().other_side {
        OtherSide::New => " The other side of the credential may have the new value of the run.",
        OtherSide::Retired => " The old value was ended on the other side of the credential.",
        OtherSide::Untouched | OtherSide::Restored => "",
    };
    let error = CommandError::partial(format!(
        "secret/{name} is left as it is, because somebody else has written it since; secret/{own} keeps the two values of the run.{told}"
    ));
    match told {
        // What may be the only copy of a valid password is not to be deleted.
        "" => error.hint(Hint::run(
            "When nobody needs these values",
            CommandLine::kubectl("delete secret")
                .name(&own)
                .namespace(run.namespace),
        )),
        _ => error.hint("Give the other side the value that the Secret has now, or write the Secret; then delete the Secret of the run."),
    }
}

/// What nothing of ours replaces, and is told.
fn is_left(behind: &crate::rotation::census::Behind) -> bool {
    matches!(behind.workload.kind.as_str(), "Job" | "Pod") || behind.lack == Lack::NotReady
}

/// Evicts pods with the new value that no rollout replaces; whether a rollout is
/// under way, or pods are not ready.
async fn evict(
    run: &Run<'_>,
    seen: &Inventory,
    census: &Census,
    ids: &[ObjectId],
    view: &mut View<'_>,
) -> Result<bool, CommandError> {
    let mut waiting = false;
    for id in ids {
        let behind: Vec<String> = census
            .behind_of(id)
            .filter(|behind| matches!(behind.lack, Lack::Other | Lack::Unknown))
            .map(|behind| behind.pod.clone())
            .collect();
        let rolls = rollout_of(seen, id).is_some_and(|(workload, rollout)| {
            matches!(
                seen.progress(&rollout, workload),
                Progress::Waiting(_) | Progress::Failed(_)
            )
        });
        let mut go: Vec<String> = stuck_pods(seen, id).unwrap_or_default();
        if id.kind != "StatefulSet" {
            go.clear();
        }
        let pods: Vec<_> = seen.pods_of(id).filter(|pod| !pod.is_finished()).collect();
        if go.is_empty() && !rolls {
            go.extend(live::waves::next_to_go(&pods, &behind).map(str::to_owned));
        }
        let unready = pods.iter().any(|pod| !pod.ready || pod.metadata.deleting);
        waiting |= rolls || unready || !go.is_empty();
        for pod in go {
            if matches!(id.kind.as_str(), "Pod" | "Job") {
                continue;
            }
            let evicted = run.cluster.evict_pod(run.namespace, &pod).await;
            let event = match evicted.map_err(ClusterError::unmasked)? {
                true => live::waves::Event::Evicted(id, pod),
                false => live::waves::Event::Held(id, pod),
            };
            view.on(&event);
        }
    }
    Ok(waiting)
}

/// Why a run failed, with the pod's own reason and the last lines of its log.
pub(super) async fn why(run: &Run<'_>, trouble: Trouble) -> String {
    match trouble {
        Trouble::Failed(id, Failed { why, .. }) => {
            let Some(id) = id else { return why };
            logs(run, &id).await;
            match why.contains(&id.short()) {
                true => why,
                false => format!("{}: {why}", id.short()),
            }
        }
        Trouble::Error(error) => error.message().to_owned(),
        Trouble::Interrupted => "the run was interrupted".to_owned(),
        Trouble::Lost(why) => why,
    }
}

/// Shows the last lines of the containers that are not well, with values masked.
async fn logs(run: &Run<'_>, id: &ObjectId) {
    const LINES: usize = 10;
    let Ok(seen) = run.look(std::iter::once(id)).await else {
        return;
    };
    let unwell = seen
        .pods_of(id)
        .filter(|pod| !pod.ready && !pod.metadata.deleting);
    let statuses = unwell.flat_map(|pod| pod.containers.iter().map(move |status| (pod, status)));
    let ended = statuses.filter(|(_, status)| {
        !status.ready
            && (status.restarts > 0 || !matches!(status.state, ContainerState::Waiting { .. }))
    });
    for (pod, status) in ended.take(1) {
        let runs = match status.state {
            ContainerState::Running { .. } => LogRun::Present,
            _ if status.restarts > 0 && matches!(status.state, ContainerState::Waiting { .. }) => {
                LogRun::Previous
            }
            _ => LogRun::Present,
        };
        let read = run
            .cluster
            .last_lines(run.namespace, &pod.id.name, &status.name, runs, LINES);
        let Ok(text) = read.await else { continue };
        let lines = run.redactor.show_lines(&text);
        if !lines.is_empty() {
            run.ui.note(format!(
                "the last lines of container {} of pod/{}:",
                status.name, pod.id.name
            ));
            for line in lines.iter().take(LINES) {
                run.ui.note(format!("  | {line}"));
            }
        }
    }
}
