//! The way back: what takes a migration back is kept on the workload itself,
//! in the same patch as the change, so that nothing can be half done and
//! anybody who may change the workload can undo it.
//!
//! It holds references, paths, modes and images, and no value.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::finding::Operation;
use crate::manifest::json_patch::{self, PatchError};
use crate::workload::Object;

use super::readers::Reader;

/// The annotation.
pub const ANNOTATION: &str = "secretsafe.dev/migration";
const POINTER: &str = "/metadata/annotations/secretsafe.dev~1migration";
const API_VERSION: &str = "secretsafe.dev/v1";

/// The steps that can be taken back, the last one first to go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    steps: Vec<Vec<Operation>>,
    guarded: bool,
    readers: Vec<Reader>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    api_version: String,
    undo: Vec<Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    guarded: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    readers: Vec<Reader>,
}

/// The annotation is there and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("annotation {ANNOTATION} is not one of this program's")]
pub struct JournalError;

impl Journal {
    /// Reads the journal of a workload; an empty one where there is none.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn of(object: &Object) -> Result<Self, JournalError> {
        let Some(text) = object.metadata.annotations.get(ANNOTATION) else {
            return Ok(Self::default());
        };
        let written: Written = serde_json::from_str(text).map_err(|_| JournalError)?;
        if written.api_version != API_VERSION {
            return Err(JournalError);
        }
        let steps = written
            .undo
            .iter()
            .map(json_patch::from_json)
            .collect::<Option<_>>()
            .ok_or(JournalError)?;
        Ok(Self {
            steps,
            guarded: written.guarded,
            readers: written.readers,
        })
    }

    /// Whether there is nothing to take back.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The operations that take the last step back, and this journal without it.
    pub fn last(mut self) -> Option<(Vec<Operation>, Self)> {
        let step = self.steps.pop()?;
        Some((step, self))
    }

    /// Whether `minReadySeconds` is ours and still to be lifted.
    pub fn is_guarded(&self) -> bool {
        self.guarded
    }

    /// The journal of a workload whose `minReadySeconds` is ours, or is not
    /// any more.
    #[must_use]
    pub fn guarded(mut self, guarded: bool) -> Self {
        self.guarded = guarded;
        self
    }

    /// The containers that were seen to be able to read their files.
    pub fn readers(&self) -> &[Reader] {
        &self.readers
    }

    /// The journal with more of them.
    #[must_use]
    pub fn with_readers(mut self, readers: impl IntoIterator<Item = Reader>) -> Self {
        for reader in readers {
            if !self.readers.contains(&reader) {
                self.readers.push(reader);
            }
        }
        self
    }

    /// The journal with one more step.
    #[must_use]
    pub fn with(mut self, undo: Vec<Operation>) -> Self {
        self.steps.push(undo);
        self
    }

    /// The operations that write it to an object.
    pub fn write(&self, object: &Object) -> Vec<Operation> {
        let there = object.metadata.annotations.contains_key(ANNOTATION);
        if self.is_empty() {
            return if there {
                vec![Operation::Remove {
                    pointer: POINTER.to_owned(),
                }]
            } else {
                Vec::new()
            };
        }
        let written = Written {
            api_version: API_VERSION.to_owned(),
            undo: self
                .steps
                .iter()
                .map(|step| json_patch::to_json(step))
                .collect(),
            guarded: self.guarded,
            readers: self.readers.clone(),
        };
        let text = json!(written).to_string();
        let annotations = object.root.at(&["metadata", "annotations"]);
        vec![if annotations.is_some_and(|map| map.is_mapping()) {
            Operation::Add {
                pointer: POINTER.to_owned(),
                value: json!(text),
            }
        } else {
            Operation::Add {
                pointer: "/metadata/annotations".to_owned(),
                value: json!({ANNOTATION: text}),
            }
        }]
    }
}

/// What takes `operations` back on an object. Whatever is taken away again is
/// tested first: what somebody else has changed meanwhile stays.
///
/// # Errors
/// When the operations do not fit the object.
pub fn inverse(object: &Object, operations: &[Operation]) -> Result<Vec<Operation>, PatchError> {
    let mut document = specification(object)?;
    let back = json_patch::apply(&mut document, operations)?;
    let mut guarded = Vec::new();
    for operation in back {
        if let Operation::Remove { pointer } | Operation::Replace { pointer, .. } = &operation {
            let found = document
                .pointer(pointer)
                .ok_or_else(|| PatchError::Missing(pointer.clone()))?;
            guarded.push(Operation::Test {
                pointer: pointer.clone(),
                value: found.clone(),
            });
        }
        json_patch::apply(&mut document, std::slice::from_ref(&operation))?;
        guarded.push(operation);
    }
    Ok(guarded)
}

/// The object's `spec` as data: operations of a migration touch nothing else,
/// and metadata may hold what must not be copied.
///
/// # Errors
/// When there is none.
pub fn specification(object: &Object) -> Result<Value, PatchError> {
    let spec = object
        .root
        .get("spec")
        .and_then(json_patch::value)
        .ok_or_else(|| PatchError::Missing("/spec".to_owned()))?;
    Ok(json!({"spec": spec}))
}
