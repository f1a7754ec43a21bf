//! The second opinion: another reader, and the patch applied to data.

use std::borrow::Cow;

use serde::de::DeserializeSeed;
use serde_json::Value;

use crate::manifest::Operation;

use super::super::json_patch::{self, PatchError};
use super::super::{Format, Node};
use super::Refusal;
use super::libyaml::{self, Unread};
use super::same::Same;
use super::splice::written;

/// What a document has to mean once it is edited.
pub(super) struct Expected {
    value: Value,
    format: Format,
}

impl Expected {
    /// What it means before.
    pub(super) fn of(text: &str, format: Format) -> Result<Self, Refusal> {
        let value = value(text, format)?;
        Ok(Self { value, format })
    }

    /// The same, as its tree has it. Where the two readers disagree, the result
    /// is not found equal.
    pub(super) fn of_tree(root: &Node, format: Format) -> Result<Self, Refusal> {
        let value = json_patch::value(root)
            .ok_or_else(|| Refusal::Unreadable("values of it are sealed".to_owned()))?;
        Ok(Self { value, format })
    }

    /// Makes the change of the object at `prefix`, all of it or nothing.
    pub(super) fn apply(
        &mut self,
        text: &str,
        root: &Node,
        prefix: &str,
        operations: &[Operation],
    ) -> Result<(), Refusal> {
        let object = self
            .value
            .pointer_mut(prefix)
            .ok_or_else(|| Refusal::Missing(prefix.to_owned()))?;
        let operations = in_data(text, root, prefix, operations)?;
        json_patch::apply(object, &operations)?;
        Ok(())
    }

    /// Whether a text means that, as a reader sees it that is not the one of the
    /// trees: libyaml, or the one behind it for what it does not read.
    pub(super) fn is_meant_by(&self, text: &str, yaml: &mut libyaml::Reader) -> bool {
        let same = Same(&self.value);
        match self.format {
            Format::Yaml => match yaml.read(text) {
                Ok(data) => data.is(&self.value),
                Err(Unread) => serde_saphyr::with_deserializer_from_str_with_options(
                    text,
                    kubectls_options(),
                    |found| same.deserialize(found),
                )
                .is_ok(),
            },
            Format::Json => {
                let mut found = serde_json::Deserializer::from_str(text);
                same.deserialize(&mut found).is_ok() && found.end().is_ok()
            }
        }
    }
}

impl From<PatchError> for Refusal {
    fn from(error: PatchError) -> Self {
        match error {
            PatchError::Missing(pointer) => Self::Missing(pointer),
            PatchError::Differs(pointer) => Self::Differs(pointer),
            PatchError::TextOnly(pointer) => Self::Shape(pointer),
        }
    }
}

fn kubectls_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        legacy_octal_numbers: true,
    }
}

/// The document as data, read as kubectl reads it. The reader's own words may
/// quote the text, so they are dropped.
fn value(text: &str, format: Format) -> Result<Value, Refusal> {
    let read = match format {
        Format::Yaml => serde_saphyr::from_str_with_options(text, kubectls_options()).ok(),
        Format::Json => serde_json::from_str(text).ok(),
    };
    read.ok_or_else(|| Refusal::Unreadable("a second reader does not understand it".to_owned()))
}

/// The operations for data, which does not know quotes: what is put into them
/// becomes the text that the document has there, letter by letter.
fn in_data<'a>(
    text: &str,
    root: &Node,
    prefix: &str,
    operations: &'a [Operation],
) -> Result<Cow<'a, [Operation]>, Refusal> {
    if json_patch::is_standard(operations) {
        return Ok(Cow::Borrowed(operations));
    }
    let one = |operation: &Operation| {
        let Operation::Quote { pointer } = operation else {
            return Ok(operation.clone());
        };
        let written = root
            .lookup(&format!("{prefix}{pointer}"))
            .and_then(|node| written(text, node))
            .ok_or_else(|| Refusal::Missing(pointer.clone()))?;
        Ok(Operation::Replace {
            pointer: pointer.clone(),
            value: Value::from(written),
        })
    };
    operations.iter().map(one).collect()
}
