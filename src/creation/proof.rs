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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::secret::SecretValue;
    use crate::secret::draft::Mutability;
    use crate::secret::source::{Entry, Origin};

    fn key(name: &str) -> KeyName {
        KeyName::new(name).expect("legal")
    }

    fn draft(values: &[(&str, &str)]) -> SecretDraft {
        let entry = |(name, value): &(&str, &str)| {
            let entry = Entry {
                key: key(name),
                value: SecretValue::from_bytes(value.as_bytes().to_vec()),
                origin: Origin::Stdin,
            };
            (key(name), entry)
        };
        SecretDraft {
            name: "n".to_owned(),
            secret_type: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            mutability: Mutability::Mutable,
            entries: values.iter().map(entry).collect(),
        }
    }

    /// A Secret whose data are base64.
    fn stored(name: &str, namespace: &str, uid: &str, data: &str) -> StoredSecret {
        let text = format!(
            r#"{{"kind":"Secret","metadata":{{"name":"{name}","namespace":"{namespace}","uid":"{uid}","resourceVersion":"9"}},"data":{{{data}}}}}"#
        );
        StoredSecret::parse(&SecretValue::from_bytes(text.into_bytes())).expect("readable")
    }

    fn compared(
        wish: Wish,
        before: Option<&StoredSecret>,
        uid: Option<&str>,
        after: &StoredSecret,
    ) -> Vec<Difference> {
        let draft = draft(&[("a", "1"), ("b", "2")]);
        let expected = Expectation {
            draft: &draft,
            namespace: "s",
            before,
            wish,
            uid,
        };
        Proof::compare(&expected, after).err().unwrap_or_default()
    }

    const SAME: &str = r#""a":"MQ==","b":"Mg==""#;

    #[test]
    fn every_key_is_there_and_has_the_value_that_was_sent() {
        let after =
            |data: &str| compared(Wish::Create, None, Some("u"), &stored("n", "s", "u", data));
        assert_eq!(after(SAME), []);
        assert_eq!(after(r#""a":"MQ==""#), [Difference::Missing(key("b"))]);
        assert_eq!(
            after(r#""a":"Mg==","b":"Mg==","c":"Mw==""#),
            [
                Difference::OtherValue(key("a")),
                Difference::Unexpected(key("c"))
            ]
        );
    }

    #[test]
    fn another_object_proves_nothing() {
        let after = |name, namespace, uid| {
            compared(
                Wish::Create,
                None,
                Some("u"),
                &stored(name, namespace, uid, SAME),
            )
        };
        assert_eq!(after("m", "s", "u"), [Difference::OtherObject]);
        assert_eq!(after("n", "t", "u"), [Difference::OtherObject]);
        assert_eq!(after("n", "s", "v"), [Difference::Recreated]);
        let before = stored("n", "s", "u", SAME);
        let [same, other] = ["u", "v"].map(|uid| stored("n", "s", uid, SAME));
        // Where the answer was lost, the object is the one from before.
        assert_eq!(compared(Wish::Update, Some(&before), None, &same), []);
        assert_eq!(
            compared(Wish::Update, Some(&before), None, &other),
            [Difference::Recreated]
        );
        assert_eq!(compared(Wish::Create, None, None, &other), []);
    }

    #[test]
    fn other_keys_stay_where_they_are_to_be_kept() {
        let before = stored("n", "s", "u", r#""a":"OQ==","c":"Mw==","d":"NA==""#);
        let after = |wish, more: &str| {
            let after = stored("n", "s", "u", &format!("{SAME}{more}"));
            compared(wish, Some(&before), None, &after)
        };
        let kept = r#","c":"Mw==","d":"NA==""#;
        assert_eq!(after(Wish::Update, kept), []);
        assert_eq!(
            after(Wish::Update, r#","c":"OQ==","e":"NQ==""#),
            [
                Difference::NotKept(key("c")),
                Difference::NotKept(key("d")),
                Difference::Unexpected(key("e")),
            ]
        );
        assert_eq!(
            after(Wish::Replace, kept),
            [
                Difference::Unexpected(key("c")),
                Difference::Unexpected(key("d"))
            ]
        );
        assert_eq!(after(Wish::Replace, ""), []);
    }

    #[test]
    fn differences_are_told_by_name() {
        for (difference, expected) in [
            (Difference::OtherObject, "another object answered"),
            (
                Difference::Recreated,
                "the object was deleted and created again",
            ),
            (Difference::Missing(key("a")), "key a is missing"),
            (Difference::OtherValue(key("a")), "key a has another value"),
            (
                Difference::Unexpected(key("a")),
                "key a is there and should not be",
            ),
            (
                Difference::NotKept(key("a")),
                "key a did not stay as it was",
            ),
        ] {
            assert_eq!(difference.to_string(), expected);
        }
    }
}
