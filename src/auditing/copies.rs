//! Secrets that a controller is told to keep equal to another one. Whether two Secrets
//! hold the same value by other means cannot be told without reading values.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::inventory::{Answer, Inventory, Reason, SecretFacts};

use super::Known;

/// mittwald/kubernetes-replicator: on the source, what it is pushed to; on a copy that was
/// pushed, which has no name of its source but the same name.
const PUSHES: [&str; 2] = [
    "replicator.v1.mittwald.de/replicate-to",
    "replicator.v1.mittwald.de/replicate-to-matching",
];
const PUSHED: &str = "replicator.v1.mittwald.de/replicated-from-version";

/// The declared copies of all Secrets.
pub(super) struct Copies<'i> {
    inventory: &'i Inventory,
    /// By the namespace and name of the source.
    named: BTreeMap<(&'i str, &'i str), Vec<&'i SecretFacts>>,
    /// By their name.
    pushed: BTreeMap<&'i str, Vec<&'i SecretFacts>>,
}

impl<'i> Copies<'i> {
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut copies = Self {
            inventory,
            named: BTreeMap::new(),
            pushed: BTreeMap::new(),
        };
        for facts in inventory.every_secret() {
            if let Some(source) = &facts.mirror_of {
                let source = (source.namespace.as_str(), source.name.as_str());
                copies.named.entry(source).or_default().push(facts);
            } else if facts.annotations.contains(PUSHED) {
                copies.pushed.entry(&facts.name).or_default().push(facts);
            }
        }
        copies
    }

    /// How many have a key of a Secret.
    ///
    /// # Errors
    /// Why it is not known: other namespaces may have some.
    pub fn of(&self, facts: &SecretFacts, key: Option<&str>) -> Known<usize> {
        if !self.inventory.lists_every_secret() {
            let denied = self.inventory.denied("", "secrets", &facts.namespace);
            return Err(Arc::new(match denied {
                Some(grant) => Reason::Forbidden(grant.clone()),
                None => Reason::NotAsked("-A"),
            }));
        }
        let source = (facts.namespace.as_str(), facts.name.as_str());
        let pushes = PUSHES.iter().any(|name| facts.annotations.contains(*name));
        let pushed = match pushes {
            true => self.pushed.get(facts.name.as_str()),
            false => None,
        };
        let copies = self.named.get(&source).into_iter().chain(pushed).flatten();
        let is_other =
            |copy: &&&SecretFacts| (&copy.namespace, &copy.name) != (&facts.namespace, &facts.name);
        let has = |copy: &&&SecretFacts| key.is_none_or(|key| copy.keys.has(key) != Answer::No);
        Ok(copies.filter(is_other).filter(has).count())
    }
}
