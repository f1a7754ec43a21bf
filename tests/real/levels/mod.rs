//! Sealed Secrets and External Secrets Operator, the real ones.

mod external;
mod sealed;
mod story;

use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::Value;
use testcluster::Bed;
use testcluster::process::wait_until;

use crate::harness::{levels_cluster, levels_trial, stored};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        levels_trial("levels::kubeseal_and_its_controller", kubeseal),
        levels_trial("levels::a_fake_store_is_synchronized", fake_store),
    ];
    trials.extend(external::trials());
    trials.extend(sealed::trials());
    trials.extend(story::trials());
    trials
}

/// How long controllers may take.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// What a Secret of kubeseal becomes: the bed itself works.
fn kubeseal() {
    let cluster = levels_cluster();
    let namespace = cluster.namespace("kubeseal");
    let program = Bed::SealedSecrets.locate().unwrap().join("kubeseal");
    let secret = format!(
        "{{apiVersion: v1, kind: Secret, metadata: {{name: s, namespace: {}}}, stringData: {{k: value}}}}",
        namespace.name()
    );
    let mut command = std::process::Command::new(program);
    command
        .arg("--kubeconfig")
        .arg(cluster.kubeconfig())
        .args(["-o", "yaml"]);
    let sealed = testcluster::process::run(&mut command, secret.as_bytes(), PATIENCE).unwrap();
    assert!(
        sealed.status.success(),
        "{}",
        String::from_utf8_lossy(&sealed.stderr)
    );
    namespace.apply(&String::from_utf8(sealed.stdout).unwrap());
    assert!(wait_until(PATIENCE, || crate::harness::exists(
        &namespace, "s"
    )));
    assert_eq!(stored(&namespace, "s")["k"], b"value");
}

fn fake_store() {
    let namespace = levels_cluster().namespace("fake-store");
    namespace.apply(
        "
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: fake}
spec:
  provider:
    fake:
      data: [{key: db, value: '{\"password\": \"value\"}'}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: fake}
  data:
  - {secretKey: password, remoteRef: {key: db, property: password}}
",
    );
    let ready = || {
        let output = namespace.kubectl(["get", "externalsecret", "db", "-o", "json"]);
        let object: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        object["status"]["conditions"][0]["status"] == "True"
    };
    assert!(wait_until(PATIENCE, ready));
    assert_eq!(stored(&namespace, "db")["password"], b"value");
}
