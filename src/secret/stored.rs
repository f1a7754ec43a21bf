//! A Secret as the cluster holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use zeroize::Zeroizing;

use super::{KeyName, SecretValue};

/// One Secret read from the API server.
pub struct StoredSecret {
    /// Name of the object.
    pub name: String,
    /// Namespace of the object.
    pub namespace: String,
    /// Identity of the object; a re-created one has another.
    pub uid: String,
    /// Changes with every write.
    pub resource_version: String,
    /// When it was created, RFC 3339.
    pub creation_timestamp: Option<String>,
    /// Its type, `Opaque` when the server sent none.
    pub secret_type: String,
    /// Whether the values can no longer change.
    pub immutable: bool,
    pub labels: BTreeMap<String, String>,
    /// Annotations, without those that hold a copy of the values.
    pub annotations: BTreeMap<String, String>,
    /// Whether the object has any annotation, hidden ones included.
    pub has_annotations: bool,
    /// The owner that controls it, as `Kind/name`.
    pub controller: Option<Controller>,
    /// Who wrote which fields.
    pub managers: Vec<Manager>,
    /// The values by key.
    pub data: BTreeMap<KeyName, SecretValue>,
}

/// An owner reference with `controller: true`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Controller {
    /// Kind of the owner.
    pub kind: String,
    /// Name of the owner, in the same namespace.
    pub name: String,
}

/// One entry of `metadata.managedFields`.
pub struct Manager {
    /// Name of the field manager.
    pub name: String,
    /// `Apply` or `Update`.
    pub operation: String,
    /// When it last changed one of its fields, RFC 3339.
    pub time: Option<String>,
    /// The fields it owns.
    pub fields: OwnFields,
}

/// Fields of a Secret that one manager owns.
#[derive(Default)]
pub struct OwnFields {
    /// Keys of `data`.
    pub keys: BTreeSet<String>,
    pub labels: BTreeSet<String>,
    pub annotations: BTreeSet<String>,
    /// Whether it owns `type`.
    pub secret_type: bool,
}

/// The server's answer is not a Secret we can read. Says where, never what.
#[derive(Debug, thiserror::Error)]
#[error("not a readable Secret (line {line}, column {column} of the answer)")]
pub struct UnreadableSecret {
    line: usize,
    column: usize,
}

impl StoredSecret {
    /// Reads the JSON of one Secret.
    ///
    /// # Errors
    /// [`UnreadableSecret`] when it is not JSON, not a Secret, or holds data
    /// that is not base64. The parser's own words are dropped: they quote the
    /// text they stumble over.
    pub fn parse(body: &SecretValue) -> Result<Self, UnreadableSecret> {
        let document: Document =
            serde_json::from_slice(body.expose()).map_err(|error| UnreadableSecret {
                line: error.line(),
                column: error.column(),
            })?;
        if document.kind != "Secret" {
            return Err(UnreadableSecret { line: 0, column: 0 });
        }
        let metadata = document.metadata;
        let mut annotations = metadata.annotations.unwrap_or_default();
        let has_annotations = !annotations.is_empty();
        annotations.retain(|name, _| !is_left_out(name));
        Ok(Self {
            name: metadata.name,
            namespace: metadata.namespace.unwrap_or_default(),
            uid: metadata.uid,
            resource_version: metadata.resource_version,
            creation_timestamp: metadata.creation_timestamp,
            secret_type: document.secret_type.unwrap_or_else(|| "Opaque".to_owned()),
            immutable: document.immutable.unwrap_or(false),
            labels: metadata.labels.unwrap_or_default(),
            annotations,
            has_annotations,
            controller: metadata
                .owner_references
                .unwrap_or_default()
                .into_iter()
                .find(|owner| owner.controller.unwrap_or(false))
                .map(|owner| owner.identity),
            managers: metadata
                .managed_fields
                .unwrap_or_default()
                .into_iter()
                .map(Manager::from)
                .collect(),
            data: document
                .data
                .unwrap_or_default()
                .into_iter()
                .map(|(key, value)| (key.0, value.0))
                .collect(),
        })
    }

    /// What `manager` owns by server-side apply.
    pub fn applied_by(&self, manager: &str) -> Option<&OwnFields> {
        self.managers
            .iter()
            .find(|entry| entry.name == manager && entry.operation == "Apply")
            .map(|entry| &entry.fields)
    }
}

/// The annotation in which clients keep the object that they applied: nobody
/// wants it back, and it holds the values.
fn is_left_out(annotation: &str) -> bool {
    annotation.ends_with("last-applied-configuration")
}

#[derive(Deserialize)]
struct Document {
    kind: String,
    metadata: Metadata,
    #[serde(rename = "type")]
    secret_type: Option<String>,
    immutable: Option<bool>,
    data: Option<BTreeMap<WireKey, WireValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    namespace: Option<String>,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    resource_version: String,
    creation_timestamp: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<OwnerReference>>,
    managed_fields: Option<Vec<ManagedFields>>,
}

#[derive(Deserialize)]
struct OwnerReference {
    controller: Option<bool>,
    #[serde(flatten)]
    identity: Controller,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagedFields {
    #[serde(default)]
    manager: String,
    #[serde(default)]
    operation: String,
    time: Option<String>,
    fields_v1: Option<serde_json::Value>,
}

impl From<ManagedFields> for Manager {
    fn from(entry: ManagedFields) -> Self {
        let fields = entry.fields_v1.unwrap_or_default();
        let names = |path: &str| -> BTreeSet<String> {
            fields
                .pointer(path)
                .and_then(serde_json::Value::as_object)
                .into_iter()
                .flat_map(|map| map.keys())
                .filter_map(|name| name.strip_prefix("f:"))
                .map(str::to_owned)
                .collect()
        };
        Self {
            name: entry.manager,
            operation: entry.operation,
            time: entry.time,
            fields: OwnFields {
                keys: names("/f:data"),
                labels: names("/f:metadata/f:labels"),
                annotations: names("/f:metadata/f:annotations"),
                secret_type: fields.get("f:type").is_some(),
            },
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct WireKey(KeyName);

impl<'de> Deserialize<'de> for WireKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        KeyName::new(&name)
            .map(Self)
            .map_err(|_| de::Error::custom("illegal key"))
    }
}

struct WireValue(SecretValue);

impl<'de> Deserialize<'de> for WireValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64;
        impl Visitor<'_> for Base64 {
            type Value = WireValue;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("base64 text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<WireValue, E> {
                let mut bytes = Zeroizing::new(vec![0; text.len().div_ceil(4) * 3]);
                let length = STANDARD
                    .decode_slice(text, &mut bytes)
                    .map_err(|_| E::custom("not base64"))?;
                bytes.truncate(length);
                Ok(WireValue(SecretValue::from_bytes(std::mem::take(
                    &mut *bytes,
                ))))
            }

            // The server sends `null` for an empty value.
            fn visit_unit<E: de::Error>(self) -> Result<WireValue, E> {
                Ok(WireValue(SecretValue::from_bytes(Vec::new())))
            }
        }
        deserializer.deserialize_any(Base64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<StoredSecret, UnreadableSecret> {
        StoredSecret::parse(&SecretValue::from_bytes(text.as_bytes().to_vec()))
    }

    #[test]
    fn reads_what_the_server_sends() {
        let stored = parse(
            r#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"n","namespace":"s","uid":"u","resourceVersion":"7",
            "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","a":"b"},
            "ownerReferences":[{"apiVersion":"x","kind":"SealedSecret","name":"n","uid":"1","controller":true}],
            "managedFields":[{"manager":"m","operation":"Apply","fieldsV1":{"f:data":{"f:k":{}},"f:type":{},"f:metadata":{"f:labels":{"f:l":{}}}}}]},
            "data":{"k":"AP8=","empty":null},"type":"kubernetes.io/tls"}"#,
        )
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(stored.secret_type, "kubernetes.io/tls");
        assert!(stored.has_annotations);
        assert_eq!(stored.annotations.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(
            stored.controller.as_ref().map(|c| c.kind.as_str()),
            Some("SealedSecret")
        );
        let own = stored.applied_by("m").unwrap_or_else(|| panic!("owned"));
        assert!(own.secret_type && own.keys.contains("k") && own.labels.contains("l"));
        let values: Vec<_> = stored.data.values().map(SecretValue::expose).collect();
        assert_eq!(values, [&b""[..], &b"\x00\xff"[..]]);
    }

    #[test]
    fn never_quotes_what_it_cannot_read() {
        for body in [
            r#"{"kind":"Secret","metadata":{"name":"n"},"data":{"k":"CANARY!"}}"#,
            r#"{"kind":"Secret","metadata":{"name":"n"},"data":{"k":12345}}"#,
            r#"{"kind":"Secret","metadata":{"name":"n"},"data":"CANARY"}"#,
            r#"{"kind":"CANARY","metadata":{"name":"n"}}"#,
            r#"{"kind":"Secret","metadata":{"name":"n"},"data":{"k":"Q0FOQVJZ"#,
            "CANARY",
        ] {
            let error = match parse(body) {
                Ok(_) => panic!("must not be readable: {body}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(
                !error.contains("CANARY") && !error.contains("12345"),
                "{error}"
            );
        }
    }
}
