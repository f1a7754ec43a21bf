//! How the content of Secrets reaches a container.

use super::mount_path::clean;
use super::pod::{Container, EnvFromSource, EnvSource, Mount, PodSpec, SubPath};
use super::reference::Need;
use super::volume::SecretSource;
use super::{Located, Site};

/// One way in which a container gets content of a Secret.
#[derive(Clone, Debug)]
pub struct Delivery<'a> {
    /// The Secret's name, and where it is written.
    pub secret: &'a Located<String>,
    /// The keys that are delivered; `None` for all, or when it is not known
    /// which.
    pub keys: Option<Vec<&'a str>>,
    /// What happens when the Secret or a key is missing.
    pub need: Need,
    pub way: Way<'a>,
}

/// The way content takes.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    Variable {
        name: &'a str,
    },
    /// All keys as variables.
    AllVariables,
    /// One file or folder of a volume (`subPath`), taken when the container
    /// starts.
    SubPath {
        mount: &'a Mount,
    },
    /// A whole volume, which kubelet keeps current.
    Directory {
        mount: &'a Mount,
    },
}

impl Way<'_> {
    /// Whether the content is taken once, when the container starts
    /// (kubernetes/website content/en/docs/concepts/configuration/secret.md).
    pub fn is_taken_at_start(self) -> bool {
        !matches!(self, Way::Directory { .. })
    }
}

impl Delivery<'_> {
    /// Where in the specification it stands.
    pub fn site(&self) -> &Site {
        match self.way {
            Way::Variable { .. } | Way::AllVariables => &self.secret.site,
            Way::SubPath { mount } | Way::Directory { mount } => &mount.site,
        }
    }

    /// `variable DB_PASSWORD`, `file /etc/app/password`: what holds it.
    pub fn holder(&self) -> String {
        match self.way {
            Way::Variable { name } => format!("variable {name}"),
            Way::AllVariables => "envFrom".to_owned(),
            Way::SubPath { mount } => format!("file {}", mount.path.value),
            Way::Directory { mount } => format!("directory {}", mount.path.value),
        }
    }
}

/// Everything a container of a pod gets from Secrets.
pub fn deliveries<'a>(pod: &'a PodSpec, container: &'a Container) -> Vec<Delivery<'a>> {
    let mut found = Vec::new();
    for entry in &container.env_from {
        if let EnvFromSource::Secret(secret) = &entry.source {
            found.push(Delivery {
                secret,
                keys: None,
                need: Need::of(entry.optional),
                way: Way::AllVariables,
            });
        }
    }
    for entry in &container.env {
        if let EnvSource::SecretKey {
            secret,
            key,
            optional,
            ..
        } = &entry.source
        {
            found.push(Delivery {
                secret,
                keys: Some(vec![&key.value]),
                need: Need::of(*optional),
                way: Way::Variable {
                    name: &entry.name.value,
                },
            });
        }
    }
    for mount in &container.mounts {
        let Some(volume) = pod.volume(&mount.volume.value) else {
            continue;
        };
        for source in volume.kind.secret_sources() {
            let (keys, way) = match &mount.sub_path {
                None => (listed(source), Way::Directory { mount }),
                Some(sub_path) => match below(source, sub_path) {
                    Some(keys) => (keys, Way::SubPath { mount }),
                    None => continue,
                },
            };
            found.push(Delivery {
                secret: &source.secret,
                keys,
                need: Need::of(source.optional),
                way,
            });
        }
    }
    found
}

/// The keys a source lists.
fn listed(source: &SecretSource) -> Option<Vec<&str>> {
    let items = source.items.as_ref().filter(|items| !items.is_empty())?;
    Some(items.iter().map(|item| item.key.value.as_str()).collect())
}

/// The keys of a source that a sub-path selects: `Some(None)` when it is not
/// known which, `None` when it selects nothing of this source.
fn below<'a>(source: &'a SecretSource, sub_path: &'a SubPath) -> Option<Option<Vec<&'a str>>> {
    let SubPath::Literal(text) = sub_path else {
        return Some(None);
    };
    let Some(items) = source.items.as_ref().filter(|items| !items.is_empty()) else {
        // Without items every key is a file of its own name, in no folder.
        return Some(Some(vec![text.value.trim_matches('/')]));
    };
    let wanted = clean(&text.value);
    let keys: Vec<_> = items
        .iter()
        .filter(|item| {
            let path = clean(&item.path.value);
            path == wanted || super::mount_path::is_below(&path, &wanted)
        })
        .map(|item| item.key.value.as_str())
        .collect();
    (!keys.is_empty()).then_some(Some(keys))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::{Numbers, read};

    fn told(text: &str) -> Vec<String> {
        let parsed = parse(&SourceText::new("pod", text.to_owned()));
        let root = &parsed.documents[0].root;
        let pod = read::pod_spec(root, "spec", Numbers::Yaml);
        deliveries(&pod, &pod.containers[0])
            .iter()
            .map(|delivery| {
                let keys = delivery
                    .keys
                    .as_ref()
                    .map_or_else(|| "*".to_owned(), |keys| keys.join("+"));
                let start = if delivery.way.is_taken_at_start() {
                    "start"
                } else {
                    "live"
                };
                format!(
                    "{}:{keys} {start} {}",
                    delivery.secret.value,
                    delivery.holder()
                )
            })
            .collect()
    }

    #[test]
    fn every_way_is_told_with_its_keys() {
        let text = "
containers:
- name: app
  envFrom: [{secretRef: {name: all}}, {configMapRef: {name: no}}]
  env:
  - {name: A, valueFrom: {secretKeyRef: {name: one, key: a}}}
  - {name: B, value: literal}
  volumeMounts:
  - {name: v, mountPath: /dir}
  - {name: v, mountPath: /file, subPath: k}
  - {name: items, mountPath: /x, subPath: in}
  - {name: items, mountPath: /y, subPath: in/b}
  - {name: items, mountPath: /z, subPath: nothing}
  - {name: v, mountPath: /e, subPathExpr: $(A)}
  - {name: other, mountPath: /o}
volumes:
- {name: v, secret: {secretName: s}}
- name: items
  projected:
    sources:
    - secret: {name: p, items: [{key: a, path: in/a}, {key: b, path: in/b}, {key: c, path: c}]}
- {name: other, emptyDir: {}}
";
        assert_eq!(
            told(text),
            [
                "all:* start envFrom",
                "one:a start variable A",
                "s:* live directory /dir",
                "s:k start file /file",
                "p:a+b start file /x",
                "p:b start file /y",
                "s:* start file /e",
            ]
        );
    }
}
