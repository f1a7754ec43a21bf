//! Every write of a migration fails once, in each way that a server or a network
//! has; many workloads; kills of kills; other writers.

use std::sync::atomic::{AtomicBool, Ordering};

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, Reply, Resource, Rule, When};

use crate::scene::{MIGRATE, Scene, State, UNDO, at_once};

/// Invariants 41, 44.
///
/// Shows N1. Seen to fail with all annotations replaced by our own.
#[test]
fn every_write_that_fails_once_leaves_one_of_two_states() {
    let all: Vec<(usize, usize, &[&str], State)> = (0..Fault::of_each_kind("no").len())
        .flat_map(|fault| {
            [
                (fault, 1, MIGRATE, State::Original),
                (fault, 2, MIGRATE, State::Original),
                (fault, 1, UNDO, State::Migrated),
                (fault, 2, UNDO, State::Migrated),
            ]
        })
        .collect();
    for some in all.chunks(8) {
        at_once(some.to_vec(), |&(fault, nth, words, start)| {
            let (what, fault) = Fault::of_each_kind("no").swap_remove(fault);
            let scene = Scene::of(Resource::CronJobs);
            if start == State::Migrated {
                scene.run(MIGRATE).ends(0);
            }
            scene
                .server
                .script(Rule::on(Method::PATCH).nth(nth).fault(fault));
            let ran = scene.run(&[words, &["--request-timeout", "1s"]].concat());
            scene.server.clear_script();
            let place = format!("{what} at patch {nth} of {words:?}: {}", ran.said);
            assert!(!ran.said.contains("internal error"), "{place}");
            let found = scene.state();
            match ran.status {
                Some(0) => assert_ne!(found, start, "{place}"),
                Some(2..=5) => {}
                _ => panic!("{place}"),
            }
            scene.goes_there_and_back_from(found);
        });
    }
}

/// Fifty workloads: killed at a patch, the next run does the rest, and all of them
/// go back to the last byte.
///
/// Invariants 44, 46.
///
/// Shows N3. Seen to fail with one operation of the way back kept.
#[test]
fn a_killed_migration_of_fifty_is_finished_by_the_next_run() {
    const COUNT: usize = 50;
    // Each has a trial and a patch in earnest.
    let kills = [
        (1, When::BeforeCommit),
        (2, When::AfterCommit),
        (COUNT, When::BeforeCommit),
        (COUNT, When::AfterCommit),
        (2 * COUNT, When::BeforeCommit),
        (2 * COUNT, When::AfterCommit),
    ];
    let finished = at_once(kills.to_vec(), |&(n, when)| {
        let scene = Scene::of(Resource::CronJobs);
        let names: Vec<String> = (1..COUNT).map(|number| format!("job-{number}")).collect();
        let put = |name: &str| {
            let mut object = scene.stored();
            object["metadata"]["name"] = json!(name);
            scene
                .server
                .put_workload(Resource::CronJobs, "default", name, object);
        };
        names.iter().for_each(|name| put(name));
        let spec = |name: &str| {
            let stored = scene
                .server
                .workload(Resource::CronJobs, "default", name)
                .unwrap();
            stored["spec"].to_string()
        };
        let all: Vec<&str> = names.iter().map(String::as_str).chain(["app"]).collect();
        let before: Vec<String> = all.iter().map(|name| spec(name)).collect();
        let changed = || {
            all.iter()
                .zip(&before)
                .filter(|(name, before)| spec(name) != **before)
                .count()
        };
        let objects: Vec<String> = all.iter().map(|name| format!("cronjob/{name}")).collect();
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        assert!(
            scene.killed_at_patch_for(&objects, MIGRATE, n, when),
            "patch {n}"
        );
        let at_the_kill = changed();
        assert!(at_the_kill <= COUNT);
        scene.run_for(&objects, MIGRATE).ends(0);
        assert_eq!(changed(), COUNT, "killed at patch {n}");
        scene.run_for(&objects, UNDO).ends(0);
        let after: Vec<String> = all.iter().map(|name| spec(name)).collect();
        assert_eq!(after, before, "killed at patch {n}");
        at_the_kill
    });
    assert!(
        finished.contains(&0) && finished.iter().any(|count| *count > 1),
        "{finished:?}"
    );
}

/// A run that is killed, the one that takes it back, and the one after that.
///
/// Invariants 44, 46.
///
/// Shows N4. Seen to fail with one operation of the way back kept.
#[test]
fn kills_of_three_runs_one_after_the_other_lose_nothing() {
    let moments = [
        (1, When::AfterCommit),
        (2, When::BeforeCommit),
        (2, When::AfterCommit),
    ];
    let mut all = Vec::new();
    for first in moments {
        for second in moments {
            for third in moments {
                all.push([first, second, third]);
            }
        }
    }
    for some in all.chunks(9) {
        at_once(some.to_vec(), |kills| {
            let scene = Scene::of(Resource::CronJobs);
            for (n, when) in kills {
                let words = match scene.state() {
                    State::Original => MIGRATE,
                    State::Migrated => UNDO,
                };
                assert!(scene.killed_at_patch(words, *n, *when), "{kills:?}");
            }
            let found = scene.state();
            scene.goes_there_and_back_from(found);
        });
    }
}

/// Twenty writers change annotations of the same workload all the time.
///
/// Invariants 41, 44.
///
/// Shows N6. Seen to fail with all annotations replaced by our own.
#[test]
fn no_write_of_twenty_others_is_lost() {
    const WRITERS: usize = 20;
    const EACH: u64 = 50;
    let scene = Scene::of(Resource::CronJobs);
    let done = AtomicBool::new(false);
    let runs = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let scene = &scene;
                scope.spawn(move || {
                    for count in 1..=EACH {
                        let change = |object: &mut Value| {
                            object["metadata"]["annotations"][format!("writer-{writer}")] =
                                json!(count.to_string());
                        };
                        scene
                            .server
                            .edit_workload(Resource::CronJobs, "default", "app", change);
                        std::thread::sleep(std::time::Duration::from_millis(20));
                    }
                })
            })
            .collect();
        let migrations = scope.spawn(|| {
            let mut ended = Vec::new();
            while !done.load(Ordering::Relaxed) || ended.len() < 2 {
                for words in [MIGRATE, UNDO] {
                    ended.push(scene.run(words).status);
                }
            }
            ended
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        migrations.join().unwrap()
    });
    let stored = scene.stored();
    for writer in 0..WRITERS {
        let found = &stored["metadata"]["annotations"][format!("writer-{writer}")];
        assert_eq!(*found, json!(EACH.to_string()), "writer {writer}");
    }
    assert!(runs.contains(&Some(0)), "some runs come through: {runs:?}");
    let found = scene.state();
    scene.goes_there_and_back_from(found);
}

/// What the journal on the workload holds, and one that is cut off.
///
/// Shows N5. Seen to fail with the words of a wrapped command repeated.
#[test]
fn the_journal_holds_no_value_and_half_of_it_does_nothing() {
    const LITERAL: &str = "literal-canary-of-the-template";
    let scene = Scene::with(Resource::CronJobs, |object| {
        let pod = &mut object["spec"]["jobTemplate"]["spec"]["template"]["spec"];
        pod["containers"][0]["command"] = json!(["serve", "--password", LITERAL]);
        pod["containers"][0]["args"] = json!([LITERAL]);
    });
    let words = [MIGRATE, &["--shim"]].concat();
    scene.run(&words).ends(0);
    let journal = scene.journal();
    assert!(
        journal.contains("secretKeyRef") && journal.contains("db-creds"),
        "{journal}"
    );
    for canary in [
        LITERAL,
        "cherry-blossom-canary",
        "Y2hlcnJ5LWJsb3Nzb20tY2FuYXJ5",
    ] {
        assert!(!journal.contains(canary), "{journal}");
    }
    let whole = scene.stored();
    let cuts: Vec<usize> = (0..journal.len()).step_by(journal.len() / 24).collect();
    for cut in cuts {
        scene.put({
            let mut object = whole.clone();
            object["metadata"]["annotations"][crate::scene::ANNOTATION] = json!(journal[..cut]);
            object
        });
        let before = scene.stored();
        let patches = scene.patches();
        let said = scene.run(UNDO).ends(2);
        assert!(said.contains(crate::scene::ANNOTATION), "{said}");
        assert_eq!(scene.stored(), before, "cut at {cut}");
        assert_eq!(scene.patches(), patches, "cut at {cut}");
    }
}

/// Every permission that is asked for is missing once.
///
/// Invariant 62.
///
/// Shows N9. Seen to fail with the result of the access review ignored.
#[test]
fn nothing_is_written_where_a_permission_is_missing() {
    let asked = |scene: &Scene| {
        let requests = scene.server.requests();
        let reviews = requests
            .iter()
            .filter(|request| request.method == Method::POST);
        reviews
            .filter(|request| request.path.contains("selfsubjectaccessreviews"))
            .count()
    };
    let scene = Scene::of(Resource::Deployments);
    scene.run(MIGRATE).ends(0);
    let count = asked(&scene);
    assert!(count > 0, "permissions are asked for");
    for nth in 1..=count {
        let scene = Scene::of(Resource::Deployments);
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {}, "status": {"allowed": false},
        });
        let rule = Rule::on(Method::POST)
            .path("selfsubjectaccessreviews")
            .nth(nth);
        scene.server.script(rule.fault(Reply::json(201, &review)));
        let ran = scene.run(MIGRATE);
        assert_eq!(ran.status, Some(3), "{}", ran.said);
        assert!(ran.said.contains("may not"), "{}", ran.said);
        assert_eq!(scene.state(), State::Original);
        assert_eq!(
            scene.patches(),
            0,
            "permission {nth} of {count}: {}",
            ran.said
        );
    }
}
