//! The consumers of every Secret, found in one pass: a cluster of thousands of Secrets is
//! not searched anew for each of their keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::SecretName;
use crate::inventory::{Inventory, Lookup, SecretFacts};
use crate::workload::reference;

use super::{Activity, Consumer, freshness, of_objects, of_workload, uses};

/// Which workloads name which Secrets, in their templates or in their pods.
pub struct Users<'i> {
    inventory: &'i Inventory,
    /// Places in the workloads, by the Secret's namespace and name.
    workloads: BTreeMap<(String, String), BTreeSet<usize>>,
}

impl<'i> Users<'i> {
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut workloads: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
        for (place, workload) in inventory.workloads.iter().enumerate() {
            let pods = inventory.pods_of(&workload.id).map(|pod| &pod.spec);
            for spec in std::iter::once(&workload.pod).chain(pods) {
                for found in reference::of_pod(spec) {
                    let secret = (workload.id.namespace.clone(), found.secret.value);
                    workloads.entry(secret).or_default().insert(place);
                }
            }
        }
        Self {
            inventory,
            workloads,
        }
    }

    /// The current consumers of a key of a Secret (`None`: of any key), as
    /// [`super::Consumption`] has them.
    pub fn of(&self, facts: &SecretFacts, key: Option<&str>) -> Vec<Consumer> {
        let secret = SecretName {
            namespace: facts.namespace.clone(),
            name: facts.name.clone(),
            key: key.map(str::to_owned),
        };
        let keys = facts.keys.is_complete().then(|| facts.keys.known());
        let search = uses::Search {
            secret: &secret,
            keys,
            immutable: facts.immutable,
        };
        let judge = freshness::Judge::new(self.inventory, &Lookup::Present(facts), key);
        let places = self
            .workloads
            .get(&(secret.namespace.clone(), secret.name.clone()));
        places
            .into_iter()
            .flatten()
            .map(|place| &self.inventory.workloads[*place])
            .flat_map(|workload| of_workload(self.inventory, workload, &search, &judge))
            .filter(|consumer| consumer.activity != Activity::Finished)
            .chain(of_objects(self.inventory, &search))
            .collect()
    }
}
