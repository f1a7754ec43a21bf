//! Building an inventory from objects. Pure: somebody else reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::command_line::Connection;
use crate::inventory::{Grant, verdict};
use crate::kustomization::build::Builds;
use crate::manifest::{Content, Document, Format, Node, Parsed, Problem, SourceText, parse, path};
use crate::secret::sameness::Sameness;
use crate::workload::partial::{self, Because, Partial};
use crate::workload::placeholder::is_placeholder;
use crate::workload::{
    Metadata, Numbers, Object, ObjectId, Origin, Place, Strategy, Workload, WorkloadKind,
    is_kustomization_file, object_reference, reference,
};

use super::generated::{self, GeneratorFile, NamedFile};
use super::makers::{self, Makers};
use super::node::{self, Kubelet};
use super::node_cache::EarlierUses;
use super::pod::{self, Event, Pod};
use super::rbac::Rbac;
use super::realm::{Assembly, Generator, Reading, Route};
use super::secrets::{self, Keys, SecretFacts};
use super::{FileSet, GitStatus, Inventory, ReadFrom, Scope, Source, Sources, UseOwner, producer};

/// Collects objects, then makes an [`Inventory`].
pub struct Builder {
    scope: Scope,
    default_namespace: String,
    now: Timestamp,
    sources: Vec<Source>,
    objects: Vec<Object>,
    workloads: Vec<Workload>,
    pods: Vec<Pod>,
    events: Vec<Event>,
    secrets: BTreeMap<String, BTreeMap<String, SecretFacts>>,
    twins: Vec<SecretFacts>,
    outside: BTreeMap<String, BTreeMap<String, SecretFacts>>,
    missing: BTreeSet<(String, String)>,
    asked: BTreeSet<(String, String)>,
    denied: BTreeSet<Grant>,
    hidden: BTreeSet<Grant>,
    only: Option<String>,
    secrets_of: Option<String>,
    namespaces: BTreeMap<String, BTreeMap<String, String>>,
    nodes: BTreeMap<String, Option<Kubelet>>,
    inspection: Inspection,
    /// Keys of env files, by the file of the kustomization that names them and
    /// the path that they have there.
    env_files: BTreeMap<(String, String), BTreeSet<String>>,
    generator_files: Vec<GeneratorFile>,
    /// Objects that count only as a part of what a kustomization builds.
    parts: Vec<Object>,
    partials: Vec<Partial>,
    assembly: Option<Assembly>,
    namespace_is_said: bool,
    /// Sources whose kustomizations are built: what these generate is there.
    resolved: BTreeSet<usize>,
}

/// Whether values are looked at.
enum Inspection {
    Off,
    On(Box<Sameness>),
}

impl Builder {
    /// An empty one. `default_namespace` is that of objects which name none.
    pub fn new(scope: Scope, default_namespace: impl Into<String>, now: Timestamp) -> Self {
        Self {
            scope,
            default_namespace: default_namespace.into(),
            now,
            sources: Vec::new(),
            objects: Vec::new(),
            workloads: Vec::new(),
            pods: Vec::new(),
            events: Vec::new(),
            secrets: BTreeMap::new(),
            twins: Vec::new(),
            outside: BTreeMap::new(),
            missing: BTreeSet::new(),
            asked: BTreeSet::new(),
            denied: BTreeSet::new(),
            hidden: BTreeSet::new(),
            only: None,
            secrets_of: None,
            namespaces: BTreeMap::new(),
            nodes: BTreeMap::new(),
            inspection: Inspection::Off,
            env_files: BTreeMap::new(),
            generator_files: Vec::new(),
            parts: Vec::new(),
            partials: Vec::new(),
            assembly: None,
            namespace_is_said: false,
            resolved: BTreeSet::new(),
        }
    }

    /// Notes that the namespace of objects which name none is no guess.
    pub fn namespace_is_said(&mut self) {
        self.namespace_is_said = true;
    }

    /// From here on, values of Secrets are looked at, for verdicts only.
    pub fn inspect_values(&mut self) {
        self.inspection = Inspection::On(Box::default());
    }

    /// Adds a file: its objects, and what was wrong with its text.
    pub fn add_file(&mut self, text: SourceText, git: GitStatus) -> Vec<Problem> {
        self.add_source(text, git, ReadFrom::File)
    }

    /// Adds a text, wherever it was read.
    pub fn add_source(
        &mut self,
        text: SourceText,
        git: GitStatus,
        read_from: ReadFrom,
    ) -> Vec<Problem> {
        let parsed = parse(&text);
        self.add_parsed(text, parsed, git, read_from)
    }

    /// Notes what the kustomizations among the sources come to, before these
    /// are added in their order.
    pub(super) fn take_assembly(&mut self, assembly: Assembly) {
        self.assembly = Some(assembly);
    }

    /// Builds the kustomizations among the sources that are about to be added:
    /// their names and documents. `rendered` tells which of them are what
    /// kubectl made of a root.
    pub fn assemble(
        &mut self,
        builds: Builds,
        sources: &[(&str, &[Document])],
        rendered: &BTreeMap<usize, usize>,
        reading: Reading,
    ) {
        let namespace = &self.default_namespace;
        let assembly = Assembly::of(builds, sources, rendered, namespace, reading);
        self.take_assembly(assembly);
    }

    /// Adds a text that was parsed already.
    pub fn add_parsed(
        &mut self,
        text: SourceText,
        parsed: Parsed,
        git: GitStatus,
        read_from: ReadFrom,
    ) -> Vec<Problem> {
        let source = self.sources.len();
        let is_kustomization = is_kustomization_file(Path::new(text.name()));
        let facts = parsed.documents.iter().map(Into::into).collect();
        self.objects.reserve(parsed.documents.len());
        self.workloads.reserve(parsed.documents.len());
        for (document, tree) in parsed.documents.into_iter().enumerate() {
            let numbers = match tree.format {
                Format::Yaml => Numbers::Yaml,
                Format::Json => Numbers::Decimal,
            };
            let place = Place {
                origin: Origin::File { source, document },
                numbers,
                base: String::new(),
            };
            if is_kustomization && tree.root.get("kind").is_none() {
                let namespace = &self.default_namespace;
                let object = Object::kustomization(tree.root, place, namespace);
                self.objects.extend(object);
            } else {
                self.add_routed(tree.root, place);
            }
        }
        self.sources.push(Source {
            text,
            documents: facts,
            git,
            read_from,
            broken: !parsed.problems.is_empty(),
        });
        parsed.problems
    }

    fn add_routed(&mut self, root: Node, place: Place) {
        let Origin::File { source, .. } = place.origin else {
            return self.add_tree(root, place);
        };
        let route = self
            .assembly
            .as_ref()
            .map(|assembly| assembly.route(source));
        let own = match &route {
            None | Some(Route::Judged) => return self.add_tree(root, place),
            // What it generates is part of what it builds; what is written in
            // it counts for itself.
            Some(Route::Part) if is_kustomization(&root) => return self.add_tree(root, place),
            Some(own) => own.clone(),
        };
        let mut objects = Vec::new();
        each_object(root, place, &self.default_namespace, &mut objects);
        for object in objects {
            match (&own, &mut self.assembly) {
                (Route::Rendered(index), Some(assembly)) => {
                    assembly.add_rendered(*index, object);
                }
                (Route::Patch(kustomization), _) => {
                    if let Some(workload) = Workload::from_object(&object) {
                        self.partials.push(Partial {
                            workload,
                            because: Because::Named(kustomization.clone()),
                        });
                    }
                    self.parts.push(object);
                }
                _ => self.parts.push(object),
            }
        }
    }

    /// Env files that generators name so far: the name of the kustomization's
    /// file, and the path as it stands there.
    pub fn env_files(&self) -> BTreeSet<(String, String)> {
        self.objects
            .iter()
            .flat_map(|object| {
                let kustomization = source_name(&self.sources, object.origin);
                producer::env_files_of(object)
                    .map(move |path| (kustomization.to_owned(), path.to_owned()))
            })
            .collect()
    }

    /// Adds the keys of an env file that a generator names.
    pub fn add_env_file(&mut self, place: (String, String), keys: BTreeSet<String>) {
        self.env_files.insert(place, keys);
    }

    /// Files that generators name so far, with the name of the kustomization's
    /// file.
    pub fn named_files(&self) -> Vec<(String, NamedFile)> {
        self.objects
            .iter()
            .flat_map(|object| {
                let kustomization = source_name(&self.sources, object.origin);
                generated::files_of(object)
                    .into_iter()
                    .map(move |named| (kustomization.to_owned(), named))
            })
            .collect()
    }

    /// Adds what can be read in a file that a generator names.
    pub fn add_generator_file(&mut self, file: GeneratorFile) {
        self.generator_files.push(file);
    }

    /// Adds a live object that is no Secret: an item of an answer.
    pub fn add_live(&mut self, root: Node) {
        self.add_tree(root, Place::live());
    }

    /// Adds what is known of a live Secret.
    pub fn add_secret(&mut self, facts: SecretFacts) {
        self.secrets
            .entry(facts.namespace.clone())
            .or_default()
            .insert(facts.name.clone(), facts);
    }

    /// Adds a Secret of a namespace that is not looked at: it only tells where
    /// a name exists.
    pub fn add_secret_outside(&mut self, facts: SecretFacts) {
        self.outside
            .entry(facts.namespace.clone())
            .or_default()
            .insert(facts.name.clone(), facts);
    }

    /// Notes that a Secret was asked for by its name and does not exist, where
    /// no list would tell.
    pub fn add_missing_secret(&mut self, namespace: &str, name: &str) {
        self.missing.insert((namespace.to_owned(), name.to_owned()));
    }

    /// Notes that the user asks for a Secret, whether or not anybody else does.
    pub fn want(&mut self, namespace: &str, name: &str) {
        self.asked.insert((namespace.to_owned(), name.to_owned()));
    }

    /// Names of Secrets that somebody asks for, by namespace, so far.
    pub fn wanted(&self) -> BTreeSet<(String, String)> {
        let of_workloads = self.workloads.iter().flat_map(|workload| {
            reference::references(workload)
                .into_iter()
                .map(|found| (workload.id.namespace.clone(), found))
        });
        let of_pods = self.pods.iter().flat_map(|pod| {
            reference::of_pod(&pod.spec)
                .into_iter()
                .map(|found| (pod.id.namespace.clone(), found))
        });
        let of_objects = self.objects.iter().flat_map(|object| {
            object_reference::references(object)
                .into_iter()
                .map(|found| (object.id.namespace.clone(), found))
        });
        of_workloads
            .chain(of_pods)
            .chain(of_objects)
            .map(|(namespace, found)| (found.namespace.unwrap_or(namespace), found.secret.value))
            .chain(self.asked.iter().cloned())
            .collect()
    }

    /// Whether values are looked at.
    pub fn inspects_values(&self) -> bool {
        matches!(self.inspection, Inspection::On(_))
    }

    /// Notes what may not be listed.
    pub fn deny(&mut self, grant: Grant) {
        self.denied.insert(grant);
    }

    /// Notes what may not be listed beyond the one namespace that is looked at.
    pub fn hide(&mut self, grant: Grant) {
        self.hidden.insert(grant);
    }

    /// Notes that this namespace only is looked at.
    pub fn look_only_at(&mut self, namespace: &str) {
        self.only = Some(namespace.to_owned());
    }

    /// Notes that Secrets of this namespace only are known.
    pub fn secrets_only_of(&mut self, namespace: &str) {
        self.secrets_of = Some(namespace.to_owned());
    }

    fn add_tree(&mut self, root: Node, place: Place) {
        let mut objects = Vec::new();
        each_object(root, place, &self.default_namespace, &mut objects);
        for object in objects {
            self.add_object(object);
        }
    }

    fn facts(&mut self, object: &Object) -> SecretFacts {
        let mut facts = secrets::of_object(object);
        if let Inspection::On(sameness) = &mut self.inspection {
            facts.values = Some(verdict::of_object(object, self.now, sameness));
        }
        facts
    }

    /// Several in files may have one name.
    fn add_secret_of_file(&mut self, facts: SecretFacts) {
        match self.secrets.get(&facts.namespace) {
            Some(of) if of.contains_key(&facts.name) => self.twins.push(facts),
            _ => self.add_secret(facts),
        }
    }

    fn add_object(&mut self, object: Object) {
        let live = object.origin == Origin::Live;
        match (object.group(), object.id.kind.as_str()) {
            ("", "Secret") => {
                let facts = self.facts(&object);
                // With the tree its values are wiped.
                if live {
                    self.add_secret(facts);
                    return;
                }
                self.add_secret_of_file(facts);
            }
            ("", "Namespace") => {
                self.namespaces
                    .insert(object.id.name.clone(), object.metadata.labels.clone());
            }
            ("" | "events.k8s.io", "Event") if live => {
                self.events.extend(pod::event(&object));
                return;
            }
            ("", "Node") if live => {
                self.nodes.extend(node::of_tree(&object.root));
                return;
            }
            ("", "Pod") if live => {
                self.pods.extend(pod::of_object(&object));
                return;
            }
            _ => {}
        }
        for workload in Workload::all_of(&object) {
            let heavy = matches!(
                workload.kind,
                WorkloadKind::ReplicaSet | WorkloadKind::Job | WorkloadKind::ReplicationController
            );
            self.workloads.push(workload);
            // Old revisions are many; nothing looks at their trees again.
            if live && heavy {
                return;
            }
        }
        self.objects.push(object);
    }

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
            realms: Vec::new(),
            kustomization: None,
            assumed_namespace,
            namespace_is_said: self.namespace_is_said,
            unbuilt: Vec::new(),
            neighbours: None,
            named: None,
            roaming: Makers::default(),
            workloads,
            dormant,
            pods: self.pods,
            events: self.events,
            producers,
            generator_files: self.generator_files,
            denied: self.denied,
            hidden: self.hidden,
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

/// The field that holds the objects of a List, or of a Template of OpenShift
/// (openshift/api `template/v1/types.go`).
fn list_field(root: &Node) -> Option<&'static str> {
    let kind = root.text_of("kind")?;
    let field = if kind.ends_with("List") {
        "items"
    } else if kind == "Template"
        && matches!(
            root.text_of("apiVersion"),
            Some("v1" | "template.openshift.io/v1")
        )
    {
        "objects"
    } else {
        return None;
    };
    root.get(field).map(|_| field)
}

/// Whether a tree is a kustomization that says so.
fn is_kustomization(root: &Node) -> bool {
    matches!(root.text_of("kind"), Some("Kustomization" | "Component"))
        && root
            .text_of("apiVersion")
            .is_some_and(|version| version.starts_with("kustomize.config.k8s.io/"))
}

/// The objects of a tree: itself, or the items of a List.
fn each_object(root: Node, place: Place, namespace: &str, found: &mut Vec<Object>) {
    let Some(list) = list_field(&root) else {
        found.extend(Object::new(root, place, namespace));
        return;
    };
    let Content::Mapping(entries) = root.content else {
        return;
    };
    for entry in entries {
        if entry.key.scalar_text() != Some(list) {
            continue;
        }
        if let Content::Sequence(items) = entry.value.content {
            for (index, item) in items.into_iter().enumerate() {
                let base = path::item(&path::child(&place.base, list), index);
                let place = Place {
                    base,
                    ..place.clone()
                };
                each_object(item, place, namespace, found);
            }
        }
    }
}

fn source_name(sources: &[Source], origin: Origin) -> &str {
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

/// Who belongs to whom in the end.
struct Tops {
    owners: BTreeMap<ObjectId, Option<ObjectId>>,
}

impl Tops {
    fn new(workloads: &[Workload]) -> Self {
        Self {
            owners: workloads
                .iter()
                .map(|workload| {
                    let owner = owner_id(&workload.id, &workload.metadata);
                    (workload.id.clone(), owner)
                })
                .collect(),
        }
    }

    /// The topmost owner that was seen. A pod's owner that was not seen is
    /// taken at its word; a workload's (an operator's resource) is not: the
    /// workload itself is what can be looked at.
    fn of(&self, id: &ObjectId, metadata: &Metadata) -> ObjectId {
        let Some(mut top) = owner_id(id, metadata) else {
            return id.clone();
        };
        if !self.owners.contains_key(&top) {
            return if id.kind == "Pod" {
                deployment_of(&top, metadata).unwrap_or(top)
            } else {
                id.clone()
            };
        }
        // Owners cannot go round in a cluster, but they can in a file.
        for _ in 0..8 {
            match self.owners.get(&top) {
                Some(Some(next)) if self.owners.contains_key(next) => top = next.clone(),
                _ => break,
            }
        }
        top
    }
}

fn owner_id(id: &ObjectId, metadata: &Metadata) -> Option<ObjectId> {
    let owner = metadata.owner.as_ref()?;
    Some(ObjectId {
        namespace: id.namespace.clone(),
        kind: owner.kind.clone(),
        name: owner.name.clone(),
    })
}

/// A ReplicaSet that cannot be listed still tells its Deployment: its name
/// ends with the pod's `pod-template-hash`.
fn deployment_of(owner: &ObjectId, pod: &Metadata) -> Option<ObjectId> {
    let hash = pod.labels.get("pod-template-hash")?;
    let name = owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')?;
    (owner.kind == "ReplicaSet").then(|| ObjectId {
        kind: "Deployment".to_owned(),
        name: name.to_owned(),
        namespace: owner.namespace.clone(),
    })
}

/// Workloads made of pods whose owner was not seen, and of bare pods: one for
/// each owner, from its first pod.
fn without_seen_owner(pods: &[Pod], seen: &[Workload]) -> Vec<Workload> {
    let seen: BTreeSet<_> = seen.iter().map(|workload| &workload.id).collect();
    let mut found: BTreeMap<&ObjectId, &Pod> = BTreeMap::new();
    for pod in pods {
        if !seen.contains(&pod.top) && !pod.is_finished() && !pod.metadata.deleting {
            found.entry(&pod.top).or_insert(pod);
        }
    }
    found
        .into_iter()
        .map(|(top, pod)| Workload {
            id: top.clone(),
            kind: if top.kind == "Pod" {
                WorkloadKind::Pod
            } else {
                WorkloadKind::Custom
            },
            api_version: "v1".to_owned(),
            origin: Origin::Live,
            metadata: pod.metadata.clone(),
            template_annotations: pod.metadata.annotations.clone(),
            template_labels: pod.metadata.labels.clone(),
            pod: pod.spec.clone(),
            replicas: None,
            paused: false,
            finished: false,
            strategy: Strategy::Rolling,
            revision_history_limit: None,
            base: String::new(),
        })
        .collect()
}
