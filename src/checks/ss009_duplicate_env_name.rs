//! SS009: a variable that is listed twice.

use std::collections::BTreeMap;

use super::Settings;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Operation, path};
use crate::workload::expansion::expanded_names;
use crate::workload::{Container, EnvSource, EnvVar};

pub static RULE: Rule = Rule {
    id: "SS009",
    name: "duplicate-env-name",
    severity: Severity::Warning,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "a container lists the same variable twice",
    why: "The API accepts it, and the last entry takes effect. But kubectl apply merges env by \
          name: the next apply, Helm upgrade or strategic patch may remove the wrong entry, or \
          both. It is an error if one entry is a Secret's value and another is not: then it is \
          unknown which one takes effect after that.",
    remedy: "Keep the last entry, which takes effect, and remove the others.",
    example: "env:\n- {name: DB_PASSWORD, value: changeme}        # remove\n- name: DB_PASSWORD\n  \
              valueFrom: {secretKeyRef: {name: db, key: password}}\n",
    source: "kubernetes/kubernetes#58477, #65106, #86163; helm/helm#31529",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, container) in inventory.containers() {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, entry) in container.env.iter().enumerate() {
            by_name.entry(&entry.name.value).or_default().push(index);
        }
        for (name, entries) in by_name {
            let [earlier @ .., last] = &entries[..] else {
                continue;
            };
            if earlier.is_empty() {
                continue;
            }
            let secret = |index: &usize| is_secret(&container.env[*index]);
            let mixed = entries.iter().any(secret) && !entries.iter().all(secret);
            let mut finding = Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "Container {} lists {name} {} times; only the last entry takes effect.",
                    container.name,
                    entries.len()
                ),
            )
            .severity(if mixed {
                Severity::Error
            } else {
                Severity::Warning
            })
            .in_container(&container.name);
            for index in earlier {
                let site = &container.env[*index].name.site;
                finding = finding.at(workload.origin, site, "this entry has no effect");
            }
            let site = &container.env[*last].name.site;
            finding = finding.at(workload.origin, site, "this entry takes effect");
            if mixed {
                finding = finding.because("One entry is a Secret's value and another is not.");
            }
            results.report(if is_needed(container, name, earlier, *last) {
                finding.advise(
                    "An earlier entry is used before the last one, or instead of it: give them \
                     different names.",
                )
            } else {
                finding.fix(Fix::Patch {
                    what: format!("Remove all but the last {name}."),
                    operations: earlier
                        .iter()
                        .rev()
                        .map(|index| Operation::Remove {
                            pointer: path::pointer(&container.env[*index].site.path),
                        })
                        .collect(),
                    applies: Applies::Unsafe(
                        "Client-side kubectl apply merges env by name and may remove the variable \
                         altogether (kubernetes/kubernetes#58477): check the live object \
                         afterwards.",
                    ),
                })
            });
        }
    }
}

fn is_secret(entry: &EnvVar) -> bool {
    matches!(entry.source, EnvSource::SecretKey { .. })
}

/// Whether an earlier entry has an effect: a value between them expands it, or the last one is
/// optional and may be missing.
fn is_needed(container: &Container, name: &str, earlier: &[usize], last: usize) -> bool {
    let first = earlier.first().copied().unwrap_or(last);
    let used_between = container.env[first..last].iter().any(|entry| {
        matches!(&entry.source, EnvSource::Literal(text) if expanded_names(&text.value).contains(&name))
    });
    let last_is_optional = matches!(
        container.env[last].source,
        EnvSource::SecretKey { optional: true, .. }
            | EnvSource::ConfigMapKey { optional: true, .. }
    );
    // The last entry's own value may refer to the earlier one.
    let uses_itself = matches!(&container.env[last].source,
        EnvSource::Literal(text) if expanded_names(&text.value).contains(&name));
    used_between || last_is_optional || uses_itself
}
