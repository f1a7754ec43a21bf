//! Whether a running container still holds an old content of a Secret.
//!
//! What a container started with is compared with when the Secret was last
//! written. Variables and sub-paths are taken when the container starts
//! (observed on a node: they never change); a directory is kept current. The
//! time of a change is that of the field manager's last write (kubernetes/website
//! content/en/docs/reference/using-api/server-side-apply.md), so a write of
//! another field by the same manager moves it: it is an upper bound, and a
//! container may be called stale once too often, never too seldom. Where the
//! time of an entry or the entry of a key is missing, nothing is an upper bound.
//!
//! A container's start is told by the node's clock, all other times by the API
//! server's. They are compared only beyond [`SKEW`]; the creation of the pod
//! and kubelet's last report, which bound the start, need no such allowance.
//! All are cut to whole seconds, so two equal ones do not tell which was first.
//!
//! That a container started after a change is no proof where its node may have
//! kept an earlier Secret of the name ([`super::node_cache`]).

use jiff::{SignedDuration, Timestamp};

use crate::workload::Need;
use crate::workload::delivery::{Delivery, Way};

use super::{Earlier, Immutability, Keys, Pod, Run, SecretFacts};

/// How far the clocks of a node and of the API server may differ, the delay of
/// kubelet's cache included.
pub const SKEW: SignedDuration = SignedDuration::from_secs(90);
/// How long kubelet may take to refresh a directory: a sync period and the
/// delay of its cache.
pub const REFRESH: SignedDuration = SignedDuration::from_secs(120);

/// When a container started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// `startedAt`, by the node's clock.
    pub at: Timestamp,
    /// When its pod was created, by the API server's clock: it cannot have
    /// started earlier.
    pub pod_created: Option<Timestamp>,
    /// When kubelet reported that it runs, by the API server's clock: it
    /// cannot have started later.
    pub reported: Option<Timestamp>,
    /// How long after it saw the pod kubelet started it, both by the node's
    /// clock: so long after its creation, at least, it started.
    pub waited: SignedDuration,
}

impl Start {
    /// That of a container of a pod.
    pub fn in_pod(pod: &Pod, at: Timestamp) -> Self {
        Self {
            at,
            pod_created: pod.metadata.created,
            reported: pod.reported,
            waited: pod.started.map_or(SignedDuration::ZERO, |seen| {
                at.duration_since(seen).max(SignedDuration::ZERO)
            }),
        }
    }
}

impl Start {
    /// Whether it was certainly before a time of the API server.
    pub fn is_before(self, time: Timestamp) -> bool {
        is_older(self, time)
    }

    /// Whether it was certainly after a time of the API server.
    pub fn is_after(self, time: Timestamp) -> bool {
        is_younger(self, time)
    }
}

/// Whether a container holds what the Secret holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    /// It does not, or may not: the Secret was written after it started.
    Stale {
        /// What happened to the Secret.
        cause: Cause,
        /// When, at the latest.
        changed: Timestamp,
    },
    /// It cannot be told.
    Uncertain(Doubt),
}

/// What happened to a Secret after a container started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Changed,
    /// It was created; the reference is optional, so the container started
    /// without it (or with one that was deleted since).
    Created,
    /// It was deleted and created again, since the container could not have
    /// started without it.
    Recreated,
    /// The same with an immutable one: kubelet goes on serving the old content
    /// to every pod of the node, new ones too (kubernetes/kubernetes
    /// `pkg/kubelet/util/manager/watch_based_manager.go`; #131589).
    Frozen,
}

/// Why it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Start and change are so close that the clocks do not tell which was
    /// first.
    TooClose {
        /// When it was changed, at the latest.
        changed: Timestamp,
    },
    /// It was written a moment ago, and kubelet may not have refreshed the
    /// directory yet.
    Refreshing {
        /// When it was changed, at the latest.
        changed: Timestamp,
    },
    /// The server does not record when it was written.
    NotRecorded,
    /// Kubelet may still serve an earlier Secret of the name.
    NodeCache {
        /// What speaks for it.
        earlier: Earlier,
    },
}

/// When the keys of a delivery were last written, at the latest.
pub fn written(keys: Option<&[&str]>, facts: &SecretFacts) -> Option<Timestamp> {
    let changed = match keys {
        None => facts.changed,
        Some(keys) => {
            let times: Option<Vec<_>> = keys.iter().map(|key| time_of(key, facts)).collect();
            times.and_then(|times| times.into_iter().max())
        }
    };
    // A time before the creation belongs to a copy of metadata.
    changed.map(|changed| {
        facts
            .created
            .map_or(changed, |created| changed.max(created))
    })
}

/// When a key was last written, at the latest; `None` where no entry tells it.
fn time_of(key: &str, facts: &SecretFacts) -> Option<Timestamp> {
    facts.key_times.get(key).copied().or(match &facts.keys {
        // It has no such key (any more).
        Keys::Complete(keys) if !keys.contains(key) => facts.changed,
        _ => None,
    })
}

/// Judges what a running container got in one way from one Secret. `earlier`
/// is what speaks for an earlier Secret on its node.
pub fn freshness(
    delivery: &Delivery<'_>,
    start: Start,
    facts: &SecretFacts,
    earlier: Option<Earlier>,
    now: Timestamp,
) -> Freshness {
    unless_kept(earlier, by_times(delivery, start, facts, now))
}

/// Judges what a container that has run to its end got: what it made of that
/// stays as it was then.
pub fn freshness_of_run(
    delivery: &Delivery<'_>,
    start: Start,
    run: Run,
    facts: &SecretFacts,
    earlier: Option<Earlier>,
) -> Freshness {
    let Some(changed) = written(delivery.keys.as_deref(), facts) else {
        return Freshness::Uncertain(Doubt::NotRecorded);
    };
    // A directory may have been refreshed while it ran.
    let last_look = match delivery.way {
        Way::Directory { .. } => Start {
            at: run.finished.unwrap_or(start.at),
            ..start
        },
        _ => start,
    };
    unless_kept(
        earlier,
        if is_older(last_look, changed) {
            let cause = cause(delivery, start, facts);
            Freshness::Stale { cause, changed }
        } else if is_younger_than_write(start, changed, facts) {
            Freshness::Fresh
        } else {
            Freshness::Uncertain(Doubt::TooClose { changed })
        },
    )
}

/// An answer that is true unless the node kept an earlier Secret.
fn unless_kept(earlier: Option<Earlier>, answer: Freshness) -> Freshness {
    match (earlier, answer) {
        (_, Freshness::Stale { .. }) | (None, _) => answer,
        (Some(earlier), _) => Freshness::Uncertain(Doubt::NodeCache { earlier }),
    }
}

fn by_times(
    delivery: &Delivery<'_>,
    start: Start,
    facts: &SecretFacts,
    now: Timestamp,
) -> Freshness {
    let created_later = facts.created.filter(|created| is_older(start, *created));
    if let Some(changed) = created_later
        && delivery.need == Need::Required
        && facts.immutable != Immutability::No
    {
        let cause = Cause::Frozen;
        return Freshness::Stale { cause, changed };
    }
    let changed = written(delivery.keys.as_deref(), facts);
    if let Way::Directory { .. } = delivery.way {
        return match changed {
            Some(changed)
                if now.duration_since(changed) < REFRESH
                    && !is_younger_than_write(start, changed, facts) =>
            {
                Freshness::Uncertain(Doubt::Refreshing { changed })
            }
            Some(_) => Freshness::Fresh,
            // It may have been written a moment ago.
            None => Freshness::Uncertain(Doubt::NotRecorded),
        };
    }
    let Some(changed) = changed.or(created_later) else {
        return Freshness::Uncertain(Doubt::NotRecorded);
    };
    if is_older(start, changed) {
        let cause = cause(delivery, start, facts);
        return Freshness::Stale { cause, changed };
    }
    if is_younger_than_write(start, changed, facts) {
        Freshness::Fresh
    } else {
        Freshness::Uncertain(Doubt::TooClose { changed })
    }
}

/// What happened to a Secret that was written after a container started.
fn cause(delivery: &Delivery<'_>, start: Start, facts: &SecretFacts) -> Cause {
    let created_later = facts
        .created
        .is_some_and(|created| is_older(start, created));
    match (created_later, delivery.need) {
        (false, _) => Cause::Changed,
        (true, Need::Optional) => Cause::Created,
        (true, Need::Required) => Cause::Recreated,
    }
}

/// Whether a container certainly started after a Secret was written. A pod of
/// the very second in which the Secret was created cannot have started without
/// it; one of the second of a later write may have.
fn is_younger_than_write(start: Start, changed: Timestamp, facts: &SecretFacts) -> bool {
    is_younger(start, changed)
        || (facts.created == Some(changed)
            && start.pod_created.is_some_and(|created| created >= changed))
}

/// Whether a container certainly started before a time of the API server.
pub(super) fn is_older(start: Start, changed: Timestamp) -> bool {
    start.reported.is_some_and(|reported| reported < changed) || certainly_before(start.at, changed)
}

/// Whether a container certainly started after a time of the API server.
pub(super) fn is_younger(start: Start, changed: Timestamp) -> bool {
    // Of a difference of whole seconds, almost one may be rounding.
    const SECOND: SignedDuration = SignedDuration::from_secs(1);
    let waited = (start.waited - SECOND).max(SignedDuration::ZERO);
    start.pod_created.is_some_and(|created| {
        created.checked_add(waited).unwrap_or(Timestamp::MAX) > changed
            // Scheduling, a sandbox and its network take a second where even
            // the node's clock shows a later one.
            || created == changed && start.waited >= SECOND
    }) || certainly_before(changed, start.at)
}

/// Whether a time of one clock was certainly before one of another.
fn certainly_before(earlier: Timestamp, later: Timestamp) -> bool {
    later.duration_since(earlier) > SKEW
}

#[cfg(test)]
#[path = "staleness_tests.rs"]
mod tests;
