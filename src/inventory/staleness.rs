//! Whether a running container still holds an old content of a Secret.
//!
//! What a container started with is compared with when the Secret was last
//! written. Variables and sub-paths are taken when the container starts
//! (observed on a node: they never change); a directory is kept current. The
//! time of a change is that of the field manager's last write (kubernetes/website
//! content/en/docs/reference/using-api/server-side-apply.md), so a write of
//! another field by the same manager moves it: it is an upper bound, and a
//! container may be called stale once too often, never too seldom.
//!
//! A container's start is told by the node's clock, all other times by the API
//! server's. They are compared only beyond [`SKEW`]; the creation of the pod
//! and kubelet's last report, which bound the start, need no such allowance.

use jiff::{SignedDuration, Timestamp};

use crate::workload::Need;
use crate::workload::delivery::{Delivery, Way};

use super::{Immutability, Pod, SecretFacts};

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
}

impl Start {
    /// That of a container of a pod.
    pub fn of(pod: &Pod, at: Timestamp) -> Self {
        Self {
            at,
            pod_created: pod.metadata.created,
            reported: pod.reported,
        }
    }
}

/// Whether a container holds what the Secret holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It does.
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
    /// It was written.
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
}

/// When the keys of a delivery were last written, at the latest.
pub fn written(keys: Option<&[&str]>, facts: &SecretFacts) -> Option<Timestamp> {
    let changed = match keys {
        None => facts.changed,
        Some(keys) => keys
            .iter()
            .map(|key| facts.key_times.get(*key).copied().or(facts.changed))
            .max()
            .flatten(),
    };
    // A time before the creation belongs to a copy of metadata.
    changed.map(|changed| {
        facts
            .created
            .map_or(changed, |created| changed.max(created))
    })
}

/// Judges what a running container got in one way from one Secret.
pub fn freshness(
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
                if now.duration_since(changed) < REFRESH && !is_younger(start, changed) =>
            {
                Freshness::Uncertain(Doubt::Refreshing { changed })
            }
            _ => Freshness::Fresh,
        };
    }
    let Some(changed) = changed.or(created_later) else {
        return Freshness::Uncertain(Doubt::NotRecorded);
    };
    if is_older(start, changed) {
        let cause = match (created_later, delivery.need) {
            (None, _) => Cause::Changed,
            (Some(_), Need::Optional) => Cause::Created,
            (Some(_), Need::Required) => Cause::Recreated,
        };
        return Freshness::Stale { cause, changed };
    }
    if is_younger(start, changed) {
        Freshness::Fresh
    } else {
        Freshness::Uncertain(Doubt::TooClose { changed })
    }
}

/// Whether a container certainly started before a time of the API server.
fn is_older(start: Start, changed: Timestamp) -> bool {
    start.reported.is_some_and(|reported| reported < changed) || certainly_before(start.at, changed)
}

/// Whether a container certainly started after a time of the API server.
fn is_younger(start: Start, changed: Timestamp) -> bool {
    start.pod_created.is_some_and(|created| created >= changed)
        || certainly_before(changed, start.at)
}

/// Whether a time of one clock was certainly before one of another.
fn certainly_before(earlier: Timestamp, later: Timestamp) -> bool {
    later.duration_since(earlier) > SKEW
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inventory::Keys;
    use crate::workload::{Located, Mount, Origin, Site};

    const NOON: i64 = 1_780_315_200;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(NOON + seconds).unwrap()
    }

    fn secret(created: i64, keys: &[(&str, i64)]) -> SecretFacts {
        let key_times: std::collections::BTreeMap<_, _> = keys
            .iter()
            .map(|(key, time)| ((*key).to_owned(), at(*time)))
            .collect();
        SecretFacts {
            namespace: "prod".to_owned(),
            name: "db".to_owned(),
            origin: Origin::Live,
            type_: "Opaque".to_owned(),
            keys: Keys::Complete(key_times.keys().cloned().collect()),
            created: Some(at(created)),
            changed: key_times.values().max().copied(),
            key_times,
            immutable: Immutability::No,
            labels: Default::default(),
            annotations: Default::default(),
            owner: None,
            managers: Default::default(),
            string_data_appliers: Default::default(),
            uid: String::new(),
            resource_version: String::new(),
            values: None,
        }
    }

    fn mount() -> Mount {
        Mount {
            site: Site::default(),
            volume: Located::new("v".to_owned(), Site::default()),
            path: Located::new("/v".to_owned(), Site::default()),
            sub_path: None,
            read_only: None,
        }
    }

    /// Of a container that started at noon in a pod of the second before.
    fn judged(way: Way<'_>, keys: Option<Vec<&str>>, need: Need, facts: &SecretFacts) -> Freshness {
        let name = Located::new("db".to_owned(), Site::default());
        let delivery = Delivery {
            secret: &name,
            keys,
            need,
            way,
        };
        let start = Start {
            at: at(0),
            pod_created: Some(at(-1)),
            reported: None,
        };
        freshness(&delivery, start, facts, at(10_000))
    }

    fn variable(facts: &SecretFacts) -> Freshness {
        let way = Way::Variable { name: "A" };
        judged(way, Some(vec!["a"]), Need::Required, facts)
    }

    fn stale(cause: Cause, changed: i64) -> Freshness {
        Freshness::Stale {
            cause,
            changed: at(changed),
        }
    }

    #[test]
    fn what_is_taken_at_the_start_is_stale_after_a_change() {
        assert_eq!(
            variable(&secret(-900, &[("a", 91)])),
            stale(Cause::Changed, 91)
        );
        assert_eq!(variable(&secret(-900, &[("a", -900)])), Freshness::Fresh);
        let mount = mount();
        let changed = secret(-900, &[("a", 500)]);
        for way in [Way::AllVariables, Way::SubPath { mount: &mount }] {
            assert_eq!(
                judged(way, None, Need::Required, &changed),
                stale(Cause::Changed, 500)
            );
        }
    }

    #[test]
    fn clocks_that_may_differ_leave_a_doubt() {
        let close = |changed| {
            Freshness::Uncertain(Doubt::TooClose {
                changed: at(changed),
            })
        };
        for changed in [0, 1, 90] {
            assert_eq!(variable(&secret(-900, &[("a", changed)])), close(changed));
        }
        // The server's own clock says that the pod came later.
        assert_eq!(variable(&secret(-900, &[("a", -1)])), Freshness::Fresh);
    }

    #[test]
    fn a_report_before_the_change_needs_no_second_clock() {
        let facts = secret(-900, &[("a", 10)]);
        let name = Located::new("db".to_owned(), Site::default());
        let delivery = Delivery {
            secret: &name,
            keys: Some(vec!["a"]),
            need: Need::Required,
            way: Way::Variable { name: "A" },
        };
        let of = |reported| {
            let start = Start {
                at: at(0),
                pod_created: Some(at(-1)),
                reported: Some(at(reported)),
            };
            freshness(&delivery, start, &facts, at(10_000))
        };
        assert_eq!(of(9), stale(Cause::Changed, 10));
        for reported in [10, 11] {
            let doubt = Doubt::TooClose { changed: at(10) };
            assert_eq!(of(reported), Freshness::Uncertain(doubt));
        }
    }

    #[test]
    fn another_key_of_another_manager_does_not_count() {
        let facts = secret(-900, &[("a", -900), ("b", 500)]);
        assert_eq!(variable(&facts), Freshness::Fresh);
        assert_eq!(
            judged(Way::AllVariables, None, Need::Required, &facts),
            stale(Cause::Changed, 500)
        );
        // A key nobody is known to have written counts as the Secret does.
        let way = Way::Variable { name: "C" };
        assert_eq!(
            judged(way, Some(vec!["c"]), Need::Required, &facts),
            stale(Cause::Changed, 500)
        );
    }

    #[test]
    fn a_later_creation_means_what_the_reference_allows() {
        let facts = secret(500, &[("a", 500)]);
        let way = Way::Variable { name: "A" };
        let of = |need| judged(way, Some(vec!["a"]), need, &facts);
        assert_eq!(of(Need::Optional), stale(Cause::Created, 500));
        assert_eq!(of(Need::Required), stale(Cause::Recreated, 500));
    }

    #[test]
    fn an_immutable_one_that_was_recreated_is_frozen_everywhere() {
        let mut facts = secret(500, &[("a", 500)]);
        facts.immutable = Immutability::Probably;
        let mount = mount();
        for way in [
            Way::Variable { name: "A" },
            Way::SubPath { mount: &mount },
            Way::Directory { mount: &mount },
        ] {
            assert_eq!(
                judged(way, None, Need::Required, &facts),
                stale(Cause::Frozen, 500)
            );
        }
        // Not set before it existed, so kubelet had nothing to keep.
        assert_eq!(
            judged(Way::AllVariables, None, Need::Optional, &facts),
            stale(Cause::Created, 500)
        );
    }

    #[test]
    fn directories_follow_after_a_moment() {
        let mount = mount();
        let of = |changed| {
            judged(
                Way::Directory { mount: &mount },
                None,
                Need::Required,
                &secret(-900, &[("a", changed)]),
            )
        };
        assert_eq!(of(500), Freshness::Fresh);
        assert_eq!(
            of(9_990),
            Freshness::Uncertain(Doubt::Refreshing { changed: at(9_990) })
        );
    }

    #[test]
    fn without_times_only_a_later_creation_tells() {
        let mut facts = secret(-900, &[]);
        assert_eq!(variable(&facts), Freshness::Uncertain(Doubt::NotRecorded));
        facts.created = Some(at(500));
        assert_eq!(variable(&facts), stale(Cause::Recreated, 500));
    }

    proptest! {
        /// Whatever the node's clock says within the allowance, a container is
        /// never called fresh or stale against the truth.
        #[test]
        fn clocks_never_turn_the_answer(
            clock in -90_i64..=90,
            changed in -300_i64..=300,
            waited in 0_i64..=200,
            reported in proptest::option::of(0_i64..=300),
            way in 0_usize..=2,
        ) {
            let facts = secret(-900, &[("a", changed)]);
            let (mount, name) = (mount(), Located::new("db".to_owned(), Site::default()));
            let delivery = Delivery {
                secret: &name,
                keys: Some(vec!["a"]),
                need: Need::Required,
                way: [
                    Way::Variable { name: "A" },
                    Way::AllVariables,
                    Way::SubPath { mount: &mount },
                ][way],
            };
            // It truly starts at noon.
            let start = Start {
                at: at(clock),
                pod_created: Some(at(-waited)),
                reported: reported.map(at),
            };
            match freshness(&delivery, start, &facts, at(10_000)) {
                Freshness::Fresh => prop_assert!(changed <= 0),
                Freshness::Stale { .. } => prop_assert!(changed > 0),
                Freshness::Uncertain(_) => {}
            }
        }
    }
}
