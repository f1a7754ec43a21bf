//! SS093: what could not be looked at, and what that leaves open.

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

/// Looks for it: one finding a namespace and verb, since a rule of a role allows
/// each of its verbs for each of its resources.
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
    .at(Origin::Live, &Site::default(), "what you may do");
    for grant in grants {
        let rules = rules_without(&grant.resource);
        if !rules.is_empty() {
            finding = finding.because(format!(
                "Without {} {} not or only partly decided: {}.",
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

/// What shows the gap, and what closes it.
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
            "Ask the server whether that is still so.",
            match namespace {
                Some(namespace) => ask(first).joined("--namespace", namespace),
                None => ask(first).switch("--all-namespaces"),
            },
        ),
        None => finding,
    };
    finding
        .run(
            "Have an admin make the smallest role that allows it, or add it to the role of that name.",
            // `auth reconcile` makes what is missing and takes nothing away.
            create
                .joined("--verb", verb)
                .joined("--resource", &resources.join(","))
                .switch("--dry-run=client -o yaml")
                .pipe(CommandLine::kubectl("auth reconcile").switch("-f -")),
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
