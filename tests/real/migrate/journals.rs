//! Journals that others have written are refused, each by its place, and the
//! workload stays as it is. Those of a migration lead back.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::app::{ask, migrate, spec};
use crate::doctor::scene::Scene;
use crate::harness::trial;

pub(super) fn trials() -> Vec<Trial> {
    vec![trial("migrate::journals_of_others_are_refused", tampered)]
}

const OBJECT: &str = "deployment/api";
const ANNOTATION: &str = "secretsafe.dev/migration";

/// What somebody puts into the last step, and the place that is named.
fn tamperings() -> Vec<(Value, &'static str)> {
    let pod = "/spec/template/spec";
    let main = "/spec/template/spec/containers/0";
    let add = |path: String, value: Value| json!({"op": "add", "path": path, "value": value});
    vec![
        (
            add(format!("{pod}/hostPID"), json!(true)),
            "spec.template.spec.hostPID",
        ),
        (
            add(format!("{pod}/hostNetwork"), json!(true)),
            "hostNetwork",
        ),
        (
            add(
                format!("{pod}/volumes"),
                json!([{"name": "root", "hostPath": {"path": "/"}}]),
            ),
            "spec.template.spec.volumes",
        ),
        (
            add(
                format!("{pod}/volumes"),
                json!([{"name": "more", "secret": {"secretName": "admin"}}]),
            ),
            "spec.template.spec.volumes",
        ),
        (
            add(
                format!("{main}/securityContext"),
                json!({"privileged": true}),
            ),
            "securityContext",
        ),
        (
            add(format!("{main}/image"), json!("example/evil:1")),
            "containers.0.image",
        ),
        (
            add(format!("{main}/command"), json!(["sh", "-c", "evil"])),
            "containers.0.command",
        ),
        (
            add(format!("{main}/args"), json!(["--insecure"])),
            "containers.0.args",
        ),
        (
            add(
                format!("{main}/env/0"),
                json!({"name": "LD_PRELOAD", "value": "/tmp/evil.so"}),
            ),
            "containers.0.env",
        ),
        (
            add(
                format!("{main}/env/0"),
                json!({"name": "A", "valueFrom": {"secretKeyRef": {"name": "admin", "key": "token"}}}),
            ),
            "containers.0.env",
        ),
        (
            add(
                format!("{main}/envFrom"),
                json!([{"secretRef": {"name": "admin"}}]),
            ),
            "containers.0.envFrom",
        ),
        (
            add(format!("{pod}/serviceAccountName"), json!("admin")),
            "serviceAccountName",
        ),
        (add("/spec/replicas".to_owned(), json!(50)), "spec.replicas"),
        (
            add("/metadata/finalizers".to_owned(), json!(["x/y"])),
            "metadata.finalizers",
        ),
        (
            json!({"op": "replace", "path": "", "value": {}}),
            "the whole object",
        ),
        (
            add(
                format!("{pod}/initContainers"),
                json!([{"name": "x", "image": "example/evil:1"}]),
            ),
            "initContainers",
        ),
    ]
}

fn tampered() {
    let scene = Scene::new("migrate-journals");
    let env = json!([
        {"name": "MODE", "value": "fast"},
        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-creds", "key": "password"}}},
    ]);
    let object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api"},
        "spec": {"paused": true, "selector": {"matchLabels": {"app": "api"}}, "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {"securityContext": {"runAsUser": 0},
                "containers": [{"name": "main", "image": "none", "env": env}]}}}});
    scene.create("db-creds --stdin password", "pw");
    scene.namespace.apply(&object.to_string());
    let before = spec(&scene, OBJECT);
    migrate(&scene, &format!("{OBJECT} -y --complete --reads-files all")).status(0);
    let migrated = spec(&scene, OBJECT);
    assert_ne!(migrated, before);
    let path = format!(
        "-ojsonpath={{.metadata.annotations.{}}}",
        ANNOTATION.replace('.', "\\.")
    );
    let own = ask(&scene, &["get", OBJECT, &path]);
    let annotate = |journal: &str| {
        let words = [
            "annotate",
            "--overwrite",
            OBJECT,
            &format!("{ANNOTATION}={journal}"),
        ];
        assert!(scene.namespace.kubectl(words).status.success());
    };
    for (operation, place) in tamperings() {
        let mut journal: Value = serde_json::from_str(&own).unwrap();
        let steps = journal["undo"].as_array_mut().unwrap();
        steps
            .last_mut()
            .unwrap()
            .as_array_mut()
            .unwrap()
            .push(operation.clone());
        annotate(&journal.to_string());
        for words in ["--undo -y", "--undo --dry-run"] {
            let outcome = migrate(&scene, &format!("{OBJECT} {words}"));
            assert_eq!(outcome.status, Some(2), "{operation}: {}", outcome.stderr);
            let said = outcome
                .stderr
                .contains(&format!("{place}, which no migration takes back so"));
            assert!(said, "{operation}: {}", outcome.stderr);
        }
        assert_eq!(spec(&scene, OBJECT), migrated, "{operation}");
    }
    annotate(&own);
    let shown = migrate(&scene, &format!("{OBJECT} --undo --dry-run"));
    let line =
        "container main: variable DB_PASSWORD from key password of Secret db-creds comes back";
    assert!(shown.stderr.contains(line), "{}", shown.stderr);
    migrate(&scene, &format!("{OBJECT} --undo -y")).status(0);
    assert_eq!(spec(&scene, OBJECT), before);
}
