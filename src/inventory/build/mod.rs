//! Building an inventory from objects. Pure: somebody else reads them.

mod finish;
mod tops;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use crate::api::Resource;
use crate::inventory::{GitStatus, Grant, ReadFrom, Scope, Source, producer, verdict};
use crate::kustomization::build::Builds;
use crate::manifest::{Content, Document, Format, Node, Parsed, Problem, SourceText, parse, path};
use crate::secret::sameness::Sameness;
use crate::workload::nameless::Nameless;
use crate::workload::partial::{Because, Partial};
use crate::workload::{
    Numbers, Object, Origin, Place, Workload, WorkloadKind, is_kustomization_file,
    object_reference, reference,
};

use crate::inventory::generated::{self, GeneratorFile, NamedFile};
use crate::inventory::node::{self, Kubelet};
use crate::inventory::pod::{self, Event, Pod};
use crate::inventory::realm::{Assembly, Reading, Route};
use crate::inventory::secrets::{self, SecretFacts};
use finish::source_name;

/// Collects objects, then makes an [`Inventory`](super::Inventory).
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
    not_served: BTreeSet<(&'static str, &'static str)>,
    only: Option<String>,
    secrets_of: Option<String>,
    namespaces: BTreeMap<String, BTreeMap<String, String>>,
    nodes: BTreeMap<String, Option<Kubelet>>,
    inspection: Inspection,
    /// Keys of env files, by the file of the kustomization that names them and
    /// the path that they have there.
    env_files: BTreeMap<(String, String), BTreeSet<String>>,
    generator_files: Vec<GeneratorFile>,
    missing_files: Vec<NamedFile>,
    /// Objects that count only as a part of what a kustomization builds.
    parts: Vec<Object>,
    partials: Vec<Partial>,
    nameless: Vec<Nameless>,
    assembly: Option<Assembly>,
    namespace_is_said: bool,
    /// Sources whose kustomizations are built: what these generate is there.
    resolved: BTreeSet<usize>,
}

/// What of Secrets is looked at.
enum Inspection {
    /// Secrets are not looked at at all.
    LeftOut,
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
            not_served: BTreeSet::new(),
            only: None,
            secrets_of: None,
            namespaces: BTreeMap::new(),
            nodes: BTreeMap::new(),
            inspection: Inspection::Off,
            env_files: BTreeMap::new(),
            generator_files: Vec::new(),
            missing_files: Vec::new(),
            parts: Vec::new(),
            partials: Vec::new(),
            nameless: Vec::new(),
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

    /// From here on, nobody asks about Secrets: they need not be listed.
    pub fn leave_out_secrets(&mut self) {
        self.inspection = Inspection::LeftOut;
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
            lines: parsed.lines,
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

    /// Notes that a file that a generator names is not there.
    pub fn add_missing_file(&mut self, named: NamedFile) {
        self.missing_files.push(named);
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

    /// Whether nobody asks about Secrets.
    pub fn leaves_out_secrets(&self) -> bool {
        matches!(self.inspection, Inspection::LeftOut)
    }

    /// Notes what may not be listed.
    pub fn deny(&mut self, grant: Grant) {
        self.denied.insert(grant);
    }

    /// Notes what may not be listed beyond the one namespace that is looked at.
    pub fn hide(&mut self, grant: Grant) {
        self.hidden.insert(grant);
    }

    /// Notes a resource that the server does not have.
    pub fn is_not_served(&mut self, resource: &Resource) {
        self.not_served.insert((resource.group, resource.plural));
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
        let nameless = each_object(root, place, &self.default_namespace, &mut objects);
        self.nameless.extend(nameless);
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
        if !live && let Some(workload) = Workload::without_pods(&object) {
            let because = Because::NoPods;
            self.partials.push(Partial { workload, because });
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

/// The objects of a tree: itself, or the items of a List. What is in it and does not
/// say its kind is returned.
fn each_object(
    root: Node,
    place: Place,
    namespace: &str,
    found: &mut Vec<Object>,
) -> Vec<Nameless> {
    let Some(list) = list_field(&root) else {
        let nameless = Nameless::of(&root, &place, namespace);
        found.extend(Object::new(root, place, namespace));
        return nameless.into_iter().collect();
    };
    let mut nameless = Vec::new();
    let Content::Mapping(entries) = root.content else {
        return nameless;
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
                nameless.extend(each_object(item, place, namespace, found));
            }
        }
    }
    nameless
}
