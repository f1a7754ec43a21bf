//! What makes Secrets: so that a name is not called missing when something is
//! about to make it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::levels::external::{self, Creation, ExternalSecret, Makes, Promised};
use crate::levels::provider_class::{self, ProviderClass};
use crate::levels::sealed::{self, SealedSecret};
use crate::levels::status::Condition;
use crate::manifest::Node;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, ObjectId, Origin};

use super::Keys;
use super::secrets::FILLED_IN;

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
    /// It makes the Secret if nobody else does, and else adds keys to it.
    Joins,
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

/// The namespace of what may be made in any.
const ANYWHERE: &str = "";

impl Producer {
    /// Whether it may make its Secret in any namespace.
    pub fn is_anywhere(&self) -> bool {
        self.namespace == ANYWHERE
    }

    /// Whether it makes a Secret of this name.
    pub fn makes(&self, name: &str) -> bool {
        self.part != Part::Adds && self.secret == name
    }
}

/// The keys of an env file beside a kustomization, by the path that it has
/// there; `None` where they are not known.
pub(super) type EnvFile<'a> = &'a dyn Fn(&str) -> Option<&'a BTreeSet<String>>;

/// The producers of an object.
pub(super) fn of(object: &Object, env_file: EnvFile<'_>) -> Vec<Producer> {
    match (object.group(), object.id.kind.as_str()) {
        (sealed::GROUP, sealed::KIND) => sealed_secret(object).into_iter().collect(),
        (external::GROUP, "ExternalSecret") => external_secret(object).into_iter().collect(),
        // In a cluster, what it makes is there itself.
        (external::GROUP, "ClusterExternalSecret") if object.origin != Origin::Live => {
            in_namespaces(object)
        }
        (provider_class::GROUP, provider_class::KIND) => provider_class(object),
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

/// The Secret has the name of the SealedSecret, whatever its template says.
fn sealed_secret(object: &Object) -> Option<Producer> {
    let sealed = SealedSecret::of(&object.root)?;
    let keys = sealed.keys().into_iter().map(str::to_owned).collect();
    let keys = match sealed.has_deprecated_data() {
        true => partial(keys, "its deprecated spec.data is encrypted as a whole"),
        false => written(object, keys),
    };
    Some(Producer {
        type_: sealed.type_.map(str::to_owned),
        ready: readiness(object, "Synced"),
        ..producer(object, ProducerKind::SealedSecret, sealed.name, keys)
    })
}

/// `Owner` (the default) and `Orphan` make the Secret, `Merge` adds to one that is there,
/// `None` writes none.
fn external_secret(object: &Object) -> Option<Producer> {
    let external = ExternalSecret::of(object)?;
    let part = match external.creation {
        _ if external.makes == Makes::Other => return None,
        Creation::None => return None,
        Creation::Merge => Part::Adds,
        Creation::CreateOrMerge => Part::Joins,
        Creation::Owner | Creation::Orphan => Part::Makes,
    };
    let keys = match external.promised() {
        Promised::Keys(keys) => written(object, keys),
        Promised::AtLeast(keys, reason) => partial(keys, reason),
    };
    let secret = &external.secret.value;
    Some(Producer {
        part,
        type_: external.template.and_then(|template| template.type_),
        ready: readiness(object, "Ready"),
        ..producer(object, ProducerKind::ExternalSecret, secret, keys)
    })
}

/// What a ClusterExternalSecret makes in the namespaces that it names and, where it chooses
/// some by labels, perhaps in any.
fn in_namespaces(object: &Object) -> Vec<Producer> {
    const CHOSEN: &str = "whether its labels choose the namespace is not known";
    let Some(producer) = external_secret(object) else {
        return Vec::new();
    };
    let targets = external::targets(object);
    let named = targets.named.into_iter().map(|namespace| Producer {
        namespace,
        says_namespace: true,
        ..producer.clone()
    });
    let chosen = targets.chooses.then(|| Producer {
        namespace: ANYWHERE.to_owned(),
        says_namespace: true,
        keys: partial(producer.keys.known().clone(), CHOSEN),
        ..producer.clone()
    });
    named.chain(chosen).collect()
}

/// `secretObjects`.
fn provider_class(object: &Object) -> Vec<Producer> {
    let secrets = ProviderClass::of(object).map_or_else(Vec::new, |class| class.secrets);
    secrets
        .into_iter()
        .map(|secret| {
            let keys = secret.entries.into_iter().filter_map(|entry| entry.key);
            let keys = written(object, keys.collect());
            let name = &secret.name.value;
            Producer {
                type_: secret.type_,
                ..producer(object, ProducerKind::SecretProviderClass, name, keys)
            }
        })
        .collect()
}

/// Keys as they are written: in a file a template may still fill some in.
fn written(object: &Object, keys: BTreeSet<String>) -> Keys {
    match object.origin != Origin::Live && keys.iter().any(|key| is_placeholder(key)) {
        true => partial(keys, FILLED_IN),
        false => Keys::Complete(keys),
    }
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

fn readiness(object: &Object, type_: &str) -> Readiness {
    match Condition::of(object, type_) {
        Some(condition) if condition.is_true() => Readiness::Ready,
        Some(condition) if condition.is_false() => Readiness::NotReady {
            why: condition.words(),
        },
        _ => Readiness::Unknown,
    }
}
