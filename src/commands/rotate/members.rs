//! From a plan to the workloads that are restarted, with what takes that back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::live::restart::{Stamp, mark_of};
use crate::live::waves::Member;
use crate::rotation::plan::{Affected, Fate, Plan};
use crate::rotation::record::{MOST_WORKLOADS, Move, Restart, Restarts, is_time_like};
use crate::watch::guard::Guard;
use crate::watch::liveness::Steady;
use crate::watch::settle::Settle;
use crate::workload::Object;

/// What a run writes down of the workloads that it restarts.
///
/// # Errors
/// Status 2 where they are too many for one run.
pub(crate) fn restarts(
    plan: &Plan,
    inventory: &Inventory,
    moves: &[Move],
    settle: Option<Duration>,
    now: Timestamp,
) -> Result<Restarts, CommandError> {
    let restarted: Vec<_> = plan
        .changed()
        .filter(|affected| !matches!(affected.fate, Fate::Evict(_)) || !moves.is_empty())
        .collect();
    if restarted.len() > MOST_WORKLOADS {
        return Err(CommandError::usage(format!(
            "{} workloads would be restarted, and one run restarts {MOST_WORKLOADS} at most",
            restarted.len()
        ))
        .hint("Write the value with --stage, and restart its consumers in parts with restart --stale -l LABELS."));
    }
    let mut workloads = Vec::new();
    let mut marks = Vec::new();
    for affected in restarted {
        let object = object_of(inventory, affected);
        let mark = object.and_then(mark_of);
        marks.extend(mark.map(str::to_owned));
        workloads.push(Restart {
            kind: affected.id.kind.clone(),
            name: affected.id.name.clone(),
            uid: affected.uid.clone(),
            wave: affected.wave,
            // What is no time was not written by a restart, and is not kept.
            before: mark.filter(|mark| is_time_like(mark)).map(str::to_owned),
            guard: match affected.fate {
                Fate::Restart => guard(inventory, affected, settle),
                _ => None,
            },
        });
    }
    Ok(Restarts {
        stamp: stamp(&marks, now),
        workloads,
    })
}

/// A mark that none of the workloads had.
pub(crate) fn stamp_now(known: &[Restart], now: Timestamp) -> Timestamp {
    let marks: Vec<_> = known.iter().filter_map(|one| one.before.clone()).collect();
    stamp(&marks, now)
}

/// What a run puts on a template.
pub(crate) fn stamp_of(
    fate: Fate,
    restarts: &Restarts,
    guard: Option<Guard>,
    moves: &[Move],
) -> Stamp {
    match fate {
        Fate::Restart | Fate::RestartRollout => Stamp::new(restarts.stamp, guard),
        _ => Stamp::without_mark(),
    }
    .moving(moves)
}

/// A time that no workload has been restarted at: one restart a second is all that
/// some marks can tell. It has a fraction, which other tools do not write.
fn stamp(marks: &[String], now: Timestamp) -> Timestamp {
    let micros = now.subsec_microsecond().max(1);
    let whole = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut stamp = whole + SignedDuration::from_micros(micros.into());
    let seconds: Vec<i64> = (marks.iter())
        .filter_map(|mark| mark.parse::<Timestamp>().ok())
        .map(Timestamp::as_second)
        .collect();
    // A Rollout is given the second after.
    let is_taken = |stamp: Timestamp| {
        let second = stamp.as_second();
        seconds.contains(&second) || seconds.contains(&(second + 1))
    };
    while is_taken(stamp) {
        stamp += SignedDuration::from_secs(1);
    }
    stamp
}

fn object_of<'i>(inventory: &'i Inventory, affected: &Affected) -> Option<&'i Object> {
    let workload = inventory.workload(&affected.id)?;
    inventory.object_of(workload)
}

fn settle_of(
    inventory: &Inventory,
    affected: &Affected,
    settle: Option<Duration>,
) -> (Settle, Steady) {
    let found = inventory
        .workload(&affected.id)
        .and_then(|workload| Some((workload, inventory.object_of(workload)?)));
    match found {
        Some((workload, object)) => {
            let pods = inventory.pods_of(&affected.id);
            (
                Settle::for_workload(settle, workload, object, pods),
                Steady::before(inventory, workload),
            )
        }
        None => (Settle::of_the_way_back(), Steady::default()),
    }
}

fn guard(inventory: &Inventory, affected: &Affected, settle: Option<Duration>) -> Option<Guard> {
    let workload = inventory.workload(&affected.id)?;
    let object = inventory.object_of(workload)?;
    let (settle, steady) = settle_of(inventory, affected, settle);
    Guard::needed(workload, object, &settle, &steady)
}

/// The workloads of one wave. One that the record does not know came later: it is
/// restarted with the run's mark and without a guard.
pub(crate) fn members(
    plan: &Plan,
    wave: i64,
    restarts: &Restarts,
    moves: &[Move],
    inventory: &Inventory,
    settle: Option<Duration>,
) -> Vec<Member> {
    plan.changed()
        .filter(|affected| affected.wave == wave)
        .map(|affected| {
            let (settle, steady) = settle_of(inventory, affected, settle);
            let known = restarts.workloads.iter().find(|restart| {
                restart.kind == affected.id.kind && restart.name == affected.id.name
            });
            Member {
                id: affected.id.clone(),
                uid: affected.uid.clone(),
                fate: affected.fate,
                stamp: stamp_of(
                    affected.fate,
                    restarts,
                    known.and_then(|restart| restart.guard),
                    moves,
                ),
                settle,
                steady,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 73.
    #[test]
    fn no_two_restarts_have_one_mark() {
        let now: Timestamp = "2026-11-29T10:00:00.7000019Z".parse().unwrap();
        let at = |marks: &[&str], now: Timestamp| {
            let marks: Vec<_> = marks.iter().map(|mark| (*mark).to_owned()).collect();
            stamp(&marks, now).to_string()
        };
        for (marks, expected) in [
            (&[][..], "2026-11-29T10:00:00.700001Z"),
            (&["yesterday"], "2026-11-29T10:00:00.700001Z"),
            // kubectl's, in its own time zone.
            (
                &["2026-11-29T11:00:00+01:00"],
                "2026-11-29T10:00:01.700001Z",
            ),
            (
                &["2026-11-29T10:00:00Z", "2026-11-29T10:00:02Z"],
                "2026-11-29T10:00:03.700001Z",
            ),
        ] {
            assert_eq!(at(marks, now), expected);
        }
        // Never without a fraction: others restart in this second as well.
        let whole = "2026-11-29T10:00:00Z".parse().unwrap();
        assert_eq!(at(&[], whole), "2026-11-29T10:00:00.000001Z");
    }
}
