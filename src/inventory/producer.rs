//! What makes Secrets: so that a name is not called missing when something is
//! about to make it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::manifest::Node;
use crate::workload::{Object, ObjectId, Origin};

use super::Keys;

/// Something that makes a Secret.
#[derive(Clone, Debug)]
pub struct Producer {
    pub kind: ProducerKind,
    pub id: ObjectId,
    /// Where it was read.
    pub origin: Origin,
    /// Namespace of the Secret.
    pub namespace: String,
    /// Whether the namespace is said, not taken.
    pub says_namespace: bool,
    /// Name of the Secret; of a generator, without its hash.
    pub secret: String,
    /// The keys it will have; of one that adds, those that it adds.
    pub keys: Keys,
    /// Whether it makes the Secret at all.
    pub part: Part,
    /// `type` it will have, where that is said.
    pub type_: Option<String>,
    pub ready: Readiness,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// What a producer does to its Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Makes,
    /// It adds keys to the one that somebody else makes.
    Adds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProducerKind {
    SealedSecret,
    ExternalSecret,
    /// Secrets Store CSI driver (`secretObjects`).
    SecretProviderClass,
    Certificate,
    /// An Ingress with cert-manager's annotation.
    IngressShim,
    /// `secretGenerator` of a kustomization.
    KustomizeGenerator,
    /// Vault Secrets Operator and others that name their destination.
    Operator,
    /// A Job whose command names the Secret.
    Job,
}

/// Whether a producer works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Its condition says so.
    Ready,
    /// Its condition says why not.
    NotReady {
        /// The condition's reason and message.
        why: String,
    },
    /// Nothing is said (yet), or it is a file.
    Unknown,
}

impl Producer {
    /// Whether it makes a Secret of this name.
    pub fn makes(&self, name: &str) -> bool {
        self.part == Part::Makes && self.secret == name
    }
}

/// The keys of an env file beside a kustomization, by the path that it has
/// there; `None` where they are not known.
pub(super) type EnvFile<'a> = &'a dyn Fn(&str) -> Option<&'a BTreeSet<String>>;

/// The producers of an object.
pub(super) fn of(object: &Object, env_file: EnvFile<'_>) -> Vec<Producer> {
    match (object.group(), object.id.kind.as_str()) {
        ("bitnami.com", "SealedSecret") => vec![sealed_secret(object)],
        ("external-secrets.io", "ExternalSecret") => external_secret(object),
        ("secrets-store.csi.x-k8s.io", "SecretProviderClass") => provider_class(object),
        ("cert-manager.io", "Certificate") => certificate(object),
        ("networking.k8s.io", "Ingress") => ingress_shim(object),
        ("kustomize.config.k8s.io", "Kustomization") => generators(object, env_file),
        ("secrets.hashicorp.com", _) => destination(object),
        _ => Vec::new(),
    }
}

fn producer(object: &Object, kind: ProducerKind, secret: &str, keys: Keys) -> Producer {
    Producer {
        kind,
        id: object.id.clone(),
        origin: object.origin,
        namespace: object.id.namespace.clone(),
        says_namespace: object.metadata.says_namespace,
        secret: secret.to_owned(),
        keys,
        part: Part::Makes,
        type_: None,
        ready: Readiness::Unknown,
        created: object.metadata.created,
    }
}

/// bitnami-labs/sealed-secrets `pkg/apis/sealedsecrets/v1alpha1/types.go`.
fn sealed_secret(object: &Object) -> Producer {
    let template = object.root.at(&["spec", "template"]);
    let name = template
        .and_then(|template| template.at(&["metadata", "name"]))
        .and_then(Node::as_str)
        .unwrap_or(&object.id.name);
    let mut keys = names(object.root.at(&["spec", "encryptedData"]));
    keys.extend(names(template.and_then(|template| template.get("data"))));
    Producer {
        type_: template
            .and_then(|template| template.text_of("type"))
            .map(str::to_owned),
        ready: readiness(object, "Synced"),
        ..producer(
            object,
            ProducerKind::SealedSecret,
            name,
            Keys::Complete(keys),
        )
    }
}

/// external-secrets/external-secrets `apis/externalsecrets/v1`: `Owner` (the
/// default) and `Orphan` make the Secret, `Merge` adds to one that is there,
/// `None` writes none.
fn external_secret(object: &Object) -> Vec<Producer> {
    let spec = object.root.get("spec");
    let target = spec.and_then(|spec| spec.get("target"));
    let part = match target.and_then(|target| target.text_of("creationPolicy")) {
        Some("None") => return Vec::new(),
        Some("Merge") => Part::Adds,
        _ => Part::Makes,
    };
    let name = target
        .and_then(|target| target.text_of("name"))
        .unwrap_or(&object.id.name);
    let template = target.and_then(|target| target.get("template"));
    let listed: BTreeSet<String> = spec
        .and_then(|spec| spec.get("data"))
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|item| item.text_of("secretKey"))
        .map(str::to_owned)
        .collect();
    let template_keys = names(template.and_then(|template| template.get("data")));
    let has = |parent: Option<&Node>, field: &str| {
        parent
            .and_then(|parent| parent.get(field))
            .is_some_and(|list| !list.items().is_empty())
    };
    let merges = template.and_then(|template| template.text_of("mergePolicy")) == Some("Merge");
    let keys = if has(spec, "dataFrom") {
        partial(listed, "its dataFrom takes whatever keys the provider has")
    } else if has(template, "templateFrom") {
        partial(template_keys, "its template takes keys from elsewhere")
    } else if template_keys.is_empty() {
        Keys::Complete(listed)
    } else if merges {
        Keys::Complete(listed.union(&template_keys).cloned().collect())
    } else {
        Keys::Complete(template_keys)
    };
    vec![Producer {
        part,
        type_: template
            .and_then(|template| template.text_of("type"))
            .map(str::to_owned),
        ready: readiness(object, "Ready"),
        ..producer(object, ProducerKind::ExternalSecret, name, keys)
    }]
}

/// kubernetes-sigs/secrets-store-csi-driver, `secretObjects`.
fn provider_class(object: &Object) -> Vec<Producer> {
    object
        .root
        .at(&["spec", "secretObjects"])
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|item| {
            let keys = item
                .get("data")
                .map_or(&[][..], Node::items)
                .iter()
                .filter_map(|entry| entry.text_of("key"))
                .map(str::to_owned)
                .collect();
            let name = item.text_of("secretName")?;
            Some(Producer {
                type_: item.text_of("type").map(str::to_owned),
                ..producer(
                    object,
                    ProducerKind::SecretProviderClass,
                    name,
                    Keys::Complete(keys),
                )
            })
        })
        .collect()
}

fn tls_keys() -> Keys {
    // keystores and additional output formats may add to these.
    partial(
        ["tls.crt", "tls.key", "ca.crt"].map(str::to_owned).into(),
        "cert-manager may add further formats",
    )
}

fn certificate(object: &Object) -> Vec<Producer> {
    let name = object
        .root
        .at(&["spec", "secretName"])
        .and_then(Node::as_str);
    name.map(|name| Producer {
        type_: Some("kubernetes.io/tls".to_owned()),
        ready: readiness(object, "Ready"),
        ..producer(object, ProducerKind::Certificate, name, tls_keys())
    })
    .into_iter()
    .collect()
}

fn ingress_shim(object: &Object) -> Vec<Producer> {
    let asks = [
        "cert-manager.io/issuer",
        "cert-manager.io/cluster-issuer",
        "kubernetes.io/tls-acme",
    ]
    .iter()
    .any(|annotation| object.metadata.annotations.contains_key(*annotation));
    if !asks {
        return Vec::new();
    }
    object
        .root
        .at(&["spec", "tls"])
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|tls| tls.text_of("secretName"))
        .map(|name| producer(object, ProducerKind::IngressShim, name, tls_keys()))
        .collect()
}

/// A kustomization that was not rendered: names get a hash, and references to
/// them are rewritten, so the name without the hash is what manifests use.
fn generators(object: &Object, env_file: EnvFile<'_>) -> Vec<Producer> {
    let namespace = object
        .root
        .text_of("namespace")
        .unwrap_or(&object.id.namespace);
    object
        .root
        .get("secretGenerator")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|item| {
            let name = item.text_of("name")?;
            let mut keys = BTreeSet::new();
            for field in ["literals", "files"] {
                for text in item.get(field).map_or(&[][..], Node::items) {
                    let text = text.scalar_text().unwrap_or_default();
                    let key = match text.split_once('=') {
                        Some((key, _)) => key,
                        None => text.rsplit('/').next().unwrap_or(text),
                    };
                    keys.insert(key.to_owned());
                }
            }
            let mut unknown =
                merges(item).then(|| "it is merged with another generator of its name".to_owned());
            for path in env_files(item) {
                match env_file(path) {
                    Some(found) => keys.extend(found.iter().cloned()),
                    None => {
                        unknown = Some(format!("the keys of its env file {path} are not known"));
                    }
                }
            }
            let keys = match unknown {
                Some(reason) => partial(keys, &reason),
                None => Keys::Complete(keys),
            };
            Some(Producer {
                namespace: item.text_of("namespace").unwrap_or(namespace).to_owned(),
                says_namespace: item.get("namespace").is_some()
                    || object.root.get("namespace").is_some(),
                type_: item.text_of("type").map(str::to_owned),
                ..producer(object, ProducerKind::KustomizeGenerator, name, keys)
            })
        })
        .collect()
}

/// Whether a generator changes what another one of its name has made
/// (kubernetes-sigs/kustomize `api/types/generationbehavior.go`).
fn merges(item: &Node) -> bool {
    matches!(item.text_of("behavior"), Some("merge" | "replace"))
}

/// Env files of a generator; `env` is an old field for one.
fn env_files(item: &Node) -> impl Iterator<Item = &str> {
    item.get("envs")
        .map_or(&[][..], Node::items)
        .iter()
        .chain(item.get("env"))
        .filter_map(Node::as_str)
}

/// Env files that the generators of a kustomization name.
pub(super) fn env_files_of(object: &Object) -> impl Iterator<Item = &str> {
    let is_kustomization =
        (object.group(), object.id.kind.as_str()) == ("kustomize.config.k8s.io", "Kustomization");
    let generators = is_kustomization
        .then(|| object.root.get("secretGenerator"))
        .flatten();
    generators
        .map_or(&[][..], Node::items)
        .iter()
        .flat_map(env_files)
}

/// hashicorp/vault-secrets-operator: `spec.destination`.
fn destination(object: &Object) -> Vec<Producer> {
    let destination = object.root.at(&["spec", "destination"]);
    let name = destination.and_then(|destination| destination.text_of("name"));
    name.map(|name| Producer {
        ready: readiness(object, "SecretSynced"),
        ..producer(
            object,
            ProducerKind::Operator,
            name,
            partial(BTreeSet::new(), "its keys are those of the vault"),
        )
    })
    .into_iter()
    .collect()
}

fn partial(known: BTreeSet<String>, reason: &str) -> Keys {
    Keys::Partial {
        known,
        reason: reason.to_owned(),
    }
}

fn names(map: Option<&Node>) -> BTreeSet<String> {
    map.map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|entry| entry.key.scalar_text())
        .map(str::to_owned)
        .collect()
}

fn readiness(object: &Object, type_: &str) -> Readiness {
    let condition = object
        .root
        .at(&["status", "conditions"])
        .map_or(&[][..], Node::items)
        .iter()
        .find(|condition| condition.text_of("type") == Some(type_));
    match condition.and_then(|condition| Some((condition, condition.text_of("status")?))) {
        Some((_, "True")) => Readiness::Ready,
        Some((condition, "False")) => Readiness::NotReady {
            why: [condition.text_of("reason"), condition.text_of("message")]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(": "),
        },
        _ => Readiness::Unknown,
    }
}
