//! The plan of `create`: snapshot and wish in, one value out.

use std::fmt;

use crate::secret::draft::{Mutability, SecretDraft};
use crate::secret::stored::StoredSecret;
use crate::secret::{KeyName, SecretValue, wire};

use crate::ownership::{self, Owner};

/// What the user wants when the name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Do not touch an existing Secret.
    Create,
    /// Set the given keys and keep all others (`--update`).
    Update,
    /// Make the keys exactly the given ones (`--replace`).
    Replace,
}

/// What happens to one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The key is new.
    Added,
    /// The key gets another value.
    Changed,
    /// The key already has this value.
    Unchanged,
    /// The key was not given and stays as it is.
    Kept,
    /// The key goes away.
    Removed,
}

/// What is about to happen to a Secret: key names only, no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The change as a whole.
    pub action: Action,
    /// What happens to each key, by name.
    pub keys: Vec<(KeyName, Change)>,
}

/// The change as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    /// New and changed keys in an existing Secret, others kept.
    Update,
    /// The keys of an existing Secret become exactly the given ones.
    Replace,
    /// The stored Secret already is what was asked for.
    Nothing,
}

/// Why nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The name is taken; this is what `--replace` and `--update` would do.
    Exists {
        /// What `--update` would do to each key.
        keys: Vec<(KeyName, Change)>,
    },
    /// Something else writes this Secret and would revert the change.
    Owned(Owner),
    /// The type of an existing Secret cannot change.
    TypeDiffers {
        stored: String,
        /// The type asked for.
        wanted: String,
    },
    /// The stored Secret is immutable.
    Immutable,
}

impl Plan {
    /// Decides what to do with `draft`, given what is stored under its name.
    ///
    /// # Errors
    /// [`Refusal`] when the wish does not allow it, or the server or the
    /// owner of the stored Secret would not let it stand.
    pub fn new(
        draft: &SecretDraft,
        stored: Option<&StoredSecret>,
        wish: Wish,
    ) -> Result<Self, Refusal> {
        let Some(stored) = stored else {
            return Ok(Self {
                action: Action::Create,
                keys: keys_after(draft, None, wish),
            });
        };
        if wish == Wish::Create {
            return Err(Refusal::Exists {
                keys: keys_after(draft, Some(stored), Wish::Update),
            });
        }
        if let Some(owner) = ownership::find(stored) {
            return Err(Refusal::Owned(owner));
        }
        if let Some(wanted) = &draft.secret_type
            && *wanted != stored.secret_type
        {
            return Err(Refusal::TypeDiffers {
                stored: stored.secret_type.clone(),
                wanted: wanted.clone(),
            });
        }
        let keys = keys_after(draft, Some(stored), wish);
        let values_stay = keys
            .iter()
            .all(|(_, change)| matches!(change, Change::Unchanged | Change::Kept));
        if stored.immutable && !values_stay {
            return Err(Refusal::Immutable);
        }
        let action = if values_stay && metadata_stays(draft, stored) {
            Action::Nothing
        } else if wish == Wish::Update {
            Action::Update
        } else {
            Action::Replace
        };
        Ok(Self { action, keys })
    }

    /// The request that carries the plan out, guarded so that it fails when
    /// `stored` is no longer what the cluster holds. `None` when there is
    /// nothing to do.
    pub fn request(
        &self,
        draft: &SecretDraft,
        stored: Option<&StoredSecret>,
        manager: &str,
    ) -> Option<Request> {
        match (self.action, stored) {
            (Action::Nothing, _) => None,
            (Action::Create, _) | (_, None) => Some(Request::Apply(wire::body_to_create(draft))),
            (Action::Update, Some(stored)) => {
                let own = stored.applied_by(manager);
                Some(Request::Apply(wire::body_to_merge(draft, stored, own)))
            }
            (Action::Replace, Some(stored)) => {
                Some(Request::Patch(wire::patch_to_replace(draft, stored)))
            }
        }
    }
}

/// A write, ready to be sent.
pub enum Request {
    /// Server-side apply of this body.
    Apply(SecretValue),
    Patch(SecretValue),
}

fn keys_after(
    draft: &SecretDraft,
    stored: Option<&StoredSecret>,
    wish: Wish,
) -> Vec<(KeyName, Change)> {
    let given = draft.values().map(|(key, value)| {
        let change = match stored.and_then(|stored| stored.data.get(key)) {
            None => Change::Added,
            Some(old) if old.same_as(value) => Change::Unchanged,
            Some(_) => Change::Changed,
        };
        (key.clone(), change)
    });
    let others = stored
        .into_iter()
        .flat_map(|stored| stored.data.keys())
        .filter(|key| !draft.entries.contains_key(*key))
        .map(|key| {
            let change = if wish == Wish::Replace {
                Change::Removed
            } else {
                Change::Kept
            };
            (key.clone(), change)
        });
    let mut keys: Vec<_> = given.chain(others).collect();
    keys.sort_by(|(left, _), (right, _)| left.cmp(right));
    keys
}

fn metadata_stays(draft: &SecretDraft, stored: &StoredSecret) -> bool {
    let contained = |given: &std::collections::BTreeMap<String, String>,
                     stored: &std::collections::BTreeMap<String, String>| {
        given
            .iter()
            .all(|(name, value)| stored.get(name) == Some(value))
    };
    contained(&draft.labels, &stored.labels)
        && contained(&draft.annotations, &stored.annotations)
        && (draft.mutability == Mutability::Mutable || stored.immutable)
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Removed => "removed",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::secret::source::{Entry, Origin};

    fn draft(values: &[(&str, &str)]) -> SecretDraft {
        SecretDraft {
            name: "n".to_owned(),
            secret_type: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            mutability: Mutability::Mutable,
            entries: values
                .iter()
                .map(|(key, value)| {
                    let key = KeyName::new(key).expect("legal");
                    let entry = Entry {
                        key: key.clone(),
                        value: SecretValue::from_bytes(value.as_bytes().to_vec()),
                        origin: Origin::Stdin,
                    };
                    (key, entry)
                })
                .collect(),
        }
    }

    fn stored(extra: &str) -> StoredSecret {
        // a=1, b=2
        let text = format!(
            r#"{{"kind":"Secret","metadata":{{"name":"n","namespace":"s","uid":"u","resourceVersion":"9"}},"data":{{"a":"MQ==","b":"Mg=="}}{extra}}}"#
        );
        StoredSecret::parse(&SecretValue::from_bytes(text.into_bytes())).expect("readable")
    }

    fn shown(keys: &[(KeyName, Change)]) -> Vec<String> {
        keys.iter()
            .map(|(key, change)| format!("{key} {change}"))
            .collect()
    }

    #[test]
    fn says_what_happens_to_each_key() {
        let draft = draft(&[("a", "1"), ("b", "new"), ("c", "3")]);
        let stored = stored("");
        let plan = Plan::new(&draft, None, Wish::Create).expect("free name");
        assert_eq!(plan.action, Action::Create);
        assert_eq!(shown(&plan.keys), ["a added", "b added", "c added"]);
        let plan = Plan::new(&draft, Some(&stored), Wish::Update).expect("allowed");
        assert_eq!(plan.action, Action::Update);
        assert_eq!(shown(&plan.keys), ["a unchanged", "b changed", "c added"]);
        let Err(Refusal::Exists { keys }) = Plan::new(&draft, Some(&stored), Wish::Create) else {
            panic!("a taken name is refused");
        };
        assert_eq!(keys, plan.keys);
    }

    #[test]
    fn update_keeps_and_replace_removes_the_other_keys() {
        let draft = draft(&[("a", "1")]);
        let stored = stored("");
        let update = Plan::new(&draft, Some(&stored), Wish::Update).expect("allowed");
        assert_eq!(update.action, Action::Nothing);
        assert_eq!(shown(&update.keys), ["a unchanged", "b kept"]);
        let replace = Plan::new(&draft, Some(&stored), Wish::Replace).expect("allowed");
        assert_eq!(replace.action, Action::Replace);
        assert_eq!(shown(&replace.keys), ["a unchanged", "b removed"]);
    }

    #[test]
    fn refuses_what_the_server_would_refuse() {
        let mut typed = draft(&[("a", "1")]);
        typed.secret_type = Some("kubernetes.io/tls".to_owned());
        assert!(matches!(
            Plan::new(&typed, Some(&stored("")), Wish::Update),
            Err(Refusal::TypeDiffers { .. })
        ));
        let immutable = stored(r#","immutable":true"#);
        let changed = draft(&[("a", "2")]);
        assert_eq!(
            Plan::new(&changed, Some(&immutable), Wish::Update),
            Err(Refusal::Immutable)
        );
        let same = draft(&[("a", "1")]);
        assert!(Plan::new(&same, Some(&immutable), Wish::Update).is_ok());
    }
}
