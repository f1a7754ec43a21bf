//! SS097: variables that are not text.

use std::collections::BTreeSet;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Grant, Inventory, Kubelet, Reason, Scope, SecretFacts, Use};
use crate::secret::inspection::AsVariable;
use crate::words::listed;
use crate::workload::{Confidence, Usage};

use super::{Settings, content, resolve};

pub static RULE: Rule = Rule {
    id: "SS097",
    name: "variable-not-text",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::Pods, Data::Values],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a value is used as a variable but is not text that every kubelet can pass on",
    why: "The kubelet passes variables to the container runtime as text. A value with a NUL byte \
          cannot become a variable: the container does not start. A value that is not UTF-8 stops \
          the container (CreateContainerError) with kubelet 1.34.0 to 1.34.8, 1.35.0 to 1.35.5 \
          and 1.36.0 to 1.36.1; all others pass it on. Only the nodes of a cluster show which \
          kubelets it has.",
    remedy: "Mount the value as a file, which can contain any bytes: kubectl secretsafe migrate. \
             Or update the kubelet to a patch release with the fix.",
    example: "env:\n- name: SEED             # 32 random bytes, not encoded\n  valueFrom: {secretKeyRef: \
              {name: app, key: seed}}\n",
    source: "kubernetes/kubernetes#139132; environ(7)",
};

/// For each affected minor version, the first patch release with the fix.
const CORRECTED: [(u32, u32); 3] = [(34, 9), (35, 6), (36, 2)];
/// How many minor versions a kubelet may be older than its server
/// (kubernetes/website releases/version-skew-policy).
const SKEW: u32 = 3;

/// One finding per reference and key.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        let trouble = verdict.as_variable;
        if trouble == AsVariable::Text {
            continue;
        }
        let uses = inventory.uses_of(&facts.namespace, &facts.name);
        for used in uses.filter(|used| !used.dormant && takes(used, key)) {
            match trouble {
                AsVariable::HasNul => results.report(found(
                    &used,
                    facts,
                    key,
                    "has a NUL byte and cannot become a variable: the container does not start",
                    resolve::severity(&used),
                )),
                _ if inventory.is_live() => not_utf8(inventory, &used, facts, key, results),
                // The versions of the kubelets are unknown here.
                _ => {}
            }
        }
    }
}

/// Whether a reference makes a variable of a key.
fn takes(used: &Use<'_>, key: &str) -> bool {
    let reference = used.reference;
    let means_key = match (&reference.usage, &reference.key) {
        (Usage::Variable { .. }, Some(named)) => named.value == key,
        (Usage::AllVariables { .. }, _) => true,
        _ => false,
    };
    means_key && reference.confidence == Confidence::Certain
}

fn not_utf8(
    inventory: &Inventory,
    used: &Use<'_>,
    facts: &SecretFacts,
    key: &str,
    results: &mut Results,
) {
    let Some(nodes) = Nodes::of(inventory) else {
        if may_be_affected(&inventory.scope) {
            let what = format!(
                "{} with key {key} of Secret {}, which is not UTF-8: whether the kubelets can \
                 pass it on",
                resolve::asker(used.reference),
                facts.name
            );
            results.unknown(&RULE, Some(used.subject), what, reason(inventory));
        }
        return;
    };
    if nodes.affected.is_empty() {
        return;
    }
    let here: BTreeSet<&str> = inventory
        .pods_of(used.subject)
        .filter_map(|pod| pod.spec.node_name.as_deref())
        .filter(|node| nodes.affected.contains(node))
        .collect();
    let everywhere = nodes.affected.len() == nodes.all;
    let severity = match (here.is_empty(), everywhere) {
        (true, false) => Severity::Warning,
        _ => resolve::severity(used),
    };
    let effect = match everywhere {
        true => {
            "is not UTF-8, and the kubelets of this cluster cannot pass it on: the container does \
             not start"
        }
        false => {
            "is not UTF-8, and some kubelets of this cluster cannot pass it on: the container \
             does not start there"
        }
    };
    results.report(
        found(used, facts, key, effect, severity)
            .because(format!(
                "Nodes with such a kubelet: {}.",
                listed(nodes.affected.iter().copied())
            ))
            .advise(
                "Or update the kubelet on these nodes: 1.34.9, 1.35.6, 1.36.2 and later pass it \
                 on.",
            ),
    );
}

fn found(
    used: &Use<'_>,
    facts: &SecretFacts,
    key: &str,
    effect: &str,
    severity: Severity,
) -> Finding {
    let finding = Finding::new(
        &RULE,
        used.subject,
        format!(
            "The value of key {key} of Secret {}, which is {}, {effect}.",
            facts.name,
            resolve::asker(used.reference)
        ),
    )
    .severity(severity)
    .about(&facts.namespace, &facts.name, Some(key))
    .at(
        used.origin,
        &used.reference.secret.site,
        "this becomes a variable",
    )
    .advise(
        "Mount the key as a file, which can contain any bytes, and have the app read that \
             file.",
    );
    match &used.reference.container {
        Some(container) => finding.in_container(container),
        None => finding,
    }
}

/// The nodes of a cluster.
struct Nodes<'a> {
    all: usize,
    affected: BTreeSet<&'a str>,
}

impl<'a> Nodes<'a> {
    /// `None` if they are unknown.
    fn of(inventory: &'a Inventory) -> Option<Self> {
        let nodes = &inventory.nodes;
        (!nodes.is_empty()).then(|| Self {
            all: nodes.len(),
            affected: nodes
                .iter()
                .filter(|(_, kubelet)| kubelet.is_some_and(is_affected))
                .map(|(name, _)| name.as_str())
                .collect(),
        })
    }
}

fn is_affected(kubelet: Kubelet) -> bool {
    CORRECTED
        .iter()
        .any(|(minor, patch)| kubelet.minor == *minor && kubelet.patch < *patch)
}

/// Whether a server of this version can have affected kubelets.
fn may_be_affected(scope: &Scope) -> bool {
    let Scope::Cluster {
        minor: Some(minor), ..
    } = scope
    else {
        return true;
    };
    CORRECTED
        .iter()
        .any(|(affected, _)| (*affected..=affected + SKEW).contains(minor))
}

fn reason(inventory: &Inventory) -> Reason {
    let is_nodes = |grant: &&Grant| grant.group.is_empty() && grant.resource == "nodes";
    let refused = inventory.denied.iter().chain(&inventory.hidden);
    match refused.into_iter().find(is_nodes) {
        Some(grant) => Reason::Forbidden(grant.clone()),
        None => Reason::Incomplete("no node was read".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrected_releases_are_not_concerned() {
        for (version, expected) in [
            ("v1.33.9", false),
            ("v1.34.0", true),
            ("v1.34.8", true),
            ("v1.34.9", false),
            ("v1.35.5-gke.7", true),
            ("v1.35.6", false),
            ("v1.36.1+k3s1", true),
            ("v1.36.2", false),
            ("v1.37.0", false),
        ] {
            let kubelet = Kubelet::parse(version).unwrap();
            assert_eq!(is_affected(kubelet), expected, "{version}");
        }
    }
}
