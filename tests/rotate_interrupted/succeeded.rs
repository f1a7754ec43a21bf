//! An immutable Secret: another one takes its place, or nothing does.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use serde_json::json;
use testcluster::fault::{Fault, Resource, Rule, When};

use crate::kills::ROTATE;
use crate::scene::{SUCCESSOR, Scene, at_once};

const WORKLOADS: usize = 2;
const WAYS: [&[&str]; 2] = [
    &["--resume", "-y", "--settle", "1s", "--timeout", "20s"],
    &["--abort", "-y", "--timeout", "20s"],
];

fn words() -> Vec<&'static str> {
    [ROTATE, &["--new-name", SUCCESSOR]].concat()
}

/// An immutable Secret is never written; its successor is there, or is not.
///
/// Invariant 68.
///
/// Shows N3.
#[test]
fn killed_at_any_write_a_succession_is_gone_on_with_or_taken_back() {
    let mut points = Vec::new();
    for way in WAYS {
        for when in [When::BeforeCommit, When::AfterCommit] {
            points.extend((1..=15).map(|nth| (Method::PATCH, nth, when, way)));
            points.extend((1..=2).map(|nth| (Method::DELETE, nth, when, way)));
        }
    }
    let (none, new, old) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    at_once(&points, |(method, nth, when, way)| {
        let scene = Scene::immutable(WORKLOADS);
        let rule = Rule::on(method.clone()).nth(*nth);
        if !scene.killed(&words(), rule, *when) {
            return;
        }
        scene.nothing_is_lost();
        let ran = scene.run(way);
        let count = match ran.status {
            // Not begun, or over.
            Some(2) => {
                assert!(!scene.has_run(), "{}", ran.said);
                &none
            }
            _ if way[0] == "--resume" => {
                ran.ends(0);
                scene.is_succeeded();
                &new
            }
            _ => {
                ran.ends(0);
                scene.is_untouched();
                assert!(!scene.has_successor());
                &old
            }
        };
        count.fetch_add(1, Ordering::SeqCst);
    });
    let counts = [&none, &new, &old].map(|count| count.load(Ordering::SeqCst));
    assert!(counts.iter().all(|count| *count > 4), "{counts:?}");
}

/// A lost answer is no failure here, either.
#[test]
fn a_lost_answer_makes_no_second_successor() {
    let mut points = Vec::new();
    for nth in 5..=13 {
        points.extend([(nth, Fault::ResetAfter), (nth, Fault::ResetBefore)]);
    }
    at_once(&points, |(nth, fault)| {
        let scene = Scene::immutable(WORKLOADS);
        let rule = Rule::on(Method::PATCH).nth(*nth);
        scene.server.script(rule.fault(fault.clone()));
        scene.run(&words()).ends(0);
        scene.is_succeeded();
    });
}

/// What this program cannot move, and what somebody else would move back, is refused
/// before anything is changed.
#[test]
fn references_that_cannot_move_are_refused() {
    let scene = Scene::immutable(1);
    for words in [
        &["--stage"][..],
        &["--strategy", "overlap"],
        &["--new-name", "db"],
        &["--new-name", "Not/Legal"],
    ] {
        let said = scene.run(&[ROTATE, words].concat()).ends(2);
        assert!(!said.contains("new value written"), "{said}");
        scene.is_untouched();
    }
    // Somebody has the name.
    scene
        .server
        .put_secret("default", SUCCESSOR, &[("x", "y")], "kubectl");
    let said = scene.run(&words()).ends(2);
    assert!(said.contains("secret/db-2 exists"), "{said}");
    scene.is_untouched();
    assert_eq!(
        scene.server.secret("default", SUCCESSOR).unwrap().values["x"],
        b"y"
    );
    scene.server.delete_secret("default", SUCCESSOR);
    scene
        .server
        .edit_workload(Resource::Deployments, "default", "app-0", |object| {
            let labels = json!({"app.kubernetes.io/managed-by": "Helm"});
            object["metadata"]["labels"] = labels;
            object["metadata"]["annotations"]["meta.helm.sh/release-name"] = "web".into();
            object["metadata"]["annotations"]["meta.helm.sh/release-namespace"] = "default".into();
        });
    let said = scene.run(&words()).ends(2);
    assert!(said.contains("is written by"), "{said}");
    let mutable = Scene::of(1);
    let said = mutable.run(&words()).ends(2);
    assert!(said.contains("no Secret here is immutable"), "{said}");
    mutable.is_untouched();
}
