//! Pods with one thing that is not let pass, and the same without it.

use serde_json::{Value, json};
use testcluster::Cluster;

use crate::harness::cluster;

/// Every kind that is judged.
pub const KINDS: [&str; 8] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Pod",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    Insecure,
    Secure,
}

pub struct Variant {
    /// The rule that the message names.
    pub rule: &'static str,
    /// JSON of the fields of the one container, of further lists of containers, and volumes.
    insecure: &'static str,
    secure: &'static str,
}

pub const VARIANTS: &[Variant] = &[
    Variant {
        rule: "SS013",
        insecure: r#"{"main": {"env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]}}"#,
        secure: r#"{"main": {"env": [{"name": "P", "valueFrom": {"configMapKeyRef": {"name": "db", "key": "password", "optional": true}}}]}}"#,
    },
    Variant {
        rule: "SS013",
        insecure: r#"{"initContainers": [{"name": "first", "envFrom": [{"secretRef": {"name": "db"}}]}]}"#,
        secure: r#"{"initContainers": [{"name": "first", "envFrom": [{"configMapRef": {"name": "db", "optional": true}}]}]}"#,
    },
    Variant {
        rule: "SS013",
        insecure: r#"{"initContainers": [{"name": "side", "restartPolicy": "Always", "env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]}]}"#,
        secure: r#"{"initContainers": [{"name": "side", "restartPolicy": "Always", "env": [{"name": "P", "value": "info"}]}]}"#,
    },
    Variant {
        rule: "SS014",
        insecure: r#"{"main": {"env": [{"name": "API_KEY", "value": "a1b2c3d4"}]}}"#,
        secure: r#"{"main": {"env": [{"name": "API_KEY_FILE", "value": "/etc/secrets/api/key"}]}}"#,
    },
    Variant {
        rule: "SS044",
        insecure: r#"{"main": {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}, "volumes": [{"name": "v", "secret": {"secretName": "db", "defaultMode": 256}}]}"#,
        secure: r#"{"main": {"volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": true}]}, "volumes": [{"name": "v", "secret": {"secretName": "db", "defaultMode": 256}}]}"#,
    },
    Variant {
        rule: "SS032",
        insecure: r#"{"main": {"volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": true}]}, "volumes": [{"name": "v", "secret": {"secretName": "db"}}]}"#,
        secure: r#"{"main": {"volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": true}]}, "volumes": [{"name": "v", "secret": {"secretName": "db", "items": [{"key": "password", "path": "p", "mode": 288}]}}]}"#,
    },
    Variant {
        rule: "SS032",
        insecure: r#"{"volumes": [{"name": "v", "projected": {"defaultMode": 256, "sources": [{"configMap": {"name": "c", "optional": true}}, {"secret": {"name": "db", "items": [{"key": "password", "path": "p", "mode": 292}]}}]}}]}"#,
        secure: r#"{"volumes": [{"name": "v", "projected": {"defaultMode": 256, "sources": [{"configMap": {"name": "c", "optional": true}}, {"secret": {"name": "db"}}]}}, {"name": "w", "projected": {"sources": []}}]}"#,
    },
    Variant {
        rule: "SS034",
        insecure: r#"{"main": {"volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": true, "subPath": "password"}]}, "volumes": [{"name": "v", "secret": {"secretName": "db", "defaultMode": 256}}]}"#,
        secure: r#"{"main": {"volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": true}, {"name": "w", "mountPath": "/w", "subPath": "x"}]}, "volumes": [{"name": "v", "secret": {"secretName": "db", "defaultMode": 256}}, {"name": "w", "emptyDir": {}}]}"#,
    },
];

/// The first variant of a rule.
pub fn of_rule(rule: &str) -> &'static Variant {
    VARIANTS
        .iter()
        .find(|variant| variant.rule == rule)
        .unwrap()
}

impl Variant {
    pub fn insecure(&self, name: &str) -> Value {
        object("Deployment", name, &self.pod(Twin::Insecure))
    }

    pub fn secure(&self, name: &str) -> Value {
        object("Deployment", name, &self.pod(Twin::Secure))
    }

    /// The specification of a pod.
    pub fn pod(&self, twin: Twin) -> Value {
        let text = match twin {
            Twin::Insecure => self.insecure,
            Twin::Secure => self.secure,
        };
        let mut parts: Value = serde_json::from_str(text).unwrap();
        let mut main = parts["main"].take();
        if main.is_null() {
            main = json!({});
        }
        main["name"] = json!("main");
        let mut pod = json!({
            "automountServiceAccountToken": false,
            "terminationGracePeriodSeconds": 0,
            "containers": [main],
        });
        for list in ["initContainers", "volumes"] {
            if !parts[list].is_null() {
                pod[list] = parts[list].take();
            }
        }
        let shared = cluster();
        for list in ["containers", "initContainers"] {
            for container in pod[list].as_array_mut().into_iter().flatten() {
                runs(container, &shared);
            }
        }
        pod
    }
}

/// Sleeps; what runs first and is no sidecar ends.
fn runs(container: &mut Value, cluster: &Cluster) {
    let ends = container["name"] == "first";
    container["image"] = json!(cluster.test_image());
    container["imagePullPolicy"] = json!("Never");
    container["command"] = match ends {
        true => json!(["true"]),
        false => json!(["sleep", "100000"]),
    };
}

/// An object of a kind that makes such pods.
pub fn object(kind: &str, name: &str, pod: &Value) -> Value {
    let labels = json!({"app": name});
    let mut pod = pod.clone();
    if matches!(kind, "Job" | "CronJob") {
        pod["restartPolicy"] = json!("Never");
    }
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    let (version, spec) = match kind {
        "Pod" => ("v1", pod),
        "Job" => ("batch/v1", json!({"template": template})),
        "CronJob" => (
            "batch/v1",
            json!({"schedule": "0 0 1 1 *", "suspend": true, "jobTemplate": {"spec": {"template": template}}}),
        ),
        "ReplicationController" => (
            "v1",
            json!({"replicas": 1, "selector": labels, "template": template}),
        ),
        _ => {
            let mut spec = json!({"selector": {"matchLabels": labels}, "template": template});
            if kind == "StatefulSet" {
                spec["serviceName"] = json!("none");
            }
            ("apps/v1", spec)
        }
    };
    json!({
        "apiVersion": version, "kind": kind,
        "metadata": {"name": name, "labels": labels}, "spec": spec,
    })
}
