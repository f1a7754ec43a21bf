//! A Deployment whose new pods do not get ready: it is taken back, or what is
//! left to do is told.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, PodOutcome, Reply, Resource, Rule, When};

use crate::scene::{MIGRATE, Scene, State, UNDO, at_once};

/// Where a run tells how to take it back.
const COMMAND: &str = "kubectl secretsafe migrate --undo deployment/app -n default";

fn config_error() -> PodOutcome {
    let words = "couldn't find key password in Secret default/db-creds";
    PodOutcome::Waits("CreateContainerConfigError", words.to_owned())
}

/// A Deployment whose pods get ready as long as they have no volume.
fn scene(outcome: PodOutcome) -> Scene {
    let scene = Scene::of(Resource::Deployments);
    scene.server.pods_become(move |template: &Value| {
        if template["spec"]["volumes"].is_null() {
            PodOutcome::Ready
        } else {
            outcome.clone()
        }
    });
    scene
}

/// A program may wait for another one by ending; only one that goes on ending
/// is taken back.
///
/// Invariant 48.
#[test]
fn a_pod_that_has_ended_once_and_stays_up_is_a_new_pod() {
    let scene = scene(PodOutcome::Restarted);
    let words = [MIGRATE, &["--timeout", "20"]].concat();
    let said = scene.run(&words).ends(0);
    assert!(said.contains("its pods have the change"), "{said}");
    assert_eq!(scene.state(), State::Migrated);
}

/// Invariants 48, 63.
///
/// Shows N14. Seen to fail with changes not rolled back.
#[test]
fn what_does_not_get_ready_is_taken_back() {
    let volume = "MountVolume.SetUp failed for volume \"db-creds\" : references non-existent \
                  secret key: password";
    let image = || "Back-off pulling image".to_owned();
    let cases = vec![
        (config_error(), "couldn't find key password"),
        (PodOutcome::Crashes, "container app ends again and again"),
        (
            PodOutcome::FailedMount(volume.to_owned()),
            "references non-existent secret key",
        ),
        (
            PodOutcome::Waits("ImagePullBackOff", image()),
            "its pods are not ready after 4 s",
        ),
        (
            PodOutcome::Deadline("ImagePullBackOff", image()),
            "its progress deadline is exceeded",
        ),
    ];
    at_once(cases, |(outcome, why)| {
        let scene = scene(outcome.clone());
        let words = [MIGRATE, &["--timeout", "4"]].concat();
        let said = scene.run(&words).ends(4);
        assert!(said.contains(why), "{said}");
        assert!(
            said.contains("deployment/app is what it was before"),
            "{said}"
        );
        assert_eq!(scene.state(), State::Original);
        assert_eq!(
            scene.run(UNDO).ends(2).lines().next(),
            Some("error: deployment/app has no migration to undo")
        );
    });
}

/// Invariants 48, 63.
#[test]
fn what_is_to_stay_stays_and_a_second_run_reports_it() {
    let scene = scene(config_error());
    let words = [MIGRATE, &["--no-undo"]].concat();
    for words in [&words[..], MIGRATE] {
        let said = scene.run(words).ends(5);
        assert!(said.contains("couldn't find key password"), "{said}");
        assert!(said.contains(COMMAND), "{said}");
        assert_eq!(scene.state(), State::Migrated);
    }
    scene.run(UNDO).ends(0);
    assert_eq!(scene.state(), State::Original);
}

/// Killed at each request from the last look on, which finds the pod that does
/// not get ready, to the second one after the template went back.
///
/// Invariants 44, 46, 63.
///
/// Shows N4.
#[test]
fn killed_while_taking_back_nothing_is_half_done() {
    let whole = scene(config_error());
    whole.run(MIGRATE).ends(4);
    let requests = whole.server.requests();
    let patches: Vec<_> = (0..requests.len())
        .filter(|&at| requests[at].method == Method::PATCH)
        .map(|at| at + 1)
        .collect();
    let [_, change, trial, back] = patches[..] else {
        panic!("one trial and one change for each way: {patches:?}");
    };
    let mut kills: Vec<_> = (change + 1..=back + 8)
        .map(|n| (n, When::BeforeCommit))
        .collect();
    kills.extend([(trial, When::AfterCommit), (back, When::AfterCommit)]);
    let found = at_once(kills.clone(), |&(n, when)| {
        let scene = scene(config_error());
        assert!(scene.killed_at(MIGRATE, n, when), "request {n}");
        let found = scene.state();
        if found == State::Migrated {
            // The way back is not gone unasked: others may rely on it by now.
            let said = scene.run(MIGRATE).ends(5);
            assert!(said.contains("was migrated before"), "{said}");
            assert!(said.contains("couldn't find key password"), "{said}");
            assert!(said.contains(COMMAND), "{said}");
            assert_eq!(scene.state(), State::Migrated);
            scene.run(UNDO).ends(0);
        } else {
            let said = scene.run(UNDO).ends(2);
            assert!(said.contains("no migration"), "{said}");
            scene.run(MIGRATE).ends(4);
        }
        assert_eq!(scene.state(), State::Original);
        found
    });
    for ((n, when), state) in kills.into_iter().zip(found) {
        let is_back = n > back || n == back && when == When::AfterCommit;
        let expected = if is_back {
            State::Original
        } else {
            State::Migrated
        };
        assert_eq!(state, expected, "{n} {when:?}");
    }
}

/// Invariants 48, 63.
#[test]
fn what_cannot_be_taken_back_is_told_with_the_way_to_do_it() {
    let denied = "deployments.apps \"app\" is forbidden: User \"dev\" cannot patch resource \
                  \"deployments\" in API group \"apps\" in the namespace \"default\"";
    let cases = vec![
        (409, "Conflict", "somebody was there", "somebody was there"),
        (422, "Invalid", "not so", "(422): not so"),
        (403, "Forbidden", denied, "not allowed to patch deployments"),
        (500, "InternalError", "broken", "500"),
    ];
    // The way there has two patches; the third one tries the way back.
    let at = [(3, "trial"), (4, "change")];
    let cases: Vec<_> = cases
        .into_iter()
        .flat_map(|case| at.map(|at| (case, at)))
        .collect();
    at_once(cases, |&((code, reason, words, says), (first, which))| {
        let scene = scene(config_error());
        // What the server cannot do is tried anew, which has a trial again.
        for n in (first..20).step_by(if which == "change" { 2 } else { 1 }) {
            let reply = Reply::status(code, reason, words);
            scene
                .server
                .script(Rule::on(Method::PATCH).nth(n).fault(reply));
        }
        let said = scene.run(MIGRATE).ends(5);
        scene.server.clear_script();
        assert!(said.contains("couldn't find key password"), "{said}");
        assert!(said.contains("and could not be taken back: "), "{said}");
        assert!(said.contains(says), "{said}");
        assert!(said.contains(COMMAND), "{said}");
        assert_eq!(scene.state(), State::Migrated);
        scene.run(UNDO).ends(0);
        assert_eq!(scene.state(), State::Original);
    });
}

/// Invariants 46, 63.
#[test]
fn what_others_have_changed_meanwhile_is_not_taken_back() {
    let volume = "/spec/template/spec/volumes/0/secret/defaultMode";
    let scene = scene(config_error());
    let slow = Fault::Delay(Duration::from_secs(5));
    scene
        .server
        .script(Rule::on(Method::PATCH).nth(3).fault(slow));
    let said = std::thread::scope(|scope| {
        let run = scope.spawn(|| scene.run(MIGRATE).ends(5));
        while scene.patches() < 3 {
            assert!(!run.is_finished(), "it ends before");
            std::thread::sleep(Duration::from_millis(5));
        }
        scene
            .server
            .edit_workload(scene.resource, "default", "app", |object| {
                *object.pointer_mut(volume).unwrap() = json!(0o440);
            });
        run.join().unwrap()
    });
    assert!(
        said.contains("is not taken back, because it has changed since: /spec/template"),
        "{said}"
    );
    assert!(
        said.contains("Change it by hand, or in the file it comes from."),
        "{said}"
    );
    let kept = scene.stored();
    assert_eq!(kept.pointer(volume), Some(&json!(0o440)));
    // Nor does another run take it away from them.
    let said = scene.run(UNDO).ends(2);
    assert!(said.contains("has changed since"), "{said}");
    assert_eq!(scene.stored()["spec"], kept["spec"]);
}
