//! How references and typed Secrets are written: what the program says of them,
//! and what a real API server says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use kubectl_secretsafe::manifest::{SourceText, parse};
use kubectl_secretsafe::secret::kind::check_required;
use kubectl_secretsafe::secret::{KeyName, SecretValue};
use kubectl_secretsafe::workload::api_types::TYPES;
use kubectl_secretsafe::workload::malformed::malformed;
use kubectl_secretsafe::workload::{Object, Place};
use libtest_mimic::Trial;
use testcluster::namespace::Namespace;

use crate::harness::{cluster, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("references::the_table_of_types_is_the_servers", table),
        trial(
            "references::the_server_refuses_what_is_called_malformed",
            malformed_pods,
        ),
        trial(
            "references::the_server_takes_what_create_takes",
            typed_secrets,
        ),
    ]
}

/// Every type of the table has the fields that the server publishes, no more and
/// no less.
fn table() {
    let namespace = cluster().namespace("types");
    let answer = namespace.kubectl(["get", "--raw", "/openapi/v3/api/v1"]);
    let schema: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    for of in TYPES {
        let name = format!("io.k8s.api.core.v1.{}", of.name);
        let published: BTreeSet<&str> = schema["components"]["schemas"][&name]["properties"]
            .as_object()
            .unwrap_or_else(|| panic!("the server has no {name}"))
            .keys()
            .map(String::as_str)
            .collect();
        let ours: BTreeSet<&str> = of.fields.iter().map(|field| field.name).collect();
        assert_eq!(ours, published, "{name}");
    }
}

/// What the server makes of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// Taken unless fields are validated strictly.
    Unknown,
    Refused,
}

const CASES: &[(&str, &str, &str)] = &[
    // env, envFrom and the rest of the container; the rest of the pod; a name.
    ("", "", "nothing"),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        "",
        "a reference",
    ),
    (
        "env: [{name: A, value: x, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        "",
        "value beside",
    ),
    (
        "env: [{name: A, value: '', valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        "",
        "empty value",
    ),
    (
        "env: [{name: A, value: null, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        "",
        "null value",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {name: s}}}]",
        "",
        "no key",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {key: k}}}]",
        "",
        "no name",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {name: '', key: k}}}]",
        "",
        "empty name",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: null}}]",
        "",
        "no source",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: null, name: s, key: k}}]",
        "",
        "beside secretKeyRef",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: s}}]",
        "",
        "text for secretKeyRef",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}, configMapKeyRef: {name: s, key: k}}}]",
        "",
        "two sources",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k, secretName: s}}}]",
        "",
        "unknown below",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k, optional: 'true'}}}]",
        "",
        "text for truth",
    ),
    (
        "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: 1}}}]",
        "",
        "number for key",
    ),
    (
        "env: [{name: A, secretKeyRef: {name: s, key: k}}]",
        "",
        "no valueFrom",
    ),
    (
        "env: [{name: A, valuefrom: {secretKeyRef: {name: s, key: k}}}]",
        "",
        "valuefrom",
    ),
    (
        "env: [{valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        "",
        "variable without name",
    ),
    ("envfrom: [{secretRef: {name: s}}]", "", "envfrom"),
    (
        "envFrom: [{secretRef: {name: s, optional: true}, prefix: A_}]",
        "",
        "whole",
    ),
    (
        "envFrom: [{secretRef: null, name: s}]",
        "",
        "name beside secretRef",
    ),
    ("envFrom: [{secretRef: s}]", "", "text for secretRef"),
    (
        "envFrom: [{secretRef: {secretName: s}}]",
        "",
        "secretName for name",
    ),
    (
        "envFrom: [{secretRef: {name: s}, configMapRef: {name: s}}]",
        "",
        "two objects",
    ),
    ("envFrom: [{secretref: {name: s}}]", "", "secretref"),
    ("envFrom: {secretRef: {name: s}}", "", "mapping for list"),
    (
        "imagePullSecrets: [{name: s}]",
        "",
        "pull secrets of a container",
    ),
    ("", "imagePullSecrets: [{name: s}]", "pull secrets"),
    ("", "imagePullSecrets: [{}]", "pull secret without name"),
    ("", "imagePullSecrets: [s]", "texts for pull secrets"),
    (
        "",
        "imagePullSecrets: {name: s}",
        "mapping for pull secrets",
    ),
    (
        "",
        "imagePullSecrets: [{secretName: s}]",
        "secretName in pull secrets",
    ),
    ("", "imagePullSecret: [{name: s}]", "singular"),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s, defaultMode: 256, defaultUser: 5}}]",
        "volume",
    ),
    (
        "",
        "volumes: [{name: v, secret: {name: s}}]",
        "name for secretName",
    ),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s, name: s}}]",
        "name beside secretName",
    ),
    ("", "volumes: [{name: v, secret: {}}]", "no secretName"),
    ("", "volumes: [{name: v, secret: s}]", "text for secret"),
    (
        "",
        "volumes: [{name: v, secret: null, secretName: s}]",
        "secretName beside secret",
    ),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s, defaultmode: 256}}]",
        "defaultmode",
    ),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s}, emptyDir: {}}]",
        "two volumes",
    ),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s, items: [{key: a}]}}]",
        "item without path",
    ),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s, items: [{path: a}]}}]",
        "item without key",
    ),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s, items: [a]}}]",
        "texts for items",
    ),
    (
        "",
        "volumes: [{name: v, secret: {secretName: s, items: {key: a, path: a}}}]",
        "mapping for items",
    ),
    (
        "",
        "volumes: [{name: v, projected: {sources: [{secret: {name: s}}]}}]",
        "projected",
    ),
    (
        "",
        "volumes: [{name: v, projected: {sources: [{secret: {secretName: s}}]}}]",
        "projected secretName",
    ),
    (
        "",
        "volumes: [{name: v, projected: {sources: [{secret: null, name: s}]}}]",
        "beside projected secret",
    ),
    (
        "",
        "volumes: [{name: v, projected: {sources: [{secret: {name: s}, configMap: {name: s}}]}}]",
        "two projected sources",
    ),
    (
        "volumeMounts: [{name: v}]",
        "volumes: [{name: v, secret: {secretName: s}}]",
        "mount without path",
    ),
    (
        "volumeMounts: [{name: v, mountpath: /v}]",
        "volumes: [{name: v, secret: {secretName: s}}]",
        "mountpath",
    ),
    (
        "volumeMounts: [{name: v, mountPath: /v, subpath: a}]",
        "volumes: [{name: v, secret: {secretName: s}}]",
        "subpath",
    ),
];

fn malformed_pods() {
    let namespace = cluster().namespace("malformed");
    let mut wrong = Vec::new();
    for (container, pod, what) in CASES {
        let text = pod_text(namespace.name(), container, pod);
        let (ours, theirs) = (ours(&text), theirs(&namespace, &text));
        if ours != theirs {
            wrong.push(format!("{what}: {ours:?}, and the server: {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn pod_text(namespace: &str, container: &str, pod: &str) -> String {
    let line = |indent: usize, text: &str| match text {
        "" => String::new(),
        text => format!("{:indent$}{text}\n", ""),
    };
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {namespace}}}\nspec:\n  \
         containers:\n  - name: a\n    image: registry.example/a:1\n{}{}",
        line(4, container),
        line(2, pod)
    )
}

fn ours(text: &str) -> Verdict {
    let source = SourceText::new("pod.yaml", text.to_owned());
    let root = parse(&source).documents.remove(0).root;
    let object = Object::new(root, Place::live(), "default").unwrap();
    let found = malformed(&object);
    match (
        found.is_empty(),
        found.iter().any(|one| one.fault.is_refused()),
    ) {
        (true, _) => Verdict::Taken,
        (false, false) => Verdict::Unknown,
        (false, true) => Verdict::Refused,
    }
}

fn theirs(namespace: &Namespace, text: &str) -> Verdict {
    let takes = |validate: &str| dry_run(namespace, text, validate);
    match (takes("strict"), takes("ignore")) {
        (true, true) => Verdict::Taken,
        (false, true) => Verdict::Unknown,
        (false, false) => Verdict::Refused,
        (true, false) => panic!("stricter without validation: {text}"),
    }
}

/// Whether the server would take an object.
fn dry_run(namespace: &Namespace, text: &str, validate: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("object.yaml");
    fs::write(&file, text).unwrap();
    let output = namespace.kubectl([
        "create",
        "--dry-run=server",
        &format!("--validate={validate}"),
        "-f",
        file.to_str().unwrap(),
    ]);
    output.status.success()
}

const TYPES_OF_SECRETS: &[(&str, &[&str])] = &[
    ("Opaque", &["a"]),
    ("example.org/own", &["a"]),
    (
        "kubernetes.io/basic-auth",
        &["username", "password", "user"],
    ),
    ("kubernetes.io/ssh-auth", &["ssh-privatekey", "id"]),
    ("kubernetes.io/tls", &["tls.crt", "tls.key"]),
    (
        "kubernetes.io/dockerconfigjson",
        &[".dockerconfigjson", ".dockercfg"],
    ),
    (
        "kubernetes.io/dockercfg",
        &[".dockercfg", ".dockerconfigjson"],
    ),
    ("kubernetes.io/service-account-token", &["token"]),
];

const VALUES: &[&str] = &[
    "",
    "x",
    "{}",
    "[]",
    r#"{"auths":{}}"#,
    r#"{"auths":{"r.example":{"username":"","password":"","auth":""}}}"#,
    r#"{"auths":{"r.example":{"auth":"dTpw"}}}"#,
    r#"{"r.example":{"auth":"dTpw"}}"#,
];

/// Types, their keys (each there or not) and values: `create` takes nothing that
/// the server refuses, and refuses of what the server takes only registry
/// credentials that kubelet cannot use, as `doctor` says (SS067).
fn typed_secrets() {
    let namespace = cluster().namespace("typed");
    let mut wrong = Vec::new();
    for (secret_type, keys) in TYPES_OF_SECRETS {
        for annotation in [None, Some(""), Some("default")] {
            let is_token = secret_type.ends_with("service-account-token");
            if annotation.is_some() && !is_token {
                continue;
            }
            for (index, value) in VALUES.iter().enumerate() {
                // Of keys whose value does not matter one value is enough.
                let is_docker = secret_type.contains("docker");
                if index > 1 && !is_docker {
                    continue;
                }
                for some in 0..1_u32 << keys.len() {
                    let chosen: Vec<&str> = keys
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| some & (1 << at) != 0)
                        .map(|(_, key)| *key)
                        .collect();
                    let annotations: BTreeMap<String, String> = annotation
                        .map(|name| {
                            (
                                "kubernetes.io/service-account.name".to_owned(),
                                name.to_owned(),
                            )
                        })
                        .into_iter()
                        .collect();
                    let ours = takes(secret_type, &chosen, value, &annotations);
                    let text = serde_json::json!({
                        "apiVersion": "v1",
                        "kind": "Secret",
                        "metadata": {"name": "a", "namespace": namespace.name(), "annotations": annotations},
                        "type": secret_type,
                        "stringData": chosen.iter().map(|key| (*key, *value)).collect::<BTreeMap<_, _>>(),
                    });
                    let theirs = dry_run(&namespace, &text.to_string(), "strict");
                    let stricter = is_docker && theirs && !ours;
                    if ours != theirs && !stricter {
                        wrong.push(format!(
                            "{secret_type} {chosen:?} {value:?} {annotations:?}: {ours}"
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn takes(
    secret_type: &str,
    keys: &[&str],
    value: &str,
    annotations: &BTreeMap<String, String>,
) -> bool {
    let value = SecretValue::from_bytes(value.as_bytes().to_vec());
    let values = keys
        .iter()
        .map(|key| (KeyName::new(key).unwrap(), &value))
        .collect();
    check_required(secret_type, &values, annotations).is_ok()
}
