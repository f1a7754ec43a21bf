//! Clusters as raw lists, served by the fault server.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{FaultServer, Reply, Rule};

pub const CANARY: &str = "c4n4ryQ7xW2k";
/// The same in base64.
const ENCODED: &str = "YzRuNHJ5UTd4VzJr";

/// The objects of a cluster, by the plural of their kind.
#[derive(Default)]
pub struct Fleet {
    pub lists: BTreeMap<&'static str, Vec<Value>>,
}

/// Plural and the path of its list.
const PATHS: [(&str, &str); 14] = [
    ("pods", "/api/v1/pods?"),
    ("serviceaccounts", "/api/v1/serviceaccounts?"),
    ("replicationcontrollers", "/api/v1/replicationcontrollers?"),
    ("deployments", "/apis/apps/v1/deployments?"),
    ("replicasets", "/apis/apps/v1/replicasets?"),
    ("statefulsets", "/apis/apps/v1/statefulsets?"),
    ("daemonsets", "/apis/apps/v1/daemonsets?"),
    ("jobs", "/apis/batch/v1/jobs?"),
    ("cronjobs", "/apis/batch/v1/cronjobs?"),
    ("ingresses", "/apis/networking.k8s.io/v1/ingresses?"),
    ("roles", "/v1/roles?"),
    ("rolebindings", "/v1/rolebindings?"),
    ("clusterroles", "/v1/clusterroles?"),
    ("clusterrolebindings", "/v1/clusterrolebindings?"),
];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

pub fn days_ago(days: usize) -> String {
    let now = jiff::Timestamp::now();
    let hours = i64::try_from(days).unwrap() * 24;
    let then = now - jiff::SignedDuration::from_hours(hours);
    then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Fleet {
    pub fn add(&mut self, plural: &'static str, object: Value) {
        self.lists.entry(plural).or_default().push(object);
    }

    /// Writes the lists as kubectl prints them.
    pub fn write(&self, folder: &Path) {
        for (plural, items) in &self.lists {
            let list = json!({"kind": "List", "apiVersion": "v1", "items": items});
            fs::write(folder.join(format!("{plural}.json")), list.to_string()).unwrap();
        }
    }

    /// Page by page, as an API server does.
    pub fn serve(&self) -> FaultServer {
        let server = FaultServer::start();
        let empty = Vec::new();
        for (plural, path) in PATHS {
            let items = self.lists.get(plural).unwrap_or(&empty);
            let list = |items: &[Value], next: &str| json!({"kind": "List", "apiVersion": "v1", "metadata": {"continue": next}, "items": items});
            serve_pages(&server, items, &list, |page| page.path(path));
        }
        let secrets = self.lists.get("secrets").unwrap_or(&empty);
        // Whole Secrets are there for whoever asks for them.
        let whole = |items: &[Value], next: &str| json!({"kind": "SecretList", "apiVersion": "v1", "metadata": {"continue": next}, "items": items});
        let path = "/api/v1/secrets?";
        serve_pages(&server, secrets, &whole, |page| {
            page.accept_lacks("as=Table").path(path)
        });
        serve_pages(&server, secrets, &table, |page| page.path(path));
        server
    }

    /// A cluster of everything that the script knows.
    pub fn random(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut fleet = Self::default();
        for namespace in NAMESPACES {
            for name in SECRETS {
                fleet.secret(&mut dice, namespace, name);
            }
            for number in 0..5 {
                fleet.workload(&mut dice, namespace, &format!("app-{number}"));
            }
            fleet.others(&mut dice, namespace);
        }
        fleet.access(&mut dice);
        fleet
    }

    fn secret(&mut self, dice: &mut Dice, namespace: &str, name: &str) {
        let keys = &KEYS[..=dice.roll(KEYS.len())];
        let created = days_ago(300 + dice.roll(100));
        let mut entries = Vec::new();
        for key in keys {
            for _ in 0..=dice.roll(2) {
                let manager = dice.one(&["helm", "kubectl-create", "argocd", "vault"]);
                let time = days_ago(*dice.one(&[1, 20, 89, 91, 200, 299, 600]));
                let mut entry = json!({
                    "manager": manager, "operation": "Update", "apiVersion": "v1", "time": time,
                    "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {format!("f:{key}"): {}}},
                });
                if dice.roll(8) == 0 {
                    entry.as_object_mut().unwrap().remove("time");
                }
                entries.push(entry);
            }
        }
        // Of a subresource, and without keys: neither tells of a value.
        entries.push(
            json!({"manager": "status", "operation": "Update", "time": days_ago(0),
            "subresource": "status", "fieldsV1": {"f:data": {"f:password": {}}}}),
        );
        entries.push(
            json!({"manager": "labels", "operation": "Update", "time": days_ago(0),
            "fieldsV1": {"f:metadata": {"f:labels": {}}}}),
        );
        let mut metadata = json!({
            "name": name, "namespace": namespace, "uid": format!("{namespace}-{name}"),
            "resourceVersion": "1", "creationTimestamp": created, "managedFields": entries,
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": CANARY},
        });
        let mut type_ = "Opaque";
        match dice.roll(7) {
            0 => metadata["ownerReferences"] = owner("SealedSecret", name),
            1 => metadata["ownerReferences"] = owner("ExternalSecret", name),
            2 => metadata["ownerReferences"] = owner("Kafka", "k"),
            3 => type_ = "kubernetes.io/service-account-token",
            4 => {
                metadata["labels"] = json!({"app.kubernetes.io/managed-by": "Helm"});
                metadata["annotations"]["meta.helm.sh/release-name"] = json!("r");
            }
            5 => {
                let mark = "reflector.v1.k8s.emberstack.com/reflects";
                let source = format!("{}/{}", NAMESPACES[0], dice.one(&SECRETS));
                metadata["annotations"][mark] = json!(source);
            }
            _ => {}
        }
        let data: serde_json::Map<_, _> = keys
            .iter()
            .map(|key| ((*key).to_owned(), json!(ENCODED)))
            .collect();
        self.add(
            "secrets",
            json!({"apiVersion": "v1", "kind": "Secret", "type": type_, "metadata": metadata, "data": data}),
        );
    }

    /// A workload, with what it makes down to its pods.
    fn workload(&mut self, dice: &mut Dice, namespace: &str, name: &str) {
        let spec = pod_spec(dice);
        let template = json!({"metadata": {"labels": {"app": name}}, "spec": spec});
        let selector = json!({"matchLabels": {"app": name}});
        let metadata =
            json!({"name": name, "namespace": namespace, "uid": format!("w-{namespace}-{name}")});
        let whole = |api: &str, kind: &str, spec: Value| json!({"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec});
        let (kind, plural, object) = match dice.roll(5) {
            0 => (
                "StatefulSet",
                "statefulsets",
                whole(
                    "apps/v1",
                    "StatefulSet",
                    json!({"replicas": 2, "selector": selector, "template": template}),
                ),
            ),
            1 => (
                "DaemonSet",
                "daemonsets",
                whole(
                    "apps/v1",
                    "DaemonSet",
                    json!({"selector": selector, "template": template}),
                ),
            ),
            2 => {
                let mut object = whole("batch/v1", "Job", json!({"template": template}));
                if dice.roll(2) == 0 {
                    object["status"] =
                        json!({"conditions": [{"type": "Complete", "status": "True"}]});
                    self.add("jobs", object);
                    return;
                }
                ("Job", "jobs", object)
            }
            3 => (
                "CronJob",
                "cronjobs",
                whole(
                    "batch/v1",
                    "CronJob",
                    json!({"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": template}}}),
                ),
            ),
            _ => (
                "Deployment",
                "deployments",
                whole(
                    "apps/v1",
                    "Deployment",
                    json!({"replicas": 2, "selector": selector, "template": template}),
                ),
            ),
        };
        self.add(plural, object);
        let owner = match kind {
            "CronJob" => return,
            "Deployment" => {
                let set = format!("{name}-1");
                self.add(
                    "replicasets",
                    json!({"apiVersion": "apps/v1", "kind": "ReplicaSet",
                        "metadata": {"name": set, "namespace": namespace, "uid": format!("rs-{name}"),
                            "labels": {"app": name}, "ownerReferences": owner(kind, name)},
                        "spec": {"replicas": 2, "selector": selector, "template": template}}),
                );
                self::owner("ReplicaSet", &set)
            }
            _ => owner(kind, name),
        };
        for number in 0..dice.roll(4) {
            // Some pods are of an earlier template.
            let spec = match dice.roll(3) {
                0 => pod_spec(dice),
                _ => spec.clone(),
            };
            let mut pod = pod(dice, namespace, &format!("{name}-{number}"), &spec);
            pod["metadata"]["ownerReferences"] = owner.clone();
            if dice.roll(6) == 0 {
                pod["metadata"]["deletionTimestamp"] = json!(days_ago(0));
            }
            self.add("pods", pod);
        }
    }

    fn others(&mut self, dice: &mut Dice, namespace: &str) {
        let spec = pod_spec(dice);
        let mut bare = pod(dice, namespace, "bare", &spec);
        if dice.roll(3) == 0 {
            bare["status"]["phase"] = json!("Succeeded");
        }
        self.add("pods", bare);
        let pull = dice.one(&SECRETS);
        self.add(
            "serviceaccounts",
            json!({"apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": namespace},
                "imagePullSecrets": [{"name": pull}], "secrets": [{"name": dice.one(&SECRETS)}]}),
        );
        self.add(
            "ingresses",
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": {"name": "web", "namespace": namespace},
                "spec": {"tls": [{"secretName": dice.one(&SECRETS)}]}}),
        );
    }

    fn access(&mut self, dice: &mut Dice) {
        let rule = |dice: &mut Dice| {
            let mut rule = json!({
                "verbs": dice.one(&[&["get"][..], &["list", "watch"], &["*"], &["create"]]),
                "apiGroups": dice.one(&[&[""][..], &["*"], &["apps"]]),
                "resources": dice.one(&[&["secrets"][..], &["pods", "secrets"], &["*"], &["configmaps"]]),
            });
            if dice.roll(2) == 0 {
                rule["resourceNames"] = json!([dice.one(&SECRETS), "other"]);
            }
            rule
        };
        let api = "rbac.authorization.k8s.io/v1";
        for number in 0..6 {
            let rules = json!([rule(dice), rule(dice)]);
            let name = format!("r{number}");
            self.add(
                "clusterroles",
                json!({"apiVersion": api, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}),
            );
            for namespace in NAMESPACES {
                let rules = json!([rule(dice)]);
                self.add(
                    "roles",
                    json!({"apiVersion": api, "kind": "Role", "metadata": {"name": name, "namespace": namespace}, "rules": rules}),
                );
            }
        }
        for number in 0..30 {
            let in_cluster = dice.roll(6) == 0;
            let kind = if in_cluster || dice.roll(2) == 0 {
                "ClusterRole"
            } else {
                "Role"
            };
            let mut subjects = vec![json!({"kind": "User", "name": format!("u{}", dice.roll(9))})];
            subjects.push(json!({"kind": "Group", "name": format!("g{}", dice.roll(5))}));
            let account = format!("s{}", dice.roll(3));
            let space = dice.one(&NAMESPACES);
            subjects.push(json!({"kind": "ServiceAccount", "name": account, "namespace": space}));
            subjects.push(
                json!({"kind": "User", "name": format!("system:serviceaccount:{space}:{account}")}),
            );
            let mut metadata = json!({"name": format!("b{number}")});
            if !in_cluster {
                metadata["namespace"] = json!(dice.one(&NAMESPACES));
            }
            let (binding, plural) = match in_cluster {
                true => ("ClusterRoleBinding", "clusterrolebindings"),
                false => ("RoleBinding", "rolebindings"),
            };
            // One role in seven does not exist.
            let role = json!({"kind": kind, "name": format!("r{}", dice.roll(7)), "apiGroup": "rbac.authorization.k8s.io"});
            self.add(
                plural,
                json!({"apiVersion": api, "kind": binding, "metadata": metadata, "roleRef": role, "subjects": subjects}),
            );
        }
    }
}

const NAMESPACES: [&str; 3] = ["team-a", "team-b", "team-c"];
const SECRETS: [&str; 6] = ["api", "db", "mail", "pull", "tls", "token"];
const KEYS: [&str; 5] = [
    "password",
    "user",
    "tls.crt",
    "tls.key",
    ".dockerconfigjson",
];

fn owner(kind: &str, name: &str) -> Value {
    json!([{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "u", "controller": true}])
}

/// A pod that gets some keys in some ways.
fn pod_spec(dice: &mut Dice) -> Value {
    let mut env = Vec::new();
    for number in 0..dice.roll(3) {
        let reference = json!({"name": dice.one(&SECRETS), "key": dice.one(&KEYS)});
        env.push(json!({"name": format!("V{number}"), "valueFrom": {"secretKeyRef": reference}}));
    }
    let mut container = json!({"name": "app", "image": "registry.example/app:1", "env": env});
    if dice.roll(3) == 0 {
        container["envFrom"] = json!([{"secretRef": {"name": dice.one(&SECRETS)}}]);
    }
    let mut volumes = vec![json!({"name": "files", "secret": {"secretName": dice.one(&SECRETS)}})];
    if dice.roll(2) == 0 {
        let items = json!([{"key": dice.one(&KEYS), "path": "one"}]);
        volumes[0]["secret"]["items"] = items;
    }
    volumes.push(json!({"name": "mixed", "projected": {"sources": [
        {"secret": {"name": dice.one(&SECRETS)}}, {"configMap": {"name": "c"}}]}}));
    container["volumeMounts"] = json!([
        {"name": "files", "mountPath": "/files"}, {"name": "mixed", "mountPath": "/mixed"}]);
    let mut spec = json!({"containers": [container], "volumes": volumes});
    if dice.roll(4) == 0 {
        spec["imagePullSecrets"] = json!([{"name": dice.one(&SECRETS)}]);
    }
    spec
}

fn pod(dice: &mut Dice, namespace: &str, name: &str, spec: &Value) -> Value {
    let started = days_ago(*dice.one(&[2, 30, 95, 250]));
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": format!("p-{namespace}-{name}"),
            "creationTimestamp": started},
        "spec": spec,
        "status": {"phase": "Running", "startTime": started, "containerStatuses": [
            {"name": "app", "ready": true, "restartCount": 0, "containerID": "c://1",
             "image": "registry.example/app:1", "imageID": "",
             "state": {"running": {"startedAt": started}}}]},
    })
}

const PAGE: usize = 500;

fn serve_pages(
    server: &FaultServer,
    items: &[Value],
    body: &dyn Fn(&[Value], &str) -> Value,
    rule: impl Fn(Page) -> Rule,
) {
    let token = |number: usize| format!("page-{number:04}-");
    let pages: Vec<&[Value]> = match items.is_empty() {
        true => vec![&[]],
        false => items.chunks(PAGE).collect(),
    };
    // The first rule that fits answers, so the page without a token is the last one.
    for (number, items) in pages.iter().enumerate().rev() {
        let next = match number + 1 < pages.len() {
            true => token(number + 1),
            false => String::new(),
        };
        let wanted = match number {
            0 => String::new(),
            _ => format!("limit={PAGE}&continue={}", token(number)),
        };
        let rule = rule(Page(Rule::on(Method::GET), wanted));
        server.script(rule.fault(Reply::json(200, &body(items, &next))));
    }
}

/// A rule for a page of a list.
struct Page(Rule, String);

impl Page {
    fn path(self, path: &str) -> Rule {
        self.0.path(&format!("{path}{}", self.1))
    }

    fn accept_lacks(self, part: &str) -> Self {
        Self(self.0.accept_lacks(part), self.1)
    }
}

fn table(secrets: &[Value], next: &str) -> Value {
    let row = |secret: &Value| {
        let keys = secret["data"].as_object().map_or(0, serde_json::Map::len);
        json!({
            "cells": [secret["metadata"]["name"], secret["type"], keys, "1d"],
            "object": {
                "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
                "metadata": secret["metadata"],
            },
        })
    };
    let columns = ["Name", "Type", "Data", "Age"].map(|name| json!({"name": name}));
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"continue": next},
        "columnDefinitions": columns, "rows": secrets.iter().map(row).collect::<Vec<_>>(),
    })
}
