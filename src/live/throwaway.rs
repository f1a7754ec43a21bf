//! A pod that is made to try something, and removed again: nobody's Service finds it, no
//! controller adopts it, and it ends by itself if nobody is left to remove it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::api::PODS;
use crate::cluster::{
    Cluster, ClusterError, Dependents, Ownership, ServerDryRun, WriteOptions, WriteOutcome,
};
use crate::inventory::{Builder, ContainerState, Inventory, Scope};
use crate::manifest::{Node, Operation, SourceText, json_patch, parse};
use crate::rotation::record::OWNER_LABEL;
use crate::secret::draft::{Mutability, SecretDraft};
use crate::secret::stored::StoredSecret;
use crate::secret::wire;
use crate::workload::{Object, Place, Workload, reference};

use super::restart::RESTARTED_AT;
use super::run::{KeyChange, again};
use super::successor::entries;
use super::target::{ATTEMPTS, FIELD_MANAGER, PAUSE};

/// On what was made to try something; its value is the id of the run.
pub const TRIAL_LABEL: &str = "secretsafe.dev/trial";
/// How long such a pod outlives all patience, where nobody removes it.
const LONGER: u64 = 120;

/// What becomes of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Not ready yet: why.
    Waits(String),
    Ready,
    /// It will not become ready: the container and why.
    Failed {
        container: String,
        why: String,
    },
    /// It is gone.
    Gone,
}

/// A pod that was made.
pub struct Throwaway<'a> {
    cluster: &'a Cluster,
    namespace: &'a str,
    pub name: String,
    uid: String,
}

/// Why a template cannot be tried in a pod of its own.
pub fn obstacle(workload: &Workload, object: &Object) -> Option<&'static str> {
    let spec = object.root.lookup(&pointer_of(workload))?;
    let items = |at: &str| spec.get(at).map_or(&[][..], Node::items);
    if workload.id.kind == "StatefulSet" {
        return Some("pods of a StatefulSet have a name and volumes of their own");
    }
    if spec.get("hostNetwork").and_then(Node::as_bool) == Some(true) {
        return Some("its pods use the network of their node");
    }
    let has_port = |container: &Node| {
        let ports = container.get("ports").map_or(&[][..], Node::items);
        ports.iter().any(|port| port.get("hostPort").is_some())
    };
    if items("containers").iter().any(has_port) {
        return Some("its pods use ports of their node");
    }
    let claims = |volume: &Node| volume.get("persistentVolumeClaim").is_some();
    items("volumes")
        .iter()
        .any(claims)
        .then_some("its pods use a volume claim, which a second pod could write to")
}

fn pointer_of(workload: &Workload) -> String {
    crate::manifest::path::pointer(&workload.pod.site.path)
}

/// A pod like those of a workload, with its references to Secrets moved.
pub fn like(
    workload: &Workload,
    object: &Object,
    name: &str,
    run: &str,
    moves: &BTreeMap<String, String>,
    patience: Duration,
) -> Option<Value> {
    let spec = object.root.lookup(&pointer_of(workload))?;
    let mut spec = json_patch::value(spec)?;
    let fields = spec.as_object_mut()?;
    for field in ["nodeName", "hostname", "subdomain", "schedulingGates"] {
        fields.remove(field);
    }
    fields.insert("restartPolicy".to_owned(), json!("Never"));
    fields.insert("terminationGracePeriodSeconds".to_owned(), json!(1));
    fields.insert(
        "activeDeadlineSeconds".to_owned(),
        json!(patience.as_secs().saturating_add(LONGER)),
    );
    let annotations: Map<String, Value> = (workload.template_annotations.iter())
        .filter(|(name, _)| *name != RESTARTED_AT)
        .map(|(name, text)| (name.clone(), json!(text)))
        .collect();
    let mut pod = bare(name, run, spec);
    pod["metadata"]["annotations"] = Value::Object(annotations);
    for (from, to) in moves {
        move_references(&mut pod, from, to)?;
    }
    Some(pod)
}

/// A pod with nothing but this specification.
pub fn bare(name: &str, run: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {OWNER_LABEL.0: OWNER_LABEL.1, TRIAL_LABEL: run},
        },
        "spec": spec,
    })
}

fn move_references(pod: &mut Value, from: &str, to: &str) -> Option<()> {
    let text = SourceText::new("pod", pod.to_string());
    let root = parse(&text).documents.into_iter().next()?.root;
    let object = Object::new(root, Place::live(), "default")?;
    let workload = Workload::from_object(&object)?;
    let operations: Vec<_> = reference::references(&workload)
        .into_iter()
        .filter(|one| one.namespace.is_none() && one.secret.value == from)
        .map(|one| Operation::Replace {
            pointer: crate::manifest::path::pointer(&one.secret.site.path),
            value: json!(to),
        })
        .collect();
    json_patch::apply(pod, &operations).ok().map(|_| ())
}

impl<'a> Throwaway<'a> {
    /// Has the server say whether it would take a pod.
    ///
    /// # Errors
    /// What it says.
    pub async fn try_out(
        cluster: &Cluster,
        namespace: &str,
        pod: &Value,
    ) -> Result<(), ClusterError> {
        let dry_run = ServerDryRun::Yes;
        let made = cluster.create_object(&PODS, namespace, pod, FIELD_MANAGER, dry_run);
        made.await.map(|_| ())
    }

    /// Makes a pod.
    ///
    /// # Errors
    /// What the server says. It may be there after an error whose outcome is unknown: it
    /// ends by itself.
    pub async fn make(
        cluster: &'a Cluster,
        namespace: &'a str,
        pod: &Value,
    ) -> Result<Self, ClusterError> {
        let dry_run = ServerDryRun::No;
        let made = cluster.create_object(&PODS, namespace, pod, FIELD_MANAGER, dry_run);
        let made = made.await?;
        let text = |path: &[&str]| {
            made.at(path)
                .and_then(Node::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Ok(Self {
            cluster,
            namespace,
            name: text(&["metadata", "name"]),
            uid: text(&["metadata", "uid"]),
        })
    }

    /// How it is.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn look(&self) -> Result<Seen, ClusterError> {
        let read = again(async || {
            self.cluster
                .get_object(&PODS, self.namespace, &self.name)
                .await
        });
        let Some(node) = read.await? else {
            return Ok(Seen::Gone);
        };
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, self.namespace, Timestamp::now());
        builder.add_live(node.with_type("v1", PODS.kind));
        Ok(seen(&builder.finish()))
    }

    /// Removes it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn remove(&self) -> Result<(), ClusterError> {
        again(async || {
            let (name, uid) = (&self.name, &self.uid);
            self.cluster
                .delete_object(&PODS, self.namespace, name, uid, Dependents::Deleted)
                .await
        })
        .await
    }
}

/// Reasons to wait that do not pass by themselves.
const STUCK: [&str; 8] = [
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CrashLoopBackOff",
];

fn seen(inventory: &Inventory) -> Seen {
    let Some(pod) = inventory.pods.first() else {
        return Seen::Gone;
    };
    if pod.ready {
        return Seen::Ready;
    }
    let mut waits = "it is not scheduled yet".to_owned();
    for status in &pod.containers {
        let failed = |why: String| Seen::Failed {
            container: status.name.clone(),
            why,
        };
        match &status.state {
            ContainerState::Waiting { reason, message } => {
                if STUCK.contains(&reason.as_str()) {
                    return failed(format!(
                        "container {} waits: {reason} {message}",
                        status.name
                    ));
                }
                waits = format!("container {} waits: {reason}", status.name);
            }
            ContainerState::Terminated { exit_code, .. } if *exit_code != 0 => {
                return failed(format!(
                    "container {} ended with exit code {exit_code}",
                    status.name
                ));
            }
            ContainerState::Running { .. } if !status.ready => {
                waits = format!("container {} is not ready", status.name);
            }
            _ => {}
        }
    }
    match pod.is_finished() {
        true => Seen::Failed {
            container: String::new(),
            why: "it has ended".to_owned(),
        },
        false => Seen::Waits(waits),
    }
}

/// Stores a copy of a Secret with the new values under another name, for as long as
/// something is tried.
///
/// # Errors
/// What the server says; `None` where the Secret is gone.
pub async fn store_copy(
    cluster: &Cluster,
    namespace: &str,
    secret: &str,
    name: &str,
    run: &str,
    changes: &[KeyChange],
) -> Result<Option<()>, ClusterError> {
    let body = again(async || cluster.get_secret(namespace, secret).await).await?;
    let Some(stored) = body.and_then(|body| StoredSecret::parse(&body).ok()) else {
        return Ok(None);
    };
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let draft = SecretDraft {
        name: name.to_owned(),
        secret_type: Some(stored.secret_type.clone()),
        labels: BTreeMap::from([text(OWNER_LABEL.0, OWNER_LABEL.1), text(TRIAL_LABEL, run)]),
        annotations: BTreeMap::new(),
        mutability: Mutability::Immutable,
        entries: entries(&stored, changes),
    };
    let options = WriteOptions {
        field_manager: FIELD_MANAGER.to_owned(),
        ownership: Ownership::Respect,
        dry_run: ServerDryRun::No,
    };
    for _ in 0..ATTEMPTS {
        let body = wire::body_to_create(&draft);
        match cluster.apply_secret(namespace, name, body, &options).await {
            Ok(_) => return Ok(Some(())),
            Err(error) if error.outcome() == WriteOutcome::Unknown => {
                tokio::time::sleep(PAUSE).await;
                let there = again(async || cluster.get_secret(namespace, name).await).await?;
                if there.is_some() {
                    return Ok(Some(()));
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object {
        let root = parse(&SourceText::new("workload", text.to_owned()));
        let root = root.documents.into_iter().next().unwrap().root;
        Object::new(root, Place::live(), "prod").unwrap()
    }

    const DEPLOYMENT: &str = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: prod}, spec: {template: \
        {metadata: {labels: {app: api}, annotations: {a: b, kubectl.kubernetes.io/restartedAt: x}}, spec: {MORE nodeName: n, \
        containers: [{name: main, image: x, env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: p}}}, \
        {name: Q, valueFrom: {secretKeyRef: {name: other, key: q}}}]}], volumes: [{name: v, secret: {secretName: db}}]}}}}";

    #[test]
    fn a_pod_is_like_those_of_its_workload_and_nobody_finds_it() {
        let object = object(&DEPLOYMENT.replace("MORE", ""));
        let workload = Workload::from_object(&object).unwrap();
        let moves = BTreeMap::from([("db".to_owned(), "trial".to_owned())]);
        let pod = like(
            &workload,
            &object,
            "t",
            "r",
            &moves,
            Duration::from_secs(10),
        )
        .unwrap();
        assert_eq!(
            pod["metadata"]["labels"],
            json!({OWNER_LABEL.0: OWNER_LABEL.1, TRIAL_LABEL: "r"})
        );
        assert_eq!(pod["metadata"]["annotations"], json!({"a": "b"}));
        let spec = &pod["spec"];
        assert_eq!(spec["restartPolicy"], "Never");
        assert!(spec["nodeName"].is_null());
        let env = &spec["containers"][0]["env"];
        assert_eq!(env[0]["valueFrom"]["secretKeyRef"]["name"], "trial");
        assert_eq!(env[1]["valueFrom"]["secretKeyRef"]["name"], "other");
        assert_eq!(spec["volumes"][0]["secret"]["secretName"], "trial");
        assert_eq!(obstacle(&workload, &object), None);
    }

    #[test]
    fn what_a_second_pod_could_harm_is_not_tried() {
        let kind = |text: &str| {
            let object = object(text);
            let workload = Workload::from_object(&object).unwrap();
            obstacle(&workload, &object).is_some()
        };
        assert!(kind(
            &DEPLOYMENT
                .replace("MORE", "")
                .replace("kind: Deployment", "kind: StatefulSet")
        ));
        assert!(kind(&DEPLOYMENT.replace("MORE", "hostNetwork: true,")));
        assert!(kind(&DEPLOYMENT.replace("MORE", "").replace(
            "image: x,",
            "image: x, ports: [{containerPort: 1, hostPort: 1}],"
        )));
        assert!(kind(&DEPLOYMENT.replace("MORE", "").replace(
            "volumes: [",
            "volumes: [{name: d, persistentVolumeClaim: {claimName: d}}, "
        )));
    }
}
