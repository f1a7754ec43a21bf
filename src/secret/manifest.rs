//! A Secret as a document for people and files: masked unless asked otherwise.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::escape::{json_pretty, kyaml, yaml};

use super::copies::may_repeat_values;
use super::draft::{Mutability, SecretDraft};
use super::redactor::Redactor;
use super::stored::StoredSecret;
use super::wire::append_base64;
use super::{KeyName, SecretValue};

/// What stands for text that is not shown.
const MASK: &str = "***";

/// What stands for a value that is not shown. It is not base64, so the API server
/// refuses a masked document that is applied by mistake, and it says why itself.
const MASKED_VALUE: &str = "*** masked: this manifest cannot be applied ***";

/// The same at the head of the document, where a comment may stand.
const MASKED_DOCUMENT: &str = "\
# Values are masked, and the API server refuses this manifest: masks are not base64.
# --show-values shows the values; without --dry-run the Secret itself is created.
";

/// How the document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Yaml,
    /// JSON, indented as kubectl indents it.
    Json,
    /// The YAML of `kubectl -o kyaml`.
    Kyaml,
}

/// Whether the values are in the document.
#[derive(Clone, Copy)]
pub enum Values<'r> {
    /// Each value is a fixed mask that does not tell its length, and so is
    /// every label and annotation in which one of the values stands that this
    /// redactor knows.
    Masked(&'r Redactor),
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
    values: Values<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let metadata = Metadata {
        namespace,
        ..Metadata::new(&draft.name, &draft.labels, &draft.annotations, values)
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
    values: Values<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let metadata = Metadata {
        namespace: Some(&stored.namespace),
        uid: Some(&stored.uid),
        resource_version: Some(&stored.resource_version),
        creation_timestamp: stored.creation_timestamp.as_deref(),
        ..Metadata::new(&stored.name, &stored.labels, &stored.annotations, values)
    };
    let data = encode(stored.data.iter(), values);
    Document::new(metadata, Some(&stored.secret_type), stored.immutable, data).write(format, out)
}

fn encode<'a>(
    data: impl Iterator<Item = (&'a KeyName, &'a SecretValue)>,
    values: Values<'_>,
) -> BTreeMap<&'a str, String> {
    data.map(|(key, value)| {
        let text = match values {
            Values::Masked(_) => MASKED_VALUE.to_owned(),
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

/// Labels or annotations as they are shown.
fn shown<'a>(texts: &'a BTreeMap<String, String>, values: Values<'a>) -> BTreeMap<String, &'a str> {
    let mut shown = BTreeMap::new();
    for (name, text) in texts {
        let Values::Masked(redactor) = values else {
            shown.insert(name.clone(), text.as_str());
            continue;
        };
        let text = if may_repeat_values(name) {
            MASK
        } else {
            redactor.whole_or_masked(text)
        };
        // Names are text that others wrote, too; masked ones are told apart.
        let mut name = redactor.name_or_masked(name).to_owned();
        while shown.contains_key(&name) {
            name.push_str(MASK);
        }
        shown.insert(name, text);
    }
    shown
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
        let is_masked = self.data.values().any(|value| value == MASKED_VALUE);
        if is_masked && format != Format::Json {
            out.write_all(MASKED_DOCUMENT.as_bytes())?;
        }
        match format {
            Format::Yaml => {
                let text = yaml(self)?;
                out.write_all(text.as_bytes())?;
            }
            Format::Json => {
                json_pretty(self, 4, out)?;
                out.write_all(b"\n")?;
            }
            Format::Kyaml => kyaml(self, out)?,
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
    labels: BTreeMap<String, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, &'a str>,
}

impl<'a> Metadata<'a> {
    /// What a Secret has before it is stored.
    fn new(
        name: &'a str,
        labels: &'a BTreeMap<String, String>,
        annotations: &'a BTreeMap<String, String>,
        values: Values<'a>,
    ) -> Self {
        Self {
            name,
            namespace: None,
            uid: None,
            resource_version: None,
            creation_timestamp: None,
            labels: shown(labels, values),
            annotations: shown(annotations, values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::stored::StoredSecret;

    fn stored(metadata: &str) -> StoredSecret {
        let body = format!(
            "{{\"kind\":\"Secret\",\"metadata\":{{\"name\":\"db\",\"namespace\":\"prod\",{metadata}}},\
             \"data\":{{\"password\":\"aHVudGVyNDItaHVudGVyNDI=\"}}}}"
        );
        StoredSecret::parse(&SecretValue::from_bytes(body.into_bytes())).unwrap()
    }

    fn written(stored: &StoredSecret, values: Values<'_>) -> [String; 3] {
        [Format::Yaml, Format::Json, Format::Kyaml].map(|format| {
            let mut out = Vec::new();
            write_stored(stored, format, values, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        })
    }

    #[test]
    fn labels_and_annotations_that_hold_a_value_are_masked() {
        let stored = stored(
            "\"labels\":{\"team\":\"web\",\"copy\":\"hunter42-hunter42\"},\"annotations\":{\
             \"banzaicloud.com/last-applied\":\"UEsDBBQACAAIAAAAAAAAAAAAAAAAAAAA\",\
             \"example.com/last-applied\":\"cannot be read\",\
             \"example.com/json\":\"{\\\"password\\\":\\\"hunter42-hunter42\\\"}\",\
             \"example.com/base64\":\"eyJwIjoiYUhWdWRHVnlOREl0YUhWdWRHVnlOREk9In0=\",\
             \"example.com/hunter42-hunter42\":\"x\",\
             \"example.com/owner\":\"platform\"}",
        );
        let redactor = Redactor::new(stored.data.values());
        for text in written(&stored, Values::Masked(&redactor)) {
            for told in ["hunter42", "UEsD", "cannot be read", "eyJw", "aHVu"] {
                assert!(!text.contains(told), "{told} in\n{text}");
            }
            for kept in ["platform", "web", "example.com/json", "banzaicloud.com"] {
                assert!(text.contains(kept), "{kept} not in\n{text}");
            }
        }
        // The control: what was asked for is shown.
        for text in written(&stored, Values::Shown) {
            assert!(text.contains("hunter42") && text.contains("UEsD"), "{text}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1000))]

        /// Shows L9. Seen to fail with a mask as long as the value.
        #[test]
        fn a_mask_is_the_same_for_every_value(first: Vec<u8>, length in 0_usize..5000, byte: u8) {
            let shown = [first, vec![byte; length]].map(|bytes| {
                let mut text = Vec::new();
                append_base64(&mut text, &bytes);
                let body = format!(
                    "{{\"kind\":\"Secret\",\"type\":\"Opaque\",\"metadata\":{{\"name\":\"db\",\"namespace\":\"default\",\"uid\":\"u\",\
                     \"resourceVersion\":\"1\"}},\"data\":{{\"password\":\"{}\"}}}}",
                    String::from_utf8(text).unwrap()
                );
                let stored = StoredSecret::parse(&SecretValue::from_bytes(body.into_bytes())).unwrap();
                written(&stored, Values::Masked(&Redactor::new(stored.data.values())))
            });
            proptest::prop_assert_eq!(&shown[0], &shown[1]);
        }
    }
}
