//! Volumes.

use crate::manifest::ScalarStyle;

use super::{Located, Site};

/// An entry of `volumes`.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Where the entry stands.
    pub site: Site,
    /// `name`.
    pub name: Located<String>,
    pub kind: VolumeKind,
}

impl Volume {
    /// Whether keys of Secrets become files of it.
    pub fn has_secrets(&self) -> bool {
        !self.kind.secret_sources().is_empty()
    }

    /// The first Secret whose keys become files of it.
    pub fn secret_name(&self) -> &str {
        self.kind
            .secret_sources()
            .first()
            .map_or("", |source| &source.secret.value)
    }
}

/// What a volume is.
#[derive(Clone, Debug)]
pub enum VolumeKind {
    /// `secret`.
    Secret {
        /// Which Secret and which of its keys; the mapping's own site.
        source: SecretSource,
        /// `defaultMode`.
        default_mode: Option<Mode>,
        /// `defaultUser`.
        default_user: Option<Located<i64>>,
    },
    /// `projected`.
    Projected {
        /// Where the mapping stands.
        site: Site,
        /// `sources`.
        sources: Vec<ProjectedSource>,
        /// `defaultMode`.
        default_mode: Option<Mode>,
        /// `defaultUser`.
        default_user: Option<Located<i64>>,
    },
    /// `csi`.
    Csi {
        /// `driver`.
        driver: String,
        /// `volumeAttributes.secretProviderClass`.
        provider_class: Option<Located<String>>,
        /// `nodePublishSecretRef.name`.
        node_publish_secret: Option<Located<String>>,
    },
    /// `configMap`.
    ConfigMap,
    /// `downwardAPI`.
    DownwardApi,
    /// `emptyDir`.
    EmptyDir,
    /// Anything else, by its field name, with the Secrets it names.
    Other {
        /// `persistentVolumeClaim`, `hostPath`, `cephfs`, …; empty if there is none.
        field: String,
        /// Names in its `secretRef` or `secretName`.
        secrets: Vec<Located<String>>,
    },
}

impl VolumeKind {
    /// The Secrets whose keys become files: the Secret of a secret volume, the
    /// secret sources of a projected one.
    pub fn secret_sources(&self) -> Vec<&SecretSource> {
        match self {
            VolumeKind::Secret { source, .. } => vec![source],
            VolumeKind::Projected { sources, .. } => sources
                .iter()
                .filter_map(|source| match source {
                    ProjectedSource::Secret(source) => Some(source),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Where `secret` or `projected` stands.
    pub fn mapping(&self) -> Option<&Site> {
        match self {
            VolumeKind::Secret { source, .. } => Some(&source.site),
            VolumeKind::Projected { site, .. } => Some(site),
            _ => None,
        }
    }

    /// Whether kubelet mounts it read-only whatever the mount says
    /// (kubernetes/kubernetes#58720, CVE-2017-1002102).
    pub fn is_read_only(&self) -> bool {
        matches!(
            self,
            VolumeKind::Secret { .. }
                | VolumeKind::Projected { .. }
                | VolumeKind::ConfigMap
                | VolumeKind::DownwardApi
        )
    }

    /// `defaultMode` of a secret or projected volume.
    pub fn default_mode(&self) -> Option<&Mode> {
        match self {
            VolumeKind::Secret { default_mode, .. }
            | VolumeKind::Projected { default_mode, .. } => default_mode.as_ref(),
            _ => None,
        }
    }

    /// `defaultUser` of a secret or projected volume: the uid that its files
    /// are to belong to (KEP-5936).
    pub fn default_user(&self) -> Option<&Located<i64>> {
        match self {
            VolumeKind::Secret { default_user, .. }
            | VolumeKind::Projected { default_user, .. } => default_user.as_ref(),
            _ => None,
        }
    }
}

/// A Secret and which of its keys become which files.
#[derive(Clone, Debug)]
pub struct SecretSource {
    /// Where the mapping stands.
    pub site: Site,
    /// `secretName` (volume) or `name` (projected source).
    pub secret: Located<String>,
    /// `items`; `None` means every key under its own name.
    pub items: Option<Vec<Item>>,
    /// `optional`.
    pub optional: bool,
}

/// An entry of `items`.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where the entry stands.
    pub site: Site,
    /// `key`.
    pub key: Located<String>,
    /// `path`.
    pub path: Located<String>,
    /// `mode`.
    pub mode: Option<Mode>,
    /// `user`, which outranks the volume's `defaultUser`.
    pub user: Option<Located<i64>>,
}

/// A source of a projected volume.
#[derive(Clone, Debug)]
pub enum ProjectedSource {
    /// `secret`.
    Secret(SecretSource),
    /// `serviceAccountToken`, at this path in the volume.
    ServiceAccountToken {
        /// `path`.
        path: String,
    },
    /// `configMap`, `downwardAPI`, `clusterTrustBundle`, …: the paths it lists.
    Other {
        /// The name of its ConfigMap, if it is one.
        config_map: Option<String>,
        /// `items[].path`; `None` when it lists none.
        paths: Option<Vec<Located<String>>>,
    },
}

/// A file mode as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    pub site: Site,
    /// What the API server understands; `None` if it is no integer to kubectl
    /// (a quoted one, say).
    pub bits: Option<i64>,
    /// How the file has it: `0400`, `256`, `"0400"` without the quotes.
    pub lexeme: String,
    /// How it was written.
    pub style: ScalarStyle,
    /// Whether it stands in JSON (or is live), where all numbers are decimal.
    pub decimal_only: bool,
}
