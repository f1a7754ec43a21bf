//! A Deployment whose new pods get ready: killed while it is changed and while
//! its pods are waited for.

use rustix::process::Signal;
use testcluster::fault::{PodOutcome, Resource, When};

use crate::scene::{MIGRATE, Scene, State, UNDO, at_once};

/// A run looks four times at all of it: pods, ReplicaSets, events, Deployment.
/// The first look finds a controller that has not seen the change, the second
/// one a pod that has not started, and the third one a pod that is ready; later
/// ones ask the same again, whether it stays so.
const LOOK: usize = 4;
const LOOKS: usize = 4;

/// Whether somebody runs it again after the kill, or takes it back at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Again,
    Undo,
}

fn killed(n: usize, when: When, then: Then) -> State {
    let scene = Scene::of(Resource::Deployments);
    assert!(scene.killed_at(MIGRATE, n, when), "request {n}");
    let found = scene.state();
    match (then, found) {
        (Then::Again, _) => scene.goes_there_and_back(),
        (Then::Undo, State::Original) => {
            let said = scene.run(UNDO).ends(2);
            assert!(said.contains("no migration"), "{said}");
        }
        (Then::Undo, State::Migrated) => {
            scene.run(UNDO).ends(0);
        }
    }
    assert_eq!(scene.state(), State::Original);
    found
}

/// Invariants 44, 46, 63.
#[test]
fn a_rollout_that_nobody_waits_for_any_more_is_gone_on_with() {
    // What a run asks for first: everything; it is killed there for a CronJob.
    let scene = Scene::of(Resource::Deployments);
    let said = scene.run(MIGRATE).ends(0);
    assert!(
        said.contains("migrated; its pods have the change"),
        "{said}"
    );
    let requests = scene.server.requests();
    let patches: Vec<_> = (0..requests.len())
        .filter(|&at| requests[at].method == "PATCH")
        .map(|at| at + 1)
        .collect();
    let [trial, change] = patches[..] else {
        panic!("a trial and the change: {patches:?}");
    };
    assert_eq!(change, trial + 1);
    let last = change + LOOKS * LOOK;
    assert!(requests.len() >= last, "{}", requests.len());

    let mut kills: Vec<_> = (trial - 1..=last)
        .map(|n| (n, When::BeforeCommit, Then::Again))
        .collect();
    for then in [Then::Again, Then::Undo] {
        kills.push((change, When::AfterCommit, then));
    }
    let looks = (change + 1..=last).step_by(LOOK);
    kills.extend(looks.map(|n| (n, When::AfterCommit, Then::Undo)));
    kills.push((trial, When::AfterCommit, Then::Undo));
    let found = at_once(kills.clone(), |&(n, when, then)| killed(n, when, then));
    for ((n, when, _), state) in kills.into_iter().zip(found) {
        let is_changed = n > change || n == change && when == When::AfterCommit;
        let expected = if is_changed {
            State::Migrated
        } else {
            State::Original
        };
        assert_eq!(state, expected, "{n} {when:?}");
    }
}

/// Invariant 63.
#[test]
fn a_second_run_waits_for_the_pods_of_the_first() {
    let scene = Scene::of(Resource::Deployments);
    let change = {
        let whole = Scene::of(Resource::Deployments);
        whole.run(MIGRATE).ends(0);
        let requests = whole.server.requests();
        requests
            .iter()
            .rposition(|request| request.method == "PATCH")
            .unwrap()
            + 1
    };
    assert!(scene.killed_at(MIGRATE, change, When::AfterCommit));
    // Looking only says nothing of it and changes nothing.
    let mut dry = MIGRATE.to_vec();
    dry.push("--dry-run");
    scene.run(&dry).ends(0);
    let before = scene.patches();
    let said = scene.run(MIGRATE).ends(0);
    assert!(
        said.contains("was migrated before; waiting for its pods"),
        "{said}"
    );
    assert!(
        said.contains("the pods of deployment/app have the change"),
        "{said}"
    );
    // And one that finds all done waits for nothing.
    let said = scene.run(MIGRATE).ends(0);
    assert!(!said.contains("waiting"), "{said}");
    assert_eq!(scene.patches(), before);
}

/// Fails when the signal ends the process as it does by default.
///
/// Invariant 44.
#[test]
fn an_interrupted_wait_says_what_is_applied_and_how_to_go_on() {
    at_once(vec![Signal::INT, Signal::TERM, Signal::HUP], |signal| {
        let scene = Scene::of(Resource::Deployments);
        scene
            .server
            .pods_become(|_| PodOutcome::Waits("ContainerCreating", String::new()));
        let said = scene.interrupted(MIGRATE, *signal).ends(5);
        for words in [
            "deployment/app was changed, and the wait for its pods was interrupted",
            "To wait for its pods again: kubectl secretsafe migrate deployment/app",
            "kubectl secretsafe migrate --undo deployment/app",
        ] {
            assert!(said.contains(words), "{signal:?}: {said}");
        }
        assert_eq!(scene.state(), State::Migrated);
        scene.server.pods_become(|_| PodOutcome::Ready);
        scene.run(UNDO).ends(0);
        assert_eq!(scene.state(), State::Original);
    });
}
