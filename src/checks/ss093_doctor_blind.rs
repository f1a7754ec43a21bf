//! SS093: what could not be looked at, and what that leaves open.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Grant, Results, Severity, quoted};
use crate::inventory::Inventory;
use crate::workload::{ObjectId, Origin, Site};

use super::{AutoFix, CHECKS, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS093",
    name: "doctor-blind",
    severity: Severity::Info,
    data: &[Data::Rbac],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "some rules cannot be decided because something may not be listed",
    why: "A rule that lacks what it looks at says nothing, or that it does not know: that is not the \
          same as finding nothing. This tells which lists were refused and which rules they leave \
          open. The exit status says so too (3), whatever else was found.",
    remedy: "Ask for a role that allows these lists; doctor --print-rbac prints the whole one. Of \
             Secrets only names, types, times and key names are read, but RBAC cannot express that: \
             list of secrets gives values to whoever has it.",
    example: "$ kubectl auth can-i list secrets -n prod\nno\n",
    source: "kubernetes/website reference/access-authn-authz/rbac",
};

/// The role that is to be made.
pub(super) const ROLE: &str = "secretsafe-doctor";

/// Looks for it.
pub fn check(inventory: &Inventory, results: &mut Results) {
    let mut by_scope: BTreeMap<Option<&str>, Vec<&Grant>> = BTreeMap::new();
    for grant in &inventory.denied {
        by_scope
            .entry(grant.namespace.as_deref())
            .or_default()
            .push(grant);
    }
    for (namespace, grants) in by_scope {
        let subject = ObjectId {
            namespace: namespace.unwrap_or_default().to_owned(),
            kind: match namespace {
                Some(_) => "Role",
                None => "ClusterRole",
            }
            .to_owned(),
            name: ROLE.to_owned(),
        };
        let scope = match namespace {
            Some(namespace) => format!("in namespace {namespace}"),
            None => "in all namespaces".to_owned(),
        };
        let resources: Vec<_> = grants.iter().map(|grant| told(grant)).collect();
        let mut finding = Finding::new(
            &RULE,
            &subject,
            format!("You may not list {} {scope}.", resources.join(", ")),
        )
        .at(Origin::Live, &Site::default(), "what you may do");
        for grant in &grants {
            let rules = rules_without(&grant.resource);
            if !rules.is_empty() {
                finding = finding.because(format!(
                    "Without {} {} not or only partly decided: {}.",
                    told(grant),
                    if rules.len() == 1 { "this rule is" } else { "these rules are" },
                    rules.into_iter().collect::<Vec<_>>().join(", ")
                ));
            }
        }
        results.report(with_commands(finding, namespace, &grants));
    }
}

/// What shows the gap, and what closes it.
fn with_commands(finding: Finding, namespace: Option<&str>, grants: &[&Grant]) -> Finding {
    let (kind, flag) = match namespace {
        Some(namespace) => ("role", format!(" -n {}", quoted(namespace))),
        None => ("clusterrole", String::new()),
    };
    let resources: BTreeSet<_> = grants.iter().map(|grant| told(grant)).collect();
    let resources: Vec<_> = resources.into_iter().collect();
    let verbs: BTreeSet<_> = grants.iter().map(|grant| grant.verb.as_str()).collect();
    let verbs: Vec<_> = verbs.into_iter().collect();
    let everywhere = if namespace.is_some() { flag.as_str() } else { " -A" };
    let finding = match grants.first() {
        Some(first) => finding.run(
            "Ask the server whether that is still so.",
            format!(
                "kubectl auth can-i {} {}{everywhere}",
                first.verb,
                told(first)
            ),
        ),
        None => finding,
    };
    finding
        .run(
            "Have an admin make the smallest role that allows it.",
            format!(
                "kubectl create {kind} {ROLE}{flag} --verb={} --resource={}",
                verbs.join(","),
                resources.join(",")
            ),
        )
        .advise(format!(
            "Then have {kind} {ROLE} bound to the user or ServiceAccount that runs doctor."
        ))
}

/// `secrets`, `deployments.apps`: as kubectl takes it.
fn told(grant: &Grant) -> String {
    if grant.group.is_empty() {
        grant.resource.clone()
    } else {
        format!("{}.{}", grant.resource, grant.group)
    }
}

/// The rules that look at what a resource shows.
fn rules_without(resource: &str) -> BTreeSet<&'static str> {
    let shown = shown(resource);
    CHECKS
        .iter()
        .map(|check| check.rule)
        .filter(|rule| *rule != &RULE && rule.data.iter().any(|data| shown.contains(data)))
        .map(|rule| rule.id)
        .collect()
}

/// What a resource shows.
fn shown(resource: &str) -> &'static [Data] {
    match resource {
        "secrets" => &[
            Data::SecretNames,
            Data::SecretKeys,
            Data::SecretMetadata,
            Data::Values,
        ],
        "pods" => &[Data::Pods],
        "events" => &[Data::Events],
        "serviceaccounts" => &[Data::ServiceAccounts],
        "ingresses" | "gateways" | "referencegrants" => &[Data::Ingresses],
        "roles" | "rolebindings" | "clusterroles" | "clusterrolebindings" => &[Data::Rbac],
        "configmaps" => &[Data::ConfigMaps],
        "namespaces" => &[Data::Namespaces],
        "deployments" | "replicasets" | "statefulsets" | "daemonsets" | "cronjobs" | "jobs"
        | "replicationcontrollers" | "rollouts" | "clonesets" | "broadcastjobs"
        | "advancedcronjobs" | "services" | "persistentvolumes" | "storageclasses" => {
            &[Data::Workloads]
        }
        _ => &[Data::Producers],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gathering::resources::RESOURCES;

    #[test]
    fn a_refused_list_leaves_rules_open() {
        assert!(rules_without("secrets").contains("SS001"));
        assert!(!rules_without("events").contains("SS001"));
        assert!(rules_without("roles").contains("SS090"));
    }

    #[test]
    fn everything_that_is_listed_shows_what_it_is_called() {
        for resource in RESOURCES {
            let made_elsewhere = [
                "bitnami.com",
                "external-secrets.io",
                "secrets-store.csi.x-k8s.io",
                "cert-manager.io",
                "secrets.hashicorp.com",
            ];
            let producers = shown(resource.plural) == [Data::Producers];
            assert_eq!(
                producers,
                made_elsewhere.contains(&resource.group),
                "{}",
                resource.plural
            );
        }
    }
}
