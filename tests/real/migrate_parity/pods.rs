//! Workloads to migrate.

use serde_json::{Value, json};

/// Pods of different kinds; the server adds its defaults to each.
pub(super) fn pods() -> Vec<Value> {
    let key = |name: &str, key: &str| json!({"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": key}}});
    let main = |rest: Value| {
        let mut container = json!({"name": "main", "image": "example/app:1"});
        container
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        container
    };
    let env = json!({"env": [key("A", "password"), {"name": "B", "value": "b"}]});
    let root = json!({"runAsUser": 0});
    let pod = |rest: Value, container: Value| {
        let mut pod = json!({"containers": [container]});
        pod.as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        pod
    };
    let own = |fields: Value| json!({"securityContext": root, "volumes": [{"name": "own", "secret": fields}]});
    let mounted = |path: &str| {
        let mut fields = env.clone();
        fields["volumeMounts"] = json!([{"name": "own", "mountPath": path}]);
        main(fields)
    };
    vec![
        pod(json!({}), main(env.clone())),
        pod(json!({"securityContext": root}), main(env.clone())),
        pod(
            json!({"securityContext": {"runAsUser": 1000}}),
            main(env.clone()),
        ),
        pod(
            json!({"securityContext": {"runAsUser": 1000, "fsGroup": 7}}),
            main(env.clone()),
        ),
        pod(
            json!({"securityContext": {"supplementalGroups": [0]}}),
            main(env.clone()),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"env": [key("A", "password")]})),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"envFrom": [{"prefix": "DB_", "secretRef": {"name": "db"}}]})),
        ),
        pod(
            json!({"securityContext": root}),
            main(
                json!({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password", "optional": true}}}, key("C", "user")]}),
            ),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"env": [key("A", "password")], "args": ["--password=$(A)"]})),
        ),
        pod(
            json!({"securityContext": root, "initContainers": [
                {"name": "init", "image": "example/app:1", "env": [key("A", "password")]},
                {"name": "proxy", "image": "example/app:1", "restartPolicy": "Always", "env": [key("A", "user")]}]}),
            main(env.clone()),
        ),
        pod(own(json!({"secretName": "db"})), mounted("/own")),
        pod(
            own(
                json!({"secretName": "db", "defaultMode": 256, "items": [{"key": "password", "path": "password"}]}),
            ),
            mounted("/own"),
        ),
        pod(own(json!({"secretName": "db"})), mounted("/etc/secrets")),
        pod(
            json!({}),
            json!({"name": "main", "image": "postgres:17", "env": [key("POSTGRES_PASSWORD", "password")]}),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"command": ["serve"], "env": [key("A", "password")]})),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"env": [key("A", "missing"), key("B", "user")]})),
        ),
    ]
}

pub(super) fn deployment(name: &str, pod: &Value) -> Value {
    // No replicas: there is nothing to wait for.
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod}}})
}
