//! `doctor` on the levels above a plain Secret, as a program: what it asks of a cluster with and
//! without their resources, and which bytes of a file `--fix` changes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::process::{Command, Output};

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{FaultServer, Reply, Rule};

fn doctor(server: Option<&FaultServer>, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    command.arg("doctor").args(words).env_clear();
    if let Some(server) = server {
        command.env("KUBECONFIG", server.kubeconfig());
    }
    command.output().unwrap()
}

/// The server answers this path with a list.
fn serve(server: &FaultServer, path: &str, items: &Value) {
    let list = json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items});
    server.script(
        Rule::on(Method::GET)
            .path(path)
            .fault(Reply::json(200, &list)),
    );
}

fn asked(server: &FaultServer, plural: &str) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .filter(|request| request.path.contains(&format!("/{plural}?")))
        .count()
}

/// Seen to fail with PushSecrets in the first round of lists.
#[test]
fn a_cluster_without_external_secrets_is_not_asked_for_what_stands_beside_them() {
    let server = FaultServer::start();
    server.script(
        Rule::on(Method::GET)
            .path("/external-secrets.io/")
            .fault(Reply::status(404, "NotFound", "no such resource")),
    );
    assert!(
        doctor(Some(&server), &["-n", "default"])
            .status
            .code()
            .is_some()
    );
    assert!(asked(&server, "externalsecrets") > 0);
    assert_eq!(asked(&server, "pushsecrets"), 0);

    let server = FaultServer::start();
    serve(
        &server,
        "/external-secrets.io/v1/namespaces/default/externalsecrets",
        &json!([]),
    );
    doctor(Some(&server), &["-n", "default"]);
    assert_eq!(asked(&server, "pushsecrets"), 1);
}

/// A refused list is no empty one: nothing is called missing because of it.
#[test]
fn a_store_that_may_not_be_looked_at_is_not_missing() {
    let object = json!([{
        "metadata": {"name": "db", "namespace": "default", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"secretStoreRef": {"name": "vault", "kind": "ClusterSecretStore"}, "data": []},
        "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "SecretSyncedError"}]},
    }]);
    for (refused, expected) in [(true, "SS110"), (false, "SS112")] {
        let server = FaultServer::start();
        serve(
            &server,
            "/external-secrets.io/v1/namespaces/default/externalsecrets",
            &object,
        );
        match refused {
            true => server.script(
                Rule::on(Method::GET)
                    .path("/clustersecretstores?")
                    .fault(Reply::status(403, "Forbidden", "no")),
            ),
            false => serve(&server, "/v1/clustersecretstores", &json!([])),
        }
        // Whether there is such a resource is asked when a list is refused.
        let discovery =
            json!({"kind": "APIResourceList", "resources": [{"name": "clustersecretstores"}]});
        server.script(
            Rule::on(Method::GET)
                .path("/apis/external-secrets.io/v1")
                .fault(Reply::json(200, &discovery)),
        );
        let output = doctor(Some(&server), &["-n", "default", "-o", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rules: Vec<_> = report["parts"][0]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|finding| finding["rule"].as_str())
            .filter(|rule| rule.starts_with("SS11"))
            .collect();
        assert_eq!(rules, [expected], "{report:#}");
    }
}

/// `external-secrets.io/v1beta1` becomes `v1`, and no other byte changes.
#[test]
fn the_old_version_is_put_right_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.yaml");
    let before = "# kept by the platform team\r\napiVersion:   \"external-secrets.io/v1beta1\"  # since 2022\r\n\
                  kind: ExternalSecret\r\nmetadata: { name: db , namespace: prod }\r\nspec:\r\n  \
                  secretStoreRef: {name: vault, kind: ClusterSecretStore}\r\n  data:\r\n    - secretKey: a\r\n      \
                  remoteRef: {key: external-secrets.io/v1beta1}\r\n---\r\n\
                  {\"apiVersion\":\"external-secrets.io/v1beta1\",\"kind\":\"SecretStore\",\"metadata\":{\"name\":\"s\"}}\r\n---\r\n\
                  apiVersion: external-secrets.io/v1alpha1\r\nkind: PushSecret\r\nmetadata: {name: p}";
    fs::write(&file, before).unwrap();
    let output = doctor(None, &["-f", file.to_str().unwrap(), "--fix", "--yes"]);
    let expected = before
        .replacen(
            "\"external-secrets.io/v1beta1\"  #",
            "\"external-secrets.io/v1\"  #",
            1,
        )
        .replacen(
            "\"external-secrets.io/v1beta1\",",
            "\"external-secrets.io/v1\",",
            1,
        );
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
