//! Every way an object can name a Secret.

use super::pod::{Container, EnvFromSource, EnvSource, PodSpec};
use super::volume::{ProjectedSource, SecretSource, VolumeKind};
use super::{Located, Workload};

/// One mention of a Secret.
#[derive(Clone, Debug)]
pub struct SecretReference {
    /// The Secret's name, and where it is written.
    pub secret: Located<String>,
    /// The namespace it is looked for in, when the reference says so; else the
    /// object's own.
    pub namespace: Option<String>,
    /// The key; `None` when all keys are meant, or which is not said.
    pub key: Option<Located<String>>,
    /// The container, where there is one.
    pub container: Option<String>,
    pub usage: Usage,
    /// What happens when it is missing.
    pub need: Need,
    /// How sure it is that this names a Secret.
    pub confidence: Confidence,
}

/// What a Secret is used for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// A variable, `env[].valueFrom.secretKeyRef`.
    Variable { name: String },
    /// All keys as variables, `envFrom[].secretRef`.
    AllVariables {
        /// `prefix`.
        prefix: String,
    },
    /// Files of a secret volume.
    Volume { volume: String },
    /// Files of a projected volume.
    Projected { volume: String },
    /// A storage driver's own credentials (`csi.nodePublishSecretRef`,
    /// `cephfs.secretRef`, `azureFile.secretName`, PersistentVolumes, StorageClasses).
    Storage { field: String },
    /// `imagePullSecrets` of a pod.
    ImagePull,
    /// `imagePullSecrets` of a ServiceAccount.
    ServiceAccountPull,
    /// `secrets` of a ServiceAccount.
    ServiceAccountSecret,
    /// `spec.tls[].secretName` of an Ingress.
    IngressTls,
    /// An annotation of an ingress controller.
    IngressAnnotation { annotation: String },
    /// `tls.certificateRefs` of a Gateway's listener.
    Gateway,
    /// A field of a custom resource, told by its name.
    Custom { path: String },
}

/// What happens when a Secret or key is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Something does not start or work.
    Required,
    /// `optional: true`: it is left out.
    Optional,
}

impl Need {
    pub(crate) fn of(optional: bool) -> Self {
        if optional {
            Need::Optional
        } else {
            Need::Required
        }
    }
}

/// How sure it is that a field names a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The API says so.
    Certain,
    /// Told by the field's name.
    Guess,
}

impl SecretReference {
    fn certain(secret: &Located<String>, usage: Usage, need: Need) -> Self {
        Self {
            secret: secret.clone(),
            namespace: None,
            key: None,
            container: None,
            usage,
            need,
            confidence: Confidence::Certain,
        }
    }

    /// Whether a pod does not start without it (kubelet looks only at these).
    pub fn blocks_start(&self) -> bool {
        self.need == Need::Required
            && matches!(
                self.usage,
                Usage::Variable { .. }
                    | Usage::AllVariables { .. }
                    | Usage::Volume { .. }
                    | Usage::Projected { .. }
                    | Usage::Storage { .. }
            )
    }
}

/// The references of a workload's pod specification, in the order of its fields.
pub fn references(workload: &Workload) -> Vec<SecretReference> {
    of_pod(&workload.pod)
}

/// The references of a pod specification.
pub fn of_pod(pod: &PodSpec) -> Vec<SecretReference> {
    let mut found = Vec::new();
    for container in &pod.containers {
        of_container(container, &mut found);
    }
    for volume in &pod.volumes {
        let name = || volume.name.value.clone();
        match &volume.kind {
            VolumeKind::Secret { source, .. } => {
                of_files(source, &Usage::Volume { volume: name() }, &mut found);
            }
            VolumeKind::Projected { sources, .. } => {
                for source in sources {
                    if let ProjectedSource::Secret(source) = source {
                        of_files(source, &Usage::Projected { volume: name() }, &mut found);
                    }
                }
            }
            VolumeKind::Csi {
                node_publish_secret: Some(secret),
                ..
            } => found.push(SecretReference::certain(
                secret,
                Usage::Storage {
                    field: "csi.nodePublishSecretRef".to_owned(),
                },
                Need::Required,
            )),
            VolumeKind::Other { field, secrets } => {
                found.extend(secrets.iter().map(|secret| {
                    SecretReference::certain(
                        secret,
                        Usage::Storage {
                            field: field.clone(),
                        },
                        Need::Required,
                    )
                }));
            }
            _ => {}
        }
    }
    found.extend(
        pod.image_pull_secrets
            .iter()
            .map(|secret| SecretReference::certain(secret, Usage::ImagePull, Need::Required)),
    );
    found
}

fn of_container(container: &Container, found: &mut Vec<SecretReference>) {
    for source in &container.env_from {
        if let EnvFromSource::Secret(secret) = &source.source {
            found.push(SecretReference {
                container: Some(container.name.clone()),
                ..SecretReference::certain(
                    secret,
                    Usage::AllVariables {
                        prefix: source.prefix.clone(),
                    },
                    Need::of(source.optional),
                )
            });
        }
    }
    for variable in &container.env {
        if let EnvSource::SecretKey {
            secret,
            key,
            optional,
            ..
        } = &variable.source
        {
            found.push(SecretReference {
                container: Some(container.name.clone()),
                key: Some(key.clone()),
                ..SecretReference::certain(
                    secret,
                    Usage::Variable {
                        name: variable.name.value.clone(),
                    },
                    Need::of(*optional),
                )
            });
        }
    }
}

/// One reference for a Secret without `items`, else one for each item.
fn of_files(source: &SecretSource, usage: &Usage, found: &mut Vec<SecretReference>) {
    let whole = SecretReference::certain(&source.secret, usage.clone(), Need::of(source.optional));
    match &source.items {
        Some(items) if !items.is_empty() => {
            found.extend(items.iter().map(|item| SecretReference {
                key: Some(item.key.clone()),
                ..whole.clone()
            }));
        }
        _ => found.push(whole),
    }
}
