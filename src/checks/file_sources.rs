//! Which Secret the content of a file in a container comes from.

use crate::inventory::{Answer, Inventory};
use crate::workload::mount_path::clean;
use crate::workload::{
    Container, Mount, ProjectedSource, SecretSource, SubPath, Volume, VolumeKind, Workload,
};

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
