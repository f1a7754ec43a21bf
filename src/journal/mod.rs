//! The way back: what takes a change back is kept on the workload itself, in the
//! same patch as the change, so that nothing can be half done and anybody who may
//! change the workload can undo it. Each command has an annotation of its own.
//!
//! It holds references, paths, modes and images, and no value.

pub mod reader;
pub mod restoration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::inventory::Inventory;
use crate::manifest::Operation;
use crate::manifest::json_patch::{self, PatchError};
use crate::watch::step::rollout_of;
use crate::workload::access::DEFAULT_MODE;
use crate::workload::rollout::Progress;
use crate::workload::{Object, ObjectId};

use crate::watch::guard::Guard;
use reader::Reader;

/// The annotation of a command: each keeps what takes its own changes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotation(&'static str);

impl Annotation {
    /// Of `migrate`.
    pub const MIGRATION: Self = Self("secretsafe.dev/migration");

    /// Its name on an object.
    pub fn name(self) -> &'static str {
        self.0
    }

    fn pointer(self) -> String {
        format!("/metadata/annotations/{}", self.0.replace('/', "~1"))
    }
}

const API_VERSION: &str = "secretsafe.dev/v1";

/// The steps that can be taken back, the last one first to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    annotation: Annotation,
    steps: Vec<Vec<Operation>>,
    guard: Option<Guard>,
    readers: Vec<Reader>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    api_version: String,
    undo: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guard: Option<Guard>,
    /// What earlier versions wrote in place of it.
    #[serde(default, skip_serializing)]
    guarded: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    readers: Vec<Reader>,
}

/// The annotation is there and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("annotation {} is not one of this program's", .0.0)]
pub struct JournalError(Annotation);

impl Journal {
    /// Reads the journal of a workload; an empty one where there is none.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn read(object: &Object, annotation: Annotation) -> Result<Self, JournalError> {
        let unreadable = JournalError(annotation);
        let Some(text) = object.metadata.annotations.get(annotation.0) else {
            return Ok(Self::empty(annotation));
        };
        let written: Written = serde_json::from_str(text).map_err(|_| unreadable)?;
        if written.api_version != API_VERSION {
            return Err(unreadable);
        }
        let steps = written
            .undo
            .iter()
            .map(json_patch::from_json)
            .collect::<Option<_>>()
            .ok_or(unreadable)?;
        let guard = written
            .guard
            .or_else(|| written.guarded.then(Guard::of_earlier_version));
        if guard.is_some_and(|guard| !guard.is_sane()) {
            return Err(unreadable);
        }
        Ok(Self {
            annotation,
            steps,
            guard,
            readers: written.readers,
        })
    }

    /// One without a step.
    pub fn empty(annotation: Annotation) -> Self {
        Self {
            annotation,
            steps: Vec::new(),
            guard: None,
            readers: Vec::new(),
        }
    }

    /// Whether an object has this very journal. One without a step is not
    /// written.
    pub fn is_of(&self, object: &Object) -> bool {
        Self::read(object, self.annotation)
            .is_ok_and(|journal| journal == *self || journal.is_empty() && self.is_empty())
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

    /// What `minReadySeconds` were raised to and is still to be lifted.
    pub fn guard(&self) -> Option<Guard> {
        self.guard
    }

    /// The journal of a workload whose `minReadySeconds` are ours, or are not
    /// any more.
    #[must_use]
    pub fn guarded(mut self, guard: Option<Guard>) -> Self {
        self.guard = guard;
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
        let there = object.metadata.annotations.contains_key(self.annotation.0);
        if self.is_empty() {
            return if there {
                vec![Operation::Remove {
                    pointer: self.annotation.pointer(),
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
            guard: self.guard,
            guarded: false,
            readers: self.readers.clone(),
        };
        let text = json!(written).to_string();
        let annotations = object.root.at(&["metadata", "annotations"]);
        vec![if annotations.is_some_and(|map| map.is_mapping()) {
            Operation::Add {
                pointer: self.annotation.pointer(),
                value: json!(text),
            }
        } else {
            Operation::Add {
                pointer: "/metadata/annotations".to_owned(),
                value: json!({self.annotation.0: text}),
            }
        }]
    }
}

/// Whether an earlier run of a command has changed a workload, and its pods are
/// not what they are to be yet.
pub fn is_unfinished(inventory: &Inventory, id: &ObjectId, annotation: Annotation) -> bool {
    let Some((workload, rollout)) = rollout_of(inventory, id) else {
        return false;
    };
    let journal = inventory
        .object_of(workload)
        .and_then(|object| Journal::read(object, annotation).ok());
    journal.is_some_and(|journal| {
        let goes_on = || {
            matches!(
                inventory.progress(&rollout, workload),
                Progress::Waiting(_) | Progress::Failed(_)
            )
        };
        journal.guard().is_some() || !journal.is_empty() && goes_on()
    })
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

/// Operations of a journal, with the values that they test for as the server keeps
/// them.
pub fn known_again(object: &Object, mut operations: Vec<Operation>) -> Vec<Operation> {
    let Ok(mut document) = specification(object) else {
        return operations;
    };
    for operation in &mut operations {
        if let Operation::Test { pointer, value } = operation
            && let Some(now) = document.pointer(pointer)
            && *now == as_stored(value.clone())
        {
            *value = now.clone();
        }
        if json_patch::apply(&mut document, std::slice::from_ref(operation)).is_err() {
            break;
        }
    }
    operations
}

/// A value as a server keeps it: it writes a mode into volumes that say none, as
/// those of Windows pods do (kubernetes/kubernetes `pkg/apis/core/v1/defaults.go`,
/// `SetDefaults_SecretVolumeSource`).
fn as_stored(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = as_stored(item.take())),
        Value::Object(volume) => {
            for source in ["secret", "projected"] {
                if let Some(Value::Object(source)) = volume.get_mut(source) {
                    let mode = || Value::from(DEFAULT_MODE);
                    source.entry("defaultMode").or_insert_with(mode);
                }
            }
        }
        _ => {}
    }
    value
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

#[cfg(test)]
mod tests;
