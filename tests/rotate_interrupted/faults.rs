//! Answers that are lost, refused or late, and two runs at a time.

use http::Method;
use testcluster::fault::{Fault, PodOutcome, Reply, Rule};

use crate::kills::ROTATE;
use crate::scene::{NEW, Scene, at_once};

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
    let scene = Scene::of(1);
    scene.server.edit_secret("default", "db", |object| {
        object["metadata"]["ownerReferences"] = serde_json::json!([{
            "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db",
            "uid": "1", "controller": true,
        }]);
    });
    let said = scene.run(ROTATE).ends(2);
    let whole =
        said.contains("is written by SealedSecret/db") && said.contains("nothing was changed");
    assert!(whole, "{said}");
    scene.is_untouched();
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

/// A value that somebody else writes meanwhile is theirs: nothing is said to be done,
/// and nothing is written over it.
#[test]
fn a_value_of_somebody_else_stays() {
    let scene = Scene::of(2);
    let ran = std::thread::scope(|scope| {
        let run = scope.spawn(|| scene.run(ROTATE));
        while scene.value() != NEW {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        scene.server.edit_secret("default", "db", |object| {
            object["data"]["password"] = "dGhpcmQ=".into();
        });
        run.join().unwrap()
    });
    let said = ran.ends(5);
    assert!(said.contains("somebody else has written it"), "{said}");
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values["password"], b"third");
    assert!(scene.has_run(), "the old value is lost");
    let said = scene.run(&["--abort", "-y", "--timeout", "20s"]).ends(5);
    assert!(said.contains("left as it is"), "{said}");
    assert_eq!(
        scene.server.secret("default", "db").unwrap().values["password"],
        b"third"
    );
}

/// Whoever may create a Secret, and does not know the present value, has nothing
/// written by it.
#[test]
fn a_forged_run_writes_nothing() {
    let run = "abcdefghij";
    let uid = |scene: &Scene| {
        scene
            .server
            .secret("default", "db")
            .unwrap()
            .uid()
            .to_owned()
    };
    let forge = |scene: &Scene, key: &str, values: &[(&str, &str)]| {
        let record = serde_json::json!({
            "apiVersion": "secretsafe.dev/v1", "run": run,
            "secret": {"name": "db", "uid": uid(scene)}, "keys": [key], "secrets": ["db"],
            "began": "2026-11-29T10:00:00Z", "strategy": "in-place",
        });
        scene
            .server
            .put_secret("default", crate::scene::RUN, values, "mallory");
        scene
            .server
            .edit_secret("default", crate::scene::RUN, |object| {
                object["immutable"] = true.into();
                object["metadata"]["labels"] = serde_json::json!({"secretsafe.dev/run": run});
                object["metadata"]["annotations"] = serde_json::json!({
                    "secretsafe.dev/rotation": record.to_string(),
                    "secretsafe.dev/state": "{\"phase\":\"write\"}",
                });
            });
    };
    let forgeries: [(&str, &[(&str, &str)]); 4] = [
        ("LD_PRELOAD", &[("new.0", "/tmp/evil.so")]),
        ("LD_PRELOAD", &[("old.0", "/tmp/evil.so")]),
        ("password", &[("old.0", "a-guess"), ("new.0", "evil")]),
        (
            "password",
            &[("old.0", "evil"), ("new.0", "a-guess"), ("more", "x")],
        ),
    ];
    for (key, values) in forgeries {
        for way in ["--resume", "--abort", "--undo"] {
            let scene = Scene::of(1);
            forge(&scene, key, values);
            if key == "LD_PRELOAD" {
                let said = scene.run(&["--status"]).ends(3);
                assert!(said.contains("no such run is in progress"), "{said}");
            }
            let ran = scene.run(&[way, "-y", "--timeout", "5s"]);
            assert!(
                matches!(ran.status, Some(2 | 5)),
                "{way} {key}: {}",
                ran.said
            );
            let stored = scene.server.secret("default", "db").unwrap();
            let keys: Vec<_> = stored.values.keys().collect();
            assert_eq!(keys, ["password", "user"]);
            assert_eq!(scene.value(), crate::scene::OLD);
        }
    }
}

/// A source that gives nothing is no new value.
#[test]
fn an_empty_value_is_refused() {
    let scene = Scene::of(1);
    let path = scene.server.folder().join("empty");
    std::fs::write(&path, "").unwrap();
    let source = format!("password={}", path.display());
    let words = ["password", "--file", &source, "-y"];
    let said = scene.run(&words).ends(2);
    assert!(said.contains("is empty"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    scene.is_untouched();
}

/// An order that means nothing is refused before anything is changed.
#[test]
fn a_canary_that_is_not_there_is_refused() {
    let scene = Scene::of(2);
    for flag in ["--canary", "--order"] {
        let words = [ROTATE, &[flag, "deploy/ap"]].concat();
        let said = scene.run(&words).ends(2);
        assert!(said.contains("deployment/ap is not among"), "{said}");
        scene.is_untouched();
    }
    scene
        .run(&[ROTATE, &["--canary", "deploy/app-1"]].concat())
        .ends(0);
    scene.is_rotated();
}

/// The old value stands under another key until the end, and comes back from there.
#[test]
fn an_overlap_ends_without_the_second_key() {
    let previous = |scene: &Scene| {
        let stored = scene.server.secret("default", "db").unwrap();
        stored.values.get("password_PREVIOUS").cloned()
    };
    let overlap = [ROTATE, &["--strategy", "overlap"]].concat();
    let kept = [&overlap[..], &["--keep", "1h"]].concat();
    let scene = Scene::of(1);
    scene.run(&kept).ends(0);
    assert_eq!((scene.value().as_str(), previous(&scene)), (NEW, None));
    scene.run(&["--undo", "-y", "--timeout", "20s"]).ends(0);
    scene.is_untouched();
    let points: Vec<_> = (8..=20).collect();
    at_once(&points, |nth| {
        for way in ["--resume", "--abort"] {
            let scene = Scene::of(1);
            let rule = Rule::on(Method::PATCH).nth(*nth);
            let killed = scene.killed(&overlap, rule, testcluster::fault::When::AfterCommit);
            let ran = scene.run(&[way, "-y", "--settle", "1s", "--timeout", "20s"]);
            assert_eq!(previous(&scene), None, "{way} {nth}: {}", ran.said);
            assert!(
                !killed || matches!(ran.status, Some(0 | 2)),
                "{way} {nth}: {}",
                ran.said
            );
            assert!(
                !scene.has_run() || ran.status == Some(2),
                "{way} {nth}: {}",
                ran.said
            );
        }
    });
}

/// What the first run was told, the one that goes on does.
#[test]
fn a_resumed_run_does_what_the_first_was_told() {
    let killed = |words: &[&str]| {
        let scene = Scene::of(1);
        let rule = Rule::on(Method::PATCH).path("deployments").nth(2);
        let all = [ROTATE, words].concat();
        assert!(scene.killed(&all, rule, testcluster::fault::When::AfterCommit));
        scene
    };
    let resume = ["--resume", "-y", "--settle", "1s", "--timeout", "20s"];
    let scene = killed(&["--keep", "1h"]);
    let said = scene.run(&resume).ends(0);
    assert!(said.contains("--undo"), "{said}");
    assert!(scene.has_run(), "the old value is kept");
    scene.run(&["--undo", "-y", "--timeout", "20s"]).ends(0);
    scene.is_untouched();

    let scene = killed(&["--verify-exec", "app", "--", "true"]);
    let said = scene.run(&resume).ends(2);
    assert!(said.contains("--verify-exec"), "{said}");
    scene.run(&["--abort", "-y", "--timeout", "20s"]).ends(0);
    scene.is_untouched();
}
