//! What can be read in the files that generators take.

use std::fs;
use std::path::{Path, PathBuf};

use crate::inventory::{Generates, GeneratorFile, GitStatus, NamedFile, TakenAs};
use crate::secret::SecretValue;
use crate::secret::inspection::{is_encrypted, is_filled_in_later};
use crate::secret::source::env_file::{Dialect, parse};
use crate::workload::plaintext::{Plain, config_key, is_public_key};
use crate::{git, reading};

/// Largest file of a generator that is read, in bytes: a Secret holds 1 MiB.
const LARGEST: usize = 2 * 1024 * 1024;

/// What a file that a kustomization's file names has in it; `None` where
/// nothing can be read there. Kustomize reads none outside the folder.
pub(super) fn readable(kustomization: &Path, named: NamedFile) -> Option<GeneratorFile> {
    let file = inside(kustomization, &named.file)?;
    let text = reading::text(reading::regular(&file, LARGEST).ok()?).ok()?;
    let value = SecretValue::from_bytes(text.as_bytes().to_owned());
    if is_encrypted(&value) {
        return None;
    }
    let plain = match (named.generates, named.taken) {
        (Generates::Secret, TakenAs::Value) => {
            let readable =
                !is_public_key(&named.key) && !value.is_empty() && !is_filled_in_later(&value);
            secret(&named, readable.then(|| named.key.clone()).into_iter())
        }
        (Generates::Secret, TakenAs::Lines) => {
            let keys = parse(&value, Dialect::Kubectl, &|_| None)
                .ok()?
                .into_iter()
                .filter(|line| !line.value.is_empty() && !is_filled_in_later(&line.value))
                .map(|line| line.key.as_str().to_owned())
                .filter(|key| !is_public_key(key));
            secret(&named, keys)
        }
        (Generates::ConfigMap, TakenAs::Value) => config(&named, &named.key, &text),
        (Generates::ConfigMap, TakenAs::Lines) => text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .flat_map(|(key, value)| config(&named, key.trim(), value))
            .collect(),
    };
    (!plain.is_empty()).then(|| GeneratorFile {
        origin: named.origin,
        path: named.path,
        span: named.span,
        name: named.file,
        git: match git::is_tracked(&file) {
            Some(true) => GitStatus::Tracked,
            Some(false) => GitStatus::Untracked,
            None => GitStatus::Outside,
        },
        plain,
    })
}

/// Whether a file that a kustomization's file names is nowhere. Kustomize refuses what
/// lies outside the folder, whether or not it is there.
pub(super) fn is_missing(kustomization: &Path, named: &NamedFile) -> bool {
    let folder = kustomization.parent().unwrap_or(Path::new(""));
    !folder.join(&named.file).exists()
}

fn secret(named: &NamedFile, keys: impl Iterator<Item = String>) -> Vec<Plain> {
    let keys: Vec<_> = keys.collect();
    let found = (!keys.is_empty()).then(|| Plain::Secret {
        name: named.object.clone(),
        keys,
    });
    found.into_iter().collect()
}

fn config(named: &NamedFile, key: &str, text: &str) -> Vec<Plain> {
    let found = config_key(key, text).map(|why| Plain::ConfigKey {
        map: named.object.clone(),
        key: key.to_owned(),
        why,
    });
    found.into_iter().collect()
}

/// The file, if it lies in the kustomization's folder.
fn inside(kustomization: &Path, named: &str) -> Option<PathBuf> {
    let folder = kustomization.parent()?;
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let file = fs::canonicalize(folder.join(named)).ok()?;
    file.starts_with(fs::canonicalize(folder).ok()?)
        .then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Span;
    use crate::workload::Origin;

    fn named(generates: Generates, taken: TakenAs, key: &str, file: &str) -> NamedFile {
        NamedFile {
            origin: Origin::Live,
            generates,
            object: "o".to_owned(),
            taken,
            key: key.to_owned(),
            file: file.to_owned(),
            path: String::new(),
            span: Span::default(),
        }
    }

    #[test]
    fn files_beside_a_kustomization_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("base");
        fs::create_dir(&base).unwrap();
        for (name, text) in [
            ("base/app.env", "# none\nA=x\nB=${B}\nC=\n"),
            ("base/map.env", "DB_PASSWORD=hunter2\nHOST=db\n"),
            ("base/password.txt", "hunter2"),
            ("base/sealed", "ENC[AES256]"),
            ("base/pgp", "-----BEGIN PGP MESSAGE-----\n"),
            ("outside.txt", "hunter2"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let kustomization = base.join("kustomization.yaml");
        let plain = |generates, taken, key: &str, file: &str| {
            readable(&kustomization, named(generates, taken, key, file)).map(|found| found.plain)
        };
        let lines = plain(Generates::Secret, TakenAs::Lines, "", "app.env");
        assert!(matches!(&lines.unwrap()[..], [Plain::Secret { keys, .. }] if keys == &["A"]));
        let map = plain(Generates::ConfigMap, TakenAs::Lines, "", "map.env");
        assert!(
            matches!(&map.unwrap()[..], [Plain::ConfigKey { key, .. }] if key == "DB_PASSWORD")
        );
        assert!(plain(Generates::Secret, TakenAs::Value, "pw", "password.txt").is_some());
        for (key, file) in [
            ("ca.crt", "password.txt"),
            ("k", "sealed"),
            ("k", "pgp"),
            ("k", "../outside.txt"),
            ("k", "missing"),
        ] {
            let found = plain(Generates::Secret, TakenAs::Value, key, file);
            assert_eq!(found, None, "{file}");
        }
    }
}
