//! The Secrets the server holds, and what a write does to them: uid, revision,
//! ownership, preconditions.
//!
//! Every write is given as a whole request and ends either in the object as it
//! is afterwards or in the [`Reply`] that refuses it, worded like the API
//! server's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::apply::{Conflicts, apply};
use super::reply::Reply;
use super::secret::{check_data, default_type, fold_string_data};
use super::{fields, identity, patch, refusal};

/// Namespace and name of a Secret.
pub(super) type Key = (String, String);

/// Whether a write is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Persistence {
    Stored,
    DryRun,
}

/// A finished write: whether the object is new, and what it is now.
pub(super) enum Written {
    Created(Value),
    Updated(Value),
}

pub(super) struct Store {
    objects: BTreeMap<Key, Value>,
    missing_namespaces: BTreeSet<String>,
    revision: u64,
}

impl Store {
    pub(super) fn new() -> Store {
        // A client that guesses a small revision must not be right by chance.
        Store {
            objects: BTreeMap::new(),
            missing_namespaces: BTreeSet::new(),
            revision: 1000,
        }
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    pub(super) fn list(&self, namespace: Option<&str>) -> Vec<Value> {
        let of_namespace = self
            .objects
            .iter()
            .filter(|((owner, _), _)| namespace.is_none_or(|wanted| wanted == owner));
        of_namespace.map(|(_, object)| object.clone()).collect()
    }

    pub(super) fn remove_namespace(&mut self, namespace: &str) {
        self.missing_namespaces.insert(namespace.to_owned());
        self.objects.retain(|(owner, _), _| owner != namespace);
    }

    pub(super) fn check_namespace(&self, namespace: &str) -> Result<(), Reply> {
        if self.missing_namespaces.contains(namespace) {
            return Err(refusal::not_found("namespaces", namespace));
        }
        Ok(())
    }

    /// `POST`: the object must not exist.
    pub(super) fn create(
        &mut self,
        namespace: &str,
        mut object: Value,
        manager: &str,
        persistence: Persistence,
    ) -> Result<Written, Reply> {
        self.check_namespace(namespace)?;
        let Some(name) = object["metadata"]["name"].as_str().map(str::to_owned) else {
            let detail = "Required value: name or generateName is required";
            let (field, reason) = ("metadata.name", "FieldValueRequired");
            return Err(refusal::invalid_field("", field, reason, detail));
        };
        if !text(&object["metadata"]["resourceVersion"]).is_empty() {
            let message = "resourceVersion should not be set on objects to be created";
            return Err(refusal::internal(message));
        }
        let key = (namespace.to_owned(), name);
        if self.objects.contains_key(&key) {
            return Err(refusal::already_exists(&key.1));
        }
        check_data(&object).map_err(|detail| {
            let message =
                format!("Secret in version \"v1\" cannot be handled as a Secret: {detail}");
            Reply::status(400, "BadRequest", &message)
        })?;
        fold_string_data(&mut object);
        // An updating client owns the defaulted type as well; an applying one
        // does not.
        default_type(&mut object);
        fields::record_update(&Value::Null, &mut object, manager, &now());
        Ok(self.commit(key, object, persistence))
    }

    /// `PATCH` with `application/apply-patch+yaml`.
    pub(super) fn apply(
        &mut self,
        key: Key,
        mut config: Value,
        manager: &str,
        conflicts: Conflicts,
        persistence: Persistence,
    ) -> Result<Written, Reply> {
        self.check_namespace(&key.0)?;
        check_data(&config).map_err(|detail| {
            let message = format!(
                "failed to convert new object (/{}; /v1, Kind=Secret) to proper version: \
                 unable to convert unstructured object to /v1, Kind=Secret: \
                 error decoding from json: {detail}",
                key.1
            );
            refusal::internal(&message)
        })?;
        fold_string_data(&mut config);
        let live = self.objects.get(&key);
        let base = live.cloned().unwrap_or_else(|| json!({"metadata": {}}));
        let merged = apply(&base, &config, manager, conflicts, &now())
            .map_err(|found| refusal::field_conflicts(&found))?;
        let uid = text(&config["metadata"]["uid"]);
        match live {
            Some(live) => check_version(live, &config, &key.1)?,
            None if uid.is_empty() => {}
            None => {
                let detail = format!(
                    "uid mismatch: the provided object specified uid {uid}, and no existing object was found"
                );
                return Err(refusal::conflict("secrets", &key.1, &detail));
            }
        }
        Ok(self.commit(key, merged, persistence))
    }

    /// `PATCH` with `application/json-patch+json`.
    pub(super) fn json_patch(
        &mut self,
        key: Key,
        operations: &Value,
        manager: &str,
        persistence: Persistence,
    ) -> Result<Written, Reply> {
        let live = self.live(&key)?;
        let mut patched = live.clone();
        patch::apply(&mut patched, operations).map_err(|patch::Failed| refusal::patch_failed())?;
        // The API server quotes the whole patched object here, values included,
        // and so must this one: a client has to keep that to itself.
        check_data(&patched).map_err(|detail| {
            let quoted = Value::String(patched.to_string());
            let detail = format!("Invalid value: {quoted}: {detail}");
            refusal::invalid_field("", "patch", "FieldValueInvalid", &detail)
        })?;
        check_version(live, &patched, &key.1)?;
        fold_string_data(&mut patched);
        fields::record_update(live, &mut patched, manager, &now());
        Ok(self.commit(key, patched, persistence))
    }

    /// `DELETE`, with the preconditions of the delete options.
    pub(super) fn delete(
        &mut self,
        key: &Key,
        preconditions: &Value,
        persistence: Persistence,
    ) -> Result<Value, Reply> {
        let live = self.live(key)?;
        for (field, title, hint) in [
            ("uid", "UID", "deleted and then recreated"),
            ("resourceVersion", "ResourceVersion", "modified"),
        ] {
            let (wanted, actual) = (text(&preconditions[field]), text(&live["metadata"][field]));
            if !wanted.is_empty() && wanted != actual {
                let detail = format!(
                    "the {title} in the precondition ({wanted}) does not match the {title} in record ({actual}). \
                     The object might have been {hint}"
                );
                return Err(refusal::conflict("Secret", &key.1, &detail));
            }
        }
        let details = json!({"name": key.1, "kind": "secrets", "uid": live["metadata"]["uid"]});
        if persistence == Persistence::Stored {
            self.objects.remove(key);
            self.revision += 1;
        }
        Ok(json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "details": details,
        }))
    }

    /// Changes an object behind every client's back.
    pub(super) fn edit(
        &mut self,
        key: &Key,
        change: impl FnOnce(&mut Value),
        manager: &str,
    ) -> Result<Written, Reply> {
        let live = self.live(key)?;
        let mut edited = live.clone();
        change(&mut edited);
        if edited["metadata"]["managedFields"] == live["metadata"]["managedFields"] {
            fields::record_update(live, &mut edited, manager, &now());
        }
        Ok(self.commit(key.clone(), edited, Persistence::Stored))
    }

    fn live(&self, key: &Key) -> Result<&Value, Reply> {
        self.objects
            .get(key)
            .ok_or_else(|| refusal::not_found("secrets", &key.1))
    }

    /// Gives the object what the server adds, and keeps it. An object that is
    /// as it was before keeps its revision.
    fn commit(&mut self, key: Key, mut object: Value, persistence: Persistence) -> Written {
        let live = self.objects.get(&key);
        if live == Some(&object) {
            return Written::Updated(object);
        }
        let created = live.is_none();
        if created {
            object["apiVersion"] = json!("v1");
            object["kind"] = json!("Secret");
            object["metadata"]["namespace"] = json!(key.0);
            object["metadata"]["name"] = json!(key.1);
            object["metadata"]["uid"] = json!(fresh_uid());
            object["metadata"]["creationTimestamp"] = json!(now());
            default_type(&mut object);
        }
        if persistence == Persistence::Stored {
            self.revision += 1;
            object["metadata"]["resourceVersion"] = json!(self.revision.to_string());
            self.objects.insert(key, object.clone());
        }
        if created {
            Written::Created(object)
        } else {
            Written::Updated(object)
        }
    }
}

/// The checks of an update: a revision or uid that is given has to be the live
/// one.
fn check_version(live: &Value, new: &Value, name: &str) -> Result<(), Reply> {
    let differs = |field: &str| {
        let given = text(&new["metadata"][field]);
        !given.is_empty() && given != text(&live["metadata"][field])
    };
    if differs("resourceVersion") {
        let detail = "the object has been modified; please apply your changes to the latest version and try again";
        return Err(refusal::conflict("secrets", name, detail));
    }
    if differs("uid") {
        let given = text(&new["metadata"]["uid"]);
        let detail = format!("Invalid value: \"{given}\": field is immutable");
        let (field, reason) = ("metadata.uid", "FieldValueInvalid");
        return Err(refusal::invalid_field(name, field, reason, &detail));
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The current time in RFC 3339 with whole seconds, as Kubernetes writes it.
pub(super) fn now() -> String {
    let seconds = Timestamp::now().as_second();
    Timestamp::from_second(seconds)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// A version 4 UUID.
fn fresh_uid() -> String {
    let mut bytes = identity::random::<16>();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = identity::hex(&bytes);
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    parts.join("-")
}
