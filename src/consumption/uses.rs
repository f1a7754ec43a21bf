//! The ways in which a Secret gets into a pod or is named by an object.

use std::collections::BTreeSet;

use crate::finding::SecretName;
use crate::inventory::Immutability;
use crate::workload::delivery::{Delivery, Way, deliveries};
use crate::workload::files::{self, SecretFile};
use crate::workload::hidden::{Hider, hider};
use crate::workload::mount_path::{clean, is_below};
use crate::workload::{
    Confidence, Container, ContainerClass, Mount, Need, ObjectId, Origin, PodSpec, SecretReference,
    Site, SubPath, Usage, Volume, VolumeKind, reference,
};

use super::{Activity, Consumer, ContainerName};

/// How the content of a Secret gets to its consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    Variable {
        name: String,
    },
    /// All keys as variables.
    AllVariables {
        /// The prefix of each key.
        prefix: String,
    },
    /// Files of a mounted volume.
    Files(Mounted),
    /// A volume of which no container mounts a file; the kubelet needs the Secret anyway.
    Unmounted {
        volume: String,
    },
    /// A storage driver's credentials.
    Storage {
        field: String,
    },
    /// Pulling the pod's images.
    ImagePull,
    /// Pulling the images of every pod of a ServiceAccount.
    ServiceAccountPull,
    /// A Secret that a ServiceAccount lists as its own.
    ServiceAccountSecret,
    /// The certificate of an Ingress.
    IngressTls,
    /// An annotation of an Ingress for its controller.
    IngressAnnotation {
        annotation: String,
    },
    /// The certificate of a Gateway's listener.
    Gateway,
    /// A field of a custom resource that looks like a Secret's name.
    Custom {
        path: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    pub volume: String,
    /// Whether the volume is a projected one.
    pub projected: bool,
    /// `mountPath`.
    pub path: String,
    /// `subPath` or `subPathExpr`.
    pub sub_path: Option<String>,
    pub files: Files,
}

/// Files in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    Known(Vec<File>),
    /// Unknown, because the keys are unknown, or the sub-path has variables.
    Unknown,
}

/// A file in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub key: String,
    pub path: String,
}

/// How a change of the Secret arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// With a new container: variables and sub-paths are read when it starts.
    Restart,
    /// The kubelet updates the files within about two minutes; the app has to reread them.
    Refresh,
    /// By itself: the next pull uses it.
    NextPull,
    /// With a new mount: the driver reads it again for a new pod.
    NextMount,
    /// A controller watches it.
    Controller,
    /// Never: the Secret cannot be changed, only replaced by another.
    Never,
    NotKnown,
}

/// One use in a pod or an object.
pub(super) struct Use<'a> {
    pub site: Site,
    pub container: Option<ContainerName>,
    pub how: How,
    pub keys: Option<Vec<String>>,
    pub need: Need,
    pub reach: Reach,
    /// What hides it from the app.
    pub hider: Option<Hider>,
    /// What a container gets.
    pub delivery: Option<Delivery<'a>>,
}

impl Use<'_> {
    /// The use as one of an object.
    pub fn of(self, subject: &ObjectId, origin: Origin, activity: Activity) -> Consumer {
        Consumer {
            subject: subject.clone(),
            origin,
            site: self.site,
            container: self.container,
            how: self.how,
            keys: self.keys,
            need: self.need,
            confidence: Confidence::Certain,
            reach: self.reach,
            hider: self.hider,
            activity,
            pods: Vec::new(),
            workloads: Vec::new(),
        }
    }
}

/// What is looked for.
pub(super) struct Search<'a> {
    pub secret: &'a SecretName,
    /// The Secret's keys, if all are known.
    pub keys: Option<&'a BTreeSet<String>>,
    pub immutable: Immutability,
}

impl Search<'_> {
    /// Every use in a pod specification of a namespace.
    pub fn in_pod<'p>(&self, pod: &'p PodSpec, namespace: &str) -> Vec<Use<'p>> {
        let mut found = Vec::new();
        if namespace != self.secret.namespace {
            return found;
        }
        let mut taken = BTreeSet::new();
        for container in &pod.containers {
            for delivery in deliveries(pod, container) {
                if delivery.secret.value != self.secret.name {
                    continue;
                }
                taken.insert(&delivery.secret.site);
                if self.concerns(delivery.keys.as_deref()) {
                    found.extend(self.delivered(pod, container, delivery));
                }
            }
        }
        for volume in &pod.volumes {
            for source in volume.kind.secret_sources() {
                let keys: Option<Vec<&str>> = source
                    .items
                    .as_ref()
                    .filter(|items| !items.is_empty())
                    .map(|items| items.iter().map(|item| item.key.value.as_str()).collect());
                if source.secret.value == self.secret.name
                    && !taken.contains(&source.secret.site)
                    && self.concerns(keys.as_deref())
                {
                    found.push(Use {
                        site: source.secret.site.clone(),
                        container: None,
                        how: How::Unmounted {
                            volume: volume.name.value.clone(),
                        },
                        keys: keys.map(texts),
                        need: if source.optional {
                            Need::Optional
                        } else {
                            Need::Required
                        },
                        reach: self.unless_immutable(Reach::Refresh),
                        hider: None,
                        delivery: None,
                    });
                }
            }
        }
        let others = reference::of_pod(pod);
        found.extend(
            others
                .iter()
                .filter(|found| matches!(found.usage, Usage::Storage { .. } | Usage::ImagePull))
                .filter_map(|found| self.in_reference(found, namespace)),
        );
        found
    }

    /// The use of a reference whose object is in a namespace.
    pub fn in_reference(
        &self,
        reference: &SecretReference,
        namespace: &str,
    ) -> Option<Use<'static>> {
        let namespace = reference.namespace.as_deref().unwrap_or(namespace);
        if reference.secret.value != self.secret.name || namespace != self.secret.namespace {
            return None;
        }
        // The keys that the API names for each purpose.
        const PULL: &[&str] = &[".dockerconfigjson", ".dockercfg"];
        const TLS: &[&str] = &["tls.crt", "tls.key"];
        let (how, keys, reach) = match &reference.usage {
            Usage::ImagePull => (How::ImagePull, Some(PULL), Reach::NextPull),
            Usage::ServiceAccountPull => (How::ServiceAccountPull, Some(PULL), Reach::NextPull),
            Usage::ServiceAccountSecret => (How::ServiceAccountSecret, None, Reach::NotKnown),
            Usage::IngressTls => (How::IngressTls, Some(TLS), Reach::Controller),
            Usage::Gateway => (How::Gateway, Some(TLS), Reach::Controller),
            Usage::IngressAnnotation { annotation } => (
                How::IngressAnnotation {
                    annotation: annotation.clone(),
                },
                None,
                Reach::Controller,
            ),
            Usage::Storage { field } => (
                How::Storage {
                    field: field.clone(),
                },
                None,
                Reach::NextMount,
            ),
            Usage::Custom { path } => (How::Custom { path: path.clone() }, None, Reach::NotKnown),
            // Those of pods are reported by their deliveries.
            Usage::Variable { .. }
            | Usage::AllVariables { .. }
            | Usage::Volume { .. }
            | Usage::Projected { .. } => return None,
        };
        let own = reference.key.as_ref().map(|key| vec![key.value.as_str()]);
        let keys = own.or_else(|| keys.map(<[_]>::to_vec));
        self.concerns(keys.as_deref()).then(|| Use {
            site: reference.secret.site.clone(),
            container: None,
            how,
            keys: keys.map(texts),
            need: reference.need,
            reach: self.unless_immutable(reach),
            hider: None,
            delivery: None,
        })
    }

    /// Whether the requested key is among those of a use.
    fn concerns(&self, keys: Option<&[&str]>) -> bool {
        match (&self.secret.key, keys) {
            (Some(key), Some(keys)) => keys.contains(&key.as_str()),
            _ => true,
        }
    }

    fn unless_immutable(&self, reach: Reach) -> Reach {
        match self.immutable {
            Immutability::Yes => Reach::Never,
            Immutability::Probably | Immutability::No => reach,
        }
    }

    fn delivered<'p>(
        &self,
        pod: &'p PodSpec,
        container: &'p Container,
        delivery: Delivery<'p>,
    ) -> Option<Use<'p>> {
        let (how, reach) = match delivery.way {
            Way::Variable { name } => (
                How::Variable {
                    name: name.to_owned(),
                },
                Reach::Restart,
            ),
            Way::AllVariables => {
                let entry = container.env_from.iter().find(|entry| {
                    matches!(&entry.source, crate::workload::EnvFromSource::Secret(secret)
                        if std::ptr::eq(secret, delivery.secret))
                });
                let prefix = entry.map_or_else(String::new, |entry| entry.prefix.clone());
                (How::AllVariables { prefix }, Reach::Restart)
            }
            Way::SubPath { mount } => (self.mounted(pod, mount, &delivery)?, Reach::Restart),
            Way::Directory { mount } => {
                let reach = match container.class {
                    // It read the files when it ran.
                    ContainerClass::Init => Reach::Restart,
                    _ => Reach::Refresh,
                };
                (self.mounted(pod, mount, &delivery)?, reach)
            }
        };
        Some(Use {
            site: delivery.site().clone(),
            container: Some(ContainerName {
                name: container.name.clone(),
                class: container.class,
            }),
            how,
            keys: delivery.keys.clone().map(texts),
            need: delivery.need,
            hider: self.hider(pod, container, &delivery),
            reach: self.unless_immutable(reach),
            delivery: Some(delivery),
        })
    }

    /// What hides everything requested from a container: the key, or every key.
    fn hider(
        &self,
        pod: &PodSpec,
        container: &Container,
        delivery: &Delivery<'_>,
    ) -> Option<Hider> {
        let keys: Vec<&str> = match (&self.secret.key, &delivery.keys, self.keys) {
            (Some(key), _, _) => vec![key],
            (None, Some(keys), _) => keys.clone(),
            (None, None, Some(keys)) => keys.iter().map(String::as_str).collect(),
            (None, None, None) => return None,
        };
        let mut found = None;
        for key in keys {
            found = Some(hider(pod, container, delivery, key)?);
        }
        found
    }

    fn mounted(&self, pod: &PodSpec, mount: &Mount, delivery: &Delivery<'_>) -> Option<How> {
        let volume = pod.volume(&mount.volume.value)?;
        Some(How::Files(Mounted {
            volume: volume.name.value.clone(),
            projected: matches!(volume.kind, VolumeKind::Projected { .. }),
            path: mount.path.value.clone(),
            sub_path: mount
                .sub_path
                .as_ref()
                .map(|path| path.text().value.clone()),
            files: self.files(volume, mount, delivery),
        }))
    }

    fn files(&self, volume: &Volume, mount: &Mount, delivery: &Delivery<'_>) -> Files {
        let sub_path = match &mount.sub_path {
            None => None,
            Some(SubPath::Literal(text)) => Some(clean(&text.value)),
            Some(SubPath::Expression(_)) => return Files::Unknown,
        };
        // If not all keys are known, the requested or named keys are enough.
        let named: Option<BTreeSet<String>> = match (&self.secret.key, &delivery.keys) {
            (Some(key), _) => Some([key.clone()].into()),
            (None, Some(keys)) => Some(keys.iter().map(|&key| key.to_owned()).collect()),
            (None, None) => None,
        };
        let source = volume
            .kind
            .secret_sources()
            .into_iter()
            .find(|source| std::ptr::eq(&source.secret, delivery.secret));
        let Some(all) =
            source.and_then(|source| files::files(volume, source, self.keys.or(named.as_ref())))
        else {
            return Files::Unknown;
        };
        let place = |file: &SecretFile| {
            let inside = clean(&file.path);
            let rest = match &sub_path {
                None => inside.as_str(),
                Some(sub_path) if inside == *sub_path => "",
                Some(sub_path) if is_below(&inside, sub_path) => &inside[sub_path.len()..],
                Some(_) => return None,
            };
            Some(File {
                key: file.key.clone(),
                path: clean(&format!("{}{rest}", mount.path.value)),
            })
        };
        Files::Known(
            all.iter()
                .filter(|file| named.as_ref().is_none_or(|keys| keys.contains(&file.key)))
                .filter_map(place)
                .collect(),
        )
    }
}

fn texts(keys: Vec<&str>) -> Vec<String> {
    keys.into_iter().map(str::to_owned).collect()
}
