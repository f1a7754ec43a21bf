//! The keys of ConfigMaps, which compete with those of Secrets for the names of
//! variables.

use std::collections::BTreeSet;

use crate::manifest::Node;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, ObjectId, Origin};

use super::Inventory;

impl Inventory {
    /// The keys that `envFrom` takes of a ConfigMap; `None` where they are not
    /// known: it is not among what was read, it stands there several times with
    /// other keys, or it is live and the server does not record who wrote its
    /// keys.
    pub fn config_map_keys(&self, namespace: &str, name: &str) -> Option<BTreeSet<&str>> {
        let id = ObjectId {
            namespace: namespace.to_owned(),
            kind: "ConfigMap".to_owned(),
            name: name.to_owned(),
        };
        let first = self.objects.partition_point(|object| object.id < id);
        let mut all = self.objects[first..]
            .iter()
            .take_while(|object| object.id == id)
            .filter(|object| object.group().is_empty())
            .map(keys);
        let keys = all.next()??;
        all.all(|other| other.as_ref() == Some(&keys))
            .then_some(keys)
    }
}

/// `data` only: `binaryData` is passed over (kubernetes/kubernetes
/// `pkg/kubelet/kubelet_pods.go`, makeEnvironmentVariables).
fn keys(object: &Object) -> Option<BTreeSet<&str>> {
    let keys: BTreeSet<_> = object
        .root
        .get("data")
        .map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|entry| entry.key.scalar_text())
        .collect();
    let is_known = match object.origin {
        // Lists have metadata only, whose managedFields may be gone.
        Origin::Live => !keys.is_empty(),
        Origin::File { .. } => !keys.iter().any(|key| is_placeholder(key)),
    };
    is_known.then_some(keys)
}
