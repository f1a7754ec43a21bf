//! Random objects and patches of them.

use serde_json::{Map, Value, json};

/// A small generator of numbers (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % limit
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

pub const NAMES: [&str; 4] = ["api", "web", "db", "job"];
pub const SECRETS: [&str; 3] = ["creds", "tls", "conf"];
pub const NAMESPACES: [&str; 3] = ["shop", "prod", "default"];

pub fn container(random: &mut Random, name: &str) -> Value {
    let image = random.pick(&[
        "nginx:1",
        "reg.example:5000/app:2",
        "busybox",
        "app:1@sha256:ab",
    ]);
    let mut container = json!({"name": name, "image": image});
    let env: Vec<_> = (0..random.below(4))
        .map(|_| {
            let name = random.pick(&["A", "B", "C"]);
            let object = random.pick(&SECRETS);
            match random.below(3) {
                0 => json!({"name": name, "value": random.pick(&["x", "a-$(VAR)-$(NO)", "$$(VAR)", "1", "on"])}),
                1 => json!({"name": name, "valueFrom": {"secretKeyRef": {"name": object, "key": "k"}}}),
                _ => json!({"name": name, "valueFrom": {"configMapKeyRef": {"name": object, "key": "k"}}}),
            }
        })
        .collect();
    if !env.is_empty() {
        container["env"] = env.into();
    }
    if random.percent(30) {
        let field = random.pick(&["secretRef", "configMapRef"]);
        container["envFrom"] = json!([{field: {"name": random.pick(&SECRETS)}}]);
    }
    if random.percent(40) {
        let mounts: Vec<_> = (0..=random.below(2))
            .map(|_| json!({"name": random.pick(&["v1", "v2"]), "mountPath": random.pick(&["/a", "/b"])}))
            .collect();
        container["volumeMounts"] = mounts.into();
    }
    if random.percent(30) {
        let ports: Vec<_> = (0..=random.below(2))
            .map(|_| {
                let mut port = json!({"containerPort": random.pick(&[80, 8080])});
                if random.percent(50) {
                    port["protocol"] = json!(random.pick(&["TCP", "UDP"]));
                }
                port
            })
            .collect();
        container["ports"] = ports.into();
    }
    if random.percent(20) {
        container["args"] = json!(["--x", "$(VAR)"]);
    }
    container
}

fn pod(random: &mut Random) -> Value {
    let main = container(random, "main");
    let mut pod = json!({"containers": [main]});
    if random.percent(40) {
        let side = container(random, "side");
        pod["containers"].as_array_mut().unwrap().push(side);
    }
    if random.percent(20) {
        pod["initContainers"] = json!([container(random, "init")]);
    }
    if random.percent(50) {
        let object = random.pick(&SECRETS);
        pod["volumes"] = random.pick(&[
            json!([{"name": "v1", "secret": {"secretName": object}}]),
            json!([{"name": "v2", "configMap": {"name": object}}, {"name": "v1", "emptyDir": {}}]),
            json!([{"name": "v1", "projected": {"sources": [{"secret": {"name": object}}]}}]),
            json!([{"name": "v3", "persistentVolumeClaim": {"claimName": "data"}}]),
        ]);
    }
    if random.percent(30) {
        pod["serviceAccountName"] = json!(random.pick(&["sa", "default"]));
    }
    if random.percent(20) {
        pod["imagePullSecrets"] = json!([{"name": random.pick(&SECRETS)}]);
    }
    if random.percent(15) {
        pod["tolerations"] = json!([{"key": "a"}]);
    }
    pod
}

fn metadata(random: &mut Random, name: &str) -> Value {
    let mut metadata = json!({"name": name});
    if random.percent(25) {
        metadata["namespace"] = json!(random.pick(&NAMESPACES));
    }
    if random.percent(30) {
        metadata["labels"] = json!({"app": name});
    }
    if random.percent(20) {
        metadata["annotations"] =
            json!({"note": random.pick(&[json!("a"), json!(true), json!("$(VAR)")])});
    }
    metadata
}

/// Where the pod of a kind stands.
pub fn template(kind: &str) -> Option<&'static str> {
    match kind {
        "Deployment" | "StatefulSet" | "Job" => Some("/spec/template/spec"),
        "CronJob" => Some("/spec/jobTemplate/spec/template/spec"),
        "Pod" => Some("/spec"),
        _ => None,
    }
}

/// The mapping at a pointer, made on the way.
pub fn at<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Value {
    pointer
        .split('/')
        .skip(1)
        .fold(value, |value, token| &mut value[token])
}

pub fn object(random: &mut Random) -> Value {
    let kind = random.pick(&[
        "Deployment",
        "Deployment",
        "StatefulSet",
        "Pod",
        "CronJob",
        "Job",
        "Service",
        "Secret",
        "ConfigMap",
        "ServiceAccount",
        "RoleBinding",
        "ClusterRoleBinding",
        "Role",
        "ClusterRole",
        "Ingress",
        "Namespace",
        "Thing",
        "PersistentVolumeClaim",
    ]);
    let name = match kind {
        "Secret" | "ConfigMap" => random.pick(&SECRETS),
        "ServiceAccount" => random.pick(&["sa", "default"]),
        "Namespace" => random.pick(&NAMESPACES),
        "PersistentVolumeClaim" => "data",
        _ => random.pick(&NAMES),
    };
    let api_version = match kind {
        "Deployment" | "StatefulSet" => "apps/v1",
        "CronJob" | "Job" => "batch/v1",
        "RoleBinding" | "ClusterRoleBinding" | "Role" | "ClusterRole" => {
            "rbac.authorization.k8s.io/v1"
        }
        "Ingress" => "networking.k8s.io/v1",
        "Thing" => "example.org/v1",
        _ => "v1",
    };
    let mut object =
        json!({"apiVersion": api_version, "kind": kind, "metadata": metadata(random, name)});
    if matches!(kind, "Namespace" | "ClusterRole" | "ClusterRoleBinding") {
        object["metadata"]
            .as_object_mut()
            .unwrap()
            .remove("namespace");
    }
    if let Some(template) = template(kind) {
        *at(&mut object, template) = pod(random);
    }
    let secret = random.pick(&SECRETS);
    let fields = match kind {
        "Deployment" => {
            json!({"spec": {"selector": {"matchLabels": {"app": name}}, "replicas": 2}})
        }
        "StatefulSet" => {
            json!({"spec": {"serviceName": random.pick(&NAMES), "volumeClaimTemplates": [{"metadata": {"name": "x"}}]}})
        }
        "Service" => json!({"spec": {"selector": {"app": name}, "ports": [{"port": 80}]}}),
        "Secret" => random.pick(&[
            json!({"stringData": {"k": "v"}}),
            json!({"data": {"k": "dg==", "j": "eA=="}}),
        ]),
        "ConfigMap" => json!({"data": {"k": random.pick(&["v", "a.b:80"])}}),
        "ServiceAccount" => json!({"imagePullSecrets": [{"name": secret}]}),
        "RoleBinding" | "ClusterRoleBinding" => json!({
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": random.pick(&["Role", "ClusterRole"]), "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": random.pick(&["sa", "default"]), "namespace": random.pick(&NAMESPACES)}],
        }),
        "Role" | "ClusterRole" => {
            json!({"rules": [{"resources": ["secrets"], "resourceNames": [secret], "verbs": ["get"]}]})
        }
        "Ingress" => {
            json!({"spec": {"tls": [{"hosts": ["$(VAR).x"], "secretName": secret}], "defaultBackend": {"service": {"name": name}}}})
        }
        "Thing" => {
            json!({"spec": {"secretName": secret, "containers": [{"image": "nginx:1"}], "list": [{"name": "a"}]}})
        }
        _ => json!({}),
    };
    merge(&mut object, fields);
    object
}

fn merge(value: &mut Value, more: Value) {
    match (value, more) {
        (Value::Object(own), Value::Object(more)) => {
            for (key, more) in more {
                merge(own.entry(key).or_insert(Value::Null), more);
            }
        }
        (value, more) => *value = more,
    }
}

/// A strategic merge patch of an object.
pub fn strategic(random: &mut Random, object: &Value) -> Value {
    let mut metadata = Map::new();
    for field in ["name", "namespace"] {
        if let Some(value) = object["metadata"].get(field) {
            metadata.insert(field.to_owned(), value.clone());
        }
    }
    let kind = object["kind"].as_str().unwrap();
    let mut patch = json!({"apiVersion": object["apiVersion"], "kind": kind, "metadata": metadata});
    if random.percent(6) {
        patch["$patch"] = json!("delete");
        return patch;
    }
    if random.percent(30) {
        patch["metadata"]["labels"] = random.pick(&[json!({"extra": "1"}), json!({"app": null})]);
    }
    if let Some(template) = template(kind) {
        let name = random.pick(&["main", "side", "new"]);
        let mut own = container(random, name);
        if random.percent(30) {
            let entries = own["env"].as_array_mut();
            if let Some(entries) = entries {
                entries.push(random.pick(&[
                    json!({"$patch": "replace"}),
                    json!({"name": "A", "$patch": "delete"}),
                ]));
            }
        }
        if random.percent(10) {
            own["$patch"] = json!(random.pick(&["delete", "replace"]));
        }
        let pod = at(&mut patch, template);
        *pod = json!({"containers": [own]});
        if random.percent(40) {
            pod["volumes"] = random.pick(&[
                json!([{"name": "v1", "secret": null, "emptyDir": {}}]),
                json!([{"name": "v2", "$patch": "delete"}]),
                json!([{"$patch": "replace"}, {"name": "v9", "emptyDir": {}}]),
                json!(null),
            ]);
        }
        if random.percent(20) {
            pod["tolerations"] = json!([{"key": "z"}]);
        }
    }
    match kind {
        "Secret" => patch["data"] = json!({"n": "dg=="}),
        "ConfigMap" => patch["data"] = random.pick(&[json!({"n": "x"}), json!({"k": null})]),
        "Service" => {
            patch["spec"] = json!({"ports": [{"port": random.pick(&[80, 81]), "protocol": "TCP"}]})
        }
        _ => {}
    }
    patch
}

/// A JSON patch of an object.
pub fn operations(random: &mut Random, object: &Value) -> Value {
    let template = template(object["kind"].as_str().unwrap());
    let general = [
        json!({"op": "add", "path": "/metadata/labels", "value": {"j": "1"}}),
        json!({"op": "add", "path": "/metadata/annotations", "value": {"j": "1"}}),
        json!({"op": "add", "path": "/x", "value": random.pick(&[json!(1), json!(true), json!(null), json!("on")])}),
    ];
    let Some(template) = template.filter(|_| random.percent(80)) else {
        return json!([random.pick(&general)]);
    };
    let own = [
        json!({"op": "add", "path": format!("{template}/containers/0/env"), "value": [{"name": "J", "value": "yes"}]}),
        json!({"op": "add", "path": format!("{template}/containers/-"), "value": {"name": "late", "image": "nginx:1"}}),
        json!({"op": "replace", "path": format!("{template}/containers/0/image"), "value": "nginx:9"}),
        json!({"op": "add", "path": format!("{template}/volumes"), "value": [{"name": "jv", "secret": {"secretName": "tls"}}]}),
        json!({"op": "copy", "from": format!("{template}/containers/0"), "path": format!("{template}/containers/-")}),
        json!({"op": "remove", "path": format!("{template}/containers/-1")}),
        json!({"op": "test", "path": format!("{template}/containers/0/name"), "value": "main"}),
    ];
    json!([random.pick(&own), random.pick(&general)])
}
