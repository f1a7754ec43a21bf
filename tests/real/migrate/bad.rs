//! Changes that cannot end well: refused, or taken back, with the old pods
//! serving throughout.

use libtest_mimic::Trial;
use serde_json::Value;

use super::app::{App, ENV, ask, in_container, migrate, migrate_soon, spec, template, watched};
use crate::doctor::scene::Scene;
use crate::harness::{Outcome, node_trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        node_trial("migrate::programs_without_their_variable", without_variable),
        node_trial("migrate::files_that_cannot_be_read", unreadable),
        node_trial("migrate::stateful_pods_come_back", stateful),
        node_trial("migrate::a_quota_takes_it_back", quota),
        node_trial("migrate::a_missing_key_changes_nothing", missing_key),
    ]
}

/// What there was before a change that fails.
pub(super) struct Before {
    object: String,
    pub(super) spec: String,
    annotations: Value,
    pods: String,
}

impl Before {
    pub(super) fn of(scene: &Scene, app: &App<'_>) -> Self {
        let object = app.object();
        Self {
            spec: spec(scene, &object),
            annotations: annotations(scene, &object),
            pods: pods(scene, app),
            object,
        }
    }

    /// Everything is as it was; of the pods, those that were not replaced first.
    #[track_caller]
    pub(super) fn is_back(&self, scene: &Scene, app: &App<'_>) {
        assert_eq!(spec(scene, &self.object), self.spec);
        assert_eq!(annotations(scene, &self.object), self.annotations);
        if app.kind == "Deployment" {
            let what = format!("{} has its old pods", self.object);
            scene.wait_until_equal(&what, &self.pods, || pods(scene, app));
        }
    }
}

/// The annotations of an object, but for the number that counts templates.
fn annotations(scene: &Scene, object: &str) -> Value {
    let text = ask(
        scene,
        &["get", object, "-ojsonpath={.metadata.annotations}"],
    );
    let mut found: Value = serde_json::from_str(&text).unwrap_or_default();
    if let Some(found) = found.as_object_mut() {
        found.remove("deployment.kubernetes.io/revision");
    }
    found
}

/// The pods and how often their containers were started again.
fn pods(scene: &Scene, app: &App<'_>) -> String {
    let selector = format!("app={}", app.name);
    let query = "-ojsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount}\n{end}";
    ask(scene, &["get", "pods", "-l", &selector, query])
}

/// A change that fails, and what is said of it.
struct Bad<'a> {
    app: App<'a>,
    flags: &'a str,
    /// Why.
    reason: &'a str,
    /// The command to go on with, without the namespace.
    next: &'a str,
}

/// Migrates, watched; the change is taken back and nothing is left of it.
fn fails(scene: &Scene, bad: &Bad<'_>) -> Outcome {
    let (app, object) = (&bad.app, bad.app.object());
    let before = Before::of(scene, app);
    let (outcome, gaps) = watched(scene, app.name, || {
        migrate(scene, &format!("{object} -y {}", bad.flags))
    });
    let outcome = outcome
        .status(4)
        .says(&format!("{object} is what it was before"))
        .says(bad.reason)
        .says(&format!("{} -n {}", bad.next, scene.namespace.name()));
    assert_eq!(gaps, 0, "{object}: moments without a ready pod");
    before.is_back(scene, app);
    outcome
}

// Long enough for kubelet to start a pod three times on a busy machine.
const COMPLETE: &str = "--complete --reads-files all --timeout 200";

/// Written so that no reader of manifests finds the variable's name.
const ASKS: &str = r#"env | grep -q "^DB_PASS""WORD=""#;

/// Containers that do not start, or never get ready, without their variable.
///
/// Invariants 46, 48, 63.
fn without_variable() {
    let scene = Scene::new("migrate-bad");
    scene.create("db-creds --stdin password", "pw");
    let command = format!("command: [sh, -c, '{ASKS} || exit 1; sleep 100000']");
    let later = format!("command: [sh, -c, 'sleep 3; {ASKS} || exit 1; sleep 100000']");
    let probe = format!(
        "{ENV}\nreadinessProbe: {{exec: {{command: [sh, -c, '{ASKS}']}}, periodSeconds: 1}}"
    );
    for bad in [
        Bad {
            app: App {
                name: "crashes",
                command: &command,
                ..App::USUAL
            },
            flags: COMPLETE,
            reason: "ends again and again",
            next: "kubectl secretsafe migrate deployment/crashes",
        },
        Bad {
            app: App {
                name: "crashes-later",
                command: &later,
                ..App::USUAL
            },
            flags: COMPLETE,
            reason: "ends again and again",
            next: "kubectl secretsafe migrate deployment/crashes-later",
        },
        Bad {
            app: App {
                name: "never-ready",
                container: &probe,
                ..App::USUAL
            },
            flags: "--complete --reads-files all --timeout 30",
            reason: "are not ready after 30 s",
            next: "kubectl secretsafe migrate deployment/never-ready",
        },
    ] {
        bad.app.start(&scene);
        fails(&scene, &bad);
        // What it says to do instead works.
        let object = bad.app.object();
        migrate_soon(
            &scene,
            &format!("{object} -n {} -y", scene.namespace.name()),
        )
        .status(0);
        let environment = in_container(&scene, &object, &["cat", "/proc/1/environ"]);
        assert!(environment.contains("DB_PASSWORD"));
        assert!(template(&scene, &object).contains("/etc/secrets/db-creds"));
    }
}

/// A mode that the process cannot read: the variable stays, unless its removal
/// is forced; then nothing is left of it.
///
/// Invariants 24, 46, 48, 63.
fn unreadable() {
    let scene = Scene::new("migrate-unreadable");
    scene.create("db-creds --stdin password", "pw");
    let user = "securityContext: {runAsUser: 1000}";
    // The variable or the file, as programs do that are on their way.
    let either = format!(
        "command: [sh, -c, '{ASKS} || cat /etc/secrets/db-creds/password || exit 1; sleep 100000']"
    );
    let forced = Bad {
        app: App {
            name: "forced",
            pod: user,
            command: &either,
            ..App::USUAL
        },
        flags: "--complete --reads-files all --timeout 200 --mode 0400 --force-unproven",
        reason: "ends again and again",
        next: "kubectl secretsafe migrate deployment/forced",
    };
    forced.app.start(&scene);
    migrate(&scene, "deployment/forced -y --complete --reads-files all").status(5);
    let outcome = fails(&scene, &forced);
    let words = "although the container cannot read /etc/secrets/db-creds/password";
    assert!(outcome.stdout.contains(words), "{}", outcome.stdout);
    // Without force the files are mounted and the variable stays.
    migrate_soon(
        &scene,
        "deployment/forced -y --complete --reads-files all --mode 0400",
    )
    .status(5);
    let environment = in_container(&scene, "deployment/forced", &["cat", "/proc/1/environ"]);
    assert!(environment.contains("DB_PASSWORD"));
    // A program that reads its file as soon as it is there.
    let eager = Bad {
        app: App {
            name: "eager",
            pod: user,
            command: "command: [sh, -c, 'F=/etc/secrets/db-creds/password; [ ! -e $F ] || cat $F || exit 1; sleep 100000']",
            ..App::USUAL
        },
        flags: "--mode 0400 --timeout 200",
        reason: "ends again and again",
        next: "kubectl get events",
    };
    eager.app.start(&scene);
    fails(&scene, &eager);
}

/// Pods are replaced one by one from the last; the broken one is made anew.
///
/// Invariants 46, 48.
fn stateful() {
    let scene = Scene::new("migrate-stateful");
    scene.create("db-creds --stdin password", "pw");
    let command = format!("command: [sh, -c, '{ASKS} || exit 1; sleep 100000']");
    let bad = Bad {
        app: App {
            name: "stateful",
            kind: "StatefulSet",
            command: &command,
            ..App::USUAL
        },
        flags: "--complete --reads-files all --timeout 200",
        reason: "ends again and again",
        next: "kubectl secretsafe migrate statefulset/stateful",
    };
    bad.app.start(&scene);
    fails(&scene, &bad);
    scene.wait_rolled_out("statefulset/stateful");
}

/// No room for a further pod: the reason is named, and the template goes back.
///
/// Invariants 48, 63.
fn quota() {
    let scene = Scene::new("migrate-quota");
    scene.create("db-creds --stdin password", "pw");
    let bad = Bad {
        app: App::USUAL,
        flags: "--complete --reads-files all --timeout 40",
        reason: "a ResourceQuota is exceeded",
        next: "kubectl describe resourcequota",
    };
    bad.app.start(&scene);
    scene.namespace.apply(
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: full}, spec: {hard: {pods: 2}}}",
    );
    scene.wait("the quota counts", || {
        ask(
            &scene,
            &["get", "quota/full", "-ojsonpath={.status.used.pods}"],
        ) == "2"
    });
    fails(&scene, &bad);
    let next = format!("{} -n {}", bad.next, scene.namespace.name());
    scene.run_fix(&next, "");
}

/// A required key that is not there is refused before any change.
///
/// Invariants 30, 63, 64.
fn missing_key() {
    let scene = Scene::new("migrate-key");
    scene.create("db-creds --stdin password", "pw");
    App::USUAL.start(&scene);
    let before = Before::of(&scene, &App::USUAL);
    super::lost::lose_key(&scene);
    let (outcome, gaps) = watched(&scene, "api", || {
        migrate(&scene, "deployment/api -y --complete --reads-files all")
    });
    assert!(
        outcome.stdout.contains("has no key password"),
        "{}",
        outcome.stdout
    );
    outcome.status(5);
    assert_eq!(gaps, 0);
    before.is_back(&scene, &App::USUAL);
}
