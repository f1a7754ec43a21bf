//! ExternalSecrets, PushSecrets and their stores, shared by SS104 and SS110 to SS119.
//!
//! One cause is one finding: a store that does not exist or does not work is SS112 (SS113 if it
//! names no namespace, SS001 or SS003 if its own Secret is missing), a namespace that it does not
//! serve SS114, a Secret that somebody else owns SS115. SS110 reports the ExternalSecrets that do
//! not work for any other reason, and SS022 and SS020 nothing that one of these explains.

use jiff::Timestamp;

use crate::finding::{Finding, Severity};
use crate::inventory::{Inventory, Named, SecretFacts, Wanted};
use crate::levels::external::{Creation, ExternalSecret, GROUP, Makes, PushSecret, StoreRef};
use crate::levels::status::Condition;
use crate::levels::store::{Admits, BareMeaning, StoreKind, admits, bare_names};
use crate::words::listed;
use crate::workload::{Object, ObjectId, Origin};

use super::resolve::{self, Trouble};
use super::table;

/// How long controllers have before they are missed, in minutes.
const SETTLED: i64 = 2;

/// Whether an object is so new that its controllers may not have come to it.
pub(super) fn is_new(inventory: &Inventory, created: Option<Timestamp>) -> bool {
    inventory.is_live()
        && created.is_some_and(|created| inventory.now.duration_since(created).as_mins() < SETTLED)
}

/// What is reported of an object that may only be new: an info.
pub(super) fn severity(inventory: &Inventory, object: &Object, usual: Severity) -> Severity {
    match is_new(inventory, object.metadata.created) {
        true => Severity::Info,
        false => usual,
    }
}

/// The ExternalSecrets, without those that are being deleted.
pub(super) fn all(inventory: &Inventory) -> impl Iterator<Item = ExternalSecret<'_>> {
    inventory
        .of_kind(GROUP, "ExternalSecret")
        .filter(|object| !object.metadata.deleting)
        .filter_map(ExternalSecret::of)
}

/// The same, and what ClusterExternalSecrets make; in a cluster that are objects of their own.
pub(super) fn with_clusters(inventory: &Inventory) -> impl Iterator<Item = ExternalSecret<'_>> {
    let of_cluster = inventory
        .of_kind(GROUP, "ClusterExternalSecret")
        .filter(|object| object.origin != Origin::Live)
        .filter_map(ExternalSecret::of);
    all(inventory).chain(of_cluster)
}

/// An object that names stores.
pub(super) struct Asker<'a> {
    pub object: &'a Object,
    pub stores: Vec<StoreRef>,
}

/// ExternalSecrets, in files what ClusterExternalSecrets make, and PushSecrets, with the
/// stores they name; each store once.
pub(super) fn askers(inventory: &Inventory) -> Vec<Asker<'_>> {
    let external = with_clusters(inventory).map(|external| Asker {
        object: external.object(),
        stores: external.stores,
    });
    let pushed = inventory
        .of_kind(GROUP, "PushSecret")
        .filter(|object| !object.metadata.deleting)
        .filter_map(|object| {
            let stores = PushSecret::of(object)?.stores;
            Some(Asker { object, stores })
        });
    let mut askers: Vec<_> = external.chain(pushed).collect();
    for asker in &mut askers {
        let mut seen = std::collections::BTreeSet::new();
        asker
            .stores
            .retain(|store| seen.insert((store.kind, store.name.value.clone())));
    }
    askers
}

/// The store that an object names.
pub(super) fn store<'a>(
    inventory: &'a Inventory,
    kind: StoreKind,
    name: &str,
    by: &Object,
) -> Named<'a> {
    inventory.find(Wanted::store(kind, name, (&by.id, &by.metadata)))
}

/// Whether a store serves a namespace.
pub(super) fn serves(inventory: &Inventory, store: &Object, namespace: &str) -> Admits {
    admits(store, namespace, inventory.namespaces.get(namespace))
}

/// Why a store does not work, as its controller says.
pub(super) fn failing(store: &Object) -> Option<Condition> {
    Condition::of(store, "Ready").filter(Condition::is_false)
}

/// Which rule reports a store that does not work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ToldBy {
    Ss112,
    /// It names something without a namespace.
    Ss113,
    /// Its own Secret, or a key of it, does not exist.
    Reference,
}

pub(super) fn told_by(inventory: &Inventory, store: &Object) -> ToldBy {
    let bare = bare_names(store)
        .iter()
        .any(|bare| bare.meaning == BareMeaning::Refused);
    if bare {
        return ToldBy::Ss113;
    }
    let is_missing = resolve::grouped(inventory, |trouble| !matches!(trouble, Trouble::Unknown(_)))
        .any(|(_, uses)| {
            uses.iter()
                .any(|used| *used.subject == store.id && used.origin == store.origin)
        });
    match is_missing {
        true => ToldBy::Reference,
        false => ToldBy::Ss112,
    }
}

/// Whether an object reads or writes through a store.
fn asks(asker: &Asker<'_>, store: &ObjectId) -> bool {
    asker.stores.iter().any(|named| {
        named.kind.name() == store.kind
            && named.name.value == store.name
            && (named.kind == StoreKind::ClusterWide
                || asker.object.id.namespace == store.namespace)
    })
}

/// What of a store does not work with it: ExternalSecrets and PushSecrets that say so.
pub(super) fn dependents<'a>(inventory: &'a Inventory, store: &ObjectId) -> Vec<&'a Object> {
    askers(inventory)
        .into_iter()
        .filter(|asker| asks(asker, store))
        .map(|asker| asker.object)
        .filter(|object| Condition::of(object, "Ready").is_none_or(|ready| !ready.is_true()))
        .collect()
}

/// Adds what cannot be synchronised because of a store.
pub(super) fn with_dependents(
    inventory: &Inventory,
    store: &ObjectId,
    mut finding: Finding,
) -> Finding {
    let dependents = dependents(inventory, store);
    if dependents.is_empty() {
        return finding;
    }
    let names: Vec<_> = dependents
        .iter()
        .map(|object| match store.namespace.is_empty() {
            true => format!("{} in {}", object.id.short(), object.id.namespace),
            false => object.id.short(),
        })
        .collect();
    for name in &names {
        finding = finding.part(name.as_str());
    }
    finding = finding.because(format!(
        "Not synchronised because of it: {}.",
        listed(names.iter().map(String::as_str))
    ));
    for object in dependents {
        if let Some(external) = ExternalSecret::of(object) {
            let namespace = &object.id.namespace;
            finding = with_users(inventory, namespace, &external.secret.value, finding);
        }
    }
    if finding.rule != &table::SS110 {
        finding = finding.related(&table::SS110);
    }
    finding
}

/// Adds who needs a Secret that is not there, and what kubelet says of their pods.
pub(super) fn with_users(
    inventory: &Inventory,
    namespace: &str,
    secret: &str,
    mut finding: Finding,
) -> Finding {
    if !inventory.is_live() || inventory.secret(namespace, secret).is_some() {
        return finding;
    }
    let uses: Vec<_> = inventory
        .uses_of(namespace, secret)
        .filter(|used| !used.dormant && used.workload.is_some())
        .collect();
    let names: Vec<_> = uses.iter().map(|used| used.subject.short()).collect();
    let Some(first) = uses.first() else {
        return finding;
    };
    finding = finding.because(format!(
        "Secret {secret} does not exist, and these need it: {}.",
        listed(names.iter().map(String::as_str))
    ));
    resolve::with_symptoms(inventory, first, finding)
}

/// What keeps the operator from writing the Secret of an ExternalSecret, whatever the store says.
pub(super) enum Conflict<'a> {
    /// This controller owns it.
    OwnedBy(&'a crate::workload::Owner),
    /// It is to be merged into a Secret that does not exist.
    NothingToMergeInto,
}

pub(super) fn conflict<'a>(
    inventory: &'a Inventory,
    external: &ExternalSecret<'_>,
) -> Option<Conflict<'a>> {
    if external.makes == Makes::Other {
        return None;
    }
    let id = &external.object().id;
    let name = &external.secret.value;
    let facts: Option<&SecretFacts> = inventory.secret(&id.namespace, name);
    match (external.creation, facts) {
        (Creation::Merge, None) if inventory.lists_secrets_of(&id.namespace) => {
            Some(Conflict::NothingToMergeInto)
        }
        (Creation::None, _) | (_, None) => None,
        (creation, Some(facts)) => {
            let owner = facts.owner.as_ref()?;
            let is_external = owner.kind == "ExternalSecret"
                && owner.api_version.split('/').next() == Some(GROUP);
            let is_own = is_external && owner.name == id.name;
            // The operator takes nothing from another ExternalSecret, and cannot become the
            // second controller of an object (`SetControllerReference`).
            let conflicts = !is_own && (is_external || creation == Creation::Owner);
            conflicts.then_some(Conflict::OwnedBy(owner))
        }
    }
}

/// Whether another rule says why an ExternalSecret does not work.
pub(super) fn is_told_elsewhere(inventory: &Inventory, external: &ExternalSecret<'_>) -> bool {
    let object = external.object();
    let by_store = external.stores.iter().any(|named| {
        match store(inventory, named.kind, &named.name.value, object) {
            Named::Missing => true,
            Named::Here(store) => {
                failing(store).is_some()
                    || serves(inventory, store, &object.id.namespace) == Admits::No
            }
            Named::Elsewhere | Named::Unknown(_) => false,
        }
    });
    by_store || conflict(inventory, external).is_some()
}
