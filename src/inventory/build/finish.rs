//! From what was collected to an inventory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::command_line::Connection;
use crate::workload::partial::{self, Because, Partial};
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, ObjectId, Origin, object_reference, reference};

use crate::inventory::makers::{self, Makers};
use crate::inventory::named;
use crate::inventory::node_cache::EarlierUses;
use crate::inventory::rbac::Rbac;
use crate::inventory::realm::{Generator, Route};
use crate::inventory::secrets::{Keys, SecretFacts};
use crate::inventory::{FileSet, Inventory, Scope, Source, Sources, UseOwner, producer};

use super::Builder;
use super::tops::{Tops, without_seen_owner};

impl Builder {
    /// The inventory, with one of its own for each root of a kustomization.
    pub fn finish(mut self) -> Inventory {
        let sources = Arc::new(Sources::from(std::mem::take(&mut self.sources)));
        let Some(mut assembly) = self.assembly.take() else {
            return self.inventory(sources);
        };
        let space = assembly.space();
        let realms: Vec<_> = assembly
            .take_roots()
            .into_iter()
            .map(|mut root| {
                let mut builder = self.like();
                for (object, generator) in root.take_objects() {
                    builder.add_built(object, generator);
                }
                let mut inventory = builder.inventory(Arc::clone(&sources));
                inventory.kustomization = Some(root.name.clone());
                root.realm(inventory, space.clone())
            })
            .collect();
        self.resolved = (0..sources.len())
            .filter(|source| assembly.route(*source) == Route::Part)
            .collect();
        let mut inventory = self.inventory(sources);
        let roaming = &assembly.roaming;
        inventory.roaming = Makers::roaming(&inventory, |origin| match origin {
            Origin::File { source, .. } => roaming.contains(&source),
            Origin::Live => false,
        });
        inventory.assumed_namespace = realms
            .iter()
            .find_map(|realm| realm.inventory.assumed_namespace.clone())
            .or(inventory.assumed_namespace);
        inventory.realms = realms;
        inventory.unbuilt = assembly.unbuilt;
        inventory.introduce();
        inventory
    }

    /// An empty one for what one kustomization builds.
    fn like(&self) -> Self {
        let mut builder = Self::new(self.scope.clone(), self.default_namespace.clone(), self.now);
        if self.inspects_values() {
            builder.inspect_values();
        }
        builder.namespace_is_said = self.namespace_is_said;
        builder
    }

    /// Adds an object that a kustomization builds. A generated Secret stands in
    /// no file as an object.
    fn add_built(&mut self, object: Object, generator: Option<Generator>) {
        let is_secret = (object.group(), object.id.kind.as_str()) == ("", "Secret");
        match generator {
            Some(generator) if is_secret => {
                let mut facts = self.facts(&object);
                if let Some(reason) = &generator.unknown {
                    facts.keys = Keys::Partial {
                        known: facts.keys.known().clone(),
                        reason: reason.clone(),
                    };
                }
                facts.generator = Some(generator);
                self.add_secret_of_file(facts);
                self.parts.push(object);
            }
            _ => self.add_object(object),
        }
    }

    /// Takes documents that are only a part of a workload from the workloads.
    fn set_partials_apart(&mut self, sources: &[Source]) {
        let mut whole: BTreeMap<(String, String), Origin> = BTreeMap::new();
        let mut lacking = BTreeSet::new();
        let mut because: Vec<Option<Because>> = Vec::with_capacity(self.workloads.len());
        let objects: BTreeMap<_, _> = self
            .objects
            .iter()
            .map(|object| ((object.origin, object.base.as_str()), object))
            .collect();
        for (index, workload) in self.workloads.iter().enumerate() {
            let object = objects.get(&(workload.origin, workload.base.as_str()));
            because.push(object.and_then(|object| partial::shape(object, workload)));
            if object.is_some_and(|object| partial::lacks_selector(object, workload)) {
                lacking.insert(index);
            } else if because[index].is_none() {
                let name = (workload.id.kind.clone(), workload.id.name.clone());
                whole.entry(name).or_insert(workload.origin);
            }
        }
        for &index in &lacking {
            let workload = &self.workloads[index];
            let name = (workload.id.kind.clone(), workload.id.name.clone());
            if let (None, Some(origin)) = (&because[index], whole.get(&name)) {
                let file = source_name(sources, *origin).to_owned();
                because[index] = Some(Because::WholeIn(file));
            }
        }
        drop(objects);
        if because.iter().all(Option::is_none) {
            return;
        }
        let workloads = std::mem::take(&mut self.workloads);
        for (workload, because) in workloads.into_iter().zip(because) {
            match because {
                None => self.workloads.push(workload),
                Some(because) => self.partials.push(Partial { workload, because }),
            }
        }
    }

    fn inventory(mut self, sources: Arc<Sources>) -> Inventory {
        if matches!(self.scope, Scope::Files(_)) {
            self.set_partials_apart(&sources);
        }
        let tops = Tops::new(&self.workloads);
        for pod in &mut self.pods {
            pod.top = tops.of(&pod.id, &pod.metadata);
        }
        let (mut workloads, mut dormant): (Vec<_>, Vec<_>) = std::mem::take(&mut self.workloads)
            .into_iter()
            .partition(|workload| tops.of(&workload.id, &workload.metadata) == workload.id);
        workloads.extend(without_seen_owner(&self.pods, &workloads));
        workloads.sort_by(|a, b| (&a.id, a.origin).cmp(&(&b.id, b.origin)));
        dormant.sort_by(|a, b| a.id.cmp(&b.id));
        self.objects
            .sort_by(|a, b| (&a.id, a.origin).cmp(&(&b.id, b.origin)));
        self.pods.sort_by(|a, b| a.id.cmp(&b.id));
        // A list that had to begin again gives objects twice.
        forget_twins(&mut workloads, |found| {
            (&found.id, found.origin, &found.api_version)
        });
        forget_twins(&mut dormant, |found| {
            (&found.id, found.origin, &found.api_version)
        });
        forget_twins(&mut self.objects, |found| {
            (&found.id, found.origin, &found.api_version)
        });
        self.pods.dedup_by(|b, a| a.id == b.id);

        let mut uses = Vec::new();
        for (index, workload) in workloads.iter().enumerate() {
            uses.extend(
                reference::references(workload)
                    .into_iter()
                    .map(|found| (index, UseOwner::Workload, found)),
            );
        }
        for (index, workload) in dormant.iter().enumerate() {
            uses.extend(
                reference::references(workload)
                    .into_iter()
                    .map(|found| (index, UseOwner::Dormant, found)),
            );
        }
        for (index, partial) in self.partials.iter().enumerate() {
            uses.extend(
                reference::references(&partial.workload)
                    .into_iter()
                    .map(|found| (index, UseOwner::Partial, found)),
            );
        }
        for (index, object) in self.objects.iter().enumerate() {
            uses.extend(
                object_reference::references(object)
                    .into_iter()
                    .map(|found| (index, UseOwner::Object, found)),
            );
        }
        let mut pods_by_top: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
        for (index, pod) in self.pods.iter().enumerate() {
            pods_by_top.entry(pod.top.clone()).or_default().push(index);
        }
        let mut events_by_pod: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (index, event) in self.events.iter().enumerate() {
            let pod = (event.namespace.clone(), event.pod.clone());
            events_by_pod.entry(pod).or_default().push(index);
        }
        let count = self.objects.len();
        let mut objects_by_origin: Vec<usize> = (0..count + self.parts.len()).collect();
        objects_by_origin.sort_by_key(|index| match index.checked_sub(count) {
            None => self.objects[*index].origin,
            Some(part) => self.parts[part].origin,
        });
        let mut producers: Vec<_> = self
            .objects
            .iter()
            .filter(|object| match object.origin {
                Origin::File { source, .. } => !self.resolved.contains(&source),
                Origin::Live => true,
            })
            .flat_map(|object| {
                let kustomization = source_name(&sources, object.origin);
                let env_file = |path: &str| {
                    let place = (kustomization.to_owned(), path.to_owned());
                    self.env_files.get(&place)
                };
                producer::of(object, &env_file)
            })
            .collect();
        let templated = templated(&self.secrets, &producers);
        let makers = match self.scope {
            Scope::Files(_) => {
                producers.extend(makers::jobs(&workloads, &uses, &self.secrets, &producers));
                Makers::collect(&self.secrets, &self.twins, &producers)
            }
            Scope::Cluster { .. } => Makers::default(),
        };
        let takes_default = || {
            self.objects
                .iter()
                .filter(|object| !object.metadata.says_namespace)
                .any(|object| {
                    !object.id.namespace.is_empty()
                        && !matches!(object.id.kind.as_str(), "Kustomization" | "Component")
                })
        };
        let assumed_namespace = (self.scope == Scope::Files(FileSet::Complete)
            && !self.namespace_is_said
            && takes_default())
        .then(|| self.default_namespace.clone());
        let rbac = Rbac::from_objects(&self.objects);
        let mut inventory = Inventory {
            rbac,
            scope: self.scope,
            connection: Connection::default(),
            now: self.now,
            sources,
            objects: self.objects,
            parts: self.parts,
            partials: self.partials,
            nameless: self.nameless,
            realms: Vec::new(),
            kustomization: None,
            assumed_namespace,
            namespace_is_said: self.namespace_is_said,
            unbuilt: Vec::new(),
            neighbours: None,
            named: None,
            known: None,
            roaming: Makers::default(),
            workloads,
            dormant,
            pods: self.pods,
            events: self.events,
            producers,
            generator_files: self.generator_files,
            missing_files: self.missing_files,
            denied: self.denied,
            hidden: self.hidden,
            not_served: self.not_served,
            only: self.only,
            secrets_of: self.secrets_of,
            namespaces: self.namespaces,
            nodes: self.nodes,
            objects_by_origin,
            pods_by_top,
            events_by_pod,
            secrets: self.secrets,
            twins: self.twins,
            makers,
            outside: self.outside,
            missing: self.missing,
            uses,
            uses_by_secret: Vec::new(),
            asked_keys: BTreeMap::new(),
            templated,
            earlier: EarlierUses::default(),
        };
        inventory.index_uses();
        let known = named::known(std::iter::once(&inventory));
        inventory.known = Some(Arc::new(known));
        inventory.earlier = EarlierUses::collect(&inventory);
        inventory
    }
}

/// Secrets whose name or namespace a template fills in.
fn templated(
    secrets: &BTreeMap<String, BTreeMap<String, SecretFacts>>,
    producers: &[producer::Producer],
) -> Vec<(String, String)> {
    let seen = secrets.iter().flat_map(|(namespace, secrets)| {
        secrets
            .keys()
            .map(move |name| (namespace.as_str(), name.as_str()))
    });
    let made = producers
        .iter()
        .map(|producer| (producer.namespace.as_str(), producer.secret.as_str()));
    seen.chain(made)
        .filter(|(namespace, name)| is_placeholder(namespace) || is_placeholder(name))
        .map(|(namespace, name)| (namespace.to_owned(), name.to_owned()))
        .collect()
}

pub(super) fn source_name(sources: &[Source], origin: Origin) -> &str {
    match origin {
        Origin::File { source, .. } => sources[source].text.name(),
        Origin::Live => "",
    }
}

/// Leaves one of each live object in a sorted list.
fn forget_twins<T>(list: &mut Vec<T>, identity: impl Fn(&T) -> (&ObjectId, Origin, &String)) {
    list.dedup_by(|later, earlier| {
        identity(later) == identity(earlier) && identity(earlier).1 == Origin::Live
    });
}
