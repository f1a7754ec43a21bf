//! References that lead nowhere: the pods really wait, doctor says for what,
//! its command is run as printed, the pods go on.

use libtest_mimic::Trial;

use super::scene::{Scene, command, proves};
use crate::harness::node_trial;

const WAITING: &str = "{.status.containerStatuses[*].state.waiting.reason}";

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("doctor::secret_missing_for_a_variable", missing_variable),
        node_trial("doctor::secret_missing_for_env_from", missing_env_from),
        node_trial("doctor::secret_missing_for_a_volume", missing_volume),
        node_trial("doctor::secret_in_another_namespace", other_namespace),
        node_trial("doctor::key_mismatch_of_a_variable", key_of_a_variable),
        node_trial("doctor::key_mismatch_of_an_item", key_of_an_item),
        node_trial("doctor::optional_and_missing", optional),
        node_trial("doctor::pull_secret_missing", pull_secret),
    ]
}

fn variable(secret: &str, key: &str) -> String {
    format!(
        "env:\n- name: DB_PASSWORD\n  valueFrom: {{secretKeyRef: {{name: {secret}, key: {key}}}}}"
    )
}

const MOUNT: &str = "volumeMounts: [{name: db, mountPath: /etc/secrets/db, readOnly: true}]";

fn missing_variable() {
    let scene = Scene::new("missing-variable");
    let secret = scene.own("db-creds");
    scene.deploy("api", "", &variable(&secret, "password"));
    scene.wait_for_pods("api", WAITING, "CreateContainerConfigError");
    let examination = scene.doctor("");
    let finding = examination.only("SS001", "error", "deployment/api", &secret);
    proves(finding, &format!("secret \\\"{secret}\\\" not found"));
    scene.run_fix(&command(finding, "kubectl secretsafe create"), "pw");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

fn missing_env_from() {
    let scene = Scene::new("missing-env-from");
    let secret = scene.own("db-creds");
    scene.deploy(
        "api",
        "",
        &format!("envFrom: [{{secretRef: {{name: {secret}}}}}]"),
    );
    scene.wait_for_pods("api", WAITING, "CreateContainerConfigError");
    let examination = scene.doctor("");
    let finding = examination.only("SS001", "error", "deployment/api", &secret);
    scene.run_fix(&command(finding, "kubectl secretsafe create"), "pw");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

fn missing_volume() {
    let scene = Scene::new("missing-volume");
    let secret = scene.own("db-creds");
    let volume = format!(
        "securityContext: {{runAsUser: 0}}\nvolumes: [{{name: db, secret: {{secretName: {secret}, defaultMode: 0400}}}}]"
    );
    scene.deploy("api", &volume, MOUNT);
    // The pod's status does not say why it waits: only an event does.
    scene.wait_for_event(&format!("secret \"{secret}\" not found"));
    let examination = scene.doctor("deploy/api");
    let finding = examination.only("SS001", "error", "deployment/api", &secret);
    proves(finding, "MountVolume.SetUp failed");
    scene.run_fix(&command(finding, "kubectl secretsafe create"), "pw");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

fn other_namespace() {
    let scene = Scene::new("wrong-namespace");
    let other = Scene::new("right-namespace");
    let secret = scene.own("creds");
    other.create(&format!("{secret} --stdin password"), "pw");
    scene.deploy("api", "", &variable(&secret, "password"));
    scene.wait_for_pods("api", WAITING, "CreateContainerConfigError");
    let examination = scene.doctor("");
    let finding = examination.only("SS002", "error", "deployment/api", &secret);
    assert!(
        finding["message"]
            .as_str()
            .unwrap()
            .contains(other.namespace.name())
    );
    scene.run_fix(&command(finding, "kubectl secretsafe create"), "pw");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

/// Case and dash variants of the right key.
fn key_of_a_variable() {
    for (wrong, right) in [
        ("PASSWORD", "password"),
        ("db-password", "DB_PASSWORD"),
        ("passwrd", "password"),
    ] {
        let scene = Scene::new("key-variable");
        scene.create(&format!("db-creds --stdin {right}"), "pw");
        scene.deploy("api", "", &variable("db-creds", wrong));
        scene.wait_for_pods("api", WAITING, "CreateContainerConfigError");
        let examination = scene.doctor("");
        let about = format!("db-creds:{wrong}");
        let finding = examination.only("SS003", "error", "deployment/api", &about);
        proves(finding, &format!("couldn't find key {wrong}"));
        scene.run_fix(&command(finding, "kubectl patch"), "pw");
        scene.wait_ready("api");
        scene.doctor("").is_clean();
    }
}

fn key_of_an_item() {
    let scene = Scene::new("key-item");
    scene.create("db-creds --stdin password", "pw");
    let volume = "volumes:\n- name: db\n  secret:\n    secretName: db-creds\n    \
                  items: [{key: Password, path: password}]";
    scene.deploy("api", volume, MOUNT);
    scene.wait_for_event("references non-existent secret key: Password");
    let examination = scene.doctor("");
    let finding = examination.only("SS004", "error", "deployment/api", "db-creds:Password");
    proves(finding, "references non-existent secret key");
    scene.run_fix(&command(finding, "kubectl patch"), "pw");
    scene.wait_ready("api");
    scene.doctor("").is_clean();
}

/// The pod runs, without the variable: worth knowing, and no failure.
fn optional() {
    let scene = Scene::new("optional");
    let env = "env:\n- name: TOKEN\n  valueFrom: {secretKeyRef: {name: extra, key: token, optional: true}}";
    scene.deploy("api", "", env);
    scene.wait_ready("api");
    let examination = scene.doctor("");
    examination.is_clean();
    assert_eq!(examination.of_rule("SS007")["severity"], "info");
}

/// The image is there already, so the pod runs until it moves to another node.
fn pull_secret() {
    let scene = Scene::new("pull-secret");
    let secret = scene.own("registry");
    scene.deploy(
        "api",
        &format!("imagePullSecrets: [{{name: {secret}}}]"),
        "",
    );
    scene.wait_ready("api");
    let examination = scene.doctor("");
    let finding = examination.only("SS023", "warning", "deployment/api", &secret);
    let configuration = tempfile::NamedTempFile::new().unwrap();
    let login = r#"{"auths": {"registry.example": {"username": "u", "password": "p"}}}"#;
    std::fs::write(configuration.path(), login).unwrap();
    let file = format!("=.dockerconfigjson={}", configuration.path().display());
    let fix = command(finding, "kubectl secretsafe create docker-registry");
    scene.run_fix(&fix.replace("=PATH", &file), "");
    scene.doctor("").is_clean();
}
