//! Two people migrate the same workload at once while a controller labels it:
//! no write of anybody is lost. The workload is paused, so nothing rolls out
//! and the writes are all there is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use libtest_mimic::Trial;

use super::app::{ENV, ROOT, migrate_soon, template};
use crate::doctor::scene::{Scene, deployment};
use crate::harness::{node_trial, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        node_trial("migrate::two_people_lose_nothing", two_people),
        trial("migrate::together_in_20_tries", twenty),
    ]
}

const OBJECT: &str = "deployment/api";

/// What is said when there is nothing left to do, or when it was done.
const ENDINGS: [&str; 2] = ["migrated; it is paused", "nothing to do"];

fn twenty() {
    tries(20);
}

pub(super) fn two_hundred() {
    tries(200);
}

fn tries(count: usize) {
    let scene = Scene::new("migrate-together");
    scene.create("db-creds --stdin password", "pw");
    let text = deployment("api", "none", ROOT, ENV);
    scene
        .namespace
        .apply(&text.replace("  replicas: 1\n", "  replicas: 1\n  paused: true\n"));
    let before = template(&scene, OBJECT);
    let words = format!("{OBJECT} --complete --reads-files all -y");
    let mut both_wrote = 0;
    let mut labels = 0;
    for round in 0..count {
        let done = AtomicBool::new(false);
        let (outcomes, undone, written) = std::thread::scope(|scope| {
            let controller = scope.spawn(|| label(&scene, round, &done));
            let people = [(); 2].map(|()| scope.spawn(|| migrate_soon(&scene, &words)));
            let outcomes = people.map(|person| person.join().unwrap());
            let undone = migrate_soon(&scene, &format!("--undo {OBJECT} -y"));
            done.store(true, Ordering::Relaxed);
            (outcomes, undone, controller.join().unwrap())
        });
        labels += written;
        both_wrote += usize::from(
            outcomes
                .iter()
                .all(|outcome| outcome.stderr.contains(ENDINGS[0])),
        );
        for outcome in outcomes {
            let said = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(ENDINGS.iter().any(|words| said.contains(words)), "{said}");
            outcome.status(0);
        }
        undone.status(0);
        assert_eq!(template(&scene, OBJECT), before, "round {round}");
        let query = "-ojsonpath={.metadata.annotations.secretsafe\\.dev/migration}";
        let journal = scene.namespace.kubectl(["get", OBJECT, query]);
        assert!(journal.stdout.is_empty(), "round {round}: one step each");
    }
    let query = "-ojsonpath={.metadata.labels}";
    let output = scene.namespace.kubectl(["get", OBJECT, query]);
    let stored: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let stored = stored.as_object().unwrap().len();
    assert_eq!(stored, labels, "labels that were written");
    assert!(labels >= count, "the controller wrote in every round");
    assert!(both_wrote > 0, "nobody ever met the other");
}

/// A controller relabels the workload all the time while it is migrated and
/// taken back: nothing of either is lost.
///
/// Invariant 41.
fn two_people() {
    let scene = Scene::new("migrate-two");
    scene.create("db-creds --stdin password", "pw");
    scene.deploy("api", ROOT, ENV);
    scene.wait_ready("api");
    let before = template(&scene, "deployment/api");
    let done = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut written = 0;
            // Bounded, so that a failure of the other side ends it too.
            while !done.load(Ordering::Relaxed) && written < 2000 {
                std::thread::sleep(Duration::from_millis(100));
                written += 1;
                let label = format!("round={written}");
                let output =
                    scene
                        .namespace
                        .kubectl(["label", "deployment/api", &label, "--overwrite"]);
                assert!(output.status.success());
            }
            written
        });
        let outcomes: Vec<_> = (0..3)
            .flat_map(|_| {
                [
                    migrate_soon(&scene, "deployment/api --complete --reads-files all -y"),
                    migrate_soon(&scene, "--undo deployment/api -y"),
                ]
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        let written = other.join().unwrap();
        for outcome in outcomes {
            outcome.status(0);
        }
        written
    });
    assert_eq!(template(&scene, "deployment/api"), before);
    let query = "-ojsonpath={.metadata.labels.round}";
    let label = scene.namespace.kubectl(["get", "deployment/api", query]);
    assert_eq!(String::from_utf8_lossy(&label.stdout), written.to_string());
}

/// Labels the workload until told to stop; each label has a name of its own.
fn label(scene: &Scene, round: usize, done: &AtomicBool) -> usize {
    let mut written = 0;
    while !done.load(Ordering::Relaxed) && written < 100 {
        let word = format!("round{round}-{written}=x");
        let output = scene.namespace.kubectl(["label", OBJECT, &word]);
        assert!(output.status.success());
        written += 1;
        std::thread::sleep(Duration::from_millis(100));
    }
    written
}
