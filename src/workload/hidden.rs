//! What a container is given of a Secret and does not see, because something
//! else of the same name or path counts.

use super::delivery::{Delivery, Way};
use super::environment::uses_in_values;
use super::files;
use super::mount_path::{clean, is_below};
use super::pod::{Container, EnvFromSource, EnvSource, Mount, PodSpec, SubPath};
use super::volume::{ProjectedSource, SecretSource, Volume, VolumeKind};

/// What hides a key of a Secret from the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hider {
    /// An `env` entry of this name, which comes later and so counts
    /// (kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go`).
    Entry(String),
    /// A mount at this path, which covers the file.
    Mount(String),
    /// A later source of the volume, which makes this file.
    Source(String),
}

/// What certainly hides a key that a delivery brings; `None` if the program
/// sees it, or may.
pub fn hider(
    pod: &PodSpec,
    container: &Container,
    delivery: &Delivery<'_>,
    key: &str,
) -> Option<Hider> {
    match delivery.way {
        Way::Variable { name } => {
            let own = container.env.iter().position(|entry| {
                matches!(&entry.source, EnvSource::SecretKey { secret, .. }
                    if std::ptr::eq(secret, delivery.secret))
            })?;
            entry_after(container, own + 1, name)
        }
        Way::AllVariables => {
            let entry = container.env_from.iter().find(|entry| {
                matches!(&entry.source, EnvFromSource::Secret(secret)
                    if std::ptr::eq(secret, delivery.secret))
            })?;
            entry_after(container, 0, &format!("{}{key}", entry.prefix))
        }
        Way::Directory { mount } | Way::SubPath { mount } => {
            file_hider(pod, container, mount, delivery, key)
        }
    }
}

/// An `env` entry from an index on that certainly sets a variable, unless the
/// one before it lives on in another value, as `$(NAME)`.
fn entry_after(container: &Container, from: usize, name: &str) -> Option<Hider> {
    let is_set = |source: &EnvSource| match source {
        EnvSource::Literal(_) | EnvSource::Other | EnvSource::Nothing => true,
        EnvSource::SecretKey { optional, .. } | EnvSource::ConfigMapKey { optional, .. } => {
            !optional
        }
    };
    let hides = container.env[from..]
        .iter()
        .any(|entry| entry.name.value == name && is_set(&entry.source));
    (hides && uses_in_values(container, name).is_empty()).then(|| Hider::Entry(name.to_owned()))
}

fn file_hider(
    pod: &PodSpec,
    container: &Container,
    mount: &Mount,
    delivery: &Delivery<'_>,
    key: &str,
) -> Option<Hider> {
    let volume = pod.volume(&mount.volume.value)?;
    let source = volume
        .kind
        .secret_sources()
        .into_iter()
        .find(|source| std::ptr::eq(&source.secret, delivery.secret))?;
    let keys = [key.to_owned()].into();
    let mut paths: Vec<String> = files::files(volume, source, Some(&keys))?
        .into_iter()
        .filter(|file| file.key == key)
        .map(|file| clean(&file.path))
        .collect();
    let part = match &mount.sub_path {
        None => String::new(),
        Some(SubPath::Literal(text)) => match clean(&text.value).as_str() {
            "/" => String::new(),
            part => part.to_owned(),
        },
        Some(SubPath::Expression(_)) => return None,
    };
    paths.retain(|path| part.is_empty() || *path == part || is_below(path, &part));
    let mut found = None;
    for path in paths {
        let shown = clean(&format!("{}{}", mount.path.value, &path[part.len()..]));
        let cover = container
            .mount_of(&shown)
            .filter(|cover| clean(&cover.path.value) != clean(&mount.path.value));
        // One file that is seen is enough.
        found = Some(match cover {
            Some(cover) => Hider::Mount(cover.path.value.clone()),
            None => later_source(volume, source, &path)?,
        });
    }
    found
}

/// A later source of a projected volume that certainly makes a file.
fn later_source(volume: &Volume, source: &SecretSource, path: &str) -> Option<Hider> {
    let VolumeKind::Projected { sources, .. } = &volume.kind else {
        return None;
    };
    let own = sources.iter().position(
        |candidate| matches!(candidate, ProjectedSource::Secret(one) if std::ptr::eq(one, source)),
    )?;
    sources[own + 1..]
        .iter()
        .any(|later| match later {
            ProjectedSource::Secret(later) => {
                !later.optional
                    && later
                        .items
                        .iter()
                        .flatten()
                        .any(|item| clean(&item.path.value) == path)
            }
            ProjectedSource::ServiceAccountToken { path: token } => clean(token) == path,
            ProjectedSource::Other { config_map, paths } => {
                // An optional ConfigMap may be missing.
                config_map.is_none()
                    && paths
                        .iter()
                        .flatten()
                        .any(|other| clean(&other.value) == path)
            }
        })
        .then(|| Hider::Source(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::delivery::deliveries;
    use crate::workload::{Numbers, read};

    #[test]
    fn what_counts_later_hides_what_came_before() {
        let text = "
containers:
- name: app
  envFrom: [{secretRef: {name: db}}, {prefix: P_, secretRef: {name: db}}]
  env:
  - {name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}
  - {name: B, valueFrom: {secretKeyRef: {name: db, key: b}}}
  - {name: B, valueFrom: {secretKeyRef: {name: db, key: c, optional: true}}}
  - {name: C, valueFrom: {secretKeyRef: {name: db, key: c}}}
  - {name: C, value: '$(C)-more'}
  - {name: A, value: ''}
  - {name: P_e, value: x}
  volumeMounts:
  - {name: v, mountPath: /v}
  - {name: v, mountPath: /one, subPath: one}
  - {name: other, mountPath: /v/covered}
  - {name: p, mountPath: /p}
volumes:
- {name: v, secret: {secretName: db}}
- {name: other, emptyDir: {}}
- name: p
  projected:
    sources:
    - secret: {name: db, items: [{key: x, path: same}, {key: y, path: own}]}
    - downwardAPI: {items: [{path: same, fieldRef: {fieldPath: metadata.name}}]}
";
        let parsed = parse(&SourceText::new("pod", text.to_owned()));
        let pod = read::pod_spec(&parsed.documents[0].root, "spec", Numbers::Yaml);
        let container = &pod.containers[0];
        let told: Vec<_> = deliveries(&pod, container)
            .iter()
            .flat_map(|delivery| {
                let keys = match &delivery.keys {
                    Some(keys) => keys.clone(),
                    None => vec!["e", "A", "covered", "seen"],
                };
                let holder = delivery.holder();
                keys.into_iter()
                    .filter_map(|key| {
                        let found = hider(&pod, container, delivery, key)?;
                        Some(format!("{holder} {key}: {found:?}"))
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(
            told,
            [
                "envFrom A: Entry(\"A\")",
                "envFrom e: Entry(\"P_e\")",
                "variable A a: Entry(\"A\")",
                "directory /v covered: Mount(\"/v/covered\")",
                "directory /p x: Source(\"/same\")",
            ]
        );
    }
}
