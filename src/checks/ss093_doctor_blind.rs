//! SS093: what could not be listed, and which rules that affects.

use std::collections::{BTreeMap, BTreeSet};

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Grant, Inventory};
use crate::workload::{ObjectId, Origin, Site};

use super::{CHECKS, Settings};
use crate::api::ROLE;

pub static RULE: Rule = Rule {
    id: "SS093",
    name: "doctor-blind",
    severity: Severity::Info,
    data: &[Data::Rbac],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "some rules cannot be checked because something may not be listed",
    why: "A rule without its data reports nothing, or that the result is unknown: that is not the \
          same as finding nothing. This finding lists the refused requests and the rules that \
          need them. The exit status is 3 too, whatever else was found.",
    remedy: "Ask for a role that allows these lists; doctor --print-rbac prints the complete one. \
             Only names, types, times and key names of Secrets are read, but RBAC cannot express \
             that: list on secrets gives access to all values.",
    example: "$ kubectl auth can-i list secrets -n prod\nno\n",
    source: "kubernetes/website reference/access-authn-authz/rbac",
};

/// One finding per namespace and verb, because a rule of a role allows each of its verbs for each
/// of its resources.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut by_scope: BTreeMap<(Option<&str>, &str), Vec<&Grant>> = BTreeMap::new();
    for grant in &inventory.denied {
        by_scope
            .entry((grant.namespace.as_deref(), &grant.verb))
            .or_default()
            .push(grant);
    }
    for ((namespace, verb), grants) in by_scope {
        results.report(found(namespace, verb, &grants));
    }
}

fn found(namespace: Option<&str>, verb: &str, grants: &[&Grant]) -> Finding {
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
    let resources: BTreeSet<_> = grants.iter().map(|grant| told(grant)).collect();
    let resources: Vec<_> = resources.into_iter().collect();
    let mut finding = Finding::new(
        &RULE,
        &subject,
        format!("You may not {verb} {} {scope}.", resources.join(", ")),
    )
    .at(Origin::Live, &Site::default(), "your permissions");
    for grant in grants {
        let rules = rules_without(&grant.resource);
        if !rules.is_empty() {
            finding = finding.because(format!(
                "Without {} {} not checked or only partly: {}.",
                told(grant),
                if rules.len() == 1 {
                    "this rule is"
                } else {
                    "these rules are"
                },
                rules.into_iter().collect::<Vec<_>>().join(", ")
            ));
        }
    }
    with_commands(finding, namespace, verb, &resources)
}

/// Commands that show the missing permission, and that grant it.
fn with_commands(
    finding: Finding,
    namespace: Option<&str>,
    verb: &str,
    resources: &[String],
) -> Finding {
    let ask = |resource: &str| CommandLine::kubectl("auth can-i").name(verb).name(resource);
    let (kind, create) = match namespace {
        Some(namespace) => (
            "role",
            CommandLine::kubectl("create role")
                .name(ROLE)
                .joined("--namespace", namespace),
        ),
        None => (
            "clusterrole",
            CommandLine::kubectl("create clusterrole").name(ROLE),
        ),
    };
    let finding = match resources.first() {
        Some(first) => finding.run(
            "Check whether that is still so.",
            match namespace {
                Some(namespace) => ask(first).joined("--namespace", namespace),
                None => ask(first).switch("--all-namespaces"),
            },
        ),
        None => finding,
    };
    finding
        .run(
            "Have an admin create the smallest role that allows it, or add it to the role of that \
             name.",
            // `auth reconcile` creates what is missing and removes nothing.
            create
                .joined("--verb", verb)
                .joined("--resource", &resources.join(","))
                .switch("--dry-run=client -o yaml")
                .pipe(CommandLine::kubectl("auth reconcile").switch("-f -")),
        )
        .advise(format!(
            "Then have an admin bind {kind} {ROLE} to the user or ServiceAccount that runs \
             doctor."
        ))
}

/// `secrets`, `deployments.apps`: the form that kubectl accepts.
fn told(grant: &Grant) -> String {
    if grant.group.is_empty() {
        grant.resource.clone()
    } else {
        format!("{}.{}", grant.resource, grant.group)
    }
}

/// The rules that need what a resource shows.
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
        "deployments"
        | "replicasets"
        | "statefulsets"
        | "daemonsets"
        | "cronjobs"
        | "jobs"
        | "replicationcontrollers"
        | "rollouts"
        | "clonesets"
        | "broadcastjobs"
        | "advancedcronjobs"
        | "services"
        | "persistentvolumes"
        | "storageclasses" => &[Data::Workloads],
        _ => &[Data::Producers],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::RESOURCES;

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
