//! CronJobs: workloads whose template can be patched and that roll out nothing,
//! so that a test of the patch need not play their controller.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::Recorded;
use super::patch;
use super::refusal;
use super::reply::Reply;
use super::store::{Key, Persistence};

/// All of them, by namespace and name.
#[derive(Default)]
pub(super) struct Workloads {
    objects: BTreeMap<Key, Value>,
    revision: u64,
}

impl Workloads {
    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    /// Stores a state; the revision moves.
    pub(super) fn put(&mut self, key: Key, mut object: Value) {
        self.revision += 1;
        object["metadata"]["resourceVersion"] = json!(self.revision.to_string());
        self.objects.insert(key, object);
    }

    pub(super) fn list(&self, namespace: Option<&str>) -> Reply {
        let items: Vec<_> = self
            .objects
            .iter()
            .filter(|((of, _), _)| namespace.is_none_or(|wanted| wanted == of))
            .map(|(_, object)| object)
            .collect();
        let metadata = json!({"resourceVersion": self.revision.to_string()});
        Reply::json(
            200,
            &json!({"kind": "CronJobList", "apiVersion": "batch/v1", "metadata": metadata, "items": items}),
        )
    }

    pub(super) fn answer(
        &mut self,
        request: &Recorded,
        key: Key,
        operations: impl FnOnce() -> Result<Value, Reply>,
        persistence: Persistence,
    ) -> Result<Reply, Reply> {
        let live = self
            .objects
            .get(&key)
            .ok_or_else(|| refusal::not_found("cronjobs.batch", &key.1))?;
        if request.method == Method::GET {
            return Ok(Reply::json(200, live));
        }
        let mut patched = live.clone();
        patch::apply(&mut patched, &operations()?)
            .map_err(|patch::Failed| refusal::patch_failed())?;
        if patched == *live {
            return Ok(Reply::json(200, live));
        }
        match persistence {
            Persistence::DryRun => Ok(Reply::json(200, &patched)),
            Persistence::Stored => {
                self.put(key.clone(), patched);
                Ok(Reply::json(200, &self.objects[&key]))
            }
        }
    }
}
