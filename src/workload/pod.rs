//! A pod's specification, typed, with the place of every field that matters.

use super::mount_path::{clean, is_below};
use super::volume::Volume;
use super::{Located, Site};

#[derive(Clone, Debug, Default)]
pub struct PodSpec {
    /// Where it stands: `spec.template.spec`.
    pub site: Site,
    /// All containers: init (sidecars among them), main, ephemeral.
    pub containers: Vec<Container>,
    pub volumes: Vec<Volume>,
    /// `securityContext`.
    pub security: PodSecurity,
    /// `serviceAccountName`; the API's default is `default`.
    pub service_account: Option<Located<String>>,
    /// `automountServiceAccountToken`.
    pub automount_token: Option<Located<bool>>,
    /// `imagePullSecrets[].name`.
    pub image_pull_secrets: Vec<Located<String>>,
    /// Whether it is known to run on Windows (`os.name`, node selector).
    pub windows: bool,
    /// The architecture of its nodes, where its node selector says it
    /// (`kubernetes.io/arch`: `amd64`, `arm64`, …).
    pub architecture: Option<String>,
    /// `nodeName`.
    pub node_name: Option<String>,
}

impl PodSpec {
    /// The volume of a name; of equal names the first.
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.name.value == name)
    }

    /// Every mount of a volume, with its container.
    pub fn mounters<'a>(
        &'a self,
        volume: &'a str,
    ) -> impl Iterator<Item = (&'a Container, &'a Mount)> {
        self.containers.iter().flat_map(move |container| {
            container
                .mounts
                .iter()
                .filter(move |mount| mount.volume.value == volume)
                .map(move |mount| (container, mount))
        })
    }
}

/// The pod's `securityContext`.
#[derive(Clone, Debug, Default)]
pub struct PodSecurity {
    /// Where it stands, if it is there.
    pub site: Option<Site>,
    /// The pod's defaults for its containers.
    pub run_as: RunAs,
    /// `fsGroup`.
    pub fs_group: Option<Located<i64>>,
    /// `supplementalGroups`.
    pub supplemental_groups: Vec<i64>,
}

/// As whom a process runs, as far as a `securityContext` says it.
#[derive(Clone, Debug, Default)]
pub struct RunAs {
    /// `runAsUser`.
    pub user: Option<Located<i64>>,
    /// `runAsGroup`.
    pub group: Option<Located<i64>>,
    /// `runAsNonRoot`.
    pub non_root: Option<Located<bool>>,
}

/// Which list a container is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContainerClass {
    /// `initContainers`, runs to its end before the main ones.
    Init,
    /// `initContainers` with `restartPolicy: Always`.
    Sidecar,
    /// `containers`.
    Main,
    /// `ephemeralContainers`.
    Ephemeral,
}

#[derive(Clone, Debug)]
pub struct Container {
    pub class: ContainerClass,
    pub site: Site,
    /// `name`.
    pub name: String,
    /// `image`.
    pub image: Option<Located<String>>,
    /// `env`, in order.
    pub env: Vec<EnvVar>,
    /// `envFrom`, in order.
    pub env_from: Vec<EnvFrom>,
    /// `volumeMounts`.
    pub mounts: Vec<Mount>,
    /// `volumeDevices[].devicePath`.
    pub device_paths: Vec<Located<String>>,
    /// `command`.
    pub command: Vec<Located<String>>,
    /// `args`.
    pub args: Vec<Located<String>>,
    pub probes: Vec<Probe>,
    pub hooks: Vec<Hook>,
    /// What its own `securityContext` says.
    pub run_as: RunAs,
    /// `workingDir`.
    pub working_dir: Option<Located<String>>,
}

impl Container {
    /// The mount that shows a path: of several the deepest.
    pub fn mount_of(&self, path: &str) -> Option<&Mount> {
        let path = clean(path);
        self.mounts
            .iter()
            .map(|mount| (clean(&mount.path.value), mount))
            .filter(|(place, _)| *place == path || is_below(&path, place))
            .max_by_key(|(place, _)| place.len())
            .map(|(_, mount)| mount)
    }

    /// Whether a mount shows its volume from the root on, and no other mount hides a part
    /// of it.
    pub fn shows_whole(&self, mount: &Mount) -> bool {
        let folder = clean(&mount.path.value);
        let mut others = self.mounts.iter().map(|other| clean(&other.path.value));
        mount.sub_path.is_none() && !others.any(|other| is_below(&other, &folder))
    }
}

#[derive(Clone, Debug)]
pub struct Probe {
    /// `livenessProbe`, `readinessProbe` or `startupProbe`.
    pub kind: &'static str,
    /// `exec.command`.
    pub command: Vec<Located<String>>,
}

#[derive(Clone, Debug)]
pub struct Hook {
    /// `postStart` or `preStop`.
    pub kind: &'static str,
    /// `exec.command`.
    pub command: Vec<Located<String>>,
}

/// An entry of `env`.
#[derive(Clone, Debug)]
pub struct EnvVar {
    /// Where the entry stands.
    pub site: Site,
    /// `name`.
    pub name: Located<String>,
    /// Where its value comes from.
    pub source: EnvSource,
}

/// Where a variable's value comes from.
#[derive(Clone, Debug)]
pub enum EnvSource {
    /// `value`, as text whatever its type in the file.
    Literal(Located<String>),
    /// `valueFrom.secretKeyRef`.
    SecretKey {
        /// Where the reference stands (the mapping).
        site: Site,
        /// `name`.
        secret: Located<String>,
        /// `key`.
        key: Located<String>,
        /// `optional`.
        optional: bool,
    },
    /// `valueFrom.configMapKeyRef`.
    ConfigMapKey {
        /// `name`.
        config_map: Located<String>,
        /// `key`.
        key: Located<String>,
        /// `optional`.
        optional: bool,
    },
    /// Any other `valueFrom`.
    Other,
    /// Neither: the empty string.
    Nothing,
}

/// An entry of `envFrom`.
#[derive(Clone, Debug)]
pub struct EnvFrom {
    /// Where the entry stands.
    pub site: Site,
    /// `prefix`, empty by default.
    pub prefix: String,
    pub source: EnvFromSource,
    /// `optional`.
    pub optional: bool,
}

/// The object of an `envFrom` entry.
#[derive(Clone, Debug)]
pub enum EnvFromSource {
    /// `secretRef.name`.
    Secret(Located<String>),
    /// `configMapRef.name`.
    ConfigMap(Located<String>),
    Other,
}

/// An entry of `volumeMounts`.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where the entry stands.
    pub site: Site,
    /// `name`: of the volume.
    pub volume: Located<String>,
    /// `mountPath`.
    pub path: Located<String>,
    /// `subPath` or `subPathExpr`.
    pub sub_path: Option<SubPath>,
    /// `readOnly`.
    pub read_only: Option<bool>,
}

impl Mount {
    /// The path in the volume that a path of the container shows, with a `/` in
    /// front; `None` where `subPathExpr` decides, or it is not in this mount.
    pub fn inside(&self, path: &str) -> Option<String> {
        let (path, place) = (clean(path), clean(&self.path.value));
        let rest = match place.as_str() {
            "/" => path.as_str(),
            place => path.strip_prefix(place)?,
        };
        match &self.sub_path {
            None => Some(clean(rest)),
            Some(SubPath::Literal(part)) => Some(clean(&format!("{}/{rest}", part.value))),
            Some(SubPath::Expression(_)) => None,
        }
    }
}

/// The part of a volume that is mounted.
#[derive(Clone, Debug)]
pub enum SubPath {
    /// `subPath`.
    Literal(Located<String>),
    /// `subPathExpr`.
    Expression(Located<String>),
}

impl SubPath {
    pub fn text(&self) -> &Located<String> {
        match self {
            SubPath::Literal(text) | SubPath::Expression(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::{SourceText, parse};
    use crate::workload::{Numbers, read};

    #[test]
    fn paths_are_found_in_the_deepest_mount() {
        let text = "
containers:
- name: app
  volumeMounts:
  - {name: a, mountPath: /etc/}
  - {name: b, mountPath: /etc/b}
  - {name: c, mountPath: /etc/c, subPath: part}
  - {name: d, mountPath: /etc/d, subPathExpr: $(X)}
";
        let parsed = parse(&SourceText::new("pod", text.to_owned()));
        let pod = read::pod_spec(&parsed.documents[0].root, "spec", Numbers::Yaml);
        let container = &pod.containers[0];
        for (path, expected) in [
            ("/etc/x", Some(("a", Some("/x")))),
            ("/etc", Some(("a", Some("/")))),
            ("/etc/b//x/", Some(("b", Some("/x")))),
            ("/etc/bx", Some(("a", Some("/bx")))),
            ("/etc/c", Some(("c", Some("/part")))),
            ("/etc/c/x", Some(("c", Some("/part/x")))),
            ("/etc/d", Some(("d", None))),
            ("/var", None),
        ] {
            let found = container.mount_of(path);
            let found = found.map(|mount| (mount.volume.as_str(), mount.inside(path)));
            let found = found
                .as_ref()
                .map(|(volume, inside)| (*volume, inside.as_deref()));
            assert_eq!(found, expected, "{path}");
        }
    }
}
