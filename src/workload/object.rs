//! An object's identity and metadata.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use crate::manifest::Node;

use super::read;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// Namespace, the effective one; empty for objects outside namespaces.
    pub namespace: String,
    pub kind: String,
    pub name: String,
}

impl ObjectId {
    /// `deployment/api`, as kubectl takes it; the kind alone of what has no name, such as a
    /// kustomization.
    pub fn short(&self) -> String {
        if self.name.is_empty() {
            return self.kind.to_lowercase();
        }
        format!("{}/{}", self.kind.to_lowercase(), self.name)
    }

    /// The owner of the object of this name, as its metadata tell it: one of its namespace.
    pub fn owner(&self, metadata: &Metadata) -> Option<Self> {
        let owner = metadata.owner.as_ref()?;
        Some(Self {
            namespace: self.namespace.clone(),
            kind: owner.kind.clone(),
            name: owner.name.clone(),
        })
    }
}

/// Where an object was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    File {
        /// Which of the sources.
        source: usize,
        /// Which of its documents.
        document: usize,
    },
    Live,
}

/// How numbers of an object are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As YAML 1.1 has them: `0400` is octal.
    Yaml,
    /// As JSON has them, and so every answer of the API server.
    Decimal,
}

/// The controller of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub uid: String,
}

/// What is read of an object's `metadata`.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    pub labels: BTreeMap<String, String>,
    /// Annotations; of sealed ones the name, with an empty text.
    pub annotations: BTreeMap<String, String>,
    pub owner: Option<Owner>,
    /// `uid`; empty in files.
    pub uid: String,
    /// `creationTimestamp`.
    pub created: Option<Timestamp>,
    /// `generation`.
    pub generation: Option<i64>,
    /// `deletionTimestamp` is set.
    pub deleting: bool,
    /// Field managers, in the order of `managedFields`.
    pub managers: Vec<String>,
    /// Whether it says its namespace itself.
    pub says_namespace: bool,
}

/// An object as it was read, with its tree.
pub struct Object {
    pub id: ObjectId,
    /// `apiVersion`.
    pub api_version: String,
    pub origin: Origin,
    /// How its numbers are written.
    pub numbers: Numbers,
    pub metadata: Metadata,
    pub root: Node,
    /// Where the tree stands in its document: empty, or `items[3]` of a List.
    pub base: String,
}

/// Where a tree was read, and how.
#[derive(Clone, Debug)]
pub struct Place {
    pub origin: Origin,
    /// How its numbers are written.
    pub numbers: Numbers,
    /// Where the tree stands in its document.
    pub base: String,
}

impl Place {
    /// An answer of an API server.
    pub fn live() -> Self {
        Self {
            origin: Origin::Live,
            numbers: Numbers::Decimal,
            base: String::new(),
        }
    }
}

/// What a tree says it is.
struct Said {
    api_version: String,
    kind: String,
}

/// Names of files that hold a kustomization: kubernetes-sigs/kustomize
/// `api/konfig/general.go`.
pub const KUSTOMIZATION_FILES: [&str; 3] =
    ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether a file is a kustomization by its name.
pub fn is_kustomization_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| KUSTOMIZATION_FILES.iter().any(|known| name == *known))
}

impl Object {
    /// Reads identity and metadata of a tree; `None` if it is no object.
    ///
    /// `default_namespace` is taken where the object names none and its kind
    /// lives in namespaces.
    pub fn new(root: Node, place: Place, default_namespace: &str) -> Option<Self> {
        let api_version = root.text_of("apiVersion")?.to_owned();
        let kind = root.text_of("kind")?.to_owned();
        let said = Said { api_version, kind };
        Some(Self::called(said, root, place, default_namespace))
    }

    /// Reads a tree without a kind of a file that kustomize reads for its name:
    /// it is a kustomization (`api/types/kustomization.go`,
    /// `FixKustomizationPostUnmarshalling`).
    pub fn kustomization(root: Node, place: Place, default_namespace: &str) -> Option<Self> {
        if !root.is_mapping() {
            return None;
        }
        let api_version = root.text_of("apiVersion");
        let said = Said {
            api_version: api_version
                .unwrap_or("kustomize.config.k8s.io/v1beta1")
                .to_owned(),
            kind: "Kustomization".to_owned(),
        };
        Some(Self::called(said, root, place, default_namespace))
    }

    fn called(said: Said, root: Node, place: Place, default_namespace: &str) -> Self {
        let Said { api_version, kind } = said;
        let Place {
            origin,
            numbers,
            base,
        } = place;
        let meta = root.get("metadata");
        let text = |key: &str| meta.and_then(|meta| meta.text_of(key));
        let namespace = match text("namespace") {
            Some(given) => given.to_owned(),
            None if is_cluster_scoped(&kind) => String::new(),
            None => default_namespace.to_owned(),
        };
        let name = text("name")
            .or_else(|| text("generateName"))
            .unwrap_or_default()
            .to_owned();
        let metadata = meta.map(read::metadata).unwrap_or_default();
        Self {
            id: ObjectId {
                namespace,
                kind,
                name,
            },
            api_version,
            origin,
            numbers,
            metadata,
            root,
            base,
        }
    }

    /// The API group: `apps` of `apps/v1`, empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
    }
}

/// Whether an API group is none of Kubernetes' own (kubernetes/api), nor that of
/// a file which never reaches a cluster.
pub(super) fn is_custom(group: &str) -> bool {
    const BUILT_IN: &[&str] = &[
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "gateway.networking.k8s.io",
        "internal.apiserver.k8s.io",
        "kustomize.config.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    ];
    group.contains('.') && !BUILT_IN.contains(&group)
}

/// Built-in kinds outside namespaces (API reference), and the common custom ones.
pub fn is_cluster_scoped(kind: &str) -> bool {
    matches!(
        kind,
        "Namespace"
            | "Node"
            | "PersistentVolume"
            | "StorageClass"
            | "ClusterRole"
            | "ClusterRoleBinding"
            | "CustomResourceDefinition"
            | "ValidatingWebhookConfiguration"
            | "MutatingWebhookConfiguration"
            | "APIService"
            | "PriorityClass"
            | "IngressClass"
            | "RuntimeClass"
            | "CSIDriver"
            | "CSINode"
            | "VolumeAttachment"
            | "GatewayClass"
            | "ClusterSecretStore"
            | "ClusterExternalSecret"
            | "ClusterIssuer"
            | "ClusterPolicy"
            | "ClusterTask"
            | "ClusterTriggerAuthentication"
            | "ClusterWorkflowTemplate"
            | "CertificateSigningRequest"
    )
}
