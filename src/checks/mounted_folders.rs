//! Where containers have the values of their variables as files.

use std::collections::BTreeSet;

use crate::workload::mount_path::{clean, is_below};
use crate::workload::{Container, Item, Need, SecretReference, Volume, VolumeKind, Workload};

/// Where the containers have the values of their variables as files too.
#[derive(PartialEq, Eq)]
pub(super) enum Mounts {
    /// Not all of them are.
    Missing,
    /// Where `migrate` mounts them: its first step is done.
    Usual,
    /// Secrets and their folders, some of them elsewhere.
    Elsewhere(BTreeSet<(String, String)>),
}

impl Mounts {
    pub fn of(workload: &Workload, variables: &[SecretReference]) -> Self {
        let mut places = BTreeSet::new();
        for variable in variables {
            let secret = &variable.secret.value;
            let folders = folders(workload, variable);
            let usual = usual(secret);
            match folders
                .iter()
                .find(|folder| **folder == usual)
                .or(folders.first())
            {
                Some(folder) => places.insert((secret.clone(), folder.clone())),
                None => return Self::Missing,
            };
        }
        match places
            .iter()
            .all(|(secret, folder)| *folder == usual(secret))
        {
            true => Self::Usual,
            false => Self::Elsewhere(places),
        }
    }
}

/// Where `migrate` mounts a Secret unless it is told otherwise, and where it proposes to if
/// that place is taken.
const PLACES: [&str; 2] = ["/etc/secrets/{secret}", "/etc/credentials/{secret}"];
const WINDOWS: &str = r"C:\secrets\{secret}";

fn usual(secret: &str) -> String {
    PLACES[0].replace("{secret}", secret)
}

/// Where `migrate` can mount what is not mounted.
pub(super) enum Room<'a> {
    /// Without being told.
    Usual,
    /// There, as `--mount-path` takes it.
    At(&'a str),
    None,
}

/// Looks at all containers with these variables.
pub(super) fn room<'a>(workload: &Workload, variables: &[SecretReference]) -> Room<'a> {
    let is_free = |place: &str| {
        variables.iter().all(|variable| {
            let folder = place.replace("{secret}", &variable.secret.value);
            let own = container(workload, variable);
            let mut mounts = own.into_iter().flat_map(|own| &own.mounts);
            !mounts.any(|mount| {
                let other = place_of(workload, &mount.path.value);
                other == folder || is_below(&other, &folder) || is_below(&folder, &other)
            })
        })
    };
    match workload.pod.windows {
        true => Room::At(WINDOWS),
        false if is_free(PLACES[0]) => Room::Usual,
        false if is_free(PLACES[1]) => Room::At(PLACES[1]),
        false => Room::None,
    }
}

/// The container of a variable.
pub(super) fn container<'a>(
    workload: &'a Workload,
    variable: &SecretReference,
) -> Option<&'a Container> {
    let mut containers = workload.pod.containers.iter();
    containers.find(|one| Some(&one.name) == variable.container.as_ref())
}

/// A path as `migrate` compares it.
fn place_of(workload: &Workload, path: &str) -> String {
    match workload.pod.windows {
        true => path.trim_end_matches(['/', '\\']).to_owned(),
        false => clean(path),
    }
}

/// The folders in which a container has the value of its variable.
fn folders(workload: &Workload, variable: &SecretReference) -> Vec<String> {
    let Some(own) = container(workload, variable) else {
        return Vec::new();
    };
    let has = |volume: &str| {
        let volume = workload.pod.volume(volume);
        volume.is_some_and(|volume| shows(volume, variable))
    };
    own.mounts
        .iter()
        .filter(|mount| own.shows_whole(mount) && has(&mount.volume.value))
        .map(|mount| place_of(workload, &mount.path.value))
        .collect()
}

/// What `--mount-path` has to be for all of these folders.
pub(super) fn pattern(places: &BTreeSet<(String, String)>) -> Option<String> {
    let ends = |(secret, folder): &(String, String)| {
        let above = folder.strip_suffix(secret.as_str())?;
        above
            .ends_with(['/', '\\'])
            .then(|| format!("{above}{{secret}}"))
    };
    let patterns: Option<BTreeSet<_>> = places.iter().map(ends).collect();
    let mut patterns = match (patterns, places.len()) {
        (Some(patterns), _) => patterns,
        (None, 1) => places.iter().map(|(_, folder)| folder.clone()).collect(),
        (None, _) => return None,
    };
    let first = patterns.pop_first();
    first.filter(|first| patterns.is_empty() && is_plain(first))
}

/// Whether a path is one that `--mount-path` takes, with nothing in it that it reads otherwise.
fn is_plain(path: &str) -> bool {
    let letters = path.replacen("{secret}", "", 1);
    let (letters, separators) = match letters.as_bytes() {
        [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic() => (&letters[2..], r"\"),
        _ => (letters.as_str(), "/"),
    };
    letters.starts_with(separators)
        && letters.chars().all(|letter| {
            letter.is_ascii_alphanumeric() || "._-".contains(letter) || separators.contains(letter)
        })
}

pub(super) fn mounted_at(places: &BTreeSet<(String, String)>) -> String {
    let places = places
        .iter()
        .map(|(secret, folder)| format!("Secret {secret} is mounted at {folder} already."));
    places.collect::<Vec<_>>().join(" ")
}

/// Whether a volume has the key of a variable as a file of its name, or all keys where all
/// are variables, and nothing else, as `migrate` takes it for mounted.
fn shows(volume: &Volume, variable: &SecretReference) -> bool {
    let VolumeKind::Secret { source, .. } = &volume.kind else {
        return false;
    };
    let stays = variable.need == Need::Optional || !source.optional;
    let items = source.items.as_deref().unwrap_or_default();
    let is_plain = |item: &Item| item.mode.is_none() && item.user.is_none();
    let has = match (items, &variable.key) {
        ([], _) => true,
        (_, None) => false,
        (items, Some(key)) => items
            .iter()
            .any(|item| item.key.value == key.value && item.path.value == key.value),
    };
    source.secret.value == variable.secret.value
        && stays
        && has
        && items.iter().all(is_plain)
        && volume.kind.default_user().is_none()
}
