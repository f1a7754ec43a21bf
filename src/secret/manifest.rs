//! A Secret as a document for people and files: masked unless asked otherwise.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::draft::{Mutability, SecretDraft};
use super::stored::StoredSecret;
use super::wire::append_base64;
use super::{KeyName, SecretValue};

/// What stands for a value that is not shown. It is not base64, so a masked
/// document that is applied by mistake is refused instead of stored.
const MASK: &str = "***";

/// How the document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML.
    Yaml,
    /// JSON, indented as kubectl indents it.
    Json,
}

/// Whether the values are in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Each value is a fixed mask that does not tell its length.
    Masked,
    /// Each value is its base64 text.
    Shown,
}

/// Writes `draft` as a document to `out`; `namespace` only when it was given.
///
/// # Errors
/// What `out` reports.
pub fn write_draft(
    draft: &SecretDraft,
    namespace: Option<&str>,
    format: Format,
    values: Values,
    out: &mut dyn Write,
) -> io::Result<()> {
    let metadata = Metadata {
        namespace,
        ..Metadata::new(&draft.name, &draft.labels, &draft.annotations)
    };
    let immutable = draft.mutability == Mutability::Immutable;
    let data = encode(draft.values(), values);
    Document::new(metadata, draft.secret_type.as_deref(), immutable, data).write(format, out)
}

/// Writes `stored` as a document to `out`.
///
/// # Errors
/// What `out` reports.
pub fn write_stored(
    stored: &StoredSecret,
    format: Format,
    values: Values,
    out: &mut dyn Write,
) -> io::Result<()> {
    let metadata = Metadata {
        namespace: Some(&stored.namespace),
        uid: Some(&stored.uid),
        resource_version: Some(&stored.resource_version),
        creation_timestamp: stored.creation_timestamp.as_deref(),
        ..Metadata::new(&stored.name, &stored.labels, &stored.annotations)
    };
    let data = encode(stored.data.iter(), values);
    Document::new(metadata, Some(&stored.secret_type), stored.immutable, data).write(format, out)
}

fn encode<'a>(
    data: impl Iterator<Item = (&'a KeyName, &'a SecretValue)>,
    values: Values,
) -> BTreeMap<&'a str, String> {
    data.map(|(key, value)| {
        let text = match values {
            Values::Masked => MASK.to_owned(),
            Values::Shown => {
                let mut text = Vec::with_capacity(value.len().div_ceil(3) * 4);
                append_base64(&mut text, value.expose());
                String::from_utf8(text).unwrap_or_default()
            }
        };
        (key.as_str(), text)
    })
    .collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata<'a>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    secret_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    immutable: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data: BTreeMap<&'a str, String>,
}

impl<'a> Document<'a> {
    fn new(
        metadata: Metadata<'a>,
        secret_type: Option<&'a str>,
        immutable: bool,
        data: BTreeMap<&'a str, String>,
    ) -> Self {
        Self {
            api_version: "v1",
            kind: "Secret",
            metadata,
            secret_type,
            immutable: immutable.then_some(true),
            data,
        }
    }

    fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Yaml => {
                let text = serde_saphyr::to_string(self).map_err(io::Error::other)?;
                out.write_all(text.as_bytes())?;
            }
            Format::Json => {
                let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
                let mut serializer = serde_json::Serializer::with_formatter(&mut *out, indent);
                self.serialize(&mut serializer)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_timestamp: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
}

impl<'a> Metadata<'a> {
    /// What a Secret has before it is stored.
    fn new(
        name: &'a str,
        labels: &'a BTreeMap<String, String>,
        annotations: &'a BTreeMap<String, String>,
    ) -> Self {
        Self {
            name,
            namespace: None,
            uid: None,
            resource_version: None,
            creation_timestamp: None,
            labels,
            annotations,
        }
    }
}
