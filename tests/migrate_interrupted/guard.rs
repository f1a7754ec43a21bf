//! `minReadySeconds`, set while pods are replaced that are ready at once: no
//! kill leaves it for good.

use testcluster::fault::{Resource, When};

use crate::scene::{MIGRATE, Scene, State, UNDO, at_once};

/// A Deployment whose container is ready the moment it starts.
fn unprobed() -> Scene {
    Scene::with(Resource::Deployments, |object| {
        let container = &mut object["spec"]["template"]["spec"]["containers"][0];
        container.as_object_mut().unwrap().remove("readinessProbe");
    })
}

fn is_guarded(scene: &Scene) -> bool {
    !scene.stored()["spec"]["minReadySeconds"].is_null()
}

/// Invariants 44, 46.
#[test]
fn a_guard_that_was_not_lifted_is_lifted_by_the_next_run() {
    let scene = unprobed();
    let said = scene.run(MIGRATE).ends(0);
    assert!(said.contains("its pods have the change"), "{said}");
    assert_eq!(scene.state(), State::Migrated);
    assert!(!is_guarded(&scene));
    let requests = scene.server.requests();
    let patches: Vec<_> = (0..requests.len())
        .filter(|&at| requests[at].method == "PATCH")
        .map(|at| at + 1)
        .collect();
    let [_, change, trial, lift] = patches[..] else {
        panic!("the change and the lift, each with a trial: {patches:?}");
    };
    let kills: Vec<_> = [
        (change, When::AfterCommit),
        (change + 1, When::BeforeCommit),
        (trial, When::BeforeCommit),
        (lift, When::BeforeCommit),
        (lift, When::AfterCommit),
    ]
    .into_iter()
    .flat_map(|(n, when)| [(n, when, MIGRATE), (n, when, UNDO)])
    .collect();
    let guarded = at_once(kills, |&(n, when, then)| {
        let scene = unprobed();
        assert!(scene.killed_at(MIGRATE, n, when), "request {n}");
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
    let change = {
        let whole = unprobed();
        whole.run(MIGRATE).ends(0);
        let requests = whole.server.requests();
        requests
            .iter()
            .position(|request| request.method == "PATCH")
            .unwrap()
            + 2
    };
    assert!(scene.killed_at(MIGRATE, change, When::AfterCommit));
    let mut stored = scene.stored();
    stored["spec"]["minReadySeconds"] = 30.into();
    scene.put(stored);
    scene.run(MIGRATE).ends(0);
    assert_eq!(scene.stored()["spec"]["minReadySeconds"], 30);
    scene.run(UNDO).ends(0);
    assert_eq!(scene.stored()["spec"]["minReadySeconds"], 30);
}
