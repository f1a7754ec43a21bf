//! Objects that others name: stores, SecretProviderClasses. Whether one that is not seen is
//! missing.

use std::collections::BTreeSet;

use crate::levels::store::StoreKind;
use crate::levels::{external, provider_class};
use crate::workload::placeholder::{could_become, is_placeholder};
use crate::workload::{Metadata, Object, ObjectId};

use super::{FileSet, Grant, Inventory, Reason, Scope};

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub group: &'a str,
    pub kind: &'a str,
    pub plural: &'a str,
    /// Empty for an object outside namespaces.
    pub namespace: &'a str,
    /// Whether that namespace is said, not taken.
    says_namespace: bool,
    pub name: &'a str,
}

impl<'a> Wanted<'a> {
    /// A store that an object names.
    pub fn store(kind: StoreKind, name: &'a str, by: (&'a ObjectId, &Metadata)) -> Self {
        let (id, metadata) = by;
        Self {
            group: external::GROUP,
            kind: kind.name(),
            plural: kind.plural(),
            namespace: match kind {
                StoreKind::Namespaced => &id.namespace,
                StoreKind::ClusterWide => "",
            },
            says_namespace: metadata.says_namespace || kind == StoreKind::ClusterWide,
            name,
        }
    }

    /// A SecretProviderClass that an object names.
    pub fn provider_class(name: &'a str, by: (&'a ObjectId, &Metadata)) -> Self {
        let (id, metadata) = by;
        Self {
            group: provider_class::GROUP,
            kind: provider_class::KIND,
            plural: provider_class::PLURAL,
            namespace: &id.namespace,
            says_namespace: metadata.says_namespace,
            name,
        }
    }

    /// Whether something of this kind and name may be what is looked for: a namespace that is
    /// not said may be any.
    fn may_be_in(&self, namespace: Option<&str>) -> bool {
        !self.says_namespace || namespace.is_none_or(|namespace| namespace == self.namespace)
    }
}

/// What a name of an object leads to.
pub enum Named<'a> {
    Here(&'a Object),
    /// It is in another set of the files, or in one whose namespace is not said.
    Elsewhere,
    Missing,
    Unknown(Reason),
}

/// What can be looked for, wherever in the files it is: kind, name, and the namespace that is
/// said.
pub(super) type Known = BTreeSet<(String, String, Option<String>)>;

fn said_namespace(object: &Object) -> Option<&str> {
    let says = object.metadata.says_namespace || object.id.namespace.is_empty();
    says.then_some(object.id.namespace.as_str())
}

/// What can be looked for in several sets.
pub(super) fn known<'a>(inventories: impl Iterator<Item = &'a Inventory>) -> Known {
    inventories
        .flat_map(|inventory| inventory.objects.iter().chain(&inventory.parts))
        .filter(|object| matches!(object.group(), external::GROUP | provider_class::GROUP))
        .filter(|object| {
            StoreKind::parse(&object.id.kind).is_some() || object.id.kind == provider_class::KIND
        })
        .map(|object| {
            let id = &object.id;
            let namespace = said_namespace(object).map(str::to_owned);
            (id.kind.clone(), id.name.clone(), namespace)
        })
        .collect()
}

impl Inventory {
    /// Looks for an object that another one names.
    pub fn find(&self, wanted: Wanted<'_>) -> Named<'_> {
        let Wanted {
            group,
            kind,
            plural,
            namespace,
            name,
            ..
        } = wanted;
        if let Some(object) = self.of_name((group, kind), namespace, name) {
            return Named::Here(object);
        }
        match &self.scope {
            Scope::Cluster { .. } => match self.refused(group, plural, namespace) {
                Some(grant) => Named::Unknown(Reason::Forbidden(grant.clone())),
                None if !namespace.is_empty() && !self.looks_at(namespace) => {
                    Named::Unknown(Reason::NotAsked("-A"))
                }
                None => Named::Missing,
            },
            Scope::Files(set) => self.find_in_files(wanted, *set),
        }
    }

    fn find_in_files(&self, wanted: Wanted<'_>, set: FileSet) -> Named<'_> {
        let Wanted {
            kind,
            namespace,
            name,
            ..
        } = wanted;
        let known = || {
            let known = self.known.iter().flat_map(|known| known.iter());
            known.filter(|(other, ..)| other == kind)
        };
        let is_elsewhere =
            known().any(|(_, other, said)| other == name && wanted.may_be_in(said.as_deref()));
        let filled_in = is_placeholder(name)
            || is_placeholder(namespace)
            || known().any(|(_, other, _)| is_placeholder(other) && could_become(other, name));
        match set {
            _ if is_elsewhere => Named::Elsewhere,
            _ if filled_in => Named::Unknown(Reason::Template),
            FileSet::Open => Named::Unknown(Reason::NotInFiles),
            FileSet::Complete => match self.unbuilt.first() {
                Some(unbuilt) => Named::Unknown(Reason::Incomplete(format!(
                    "kustomization {} may make it, and it is not built here",
                    unbuilt.name
                ))),
                None => Named::Missing,
            },
        }
    }

    /// The permission that is missing to list a resource, also where only one namespace was
    /// asked for and it lives outside.
    pub fn refused(&self, group: &str, resource: &str, namespace: &str) -> Option<&Grant> {
        self.denied(group, resource, namespace).or_else(|| {
            self.hidden
                .iter()
                .find(|grant| grant.group == group && grant.resource == resource)
        })
    }

    /// Whether the Secrets of a namespace were listed: then one that was not seen is not there.
    pub fn lists_secrets_of(&self, namespace: &str) -> bool {
        self.is_live()
            && self.denied("", "secrets", namespace).is_none()
            && self
                .secrets_of
                .as_deref()
                .is_none_or(|only| only == namespace)
            && self.looks_at(namespace)
    }
}
