//! Secrets as the API server speaks them: request bodies out, stored objects
//! in. Values go straight between base64 text in a wiped buffer and
//! [`SecretValue`]; no general JSON tree ever holds them.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::draft::{Mutability, SecretDraft};
use super::stored::{OwnFields, StoredSecret};
use super::{KeyName, SecretValue};

/// A resourceVersion that no stored object has. Server-side apply with it
/// creates a missing object and answers 409 for an existing one, which is the
/// only way to say "create, never change" with apply (observed on v1.37; a
/// test on the real server proves both halves).
const VERSION_OF_NO_OBJECT: &str = "1";

/// The body that creates `draft` by server-side apply and fails when the name
/// is taken.
pub fn body_to_create(draft: &SecretDraft) -> SecretValue {
    let metadata = json!({
        "name": draft.name,
        "resourceVersion": VERSION_OF_NO_OBJECT,
        "labels": draft.labels,
        "annotations": draft.annotations,
    });
    apply_body(
        metadata,
        draft.secret_type.as_deref(),
        draft.mutability,
        draft.values(),
    )
}

/// The body that merges `draft` into `stored` by server-side apply, and fails
/// when the object changed since it was read.
///
/// Apply removes what its manager owned and no longer names, so everything in
/// `own` is stated again with the stored content.
pub fn body_to_merge(
    draft: &SecretDraft,
    stored: &StoredSecret,
    own: Option<&OwnFields>,
) -> SecretValue {
    let nothing = OwnFields::default();
    let own = own.unwrap_or(&nothing);
    let metadata = json!({
        "name": draft.name,
        "uid": stored.uid,
        "resourceVersion": stored.resource_version,
        "labels": restated(&draft.labels, &stored.labels, &own.labels),
        "annotations": restated(&draft.annotations, &stored.annotations, &own.annotations),
    });
    let secret_type = draft
        .secret_type
        .as_deref()
        .or(own.secret_type.then_some(stored.secret_type.as_str()));
    let kept = stored
        .data
        .iter()
        .filter(|(key, _)| own.keys.contains(key.as_str()) && !draft.entries.contains_key(*key));
    apply_body(
        metadata,
        secret_type,
        draft.mutability,
        kept.chain(draft.values()),
    )
}

/// The JSON Patch that makes the keys of `stored` exactly those of `draft`,
/// and fails when the object changed since it was read.
///
/// Not apply: apply cannot remove a key that another manager owns.
pub fn patch_to_replace(draft: &SecretDraft, stored: &StoredSecret) -> SecretValue {
    let mut operations = vec![
        json!({"op": "test", "path": "/metadata/uid", "value": stored.uid}),
        json!({"op": "test", "path": "/metadata/resourceVersion", "value": stored.resource_version}),
    ];
    for (field, given, present) in [
        ("labels", &draft.labels, !stored.labels.is_empty()),
        ("annotations", &draft.annotations, stored.has_annotations),
    ] {
        operations.extend(entries_of(field, given, present));
    }
    if draft.mutability == Mutability::Immutable {
        operations.push(json!({"op": "add", "path": "/immutable", "value": true}));
    }
    let mut head = Value::Array(operations).to_string();
    head.pop();
    head.push_str(r#",{"op":"add","path":"/data","value":"#);
    assemble(&head, draft.values(), "}]")
}

/// The JSON Patch that sets keys of `stored`, or removes them (`None`), leaves all
/// others alone, and fails when the object changed since it was read.
pub fn patch_to_set<'a>(
    stored: &StoredSecret,
    changes: impl IntoIterator<Item = (&'a KeyName, Option<&'a SecretValue>)>,
) -> SecretValue {
    let mut head = vec![
        json!({"op": "test", "path": "/metadata/uid", "value": stored.uid}),
        json!({"op": "test", "path": "/metadata/resourceVersion", "value": stored.resource_version}),
    ];
    if stored.data.is_empty() {
        head.push(json!({"op": "add", "path": "/data", "value": {}}));
    }
    let mut head = Value::Array(head).to_string();
    head.pop();
    let changes: Vec<_> = changes.into_iter().collect();
    // A key is `[-._a-zA-Z0-9]+`: it needs no escaping, in JSON or in a pointer.
    let operation = |key: &KeyName, value: Option<&SecretValue>| match value {
        Some(_) => format!(r#",{{"op":"add","path":"/data/{key}","value":""#),
        None => format!(r#",{{"op":"remove","path":"/data/{key}"}}"#),
    };
    let size = |(key, value): &(&KeyName, Option<&SecretValue>)| {
        let text = value.map_or(0, |value| value.len().div_ceil(3) * 4 + r#""}"#.len());
        operation(key, *value).len() + text
    };
    let total = head.len() + changes.iter().map(size).sum::<usize>() + "]".len();
    let mut body = Vec::with_capacity(total);
    body.extend_from_slice(head.as_bytes());
    for (key, value) in changes {
        body.extend_from_slice(operation(key, value).as_bytes());
        if let Some(value) = value {
            append_base64(&mut body, value.expose());
            body.extend_from_slice(br#""}"#);
        }
    }
    body.push(b']');
    debug_assert!(body.len() <= total, "the buffer must never be reallocated");
    SecretValue::from_bytes(body)
}

/// The JSON Patch that sets annotations of `stored`, and fails when the object
/// changed since it was read. No value is in it.
pub fn patch_to_annotate(
    stored: &StoredSecret,
    annotations: &BTreeMap<String, String>,
) -> SecretValue {
    let mut operations = vec![
        json!({"op": "test", "path": "/metadata/uid", "value": stored.uid}),
        json!({"op": "test", "path": "/metadata/resourceVersion", "value": stored.resource_version}),
    ];
    operations.extend(entries_of(
        "annotations",
        annotations,
        stored.has_annotations,
    ));
    SecretValue::from_bytes(Value::Array(operations).to_string().into_bytes())
}

/// The JSON Patch that gives `now` the values, labels and annotations of `before` again,
/// without the annotations `without`, and fails when the object changed since it was
/// read; `None` where there is nothing to do.
pub fn patch_to_give_back(
    now: &StoredSecret,
    before: &StoredSecret,
    without: &[&str],
) -> Option<SecretValue> {
    let mut operations = vec![
        json!({"op": "test", "path": "/metadata/uid", "value": now.uid}),
        json!({"op": "test", "path": "/metadata/resourceVersion", "value": now.resource_version}),
    ];
    let tests = operations.len();
    let lacks = |had: &BTreeMap<String, String>, has: &BTreeMap<String, String>| {
        let lost = had
            .iter()
            .filter(|(name, text)| has.get(*name) != Some(*text));
        let lost = lost.map(|(name, text)| (name.clone(), text.clone()));
        lost.collect::<BTreeMap<_, _>>()
    };
    let labels = lacks(&before.labels, &now.labels);
    let annotations = lacks(&before.annotations, &now.annotations);
    operations.extend(entries_of("labels", &labels, !now.labels.is_empty()));
    operations.extend(entries_of("annotations", &annotations, now.has_annotations));
    for name in without {
        if now.annotations.contains_key(*name) && !before.annotations.contains_key(*name) {
            let name = name.replace('~', "~0").replace('/', "~1");
            let path = format!("/metadata/annotations/{name}");
            operations.push(json!({"op": "remove", "path": path}));
        }
    }
    let is_kept = before.data.len() == now.data.len()
        && before.data.iter().all(|(key, value)| {
            now.data
                .get(key)
                .is_some_and(|stored| stored.same_as(value))
        });
    let mut head = Value::Array(operations.clone()).to_string();
    if is_kept {
        let changes = operations.len() > tests;
        return changes.then(|| SecretValue::from_bytes(head.into_bytes()));
    }
    head.pop();
    head.push_str(r#",{"op":"add","path":"/data","value":"#);
    Some(assemble(&head, before.data.iter(), "}]"))
}

/// The operations that add entries to a map of the metadata.
fn entries_of(field: &str, given: &BTreeMap<String, String>, present: bool) -> Vec<Value> {
    let mut operations = Vec::new();
    if !given.is_empty() && !present {
        operations.push(json!({"op": "add", "path": format!("/metadata/{field}"), "value": {}}));
    }
    for (name, value) in given {
        let name = name.replace('~', "~0").replace('/', "~1");
        operations.push(
            json!({"op": "add", "path": format!("/metadata/{field}/{name}"), "value": value}),
        );
    }
    operations
}

/// `given`, and what is stored under the names in `owned`.
fn restated(
    given: &BTreeMap<String, String>,
    stored: &BTreeMap<String, String>,
    owned: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut all = stored.clone();
    all.retain(|name, _| owned.contains(name));
    all.extend(given.clone());
    all
}

fn apply_body<'a>(
    mut metadata: Value,
    secret_type: Option<&str>,
    mutability: Mutability,
    values: impl Iterator<Item = (&'a KeyName, &'a SecretValue)>,
) -> SecretValue {
    if let Some(fields) = metadata.as_object_mut() {
        fields.retain(|_, field| field.as_object().is_none_or(|map| !map.is_empty()));
    }
    let mut object = Map::new();
    object.insert("apiVersion".to_owned(), json!("v1"));
    object.insert("kind".to_owned(), json!("Secret"));
    object.insert("metadata".to_owned(), metadata);
    if let Some(secret_type) = secret_type {
        object.insert("type".to_owned(), json!(secret_type));
    }
    if mutability == Mutability::Immutable {
        object.insert("immutable".to_owned(), json!(true));
    }
    let mut head = Value::Object(object).to_string();
    head.pop();
    head.push_str(r#","data":"#);
    assemble(&head, values, "}")
}

/// `head`, then the values as a JSON object of base64 strings, then `tail`,
/// in one buffer of the final size.
fn assemble<'a>(
    head: &str,
    values: impl Iterator<Item = (&'a KeyName, &'a SecretValue)>,
    tail: &str,
) -> SecretValue {
    let values: Vec<_> = values.collect();
    // A key is `[-._a-zA-Z0-9]+`, so it needs no JSON escaping.
    let size = |(key, value): &(&KeyName, &SecretValue)| {
        key.as_str().len() + value.len().div_ceil(3) * 4 + r#""":"","#.len()
    };
    let total = head.len() + "{}".len() + values.iter().map(size).sum::<usize>() + tail.len();
    let mut body = Vec::with_capacity(total);
    body.extend_from_slice(head.as_bytes());
    body.push(b'{');
    for (position, (key, value)) in values.iter().enumerate() {
        if position > 0 {
            body.push(b',');
        }
        body.push(b'"');
        body.extend_from_slice(key.as_str().as_bytes());
        body.extend_from_slice(br#"":""#);
        append_base64(&mut body, value.expose());
        body.push(b'"');
    }
    body.push(b'}');
    body.extend_from_slice(tail.as_bytes());
    debug_assert!(body.len() <= total, "the buffer must never be reallocated");
    SecretValue::from_bytes(body)
}

/// Appends the base64 text of `bytes`; `buffer` must have room for it.
pub(super) fn append_base64(buffer: &mut Vec<u8>, bytes: &[u8]) {
    let start = buffer.len();
    buffer.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = STANDARD
        .encode_slice(bytes, &mut buffer[start..])
        .expect("the buffer has exactly the encoded size");
    buffer.truncate(start + written);
}
