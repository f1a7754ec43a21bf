//! SS075: a Secret, or keys of one, that nothing refers to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::api::{self, RESOURCES};
use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{FileSet, Inventory, Keys, Reason, Scope, SecretFacts};
use crate::secret::kind::TLS;
use crate::workload::placeholder::{could_become, is_placeholder};
use crate::workload::reference::of_pod;
use crate::workload::secret_controller::is_secret_controller;
use crate::workload::{Origin, SecretReference, Site, Usage};

use super::{Settings, account};

/// The minimum age of a Secret: a new one may get its consumer later.
const SETTLED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Labels and annotations by which controllers find Secrets without a reference.
const FOUND_BY: &[&str] = &[
    "argocd.argoproj.io/",
    "jenkins.io/",
    "kubernetes.io/service-account.name",
    "reflector.v1.k8s.emberstack.com/",
    "replicator.v1.mittwald.de/",
    "sealedsecrets.bitnami.com/sealed-secrets-key",
    "cert-manager.io/next-private-key",
    "cert-manager.io/allow-direct-injection",
    "toolkit.fluxcd.io/",
];

pub static RULE: Rule = Rule {
    id: "SS075",
    name: "unused-secret",
    severity: Severity::Info,
    data: &[
        Data::SecretNames,
        Data::SecretKeys,
        Data::SecretMetadata,
        Data::Workloads,
        Data::Pods,
        Data::ServiceAccounts,
        Data::Ingresses,
        Data::Producers,
    ],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "nothing refers to a Secret, or to a key of one whose consumers list their keys",
    why: "An unused credential can still leak. A Secret counts as used if a pod template, an old \
          revision, a pod, a ServiceAccount, an Ingress, a Gateway, a volume or a custom resource \
          that was read refers to it, or if its name appears anywhere in such an object. Only \
          Secrets of type Opaque and kubernetes.io/tls are reported that are older than a week, \
          have no owner, and are outside kube-system and the namespaces of known controllers. \
          Nothing is reported if something may not be listed, or for files that are not complete. \
          An app that reads the Secret through the API, an operator whose resources are not read \
          here, a backup or a person may still use it.",
    remedy: "Find out who created it, then remove it, or the key. Nothing is removed \
             automatically.",
    example: "kind: Secret\nmetadata: {name: old-db}   # found when no object of the namespace \
              contains old-db\n",
    source: "kubernetes/website concepts/configuration/secret",
};

/// One finding per Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if inventory.scope == Scope::Files(FileSet::Open) {
        return;
    }
    let mut told = BTreeSet::new();
    let candidates: Vec<_> = inventory
        .secrets()
        .filter(|facts| is_candidate(inventory, facts))
        .filter(|facts| match blind(inventory, &facts.namespace) {
            Blind::No => true,
            Blind::Hidden => false,
            Blind::Denied(reason) => {
                if told.insert(facts.namespace.as_str()) {
                    let what = format!("what uses the Secrets of namespace {}", facts.namespace);
                    results.unknown(&RULE, None, what, reason);
                }
                false
            }
        })
        .collect();
    let uses = uses(inventory);
    let mentions = inventory.mentions();
    for facts in candidates {
        match uses.get(&(facts.namespace.clone(), facts.name.clone())) {
            Some(keys) => results.findings.extend(unused_keys(inventory, facts, keys)),
            None if mentions.has(&facts.namespace, &facts.name) => {}
            // A template may fill in a name that becomes this one.
            None if may_be_named(&uses, facts) => {}
            None if inventory.is_used_elsewhere(&facts.namespace, &facts.name) => {}
            None => results.report(unused(inventory, facts)),
        }
    }
}

/// Whether all uses of a namespace are known.
enum Blind {
    No,
    /// Something outside the namespace that was not selected.
    Hidden,
    Denied(Reason),
}

fn blind(inventory: &Inventory, namespace: &str) -> Blind {
    let may_name = |group: &str, plural: &str| {
        plural == "secrets"
            || RESOURCES
                .iter()
                .filter(|resource| api::may_name_secrets(resource))
                .any(|resource| resource.group == group && resource.plural == plural)
    };
    let denied = inventory.denied.iter().find(|grant| {
        may_name(&grant.group, &grant.resource)
            && grant
                .namespace
                .as_deref()
                .is_none_or(|denied| denied == namespace)
    });
    match denied {
        Some(grant) => Blind::Denied(Reason::Forbidden(grant.clone())),
        None if inventory
            .hidden
            .iter()
            .any(|grant| may_name(&grant.group, &grant.resource)) =>
        {
            Blind::Hidden
        }
        None => Blind::No,
    }
}

fn is_candidate(inventory: &Inventory, facts: &SecretFacts) -> bool {
    let found_by_controller = facts
        .labels
        .keys()
        .chain(&facts.annotations)
        .any(|name| FOUND_BY.iter().any(|start| name.starts_with(start)));
    let settled = facts
        .created
        .is_none_or(|created| inventory.now.duration_since(created) > SETTLED);
    matches!(facts.type_.as_str(), "Opaque" | TLS)
        && settled
        && !found_by_controller
        && facts.owner.is_none()
        && !account::is_system(&facts.namespace)
        && !is_secret_controller(&facts.namespace)
}

/// The keys that are referenced, by Secret; `None` for a reference to all.
fn uses(inventory: &Inventory) -> BTreeMap<(String, String), Vec<Option<Vec<String>>>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut add = |reference: &SecretReference, namespace: &str| {
        let namespace = reference.namespace.as_deref().unwrap_or(namespace);
        let keys = match (&reference.key, &reference.usage) {
            (Some(key), _) => Some(vec![key.value.clone()]),
            (None, Usage::IngressTls | Usage::Gateway) => {
                Some(vec!["tls.crt".to_owned(), "tls.key".to_owned()])
            }
            (None, _) => None,
        };
        found
            .entry((namespace.to_owned(), reference.secret.value.clone()))
            .or_default()
            .push(keys);
    };
    for used in inventory.all_uses() {
        add(used.reference, &used.subject.namespace);
    }
    for pod in &inventory.pods {
        for reference in of_pod(&pod.spec) {
            add(&reference, &pod.id.namespace);
        }
    }
    found
}

/// Whether the name of a Secret or of a reference contains a template placeholder, so that the
/// two may be the same.
fn may_be_named<V>(uses: &BTreeMap<(String, String), V>, facts: &SecretFacts) -> bool {
    is_placeholder(&facts.name)
        || is_placeholder(&facts.namespace)
        || uses.keys().any(|(namespace, name)| {
            (is_placeholder(namespace) || is_placeholder(name))
                && could_become(namespace, &facts.namespace)
                && could_become(name, &facts.name)
        })
}

fn unused(inventory: &Inventory, facts: &SecretFacts) -> Finding {
    let finding = Finding::new(
        &RULE,
        &facts.id(),
        "Nothing that was read refers to this Secret.".to_owned(),
    )
    .about(&facts.namespace, &facts.name, None)
    .at(
        facts.origin,
        &site(inventory, facts),
        "nothing refers to it",
    );
    let mut finding = with_makers(finding, facts);
    if facts.origin == Origin::Live {
        finding = finding.run(
            "Check again what could use it.",
            CommandLine::secretsafe("consumers")
                .name(&facts.name)
                .namespace(&facts.namespace),
        );
    }
    finding.advise("Delete it after its creator confirms that no app reads it through the API.")
}

/// The keys that nothing refers to, if all consumers list their keys.
fn unused_keys(
    inventory: &Inventory,
    facts: &SecretFacts,
    uses: &[Option<Vec<String>>],
) -> Option<Finding> {
    let asked: Option<Vec<_>> = uses.iter().map(Option::as_ref).collect();
    let asked: BTreeSet<_> = asked?.into_iter().flatten().collect();
    let Keys::Complete(keys) = &facts.keys else {
        return None;
    };
    // The keys of a certificate belong together.
    if facts.type_ == TLS {
        return None;
    }
    let unused: Vec<_> = keys
        .difference(&asked.into_iter().cloned().collect())
        .cloned()
        .collect();
    let first = unused.first()?;
    let finding = Finding::new(
        &RULE,
        &facts.id(),
        match unused.len() {
            1 => format!("Nothing refers to key {first}."),
            _ => format!("Nothing refers to the keys {}.", unused.join(", ")),
        },
    )
    .about(&facts.namespace, &facts.name, Some(first))
    .at(
        facts.origin,
        &site(inventory, facts),
        "its consumers list their keys",
    );
    Some(with_makers(finding, facts).advise(
        "Remove what is not needed after the creator of the Secret confirms that no app reads it \
         through the API.",
    ))
}

fn with_makers(finding: Finding, facts: &SecretFacts) -> Finding {
    let makers: Vec<_> = facts.managers.iter().cloned().collect();
    if makers.is_empty() {
        finding
    } else {
        finding.because(format!("It was written by {}.", makers.join(", ")))
    }
}

/// The position of the Secret's name in its file.
fn site(inventory: &Inventory, facts: &SecretFacts) -> Site {
    inventory
        .object(&facts.id(), facts.origin)
        .and_then(|object| object.root.at(&["metadata", "name"]))
        .map(|name| Site {
            path: "metadata.name".to_owned(),
            span: name.span,
        })
        .unwrap_or_default()
}
