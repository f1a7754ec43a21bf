//! SS008: keys that are not valid shell variable names.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup, Scope};
use crate::workload::EnvFromSource;

pub static RULE: Rule = Rule {
    id: "SS008",
    name: "envfrom-unusable-names",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "envFrom uses a Secret with keys that are not usable as variable names",
    why: "Every key becomes a variable. Before Kubernetes 1.32 the kubelet skipped names such as \
          db-password or 1st. Since 1.32 they are set, but no POSIX shell can refer to them. It \
          is a warning if the kubelet skips them, and an info if it sets them.",
    remedy: "List the keys one by one in env, or rename them in the Secret.",
    example: "envFrom:\n- secretRef: {name: db}   # found when db has the key db-password; write:\nenv:\n- \
              name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: db-password}}\n",
    source: "KEP-4369 (RelaxedEnvironmentVariableValidation: on since 1.32, locked in 1.34); \
             kubernetes/kubernetes#110620, #123385",
};

/// The first minor version whose kubelet sets them.
const SETS_THEM: u32 = 32;

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, container) in inventory.containers() {
        for source in &container.env_from {
            let EnvFromSource::Secret(secret) = &source.source else {
                continue;
            };
            let keys = match inventory.lookup(&workload.id.namespace, &secret.value) {
                Lookup::Present(facts) => facts.keys.known(),
                Lookup::Expected(producer) => producer.keys.known(),
                _ => continue,
            };
            let unusable: Vec<String> = keys
                .iter()
                .map(|key| format!("{}{key}", source.prefix))
                .filter(|name| !is_usable(name))
                .collect();
            if unusable.is_empty() {
                continue;
            }
            let (severity, effect) = match &inventory.scope {
                Scope::Cluster {
                    minor: Some(minor), ..
                } if *minor < SETS_THEM => {
                    (Severity::Warning, "the kubelet of this version skips them")
                }
                Scope::Cluster { minor: Some(_), .. } => (
                    Severity::Info,
                    "they are set, but no POSIX shell can refer to them",
                ),
                _ => (
                    Severity::Info,
                    "they are skipped before Kubernetes 1.32, and set since",
                ),
            };
            results.report(
                Finding::new(
                    &RULE,
                    &workload.id,
                    format!(
                        "envFrom of Secret {} gives container {} names that are not usable as \
                         variables: {effect}.",
                        secret.value, container.name
                    ),
                )
                .severity(severity)
                .about(&workload.id.namespace, &secret.value, None)
                .in_container(&container.name)
                .at(
                    workload.origin,
                    &secret.site,
                    "all of its keys become variables",
                )
                .because(format!("Names: {}.", unusable.join(", ")))
                .advise("List the keys one by one in env, or rename them in the Secret."),
            );
        }
    }
}

fn is_usable(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}
