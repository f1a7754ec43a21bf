//! Who can read a Secret, by RBAC. Whoever may exec into a pod or create one is not among
//! them, nor what other authorizers allow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::inventory::rbac::{Allowed, Maker, Subject};
use crate::inventory::{Grant, Inventory, Reason, SecretFacts};

use super::Known;

const GROUP: &str = "rbac.authorization.k8s.io";
const LISTS: [&str; 4] = [
    "clusterrolebindings",
    "rolebindings",
    "clusterroles",
    "roles",
];
/// A list with the name of an object in its field selector needs that name only.
const READING: [&str; 3] = ["get", "list", "watch"];
/// Subjects that are told by name.
const TOLD: usize = 3;

/// The subjects that can read a Secret; a group counts once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    pub count: usize,
    /// Those of them that can by bindings that the API server made itself.
    pub built_in: usize,
    /// The first of them: those of other bindings first, groups before users.
    pub first: Arc<[String]>,
}

/// Who may read what, once for all Secrets.
pub(super) struct Access<'i> {
    inventory: &'i Inventory,
    /// Readers of all Secrets, by namespace; empty for the whole cluster.
    of_all: BTreeMap<&'i str, Subjects<'i>>,
    /// Readers of single Secrets, by the namespace, or empty, and the name.
    of_one: BTreeMap<(&'i str, &'i str), Subjects<'i>>,
}

/// In the order in which they are told; whether the bindings are the API server's.
type Subjects<'i> = BTreeMap<&'i Subject, Maker>;

/// Who may come by the values of a Secret, and how.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// By reading it.
    pub readers: Known<Readers>,
    /// By a command in a pod that has it.
    pub exec: Known<Readers>,
    /// By a pod of their own that takes it.
    pub pods: Known<Readers>,
}

impl Exposure {
    /// Of one Secret.
    pub fn of(inventory: &Inventory, facts: &SecretFacts) -> Self {
        let by = |verbs: &[&str], resource| Access::to(inventory, verbs, resource).of(facts);
        Self {
            readers: by(&READING, "secrets"),
            exec: by(&["create"], "pods/exec"),
            pods: by(&["create"], "pods"),
        }
    }
}

impl<'i> Access<'i> {
    pub fn new(inventory: &'i Inventory) -> Self {
        Self::to(inventory, &READING, "secrets")
    }

    fn to(inventory: &'i Inventory, verbs: &[&str], resource: &str) -> Self {
        let mut access = Self {
            inventory,
            of_all: BTreeMap::new(),
            of_one: BTreeMap::new(),
        };
        for binding in inventory.rbac.bindings() {
            let scope = binding.namespace().unwrap_or("");
            let note = |subjects: &mut Subjects<'i>| {
                for (subject, _) in &binding.subjects {
                    let maker = subjects.entry(subject).or_insert(binding.maker);
                    if binding.maker == Maker::Somebody {
                        *maker = Maker::Somebody;
                    }
                }
            };
            match inventory.rbac.allowed(binding, verbs, "", resource) {
                Allowed::All => note(access.of_all.entry(scope).or_default()),
                Allowed::Names(names) => {
                    for name in names {
                        note(access.of_one.entry((scope, name)).or_default());
                    }
                }
            }
        }
        access
    }

    /// # Errors
    /// Why it is not known: roles or bindings may not be listed, or RBAC is not in use.
    pub fn of(&self, facts: &SecretFacts) -> Known<Readers> {
        if let Some(grant) = self.refused(&facts.namespace) {
            return Err(Arc::new(Reason::Forbidden(grant.clone())));
        }
        if self.inventory.rbac.bindings().is_empty() {
            // Every API server with RBAC has made some itself.
            let why = "the server has no bindings of RBAC, so something else decides it";
            return Err(Arc::new(Reason::Incomplete(why.to_owned())));
        }
        let (namespace, name) = (facts.namespace.as_str(), facts.name.as_str());
        let all = ["", namespace].map(|scope| self.of_all.get(scope));
        let one = ["", namespace].map(|scope| self.of_one.get(&(scope, name)));
        let mut found: BTreeMap<Reader<'_>, Maker> = BTreeMap::new();
        for (subject, maker) in all.into_iter().chain(one).flatten().flatten() {
            let known = found.entry(Reader::of(subject)).or_insert(*maker);
            if *maker == Maker::Somebody {
                *known = Maker::Somebody;
            }
        }
        let built_in = |maker: Maker| maker == Maker::Server;
        let mut told: Vec<_> = found.iter().collect();
        told.sort_by_key(|(reader, maker)| (built_in(**maker), **reader));
        Ok(Readers {
            count: found.len(),
            built_in: found.values().filter(|maker| built_in(**maker)).count(),
            first: told
                .into_iter()
                .take(TOLD)
                .map(|(reader, _)| reader.told())
                .collect(),
        })
    }

    fn refused(&self, namespace: &str) -> Option<&Grant> {
        let hidden: BTreeSet<_> = self
            .inventory
            .hidden
            .iter()
            .filter(|grant| grant.group == GROUP)
            .collect();
        LISTS
            .iter()
            .find_map(|list| self.inventory.denied(GROUP, list, namespace))
            .or_else(|| hidden.into_iter().next())
    }
}

/// A subject; a user that is the name of a ServiceAccount is that ServiceAccount.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reader<'a> {
    Group(&'a str),
    User(&'a str),
    ServiceAccount(&'a str, &'a str),
}

impl<'a> Reader<'a> {
    fn of(subject: &'a Subject) -> Self {
        match subject {
            Subject::Group(name) => Self::Group(name),
            Subject::User(name) => name
                .strip_prefix("system:serviceaccount:")
                .and_then(|rest| rest.split_once(':'))
                .map_or(Self::User(name), |(namespace, name)| {
                    Self::ServiceAccount(namespace, name)
                }),
            Subject::ServiceAccount { namespace, name } => Self::ServiceAccount(namespace, name),
        }
    }

    fn told(self) -> String {
        match self {
            Self::Group(name) => format!("group/{name}"),
            Self::User(name) => format!("user/{name}"),
            Self::ServiceAccount(namespace, name) => {
                format!("serviceaccount/{namespace}:{name}")
            }
        }
    }
}
