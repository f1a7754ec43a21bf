//! An ExternalSecret of a cluster: what it is to make, and what its operator says of it.
//!
//! Whoever may write such objects may write anything into them: texts are cut where they
//! are read, and whoever shows them escapes them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::inventory::Keys;
use crate::levels::external::{ExternalSecret, GeneratorRef, Promised, RefreshPolicy};
use crate::manifest::Node;
use crate::workload::Object;

use super::FORCE_SYNC;
use super::store::StoreRef;

pub use crate::levels::external::{Creation, Makes};

/// The longest text of a status that is kept, in characters.
const LONGEST: usize = 300;

/// When values are read anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    Periodic,
    /// `Periodic` with an interval of 0 or less: once.
    Never,
    CreatedOnce,
    OnChange,
}

/// A generator whose next value may be none that anybody else knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewing {
    /// One of this kind answers with a random value each time.
    Random(String),
    /// What this ClusterGenerator makes is written there.
    NotKnown(String),
}

/// The condition `Ready`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    pub is_true: bool,
    /// Cut to what is shown; so is the message.
    pub reason: String,
    pub message: String,
    /// `lastTransitionTime`.
    pub since: Option<Timestamp>,
}

/// One ExternalSecret.
#[derive(Clone, Debug)]
pub struct External {
    pub namespace: String,
    pub name: String,
    pub uid: String,
    pub resource_version: String,
    /// `metadata.generation`.
    pub generation: Option<i64>,
    pub labels: BTreeMap<String, String>,
    /// Whether it has any annotation.
    pub has_annotations: bool,
    /// The text of the annotation that asks for a sync.
    pub forced: Option<String>,
    /// The ClusterExternalSecret that it belongs to.
    pub cluster_owner: Option<String>,
    pub deleting: bool,
    /// The Secret, or what else it makes.
    pub target: String,
    pub makes: Makes,
    pub creation: Creation,
    /// `target.immutable`.
    pub immutable: bool,
    pub refresh: Refresh,
    /// `refreshInterval` as it is written, if it is a duration.
    pub interval: Option<String>,
    /// The stores that it reads.
    pub stores: BTreeSet<StoreRef>,
    /// The generator that makes a new value at each sync.
    pub renewing: Option<Renewing>,
    /// The keys that it makes.
    pub keys: Keys,
    pub ready: Option<Ready>,
    /// `status.refreshTime`.
    pub refreshed: Option<Timestamp>,
    /// `status.syncedResourceVersion`; empty before the first sync.
    pub synced_version: String,
}

impl External {
    /// Reads one; `None` for what has no specification.
    pub fn read(object: &Object) -> Option<Self> {
        let spec = ExternalSecret::of(object)?;
        let root = &object.root;
        let at = |path: &[&str]| root.at(path);
        let text = |path: &[&str]| at(path).and_then(Node::as_str);
        let owner = object.metadata.owner.as_ref();
        Some(Self {
            namespace: object.id.namespace.clone(),
            name: object.id.name.clone(),
            uid: object.metadata.uid.clone(),
            resource_version: text(&["metadata", "resourceVersion"])
                .unwrap_or_default()
                .to_owned(),
            generation: object.metadata.generation,
            labels: object.metadata.labels.clone(),
            has_annotations: at(&["metadata", "annotations"]).is_some_and(Node::is_mapping),
            forced: object.metadata.annotations.get(FORCE_SYNC).cloned(),
            cluster_owner: owner
                .filter(|owner| owner.kind == "ClusterExternalSecret")
                .map(|owner| owner.name.clone()),
            deleting: object.metadata.deleting,
            target: spec.secret.value.clone(),
            makes: spec.makes,
            creation: spec.creation,
            immutable: spec.immutable.is_some(),
            refresh: match spec.refresh.policy {
                RefreshPolicy::CreatedOnce => Refresh::CreatedOnce,
                RefreshPolicy::OnChange => Refresh::OnChange,
                RefreshPolicy::Periodic if spec.refresh.is_once() => Refresh::Never,
                RefreshPolicy::Periodic => Refresh::Periodic,
            },
            interval: (spec.refresh.interval_site.as_ref())
                .filter(|_| spec.refresh.interval.is_some())
                .map(|text| text.value.clone()),
            stores: spec
                .stores
                .iter()
                .map(|store| StoreRef {
                    kind: store.kind,
                    name: store.name.value.clone(),
                })
                .collect(),
            renewing: renewing(&spec.generators),
            keys: match spec.promised() {
                Promised::Keys(keys) => Keys::Complete(keys),
                Promised::AtLeast(known, reason) => Keys::Partial {
                    known,
                    reason: reason.to_owned(),
                },
            },
            ready: ready(root),
            refreshed: text(&["status", "refreshTime"]).and_then(|time| time.parse().ok()),
            synced_version: text(&["status", "syncedResourceVersion"])
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// `externalsecret/db in prod`.
    pub fn words(&self) -> String {
        format!("{} in {}", self.short(), self.namespace)
    }

    /// `externalsecret/db`.
    pub fn short(&self) -> String {
        format!("externalsecret/{}", self.name)
    }

    /// Whether it writes the Secret of this name in its namespace.
    pub fn writes(&self, secret: &str) -> bool {
        self.makes == Makes::Secret && self.target == secret
    }

    /// Whether its status is that of the present specification, and says that all is well
    /// (`GetResourceVersion`: the generation, a dash, a digest of the metadata).
    pub fn is_current(&self) -> bool {
        let synced = self.synced_version.split('-').next();
        let synced = synced.and_then(|generation| generation.parse().ok());
        let is_well = |ready: &Ready| ready.is_true && ready.reason != "SecretMissing";
        self.generation.is_some()
            && synced == self.generation
            && self.refreshed.is_some()
            && self.ready.as_ref().is_some_and(is_well)
    }

    /// Whether it has been synced before.
    pub fn has_synced(&self) -> bool {
        !self.synced_version.is_empty() && self.refreshed.is_some()
    }
}

/// Of several generators the one of which most is known.
fn renewing(generators: &[GeneratorRef]) -> Option<Renewing> {
    let random = generators.iter().find(|generator| generator.is_random());
    let hidden = generators
        .iter()
        .find(|generator| generator.kind.value == "ClusterGenerator");
    match (random, hidden) {
        (Some(random), _) => Some(Renewing::Random(random.kind.value.clone())),
        (None, Some(hidden)) => Some(Renewing::NotKnown(cut(&hidden.name))),
        (None, None) => None,
    }
}

/// The condition `Ready` of an ExternalSecret or a store.
pub fn ready(root: &Node) -> Option<Ready> {
    let condition = root
        .at(&["status", "conditions"])?
        .items()
        .iter()
        .find(|condition| condition.text_of("type") == Some("Ready"))?;
    let text = |field: &str| condition.text_of(field).unwrap_or_default();
    Some(Ready {
        is_true: text("status") == "True",
        reason: cut(text("reason")),
        message: cut(text("message")),
        since: text("lastTransitionTime").parse().ok(),
    })
}

/// A text of others, as long as it is shown.
pub fn cut(text: &str) -> String {
    let mut letters = text.trim().chars();
    let mut kept: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_some() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::manifest::parse_json;
    use crate::workload::Place;

    /// One with this `spec` and `status`.
    pub fn external(spec: &str, status: &str) -> External {
        read(spec, status).unwrap()
    }

    fn read(spec: &str, status: &str) -> Option<External> {
        let text = format!(
            "{{\"apiVersion\":\"external-secrets.io/v1\",\"kind\":\"ExternalSecret\",\"metadata\":\
             {{\"name\":\"db\",\"namespace\":\"prod\",\"uid\":\"u\",\"resourceVersion\":\"7\"}},\
             \"spec\":{spec},\"status\":{status}}}"
        );
        let Ok(node) = parse_json(&text) else {
            panic!("not JSON: {text}");
        };
        let object = Object::new(node, Place::live(), "prod").unwrap();
        External::read(&object)
    }

    #[test]
    fn an_object_tells_what_it_makes_and_how_far_it_is() {
        let read = external(
            r#"{"secretStoreRef":{"name":"vault","kind":"ClusterSecretStore"},"refreshInterval":"1h0m0s",
                "target":{"name":"creds","creationPolicy":"Merge","immutable":true},
                "data":[{"secretKey":"a","remoteRef":{"key":"x"},"sourceRef":{"storeRef":{"name":"other"}}},
                        {"secretKey":"b","remoteRef":{"key":"y"}}]}"#,
            r#"{"refreshTime":"2026-11-30T10:00:00Z","syncedResourceVersion":"1-ab",
                "conditions":[{"type":"Ready","status":"False","reason":"SecretSyncedError","message":"m"}]}"#,
        );
        assert_eq!(
            (read.target.as_str(), read.creation),
            ("creds", Creation::Merge)
        );
        assert_eq!(read.refresh, Refresh::Periodic);
        assert!(read.immutable && read.has_synced());
        assert_eq!(read.stores.len(), 2);
        assert!(!read.ready.unwrap().is_true);
        assert_eq!(
            read.keys,
            Keys::Complete(["a", "b"].map(str::to_owned).into())
        );
    }

    /// Wrong types, huge texts and escapes: whatever it is, it is read as nothing or cut.
    #[test]
    fn hostile_objects_are_read() {
        let long = format!("\\u001b[31m{}", "x".repeat(100_000));
        for (spec, status) in [
            ("1", "[]"),
            ("null", "null"),
            (
                "{\"target\":[],\"data\":{\"a\":1},\"secretStoreRef\":\"x\"}",
                "{\"conditions\":{}}",
            ),
            (
                "{\"target\":{\"name\":5,\"creationPolicy\":\"\\u001b[31m\"},\"data\":[1,{\"secretKey\":{}}],\
                 \"secretStoreRef\":{\"name\":\"a\",\"kind\":\"Other\"},\"refreshInterval\":{}}",
                "{\"refreshTime\":\"yesterday\",\"syncedResourceVersion\":7,\"conditions\":[1,{\"type\":\"Ready\",\"status\":1}]}",
            ),
        ] {
            let found = read(spec, status);
            assert!(found.is_none_or(|read| !read.has_synced()), "{spec}");
        }
        let read = external(
            "{}",
            &format!("{{\"conditions\":[{{\"type\":\"Ready\",\"message\":\"{long}\"}}]}}"),
        );
        assert!(read.ready.unwrap().message.chars().count() <= LONGEST + 1);
    }
}
