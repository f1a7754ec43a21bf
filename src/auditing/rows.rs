//! One row for each key.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::api::{self, ResourceScope};
use crate::consumption::{Newest, Users};
use crate::finding::SecretName;
use crate::inventory::{Inventory, Reason, SecretFacts};

use super::copies::Copies;
use super::level::Makers;
use super::readers::Access;
use super::{Age, Consumers, Due, Known, Row, Wish};

/// What is looked up for each key, prepared once.
struct Search<'i> {
    inventory: &'i Inventory,
    makers: Makers<'i>,
    users: Users<'i>,
    access: Access<'i>,
    copies: Copies<'i>,
}

/// The rows of a cluster, the most urgent first, and of how many Secrets they are.
pub(super) fn of(inventory: &Inventory, wish: &Wish) -> (Vec<Row>, usize) {
    let search = Search {
        inventory,
        makers: Makers::new(inventory),
        users: Users::new(inventory),
        access: Access::new(inventory),
        copies: Copies::new(inventory),
    };
    let chosen: Vec<_> = inventory
        .secrets()
        .filter(|facts| {
            let selector = wish.selector.as_ref();
            selector.is_none_or(|selector| selector.fits(&facts.labels))
        })
        .collect();
    let mut rows: Vec<_> = chosen
        .iter()
        .flat_map(|facts| search.rows(facts, wish))
        .collect();
    rows.sort_by(|one, other| urgency(one).cmp(&urgency(other)));
    (rows, chosen.len())
}

/// Overdue first, then what may be; of these what more can read; of these the older.
fn urgency(row: &Row) -> impl Ord + use<'_> {
    let rank = match row.due {
        Due::Overdue(_) => 0,
        Due::NotKnown => 1,
        Due::On(_) | Due::NotBefore(_) => 2,
    };
    let readers = row.readers.as_ref().map_or(usize::MAX, |found| found.count);
    let written = row.written().unwrap_or(Timestamp::MAX);
    let SecretName {
        namespace,
        name,
        key,
    } = &row.secret;
    (rank, Reverse(readers), written, namespace, name, key)
}

impl Search<'_> {
    fn rows(&self, facts: &SecretFacts, wish: &Wish) -> Vec<Row> {
        let owned = self.makers.of(facts);
        let readers = self.access.of(facts);
        let receipts = wish.receipts.as_ref();
        let receipt = receipts.and_then(|receipts| receipts.last(facts)).cloned();
        let known = facts.keys.known().iter().map(|key| Some(key.as_str()));
        let others = (!facts.keys.is_complete()).then_some(None);
        known
            .chain(others)
            .map(|key| {
                let age = Age::of(facts, key, self.inventory.now);
                Row {
                    secret: SecretName {
                        namespace: facts.namespace.clone(),
                        name: facts.name.clone(),
                        key: key.map(str::to_owned),
                    },
                    owned: owned.clone(),
                    age,
                    due: age.due(wish.max_age, self.inventory.now),
                    writer: key.and_then(|key| facts.key_writers.of(key).map(str::to_owned)),
                    consumers: self.consumers(facts, key),
                    readers: readers.clone(),
                    copies: self.copies.of(facts, key),
                    receipt: receipt.clone(),
                }
            })
            .collect()
    }

    fn consumers(&self, facts: &SecretFacts, key: Option<&str>) -> Known<Consumers> {
        let naming = || {
            let all = api::RESOURCES.iter();
            all.filter(|resource| api::may_name_secrets(resource))
        };
        let refused = naming().find_map(|resource| {
            self.inventory
                .denied(resource.group, resource.plural, &facts.namespace)
        });
        if let Some(grant) = refused {
            return Err(Arc::new(Reason::Forbidden(grant.clone())));
        }
        let more = naming().any(|resource| {
            resource.scope == ResourceScope::Cluster
                && self.inventory.hidden.iter().any(|grant| {
                    (grant.group.as_str(), grant.resource.as_str())
                        == (resource.group, resource.plural)
                })
        });
        let found = self.users.of(facts, key);
        let subjects: BTreeSet<_> = found.iter().map(|consumer| &consumer.subject).collect();
        let (mut stale, mut unclear) = (BTreeSet::new(), BTreeSet::new());
        for consumer in &found {
            let container = consumer.container.as_ref().map(|found| found.name.as_str());
            for used in &consumer.pods {
                let place = (used.pod.as_str(), container);
                match used.newest {
                    Newest::No(_) => stale.insert(place),
                    Newest::NotKnown(_) => unclear.insert(place),
                    Newest::Yes | Newest::NotRunning(_) => false,
                };
            }
        }
        Ok(Consumers {
            count: subjects.len(),
            more,
            stale: stale.len(),
            unclear: unclear.difference(&stale).count(),
        })
    }
}
