//! Everything that was gathered, from files or from one cluster: what checks
//! look at. Building it from objects is pure; reading is somebody else's.

pub mod at_rest;
mod build;
mod config_maps;
mod generated;
mod makers;
mod managed;
mod mentions;
mod named;
pub mod node;
mod node_cache;
mod obstacles;
mod pod;
mod producer;
pub mod rbac;
mod realm;
mod rollout;
mod secrets;
mod sources;
pub mod staleness;
pub mod symptom;
mod unseen;
pub mod verdict;

pub use build::Builder;
pub use generated::{Generates, GeneratorFile, NamedFile, TakenAs};
pub use managed::{ManagedEntry, ManagedFields};
pub use mentions::Mentions;
pub use named::{Named, Wanted};
pub use node::Kubelet;
pub use node_cache::{Earlier, EarlierUse};
pub use obstacles::Unreadable;
pub use pod::{ContainerState, ContainerStatus, End, Event, Pod, Run};
pub use producer::{Part, Producer, ProducerKind, Readiness};
pub use realm::{Generator, HashFollowers, Reading, Realm, Unbuilt, Verdict, Written};
pub use sources::Sources;
pub use unseen::{Grant, Reason, role_command};

pub use secrets::{
    Answer, ContentMark, Doubtful, Immutability, Keys, Lookup, MirrorOf, SecretFacts,
};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::command_line::Connection;
use crate::manifest::{Document, Lines, SourceText};
use crate::workload::nameless::Nameless;
use crate::workload::partial::Partial;
use crate::workload::{
    Container, Object, ObjectId, Origin, SecretReference, Workload, WorkloadKind,
};

/// Where everything came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Files(FileSet),
    Cluster {
        /// The kubeconfig's context, or the server's address.
        name: String,
        /// Minor version of Kubernetes 1.x, if known.
        minor: Option<u32>,
    },
}

/// Whether what is not among the files may still exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSet {
    Open,
    /// The files are all there is (`--assume-complete`).
    Complete,
}

pub struct Source {
    pub text: SourceText,
    /// Its documents, without their trees (those are in the objects).
    pub documents: Vec<DocumentFacts>,
    /// Whether git knows it.
    pub git: GitStatus,
    /// Where it was read.
    pub read_from: ReadFrom,
    /// Whether some of it could not be read.
    pub broken: bool,
    /// Whether kubectl reads it for certain.
    pub lines: Lines,
}

/// Where the text of a source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// The file that its name tells.
    File,
    StandardInput,
    Kustomization(String),
    /// The file that its name tells, since a kustomization names it.
    Reached,
}

/// What is known of a document besides its objects.
pub struct DocumentFacts {
    /// How it is written.
    pub format: crate::manifest::Format,
    pub span: crate::manifest::Span,
    /// Keys that stand twice in a mapping.
    pub duplicates: Vec<crate::manifest::DuplicateKey>,
    /// Whether SOPS encrypted it (`sops:` block).
    pub sops: bool,
}

impl From<&Document> for DocumentFacts {
    fn from(document: &Document) -> Self {
        Self {
            format: document.format,
            span: document.span,
            duplicates: document.duplicates.clone(),
            sops: document
                .root
                .get("sops")
                .is_some_and(|sops| sops.is_mapping()),
        }
    }
}

/// Whether git knows a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitStatus {
    /// Tracked, in the index or a commit.
    Tracked,
    /// Inside a work tree, ignored or untracked.
    Untracked,
    /// No repository, or not a file.
    Outside,
}

/// Everything that was gathered.
pub struct Inventory {
    pub scope: Scope,
    /// Which cluster the commands are for that are told with it.
    pub connection: Connection,
    /// The time it is judged at.
    pub now: Timestamp,
    /// Input files, by the `source` of [`Origin::File`].
    pub sources: Arc<Sources>,
    /// All objects that kept their tree: every object of files; of a cluster
    /// all but pods, Secrets and events.
    pub objects: Vec<Object>,
    /// Objects of files that are only a part of what a kustomization builds,
    /// and Secrets that one generates: they are no objects of this set.
    parts: Vec<Object>,
    /// Documents that are a part of a workload.
    pub partials: Vec<Partial>,
    /// Documents of files that are meant to be objects and do not say which.
    pub nameless: Vec<Nameless>,
    /// What each kustomization that nothing else builds on comes to.
    pub realms: Vec<Realm>,
    /// The namespace of objects that name none, where nobody said which that
    /// is and files are all there is.
    pub assumed_namespace: Option<String>,
    /// Whether somebody said the namespace of objects that name none.
    pub namespace_is_said: bool,
    /// The folder of the kustomization whose objects these are, if they are.
    pub kustomization: Option<String>,
    /// Those that could not be built.
    pub unbuilt: Vec<Unbuilt>,
    /// Who makes what in all of the files, this set and its realms.
    neighbours: Option<Arc<makers::Makers>>,
    /// Secrets that are named anywhere in all of the files.
    named: Option<Arc<BTreeSet<(String, String)>>>,
    /// Stores and SecretProviderClasses in all of the files.
    known: Option<Arc<named::Known>>,
    /// Who makes what in files that kustomizations take, whatever the
    /// namespace: only there it is known where they put it.
    roaming: makers::Makers,
    /// What makes pods and is not itself made by something seen here: bare
    /// pods among them. Old ReplicaSets are in [`Inventory::dormant`].
    pub workloads: Vec<Workload>,
    /// ReplicaSets, Jobs and the like whose owner is among the workloads: they
    /// count as uses (a rollback needs them), not as subjects.
    pub dormant: Vec<Workload>,
    /// Live pods; empty for files.
    pub pods: Vec<Pod>,
    /// Warning events of pods.
    pub events: Vec<Event>,
    pub producers: Vec<Producer>,
    /// Files with readable values that generators of kustomizations take.
    pub generator_files: Vec<GeneratorFile>,
    /// Files that generators of kustomizations name and that are not there.
    pub missing_files: Vec<NamedFile>,
    /// What the cluster did not let us list, with the namespaces.
    pub denied: BTreeSet<Grant>,
    /// What may not be listed of the whole cluster, while only one namespace was
    /// asked for: no gap of the report, but its absence proves nothing.
    pub hidden: BTreeSet<Grant>,
    /// Resources that the server does not have, by group and plural; empty for files.
    pub not_served: BTreeSet<(&'static str, &'static str)>,
    /// Nodes by name, with their kubelet where its version can be read; empty
    /// when they were not asked for or may not be listed.
    pub nodes: BTreeMap<String, Option<Kubelet>>,
    /// Labels of the namespaces that were seen.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// Places in `objects`, by origin.
    objects_by_origin: Vec<usize>,
    /// Places in `pods`, by top owner.
    pods_by_top: BTreeMap<ObjectId, Vec<usize>>,
    /// Places in `events`, by the pod's namespace and name.
    events_by_pod: BTreeMap<(String, String), Vec<usize>>,
    secrets: BTreeMap<String, BTreeMap<String, SecretFacts>>,
    /// Further Secrets of files with the namespace and name of one of those.
    twins: Vec<SecretFacts>,
    /// What names lead to that several can make.
    makers: makers::Makers,
    /// Who may do what, by the roles and bindings among the objects.
    pub rbac: rbac::Rbac,
    /// The only namespace that was looked at; `None` for all.
    only: Option<String>,
    /// The only namespace whose Secrets were listed; `None` when all were.
    secrets_of: Option<String>,
    /// Secrets of namespaces that are not looked at.
    outside: BTreeMap<String, BTreeMap<String, SecretFacts>>,
    /// Secrets that were asked for one by one and do not exist.
    missing: BTreeSet<(String, String)>,
    uses: Vec<(usize, UseOwner, SecretReference)>,
    /// Namespaces and names of Secrets, and of those that something makes, which
    /// a template fills in.
    templated: Vec<(String, String)>,
    /// What used earlier Secrets of names that exist again.
    earlier: node_cache::EarlierUses,
    /// Places in `uses`, by the Secret's namespace and name.
    uses_by_secret: Vec<usize>,
    /// The keys that references name, by the Secret's namespace and name.
    asked_keys: BTreeMap<(String, String), BTreeSet<String>>,
}

/// A reference, and whose it is.
pub struct Use<'a> {
    pub reference: &'a SecretReference,
    /// The object it is reported on.
    pub subject: &'a ObjectId,
    /// Where that object was read.
    pub origin: Origin,
    /// The workload, if it is one.
    pub workload: Option<&'a Workload>,
    /// Whether it counts only as a use: an old ReplicaSet's, a finished Job's,
    /// a patch's.
    pub dormant: bool,
}

impl<'a> Use<'a> {
    /// Namespace and name of the Secret that is looked for.
    fn secret(&self) -> (&'a str, &'a str) {
        let namespace = self.reference.namespace.as_deref();
        let namespace = namespace.unwrap_or(&self.subject.namespace);
        (namespace, self.reference.secret.as_str())
    }
}

/// In the order in which [`Inventory`] has the uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UseOwner {
    Workload,
    Dormant,
    Partial,
    Object,
}

impl Inventory {
    /// Every reference of the workloads, then of other objects. Those of
    /// dormant ones are in [`Inventory::all_uses`] only.
    pub fn uses(&self) -> impl Iterator<Item = Use<'_>> {
        self.all_uses().filter(|use_| !use_.dormant)
    }

    pub fn all_uses(&self) -> impl Iterator<Item = Use<'_>> {
        (0..self.uses.len()).map(|place| self.use_at(place))
    }

    /// Every reference to a Secret, in the order of [`Inventory::all_uses`]; of
    /// one that names no namespace its object's counts.
    pub fn uses_of(&self, namespace: &str, name: &str) -> impl Iterator<Item = Use<'_>> {
        let wanted = (namespace, name);
        let places = &self.uses_by_secret;
        let first = places.partition_point(|place| self.use_at(*place).secret() < wanted);
        let many = places[first..].partition_point(|place| self.use_at(*place).secret() == wanted);
        let places = places[first..first + many].iter();
        places.map(|place| self.use_at(*place))
    }

    /// Sorts the references by what they lead to.
    fn index_uses(&mut self) {
        let mut places: Vec<usize> = (0..self.uses.len()).collect();
        places.sort_by(|one, other| {
            let secret = |place: &usize| self.use_at(*place).secret();
            secret(one).cmp(&secret(other))
        });
        let mut asked: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for used in self.uses() {
            let (namespace, name) = used.secret();
            if let Some(key) = &used.reference.key {
                let keys = asked.entry((namespace.to_owned(), name.to_owned()));
                keys.or_default().insert(key.value.clone());
            }
        }
        self.uses_by_secret = places;
        self.asked_keys = asked;
    }

    /// The keys of a Secret that references name, sorted: of one that many use,
    /// too.
    pub fn asked_keys(&self, namespace: &str, name: &str) -> impl Iterator<Item = &str> {
        let secret = (namespace.to_owned(), name.to_owned());
        let keys = self.asked_keys.get(&secret).into_iter().flatten();
        keys.map(String::as_str)
    }

    fn use_at(&self, place: usize) -> Use<'_> {
        let (index, owner, reference) = &self.uses[place];
        match owner {
            UseOwner::Workload | UseOwner::Dormant | UseOwner::Partial => {
                let workload = match owner {
                    UseOwner::Workload => &self.workloads[*index],
                    UseOwner::Partial => &self.partials[*index].workload,
                    _ => &self.dormant[*index],
                };
                Use {
                    reference,
                    subject: &workload.id,
                    origin: workload.origin,
                    workload: Some(workload),
                    dormant: *owner != UseOwner::Workload,
                }
            }
            UseOwner::Object => {
                let object = &self.objects[*index];
                Use {
                    reference,
                    subject: &object.id,
                    origin: object.origin,
                    workload: None,
                    dormant: false,
                }
            }
        }
    }

    /// The references of an object that is no workload, wherever it was read.
    pub fn uses_of_object<'a>(
        &'a self,
        id: &ObjectId,
    ) -> impl Iterator<Item = &'a SecretReference> {
        let first = self.objects.partition_point(|object| object.id < *id);
        let many = self.objects[first..].partition_point(|object| object.id == *id);
        let before = |end: usize| {
            self.uses
                .partition_point(|(index, owner, _)| (*owner, *index) < (UseOwner::Object, end))
        };
        self.uses[before(first)..before(first + many)]
            .iter()
            .map(|(_, _, reference)| reference)
    }

    /// Objects of a kind, by API group.
    pub fn of_kind<'a>(
        &'a self,
        group: &'a str,
        kind: &'a str,
    ) -> impl Iterator<Item = &'a Object> {
        self.objects
            .iter()
            .filter(move |object| object.id.kind == kind && object.group() == group)
    }

    /// The first object of a name, by API group and kind.
    pub fn of_name(
        &self,
        (group, kind): (&str, &str),
        namespace: &str,
        name: &str,
    ) -> Option<&Object> {
        let wanted = (namespace, kind, name);
        let key = |object: &'_ Object| -> std::cmp::Ordering {
            let ObjectId {
                namespace,
                kind,
                name,
            } = &object.id;
            (namespace.as_str(), kind.as_str(), name.as_str()).cmp(&wanted)
        };
        let first = self.objects.partition_point(|object| key(object).is_lt());
        self.objects[first..]
            .iter()
            .take_while(|object| key(object).is_eq())
            .find(|object| object.group() == group)
    }

    /// The Jobs of a namespace, those of CronJobs too: in lists that are sorted
    /// by namespace and kind, since each of many workloads may ask.
    pub fn jobs_in(&self, namespace: &str) -> impl Iterator<Item = &Workload> {
        const JOB: &str = "Job";
        let of = |workload: &Workload| {
            (workload.id.namespace.as_str(), workload.id.kind.as_str()).cmp(&(namespace, JOB))
        };
        [&self.workloads, &self.dormant]
            .map(|list| {
                let first = list.partition_point(|workload| of(workload).is_lt());
                let end = first + list[first..].partition_point(|workload| of(workload).is_eq());
                &list[first..end]
            })
            .into_iter()
            .flatten()
            .filter(|workload| workload.kind == WorkloadKind::Job)
    }

    /// All Secrets that were seen, by namespace and name; then those of files
    /// whose name another one has.
    /// Secrets that controllers keep equal to this one, as they say themselves: their
    /// namespaces and names.
    pub fn mirrors_of(&self, namespace: &str, name: &str) -> Vec<(&str, &str)> {
        let all = self
            .secrets()
            .chain(self.outside.values().flat_map(BTreeMap::values));
        let is_copy = |facts: &&SecretFacts| {
            let of = facts.mirror_of.as_ref();
            of.is_some_and(|of| of.namespace == namespace && of.name == name)
        };
        all.filter(is_copy)
            .map(|facts| (facts.namespace.as_str(), facts.name.as_str()))
            .collect()
    }

    pub fn secrets(&self) -> impl Iterator<Item = &SecretFacts> {
        self.secrets
            .values()
            .flat_map(BTreeMap::values)
            .chain(&self.twins)
    }

    /// The only namespace that was looked at; `None` for all, and for files.
    pub fn only_namespace(&self) -> Option<&str> {
        self.only.as_deref()
    }

    /// Whether anything was seen in a namespace.
    pub fn has_something_in(&self, namespace: &str) -> bool {
        let of_workloads = self.workloads.iter().chain(&self.dormant);
        let ids = of_workloads
            .map(|workload| &workload.id)
            .chain(self.objects.iter().map(|object| &object.id))
            .chain(self.pods.iter().map(|pod| &pod.id));
        ids.into_iter().any(|id| id.namespace == namespace)
            || self.secrets_in(namespace).next().is_some()
            || self.namespaces.contains_key(namespace)
    }

    /// Whether there is no object at all.
    pub fn is_bare(&self) -> bool {
        self.objects.is_empty()
            && self.parts.is_empty()
            && self.partials.is_empty()
            && self.nameless.is_empty()
            && self.workloads.is_empty()
            && self.pods.is_empty()
            && self.realms.is_empty()
            && self.secrets().next().is_none()
    }

    /// The files in which there is no object, and nothing that could not be read.
    pub fn files_without_objects(&self) -> Vec<&str> {
        let objects = self.all().flat_map(|inventory| {
            let objects = inventory.objects.iter().chain(&inventory.parts);
            let workloads = inventory.workloads.iter().chain(&inventory.dormant);
            let partial = inventory.partials.iter();
            let secrets = inventory.secrets().map(|facts| facts.origin);
            objects
                .map(|object| object.origin)
                .chain(workloads.map(|workload| workload.origin))
                .chain(partial.map(|partial| partial.workload.origin))
                .chain(secrets)
        });
        let holding: BTreeSet<usize> = objects
            .filter_map(|origin| match origin {
                Origin::File { source, .. } => Some(source),
                Origin::Live => None,
            })
            .collect();
        self.sources
            .iter()
            .enumerate()
            .filter(|(index, source)| !source.broken && !holding.contains(index))
            .map(|(_, source)| source.text.name())
            .collect()
    }

    /// The Secrets of a namespace.
    pub fn secrets_in(&self, namespace: &str) -> impl Iterator<Item = &SecretFacts> {
        self.secrets
            .get(namespace)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// Live pods of a workload (its top owner).
    pub fn pods_of<'a>(&'a self, id: &'a ObjectId) -> impl Iterator<Item = &'a Pod> {
        self.pods_by_top
            .get(id)
            .into_iter()
            .flatten()
            .map(|index| &self.pods[*index])
    }

    /// The workload of a name, where it is seen.
    pub fn workload(&self, id: &ObjectId) -> Option<&Workload> {
        self.workloads_of(id).first()
    }

    /// All of one name, which several files may have: in a list that is sorted by names,
    /// since each of many pods may ask.
    pub fn workloads_of(&self, id: &ObjectId) -> &[Workload] {
        let first = self.workloads.partition_point(|workload| workload.id < *id);
        let length = self.workloads[first..].partition_point(|workload| workload.id == *id);
        &self.workloads[first..first + length]
    }

    /// The workloads of a namespace, in the same list.
    pub fn workloads_in(&self, namespace: &str) -> &[Workload] {
        let of = |workload: &Workload| workload.id.namespace.as_str().cmp(namespace);
        let first = self
            .workloads
            .partition_point(|workload| of(workload).is_lt());
        let length = self.workloads[first..].partition_point(|workload| of(workload).is_eq());
        &self.workloads[first..first + length]
    }

    /// Every container of a workload's template, init containers among them.
    pub fn containers(&self) -> impl Iterator<Item = (&Workload, &Container)> {
        self.workloads.iter().flat_map(|workload| {
            let containers = workload.pod.containers.iter();
            containers.map(move |container| (workload, container))
        })
    }

    /// Events of a pod; those of an earlier pod of its name are left out.
    pub fn events_of<'a>(&'a self, pod: &'a Pod) -> impl Iterator<Item = &'a Event> {
        let name = (pod.id.namespace.clone(), pod.id.name.clone());
        self.events_by_pod
            .get(&name)
            .into_iter()
            .flatten()
            .map(|index| &self.events[*index])
            .filter(|event| {
                event.uid.is_empty() || pod.metadata.uid.is_empty() || event.uid == pod.metadata.uid
            })
    }

    /// The tree of a workload, where it was kept.
    pub fn object_of(&self, workload: &Workload) -> Option<&Object> {
        self.objects_at(&workload.id, workload.origin)
            .find(|object| object.base == workload.base)
    }

    /// The objects of one document that kept their tree, those that are only a
    /// part of something among them; of a cluster all.
    pub fn objects_from(&self, origin: Origin) -> impl Iterator<Item = &Object> {
        let object = |index: &usize| self.any_object(*index);
        let from = self
            .objects_by_origin
            .partition_point(|index| object(index).origin < origin);
        self.objects_by_origin[from..]
            .iter()
            .map(object)
            .take_while(move |object| object.origin == origin)
    }

    /// By the places that [`Inventory::objects_by_origin`] has.
    fn any_object(&self, index: usize) -> &Object {
        match index.checked_sub(self.objects.len()) {
            None => &self.objects[index],
            Some(part) => &self.parts[part],
        }
    }

    /// Lets the sets of files know of each other's Secrets.
    fn introduce(&mut self) {
        let neighbours = Arc::new(makers::Makers::over(self.all()));
        self.neighbours = Some(Arc::clone(&neighbours));
        let named: BTreeSet<_> = self
            .all()
            .flat_map(Inventory::all_uses)
            .map(|used| {
                let reference = used.reference;
                let namespace = match &reference.namespace {
                    Some(namespace) => namespace.clone(),
                    None => used.subject.namespace.clone(),
                };
                (namespace, reference.secret.value.clone())
            })
            .collect();
        let named = Arc::new(named);
        self.named = Some(Arc::clone(&named));
        let known = Arc::new(named::known(self.all()));
        self.known = Some(Arc::clone(&known));
        let doubt = self.unbuilt.first().cloned();
        for realm in &mut self.realms {
            realm.inventory.neighbours = Some(Arc::clone(&neighbours));
            realm.inventory.named = Some(Arc::clone(&named));
            realm.inventory.known = Some(Arc::clone(&known));
            realm.inventory.unbuilt.extend(doubt.clone());
        }
    }

    /// Whether a file or kustomization beside this set names a Secret.
    pub fn is_used_elsewhere(&self, namespace: &str, name: &str) -> bool {
        self.named
            .as_ref()
            .is_some_and(|named| named.contains(&(namespace.to_owned(), name.to_owned())))
    }

    /// The object of a place, where its tree was kept.
    pub fn object(&self, id: &ObjectId, origin: Origin) -> Option<&Object> {
        self.objects_at(id, origin).next()
    }

    /// A List may hold one object twice.
    fn objects_at(&self, id: &ObjectId, origin: Origin) -> impl Iterator<Item = &Object> {
        let first = self
            .objects
            .partition_point(|object| (&object.id, object.origin) < (id, origin));
        self.objects[first..]
            .iter()
            .take_while(move |object| (&object.id, object.origin) == (id, origin))
    }

    /// Whether everything here is live.
    pub fn is_live(&self) -> bool {
        matches!(self.scope, Scope::Cluster { .. })
    }

    /// Whether a namespace of the cluster was looked at.
    pub fn looks_at(&self, namespace: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == namespace)
    }

    /// The permission that is missing to list a resource in a namespace.
    pub fn denied(&self, group: &str, resource: &str, namespace: &str) -> Option<&Grant> {
        self.denied.iter().find(|grant| {
            grant.group == group
                && grant.resource == resource
                && grant
                    .namespace
                    .as_deref()
                    .is_none_or(|denied| denied == namespace)
        })
    }

    /// The text of a source.
    pub fn source(&self, origin: Origin) -> Option<&Source> {
        match origin {
            Origin::File { source, .. } => self.sources.get(source),
            Origin::Live => None,
        }
    }
}
