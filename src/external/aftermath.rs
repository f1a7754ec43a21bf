//! What became of a Secret that an ExternalSecret was to take over, once that is removed
//! again: with `Merge` the operator has written values, and nothing writes the old ones
//! back. Pure.

use std::collections::BTreeSet;

use crate::inventory::SecretFacts;
use crate::words::folded;

use super::adoption::all_keys;
use super::sync::{Change, change};

/// What a Secret is, compared with what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// It has the values and keys that it had.
    AsBefore,
    Gone,
    /// It was deleted and created again.
    Another,
    /// Keys came or went, or values were written since.
    Changed {
        keys: BTreeSet<String>,
        written: BTreeSet<String>,
    },
    /// The server does not tell which: why.
    NotKnown(String),
}

/// Compares a Secret with what it was. Who wrote a key last, and when, is what tells
/// whether it was written; where the server records neither, nothing is claimed.
pub fn aftermath(before: &SecretFacts, now: Option<&SecretFacts>) -> Aftermath {
    let Some(now) = now else {
        return Aftermath::Gone;
    };
    if now.uid != before.uid {
        return Aftermath::Another;
    }
    let (was, is) = match (all_keys(&before.keys), all_keys(&now.keys)) {
        (Ok(was), Ok(is)) => (was, is),
        (_, Err(why)) | (Err(why), _) => return Aftermath::NotKnown(why.to_owned()),
    };
    let has_content = before.content.is_some() && now.content.is_some();
    if now.resource_version == before.resource_version
        || has_content && change(Some(before), now) == Change::Same
    {
        return Aftermath::AsBefore;
    }
    let written = |facts: &SecretFacts, key: &str| {
        let time = facts.key_times.get(key).copied();
        time.zip(facts.key_writers.of(key).map(str::to_owned))
    };
    let keys: BTreeSet<String> = was.symmetric_difference(is).cloned().collect();
    let mut since = BTreeSet::new();
    for key in was.intersection(is) {
        match (written(before, key), written(now, key)) {
            (Some(before), Some(now)) if before == now => {}
            (_, Some(_)) => {
                since.insert(key.clone());
            }
            (_, None) => {
                return Aftermath::NotKnown(format!("the server does not tell who wrote {key}"));
            }
        }
    }
    match keys.is_empty() && since.is_empty() {
        true => Aftermath::AsBefore,
        false => Aftermath::Changed {
            keys,
            written: since,
        },
    }
}

impl Aftermath {
    /// As a fragment about the Secret of this name.
    pub fn words(&self, name: &str) -> String {
        let listed = |keys: &BTreeSet<String>| folded(keys.iter().map(String::as_str));
        match self {
            Self::AsBefore => format!("secret/{name} has its values and keys"),
            Self::Gone => format!("secret/{name} is gone"),
            Self::Another => format!("secret/{name} was deleted and created again"),
            Self::Changed { keys, written } => {
                let keys = (!keys.is_empty()).then(|| {
                    format!(
                        "the keys of secret/{name} are others than before: {}",
                        listed(keys)
                    )
                });
                let written = (!written.is_empty()).then(|| {
                    format!(
                        "values of secret/{name} were written since and may be those of the store: {}",
                        listed(written)
                    )
                });
                let both: Vec<_> = keys.into_iter().chain(written).collect();
                both.join("; ")
            }
            Self::NotKnown(why) => {
                format!("whether secret/{name} has its old values is not known: {why}")
            }
        }
    }

    /// Whether containers may have values that are not in the Secret any more.
    pub fn may_be_new(&self) -> bool {
        match self {
            Self::AsBefore | Self::Gone => false,
            Self::Another | Self::Changed { .. } | Self::NotKnown(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::external::sync::tests::secret;
    use crate::inventory::Keys;

    /// One with keys of these writers and times, in a revision.
    fn facts(revision: &str, keys: &[(&str, &str, &str)]) -> SecretFacts {
        let all = keys.iter().map(|(key, ..)| (*key).to_owned()).collect();
        let mut facts = secret(revision, Keys::Complete(all), None);
        for (key, writer, time) in keys {
            facts
                .key_times
                .insert((*key).to_owned(), time.parse().unwrap());
            facts.key_writers.add(key, writer);
        }
        facts
    }

    const THEN: &str = "2026-11-30T10:00:00Z";
    const LATER: &str = "2026-11-30T10:00:09Z";

    #[test]
    fn only_what_is_proven_is_as_before() {
        let before = facts("1", &[("a", "kubectl", THEN), ("b", "kubectl", THEN)]);
        let after = |now: &SecretFacts| aftermath(&before, Some(now));
        // A label was written.
        let marked = facts("2", &[("a", "kubectl", THEN), ("b", "kubectl", THEN)]);
        assert_eq!(after(&marked), Aftermath::AsBefore);
        for (writer, time) in [("externalsecrets", THEN), ("kubectl", LATER)] {
            let written = facts("2", &[("a", writer, time), ("b", "kubectl", THEN)]);
            let changed = Aftermath::Changed {
                keys: BTreeSet::new(),
                written: ["a".to_owned()].into(),
            };
            assert_eq!(after(&written), changed);
        }
        let more = facts("2", &[("a", "x", LATER), ("c", "kubectl", THEN)]);
        let changed = after(&more);
        assert!(changed.may_be_new());
        assert_eq!(
            changed,
            Aftermath::Changed {
                keys: ["b".to_owned(), "c".to_owned()].into(),
                written: ["a".to_owned()].into(),
            }
        );
        assert!(
            changed.words("db").contains("b, c;"),
            "{}",
            changed.words("db")
        );
        let mut nobody = facts("2", &[("a", "kubectl", THEN), ("b", "kubectl", THEN)]);
        nobody.key_times.clear();
        assert!(matches!(after(&nobody), Aftermath::NotKnown(_)));
        let mut other = marked;
        other.uid = "other".to_owned();
        assert_eq!(after(&other), Aftermath::Another);
        assert_eq!(aftermath(&before, None), Aftermath::Gone);
    }
}
