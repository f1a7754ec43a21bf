//! References that lead somewhere, and settings that spoil it: modes, mount
//! paths, the environment.

use libtest_mimic::Trial;

use super::scene::{Scene, command, deployment};
use crate::harness::{Invocation, cluster, node_trial};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("doctor::unreadable_for_uid_1000", unreadable),
        node_trial("doctor::decimal_for_octal", decimal_for_octal),
        node_trial("doctor::mount_at_the_token_path", token_path),
        node_trial("doctor::duplicate_variable", duplicate),
        node_trial("doctor::plaintext_credential", plaintext),
    ]
}

fn mount(mode: &str) -> String {
    format!("volumes: [{{name: db, secret: {{secretName: db-creds, defaultMode: {mode}}}}}]")
}

const READER: &str = "command: [sh, -c, 'cat /etc/secrets/db/password >/dev/null && sleep 100000']\n\
    volumeMounts: [{name: db, mountPath: /etc/secrets/db, readOnly: true}]";

/// The same container with a `command` of its own in place of sleeping.
fn deploy_reader(scene: &Scene, pod: &str) {
    let text = deployment("api", cluster().test_image(), pod, READER);
    scene
        .namespace
        .apply(&text.replace("        command: [sleep, '100000']\n", ""));
}

/// Invariant 24.
fn unreadable() {
    let scene = Scene::new("unreadable");
    scene.create("db-creds --stdin password", "pw");
    let pod = format!("securityContext: {{runAsUser: 1000}}\n{}", mount("0400"));
    deploy_reader(&scene, &pod);
    scene.wait_for_pods(
        "api",
        "{.status.containerStatuses[*].lastState.terminated.reason}",
        "Error",
    );
    let examination = scene.doctor("");
    let finding = examination.only("SS030", "error", "deployment/api", "db-creds");
    scene.run_fix(&command(finding, "kubectl patch"), "");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

/// `400` is octal 0620; `256`, `0400` and the quoted text are told apart.
fn decimal_for_octal() {
    let scene = Scene::new("octal");
    scene.create("db-creds --stdin password", "pw");
    for (mode, stored) in [("256", "256"), ("0400", "256")] {
        deploy_reader(&scene, &mount(mode));
        scene.wait_ready("api");
        let query = "-ojsonpath={.spec.template.spec.volumes[0].secret.defaultMode}";
        let found = scene.namespace.kubectl(["get", "deployment", "api", query]);
        assert_eq!(String::from_utf8_lossy(&found.stdout), stored);
        scene.doctor("").is_clean();
    }
    deploy_reader(&scene, &mount("400"));
    scene.wait_ready("api");
    let pod = "deploy/api";
    let seen = scene
        .namespace
        .exec(pod, &["stat", "-L", "-c", "%a", "/etc/secrets/db/password"]);
    assert_eq!(String::from_utf8_lossy(&seen.stdout), "620\n");
    let examination = scene.doctor("");
    let finding = examination.only("SS031", "warning", "deployment/api", "db-creds");
    scene.run_fix(&command(finding, "kubectl patch"), "");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
    // The server refuses the quoted one; doctor says so before it is applied.
    let quoted = deployment("api", cluster().test_image(), &mount("\"0400\""), READER);
    let output = Invocation::of(&scene.namespace.kubeconfig())
        .words("doctor --only SS031 -o name -f -")
        .input(quoted)
        .run();
    assert_eq!(
        output.status,
        Some(1),
        "{}\n{}",
        output.stdout,
        output.stderr
    );
}

fn token_path() {
    let scene = Scene::new("token-path");
    scene.create("db-creds --stdin password", "pw");
    let container = "volumeMounts: [{name: db, mountPath: /run/secrets, readOnly: true}]";
    let text = deployment("api", cluster().user_image(), &mount("0444"), container).replace(
        "automountServiceAccountToken: false",
        "automountServiceAccountToken: true",
    );
    scene.namespace.apply(&text);
    scene.wait_for_event("read-only file system");
    let examination = scene.doctor("");
    let finding = examination.only("SS035", "error", "deployment/api", "db-creds");
    scene.run_fix(&command(finding, "kubectl patch"), "");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

/// Invariant 3.
fn duplicate() {
    let scene = Scene::new("duplicate");
    scene.create("db-creds --stdin password", "pw");
    let container = "env:\n- {name: DB_PASSWORD, value: ''}\n- name: DB_PASSWORD\n  \
                     valueFrom: {secretKeyRef: {name: db-creds, key: password}}";
    // kubectl apply would merge them by name.
    let text = deployment("api", cluster().test_image(), "", container);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().display().to_string();
    let created = scene.namespace.kubectl(["create", "-f", &path]);
    assert!(created.status.success());
    scene.wait_ready("api");
    let examination = scene.doctor("");
    let finding = examination.only("SS009", "error", "deployment/api", "");
    scene.run_fix(&command(finding, "kubectl patch"), "");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

fn plaintext() {
    let scene = Scene::new("plaintext");
    let value = "correct-horse-battery";
    let container = format!("env: [{{name: DB_PASSWORD, value: {value}}}]");
    scene.deploy("api", "", &container);
    scene.wait_ready("api");
    let examination = scene.doctor("");
    let finding = examination.only("SS014", "warning", "deployment/api", "");
    assert!(!finding.to_string().contains(value));
    scene.run_fix(&command(finding, "kubectl secretsafe create"), value);
    let env = "env:\n- name: DB_PASSWORD\n  \
               valueFrom: {secretKeyRef: {name: api-credentials, key: db-password}}";
    scene.deploy("api", "", env);
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}
