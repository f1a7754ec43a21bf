//! A key that disappears while the change rolls out.
//!
//! A node without the label that the pods ask for holds new ones back, so that
//! the key goes at a certain moment; pods that run already stay.

use libtest_mimic::Trial;

use super::app::{App, ENV, ROOT, ask, migrate_soon, spec, watched};
use super::bad::Before;
use crate::doctor::scene::Scene;
use crate::harness::{Outcome, node_trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        node_trial("migrate::a_key_lost_before_the_first_pod", before_the_first),
        node_trial("migrate::a_key_lost_between_two_pods", between),
    ]
}

/// The Secret has the key no longer.
pub(super) fn lose_key(scene: &Scene) {
    let remove = "[{\"op\": \"remove\", \"path\": \"/data/password\"}]";
    let lost = scene
        .namespace
        .kubectl(["patch", "secret/db-creds", "--type=json", "-p", remove]);
    assert!(lost.status.success());
}

/// Whether the node takes pods that ask for this namespace's label.
fn node_takes_pods(scene: &Scene, takes: bool) {
    let label = if takes {
        "lost-key-NS=yes"
    } else {
        "lost-key-NS-"
    };
    let label = label.replace("NS", scene.namespace.name());
    let labelled = scene.namespace.kubectl(["label", "nodes", "--all", &label]);
    assert!(labelled.status.success());
}

/// Pods that no node takes.
fn held_back(scene: &Scene) -> usize {
    let query = "-ojsonpath={.items[*].status.conditions[?(@.reason==\"Unschedulable\")].type}";
    ask(scene, &["get", "pods", "-l", "app=api", query])
        .split_whitespace()
        .count()
}

/// A scene and what its pods ask of a node.
fn scene(hint: &str) -> (Scene, String) {
    let scene = Scene::new(hint);
    scene.create("db-creds --stdin password", "pw");
    node_takes_pods(&scene, true);
    let label = format!("lost-key-{}", scene.namespace.name());
    (scene, format!("{ROOT}\nnodeSelector: {{{label}: 'yes'}}"))
}

/// Migrates, watched, while `meanwhile` happens.
fn migrated(scene: &Scene, meanwhile: impl FnOnce()) -> Outcome {
    let (outcome, gaps) = watched(scene, "api", || {
        std::thread::scope(|scope| {
            let change = scope.spawn(|| {
                migrate_soon(
                    scene,
                    "deployment/api -y --complete --reads-files all --timeout 120",
                )
            });
            meanwhile();
            change.join().unwrap()
        })
    });
    node_takes_pods(scene, false);
    assert_eq!(gaps, 0, "moments without a ready pod");
    outcome
}

/// No new pod can mount its files: the old ones were never touched.
///
/// Invariants 46, 48, 63.
fn before_the_first() {
    let (scene, pod) = scene("migrate-lost");
    let app = App {
        pod: &pod,
        ..App::USUAL
    };
    app.start(&scene);
    let before = Before::of(&scene, &app);
    node_takes_pods(&scene, false);
    let outcome = migrated(&scene, || {
        scene.wait("a new pod is held back", || held_back(&scene) == 1);
        lose_key(&scene);
        node_takes_pods(&scene, true);
    });
    let next = format!(
        "kubectl secretsafe doctor deployment/api -n {}",
        scene.namespace.name()
    );
    outcome
        .status(4)
        .says("references non-existent secret key: password")
        .says("deployment/api is what it was before")
        .says(&next);
    before.is_back(&scene, &app);
    // Doctor, as advised, tells what is missing.
    assert_eq!(
        scene.doctor("deployment/api").of_rule("SS003")["secret"]["key"],
        "password"
    );
}

/// One new pod has its files already. The template goes back, but the old
/// variable needs the key as well: that is said, and nothing stops serving.
///
/// Invariants 48, 63.
fn between() {
    let (scene, pod) = scene("migrate-lost-half");
    // It takes a while until a pod is ready and the next one comes.
    let container =
        format!("{ENV}\nreadinessProbe: {{exec: {{command: ['true']}}, initialDelaySeconds: 8}}");
    let app = App {
        pod: &pod,
        container: &container,
        ..App::USUAL
    };
    app.start(&scene);
    let before = Before::of(&scene, &app);
    let outcome = migrated(&scene, || {
        let scheduled = "-ojsonpath={.items[*].spec.nodeName}";
        scene.wait("a third pod has a node", || {
            ask(&scene, &["get", "pods", "-l", "app=api", scheduled])
                .split_whitespace()
                .count()
                == 3
        });
        node_takes_pods(&scene, false);
        scene.wait("a second new pod is held back", || held_back(&scene) == 1);
        lose_key(&scene);
        node_takes_pods(&scene, true);
    });
    outcome
        .status(5)
        .says("it has its old template again, but")
        .says("references non-existent secret key: password")
        .says("couldn't find key password in Secret")
        .says("kubectl secretsafe doctor deployment/api");
    assert_eq!(spec(&scene, "deployment/api"), before.spec);
}
