//! The Secrets the server holds, and what a write does to them: uid, revision,
//! ownership, preconditions.
//!
//! Every write is given as a whole request and ends either in the object as it
//! is afterwards or in the [`Reply`] that refuses it, worded like the API
//! server's.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::apply::{Conflicts, FieldConflict, apply};
use super::fields::{self, FieldSet};
use super::identity;
use super::patch;
use super::script::Reply;

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

    pub(super) fn list(&self, namespace: &str) -> Vec<Value> {
        let of_namespace = self
            .objects
            .iter()
            .filter(|((owner, _), _)| owner == namespace);
        of_namespace.map(|(_, object)| object.clone()).collect()
    }

    pub(super) fn remove_namespace(&mut self, namespace: &str) {
        self.missing_namespaces.insert(namespace.to_owned());
        self.objects.retain(|(owner, _), _| owner != namespace);
    }

    pub(super) fn check_namespace(&self, namespace: &str) -> Result<(), Reply> {
        if self.missing_namespaces.contains(namespace) {
            return Err(not_found("namespaces", namespace));
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
            return Err(invalid(
                "",
                "metadata.name: Required value: name or generateName is required",
            ));
        };
        if !text(&object["metadata"]["resourceVersion"]).is_empty() {
            let message = "resourceVersion should not be set on objects to be created";
            return Err(Reply::status(400, "BadRequest", message));
        }
        let key = (namespace.to_owned(), name);
        if self.objects.contains_key(&key) {
            let message = format!("secrets \"{}\" already exists", key.1);
            return Err(Reply::status(409, "AlreadyExists", &message));
        }
        fold_string_data(&mut object);
        fields::record_update(&Value::Null, &mut object, manager, &now());
        self.commit(key, object, persistence)
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
        let live = self.objects.get(&key);
        let uid = text(&config["metadata"]["uid"]);
        match live {
            None if !uid.is_empty() => {
                let detail = format!(
                    "uid mismatch: the provided object specified uid {uid}, and no existing object was found"
                );
                return Err(conflict(&key.1, &detail));
            }
            Some(live) => check_version(live, &config, &key.1)?,
            None => {}
        }
        fold_string_data(&mut config);
        let base = live.cloned().unwrap_or_else(|| json!({"metadata": {}}));
        let merged = apply(&base, &config, manager, conflicts, &now())
            .map_err(|found| field_conflicts(&found))?;
        self.commit(key, merged, persistence)
    }

    /// `PATCH` with `application/json-patch+json`.
    pub(super) fn json_patch(
        &mut self,
        key: Key,
        operations: &Value,
        manager: &str,
        persistence: Persistence,
    ) -> Result<Written, Reply> {
        let live = self
            .objects
            .get(&key)
            .ok_or_else(|| not_found("secrets", &key.1))?;
        let mut patched = live.clone();
        patch::apply(&mut patched, operations)
            .map_err(|message| Reply::status(422, "Invalid", &message))?;
        check_version(live, &patched, &key.1)?;
        fold_string_data(&mut patched);
        fields::record_update(live, &mut patched, manager, &now());
        self.commit(key, patched, persistence)
    }

    /// `DELETE`, with the preconditions of the delete options.
    pub(super) fn delete(
        &mut self,
        key: &Key,
        preconditions: &Value,
        persistence: Persistence,
    ) -> Result<Value, Reply> {
        let live = self
            .objects
            .get(key)
            .ok_or_else(|| not_found("secrets", &key.1))?;
        for (field, title) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
            let (wanted, actual) = (text(&preconditions[field]), text(&live["metadata"][field]));
            if !wanted.is_empty() && wanted != actual {
                let detail = format!(
                    "Precondition failed: {title} in precondition: {wanted}, {title} in object meta: {actual}"
                );
                return Err(conflict(&key.1, &detail));
            }
        }
        let details = json!({"name": key.1, "kind": "secrets", "uid": live["metadata"]["uid"]});
        if persistence == Persistence::Stored {
            self.objects.remove(key);
            self.revision += 1;
        }
        let success = "Success";
        Ok(
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": success, "details": details}),
        )
    }

    /// Changes an object behind every client's back.
    pub(super) fn edit(
        &mut self,
        key: &Key,
        mut edited: Value,
        manager: &str,
    ) -> Result<Written, Reply> {
        let live = self
            .objects
            .get(key)
            .ok_or_else(|| not_found("secrets", &key.1))?;
        if edited["metadata"]["managedFields"] == live["metadata"]["managedFields"] {
            fields::record_update(live, &mut edited, manager, &now());
        }
        self.commit(key.clone(), edited, Persistence::Stored)
    }

    /// Gives the object what the server adds, and keeps it. An object that is
    /// as it was before keeps its revision.
    fn commit(
        &mut self,
        key: Key,
        mut object: Value,
        persistence: Persistence,
    ) -> Result<Written, Reply> {
        decode(&object).map_err(|data_key| {
            let message = format!("Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data in {data_key}");
            Reply::status(400, "BadRequest", &message)
        })?;
        let live = self.objects.get(&key);
        if live == Some(&object) {
            return Ok(Written::Updated(object));
        }
        let created = live.is_none();
        if created {
            object["apiVersion"] = json!("v1");
            object["kind"] = json!("Secret");
            object["metadata"]["namespace"] = json!(key.0);
            object["metadata"]["name"] = json!(key.1);
            object["metadata"]["uid"] = json!(fresh_uid());
            object["metadata"]["creationTimestamp"] = json!(now());
            if object["type"].is_null() {
                object["type"] = json!("Opaque");
            }
        }
        if persistence == Persistence::Stored {
            self.revision += 1;
            object["metadata"]["resourceVersion"] = json!(self.revision.to_string());
            self.objects.insert(key, object.clone());
        }
        Ok(if created {
            Written::Created(object)
        } else {
            Written::Updated(object)
        })
    }
}

/// The decoded values of an object, or the first key whose value is no base64.
pub(super) fn decode(object: &Value) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let data = object["data"].as_object().into_iter().flatten();
    data.map(|(key, value)| {
        let bytes = value
            .as_str()
            .and_then(|text| BASE64_STANDARD.decode(text).ok());
        bytes
            .map(|bytes| (key.clone(), bytes))
            .ok_or_else(|| key.clone())
    })
    .collect()
}

/// Moves `stringData` into `data`, as the server does on every write.
fn fold_string_data(object: &mut Value) {
    let Some(members) = object.as_object_mut() else {
        return;
    };
    let Some(Value::Object(strings)) = members.remove("stringData") else {
        return;
    };
    let data = members
        .entry("data")
        .or_insert_with(|| Value::Object(Map::new()));
    for (key, value) in strings {
        data[key] = json!(BASE64_STANDARD.encode(value.as_str().unwrap_or_default()));
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
        return Err(conflict(name, detail));
    }
    if differs("uid") {
        let given = text(&new["metadata"]["uid"]);
        let detail = format!("metadata.uid: Invalid value: \"{given}\": field is immutable");
        return Err(invalid(name, &detail));
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The current time in RFC 3339 with whole seconds, as Kubernetes writes it.
fn now() -> String {
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

pub(super) fn not_found(resource: &str, name: &str) -> Reply {
    Reply::status(404, "NotFound", &format!("{resource} \"{name}\" not found"))
}

fn invalid(name: &str, detail: &str) -> Reply {
    Reply::status(
        422,
        "Invalid",
        &format!("Secret \"{name}\" is invalid: {detail}"),
    )
}

fn conflict(name: &str, detail: &str) -> Reply {
    let message = format!("Operation cannot be fulfilled on secrets \"{name}\": {detail}");
    Reply::status(409, "Conflict", &message)
}

fn field_conflicts(found: &[FieldConflict]) -> Reply {
    let shown = |conflict: &FieldConflict| format!("conflict with \"{}\"", conflict.manager);
    let fields: FieldSet = found.iter().map(|conflict| conflict.path.clone()).collect();
    let paths: Vec<String> = fields
        .iter()
        .map(|path| format!(".{}", path.join(".")))
        .collect();
    let message = format!(
        "Apply failed with {} conflict{}: {}: {}",
        found.len(),
        if found.len() == 1 { "" } else { "s" },
        found.first().map(shown).unwrap_or_default(),
        paths.join(", "),
    );
    let causes: Vec<Value> = found
        .iter()
        .map(|conflict| {
            let field = format!(".{}", conflict.path.join("."));
            json!({"reason": "FieldManagerConflict", "message": shown(conflict), "field": field})
        })
        .collect();
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": "Conflict", "details": {"causes": causes}, "code": 409,
    });
    Reply::json(409, &body)
}
