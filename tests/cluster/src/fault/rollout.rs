//! The Deployment controller and kubelet, as a test says: a Deployment has one
//! pod, and a new template gets a ReplicaSet and a pod of its own beside the old
//! one, which goes when the new pod is ready. Admission gives each pod one more
//! container.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

/// The annotation of a template that tells the `imageID` of its pods.
const IMAGE_ID: &str = "testcluster.local/image-id";
const REVISION: &str = "deployment.kubernetes.io/revision";

/// What becomes of a new pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodOutcome {
    /// It gets ready.
    Ready,
    /// It gets ready after its container has ended once.
    Restarted,
    /// Its container waits: the reason, and kubelet's words.
    Waits(&'static str, String),
    /// Its container ends again and again.
    Crashes,
    /// It waits for a volume; only an event tells: kubelet's words.
    FailedMount(String),
    /// As [`PodOutcome::Waits`], until the Deployment's deadline is over.
    Deadline(&'static str, String),
}

impl PodOutcome {
    fn is_ready(&self) -> bool {
        matches!(self, Self::Ready | Self::Restarted)
    }
}

/// How far it is. Each look at the pods is one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// The controller has not seen the change.
    Unseen,
    Seen,
    /// There is a new pod, which has not started.
    Created,
    /// The new pod has become what it becomes.
    Over,
}

/// One Deployment's.
pub(super) struct Rollout {
    step: Step,
    /// Each template and its revision, by its hash.
    revisions: BTreeMap<String, (u64, Value)>,
    /// The hash of the template whose pod is ready.
    serving: String,
    outcome: PodOutcome,
    /// When the pod of each template was created.
    created: BTreeMap<String, String>,
}

/// Before any test.
const LONG_AGO: &str = "2020-01-01T00:00:00Z";

impl Rollout {
    /// Of a Deployment that is as it is to be.
    pub(super) fn finished(object: &mut Value) -> Rollout {
        let hash = hash(object);
        object["metadata"]["generation"] = json!(1);
        let mut rollout = Rollout {
            step: Step::Over,
            revisions: BTreeMap::from([(hash.clone(), (1, object["spec"]["template"].clone()))]),
            created: BTreeMap::from([(hash.clone(), LONG_AGO.to_owned())]),
            serving: hash,
            outcome: PodOutcome::Ready,
        };
        rollout.write(object);
        rollout
    }

    /// A write that may have changed the template.
    pub(super) fn changed(&mut self, before: &Value, after: &mut Value) {
        if before["spec"] == after["spec"] {
            return;
        }
        let generation = before["metadata"]["generation"].as_u64().unwrap_or(0);
        after["metadata"]["generation"] = json!(generation + 1);
        if hash(before) != hash(after) {
            self.step = Step::Unseen;
        }
    }

    /// One step further.
    pub(super) fn go_on(&mut self, object: &mut Value, script: &dyn Fn(&Value) -> PodOutcome) {
        let hash = hash(object);
        self.step = match self.step {
            Step::Unseen => {
                self.outcome = script(&object["spec"]["template"]);
                Step::Seen
            }
            // The pod of a template that comes back is still there.
            Step::Seen if hash == self.serving => Step::Over,
            Step::Seen => {
                self.created.insert(hash.clone(), super::store::now());
                Step::Created
            }
            Step::Created | Step::Over => Step::Over,
        };
        if object["spec"]["paused"] == true {
            // Nothing rolls out (kubernetes/kubernetes
            // pkg/controller/deployment/deployment_controller.go).
            self.step = Step::Seen;
            object["status"]["observedGeneration"] = object["metadata"]["generation"].clone();
            object["status"]["updatedReplicas"] = json!(i64::from(hash == self.serving));
        } else if self.step > Step::Seen {
            let last = self.revisions.values().map(|known| known.0).max();
            let last = last.unwrap_or(0);
            let template = &object["spec"]["template"];
            let known = self.revisions.entry(hash.clone());
            let (revision, _) = known.or_insert_with(|| (0, template.clone()));
            if *revision != last {
                *revision = last + 1;
            }
            if self.step == Step::Over && self.outcome.is_ready() {
                self.serving = hash;
            }
            self.write(object);
        }
    }

    /// What the controller writes to the object.
    fn write(&mut self, object: &mut Value) {
        let hash = hash(object);
        let is_new = hash != self.serving;
        object["metadata"]["annotations"][REVISION] = json!(self.revisions[&hash].0.to_string());
        object["status"] = json!({
            "observedGeneration": object["metadata"]["generation"],
            "replicas": 1 + i64::from(is_new),
            "updatedReplicas": 1,
            // The old pod's, as long as the new one is not ready
            // (kubernetes/kubernetes pkg/controller/deployment/sync.go).
            "availableReplicas": 1,
            "readyReplicas": 1,
        });
        if self.step == Step::Over && matches!(self.outcome, PodOutcome::Deadline(..)) && is_new {
            object["status"]["conditions"] = json!([{
                "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
            }]);
        }
    }

    pub(super) fn replica_sets(&self, object: &Value) -> Vec<Value> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let sets = self.revisions.iter().map(|(hash, (revision, template))| {
            json!({
                "metadata": {
                    "name": format!("{name}-{hash}"),
                    "namespace": object["metadata"]["namespace"],
                    "uid": format!("replicaset-{hash}"),
                    "annotations": {REVISION: revision.to_string()},
                    "ownerReferences": [{
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": name,
                        "uid": "deployment", "controller": true,
                    }],
                },
                "spec": {"template": {
                    "metadata": {"labels": {"pod-template-hash": hash}},
                    "spec": template["spec"],
                }},
            })
        });
        sets.collect()
    }

    pub(super) fn pods(&self, object: &Value) -> Vec<Value> {
        let newest = hash(object);
        let outcome = match &self.outcome {
            PodOutcome::Restarted if newest == self.serving => &self.outcome,
            _ => &PodOutcome::Ready,
        };
        let mut pods = vec![self.pod(object, &self.serving, outcome)];
        if self.step >= Step::Created && newest != self.serving {
            let created = PodOutcome::Waits("ContainerCreating", String::new());
            let outcome = match self.step {
                Step::Over => &self.outcome,
                _ => &created,
            };
            pods.push(self.pod(object, &newest, outcome));
        }
        pods
    }

    fn pod(&self, object: &Value, hash: &str, outcome: &PodOutcome) -> Value {
        let template = &self.revisions[hash].1;
        let image_id = &template["metadata"]["annotations"][IMAGE_ID];
        let mut spec = template["spec"].clone();
        if let Some(containers) = spec["containers"].as_array_mut() {
            containers.push(injected());
        }
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let created = self.created.get(hash).map_or(LONG_AGO, String::as_str);
        let running = json!({"running": {"startedAt": created}});
        let waiting =
            |reason: &str, words: &str| json!({"waiting": {"reason": reason, "message": words}});
        let (state, restarts) = match outcome {
            PodOutcome::Ready => (running, 0),
            PodOutcome::Restarted => (running, 1),
            PodOutcome::Waits(reason, words) | PodOutcome::Deadline(reason, words) => {
                (waiting(reason, words), 0)
            }
            PodOutcome::Crashes => (waiting("CrashLoopBackOff", "back-off"), 3),
            PodOutcome::FailedMount(_) => (waiting("ContainerCreating", ""), 0),
        };
        let ready = outcome.is_ready();
        let condition = if ready { "True" } else { "False" };
        json!({
            "metadata": {
                "name": format!("{name}-{hash}-pod"),
                "namespace": object["metadata"]["namespace"],
                "uid": format!("pod-{name}-{hash}-{created}"),
                "creationTimestamp": created,
                "labels": {"pod-template-hash": hash},
                "ownerReferences": [{
                    "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{name}-{hash}"),
                    "uid": format!("replicaset-{hash}"), "controller": true,
                }],
            },
            "spec": spec,
            "status": {
                "phase": if ready { "Running" } else { "Pending" },
                "conditions": [{"type": "Ready", "status": condition}],
                "containerStatuses": [{
                    "name": "app", "ready": ready, "restartCount": restarts, "state": state,
                    "imageID": image_id.as_str().unwrap_or_default(),
                    "containerID": format!("test://{hash}-{created}"),
                }],
            },
        })
    }

    pub(super) fn events(&self, object: &Value) -> Vec<Value> {
        let newest = hash(object);
        let PodOutcome::FailedMount(words) = &self.outcome else {
            return Vec::new();
        };
        if self.step < Step::Over || newest == self.serving {
            return Vec::new();
        }
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let created = self.created.get(&newest).map_or(LONG_AGO, String::as_str);
        vec![json!({
            "metadata": {"name": "event", "namespace": object["metadata"]["namespace"]},
            "type": "Warning",
            "reason": "FailedMount",
            "message": words,
            "count": 1,
            "involvedObject": {
                "kind": "Pod", "namespace": object["metadata"]["namespace"],
                "name": format!("{name}-{newest}-pod"), "uid": format!("pod-{name}-{newest}-{created}"),
            },
        })]
    }
}

/// What admission adds to every pod, and no template has.
fn injected() -> Value {
    let token =
        json!({"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "mesh", "key": "token"}}});
    json!({"name": "injected", "image": "registry.example/mesh:1", "env": [token]})
}

/// The label `pod-template-hash` of an object's template.
fn hash(object: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    object["spec"]["template"].to_string().hash(&mut hasher);
    format!("{:x}", hasher.finish())
}
