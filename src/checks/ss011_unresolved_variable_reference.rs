//! SS011: `$(NAME)` that is not expanded.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup};
use crate::workload::environment::{Field, expanded_texts};
use crate::workload::expansion::expanded_names;
use crate::workload::near::near;
use crate::workload::{Container, EnvFromSource, EnvSource, Workload};

pub static RULE: Rule = Rule {
    id: "SS011",
    name: "unresolved-variable-reference",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "$(NAME) refers to a variable that is not defined there, and is not expanded",
    why: "Kubernetes expands $(NAME) from the container's own variables, and a value can only \
          refer to variables listed before it. It leaves unknown references unchanged, without an \
          error: the app gets the text $(NAME) as its password. In subPathExpr the container does \
          not start. Kubernetes does not know the variables of the image. Only names in capitals \
          are reported, because $(date) in a shell command looks the same.",
    remedy: "Define the variable before its use, correct its name, or write $$(NAME) if you mean \
             the text itself.",
    example: "env:\n- {name: DSN, value: \"postgres://$(USER):$(PW)@db\"}   # PW is defined below: not \
              expanded\n- name: PW\n  valueFrom: {secretKeyRef: {name: db, key: password}}\n",
    source: "kubernetes/kubernetes third_party/forked/golang/expansion; #34968, #69113; Azure/AKS#836",
};

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
    // A source with unknown keys may define any variable.
    let Some(from_sources) = names_of_sources(inventory, workload, container) else {
        return;
    };
    let all: Vec<&str> = container
        .env
        .iter()
        .map(|entry| entry.name.value.as_str())
        .collect();
    for (field, text) in expanded_texts(container) {
        for name in expanded_names(&text.value) {
            if !is_variable_name(name) || is_service_variable(name) {
                continue;
            }
            let known = from_sources.iter().any(|known| known == name);
            let position = all.iter().position(|known| *known == name);
            let problem = match (field, position) {
                (Field::Value(index), Some(at)) if at >= index && !known => {
                    if at == index {
                        "it refers to itself"
                    } else {
                        "it is defined later, and a value can only refer to variables before it"
                    }
                }
                (Field::Probe, Some(at))
                    if !matches!(container.env[at].source, EnvSource::Literal(_)) =>
                {
                    "a probe only sees literal values, and this one becomes empty"
                }
                (_, Some(_)) => continue,
                (_, None) if known => continue,
                (_, None) => "no variable of this name is defined",
            };
            let mut finding = Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "$({name}) in container {} is not expanded: {problem}.",
                    container.name
                ),
            )
            .in_container(&container.name)
            .at(
                workload.origin,
                &text.site,
                format!("$({name}) is not expanded"),
            );
            if field == Field::SubPath {
                finding = finding
                    .severity(Severity::Error)
                    .because("The container does not start.");
            }
            let near = near(name, all.iter().copied());
            if !near.is_empty() {
                finding = finding.because(format!("Similar names: {}.", near.join(", ")));
            }
            results.report(finding.advise(format!(
                "Define {name} before its use, or write $$({name}) if you mean the text itself."
            )));
        }
    }
}

/// Names from envFrom; `None` when some are unknown.
fn names_of_sources(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for source in &container.env_from {
        let secret = match &source.source {
            EnvFromSource::Secret(secret) => secret,
            EnvFromSource::ConfigMap(map) => {
                let keys = inventory.config_map_keys(&workload.id.namespace, &map.value)?;
                names.extend(keys.iter().map(|key| format!("{}{key}", source.prefix)));
                continue;
            }
            EnvFromSource::Other => return None,
        };
        let keys = match inventory.lookup(&workload.id.namespace, &secret.value) {
            Lookup::Present(facts) => &facts.keys,
            Lookup::Expected(producer) => &producer.keys,
            Lookup::Missing if source.optional => continue,
            _ => return None,
        };
        if !keys.is_complete() {
            return None;
        }
        names.extend(
            keys.known()
                .iter()
                .map(|key| format!("{}{key}", source.prefix)),
        );
    }
    Some(names)
}

/// Capitals, digits and underscores: what people use for variables, and not for shell commands.
fn is_variable_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Set by the kubelet for every Service that exists before the pod.
fn is_service_variable(name: &str) -> bool {
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.contains("_PORT_")
        || name.ends_with("_PORT")
}
