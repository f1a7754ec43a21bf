//! The containers of live pods that have the content of a Secret, by the pods'
//! own specifications: whatever made them, and whatever admission added.

use crate::finding::SecretName;
use crate::inventory::{Immutability, Inventory, Pod};
use crate::workload::ContainerClass;
use crate::workload::delivery::Way;

use super::uses::Search;

/// A container that gets a key of a Secret.
pub struct Holder<'i> {
    pub pod: &'i Pod,
    pub container: String,
    pub class: ContainerClass,
    pub taken: Taken,
}

/// When a container takes what the Secret holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// When it starts: variables and sub-paths, and whatever an init container
    /// reads.
    AtStart,
    /// Always: the kubelet keeps the files of a volume current.
    Always,
}

/// The containers that get a key (`None`: any) of a Secret, each once; of two
/// ways that of its start. Pods that are ending are among them, and those that
/// have ended are not.
pub fn holders<'i>(inventory: &'i Inventory, secret: &SecretName) -> Vec<Holder<'i>> {
    let search = Search {
        secret,
        keys: None,
        immutable: Immutability::No,
    };
    let mut found: Vec<Holder<'i>> = Vec::new();
    for pod in inventory.pods.iter().filter(|pod| !pod.is_finished()) {
        let first = found.len();
        for used in search.in_pod(&pod.spec, &pod.id.namespace) {
            let (Some(container), Some(delivery), None) =
                (used.container, used.delivery, used.hider)
            else {
                continue;
            };
            let taken = match (delivery.way, container.class) {
                (Way::Directory { .. }, ContainerClass::Init) => Taken::AtStart,
                (Way::Directory { .. }, _) => Taken::Always,
                _ => Taken::AtStart,
            };
            let known = found[first..]
                .iter_mut()
                .find(|known| known.container == container.name);
            match known {
                Some(known) => known.taken = known.taken.min(taken),
                None => found.push(Holder {
                    pod,
                    container: container.name,
                    class: container.class,
                    taken,
                }),
            }
        }
    }
    found
}
