//! SealedSecrets, shared by SS100 to SS105.
//!
//! One cause is one finding: values that were sealed for another scope or name are SS101 and
//! SS102, a Secret in the way SS103; SS100 reports what is not unsealed for any other reason.

use crate::finding::Severity;
use crate::inventory::Inventory;
use crate::levels::sealed::{GROUP, KIND, SealedSecret};
use crate::levels::status::Condition;
use crate::manifest::Node;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, Origin};

use super::external;

/// The SealedSecrets, without those that are being deleted.
pub(super) fn all(inventory: &Inventory) -> impl Iterator<Item = (&Object, SealedSecret<'_>)> {
    inventory
        .of_kind(GROUP, KIND)
        .filter(|object| !object.metadata.deleting)
        .filter_map(|object| Some((object, SealedSecret::of(&object.root)?)))
}

/// What its controller says of the present specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Synced,
    /// In its words.
    Failed(Condition),
    /// The controller has seen an older specification only.
    Behind,
    /// It says nothing; or it is a file.
    Unknown,
}

pub(super) fn state(object: &Object) -> State {
    if object.origin != Origin::Live {
        return State::Unknown;
    }
    let observed = object
        .root
        .at(&["status", "observedGeneration"])
        .and_then(Node::as_integer);
    let is_behind = matches!(
        (object.metadata.generation, observed),
        (Some(now), Some(seen)) if now > seen
    );
    match Condition::of(object, "Synced") {
        _ if is_behind => State::Behind,
        Some(condition) if condition.is_true() => State::Synced,
        Some(condition) if condition.is_false() => State::Failed(condition),
        _ => State::Unknown,
    }
}

/// How bad something is that keeps a SealedSecret from being unsealed: where the controller has
/// unsealed it, it only looks so.
pub(super) fn severity(inventory: &Inventory, object: &Object) -> Option<Severity> {
    match state(object) {
        State::Synced => None,
        _ => Some(external::severity(inventory, object, Severity::Error)),
    }
}

/// Whether a template fills in its name or namespace.
pub(super) fn is_filled_in(object: &Object, sealed: &SealedSecret<'_>) -> bool {
    object.origin != Origin::Live
        && [
            Some(sealed.name),
            sealed.namespace,
            sealed.template_name,
            sealed.template_namespace,
        ]
        .into_iter()
        .flatten()
        .any(is_placeholder)
}
