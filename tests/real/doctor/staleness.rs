//! Running containers that hold an older value than the Secret: computed from
//! times and the way a value is delivered.
//!
//! One trial for all: the clocks of kubelet and API server are trusted to
//! 90 s only, so each trouble takes that long to be certain, and they may as
//! well wait together.

use std::time::Duration;

use libtest_mimic::Trial;

use super::scene::{Scene, command};
use crate::harness::node_trial;

/// Longer than the skew that doctor allows for.
const CERTAIN: Duration = Duration::from_secs(95);

pub fn trials() -> Vec<Trial> {
    vec![node_trial("doctor::stale_values", stale)]
}

fn stale() {
    let scene = Scene::new("stale");
    scene.create("env-creds --stdin password", "old");
    scene.create("file-creds --stdin password", "old");
    scene.create("live-creds --stdin password", "old");
    scene.create("fixed-creds --stdin password --immutable", "old");
    scene.deploy(
        "env",
        "",
        "env:\n- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: env-creds, key: password}}",
    );
    scene.deploy(
        "subpath",
        "volumes: [{name: db, secret: {secretName: file-creds}}]",
        "volumeMounts: [{name: db, mountPath: /etc/db-password, subPath: password, readOnly: true}]",
    );
    let directory = "volumeMounts: [{name: db, mountPath: /etc/secrets/db, readOnly: true}]";
    scene.deploy(
        "directory",
        "volumes: [{name: db, secret: {secretName: live-creds}}]",
        directory,
    );
    scene.deploy(
        "immutable",
        "volumes: [{name: db, secret: {secretName: fixed-creds}}]",
        directory,
    );
    scene.deploy(
        "late",
        "",
        "env:\n- name: TOKEN\n  valueFrom: {secretKeyRef: {name: late-creds, key: token, optional: true}}",
    );
    let all = ["env", "subpath", "directory", "immutable", "late"];
    for name in all {
        scene.wait_ready(name);
    }
    // Nothing is stale before anything changes; a subPath never follows.
    let before = scene.doctor("");
    before.only("SS034", "warning", "deployment/subpath", "file-creds");
    std::thread::sleep(CERTAIN);

    for (secret, key) in [
        ("env-creds", "password"),
        ("file-creds", "password"),
        ("live-creds", "password"),
    ] {
        scene.create(&format!("{secret} --stdin {key} --update --yes"), "new");
    }
    scene.create("late-creds --stdin token", "new");
    let gone = scene.namespace.kubectl(["delete", "secret", "fixed-creds"]);
    assert!(gone.status.success());
    scene.create("fixed-creds --stdin password --immutable", "new");

    // The containers really hold the old values.
    let holds = |name: &str, path: &str| {
        let output = scene
            .namespace
            .exec(&format!("deploy/{name}"), &["cat", path]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    scene.wait("the directory mount is refreshed", || {
        holds("directory", "/etc/secrets/db/password") == "new"
    });
    assert_eq!(holds("subpath", "/etc/db-password"), "old");
    assert_eq!(holds("immutable", "/etc/secrets/db/password"), "old");
    assert!(holds("env", "/proc/1/environ").contains("DB_PASSWORD=old"));
    assert!(!holds("late", "/proc/1/environ").contains("TOKEN="));

    // One that is refreshed by itself is no trouble.
    scene.doctor("deploy/directory").is_clean();
    for (name, rule, about) in [
        ("env", "SS050", "env-creds:password"),
        ("late", "SS050", "late-creds:token"),
        ("subpath", "SS051", "file-creds:password"),
    ] {
        let object = format!("deployment/{name}");
        let examination = scene.doctor(&format!("deploy/{name}"));
        let finding = examination.only(rule, "warning", &object, about);
        scene.run_fix(&command(finding, "kubectl rollout restart"), "");
        scene.wait_ready(name);
        let after = scene.doctor(&format!("deploy/{name}"));
        if name == "subpath" {
            // It has the new value, and will not have the next one.
            after.only(
                "SS034",
                "warning",
                &object,
                about.split(':').next().unwrap(),
            );
        } else {
            after.is_clean();
        }
    }
    assert!(holds("env", "/proc/1/environ").contains("DB_PASSWORD=new"));
    assert!(holds("late", "/proc/1/environ").contains("TOKEN=new"));
    assert_eq!(holds("subpath", "/etc/db-password"), "new");

    immutable(&scene);
}

/// A restart does not help: kubelet goes on serving what it read first. A new
/// name does.
fn immutable(scene: &Scene) {
    let examination = scene.doctor("deploy/immutable");
    let finding = examination.only("SS055", "warning", "deployment/immutable", "fixed-creds");
    scene.run_fix(
        &command(finding, "kubectl secretsafe create fixed-creds-2"),
        "new",
    );
    scene.deploy(
        "immutable",
        "volumes: [{name: db, secret: {secretName: fixed-creds-2}}]",
        "volumeMounts: [{name: db, mountPath: /etc/secrets/db, readOnly: true}]",
    );
    scene.wait_ready("immutable");
    scene.doctor("deploy/immutable").is_clean();
}
