//! Documents that look like workloads and are only a part of one: strategic
//! merge patches. What they leave out stands in what they are merged into, so
//! nothing may be assumed about it.

use std::fmt;

use crate::manifest::{Content, Node, path};

use super::{Object, Workload, WorkloadKind};

/// A document that is no workload of its own.
#[derive(Clone, Debug)]
pub struct Partial {
    /// What it would be.
    pub workload: Workload,
    /// Why it is taken for a part.
    pub because: Because,
}

/// Why a document is taken for a part of a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// This kustomization names it as a patch.
    Named(String),
    /// Nothing in it says what its pods are.
    NoPods,
    /// It has no list of containers.
    NoContainers,
    /// This container has no image.
    NoImage(String),
    /// It has an instruction of a strategic merge patch: its name.
    Directive(String),
    /// It has no selector, and this file has the whole workload.
    WholeIn(String),
}

impl fmt::Display for Because {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(file) => write!(formatter, "{file} names it as a patch"),
            Self::NoPods => formatter.write_str("it has no pod specification"),
            Self::NoContainers => formatter.write_str("it has no containers"),
            Self::NoImage(container) => write!(formatter, "container {container} has no image"),
            Self::Directive(name) => {
                write!(
                    formatter,
                    "{name} is an instruction of a strategic merge patch"
                )
            }
            Self::WholeIn(file) => write!(
                formatter,
                "it has no selector, and the whole workload is in {file}"
            ),
        }
    }
}

/// What a workload's own shape says: it could not be applied as it stands, and
/// has what only a patch has or lacks what only a patch may lack.
///
/// Containers need an image when they are created (kubernetes/kubernetes
/// `pkg/apis/core/validation/validation.go`), except in patches.
pub fn shape(object: &Object, workload: &Workload) -> Option<Because> {
    if let Some(name) = directive(&object.root) {
        return Some(Because::Directive(name));
    }
    // Templates of custom resources have defaults that are not known here.
    if workload.kind == WorkloadKind::Custom {
        return None;
    }
    // An empty list is written by no patch.
    let containers = path::child(&workload.pod.site.path, "containers");
    if object.root.lookup(&path::pointer(&containers)).is_none() {
        return Some(Because::NoContainers);
    }
    let without = workload
        .pod
        .containers
        .iter()
        .find(|container| container.image.is_none())?;
    Some(Because::NoImage(without.name.clone()))
}

/// Whether a kind of the `apps` group lacks the selector that the API requires.
pub fn lacks_selector(object: &Object, workload: &Workload) -> bool {
    use WorkloadKind::{DaemonSet, Deployment, ReplicaSet, StatefulSet};

    matches!(
        workload.kind,
        DaemonSet | Deployment | ReplicaSet | StatefulSet
    ) && object.group() == "apps"
        && object.root.at(&["spec", "selector"]).is_none()
}

/// The first in the order of their names, so that the answer does not depend on
/// the order in the file (kubernetes/apimachinery
/// `pkg/util/strategicpatch/patch.go`).
fn directive(node: &Node) -> Option<String> {
    match &node.content {
        Content::Mapping(entries) => entries
            .iter()
            .filter_map(|entry| {
                let key = entry.key.scalar_text().unwrap_or_default();
                let is_directive = matches!(key, "$patch" | "$retainKeys")
                    || key.starts_with("$setElementOrder/")
                    || key.starts_with("$deleteFromPrimitiveList/");
                match is_directive {
                    true => Some(key.to_owned()),
                    false => directive(&entry.value),
                }
            })
            .min(),
        Content::Sequence(items) => items.iter().filter_map(directive).min(),
        Content::Scalar(_) | Content::Sealed(_) => None,
    }
}
