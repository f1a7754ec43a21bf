//! Building an inventory from objects. Pure: somebody else reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use crate::finding::Grant;
use crate::manifest::{Content, Format, Node, Problem, SourceText, parse};
use crate::secret::sameness::Sameness;
use crate::secret::verdict;
use crate::workload::file_convention::Conventions;
use crate::workload::object_reference;
use crate::workload::{
    Metadata, Numbers, Object, ObjectId, Origin, Place, Strategy, Workload, WorkloadKind,
    is_kustomization_file, path, reference,
};

use super::pod::{self, Event, Pod};
use super::rbac::Rbac;
use super::secrets::{self, SecretFacts};
use super::{GitStatus, Inventory, ReadFrom, Scope, Source, UseOwner, producer};

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
    outside: BTreeMap<String, BTreeMap<String, SecretFacts>>,
    missing: BTreeSet<(String, String)>,
    asked: BTreeSet<(String, String)>,
    denied: BTreeSet<Grant>,
    hidden: BTreeSet<Grant>,
    only: Option<String>,
    secrets_of: Option<String>,
    namespaces: BTreeMap<String, BTreeMap<String, String>>,
    inspection: Inspection,
    /// Keys of env files, by the file of the kustomization that names them and
    /// the path that they have there.
    env_files: BTreeMap<(String, String), BTreeSet<String>>,
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
            outside: BTreeMap::new(),
            missing: BTreeSet::new(),
            asked: BTreeSet::new(),
            denied: BTreeSet::new(),
            hidden: BTreeSet::new(),
            only: None,
            secrets_of: None,
            namespaces: BTreeMap::new(),
            inspection: Inspection::Off,
            env_files: BTreeMap::new(),
        }
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
                self.add_tree(tree.root, place);
            }
        }
        self.sources.push(Source {
            text,
            documents: facts,
            git,
            read_from,
        });
        parsed.problems
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
        let is_list = root
            .text_of("kind")
            .is_some_and(|kind| kind.ends_with("List"))
            && root.get("items").is_some();
        if !is_list {
            if let Some(object) = Object::new(root, place, &self.default_namespace) {
                self.add_object(object);
            }
            return;
        }
        let Content::Mapping(entries) = root.content else {
            return;
        };
        for entry in entries {
            if entry.key.scalar_text() != Some("items") {
                continue;
            }
            if let Content::Sequence(items) = entry.value.content {
                for (index, item) in items.into_iter().enumerate() {
                    let base = path::item(&path::child(&place.base, "items"), index);
                    self.add_tree(
                        item,
                        Place {
                            base,
                            ..place.clone()
                        },
                    );
                }
            }
        }
    }

    fn add_object(&mut self, object: Object) {
        let live = object.origin == Origin::Live;
        match (object.group(), object.id.kind.as_str()) {
            ("", "Secret") => {
                let mut facts = secrets::of_object(&object);
                if let Inspection::On(sameness) = &mut self.inspection {
                    facts.values = Some(verdict::of_object(&object, self.now, sameness));
                }
                self.add_secret(facts);
                // With the tree its values are wiped.
                if live {
                    return;
                }
            }
            ("", "Namespace") => {
                self.namespaces
                    .insert(object.id.name.clone(), object.metadata.labels.clone());
            }
            ("" | "events.k8s.io", "Event") if live => {
                self.events.extend(pod::event(&object));
                return;
            }
            ("", "Pod") if live => {
                self.pods.extend(pod::of_object(&object));
                return;
            }
            _ => {}
        }
        if let Some(workload) = Workload::of(&object) {
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

    /// The inventory.
    pub fn finish(mut self) -> Inventory {
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
        let mut objects_by_origin: Vec<usize> = (0..self.objects.len()).collect();
        objects_by_origin.sort_by_key(|index| self.objects[*index].origin);
        let mut producers: Vec<_> = self
            .objects
            .iter()
            .flat_map(|object| {
                let kustomization = source_name(&self.sources, object.origin);
                let env_file = |path: &str| {
                    let place = (kustomization.to_owned(), path.to_owned());
                    self.env_files.get(&place)
                };
                producer::of(object, &env_file)
            })
            .collect();
        producer::open_where_generated_twice(&mut producers);
        let rbac = Rbac::of(&self.objects);
        Inventory {
            rbac,
            scope: self.scope,
            now: self.now,
            max_age: None,
            conventions: Conventions::default(),
            sources: self.sources,
            objects: self.objects,
            workloads,
            dormant,
            pods: self.pods,
            events: self.events,
            producers,
            denied: self.denied,
            hidden: self.hidden,
            only: self.only,
            secrets_of: self.secrets_of,
            namespaces: self.namespaces,
            objects_by_origin,
            pods_by_top,
            events_by_pod,
            secrets: self.secrets,
            outside: self.outside,
            missing: self.missing,
            uses,
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
