//! Names that several can make: two overlays, a Secret beside an
//! ExternalSecret, a Secret and what adds keys to it. In files they are
//! alternatives, since nothing says which of them reaches a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::secret::key::check_object_name;
use crate::workload::{Origin, SecretReference, Workload, WorkloadKind};

use super::producer::{Part, Producer, ProducerKind, Readiness};
use super::secrets::{Keys, SecretFacts};
use super::{Inventory, UseOwner};

/// One that stands for all who can make a name: its keys are those of all.
#[derive(Clone)]
pub(super) enum Maker {
    /// A Secret is among them.
    Secret(Box<SecretFacts>),
    Producer(Box<Producer>),
}

/// What names lead to that several can make, or that somebody adds keys to.
#[derive(Clone, Default)]
pub(super) struct Makers {
    found: BTreeMap<String, BTreeMap<String, Maker>>,
}

type Secrets = BTreeMap<String, BTreeMap<String, SecretFacts>>;

impl Makers {
    /// Those of the files.
    pub fn collect(secrets: &Secrets, twins: &[SecretFacts], producers: &[Producer]) -> Self {
        let mut by_name: BTreeMap<(&str, &str), Vec<&Producer>> = BTreeMap::new();
        for producer in producers {
            let name = (producer.namespace.as_str(), producer.secret.as_str());
            by_name.entry(name).or_default().push(producer);
        }
        let mut others: BTreeMap<(&str, &str), Vec<&SecretFacts>> = BTreeMap::new();
        for twin in twins {
            let name = (twin.namespace.as_str(), twin.name.as_str());
            others.entry(name).or_default().push(twin);
        }
        let names: BTreeSet<_> = by_name.keys().chain(others.keys()).copied().collect();
        let mut makers = Self::default();
        for (namespace, name) in names {
            let own = secrets.get(namespace).and_then(|secrets| secrets.get(name));
            let objects: Vec<_> = own
                .into_iter()
                .chain(
                    others
                        .get(&(namespace, name))
                        .into_iter()
                        .flatten()
                        .copied(),
                )
                .collect();
            let producers = by_name
                .get(&(namespace, name))
                .map_or(&[][..], Vec::as_slice);
            if objects.len() + producers.len() > 1 {
                makers.add(namespace, name, &objects, producers);
            }
        }
        makers
    }

    fn add(
        &mut self,
        namespace: &str,
        name: &str,
        objects: &[&SecretFacts],
        producers: &[&Producer],
    ) {
        let is_made = !objects.is_empty()
            || producers
                .iter()
                .any(|producer| producer.part == Part::Makes);
        let makes = |producer: &Producer| match producer.part {
            Part::Makes => true,
            Part::Adds => false,
            Part::Joins => !is_made,
        };
        let adders = producers
            .iter()
            .filter(|producer| !makes(producer))
            .map(|found| &found.keys);
        let made = producers.iter().filter(|producer| makes(producer));
        let keys = one_of(
            objects
                .iter()
                .map(|facts| &facts.keys)
                .chain(made.clone().map(|producer| &producer.keys)),
        );
        let Some(keys) = keys.map(|keys| adders.fold(keys, with)) else {
            return;
        };
        let maker = match (objects.first(), made.clone().next()) {
            (Some(first), _) => Maker::Secret(Box::new(SecretFacts {
                keys,
                ..(**first).clone()
            })),
            (None, Some(first)) => Maker::Producer(Box::new(Producer {
                keys,
                ..(**first).clone()
            })),
            (None, None) => return,
        };
        self.found
            .entry(namespace.to_owned())
            .or_default()
            .insert(name.to_owned(), maker);
    }

    /// Who makes each name, over several sets; also where it is but one.
    pub fn over<'a>(inventories: impl Iterator<Item = &'a Inventory>) -> Self {
        let mut objects: BTreeMap<(&str, &str), Vec<&SecretFacts>> = BTreeMap::new();
        let mut producers: BTreeMap<(&str, &str), Vec<&Producer>> = BTreeMap::new();
        for inventory in inventories {
            for facts in inventory.secrets() {
                let name = (facts.namespace.as_str(), facts.name.as_str());
                objects.entry(name).or_default().push(facts);
            }
            for producer in &inventory.producers {
                let name = (producer.namespace.as_str(), producer.secret.as_str());
                producers.entry(name).or_default().push(producer);
            }
        }
        let names: BTreeSet<_> = objects.keys().chain(producers.keys()).copied().collect();
        let mut makers = Self::default();
        for name in names {
            let objects = objects.get(&name).map_or(&[][..], Vec::as_slice);
            let producers = producers.get(&name).map_or(&[][..], Vec::as_slice);
            makers.add(name.0, name.1, objects, producers);
        }
        makers
    }

    /// Who makes each name in some of the files, in whatever namespace.
    pub fn roaming(inventory: &Inventory, is_of: impl Fn(Origin) -> bool) -> Self {
        let mut makers = Self::default();
        let objects = inventory.secrets().filter(|facts| is_of(facts.origin));
        let producers = inventory.producers.iter().filter(|made| is_of(made.origin));
        let mut by_name: BTreeMap<&str, (Vec<&SecretFacts>, Vec<&Producer>)> = BTreeMap::new();
        for facts in objects {
            by_name.entry(&facts.name).or_default().0.push(facts);
        }
        for producer in producers {
            by_name
                .entry(&producer.secret)
                .or_default()
                .1
                .push(producer);
        }
        for (name, (objects, producers)) in by_name {
            makers.add("", name, &objects, &producers);
        }
        makers
    }

    /// Who makes a name.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Maker> {
        self.found.get(namespace)?.get(name)
    }
}

impl Inventory {
    /// Whether a workload stands in several folders of the files, which are
    /// then sets that nobody applies together, and nothing that makes this
    /// Secret is in its own folder, above or below: it may be of another set.
    pub fn is_of_another_set(&self, workload: &Workload, namespace: &str, secret: &str) -> bool {
        let Some(own) = self.folder(workload.origin) else {
            return false;
        };
        let first = self
            .workloads
            .partition_point(|other| other.id < workload.id);
        let stands_elsewhere = self.workloads[first..]
            .iter()
            .take_while(|other| other.id == workload.id)
            .any(|other| {
                self.folder(other.origin)
                    .is_some_and(|folder| folder != own)
            });
        let twins = self
            .twins
            .iter()
            .filter(|facts| facts.namespace == namespace && facts.name == secret);
        let secrets = self.secret(namespace, secret).into_iter().chain(twins);
        let producers = self
            .producers
            .iter()
            .filter(|producer| producer.namespace == namespace && producer.makes(secret));
        stands_elsewhere
            && !secrets
                .map(|facts| facts.origin)
                .chain(producers.map(|producer| producer.origin))
                .filter_map(|origin| self.folder(origin))
                .any(|folder| folder.starts_with(own) || own.starts_with(folder))
    }

    /// The folder of a file.
    fn folder(&self, origin: Origin) -> Option<&Path> {
        Path::new(self.source(origin)?.text.name()).parent()
    }
}

/// The keys of a Secret that is one of these; `None` of none.
fn one_of<'k>(makers: impl Iterator<Item = &'k Keys> + Clone) -> Option<Keys> {
    let first = makers.clone().next()?;
    if makers.clone().all(|keys| keys == first) {
        return Some(first.clone());
    }
    let any: BTreeSet<_> = makers
        .clone()
        .flat_map(|keys| keys.possible().iter().cloned())
        .collect();
    let open = makers.clone().find_map(|keys| match keys {
        Keys::Partial { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    Some(match open {
        Some(reason) => Keys::Partial { known: any, reason },
        None => {
            let mut all = first.known().clone();
            for keys in makers {
                all.retain(|key| keys.known().contains(key));
            }
            Keys::OneOf { all, any }
        }
    })
}

/// Keys, and those that somebody adds.
fn with(keys: Keys, added: &Keys) -> Keys {
    let more = |keys: BTreeSet<String>| -> BTreeSet<String> {
        keys.into_iter()
            .chain(added.possible().iter().cloned())
            .collect()
    };
    let keys = match keys {
        Keys::Complete(known) => Keys::Complete(more(known)),
        Keys::Partial { known, reason } => Keys::Partial {
            known: more(known),
            reason,
        },
        Keys::Hidden { known, reason } => Keys::Hidden {
            known: more(known),
            reason,
        },
        Keys::OneOf { all, any } => Keys::OneOf {
            all: more(all),
            any: more(any),
        },
    };
    match (added, keys) {
        (Keys::Partial { reason, .. }, Keys::Complete(known) | Keys::OneOf { any: known, .. }) => {
            Keys::Partial {
                known,
                reason: reason.clone(),
            }
        }
        (_, keys) => keys,
    }
}

/// Jobs whose command speaks of Secrets and names one that is used and that
/// nothing else makes: `create --secret-name=admission`, as charts have it.
pub(super) fn jobs(
    workloads: &[Workload],
    uses: &[(usize, UseOwner, SecretReference)],
    secrets: &Secrets,
    producers: &[Producer],
) -> Vec<Producer> {
    let jobs: Vec<_> = workloads
        .iter()
        .filter(|workload| matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob))
        .filter(|job| words(job).any(|word| word.to_ascii_lowercase().contains("secret")))
        .collect();
    if jobs.is_empty() {
        return Vec::new();
    }
    let wanted: BTreeSet<_> = uses
        .iter()
        .map(|(_, _, reference)| reference.secret.as_str())
        .filter(|name| check_object_name(name).is_ok())
        .collect();
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for job in jobs {
        let namespace = &job.id.namespace;
        for word in words(job).filter(|word| wanted.contains(word)) {
            let is_made = secrets
                .get(namespace)
                .is_some_and(|secrets| secrets.contains_key(word))
                || producers
                    .iter()
                    .any(|producer| producer.namespace == *namespace && producer.makes(word));
            if is_made || !told.insert((namespace, word)) {
                continue;
            }
            found.push(Producer {
                kind: ProducerKind::Job,
                id: job.id.clone(),
                origin: job.origin,
                namespace: namespace.clone(),
                says_namespace: job.metadata.says_namespace,
                secret: word.to_owned(),
                keys: Keys::Partial {
                    known: BTreeSet::new(),
                    reason: format!("the command of {} names it and may make it", job.id.short()),
                },
                part: Part::Makes,
                type_: None,
                ready: Readiness::Unknown,
                created: None,
            });
        }
    }
    found
}

/// The words of a workload's command lines.
fn words(workload: &Workload) -> impl Iterator<Item = &str> {
    workload
        .pod
        .containers
        .iter()
        .flat_map(|container| container.command.iter().chain(&container.args))
        .flat_map(|text| {
            text.value
                .split(|c: char| c.is_whitespace() || "=;&|\"'".contains(c))
        })
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(keys: &[&str]) -> BTreeSet<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    fn complete(keys: &[&str]) -> Keys {
        Keys::Complete(set(keys))
    }

    fn partial(keys: &[&str]) -> Keys {
        Keys::Partial {
            known: set(keys),
            reason: "so".to_owned(),
        }
    }

    #[test]
    fn a_key_is_missing_only_if_no_maker_has_it() {
        use crate::inventory::Answer;

        let makers = [complete(&["a", "b"]), complete(&["b", "c"])];
        let keys = one_of(makers.iter()).unwrap();
        for (key, answer) in [
            ("a", Answer::Yes),
            ("b", Answer::Yes),
            ("c", Answer::Yes),
            ("d", Answer::No),
        ] {
            assert_eq!(keys.has(key), answer, "{key}");
        }
        assert_eq!(*keys.known(), set(&["b"]));
        let makers = [complete(&["a"]), partial(&["b"])];
        let keys = one_of(makers.iter()).unwrap();
        assert_eq!(keys.has("a"), Answer::Yes);
        assert!(matches!(keys.has("c"), Answer::Unknown(_)));
        assert_eq!(one_of([].iter()), None);
    }

    #[test]
    fn what_is_added_is_there_too() {
        assert_eq!(
            with(complete(&["a"]), &complete(&["b"])),
            complete(&["a", "b"])
        );
        assert_eq!(
            with(complete(&["a"]), &partial(&["b"])),
            partial(&["a", "b"])
        );
    }
}
