//! A Secret as the user asked for it, before anything is sent.

use std::collections::BTreeMap;

use super::source::Entry;
use super::{KeyName, SecretValue};

/// A Secret that does not exist yet, or the part of one that is to change.
pub struct SecretDraft {
    /// Name of the object, already checked.
    pub name: String,
    /// Type as given by the user; `None` leaves the choice to the server (`Opaque`).
    pub secret_type: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    /// Whether the Secret becomes immutable.
    pub mutability: Mutability,
    /// The keys, each once.
    pub entries: BTreeMap<KeyName, Entry>,
}

/// The `immutable` field of a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutability {
    /// The field is left out: the values can be changed later.
    Mutable,
    /// `immutable: true`: neither values nor this field can ever change again.
    Immutable,
}

impl SecretDraft {
    /// The values by key.
    pub fn values(&self) -> impl Iterator<Item = (&KeyName, &SecretValue)> {
        self.entries.iter().map(|(key, entry)| (key, &entry.value))
    }
}
