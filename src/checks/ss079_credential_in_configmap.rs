//! SS079: a credential in a ConfigMap.

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::manifest::{Node, path};
use crate::secret::key::names_a_document;
use crate::workload::credential::{is_credential, is_credential_name, known_shape};
use crate::workload::plaintext::Plain;
use crate::workload::{EnvSource, Object, Origin, Site};

use super::Settings;
use super::plaintext::{create, everywhere, short};

pub static RULE: Rule = Rule {
    id: "SS079",
    name: "credential-in-configmap",
    severity: Severity::Warning,
    data: &[Data::ConfigMaps, Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a ConfigMap contains what looks like a credential",
    why: "More people and apps can read ConfigMaps than Secrets, encryption at rest may only \
          cover Secrets, and tools print ConfigMaps. In a cluster only the names of keys are \
          checked; in files also the form of the text: a private key, a token of a well-known \
          service, a URL with a password. The literals and files of a kustomization's \
          configMapGenerator are checked too, and so are its patches. Names of something about a \
          credential (a path, a length, the name of a Secret) are not reported, and documents are \
          not reported by their name alone.",
    remedy: "Move the key to a Secret, mount that as files instead of the ConfigMap or the variable, \
             and rotate the value.",
    example: "kind: ConfigMap\ndata:\n  DB_PASSWORD: …   # found\n  DB_PASSWORD_FILE: /run/db/password  \
              # not found\n",
    source: "kubernetes/website content/en/docs/concepts/configuration/configmap.md",
};

/// A variable from a Secret would only be the next finding (SS013).
const MOVE: &str = "Put it into a Secret, mount that as files, and have the app read the file.";

/// One finding per key.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    in_maps(inventory, results);
    elsewhere(inventory, results);
}

/// Generators, patches, and manifests in ConfigMaps.
fn elsewhere(inventory: &Inventory, results: &mut Results) {
    for found in everywhere(inventory) {
        let Plain::ConfigKey { map, key, why } = &found.plain else {
            continue;
        };
        let finding = Finding::new(
            &RULE,
            &found.object.id,
            format!(
                "{} has key {}, which looks like a credential.",
                found.holder,
                short(key)
            ),
        );
        let name = if map.is_empty() {
            "app-credentials"
        } else {
            map
        };
        results.report(
            found
                .located(finding)
                .because(why.sentence())
                .run(MOVE, create(&found.object.id.namespace, name, key))
                .advise("Rotate the value: it was readable until now."),
        );
    }
}

fn in_maps(inventory: &Inventory, results: &mut Results) {
    for object in inventory.of_kind("", "ConfigMap") {
        for entry in object.root.get("data").map_or(&[][..], Node::entries) {
            let key = entry.key.scalar_text().unwrap_or_default();
            let text = entry.value.scalar_text().unwrap_or_default();
            let Some(why) = why(object, key, text) else {
                continue;
            };
            let site = Site {
                path: path::child("data", key),
                span: entry.key.span,
            };
            let finding = Finding::new(
                &RULE,
                &object.id,
                format!(
                    "Key {key} of ConfigMap {} looks like a credential.",
                    object.id.name
                ),
            )
            .at(
                object.origin,
                &site,
                "readable by everybody who can see this",
            )
            .because(why);
            let finding = askers(inventory, object, key)
                .into_iter()
                .fold(finding, |finding, asker| {
                    finding.because(format!("Used by {asker}."))
                });
            results.report(
                finding
                    .run(
                        MOVE,
                        CommandLine::secretsafe("create")
                            .name(&object.id.name)
                            .namespace(&object.id.namespace)
                            .flag("--prompt", key),
                    )
                    .advise("Rotate the value: it was readable until now."),
            );
        }
    }
}

fn why(object: &Object, key: &str, text: &str) -> Option<String> {
    if let Some(shape) = known_shape(text) {
        return Some(format!("Its text has the form of {shape}."));
    }
    // Metadata only has names.
    let is_one = match object.origin {
        Origin::Live => is_credential_name(key),
        Origin::File { .. } => is_credential(key, text),
    };
    (is_one && !names_a_document(key)).then(|| "Its name is that of a credential.".to_owned())
}

fn askers(inventory: &Inventory, map: &Object, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    for workload in inventory.workloads_in(&map.id.namespace) {
        for container in &workload.pod.containers {
            for entry in &container.env {
                let uses = matches!(&entry.source,
                    EnvSource::ConfigMapKey { config_map, key: named, .. }
                        if config_map.value == map.id.name && named.value == key);
                if uses {
                    found.push(format!(
                        "variable {} of container {} in {}",
                        entry.name.value,
                        container.name,
                        workload.id.short()
                    ));
                }
            }
        }
    }
    found
}
