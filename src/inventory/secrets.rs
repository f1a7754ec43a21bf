//! What is known of Secrets without their values.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::finding::Reason;
use crate::manifest::Node;
use crate::secret::verdict::ValueFacts;
use crate::workload::{Object, Origin, Owner, read};

use super::{FileSet, Inventory, Producer, Scope};

/// What is known of a Secret.
#[derive(Clone)]
pub struct SecretFacts {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Where from.
    pub origin: Origin,
    /// `type`; the API's default is `Opaque`.
    pub type_: String,
    /// Its keys.
    pub keys: Keys,
    /// When each key's manager last wrote (an upper bound of its last change).
    pub key_times: BTreeMap<String, Timestamp>,
    /// `creationTimestamp`.
    pub created: Option<Timestamp>,
    /// Upper bound of the last change of its data; `None` if not recorded.
    pub changed: Option<Timestamp>,
    /// `immutable`.
    pub immutable: Immutability,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Names of its annotations.
    pub annotations: BTreeSet<String>,
    /// Its controller.
    pub owner: Option<Owner>,
    /// Field managers.
    pub managers: BTreeSet<String>,
    /// Managers that own `stringData` by server-side apply.
    pub string_data_appliers: BTreeSet<String>,
    /// `uid`; empty in files.
    pub uid: String,
    /// `resourceVersion`; empty in files.
    pub resource_version: String,
    /// Verdicts about its values, where they were asked for.
    pub values: Option<ValueFacts>,
}

/// `immutable`, which metadata does not fully tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Immutability {
    /// It is.
    Yes,
    /// Somebody set the field; to what is not visible without reading values.
    Probably,
    /// It is not.
    No,
}

/// The keys of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// These and no others.
    Complete(BTreeSet<String>),
    /// These, and perhaps others (or not quite these): why.
    Partial {
        /// Those that are known.
        known: BTreeSet<String>,
        /// Why it is not all.
        reason: String,
    },
}

/// A three-valued answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Not known: why.
    Unknown(Reason),
}

impl Keys {
    /// Whether a key is among them.
    pub fn has(&self, key: &str) -> Answer {
        match self {
            Keys::Complete(keys) if keys.contains(key) => Answer::Yes,
            Keys::Complete(_) => Answer::No,
            Keys::Partial { known, .. } if known.contains(key) => Answer::Yes,
            Keys::Partial { reason, .. } => Answer::Unknown(Reason::Incomplete(reason.clone())),
        }
    }

    /// Those that are known.
    pub fn known(&self) -> &BTreeSet<String> {
        match self {
            Keys::Complete(keys) => keys,
            Keys::Partial { known, .. } => known,
        }
    }

    /// Whether they are all known.
    pub fn is_complete(&self) -> bool {
        matches!(self, Keys::Complete(_))
    }
}

/// What a name leads to.
pub enum Lookup<'a> {
    /// The Secret.
    Present(&'a SecretFacts),
    /// No Secret yet, but something that makes it.
    Expected(&'a Producer),
    /// Nothing.
    Missing,
    /// Not known: why.
    Unknown(Reason),
}

impl Inventory {
    /// Looks up a Secret by the rules of the reference resolver.
    pub fn lookup(&self, namespace: &str, name: &str) -> Lookup<'_> {
        if let Some(facts) = self.secret(namespace, name) {
            return Lookup::Present(facts);
        }
        let produced = self
            .producers
            .iter()
            .find(|producer| producer.namespace == namespace && producer.makes(name));
        if let Some(producer) = produced {
            return Lookup::Expected(producer);
        }
        let outside = self.outside.get(namespace);
        if let Some(facts) = outside.and_then(|secrets| secrets.get(name)) {
            return Lookup::Present(facts);
        }
        let asked = (namespace.to_owned(), name.to_owned());
        match &self.scope {
            _ if self.missing.contains(&asked) => Lookup::Missing,
            Scope::Files(FileSet::Open) => Lookup::Unknown(Reason::NotInFiles),
            Scope::Files(FileSet::Complete) => Lookup::Missing,
            Scope::Cluster { .. } => {
                if let Some(grant) = self.denied("", "secrets", namespace) {
                    return Lookup::Unknown(Reason::Forbidden(grant.clone()));
                }
                match &self.secrets_of {
                    Some(only) if only != namespace => Lookup::Unknown(Reason::NotAsked("-A")),
                    _ => Lookup::Missing,
                }
            }
        }
    }

    /// A Secret that was seen.
    pub fn secret(&self, namespace: &str, name: &str) -> Option<&SecretFacts> {
        self.secrets.get(namespace)?.get(name)
    }

    /// Whether a Secret has a key: the Secret itself, or what will make it.
    pub fn has_key(&self, namespace: &str, name: &str, key: &str) -> Answer {
        match self.lookup(namespace, name) {
            Lookup::Present(facts) => facts.keys.has(key),
            Lookup::Expected(producer) => producer.keys.has(key),
            Lookup::Missing => Answer::No,
            Lookup::Unknown(reason) => Answer::Unknown(reason),
        }
    }

    /// Other namespaces that have a Secret of this name.
    pub fn elsewhere(&self, namespace: &str, name: &str) -> Vec<&SecretFacts> {
        self.secrets
            .iter()
            .chain(&self.outside)
            .filter(|(other, _)| *other != namespace)
            .filter_map(|(_, secrets)| secrets.get(name))
            .collect()
    }
}

/// What a whole Secret object tells: one of a file, or of a test's snapshot.
/// Its keys are complete; its values are not looked at.
pub(super) fn of_object(object: &Object) -> SecretFacts {
    let keys = ["data", "stringData"]
        .into_iter()
        .filter_map(|field| object.root.get(field))
        .flat_map(|map| map.entries())
        .filter_map(|entry| entry.key.scalar_text())
        .map(str::to_owned)
        .collect();
    let immutable = match object.root.get("immutable").and_then(|node| node.as_bool()) {
        Some(true) => Immutability::Yes,
        _ => Immutability::No,
    };
    let fields = ManagedFields::of(object.root.at(&["metadata", "managedFields"]));
    SecretFacts {
        namespace: object.id.namespace.clone(),
        name: object.id.name.clone(),
        origin: object.origin,
        type_: object.root.text_of("type").unwrap_or("Opaque").to_owned(),
        keys: Keys::Complete(keys),
        key_times: fields.key_times,
        created: object.metadata.created,
        changed: fields.changed,
        immutable,
        labels: object.metadata.labels.clone(),
        annotations: object.metadata.annotations.keys().cloned().collect(),
        owner: object.metadata.owner.clone(),
        managers: fields.managers,
        string_data_appliers: fields.string_data_appliers,
        uid: object.metadata.uid.clone(),
        resource_version: object
            .root
            .at(&["metadata", "resourceVersion"])
            .and_then(|node| node.scalar_text())
            .unwrap_or_default()
            .to_owned(),
        values: None,
    }
}

/// What `managedFields` tells of a Secret (kubernetes/website, server-side apply).
#[derive(Default)]
pub struct ManagedFields {
    /// Keys named below `f:data` and `f:stringData`.
    pub keys: BTreeSet<String>,
    /// When the manager of each key last wrote.
    pub key_times: BTreeMap<String, Timestamp>,
    /// Latest time of a manager of any key.
    pub changed: Option<Timestamp>,
    /// All managers.
    pub managers: BTreeSet<String>,
    /// Managers that applied `stringData`.
    pub string_data_appliers: BTreeSet<String>,
    /// Whether somebody set `immutable`.
    pub sets_immutable: bool,
}

/// One entry of `managedFields`, as far as it matters.
pub struct ManagedEntry {
    /// Who.
    pub manager: String,
    /// Whether by server-side apply.
    pub applies: bool,
    /// When last.
    pub time: Option<Timestamp>,
    /// Keys below `f:data`, if it is there.
    pub data: Option<BTreeSet<String>>,
    /// Keys below `f:stringData`, if it is there.
    pub string_data: Option<BTreeSet<String>>,
    /// Whether it has `f:immutable`.
    pub immutable: bool,
}

impl ManagedFields {
    /// Reads the list `metadata.managedFields`.
    pub fn of(list: Option<&Node>) -> Self {
        let mut found = Self::default();
        for entry in list.map_or(&[][..], Node::items) {
            let Some(fields) = entry.get("fieldsV1") else {
                continue;
            };
            if entry.get("subresource").is_some_and(|node| !node.is_null()) {
                continue;
            }
            let keys = |field: &str| {
                fields.get(field).map(|keys| {
                    keys.entries()
                        .iter()
                        .filter_map(|key| key.key.scalar_text()?.strip_prefix("f:"))
                        .map(str::to_owned)
                        .collect()
                })
            };
            found.add(ManagedEntry {
                manager: entry.text_of("manager").unwrap_or_default().to_owned(),
                applies: entry.text_of("operation") == Some("Apply"),
                time: read::time(entry.get("time")),
                data: keys("f:data"),
                string_data: keys("f:stringData"),
                immutable: fields.get("f:immutable").is_some(),
            });
        }
        found
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: ManagedEntry) {
        self.sets_immutable |= entry.immutable;
        if entry.data.is_some() || entry.string_data.is_some() {
            self.changed = self.changed.max(entry.time);
        }
        if entry.applies && entry.string_data.is_some() {
            self.string_data_appliers.insert(entry.manager.clone());
        }
        for key in [entry.data, entry.string_data]
            .into_iter()
            .flatten()
            .flatten()
        {
            if let Some(time) = entry.time {
                let known = self.key_times.entry(key.clone()).or_insert(time);
                *known = (*known).max(time);
            }
            self.keys.insert(key);
        }
        self.managers.insert(entry.manager);
    }
}
