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
        key_writers: Default::default(),
        mirror_of: None,
        immutable: Immutability::No,
        labels: Default::default(),
        annotations: Default::default(),
        owner: None,
        managers: Default::default(),
        string_data_appliers: Default::default(),
        uid: String::new(),
        resource_version: String::new(),
        content: None,
        values: None,
        says_namespace: true,
        generator: None,
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
        waited: SignedDuration::ZERO,
    };
    freshness(&delivery, start, facts, None, at(10_000))
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
    assert_eq!(variable(&secret(-900, &[("a", -2)])), Freshness::Fresh);
    // Of one second it does not say which came first, unless the Secret
    // did not exist before.
    assert_eq!(variable(&secret(-900, &[("a", -1)])), close(-1));
    assert_eq!(variable(&secret(-1, &[("a", -1)])), Freshness::Fresh);
}

#[test]
fn how_long_a_pod_waited_needs_no_second_clock() {
    let facts = secret(-900, &[("a", -1)]);
    let of = |waited, created| {
        let start = Start {
            at: at(0),
            pod_created: Some(at(created)),
            reported: None,
            waited: SignedDuration::from_secs(waited),
        };
        is_younger(start, facts.changed.unwrap())
    };
    // Of the same second, and of earlier ones.
    assert!(!of(0, -1) && of(1, -1));
    assert!(!of(11, -11) && of(12, -11));
}

#[test]
fn what_is_not_recorded_is_no_bound() {
    let doubt = Freshness::Uncertain(Doubt::NotRecorded);
    // The entry of a key has no time, while that of another has.
    let mut facts = secret(-900, &[("a", -900), ("b", -800)]);
    facts.key_times.remove("a");
    assert_eq!(variable(&facts), doubt);
    // Nobody is known to have written it.
    let mut facts = secret(-900, &[("b", -800)]);
    facts.keys = Keys::Partial {
        known: Default::default(),
        reason: String::new(),
    };
    assert_eq!(variable(&facts), doubt);
    // A directory follows, but may not have yet.
    let mount = mount();
    let way = Way::Directory { mount: &mount };
    let facts = secret(-900, &[]);
    assert_eq!(judged(way, None, Need::Required, &facts), doubt);
}

#[test]
fn what_a_node_keeps_leaves_a_doubt_of_what_would_be_fresh() {
    let (name, mount) = (Located::new("db".to_owned(), Site::default()), mount());
    let of = |way, facts: &SecretFacts, earlier| {
        let delivery = Delivery {
            secret: &name,
            keys: Some(vec!["a"]),
            need: Need::Required,
            way,
        };
        let start = Start {
            at: at(0),
            pod_created: Some(at(-1)),
            reported: None,
            waited: SignedDuration::ZERO,
        };
        freshness(&delivery, start, facts, earlier, at(10_000))
    };
    let earlier = Earlier::Possible;
    let doubt = Freshness::Uncertain(Doubt::NodeCache { earlier });
    for way in [
        Way::Variable { name: "A" },
        Way::Directory { mount: &mount },
    ] {
        let facts = secret(-900, &[("a", -900)]);
        assert_eq!(of(way, &facts, None), Freshness::Fresh);
        assert_eq!(of(way, &facts, Some(earlier)), doubt);
    }
    // What is stale anyway stays so.
    let changed = secret(-900, &[("a", 500)]);
    let way = Way::Variable { name: "A" };
    assert_eq!(of(way, &changed, Some(earlier)), stale(Cause::Changed, 500));
}

#[test]
fn what_an_init_container_made_is_as_old_as_its_run() {
    let (name, mount) = (Located::new("db".to_owned(), Site::default()), mount());
    let of = |way, changed| {
        let delivery = Delivery {
            secret: &name,
            keys: Some(vec!["a"]),
            need: Need::Required,
            way,
        };
        let start = Start {
            at: at(0),
            pod_created: Some(at(-1)),
            reported: None,
            waited: SignedDuration::ZERO,
        };
        let run = Run {
            started: Some(at(0)),
            finished: Some(at(300)),
        };
        freshness_of_run(
            &delivery,
            start,
            run,
            &secret(-900, &[("a", changed)]),
            None,
        )
    };
    let (variable, directory) = (
        Way::Variable { name: "A" },
        Way::Directory { mount: &mount },
    );
    for way in [variable, directory] {
        assert_eq!(of(way, -900), Freshness::Fresh);
        assert_eq!(of(way, 500), stale(Cause::Changed, 500));
    }
    // While it ran: a variable is of its start, a directory may have followed.
    assert_eq!(of(variable, 200), stale(Cause::Changed, 200));
    assert!(matches!(of(directory, 200), Freshness::Uncertain(_)));
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
            waited: SignedDuration::ZERO,
        };
        freshness(&delivery, start, &facts, None, at(10_000))
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
        clock in -90_000_i64..=90_000,
        changed in -300_000_i64..=300_000,
        waited in 0_i64..=200_000,
        reported in proptest::option::of(0_i64..=300_000),
        seen in 0_f64..=1.0,
        way in 0_usize..=2,
    ) {
        // Milliseconds are true; what is told is cut to seconds.
        let told = |milliseconds: i64| milliseconds.div_euclid(1000);
        let facts = secret(-900, &[("a", told(changed))]);
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
        // It truly starts at noon; kubelet has seen the pod some time after
        // its creation.
        let seen = (-(waited as f64) * seen) as i64;
        let start = Start {
            at: at(told(clock)),
            pod_created: Some(at(told(-waited))),
            reported: reported.map(|reported| at(told(reported))),
            waited: SignedDuration::from_secs(told(clock) - told(clock + seen)),
        };
        // What is taken for granted.
        prop_assume!(waited >= 1000 || start.waited.is_zero());
        match freshness(&delivery, start, &facts, None, at(10_000)) {
            Freshness::Fresh => prop_assert!(changed <= 0),
            Freshness::Stale { .. } => prop_assert!(changed > 0),
            Freshness::Uncertain(_) => {}
        }
    }
}
