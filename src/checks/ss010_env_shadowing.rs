//! SS010: a variable that replaces another one.

use std::collections::BTreeMap;

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup};
use crate::words::listed;
use crate::workload::{Container, EnvFrom, EnvFromSource, Located, Workload};

pub static RULE: Rule = Rule {
    id: "SS010",
    name: "env-shadowing",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "two sources give a container the same variable, or a Secret sets one that the \
              runtime needs",
    why: "A later envFrom replaces an earlier one, and env replaces both, without a message. So a \
          key that somebody adds to a Secret can silently replace a variable of the app. A Secret \
          that sets PATH, HOME, LD_PRELOAD or KUBERNETES_SERVICE_HOST changes how the app runs: \
          that is an error. A ConfigMap that is listed after a Secret replaces the Secret's \
          values: that is a warning. An env entry that replaces an envFrom variable, and a Secret \
          that replaces values of a ConfigMap, are usually intended: they are an info.",
    remedy: "Give envFrom a prefix, or list the variables one by one in env.",
    example: "envFrom:\n- secretRef: {name: db}      # both have the key PASSWORD: the second \
              takes effect\n- secretRef: {name: mail, prefix: MAIL_}   # with a prefix both are \
              set\n",
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

/// The keys that an entry of `envFrom` is known to provide.
fn keys<'a>(
    inventory: &'a Inventory,
    namespace: &str,
    source: &EnvFromSource,
) -> Option<Vec<&'a str>> {
    let known = match source {
        EnvFromSource::Secret(secret) => match inventory.lookup(namespace, &secret.value) {
            Lookup::Present(facts) => facts.keys.known(),
            Lookup::Expected(producer) => producer.keys.known(),
            Lookup::Missing | Lookup::Unknown(_) => return None,
        },
        EnvFromSource::ConfigMap(map) => {
            let keys = inventory.config_map_keys(namespace, &map.value)?;
            return Some(keys.into_iter().collect());
        }
        EnvFromSource::Other => return None,
    };
    Some(known.iter().map(String::as_str).collect())
}

/// `Secret db`, and where it is named.
fn told(source: &EnvFrom) -> Option<(String, &Located<String>)> {
    match &source.source {
        EnvFromSource::Secret(name) => Some((format!("Secret {}", name.value), name)),
        EnvFromSource::ConfigMap(name) => Some((format!("ConfigMap {}", name.value), name)),
        EnvFromSource::Other => None,
    }
}

fn critical(
    workload: &Workload,
    container: &Container,
    secret: &Located<String>,
    key: &str,
    name: &str,
) -> Finding {
    Finding::new(
        &RULE,
        &workload.id,
        format!(
            "Secret {} sets {name} for container {}, which changes how its process runs.",
            secret.value, container.name
        ),
    )
    .severity(Severity::Error)
    .about(&workload.id.namespace, &secret.value, Some(key))
    .in_container(&container.name)
    .at(
        workload.origin,
        &secret.site,
        "all of its keys become variables",
    )
    .advise("Rename the key, give envFrom a prefix, or list the variables in env.")
}

/// A later source replaces variables of an earlier one; two ConfigMaps are not reported.
fn replaced(
    workload: &Workload,
    container: &Container,
    later: &EnvFrom,
    earlier: &EnvFrom,
    names: &[String],
) -> Option<Finding> {
    let (winner, winner_at) = told(later)?;
    let (loser, loser_at) = told(earlier)?;
    let (secret, severity) = match (&later.source, &earlier.source) {
        (EnvFromSource::Secret(secret), EnvFromSource::Secret(_)) => (secret, Severity::Warning),
        // A Secret that replaces defaults is usually intended.
        (EnvFromSource::Secret(secret), _) => (secret, Severity::Info),
        (_, EnvFromSource::Secret(secret)) => (secret, Severity::Warning),
        _ => return None,
    };
    let finding = Finding::new(
        &RULE,
        &workload.id,
        format!(
            "{winner} replaces variables that {loser} gives container {}: {}.",
            container.name,
            listed(names.iter().map(String::as_str))
        ),
    )
    .severity(severity)
    .about(&workload.id.namespace, &secret.value, None)
    .in_container(&container.name)
    .at(workload.origin, &winner_at.site, "this one takes effect")
    .at(workload.origin, &loser_at.site, "its values are replaced");
    Some(match severity {
        Severity::Info => {
            finding.advise("If this is intended, do nothing; a prefix for envFrom makes it clear.")
        }
        _ => finding.advise("Give one of them a prefix, or list the variables one by one in env."),
    })
}

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, container) in inventory.containers() {
        of_container(inventory, workload, container, results);
    }
}

fn of_container(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    results: &mut Results,
) {
    let namespace = &workload.id.namespace;
    // The source that set each name last.
    let mut from: BTreeMap<String, usize> = BTreeMap::new();
    for (index, source) in container.env_from.iter().enumerate() {
        let Some(keys) = keys(inventory, namespace, &source.source) else {
            continue;
        };
        let mut hidden: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for key in keys {
            let name = format!("{}{key}", source.prefix);
            if let EnvFromSource::Secret(secret) = &source.source
                && CRITICAL.contains(&name.as_str())
            {
                results.report(critical(workload, container, secret, key, &name));
            }
            if let Some(earlier) = from.insert(name.clone(), index) {
                hidden.entry(earlier).or_default().push(name);
            }
        }
        for (earlier, names) in hidden {
            let earlier = &container.env_from[earlier];
            results
                .findings
                .extend(replaced(workload, container, source, earlier, &names));
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
            .at(workload.origin, &entry.name.site, "this one takes effect")
            .advise("If this is intended, do nothing; a prefix for envFrom makes it clear."),
        );
    }
}
