//! Workloads whose template can be patched, and objects of the External Secrets Operator.
//! Controller and kubelet of Deployments are played as a test says; nothing becomes of the
//! others.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::reply::Reply;
use super::rollout::{PodOutcome, Rollout};
use super::store::{self, Persistence};
use super::{Recorded, patch, refusal};

const EXTERNAL: &str = "external-secrets.io";

/// A kind of workloads, or of objects of the External Secrets Operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// `clustersecretstores.external-secrets.io`; their namespace is empty.
    ClusterSecretStores,
    /// `cronjobs.batch`.
    CronJobs,
    /// `deployments.apps`.
    Deployments,
    /// `externalsecrets.external-secrets.io`.
    ExternalSecrets,
    /// `secretstores.external-secrets.io`.
    SecretStores,
    /// `statefulsets.apps`.
    StatefulSets,
}

impl Resource {
    pub(super) fn find(group: &str, plural: &str) -> Option<Resource> {
        let all = [
            Resource::ClusterSecretStores,
            Resource::CronJobs,
            Resource::Deployments,
            Resource::ExternalSecrets,
            Resource::SecretStores,
            Resource::StatefulSets,
        ];
        all.into_iter()
            .find(|resource| resource.words().0 == group && resource.words().1 == plural)
    }

    /// Group, plural and kind.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Resource::CronJobs => ("batch", "cronjobs", "CronJob"),
            Resource::Deployments => ("apps", "deployments", "Deployment"),
            Resource::ClusterSecretStores => {
                (EXTERNAL, "clustersecretstores", "ClusterSecretStore")
            }
            Resource::ExternalSecrets => (EXTERNAL, "externalsecrets", "ExternalSecret"),
            Resource::SecretStores => (EXTERNAL, "secretstores", "SecretStore"),
            Resource::StatefulSets => ("apps", "statefulsets", "StatefulSet"),
        }
    }
}

/// Kind, namespace and name of a workload.
pub(super) type Key = (Resource, store::Key);

type Script = Box<dyn Fn(&Value) -> PodOutcome + Send>;

/// All of them.
pub(super) struct Workloads {
    objects: BTreeMap<Key, Value>,
    rollouts: BTreeMap<Key, Rollout>,
    script: Script,
    revision: u64,
    created: u64,
}

impl Default for Workloads {
    fn default() -> Workloads {
        Workloads {
            objects: BTreeMap::new(),
            rollouts: BTreeMap::new(),
            script: Box::new(|_| PodOutcome::Ready),
            revision: 0,
            created: 0,
        }
    }
}

impl Workloads {
    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    pub(super) fn script(&mut self, script: Script) {
        self.script = script;
    }

    /// Stores a state as if it had been there for long.
    pub(super) fn put(&mut self, key: Key, mut object: Value) {
        let (group, _, kind) = key.0.words();
        object["apiVersion"] = json!(format!("{group}/v1"));
        object["kind"] = json!(kind);
        object["metadata"]["namespace"] = json!(key.1.0);
        object["metadata"]["name"] = json!(key.1.1);
        if object["metadata"]["uid"].is_null() {
            object["metadata"]["uid"] = json!(format!("of-{}", key.1.1));
        }
        if key.0 == Resource::Deployments {
            let rollout = Rollout::finished(&mut object);
            self.rollouts.insert(key.clone(), rollout);
        }
        self.store(key, object);
    }

    /// The revision moves with every state.
    fn store(&mut self, key: Key, mut object: Value) {
        self.revision += 1;
        object["metadata"]["resourceVersion"] = json!(self.revision.to_string());
        self.objects.insert(key, object);
    }

    /// Workloads, their ReplicaSets, pods or events; nothing for other kinds.
    /// Whoever looks at pods gives rollouts the time for their next step.
    pub(super) fn list(
        &mut self,
        group: &str,
        plural: &str,
        namespace: Option<&str>,
    ) -> Option<Reply> {
        if (group, plural) == ("", "pods") {
            self.go_on();
        }
        let within = |key: &&Key| namespace.is_none_or(|wanted| wanted == key.1.0);
        let played = |part: fn(&Rollout, &Value) -> Vec<Value>| -> Vec<Value> {
            let rollouts = self.rollouts.iter().filter(|(key, _)| within(key));
            rollouts
                .flat_map(|(key, rollout)| part(rollout, &self.objects[key]))
                .collect()
        };
        let (kind, items) = match (group, plural) {
            ("", "pods") => ("Pod", played(Rollout::pods)),
            ("", "events") => ("Event", played(Rollout::events)),
            ("apps", "replicasets") => ("ReplicaSet", played(Rollout::replica_sets)),
            _ => {
                let resource = Resource::find(group, plural)?;
                let keys = self.objects.keys().filter(|key| key.0 == resource);
                let objects = keys.filter(within).map(|key| self.objects[key].clone());
                (resource.words().2, objects.collect())
            }
        };
        let version = match group {
            "" => "v1".to_owned(),
            group => format!("{group}/v1"),
        };
        let list = json!({
            "kind": format!("{kind}List"),
            "apiVersion": version,
            "metadata": {"resourceVersion": self.revision.to_string()},
            "items": items,
        });
        Some(Reply::json(200, &list))
    }

    fn go_on(&mut self) {
        for key in self.rollouts.keys().cloned().collect::<Vec<_>>() {
            let mut object = self.objects[&key].clone();
            if let Some(rollout) = self.rollouts.get_mut(&key) {
                rollout.go_on(&mut object, &self.script);
            }
            if object != self.objects[&key] {
                self.store(key, object);
            }
        }
    }

    pub(super) fn answer(
        &mut self,
        request: &Recorded,
        key: Key,
        operations: impl FnOnce() -> Result<Value, Reply>,
        persistence: Persistence,
    ) -> Result<Reply, Reply> {
        let (group, plural, _) = key.0.words();
        let live = self
            .objects
            .get(&key)
            .ok_or_else(|| refusal::not_found(&format!("{plural}.{group}"), &key.1.1))?;
        if request.method == Method::GET {
            return Ok(Reply::json(200, live));
        }
        let mut patched = live.clone();
        patch::apply(&mut patched, &operations()?)
            .map_err(|patch::Failed| refusal::patch_failed())?;
        if patched == *live {
            return Ok(Reply::json(200, live));
        }
        // Of workloads their controller counts.
        if group == EXTERNAL && patched["spec"] != live["spec"] {
            let generation = live["metadata"]["generation"].as_u64().unwrap_or(1);
            patched["metadata"]["generation"] = json!(generation + 1);
        }
        match persistence {
            Persistence::DryRun => Ok(Reply::json(200, &patched)),
            Persistence::Stored => {
                self.write(&key, patched);
                Ok(Reply::json(200, &self.objects[&key]))
            }
        }
    }

    /// `POST`: the object must not exist.
    pub(super) fn create(
        &mut self,
        resource: Resource,
        namespace: &str,
        mut object: Value,
        persistence: Persistence,
    ) -> Result<Reply, Reply> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let key = (resource, (namespace.to_owned(), name.to_owned()));
        if self.objects.contains_key(&key) {
            return Err(refusal::already_exists(&key.1.1));
        }
        object["metadata"]["creationTimestamp"] = json!(store::now());
        object["metadata"]["generation"] = json!(1);
        if persistence == Persistence::DryRun {
            return Ok(Reply::json(201, &object));
        }
        self.created += 1;
        object["metadata"]["uid"] = json!(format!("{}-of-{}", self.created, key.1.1));
        self.put(key.clone(), object);
        Ok(Reply::json(201, &self.objects[&key]))
    }

    /// `DELETE`, with the uid that it must have; nothing waits for a finalizer.
    pub(super) fn delete(&mut self, key: &Key, preconditions: &Value) -> Result<Reply, Reply> {
        let (group, plural, _) = key.0.words();
        let missing = || refusal::not_found(&format!("{plural}.{group}"), &key.1.1);
        let live = self.objects.get(key).ok_or_else(missing)?;
        let wanted = &preconditions["uid"];
        if !wanted.is_null() && *wanted != live["metadata"]["uid"] {
            return Err(refusal::conflict(
                plural,
                &key.1.1,
                "the UID does not match",
            ));
        }
        self.revision += 1;
        let live = self.objects.remove(key).ok_or_else(missing)?;
        Ok(Reply::json(200, &live))
    }

    /// Changes one behind every client's back; nothing where there is none.
    pub(super) fn edit(&mut self, key: &Key, change: impl FnOnce(&mut Value)) -> Option<()> {
        let mut edited = self.objects.get(key)?.clone();
        change(&mut edited);
        self.write(key, edited);
        Some(())
    }

    fn write(&mut self, key: &Key, mut object: Value) {
        if let Some(rollout) = self.rollouts.get_mut(key) {
            rollout.changed(&self.objects[key], &mut object);
        }
        self.store(key.clone(), object);
    }
}
