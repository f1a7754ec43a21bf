//! From trees to typed specifications. Fields of a wrong type are taken as
//! absent: what the API server would refuse is not this reader's to judge.

use jiff::Timestamp;

use crate::manifest::{Node, path};

use super::object::{Metadata, Numbers, Owner};
use super::pod::{
    Container, ContainerClass, EnvFrom, EnvFromSource, EnvSource, EnvVar, Hook, Mount, PodSecurity,
    PodSpec, Probe, RunAs, SubPath,
};
use super::volume::{Item, Mode, ProjectedSource, SecretSource, Volume, VolumeKind};
use super::{Located, Site};

/// A node and its path.
#[derive(Clone)]
pub(crate) struct At<'a> {
    pub node: &'a Node,
    pub path: String,
}

impl<'a> At<'a> {
    pub fn new(node: &'a Node, path: String) -> Self {
        Self { node, path }
    }

    pub fn site(&self) -> Site {
        Site {
            path: self.path.clone(),
            span: self.node.span,
        }
    }

    pub fn get(&self, key: &str) -> Option<At<'a>> {
        let node = self.node.get(key)?;
        (!node.is_null()).then(|| At::new(node, path::child(&self.path, key)))
    }

    /// The child of a key, whether or not it is null; the node itself without one.
    pub fn child(&self, key: &str) -> At<'a> {
        let node = self.node.get(key).unwrap_or(self.node);
        At::new(node, path::child(&self.path, key))
    }

    pub fn items(&self, key: &str) -> Vec<At<'a>> {
        let Some(list) = self.get(key) else {
            return Vec::new();
        };
        list.node
            .items()
            .iter()
            .enumerate()
            .map(|(index, node)| At::new(node, path::item(&list.path, index)))
            .collect()
    }

    /// The text of a child, whatever scalar it is.
    pub fn text(&self, key: &str) -> Option<Located<String>> {
        self.get(key)?.as_text()
    }

    pub fn as_text(&self) -> Option<Located<String>> {
        Some(Located::new(
            self.node.scalar_text()?.to_owned(),
            self.site(),
        ))
    }

    /// The text of a child; empty, at this node, when there is none.
    pub fn text_or_empty(&self, key: &str) -> Located<String> {
        self.text(key)
            .unwrap_or_else(|| Located::new(String::new(), self.site()))
    }

    pub fn texts(&self, key: &str) -> Vec<Located<String>> {
        self.items(key).iter().filter_map(At::as_text).collect()
    }

    pub fn integer(&self, key: &str) -> Option<Located<i64>> {
        let child = self.get(key)?;
        Some(Located::new(child.node.as_integer()?, child.site()))
    }

    pub fn truth(&self, key: &str) -> Option<Located<bool>> {
        let child = self.get(key)?;
        Some(Located::new(child.node.as_bool()?, child.site()))
    }

    pub fn is_set(&self, key: &str) -> bool {
        self.truth(key).is_some_and(|truth| truth.value)
    }
}

/// Reads `metadata`.
pub(super) fn metadata(meta: &Node) -> Metadata {
    let map = |key: &str| {
        meta.get(key)
            .map(|map| {
                map.entries()
                    .iter()
                    .filter_map(|entry| {
                        let name = entry.key.scalar_text()?.to_owned();
                        let text = entry.value.scalar_text().unwrap_or_default().to_owned();
                        Some((name, text))
                    })
                    .collect()
            })
            .unwrap_or_default()
    };
    let owner = meta
        .get("ownerReferences")
        .map_or(&[][..], Node::items)
        .iter()
        .find(|owner| owner.get("controller").and_then(Node::as_bool) == Some(true))
        .map(|owner| {
            let text = |key: &str| owner.text_of(key).unwrap_or_default().to_owned();
            Owner {
                api_version: text("apiVersion"),
                kind: text("kind"),
                name: text("name"),
                uid: text("uid"),
            }
        });
    Metadata {
        labels: map("labels"),
        annotations: map("annotations"),
        owner,
        uid: meta.text_of("uid").unwrap_or_default().to_owned(),
        created: time(meta.get("creationTimestamp")),
        generation: meta.get("generation").and_then(Node::as_integer),
        deleting: meta
            .get("deletionTimestamp")
            .is_some_and(|node| !node.is_null()),
        managers: managers_of(meta)
            .iter()
            .filter_map(|entry| entry.text_of("manager"))
            .map(str::to_owned)
            .collect(),
        says_namespace: meta.text_of("namespace").is_some(),
    }
}

/// Who set which fields of an object last, and when.
pub(crate) fn managed_fields(root: &Node) -> &[Node] {
    root.get("metadata").map_or(&[], managers_of)
}

fn managers_of(metadata: &Node) -> &[Node] {
    metadata.get("managedFields").map_or(&[], Node::items)
}

/// A timestamp as the API writes it (RFC 3339).
pub(crate) fn time(node: Option<&Node>) -> Option<Timestamp> {
    node?.scalar_text()?.parse().ok()
}

/// Reads a pod specification that stands at `at`.
pub(crate) fn pod_spec(node: &Node, at: &str, numbers: Numbers) -> PodSpec {
    let spec = At::new(node, at.to_owned());
    let containers = [
        ("initContainers", ContainerClass::Init),
        ("containers", ContainerClass::Main),
        ("ephemeralContainers", ContainerClass::Ephemeral),
    ]
    .into_iter()
    .flat_map(|(list, class)| {
        spec.items(list)
            .into_iter()
            .map(move |item| container(&item, class))
    })
    .collect();
    let architecture = spec
        .get("nodeSelector")
        .and_then(|selector| selector.node.text_of("kubernetes.io/arch"))
        .map(str::to_owned);
    let windows = spec
        .get("os")
        .is_some_and(|os| os.node.text_of("name") == Some("windows"))
        || spec
            .get("nodeSelector")
            .is_some_and(|selector| selector.node.text_of("kubernetes.io/os") == Some("windows"));
    PodSpec {
        site: spec.site(),
        containers,
        volumes: spec
            .items("volumes")
            .iter()
            .map(|item| volume(item, numbers))
            .collect(),
        security: spec
            .get("securityContext")
            .map(|context| PodSecurity {
                site: Some(context.site()),
                run_as: run_as(&context),
                fs_group: context.integer("fsGroup"),
                supplemental_groups: context
                    .items("supplementalGroups")
                    .iter()
                    .filter_map(|group| group.node.as_integer())
                    .collect(),
            })
            .unwrap_or_default(),
        service_account: spec
            .text("serviceAccountName")
            .or_else(|| spec.text("serviceAccount")),
        automount_token: spec.truth("automountServiceAccountToken"),
        image_pull_secrets: spec
            .items("imagePullSecrets")
            .iter()
            .filter_map(|item| item.text("name"))
            .collect(),
        windows,
        architecture,
        node_name: spec.text("nodeName").map(|name| name.value),
    }
}

fn run_as(context: &At) -> RunAs {
    RunAs {
        user: context.integer("runAsUser"),
        group: context.integer("runAsGroup"),
        non_root: context.truth("runAsNonRoot"),
    }
}

fn container(at: &At, class: ContainerClass) -> Container {
    let class = match class {
        ContainerClass::Init if at.node.text_of("restartPolicy") == Some("Always") => {
            ContainerClass::Sidecar
        }
        other => other,
    };
    let exec = |parent: Option<At>| {
        let exec = parent?.get("exec")?;
        Some(exec.texts("command"))
    };
    let lifecycle = at.get("lifecycle");
    Container {
        class,
        site: at.site(),
        name: at.text_or_empty("name").value,
        image: at.text("image"),
        env: at.items("env").iter().map(env_var).collect(),
        env_from: at.items("envFrom").iter().map(env_from).collect(),
        mounts: at.items("volumeMounts").iter().map(mount).collect(),
        device_paths: at
            .items("volumeDevices")
            .iter()
            .filter_map(|device| device.text("devicePath"))
            .collect(),
        command: at.texts("command"),
        args: at.texts("args"),
        probes: ["startupProbe", "livenessProbe", "readinessProbe"]
            .into_iter()
            .filter_map(|kind| {
                let command = exec(at.get(kind))?;
                Some(Probe { kind, command })
            })
            .collect(),
        hooks: ["postStart", "preStop"]
            .into_iter()
            .filter_map(|kind| {
                let command = exec(lifecycle.as_ref()?.get(kind))?;
                Some(Hook { kind, command })
            })
            .collect(),
        run_as: at
            .get("securityContext")
            .map(|context| run_as(&context))
            .unwrap_or_default(),
        working_dir: at.text("workingDir"),
    }
}

fn env_var(at: &At) -> EnvVar {
    EnvVar {
        site: at.site(),
        name: at.text_or_empty("name"),
        source: env_source(at),
    }
}

fn env_source(at: &At) -> EnvSource {
    let Some(from) = at.get("valueFrom") else {
        return match at.text("value") {
            Some(text) => EnvSource::Literal(text),
            None => EnvSource::Nothing,
        };
    };
    if let Some(reference) = from.get("secretKeyRef") {
        return EnvSource::SecretKey {
            site: reference.site(),
            secret: reference.text_or_empty("name"),
            key: reference.text_or_empty("key"),
            optional: reference.is_set("optional"),
        };
    }
    match from.get("configMapKeyRef") {
        Some(reference) => EnvSource::ConfigMapKey {
            config_map: reference.text_or_empty("name"),
            key: reference.text_or_empty("key"),
            optional: reference.is_set("optional"),
        },
        None => EnvSource::Other,
    }
}

fn env_from(at: &At) -> EnvFrom {
    let (source, optional) = if let Some(secret) = at.get("secretRef") {
        (
            EnvFromSource::Secret(secret.text_or_empty("name")),
            secret.is_set("optional"),
        )
    } else if let Some(map) = at.get("configMapRef") {
        (
            EnvFromSource::ConfigMap(map.text_or_empty("name")),
            map.is_set("optional"),
        )
    } else {
        (EnvFromSource::Other, false)
    };
    EnvFrom {
        site: at.site(),
        prefix: at
            .text("prefix")
            .map(|prefix| prefix.value)
            .unwrap_or_default(),
        source,
        optional,
    }
}

fn mount(at: &At) -> Mount {
    Mount {
        site: at.site(),
        volume: at.text_or_empty("name"),
        path: at.text_or_empty("mountPath"),
        sub_path: at
            .text("subPath")
            .filter(|path| !path.value.is_empty())
            .map(SubPath::Literal)
            .or_else(|| at.text("subPathExpr").map(SubPath::Expression)),
        read_only: at.truth("readOnly").map(|truth| truth.value),
    }
}

fn volume(at: &At, numbers: Numbers) -> Volume {
    Volume {
        site: at.site(),
        name: at.text_or_empty("name"),
        kind: volume_kind(at, numbers),
    }
}

fn volume_kind(at: &At, numbers: Numbers) -> VolumeKind {
    if let Some(secret) = at.get("secret") {
        return VolumeKind::Secret {
            source: secret_source(&secret, "secretName", numbers),
            default_mode: mode(&secret, "defaultMode", numbers),
            default_user: secret.integer("defaultUser"),
        };
    }
    if let Some(projected) = at.get("projected") {
        return VolumeKind::Projected {
            site: projected.site(),
            sources: projected
                .items("sources")
                .iter()
                .map(|source| projected_source(source, numbers))
                .collect(),
            default_mode: mode(&projected, "defaultMode", numbers),
            default_user: projected.integer("defaultUser"),
        };
    }
    if let Some(csi) = at.get("csi") {
        return VolumeKind::Csi {
            driver: csi.text_or_empty("driver").value,
            provider_class: csi
                .get("volumeAttributes")
                .and_then(|attributes| attributes.text("secretProviderClass")),
            node_publish_secret: csi
                .get("nodePublishSecretRef")
                .and_then(|reference| reference.text("name")),
        };
    }
    for (field, kind) in [
        ("configMap", VolumeKind::ConfigMap),
        ("downwardAPI", VolumeKind::DownwardApi),
        ("emptyDir", VolumeKind::EmptyDir),
    ] {
        if at.node.get(field).is_some() {
            return kind;
        }
    }
    let field = at
        .node
        .entries()
        .iter()
        .filter_map(|entry| entry.key.scalar_text())
        .find(|key| *key != "name")
        .unwrap_or_default()
        .to_owned();
    let secrets = at
        .get(&field)
        .map(|source| {
            source
                .get("secretRef")
                .and_then(|reference| reference.text("name"))
                .or_else(|| source.text("secretName"))
                .into_iter()
                .collect()
        })
        .unwrap_or_default();
    VolumeKind::Other { field, secrets }
}

fn secret_source(at: &At, name: &str, numbers: Numbers) -> SecretSource {
    SecretSource {
        site: at.site(),
        secret: at.text_or_empty(name),
        items: at.get("items").map(|_| {
            at.items("items")
                .iter()
                .map(|item| Item {
                    site: item.site(),
                    key: item.text_or_empty("key"),
                    path: item.text_or_empty("path"),
                    mode: mode(item, "mode", numbers),
                    user: item.integer("user"),
                })
                .collect()
        }),
        optional: at.is_set("optional"),
    }
}

fn projected_source(at: &At, numbers: Numbers) -> ProjectedSource {
    if let Some(secret) = at.get("secret") {
        return ProjectedSource::Secret(secret_source(&secret, "name", numbers));
    }
    if let Some(token) = at.get("serviceAccountToken") {
        return ProjectedSource::ServiceAccountToken {
            path: token.text_or_empty("path").value,
        };
    }
    let other = at
        .node
        .entries()
        .iter()
        .filter_map(|entry| entry.key.scalar_text())
        .find_map(|key| at.get(key));
    ProjectedSource::Other {
        config_map: at
            .get("configMap")
            .map(|map| map.text_or_empty("name").value),
        paths: other.and_then(|other| {
            other.get("items")?;
            Some(
                other
                    .items("items")
                    .iter()
                    .filter_map(|item| item.text("path"))
                    .collect(),
            )
        }),
    }
}

fn mode(at: &At, key: &str, numbers: Numbers) -> Option<Mode> {
    let child = at.get(key)?;
    let style = child.node.style()?;
    Some(Mode {
        site: child.site(),
        bits: child.node.as_integer(),
        lexeme: child.node.scalar_text()?.to_owned(),
        style,
        decimal_only: numbers == Numbers::Decimal,
    })
}
