//! Which Secret the value of a container's variable, or of a file in it, comes from.

use std::collections::BTreeMap;

use crate::inventory::{Answer, Inventory};
use crate::workload::expansion::{Piece, expanded_names, pieces};
use crate::workload::mount_path::clean;
use crate::workload::{
    Container, EnvFromSource, EnvSource, EnvVar, Mount, ProjectedSource, SecretSource, SubPath,
    Volume, VolumeKind, Workload,
};

/// More Secrets behind one variable are left out.
const MOST: usize = 8;

/// A Secret's value in a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin<'a> {
    pub secret: &'a str,
    /// `None` where any key of it may be meant.
    pub key: Option<&'a str>,
    pub share: Share,
}

/// How much of a variable a Secret's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    Whole,
    /// The manifest has text around it.
    Part,
}

/// The Secrets behind the variables of a container.
pub(super) struct Origins<'a> {
    container: &'a Container,
    /// By the names that `env` sets.
    set: BTreeMap<&'a str, Vec<Origin<'a>>>,
}

impl<'a> Origins<'a> {
    pub fn of(container: &'a Container) -> Self {
        let mut origins = Self {
            container,
            set: BTreeMap::new(),
        };
        for entry in &container.env {
            let found = match &entry.source {
                EnvSource::SecretKey { secret, key, .. } => vec![Origin {
                    secret: &secret.value,
                    key: Some(&key.value),
                    share: Share::Whole,
                }],
                // Kubernetes expands what stands above.
                EnvSource::Literal(text) => origins.within(&text.value),
                _ => Vec::new(),
            };
            origins.set.insert(&entry.name.value, found);
        }
        origins
    }

    fn within(&self, text: &str) -> Vec<Origin<'a>> {
        let mut found = Vec::new();
        for name in expanded_names(text) {
            for origin in self.behind(name) {
                let part = Origin {
                    share: Share::Part,
                    ..origin
                };
                if found.len() < MOST && !found.contains(&part) {
                    found.push(part);
                }
            }
        }
        found
    }

    /// The Secrets behind a variable.
    pub fn behind(&self, name: &str) -> Vec<Origin<'a>> {
        if let Some(found) = self.set.get(name) {
            return found.clone();
        }
        // With a prefix of its own, envFrom is the only place it can come from.
        let mut sources = self.container.env_from.iter();
        let found = sources.find_map(|source| match &source.source {
            EnvFromSource::Secret(secret)
                if !source.prefix.is_empty() && name.starts_with(&source.prefix) =>
            {
                Some(Origin {
                    secret: &secret.value,
                    key: None,
                    share: Share::Whole,
                })
            }
            _ => None,
        });
        found.into_iter().collect()
    }

    /// The text of a script as the shell gets it: Kubernetes has expanded it. Of values that
    /// are not known it has `$?`, which can be anything to a reader.
    pub fn as_started(&self, script: &str) -> String {
        let mut text = String::with_capacity(script.len());
        for piece in pieces(script) {
            match piece {
                Piece::Text(same) => text.push_str(same),
                Piece::Dollar => text.push('$'),
                Piece::Name(name) => match literal_of(self.container, name) {
                    Some(literal) => text.push_str(literal),
                    None if entry(self.container, name).is_some()
                        || !self.behind(name).is_empty() =>
                    {
                        text.push_str("$?");
                    }
                    None => text.extend(["$(", name, ")"]),
                },
            }
        }
        text
    }
}

fn entry<'a>(container: &'a Container, name: &str) -> Option<&'a EnvVar> {
    let mut entries = container.env.iter();
    entries.rfind(|entry| entry.name.value == name)
}

/// The value of a variable that the manifest has, where nothing is expanded in it.
pub(super) fn literal_of<'a>(container: &'a Container, name: &str) -> Option<&'a str> {
    match &entry(container, name)?.source {
        EnvSource::Literal(text) if !text.value.contains('$') => Some(&text.value),
        _ => None,
    }
}

/// The Secret whose value a mounted file is, and its key.
pub(super) fn secret_at<'a>(
    inventory: &Inventory,
    workload: &'a Workload,
    container: &Container,
    file: &str,
) -> Option<(&'a str, Option<String>)> {
    let mount = container.mount_of(file)?;
    let volume = workload.pod.volume(&mount.volume.value)?;
    let path = path_in_volume(mount, file)?;
    let sources = volume.kind.secret_sources();
    let listed = sources.iter().rev().find_map(|source| {
        let mut items = source.items.iter().flatten();
        let item = items.rfind(|item| clean(&item.path.value) == path)?;
        Some((source.secret.value.as_str(), Some(item.key.value.clone())))
    });
    if listed.is_some() {
        return listed;
    }
    let key = path.trim_start_matches('/');
    let is_key = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if key.is_empty() || !key.chars().all(is_key) || is_of_another_source(volume, &path) {
        return None;
    }
    let source = source_with(inventory, workload, &sources, key)?;
    Some((source.secret.value.as_str(), Some(key.to_owned())))
}

/// The source without `items` that has a key; `None` where several may.
fn source_with<'a>(
    inventory: &Inventory,
    workload: &Workload,
    sources: &[&'a SecretSource],
    key: &str,
) -> Option<&'a SecretSource> {
    let has = |source: &SecretSource| {
        inventory.has_key(&workload.id.namespace, &source.secret.value, key)
    };
    let is_whole = |source: &&&SecretSource| source.items.as_ref().is_none_or(Vec::is_empty);
    let whole: Vec<&SecretSource> = sources.iter().filter(is_whole).copied().collect();
    match whole[..] {
        [only] => Some(only),
        // The last one that has it wins.
        _ => {
            let mut may = whole
                .into_iter()
                .filter(|source| has(source) != Answer::No)
                .rev();
            let last = may.next()?;
            (has(last) == Answer::Yes || may.next().is_none()).then_some(last)
        }
    }
}

/// Whether a source without Secrets makes a file, or may make it.
fn is_of_another_source(volume: &Volume, path: &str) -> bool {
    let VolumeKind::Projected { sources, .. } = &volume.kind else {
        return false;
    };
    sources.iter().any(|source| match source {
        ProjectedSource::Secret(_) => false,
        ProjectedSource::ServiceAccountToken { path: token } => clean(token) == path,
        ProjectedSource::Other { paths, .. } => paths
            .as_ref()
            .is_none_or(|paths| paths.iter().any(|other| clean(&other.value) == path)),
    })
}

/// Where a file of a mount is in its volume, as an absolute path.
fn path_in_volume(mount: &Mount, file: &str) -> Option<String> {
    let file = clean(file);
    let below = match clean(&mount.path.value).as_str() {
        "/" => file.as_str(),
        place => file.strip_prefix(place)?,
    };
    // Kubelet's link to the files of now.
    let below = below.strip_prefix("/..data").unwrap_or(below);
    match &mount.sub_path {
        None => Some(clean(below)),
        Some(SubPath::Literal(part)) => Some(clean(&format!("{}/{below}", part.value))),
        Some(SubPath::Expression(_)) => None,
    }
}
