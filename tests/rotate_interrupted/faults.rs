//! Answers that are lost, refused or late, and two runs at a time.

use http::Method;
use testcluster::fault::{Fault, PodOutcome, Reply, Rule};

use crate::kills::ROTATE;
use crate::scene::{Scene, at_once};

/// Every write once meets a fault; what can be gone on with is.
///
/// Shows N1, N7.
#[test]
fn a_lost_answer_is_no_failure() {
    let mut points = Vec::new();
    for nth in 1..=17 {
        points.extend([
            (nth, Fault::ResetAfter),
            (nth, Fault::ResetBefore),
            (
                nth,
                Reply::status(504, "Timeout", "late").after_commit().into(),
            ),
            (nth, Reply::status(500, "InternalError", "broken").into()),
        ]);
    }
    at_once(&points, |(nth, fault)| {
        let scene = Scene::of(2);
        scene
            .server
            .script(Rule::on(Method::PATCH).nth(*nth).fault(fault.clone()));
        let ran = scene.run(ROTATE);
        match ran.status {
            // The trial of a write is no write: nothing was changed.
            Some(3) if *nth <= 4 => scene.is_untouched(),
            _ => {
                ran.ends(0);
                scene.is_rotated();
            }
        }
    });
}

/// A refusal before the first write changes nothing; one after it takes all back.
///
/// Shows N9, N10.
#[test]
fn a_refusal_leaves_nothing_half_done() {
    let points: Vec<_> = (1..=12).collect();
    at_once(&points, |nth| {
        let scene = Scene::of(2);
        let rule = Rule::on(Method::PATCH).nth(*nth);
        let refusal = Reply::status(403, "Forbidden", "a policy says no");
        scene.server.script(rule.fault(refusal));
        let ran = scene.run(ROTATE);
        assert!(
            matches!(ran.status, Some(2..=4)),
            "{nth}: {:?} {}",
            ran.status,
            ran.said
        );
        scene.is_untouched();
    });
}

/// New pods that never get well: the value goes back first, then the templates.
///
/// Shows N14.
#[test]
fn pods_that_are_not_well_take_everything_back() {
    let outcomes = [
        PodOutcome::Crashes,
        PodOutcome::Waits(
            "CreateContainerConfigError",
            "secret \"x\" not found".to_owned(),
        ),
        PodOutcome::Deadline("ImagePullBackOff", "back-off".to_owned()),
    ];
    at_once(&outcomes, |outcome| {
        let scene = Scene::of(3);
        let outcome = outcome.clone();
        scene.server.pods_become(move |template| {
            match template["metadata"]["annotations"]
                .as_object()
                .is_some_and(|all| all.len() > 1)
            {
                true => outcome.clone(),
                false => PodOutcome::Ready,
            }
        });
        let said = scene.run(ROTATE).ends(4);
        assert!(said.contains("everything is what it was before"), "{said}");
        scene.is_untouched();
    });
}

/// The same value changes nothing and restarts nothing.
///
/// Invariant 74.
#[test]
fn an_equal_value_changes_nothing() {
    let scene = Scene::of(1);
    scene.run(ROTATE).ends(0);
    scene.is_rotated();
    let before = scene.server.requests().len();
    let said = scene.run(ROTATE).ends(0);
    assert!(said.contains("nothing to do"), "{said}");
    let writes = scene.server.requests()[before..]
        .iter()
        .filter(|request| request.method != Method::GET)
        .count();
    assert_eq!(writes, 0);
}

/// Only one of two runs changes a Secret at a time.
///
/// Shows N15.
#[test]
fn of_two_runs_one_stops() {
    let scene = Scene::of(2);
    let runs: Vec<_> = std::thread::scope(|scope| {
        let runs = [0, 1].map(|_| scope.spawn(|| scene.run(ROTATE)));
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let mut statuses: Vec<_> = runs.iter().map(|run| run.status).collect();
    statuses.sort();
    // The other one may come when the first is done, and find nothing to do.
    let words: Vec<_> = runs.iter().map(|run| run.said.as_str()).collect();
    assert!(
        statuses == [Some(0), Some(2)] || statuses == [Some(0), Some(0)],
        "{statuses:?} {words:?}"
    );
    scene.is_rotated();
}

/// What cannot or must not be changed in place is refused before anything is.
///
/// Invariants 65, 68, 72.
#[test]
fn some_secrets_are_left_alone() {
    for (field, words) in [
        ("immutable", "is immutable"),
        ("owner", "is written by SealedSecret/db"),
    ] {
        let scene = Scene::of(1);
        scene
            .server
            .edit_secret("default", "db", |object| match field {
                "immutable" => object["immutable"] = true.into(),
                _ => {
                    object["metadata"]["ownerReferences"] = serde_json::json!([{
                        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db",
                        "uid": "1", "controller": true,
                    }]);
                }
            });
        let said = scene.run(ROTATE).ends(2);
        let whole = said.contains(words) && said.contains("nothing was changed");
        assert!(whole, "{said}");
        scene.is_untouched();
    }
    let scene = Scene::of(1);
    let typed = |object: &mut serde_json::Value| object["type"] = "example.com/login".into();
    scene.server.edit_secret("default", "db", typed);
    scene.run(ROTATE).ends(0);
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.object["type"], "example.com/login");
}

/// One restart, though both keys change, and one patch that lifts what it raised.
///
/// Invariant 81.
#[test]
fn several_keys_are_one_restart() {
    let scene = Scene::of(3);
    let both = [
        "password",
        "user",
        "--generate",
        "password",
        "--generate",
        "user",
    ];
    let flags = ["-y", "--settle", "1s"];
    scene.run(&[&both[..], &flags[..]].concat()).ends(0);
    let requests = scene.server.requests();
    let patches = requests.iter().filter(|request| {
        request.method == Method::PATCH
            && request.path.contains("deployments")
            && !request.path.contains("dryRun")
    });
    assert_eq!(patches.count(), 3 * 2);
}
