//! The objects, as they are applied.

use serde_json::{Map, Value, json};

use crate::external::manifest::{Source, Wish as ExternalWish, external_secret};
use crate::external::object::Creation;
use crate::external::path::PathTemplate;
use crate::external::store::StoreRef;
use crate::workload::access::{Owner, Process, User, effective_mode, strictest_mode};
use crate::workload::mode::both_forms;
use crate::workload::volume_name;

use super::{Image, Level, Scaffold, WantedSecret, Wish, Workload};

/// An object, and remarks on its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub value: Value,
    pub remarks: Vec<Remark>,
}

/// What is said of a field, where it first stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub field: &'static str,
    pub words: String,
}

/// The label by which the pods are chosen.
const LABEL: &str = "app.kubernetes.io/name";
/// The volume that can be written.
const SCRATCH: &str = "tmp";
/// An image that nobody has (RFC 2606).
const BLANK_REGISTRY: &str = "registry.example";

/// The objects of a scaffold, in the order in which they are applied: the ServiceAccount,
/// what makes the Secrets, and the workload. No object has a value.
pub fn objects(scaffold: &Scaffold) -> Vec<Object> {
    let wish = scaffold.wish();
    let mut made = vec![plain(json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(wish),
        "automountServiceAccountToken": false,
    }))];
    if let Level::External {
        store,
        path,
        refresh,
    } = &wish.level
    {
        let reads = Reads {
            store,
            path,
            refresh,
        };
        let all = wish.secrets.iter();
        made.extend(all.map(|secret| plain(external(wish, secret, reads))));
    }
    if let Workload::StatefulSet { .. } = wish.workload {
        made.push(service(wish));
    }
    made.push(workload(wish));
    made
}

fn plain(value: Value) -> Object {
    Object {
        value,
        remarks: Vec::new(),
    }
}

fn metadata(wish: &Wish) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), json!(wish.name));
    if let Some(namespace) = &wish.namespace {
        metadata.insert("namespace".to_owned(), json!(namespace));
    }
    metadata.insert("labels".to_owned(), labels(wish));
    Value::Object(metadata)
}

fn labels(wish: &Wish) -> Value {
    json!({LABEL: wish.name})
}

/// What ExternalSecrets read.
#[derive(Clone, Copy)]
struct Reads<'a> {
    store: &'a StoreRef,
    path: &'a PathTemplate,
    refresh: &'a str,
}

/// The ExternalSecret that makes a Secret.
fn external(wish: &Wish, secret: &WantedSecret, reads: Reads<'_>) -> Value {
    let keys = secret.keys.iter().map(|key| key.name.as_str());
    let places = reads
        .path
        .places(wish.namespace.as_deref(), &secret.name, keys)
        .expect("a scaffold has places");
    let labels = [(LABEL.to_owned(), wish.name.clone())].into();
    let source = Source {
        namespace: wish.namespace.as_deref(),
        name: &secret.name,
        type_: secret.type_,
        labels: &labels,
        places: &places,
    };
    external_secret(
        &source,
        &ExternalWish {
            store: reads.store,
            creation: Creation::Owner,
            refresh: reads.refresh,
            encoded: &[],
        },
    )
}

/// The Service that a StatefulSet names its pods by.
fn service(wish: &Wish) -> Object {
    let mut spec = json!({"clusterIP": "None", "selector": labels(wish)});
    if let Some(port) = wish.port {
        spec["ports"] = json!([{"name": "app", "port": port, "targetPort": "app"}]);
    }
    plain(json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(wish),
        "spec": spec,
    }))
}

fn workload(wish: &Wish) -> Object {
    let mut pod = pod(wish);
    let selector = json!({"matchLabels": labels(wish)});
    let template = |spec: Value| json!({"metadata": {"labels": labels(wish)}, "spec": spec});
    let (version, spec) = match &wish.workload {
        Workload::Deployment { replicas } => (
            "apps/v1",
            json!({"replicas": replicas, "selector": selector, "template": template(pod.value)}),
        ),
        Workload::StatefulSet { replicas } => (
            "apps/v1",
            json!({
                "replicas": replicas,
                "serviceName": wish.name,
                "selector": selector,
                "template": template(pod.value),
            }),
        ),
        Workload::CronJob { schedule } => {
            pod.value["restartPolicy"] = json!("OnFailure");
            (
                "batch/v1",
                json!({
                    "schedule": schedule,
                    "concurrencyPolicy": "Forbid",
                    "jobTemplate": {"spec": {"template": template(pod.value)}},
                }),
            )
        }
    };
    Object {
        value: json!({
            "apiVersion": version,
            "kind": wish.workload.kind(),
            "metadata": metadata(wish),
            "spec": spec,
        }),
        remarks: pod.remarks,
    }
}

/// A volume of a Secret, with its name.
fn volumes(wish: &Wish) -> Vec<(String, &WantedSecret)> {
    let mut taken = vec![SCRATCH.to_owned()];
    let named = wish.secrets.iter().map(|secret| {
        let others: Vec<_> = taken.iter().map(String::as_str).collect();
        let name = volume_name::put_right(&secret.name, &others);
        taken.push(name.clone());
        (name, secret)
    });
    named.collect()
}

/// The template's `spec`, and the remarks on it.
fn pod(wish: &Wish) -> Object {
    let process = Process {
        user: User::Uid(wish.uid),
        group: Some(wish.uid),
        groups: Vec::new(),
    };
    let fs_group = Some(wish.uid);
    let mode = strictest_mode(&process, Owner::ROOT, fs_group);
    let volumes = volumes(wish);
    let mut mounts: Vec<Value> = volumes
        .iter()
        .map(|(name, secret)| {
            json!({"name": name, "mountPath": secret.directory(), "readOnly": true})
        })
        .collect();
    mounts.push(json!({"name": SCRATCH, "mountPath": "/tmp"}));
    let mut sources: Vec<Value> = volumes
        .iter()
        .map(|(name, secret)| {
            let items: Vec<_> = secret
                .keys
                .iter()
                .map(|key| json!({"key": key.name, "path": key.file}))
                .collect();
            json!({
                "name": name,
                "secret": {"secretName": secret.name, "defaultMode": mode, "items": items},
            })
        })
        .collect();
    sources.push(json!({"name": SCRATCH, "emptyDir": {}}));
    let image = match &wish.image {
        Image::Named(image) => image.clone(),
        Image::Blank => format!("{BLANK_REGISTRY}/{}:1.0.0", wish.name),
    };
    let mut container = json!({"name": wish.name, "image": image});
    if let Some(port) = wish.port {
        container["ports"] = json!([{"name": "app", "containerPort": port}]);
    }
    container["securityContext"] = json!({
        "allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true,
        "capabilities": {"drop": ["ALL"]},
    });
    container["volumeMounts"] = json!(mounts);
    let value = json!({
        "serviceAccountName": wish.name,
        "automountServiceAccountToken": false,
        "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": wish.uid,
            "runAsGroup": wish.uid,
            "fsGroup": wish.uid,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": sources,
    });
    Object {
        value,
        remarks: remarks(wish, mode, effective_mode(Some(mode), fs_group)),
    }
}

/// Below this number a port needs a privilege, unless the kernel is told otherwise.
const FIRST_FREE_PORT: u16 = 1024;

/// What is to be known of a port that not everybody may listen on. The process has neither
/// uid 0 nor a capability; containerd 2 and Docker set `net.ipv4.ip_unprivileged_port_start`
/// to 0 for each pod (containerd `docs/cri/config.md`, `enable_unprivileged_ports`).
pub(super) fn low_port(wish: &Wish) -> Option<String> {
    let port = wish.port.filter(|port| *port < FIRST_FREE_PORT)?;
    Some(format!(
        "uid {} can listen on port {port}, which is below {FIRST_FREE_PORT}, only where the \
         container runtime allows it (net.ipv4.ip_unprivileged_port_start), as containerd 2 does \
         by default; a port such as 8080 always works",
        wish.uid
    ))
}

fn remarks(wish: &Wish, mode: u32, effective: u32) -> Vec<Remark> {
    let uid = wish.uid;
    let remark = |field, words: String| Remark { field, words };
    let mut remarks = vec![
        remark(
            "automountServiceAccountToken",
            "No token: whoever takes over the process cannot ask the API server for Secrets. \
             Set it to true here if the app calls the Kubernetes API."
                .to_owned(),
        ),
        remark(
            "fsGroup",
            format!("The files get this group, which is how uid {uid} can read them."),
        ),
        remark(
            "readOnlyRootFilesystem",
            "Only /tmp can be written.".to_owned(),
        ),
        remark(
            "readOnly",
            "Kubernetes replaces the files when the Secret changes; read them again then, or \
             restart the pods."
                .to_owned(),
        ),
        remark(
            "defaultMode",
            format!(
                "{} in the API. With fsGroup the files become {effective:04o}, for root and group {uid}.",
                both_forms(mode)
            ),
        ),
    ];
    if let Some(words) = low_port(wish) {
        remarks.push(remark("containerPort", words));
    }
    if wish.image == Image::Blank {
        remarks.push(remark(
            "image",
            "An example: replace it with your image (--image).".to_owned(),
        ));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::super::wish::tests::wish;
    use super::*;

    fn workload_of(wish: Wish) -> Value {
        let made = objects(&Scaffold::new(wish).unwrap());
        made.last().unwrap().value.clone()
    }

    #[test]
    fn volumes_have_names_that_nobody_has() {
        let long = format!("{}.x:k", "s".repeat(70));
        let made = workload_of(wish(&["tmp:k", "a.b:k", "a-b:k", &long]));
        let spec = &made["spec"]["template"]["spec"];
        let names: Vec<_> = spec["volumes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|volume| volume["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["tmp-2", "a-b", "a-b-2", &"s".repeat(63), "tmp"]);
        let mounts = spec["containers"][0]["volumeMounts"].as_array().unwrap();
        let mounted: Vec<_> = mounts
            .iter()
            .map(|mount| mount["name"].as_str().unwrap())
            .collect();
        assert_eq!(mounted, names);
    }

    #[test]
    fn the_mode_is_one_that_the_process_can_read() {
        for uid in [1, 1000, 65_534] {
            let made = workload_of(Wish {
                uid,
                ..wish(&["db:password"])
            });
            let spec = &made["spec"]["template"]["spec"];
            assert_eq!(spec["volumes"][0]["secret"]["defaultMode"], 0o400);
            assert_eq!(spec["securityContext"]["fsGroup"], uid);
            assert_eq!(spec["securityContext"]["runAsUser"], uid);
        }
    }

    #[test]
    fn a_low_port_has_a_remark() {
        for (port, told) in [(80, true), (1023, true), (1024, false), (8080, false)] {
            let made = objects(
                &Scaffold::new(Wish {
                    port: Some(port),
                    ..wish(&["db:password"])
                })
                .unwrap(),
            );
            let remarks = &made.last().unwrap().remarks;
            let found = remarks.iter().any(|remark| {
                remark.field == "containerPort" && remark.words.contains("below 1024")
            });
            assert_eq!(found, told, "{port}");
        }
    }

    #[test]
    fn a_stateful_set_has_its_service_and_a_cron_job_its_template() {
        let made = objects(
            &Scaffold::new(Wish {
                workload: Workload::StatefulSet { replicas: 3 },
                port: Some(8080),
                ..wish(&["db:password"])
            })
            .unwrap(),
        );
        let kinds: Vec<_> = made.iter().map(|made| made.value["kind"].clone()).collect();
        assert_eq!(kinds, ["ServiceAccount", "Service", "StatefulSet"]);
        assert_eq!(made[1].value["spec"]["ports"][0]["port"], 8080);
        assert_eq!(made[2].value["spec"]["serviceName"], "api");
        let job = workload_of(Wish {
            workload: Workload::CronJob {
                schedule: "@daily".to_owned(),
            },
            ..wish(&["db:password"])
        });
        let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
        assert_eq!(pod["restartPolicy"], "OnFailure");
        assert_eq!(pod["automountServiceAccountToken"], false);
    }
}
