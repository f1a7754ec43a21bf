//! What is written: objects as data.

use std::fs;

use serde_json::{Value, json};

/// Some objects, and how they are judged.
pub struct Meaning {
    pub name: String,
    pub objects: Vec<Value>,
    pub complete: bool,
    pub inspect: bool,
    pub now: String,
    /// How somebody wrote it.
    pub text: Option<String>,
}

/// All of them.
pub fn all() -> Vec<Meaning> {
    let mut all = by_hand();
    all.extend(cases());
    all
}

/// The cases of `tests/checks` that are files.
pub fn cases() -> Vec<Meaning> {
    let files = super::yaml_files(&super::root().join("tests/checks"));
    let total = files.len();
    let found: Vec<_> = files
        .into_iter()
        .filter_map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let head = |word: &str| {
                text.lines()
                    .take_while(|line| line.starts_with('#'))
                    .find_map(|line| line[1..].trim().strip_prefix(word))
                    .map(|rest| rest.trim_start_matches(':').trim().to_owned())
            };
            let scope = head("scope").unwrap_or_default();
            if scope == "cluster" {
                return None;
            }
            let options = serde_saphyr::options! { legacy_octal_numbers: true };
            let objects: Vec<Value> =
                serde_saphyr::from_multiple_with_options(&text, options).ok()?;
            // SOPS encrypts documents: in a List its mark is only data.
            if objects.iter().any(|object| object.get("sops").is_some()) {
                return None;
            }
            Some(Meaning {
                name: path
                    .strip_prefix(super::root())
                    .unwrap()
                    .display()
                    .to_string(),
                objects,
                complete: scope == "complete",
                inspect: head("inspect-values").is_some(),
                now: head("now").unwrap_or_else(|| "2026-06-01T12:00:00Z".to_owned()),
                text: Some(text),
            })
        })
        .collect();
    assert!(
        found.len() * 4 > total,
        "{} of {total} cases can be used",
        found.len()
    );
    found
}

/// Those of this file.
pub fn by_hand() -> Vec<Meaning> {
    [
        ("small", small()),
        ("variables", vec![secret("db", "password"), deployment(variables())]),
        ("files", vec![secret("db", "password"), deployment(files())]),
        ("cron", vec![secret("db", "password"), cron_job(), service_account()]),
        ("several", vec![secret("db", "password"), secret("mail", "api-key"), pod("a"), pod("b")]),
        ("list", vec![json!({"apiVersion": "v1", "kind": "List", "items": [secret("db", "password"), pod("a")]})]),
        ("odd-texts", vec![secret("db", "password"), odd_texts()]),
    ]
    .into_iter()
    .map(|(name, objects)| Meaning {
        name: name.to_owned(),
        objects,
        complete: true,
        inspect: true,
        now: "2026-06-01T12:00:00Z".to_owned(),
        text: None,
    })
    .collect()
}

/// What must never be told.
pub const CANARY: &str = "c4n4ryQ7xW2k";

/// Short enough to be written by hand in many ways.
fn small() -> Vec<Value> {
    vec![
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "stringData": {"password": CANARY}}),
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "app"},
            "spec": {
                "containers": [{
                    "name": "app",
                    "image": "app",
                    "env": [
                        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "passwrod"}}},
                        {"name": "API_TOKEN", "value": format!("{CANARY}-token")},
                    ],
                }],
                "volumes": [{"name": "db", "secret": {"secretName": "db", "defaultMode": 256}}],
            },
        }),
    ]
}

fn secret(name: &str, key: &str) -> Value {
    let applied = format!("{{\"stringData\":{{\"{key}\":\"{CANARY}-applied\"}}}}");
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": applied,
                "note": format!("{CANARY}-note"),
            },
        },
        "type": "Opaque",
        "data": {"encoded": "YzRuNHJ5UTd4VzJrLWRhdGE="},
        "stringData": {key: format!("{CANARY}-value\n")},
    })
}

fn pod_spec(containers: Value, volumes: Value) -> Value {
    json!({
        "automountServiceAccountToken": true,
        "securityContext": {"runAsUser": 1000, "runAsNonRoot": true},
        "imagePullSecrets": [{"name": "registry"}],
        "initContainers": [{
            "name": "init",
            "image": "busybox:1",
            "command": ["sh", "-c", "echo $(DB_PASSWORD) | tee /run/db/password"],
            "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}],
        }],
        "containers": containers,
        "volumes": volumes,
    })
}

fn deployment(spec: Value) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "labels": {"app": "api"}},
        "spec": {
            "replicas": 2,
            "revisionHistoryLimit": 0,
            "paused": true,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": {"app": "api"}},
            "template": {"metadata": {"labels": {"app": "api"}}, "spec": spec},
        },
    })
}

fn variables() -> Value {
    pod_spec(
        json!([{
            "name": "api",
            "image": "registry.example/api:1",
            "args": ["--password=$(DB_PASSWORD)", "--other=$(NOT_THERE)"],
            "envFrom": [
                {"secretRef": {"name": "db"}},
                {"prefix": "MAIL_", "secretRef": {"name": "mail", "optional": true}},
            ],
            "env": [
                {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "passwrod"}}},
                {"name": "MODE", "value": "plain"},
                {"name": "MODE", "value": format!("{CANARY}-mode")},
                {"name": "API_TOKEN", "value": format!("{CANARY}-token")},
                {"name": "DATABASE_URL", "value": format!("postgres://user:{CANARY}-url@db/x")},
                {"name": "OTHER", "valueFrom": {"secretKeyRef": {"name": "default/db", "key": "password"}}},
                {"name": "GONE", "valueFrom": {"secretKeyRef": {"name": "dbs", "key": "password"}}},
                {"name": "MAYBE", "valueFrom": {"secretKeyRef": {"name": "gone", "key": "x", "optional": true}}},
            ],
        }]),
        json!([]),
    )
}

fn files() -> Value {
    pod_spec(
        json!([{
            "name": "api",
            "image": "registry.example/api:1",
            "env": [
                {"name": "DB_PASSWORD_FILE", "value": "/run/db/passwrod"},
                {"name": "PASSWORD", "value": format!("{CANARY}-both")},
                {"name": "PASSWORD_FILE", "value": "/run/db/password"},
            ],
            "volumeMounts": [
                {"name": "db", "mountPath": "/run/db"},
                {"name": "db", "mountPath": "/run//db/"},
                {"name": "db", "mountPath": "/etc/nginx/nginx.conf", "subPath": "password", "readOnly": true},
                {"name": "all", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"},
                {"name": "nowhere", "mountPath": "/nowhere"},
            ],
        }]),
        json!([
            {"name": "db", "secret": {"secretName": "db", "items": [{"key": "passwrod", "path": "password", "mode": 256}], "defaultMode": 292}},
            {"name": "all", "projected": {"sources": [{"secret": {"name": "db"}}, {"secret": {"name": "mail", "optional": true}}]}},
            {"name": "unused", "secret": {"secretName": "unused"}},
        ]),
    )
}

fn cron_job() -> Value {
    json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "nightly", "namespace": "jobs"},
        "spec": {
            "schedule": "0 3 * * *",
            "suspend": true,
            "jobTemplate": {"spec": {"template": {"spec": variables()}}},
        },
    })
}

fn service_account() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "nightly", "namespace": "jobs"},
        "secrets": [{"name": "nightly-token"}],
        "imagePullSecrets": [{"name": "registry"}],
    })
}

fn pod(name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "annotations": {"checksum/secret": "0123456789abcdef0123456789abcdef"}},
        "spec": variables(),
    })
}

/// Names and texts that other readers take for something else.
fn odd_texts() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "1e3",
            "labels": {"a": "true", "b": "null", "c": "012", "d": "~", "e": "", "f": "1_000", "g": "on"},
            "annotations": {"multi": format!("line one\n\n  {CANARY}-line\n"), "colon": "a: b # c", "ctl": "\u{7}\u{85}\u{2028}é", "quote": "it's \"so\""},
        },
        "spec": {"containers": [{
            "name": "null",
            "image": "x",
            "env": [
                {"name": "y", "valueFrom": {"secretKeyRef": {"name": "db", "key": "no"}}},
                {"name": "0x10", "valueFrom": {"secretKeyRef": {"name": "007", "key": "true"}}},
                {"name": "TOKEN", "value": format!("{CANARY}-odd: \"it's\"\n\ttab")},
                {"name": "EMPTY", "value": ""},
            ],
        }]},
    })
}
