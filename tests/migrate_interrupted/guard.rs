//! `minReadySeconds`, raised while pods are replaced: no kill leaves it so for
//! good.

use testcluster::fault::{Resource, When};

use crate::scene::{MIGRATE, MIN_READY, Scene, State, UNDO, at_once};

/// A Deployment whose new pods count sooner than they have shown anything.
fn hasty(min_ready: Option<i64>) -> Scene {
    Scene::with(Resource::Deployments, |object| {
        let spec = object["spec"].as_object_mut().unwrap();
        match min_ready {
            Some(seconds) => spec["minReadySeconds"] = seconds.into(),
            None => drop(spec.remove("minReadySeconds")),
        }
    })
}

fn unprobed() -> Scene {
    hasty(None)
}

fn is_guarded(scene: &Scene) -> bool {
    scene.stored()["spec"]["minReadySeconds"] == MIN_READY
}

/// Invariants 44, 46.
#[test]
fn a_time_that_was_too_short_comes_back() {
    let scene = hasty(Some(1));
    let patches = |scene: &Scene| {
        let requests = scene.server.requests();
        let seconds = requests.iter().filter_map(|request| {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            body.contains("/spec/minReadySeconds").then_some(body)
        });
        seconds.count()
    };
    scene.run(MIGRATE).ends(0);
    assert_eq!(scene.state(), State::Migrated);
    assert_eq!(patches(&scene), 4, "raised and put back, each with a trial");
    assert_eq!(scene.stored()["spec"]["minReadySeconds"], 1);
    scene.run(UNDO).ends(0);
    assert_eq!(scene.state(), State::Original);
    // And with a run that is killed before it is put back.
    let scene = hasty(Some(1));
    assert!(scene.killed_at_patch(MIGRATE, 4, When::BeforeCommit));
    assert!(is_guarded(&scene));
    scene.run(MIGRATE).ends(0);
    assert_eq!(scene.stored()["spec"]["minReadySeconds"], 1);
    assert_eq!(scene.state(), State::Migrated);
}

/// Invariants 44, 46.
#[test]
fn a_guard_that_was_not_lifted_is_lifted_by_the_next_run() {
    let scene = unprobed();
    let said = scene.run(MIGRATE).ends(0);
    assert!(said.contains("its pods have the change"), "{said}");
    assert_eq!(scene.state(), State::Migrated);
    assert!(!is_guarded(&scene));
    assert_eq!(
        scene.patches(),
        4,
        "the change and the lift, each with a trial"
    );
    let (change, trial, lift) = (2, 3, 4);
    let kills: Vec<_> = [
        (change, When::AfterCommit),
        (trial, When::BeforeCommit),
        (trial, When::AfterCommit),
        (lift, When::BeforeCommit),
        (lift, When::AfterCommit),
    ]
    .into_iter()
    .flat_map(|(n, when)| [(n, when, MIGRATE), (n, when, UNDO)])
    .collect();
    let guarded = at_once(kills, |&(n, when, then)| {
        let scene = unprobed();
        assert!(scene.killed_at_patch(MIGRATE, n, when), "patch {n}");
        let guarded = is_guarded(&scene);
        scene.run(then).ends(0);
        assert!(!is_guarded(&scene), "{n} {when:?}");
        let expected = if then == UNDO {
            State::Original
        } else {
            State::Migrated
        };
        assert_eq!(scene.state(), expected);
        guarded
    });
    assert_eq!(guarded.iter().filter(|guarded| **guarded).count(), 8);
}

/// Somebody who sets another time meanwhile keeps it.
///
/// Invariants 41, 46.
#[test]
fn a_time_that_somebody_sets_meanwhile_stays() {
    let scene = unprobed();
    assert!(scene.killed_at_patch(MIGRATE, 2, When::AfterCommit));
    let mut stored = scene.stored();
    stored["spec"]["minReadySeconds"] = 30.into();
    scene.put(stored);
    scene.run(MIGRATE).ends(0);
    assert_eq!(scene.stored()["spec"]["minReadySeconds"], 30);
    scene.run(UNDO).ends(0);
    assert_eq!(scene.stored()["spec"]["minReadySeconds"], 30);
}
