//! Everything that was gathered, from files or from one cluster: what checks
//! look at. Building it from objects is pure; reading is somebody else's.

mod build;
mod mentions;
mod pod;
mod producer;
pub mod rbac;
mod rollout;
mod secrets;
pub mod staleness;
pub mod symptom;

pub use build::Builder;
pub use mentions::Mentions;
pub use pod::{ContainerState, ContainerStatus, Event, Pod};
pub use producer::{Producer, ProducerKind, Readiness};
pub use secrets::{Answer, Immutability, Keys, Lookup, ManagedEntry, ManagedFields, SecretFacts};

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::finding::Grant;
use crate::manifest::{Document, SourceText};
use crate::workload::file_convention::Conventions;
use crate::workload::{Object, ObjectId, Origin, SecretReference, Workload};

/// Where everything came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Manifest files.
    Files(FileSet),
    /// A cluster.
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
    /// It may.
    Open,
    /// The files are all there is (`--assume-complete`).
    Complete,
}

/// An input file.
pub struct Source {
    /// Its text.
    pub text: SourceText,
    /// Its documents, without their trees (those are in the objects).
    pub documents: Vec<DocumentFacts>,
    /// Whether git knows it.
    pub git: GitStatus,
    /// Where it was read.
    pub read_from: ReadFrom,
}

/// Where the text of a source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// The file that its name tells.
    File,
    /// Standard input.
    StandardInput,
    /// This kustomization, rendered.
    Kustomization(String),
}

/// What is known of a document besides its objects.
pub struct DocumentFacts {
    /// How it is written.
    pub format: crate::manifest::Format,
    /// Its bytes.
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
    /// Where from.
    pub scope: Scope,
    /// The time it is judged at.
    pub now: Timestamp,
    /// How long a key may go unwritten, if that was said (`--max-age`).
    pub max_age: Option<SignedDuration>,
    /// What images are known to read from files.
    pub conventions: Conventions,
    /// Input files, by the `source` of [`Origin::File`].
    pub sources: Vec<Source>,
    /// All objects that kept their tree: every object of files; of a cluster
    /// all but pods, Secrets and events.
    pub objects: Vec<Object>,
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
    /// What makes Secrets.
    pub producers: Vec<Producer>,
    /// What the cluster did not let us list, with the namespaces.
    pub denied: BTreeSet<Grant>,
    /// What may not be listed of the whole cluster, while only one namespace was
    /// asked for: no gap of the report, but its absence proves nothing.
    pub hidden: BTreeSet<Grant>,
    /// Labels of the namespaces that were seen.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// Places in `objects`, by origin.
    objects_by_origin: Vec<usize>,
    /// Places in `pods`, by top owner.
    pods_by_top: BTreeMap<ObjectId, Vec<usize>>,
    /// Places in `events`, by the pod's namespace and name.
    events_by_pod: BTreeMap<(String, String), Vec<usize>>,
    secrets: BTreeMap<String, BTreeMap<String, SecretFacts>>,
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
}

/// A reference, and whose it is.
pub struct Use<'a> {
    /// The reference.
    pub reference: &'a SecretReference,
    /// The object it is reported on.
    pub subject: &'a ObjectId,
    /// Where that object was read.
    pub origin: Origin,
    /// The workload, if it is one.
    pub workload: Option<&'a Workload>,
    /// Whether it counts only as a use: an old ReplicaSet's, a finished Job's.
    pub dormant: bool,
}

/// In the order in which [`Inventory`] has the uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UseOwner {
    Workload,
    Dormant,
    Object,
}

impl Inventory {
    /// Every reference of the workloads, then of other objects. Those of
    /// dormant ones are in [`Inventory::all_uses`] only.
    pub fn uses(&self) -> impl Iterator<Item = Use<'_>> {
        self.all_uses().filter(|use_| !use_.dormant)
    }

    /// Every reference.
    pub fn all_uses(&self) -> impl Iterator<Item = Use<'_>> {
        self.uses
            .iter()
            .map(|(index, owner, reference)| match owner {
                UseOwner::Workload | UseOwner::Dormant => {
                    let workload = match owner {
                        UseOwner::Workload => &self.workloads[*index],
                        _ => &self.dormant[*index],
                    };
                    Use {
                        reference,
                        subject: &workload.id,
                        origin: workload.origin,
                        workload: Some(workload),
                        dormant: *owner == UseOwner::Dormant,
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
            })
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

    /// All Secrets that were seen, by namespace and name.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretFacts> {
        self.secrets.values().flat_map(BTreeMap::values)
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

    /// The objects of one document that kept their tree; of a cluster all.
    pub fn objects_from(&self, origin: Origin) -> impl Iterator<Item = &Object> {
        let object = |index: &usize| &self.objects[*index];
        let from = self
            .objects_by_origin
            .partition_point(|index| object(index).origin < origin);
        self.objects_by_origin[from..]
            .iter()
            .map(object)
            .take_while(move |object| object.origin == origin)
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
