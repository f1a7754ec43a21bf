//! The proof that the cluster holds what was sent.

use std::collections::BTreeSet;

use crate::secret::KeyName;
use crate::secret::draft::SecretDraft;
use crate::secret::stored::StoredSecret;

use super::plan::Wish;

/// The whole Secret was read back and is equal, byte for byte. There is no
/// other way to get one than [`Proof::compare`].
pub struct Proof(());

/// How the stored Secret differs from what was sent: names only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Another object answers: its name or namespace is not the one asked for.
    OtherObject,
    /// The object was replaced between write and read-back.
    Recreated,
    /// A key is missing.
    Missing(KeyName),
    /// The value of a key is not what was sent.
    OtherValue(KeyName),
    /// A key is there that should not be.
    Unexpected(KeyName),
    /// A key that was to be kept is gone or has another value.
    NotKept(KeyName),
}

/// What the stored Secret must be.
pub struct Expectation<'a> {
    /// The Secret that was sent.
    pub draft: &'a SecretDraft,
    /// The namespace it was sent to.
    pub namespace: &'a str,
    /// What was stored before.
    pub before: Option<&'a StoredSecret>,
    /// Whether other keys were to be kept.
    pub wish: Wish,
    /// The identity of the object the write was answered with, where an
    /// answer arrived.
    pub uid: Option<&'a str>,
}

impl Proof {
    /// Compares `after`, a fresh read, with what it must be.
    ///
    /// # Errors
    /// Every [`Difference`], in the order of the keys.
    pub fn compare(
        expected: &Expectation<'_>,
        after: &StoredSecret,
    ) -> Result<Self, Vec<Difference>> {
        let mut differences = Vec::new();
        if after.name != expected.draft.name || after.namespace != expected.namespace {
            differences.push(Difference::OtherObject);
        }
        let uid = expected
            .uid
            .or_else(|| expected.before.map(|before| before.uid.as_str()));
        if uid.is_some_and(|uid| uid != after.uid) {
            differences.push(Difference::Recreated);
        }
        for (key, value) in expected.draft.values() {
            match after.data.get(key) {
                None => differences.push(Difference::Missing(key.clone())),
                Some(stored) if !stored.same_as(value) => {
                    differences.push(Difference::OtherValue(key.clone()));
                }
                Some(_) => {}
            }
        }
        let mut kept = BTreeSet::new();
        if let (Wish::Update, Some(before)) = (expected.wish, expected.before) {
            for (key, value) in &before.data {
                if expected.draft.entries.contains_key(key) {
                    continue;
                }
                kept.insert(key);
                if !after.data.get(key).is_some_and(|now| now.same_as(value)) {
                    differences.push(Difference::NotKept(key.clone()));
                }
            }
        }
        for key in after.data.keys() {
            if !expected.draft.entries.contains_key(key) && !kept.contains(key) {
                differences.push(Difference::Unexpected(key.clone()));
            }
        }
        if differences.is_empty() {
            Ok(Self(()))
        } else {
            Err(differences)
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OtherObject => formatter.write_str("another object answered"),
            Self::Recreated => formatter.write_str("the object was deleted and created again"),
            Self::Missing(key) => write!(formatter, "key {key} is missing"),
            Self::OtherValue(key) => write!(formatter, "key {key} has another value"),
            Self::Unexpected(key) => write!(formatter, "key {key} is there and should not be"),
            Self::NotKept(key) => write!(formatter, "key {key} did not stay as it was"),
        }
    }
}
