//! SS042: two sources of a projected volume that write the same file.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup};
use crate::manifest::{Operation, path};
use crate::words::listed;
use crate::workload::mount_path::clean;
use crate::workload::{ProjectedSource, SecretSource, Volume, VolumeKind, Workload};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS042",
    name: "projected-collision",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretKeys, Data::ConfigMaps],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "two sources of a projected volume have a key of the same name, so one file is lost",
    why: "A projected volume puts the files of all its sources into one directory. The API server \
          refuses two listed items with the same path, but it does not check sources without \
          items. If two objects then have the same key, they write the same file, and the app \
          silently gets the content of only one of them.",
    remedy: "Give each source items with paths of its own.",
    example: "projected:\n  sources:\n  - secret: {name: db}      # both have the key password\n  \
              - secret:\n      name: mail\n      items: [{key: password, path: mail-password}]   \
              # correct\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go (conflicting duplicate \
             paths), pkg/volume/projected/projected.go",
};

/// The files of one source.
struct Files<'a> {
    name: String,
    /// Paths, and the keys that their content comes from.
    paths: BTreeMap<String, String>,
    /// The source, if it is a Secret that lists no items.
    whole: Option<&'a SecretSource>,
    listed: bool,
}

/// One finding per pair of sources.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, volume) in mounts::volumes(inventory) {
        let VolumeKind::Projected { sources, .. } = &volume.kind else {
            continue;
        };
        let namespace = &workload.id.namespace;
        let made: Vec<_> = sources
            .iter()
            .filter_map(|source| files(inventory, namespace, source))
            .collect();
        for (index, later) in made.iter().enumerate() {
            for earlier in &made[..index] {
                // The API server itself checks two sources that both list items.
                if earlier.listed && later.listed {
                    continue;
                }
                // The same key of the same object has the same content.
                let is_lost = |path: &str, key: &String| {
                    let other = later.paths.get(path);
                    other.is_some_and(|other| earlier.name != later.name || other != key)
                };
                let same: Vec<&str> = earlier
                    .paths
                    .iter()
                    .filter(|(path, key)| is_lost(path, key))
                    .map(|(path, _)| path.as_str())
                    .collect();
                if !same.is_empty() {
                    results.report(found(workload, volume, earlier, later, &same));
                }
            }
        }
    }
}

/// The files of a source; `None` if they are unknown.
fn files<'a>(
    inventory: &Inventory,
    namespace: &str,
    source: &'a ProjectedSource,
) -> Option<Files<'a>> {
    match source {
        ProjectedSource::Secret(source) => {
            let name = format!("Secret {}", source.secret.value);
            let items = source.items.as_ref().filter(|items| !items.is_empty());
            let paths = match items {
                Some(items) => items
                    .iter()
                    .map(|item| (clean(&item.path.value), item.key.value.clone()))
                    .collect(),
                None => match inventory.lookup(namespace, &source.secret.value) {
                    Lookup::Present(facts) => rooted(facts.keys.known()),
                    Lookup::Expected(producer) => rooted(producer.keys.known()),
                    Lookup::Missing | Lookup::Unknown(_) => return None,
                },
            };
            Some(Files {
                name,
                paths,
                whole: items.is_none().then_some(source),
                listed: items.is_some(),
            })
        }
        ProjectedSource::ServiceAccountToken { path } => Some(Files {
            name: "the ServiceAccount token".to_owned(),
            paths: BTreeMap::from([(clean(path), path.clone())]),
            whole: None,
            listed: true,
        }),
        ProjectedSource::Other { config_map, paths } => {
            let name = config_map.as_ref().map_or_else(
                || "another source".to_owned(),
                |name| format!("ConfigMap {name}"),
            );
            let listed = paths.as_ref().map(|paths| {
                paths
                    .iter()
                    .map(|path| (clean(&path.value), path.value.clone()))
                    .collect()
            });
            Some(Files {
                name,
                listed: listed.is_some(),
                paths: match listed {
                    Some(paths) => paths,
                    None => rooted(&config_map_keys(
                        inventory,
                        namespace,
                        config_map.as_deref()?,
                    )?),
                },
                whole: None,
            })
        }
    }
}

/// Keys as paths in the volume.
fn rooted(keys: &BTreeSet<String>) -> BTreeMap<String, String> {
    keys.iter().map(|key| (clean(key), key.clone())).collect()
}

/// The keys of a ConfigMap that was seen.
fn config_map_keys(inventory: &Inventory, namespace: &str, name: &str) -> Option<BTreeSet<String>> {
    let map = inventory.of_name(("", "ConfigMap"), namespace, name)?;
    Some(
        ["data", "binaryData"]
            .into_iter()
            .filter_map(|field| map.root.get(field))
            .flat_map(crate::manifest::Node::entries)
            .filter_map(|entry| entry.key.scalar_text())
            .map(str::to_owned)
            .collect(),
    )
}

fn found(
    workload: &Workload,
    volume: &Volume,
    earlier: &Files<'_>,
    later: &Files<'_>,
    same: &[&str],
) -> Finding {
    let names: Vec<&str> = same
        .iter()
        .map(|path| path.trim_start_matches('/'))
        .collect();
    let message = format!(
        "{} and {} both write the file {} in volume {}: the content of one is lost.",
        earlier.name,
        later.name,
        listed(names.iter().copied()),
        volume.name.value
    );
    let mut finding = mounts::about(&RULE, workload, volume, message);
    let wholes: Vec<_> = [later, earlier]
        .into_iter()
        .filter_map(|files| files.whole.map(|source| (source, &files.paths)))
        .collect();
    for (source, _) in &wholes {
        finding = finding.at(workload.origin, &source.site, "every key becomes a file");
    }
    if wholes.is_empty() {
        finding = finding.at(
            workload.origin,
            &volume.site,
            "the sources have the same file",
        );
    }
    if let Some((source, paths)) = wholes.first() {
        finding = finding.fix(Fix::Patch {
            what: format!(
                "Give Secret {} items that use another file name, and configure the app to use \
                 it.",
                source.secret.value
            ),
            operations: vec![Operation::Add {
                pointer: path::pointer(&path::child(&source.site.path, "items")),
                value: items(source, paths, same),
            }],
            applies: Applies::Never,
        });
    }
    finding.advise("Or rename the key in one of the two objects.")
}

/// Every known key; those that collide are prefixed with the Secret's name.
fn items(
    source: &SecretSource,
    paths: &BTreeMap<String, String>,
    same: &[&str],
) -> serde_json::Value {
    let entries: Vec<_> = paths
        .iter()
        .map(|(path, key)| {
            let file = if same.contains(&path.as_str()) {
                format!("{}-{key}", source.secret.value)
            } else {
                key.clone()
            };
            BTreeMap::from([("key", key.clone()), ("path", file)])
        })
        .collect();
    serde_json::json!(entries)
}
