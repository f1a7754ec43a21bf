//! What is known of Secrets without their values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::inventory::Reason;
use crate::inventory::verdict::ValueFacts;
use crate::secret::key::check_object_name;
use crate::workload::placeholder::{could_become, is_placeholder};
use crate::workload::{Object, ObjectId, Origin, Owner};

use super::makers::Maker;
use super::managed::{ManagedFields, Writers};
use super::realm::Generator;
use super::{FileSet, Grant, Inventory, Producer, Scope};

/// What is known of a Secret.
#[derive(Clone)]
pub struct SecretFacts {
    pub namespace: String,
    pub name: String,
    pub origin: Origin,
    /// `type`; the API's default is `Opaque`.
    pub type_: String,
    pub keys: Keys,
    /// When each key's manager last wrote (an upper bound of its last change).
    pub key_times: BTreeMap<String, Timestamp>,
    /// The manager that last wrote each key, where that is certain.
    pub key_writers: Writers,
    /// `creationTimestamp`.
    pub created: Option<Timestamp>,
    /// Upper bound of the last change of its data; `None` if not recorded.
    pub changed: Option<Timestamp>,
    /// `immutable`.
    pub immutable: Immutability,
    pub labels: BTreeMap<String, String>,
    /// Names of its annotations.
    pub annotations: BTreeSet<String>,
    /// The Secret that a controller copies it from.
    pub mirror_of: Option<MirrorOf>,
    pub owner: Option<Owner>,
    pub managers: BTreeSet<String>,
    /// Managers that own `stringData` by server-side apply.
    pub string_data_appliers: BTreeSet<String>,
    /// `uid`; empty in files.
    pub uid: String,
    /// `resourceVersion`; empty in files.
    pub resource_version: String,
    /// What the External Secrets Operator says of its content, to be compared.
    pub content: Option<ContentMark>,
    /// Verdicts about its values, where they were asked for.
    pub values: Option<ValueFacts>,
    /// Whether its namespace is said, not taken.
    pub says_namespace: bool,
    /// The entry of a kustomization that generates it.
    pub generator: Option<Generator>,
}

impl SecretFacts {
    /// Which object it is.
    pub fn id(&self) -> ObjectId {
        ObjectId {
            namespace: self.namespace.clone(),
            kind: "Secret".to_owned(),
            name: self.name.clone(),
        }
    }
}

/// The Secret of which another one is a copy, as the other one's annotation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorOf {
    pub namespace: String,
    pub name: String,
}

impl MirrorOf {
    /// Annotations whose text is `NAMESPACE/NAME` of the source (emberstack/kubernetes-reflector,
    /// mittwald/kubernetes-replicator).
    pub const ANNOTATIONS: [&'static str; 2] = [
        "reflector.v1.k8s.emberstack.com/reflects",
        "replicator.v1.mittwald.de/replicate-from",
    ];

    /// `None` for anything but two names of Kubernetes: nothing else of an annotation is
    /// kept.
    pub fn parse(text: &str) -> Option<Self> {
        let (namespace, name) = text.split_once('/')?;
        let legal = check_object_name(namespace).is_ok() && check_object_name(name).is_ok();
        legal.then(|| Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// What the External Secrets Operator notes of the content of a Secret when it writes it:
/// equal as long as the content is. It is made of the values, so it can be compared and
/// nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ContentMark([u8; 28]);

impl ContentMark {
    /// The annotation, whose text is SHA3-224 in hexadecimal digits
    /// (external-secrets/external-secrets `pkg/esutils/utils.go`, `ObjectHash`).
    pub const ANNOTATION: &'static str = "reconcile.external-secrets.io/data-hash";

    /// `None` for a text that is no such digest.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digest = [0; 28];
        let digits = text.as_bytes();
        if digits.len() != 2 * digest.len() {
            return None;
        }
        for (byte, pair) in digest.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            let is_digits = pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            *byte = u8::from_str_radix(pair, 16).ok().filter(|_| is_digits)?;
        }
        Some(Self(digest))
    }
}

impl fmt::Debug for ContentMark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ContentMark")
    }
}

/// `immutable`, which metadata does not fully tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Immutability {
    Yes,
    /// Somebody set the field; to what is not visible without reading values.
    Probably,
    No,
}

/// The keys of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// These and no others.
    Complete(BTreeSet<String>),
    /// These, and perhaps others (or not quite these), which is decided elsewhere: why.
    Partial {
        /// Those that are known.
        known: BTreeSet<String>,
        /// Why it is not all.
        reason: String,
    },
    /// A cluster does not tell all of them: why.
    Hidden {
        /// Those that are known.
        known: BTreeSet<String>,
        /// Why it is not all.
        reason: String,
    },
    /// Several can make the Secret, and their keys differ: a key is missing
    /// only if nobody has it.
    OneOf {
        /// Those that each of them has.
        all: BTreeSet<String>,
        /// Those that at least one of them has.
        any: BTreeSet<String>,
    },
}

/// Why not all keys of a Secret in a file are known: that is no gap of what was
/// looked at.
pub(super) const FILLED_IN: &str = "a template fills in names of its keys";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    Unknown(Reason),
}

impl Keys {
    /// Whether a key is among them.
    pub fn has(&self, key: &str) -> Answer {
        match self.missing() {
            _ if self.possible().contains(key) => Answer::Yes,
            None => Answer::No,
            Some(reason) => Answer::Unknown(reason),
        }
    }

    /// Why there may be others; `None` where they are all known.
    pub fn missing(&self) -> Option<Reason> {
        match self {
            Keys::Complete(_) | Keys::OneOf { .. } => None,
            Keys::Partial { reason, .. } if reason == FILLED_IN => Some(Reason::Template),
            Keys::Partial { reason, .. } => Some(Reason::Outside(reason.clone())),
            Keys::Hidden { reason, .. } => Some(Reason::Incomplete(reason.clone())),
        }
    }

    /// Those that are known to be there.
    pub fn known(&self) -> &BTreeSet<String> {
        match self {
            Keys::Complete(keys) => keys,
            Keys::Partial { known, .. } | Keys::Hidden { known, .. } => known,
            Keys::OneOf { all, .. } => all,
        }
    }

    /// Those that may be there, as far as they are known.
    pub fn possible(&self) -> &BTreeSet<String> {
        match self {
            Keys::Complete(keys) | Keys::OneOf { any: keys, .. } => keys,
            Keys::Partial { known, .. } | Keys::Hidden { known, .. } => known,
        }
    }

    /// Whether they are all known.
    pub fn is_complete(&self) -> bool {
        matches!(self, Keys::Complete(_))
    }
}

/// What a name leads to.
pub enum Lookup<'a> {
    Present(&'a SecretFacts),
    /// No Secret yet, but something that makes it.
    Expected(&'a Producer),
    Missing,
    Unknown(Reason),
}

impl Inventory {
    /// Looks up a Secret by the rules of the reference resolver.
    pub fn lookup(&self, namespace: &str, name: &str) -> Lookup<'_> {
        match self.makers.get(namespace, name) {
            Some(Maker::Secret(facts)) => return Lookup::Present(facts),
            Some(Maker::Producer(producer)) => return Lookup::Expected(producer),
            None => {}
        }
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
        // What another kustomization or a file of its own makes.
        match self
            .neighbours
            .as_ref()
            .and_then(|all| all.get(namespace, name))
        {
            Some(Maker::Secret(facts)) => return Lookup::Present(facts),
            Some(Maker::Producer(producer)) => return Lookup::Expected(producer),
            None => {}
        }
        match self.roaming.get("", name) {
            Some(Maker::Secret(facts)) => return Lookup::Present(facts),
            Some(Maker::Producer(producer)) => return Lookup::Expected(producer),
            None => {}
        }
        let anywhere = |producer: &&Producer| producer.is_anywhere() && producer.makes(name);
        if let Some(producer) = self.producers.iter().find(anywhere) {
            return Lookup::Expected(producer);
        }
        if !self.is_live() && self.is_filled_in(namespace, name) {
            return Lookup::Unknown(Reason::Template);
        }
        let asked = (namespace.to_owned(), name.to_owned());
        match &self.scope {
            _ if self.missing.contains(&asked) => Lookup::Missing,
            Scope::Files(FileSet::Open) => Lookup::Unknown(Reason::NotInFiles),
            Scope::Files(FileSet::Complete) => match self.unbuilt.first() {
                Some(unbuilt) => Lookup::Unknown(Reason::Incomplete(format!(
                    "kustomization {} may make it, and it is not built here",
                    unbuilt.name
                ))),
                None => Lookup::Missing,
            },
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

    /// Whether a template fills in the name or the namespace, or may fill in
    /// those of a Secret or of what makes one so that they become these.
    fn is_filled_in(&self, namespace: &str, name: &str) -> bool {
        is_placeholder(namespace)
            || is_placeholder(name)
            || self.templated.iter().any(|(other_namespace, other)| {
                could_become(other_namespace, namespace) && could_become(other, name)
            })
    }

    /// A Secret that was seen; of several in files the first.
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

    /// Secrets of this name, or what makes them, in files of which one says its
    /// namespace and the other does not: whether they meet is not known. The
    /// names of those that make it.
    pub fn in_doubt(&self, namespace: &str, says_namespace: bool, name: &str) -> Vec<Doubtful> {
        if self.is_live() || self.namespace_is_said {
            return Vec::new();
        }
        let own = self
            .secrets()
            .filter(|facts| facts.name == name)
            .map(|facts| Doubtful {
                namespace: facts.namespace.clone(),
                says_namespace: facts.says_namespace,
                origin: facts.origin,
            });
        let made = self
            .producers
            .iter()
            .filter(|producer| producer.makes(name) && !producer.is_anywhere());
        let made = made.map(|producer| Doubtful {
            namespace: producer.namespace.clone(),
            says_namespace: producer.says_namespace,
            origin: producer.origin,
        });
        own.chain(made)
            .filter(|found| found.namespace != namespace)
            .filter(|found| found.says_namespace != says_namespace)
            .collect()
    }

    /// Every Secret that is known, those of namespaces that are not looked at too.
    pub fn every_secret(&self) -> impl Iterator<Item = &SecretFacts> {
        let outside = self.outside.values().flat_map(BTreeMap::values);
        self.secrets().chain(outside)
    }

    /// Whether the Secrets of all namespaces were listed.
    pub fn lists_every_secret(&self) -> bool {
        let denied = |grant: &&Grant| grant.group.is_empty() && grant.resource == "secrets";
        self.secrets_of.is_none() && !self.denied.iter().any(|grant| denied(&grant))
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

/// A Secret that may or may not be in the namespace it is needed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// Its namespace, said or taken.
    pub namespace: String,
    /// Whether it is said.
    pub says_namespace: bool,
    /// Where it, or what makes it, was read.
    pub origin: Origin,
}

/// What a whole Secret object tells: one of a file, or of a test's snapshot.
/// Its keys are complete; its values are not looked at.
pub(super) fn of_object(object: &Object) -> SecretFacts {
    let keys: BTreeSet<String> = ["data", "stringData"]
        .into_iter()
        .filter_map(|field| object.root.get(field))
        .flat_map(|map| map.entries())
        .filter_map(|entry| entry.key.scalar_text())
        .map(str::to_owned)
        .collect();
    let is_filled_in = object.origin != Origin::Live && keys.iter().any(|key| is_placeholder(key));
    let type_ = object.root.text_of("type").unwrap_or("Opaque");
    let keys = match is_filled_in {
        true => Keys::Partial {
            known: keys,
            reason: FILLED_IN.to_owned(),
        },
        false => filled(object, type_, keys),
    };
    let immutable = match object.root.get("immutable").and_then(|node| node.as_bool()) {
        Some(true) => Immutability::Yes,
        _ => Immutability::No,
    };
    let fields = ManagedFields::from_list(object.root.at(&["metadata", "managedFields"]));
    SecretFacts {
        namespace: object.id.namespace.clone(),
        name: object.id.name.clone(),
        origin: object.origin,
        type_: type_.to_owned(),
        keys,
        key_times: fields.key_times,
        key_writers: fields.key_writers,
        created: object.metadata.created,
        changed: fields.changed,
        immutable,
        labels: object.metadata.labels.clone(),
        annotations: object.metadata.annotations.keys().cloned().collect(),
        mirror_of: MirrorOf::ANNOTATIONS
            .iter()
            .filter_map(|name| object.metadata.annotations.get(*name))
            .find_map(|text| MirrorOf::parse(text)),
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
        content: (object.metadata.annotations.get(ContentMark::ANNOTATION))
            .and_then(|text| ContentMark::parse(text)),
        values: None,
        says_namespace: object.metadata.says_namespace,
        generator: None,
    }
}

/// The keys that a Secret of a file will have. The API server has them all.
fn filled(object: &Object, type_: &str, mut written: BTreeSet<String>) -> Keys {
    if object.origin == Origin::Live {
        return Keys::Complete(written);
    }
    let partial = |known: BTreeSet<String>, reason: &str| Keys::Partial {
        known,
        reason: reason.to_owned(),
    };
    let unreadable = ["data", "stringData"]
        .into_iter()
        .filter_map(|field| object.root.get(field))
        .any(|map| !map.is_mapping() && !map.is_null());
    if unreadable {
        return partial(
            written,
            "its data is not a list of keys as it stands in the file",
        );
    }
    match type_ {
        // kubernetes/kubernetes pkg/controller/serviceaccount/tokens_controller.go
        "kubernetes.io/service-account-token" => {
            written.extend(["token", "ca.crt", "namespace"].map(str::to_owned));
            Keys::Complete(written)
        }
        // kubeadm and its like write the parts of the token that a file leaves out.
        "bootstrap.kubernetes.io/token" => {
            partial(written, "who makes the bootstrap token may add keys to it")
        }
        _ if object.metadata.annotations.contains_key("helm.sh/hook") => partial(
            written,
            "a Helm hook makes it, and others of the release may fill it",
        ),
        _ => Keys::Complete(written),
    }
}
