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
    let document = Document {
        api_version: "v1",
        kind: "Secret",
        metadata: Metadata {
            name: &draft.name,
            namespace,
            uid: None,
            resource_version: None,
            creation_timestamp: None,
            labels: &draft.labels,
            annotations: &draft.annotations,
        },
        secret_type: draft.secret_type.as_deref(),
        immutable: (draft.mutability == Mutability::Immutable).then_some(true),
        data: encode(draft.values(), values),
    };
    write(&document, format, out)
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
    let document = Document {
        api_version: "v1",
        kind: "Secret",
        metadata: Metadata {
            name: &stored.name,
            namespace: Some(&stored.namespace),
            uid: Some(&stored.uid),
            resource_version: Some(&stored.resource_version),
            creation_timestamp: stored.creation_timestamp.as_deref(),
            labels: &stored.labels,
            annotations: &stored.annotations,
        },
        secret_type: Some(&stored.secret_type),
        immutable: stored.immutable.then_some(true),
        data: encode(stored.data.iter(), values),
    };
    write(&document, format, out)
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

fn write(document: &Document<'_>, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Yaml => {
            let text = serde_saphyr::to_string(document).map_err(io::Error::other)?;
            out.write_all(text.as_bytes())?;
        }
        Format::Json => {
            let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
            let mut serializer = serde_json::Serializer::with_formatter(&mut *out, indent);
            document.serialize(&mut serializer)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()
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
