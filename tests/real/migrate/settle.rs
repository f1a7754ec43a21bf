//! Programs that end without their variable a while after they started: never
//! called a success, and no old pod is touched meanwhile.

use libtest_mimic::Trial;
use serde_json::Value;

use super::app::{App, ENV, ROOT, ask, migrate, watched};
use super::bad::Before;
use crate::doctor::scene::Scene;
use crate::harness::{Outcome, node_trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        node_trial("migrate::programs_that_end_later", later),
        node_trial("migrate::programs_that_end_although_ready", although_ready),
        node_trial("migrate::programs_that_end_in_other_ways", other_ways),
        node_trial("thorough::migrate_programs_that_their_probe_ends", by_probe)
            .with_ignored_flag(true),
        node_trial(
            "thorough::migrate_programs_that_have_ended_before",
            ended_before,
        )
        .with_ignored_flag(true),
        node_trial("migrate::says_for_how_long_it_watched", watched_for),
    ]
}

const WORDS: &str = "-y --complete --reads-files all";

/// Written so that no reader of manifests finds the variable's name.
const ASKS: &str = r#"env | grep -q "^DB_PASS""WORD=""#;

/// A program that ends with status 3 after so many seconds without its variable.
fn ends_after(seconds: u32) -> String {
    format!("command: [sh, -c, 'sleep {seconds}; {ASKS} || exit 3; sleep 100000']")
}

/// Migrates, watched; what there was before is back, and no old pod was touched.
#[track_caller]
fn is_taken_back(scene: &Scene, app: &App<'_>, flags: &str) -> Outcome {
    let before = Before::of(scene, app);
    let (outcome, gaps) = watched(scene, app.name, || {
        migrate(scene, &format!("{} {WORDS} {flags}", app.object()))
    });
    let outcome = outcome
        .status(4)
        .says(&format!("{} is what it was before", app.object()));
    assert_eq!(gaps, 0, "{}: moments without a ready pod", app.name);
    before.is_back(scene, app);
    outcome
}

/// How long the program is said to have run.
fn ran(outcome: &Outcome) -> u32 {
    let (before, _) = outcome.stderr.split_once(" s after its start").unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Invariants 48, 63.
fn later() {
    let scene = Scene::new("migrate-later");
    scene.create("db-creds --stdin password", "pw");
    let programs: Vec<_> = [1, 4, 7, 12, 25]
        .map(|seconds| {
            (
                format!("ends-after-{seconds}"),
                ends_after(seconds),
                seconds,
            )
        })
        .into();
    let apps: Vec<_> = programs
        .iter()
        .map(|(name, command, seconds)| {
            let app = App {
                name,
                command,
                ..App::USUAL
            };
            (app, *seconds)
        })
        .collect();
    for (app, _) in &apps {
        app.start(&scene);
    }
    std::thread::scope(|scope| {
        let runs: Vec<_> = apps
            .iter()
            .map(|(app, seconds)| {
                let scene = &scene;
                scope.spawn(move || {
                    let outcome = is_taken_back(scene, app, "")
                        .says("container main ends again and again")
                        .says("with exit code 3");
                    assert!(ran(&outcome) >= *seconds, "{}", outcome.stderr);
                })
            })
            .collect();
        for run in runs {
            run.join().unwrap();
        }
    });
}

/// A readiness probe says that a program has not ended yet; `minReadySeconds`
/// of its own that are too short come back.
///
/// Invariants 46, 48.
fn although_ready() {
    let scene = Scene::new("migrate-ready");
    scene.create("db-creds --stdin password", "pw");
    let command = ends_after(7);
    let ready = format!("{ENV}\nreadinessProbe: {{exec: {{command: ['true']}}, periodSeconds: 1}}");
    let app = App {
        name: "ready",
        container: &ready,
        command: &command,
        ..App::USUAL
    };
    app.start(&scene);
    is_taken_back(&scene, &app, "").says("with exit code 3");
    // The same with a time of its own, which it has again afterwards.
    let time = "{\"spec\": {\"minReadySeconds\": 3}}";
    let set = scene
        .namespace
        .kubectl(["patch", "deployment/ready", "-p", time]);
    assert!(set.status.success());
    scene.wait_rolled_out("deployment/ready");
    is_taken_back(&scene, &app, "").says("with exit code 3");
}

/// A program that ends well, a sidecar that ends beside a program that goes on,
/// and the last pod of a StatefulSet.
///
/// Invariants 48, 63.
fn other_ways() {
    let scene = Scene::new("migrate-ways");
    scene.create("db-creds --stdin password", "pw");
    let well = format!("command: [sh, -c, 'sleep 7; {ASKS} || exit 0; sleep 100000']");
    let sidecar = format!(
        "{ROOT}\ninitContainers:\n- {{name: proxy, image: IMAGE, imagePullPolicy: Never, \
         restartPolicy: Always, command: [sh, -c, 'sleep 7; {ASKS} || exit 4; sleep 100000'], ENV}}"
    );
    let ends = ends_after(7);
    let ways = [
        (
            App {
                name: "ends-well",
                command: &well,
                ..App::USUAL
            },
            "container main ends again and again, the last time with exit code 0",
        ),
        (
            App {
                name: "sidecar",
                pod: &sidecar,
                ..App::USUAL
            },
            "container proxy ends again and again, the last time with exit code 4",
        ),
        (
            App {
                name: "stateful-later",
                kind: "StatefulSet",
                command: &ends,
                ..App::USUAL
            },
            "pod/stateful-later-1: container main ends again and again",
        ),
    ];
    for (app, _) in &ways {
        app.start(&scene);
    }
    std::thread::scope(|scope| {
        let scene = &scene;
        let runs: Vec<_> = ways
            .iter()
            .map(|(app, why)| scope.spawn(move || drop(is_taken_back(scene, app, "").says(why))))
            .collect();
        for run in runs {
            run.join().unwrap();
        }
    });
}

/// A liveness probe finds the program broken without its variable after 25 s and
/// ends it: at once, or when the grace period of a program that does not heed
/// SIGTERM is over. Each end leaves the pod ready.
///
/// Invariants 48, 63.
fn by_probe() {
    let scene = Scene::new("migrate-probe");
    scene.create("db-creds --stdin password", "pw");
    let probe = format!(
        "{ENV}\nlivenessProbe: {{exec: {{command: [sh, -c, '{ASKS}']}}, initialDelaySeconds: 5, \
         periodSeconds: 10, failureThreshold: 3}}"
    );
    let slow = probe.replace(
        "Threshold: 3",
        "Threshold: 3, terminationGracePeriodSeconds: 120",
    );
    let probed = App {
        container: &probe,
        ..App::USUAL
    };
    let apps = [
        App {
            name: "probed",
            ..probed
        },
        App {
            name: "stateful-probed",
            kind: "StatefulSet",
            ..probed
        },
        // Nobody waits for as long as its end takes.
        App {
            name: "slow-to-end",
            container: &slow,
            ..probed
        },
    ];
    for app in &apps {
        app.start(&scene);
    }
    std::thread::scope(|scope| {
        let scene = &scene;
        let run = |app| {
            move || {
                let outcome = is_taken_back(scene, app, "").says("livenessProbe");
                let why = "for the livenessProbe of container main";
                assert!(outcome.stdout.contains(why), "{}", outcome.stdout);
            }
        };
        let runs: Vec<_> = apps.iter().map(|app| scope.spawn(run(app))).collect();
        for run in runs {
            run.join().unwrap();
        }
    });
}

/// Old pods have ended once, 45 s after their start: new ones are watched for
/// longer than that.
///
/// Invariant 48.
fn ended_before() {
    let scene = Scene::new("migrate-ended");
    scene.create("db-creds --stdin password", "pw");
    // The first run ends whether it has its variable or not, as programs do
    // that wait for another one; a later one only without it.
    let command = format!(
        "command: [sh, -c, 'sleep 45; [ -e /kept/ended ] && {ASKS} || {{ touch /kept/ended; exit 3; }}; sleep 100000']"
    );
    let kept = format!("{ENV}\nvolumeMounts: [{{name: kept, mountPath: /kept}}]");
    let app = App {
        name: "ended",
        pod: "securityContext: {runAsUser: 0}\nvolumes: [{name: kept, emptyDir: {}}]",
        container: &kept,
        command: &command,
        ..App::USUAL
    };
    app.start(&scene);
    let restarts = "-ojsonpath={.items[*].status.containerStatuses[*].restartCount}";
    let ready = "-ojsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}";
    scene.wait("both pods have ended once", || {
        let pods = |query| ask(&scene, &["get", "pods", "-l", "app=ended", query]);
        pods(restarts) == "1 1" && pods(ready) == "True True"
    });
    let outcome = is_taken_back(&scene, &app, "--timeout 180");
    assert!(
        outcome.stdout.contains("container main has ended before"),
        "{}",
        outcome.stdout
    );
    outcome.says("with exit code 3");
}

/// A success says what it rests on, and `--settle` is what is waited for.
///
/// Invariant 63.
fn watched_for() {
    let scene = Scene::new("migrate-watched");
    scene.create("db-creds --stdin password", "pw");
    let app = App::USUAL;
    app.start(&scene);
    let seconds = |said: &str| -> u64 {
        let (_, rest) = said
            .split_once("each was watched for at least ")
            .unwrap_or_else(|| panic!("no time in {said}"));
        rest.split_once(" s").unwrap().0.parse().unwrap()
    };
    let outcome = migrate(&scene, &format!("deployment/api {WORDS} --settle 3s")).status(0);
    assert!(
        outcome.stdout.contains("New pods are watched for 3 s"),
        "{}",
        outcome.stdout
    );
    assert!(seconds(&outcome.stderr) >= 3, "{}", outcome.stderr);
    let now: Value = serde_json::from_str(&super::app::spec(&scene, "deployment/api")).unwrap();
    assert!(now["minReadySeconds"].is_null(), "{now}");
    let words = "--undo deployment/api -y --settle 3s";
    migrate(&scene, words).status(0);
    migrate(&scene, "deployment/api -y --settle 2h")
        .status(2)
        .says("use a duration from 1s to 1h");
}
