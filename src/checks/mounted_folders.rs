//! Where containers have the values of their variables as files.

use std::collections::BTreeSet;

use crate::workload::mount_path::clean;
use crate::workload::{Located, SecretReference, SecretSource, Workload};

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

fn usual(secret: &str) -> String {
    format!("/etc/secrets/{secret}")
}

/// The folders in which a container has the value of its variable.
fn folders(workload: &Workload, variable: &SecretReference) -> Vec<String> {
    let secret = variable.secret.value.as_str();
    let mut containers = workload.pod.containers.iter();
    let Some(own) = containers.find(|one| Some(&one.name) == variable.container.as_ref()) else {
        return Vec::new();
    };
    let has = |volume: &str| {
        let volume = workload.pod.volume(volume);
        let sources = volume.map(|volume| volume.kind.secret_sources());
        sources
            .into_iter()
            .flatten()
            .any(|source| source.secret.value == secret && shows(source, variable.key.as_ref()))
    };
    own.mounts
        .iter()
        .filter(|mount| mount.sub_path.is_none() && has(&mount.volume.value))
        .map(|mount| clean(&mount.path.value))
        .collect()
}

/// What `--mount-path` has to be for all of these folders.
pub(super) fn pattern(places: &BTreeSet<(String, String)>) -> Option<String> {
    let ends = |(secret, folder): &(String, String)| {
        let above = folder.strip_suffix(secret.as_str())?;
        above.ends_with('/').then(|| format!("{above}{{secret}}"))
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
    path.starts_with('/')
        && letters
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter))
}

pub(super) fn mounted_at(places: &BTreeSet<(String, String)>) -> String {
    let places = places
        .iter()
        .map(|(secret, folder)| format!("Secret {secret} is mounted at {folder} already."));
    places.collect::<Vec<_>>().join(" ")
}

/// Whether a volume has a key as a file of its name; without a key, all of them.
fn shows(source: &SecretSource, key: Option<&Located<String>>) -> bool {
    match (&source.items, key) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(items), Some(key)) => items
            .iter()
            .any(|item| item.key.value == key.value && item.path.value == key.value),
    }
}
