//! SS010: a variable that hides another one.

use std::collections::BTreeMap;

use crate::finding::{Finding, Results, Severity};
use crate::inventory::{Inventory, Lookup};
use crate::workload::{Container, EnvFromSource, Workload};

use super::{AutoFix, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS010",
    name: "env-shadowing",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "two sources give a container the same variable, or a Secret sets one the runtime needs",
    why: "The later envFrom wins, and env wins over both, without a word: a key that somebody adds to \
          a Secret can silently replace a variable of the program. A Secret that sets PATH, HOME, \
          LD_PRELOAD or KUBERNETES_SERVICE_HOST changes how the program runs at all; that is an \
          error. An env entry that replaces an envFrom one is usually meant, and only told.",
    remedy: "Give envFrom a prefix, or name the variables one by one in env.",
    example: "envFrom:\n- secretRef: {name: db}      # both have the key PASSWORD: the second wins\n- \
              secretRef: {name: mail, prefix: MAIL_}   # with a prefix there is no doubt\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)",
};

/// Variables that decide how a process runs.
const CRITICAL: &[&str] = &[
    "PATH",
    "HOME",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "BASH_ENV",
    "NODE_OPTIONS",
    "PYTHONPATH",
];

/// Looks for it.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for workload in &inventory.workloads {
        for container in &workload.pod.containers {
            of_container(inventory, workload, container, results);
        }
    }
}

fn of_container(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    results: &mut Results,
) {
    let namespace = &workload.id.namespace;
    // The source that each name came from last.
    let mut from: BTreeMap<String, usize> = BTreeMap::new();
    for (index, source) in container.env_from.iter().enumerate() {
        let EnvFromSource::Secret(secret) = &source.source else {
            continue;
        };
        let keys = match inventory.lookup(namespace, &secret.value) {
            Lookup::Present(facts) => facts.keys.known(),
            Lookup::Expected(producer) => producer.keys.known(),
            _ => continue,
        };
        let mut hidden = BTreeMap::new();
        for key in keys {
            let name = format!("{}{key}", source.prefix);
            if CRITICAL.contains(&name.as_str()) {
                results.report(
                    Finding::new(
                        &RULE,
                        &workload.id,
                        format!(
                            "Secret {} sets {name} for container {}, which decides how its process runs.",
                            secret.value, container.name
                        ),
                    )
                    .severity(Severity::Error)
                    .about(namespace, &secret.value, Some(key))
                    .in_container(&container.name)
                    .at(workload.origin, &secret.site, "all of its keys become variables")
                    .advise("Rename the key, give envFrom a prefix, or name the variables in env."),
                );
            }
            if let Some(earlier) = from.insert(name.clone(), index) {
                hidden.entry(earlier).or_insert_with(Vec::new).push(name);
            }
        }
        for (earlier, names) in hidden {
            let EnvFromSource::Secret(other) = &container.env_from[earlier].source else {
                continue;
            };
            results.report(
                Finding::new(
                    &RULE,
                    &workload.id,
                    format!(
                        "Secret {} replaces variables that Secret {} gives container {}: {}.",
                        secret.value,
                        other.value,
                        container.name,
                        names.join(", ")
                    ),
                )
                .about(namespace, &secret.value, None)
                .in_container(&container.name)
                .at(workload.origin, &secret.site, "this one counts")
                .at(workload.origin, &other.site, "its values are replaced")
                .advise("Give one of them a prefix, or name the variables one by one in env."),
            );
        }
    }
    for entry in &container.env {
        let Some(index) = from.get(&entry.name.value) else {
            continue;
        };
        let EnvFromSource::Secret(secret) = &container.env_from[*index].source else {
            continue;
        };
        results.report(
            Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "The env entry {} of container {} replaces the one from Secret {}.",
                    entry.name.value, container.name, secret.value
                ),
            )
            .severity(Severity::Info)
            .about(namespace, &secret.value, None)
            .in_container(&container.name)
            .at(workload.origin, &entry.name.site, "this one counts")
            .advise("Nothing, if that is meant; a prefix for envFrom makes it plain."),
        );
    }
}
