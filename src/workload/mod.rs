//! How workloads use Secrets: the reference model every command stands on.
//!
//! Pure: trees come in ([`crate::manifest`]), plain data goes out. A field
//! that a finding may point at keeps its [`Site`].

pub mod access;
pub mod api_types;
pub mod credential;
pub mod delivery;
pub mod digest;
pub mod environment;
pub mod expansion;
pub mod file_convention;
pub mod files;
pub mod hidden;
pub mod image;
pub mod image_facts;
pub mod kinds;
pub mod malformed;
mod malformed_words;
pub mod mode;
pub mod mount_path;
pub mod nameless;
pub mod near;
pub mod object;
pub mod object_reference;
pub mod partial;
pub mod placeholder;
pub mod plaintext;
pub mod pod;
pub(crate) mod read;
pub mod reference;
pub mod rollout;
pub mod secret_controller;
pub mod selector;
pub mod shell;
pub mod shell_arguments;
pub mod strict_program;
mod template;
mod volume;
pub mod volume_name;

pub use object::{
    KUSTOMIZATION_FILES, Metadata, Numbers, Object, ObjectId, Origin, Owner, Place,
    is_kustomization_file,
};
pub use pod::{
    Container, ContainerClass, EnvFrom, EnvFromSource, EnvSource, EnvVar, Hook, Mount, PodSecurity,
    PodSpec, Probe, RunAs, SubPath,
};
pub use reference::{Confidence, Need, SecretReference, Usage, references};
pub use template::{Strategy, Workload, WorkloadKind};
pub use volume::{Item, Mode, ProjectedSource, SecretSource, Volume, VolumeKind};

use crate::manifest::Span;

/// Where a field stands in its object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// Its JSON path: `spec.containers[0].env[2].name`.
    pub path: String,
    /// Its bytes in the file; empty for live objects.
    pub span: Span,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    pub site: Site,
}

impl<T> Located<T> {
    /// A value at a place.
    pub fn new(value: T, site: Site) -> Self {
        Self { value, site }
    }
}

impl Located<String> {
    pub fn as_str(&self) -> &str {
        &self.value
    }
}
