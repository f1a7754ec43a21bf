//! SS095: a subject that may not get Secrets but can read them.

use std::collections::BTreeMap;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::rbac::{Action, Binding, Maker, Rbac, Reach, Subject};
use crate::inventory::{Inventory, Scope};
use crate::workload::{ObjectId, Site};

use super::{Settings, access, account};

pub static RULE: Rule = Rule {
    id: "SS095",
    name: "exec-create-equals-read",
    severity: Severity::Info,
    data: &[Data::Rbac, Data::SecretNames],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a subject can create pods or exec into them, and so read Secrets that it may not \
              get",
    why: "Whoever creates a pod can mount every Secret of the namespace in it, and whoever execs \
          into one sees what it has: no permission on secrets is needed. Those who deploy apps \
          need this, so it is never more than an info. Not reported are bindings that every \
          cluster has from its start, kube-system and known controllers.",
    remedy: "Treat these subjects as readers of the namespace's Secrets: use separate namespaces \
             for different levels of trust, and restrict what pods may mount with an admission \
             policy.",
    example: "rules:\n- {apiGroups: [''], resources: [pods/exec], verbs: [create]}   # and no get of \
              secrets\n",
    source: "kubernetes/website concepts/security/rbac-good-practices (workload creation); \
             kubernetes/kubernetes pkg/features/kube_features.go \
             (AuthorizePodWebsocketUpgradeCreatePermission)",
};

/// What amounts to reading. kubectl exec needs create with the older protocol, and needed get for
/// WebSocket clients; an ephemeral container is a patch.
const WAYS: [(&str, &str, &str); 5] = [
    ("create", "pods", "create pods"),
    ("create", "pods/exec", ENTER),
    ("get", "pods/exec", ENTER_OF_OLD),
    (
        "patch",
        "pods/ephemeralcontainers",
        "add containers to pods",
    ),
    (
        "update",
        "pods/ephemeralcontainers",
        "add containers to pods",
    ),
];

const ENTER: &str = "exec into pods";
/// What get alone allows, if the version is unknown.
const ENTER_OF_OLD: &str = "exec into pods (before Kubernetes 1.35)";
/// The first minor version whose server requires create from WebSocket clients too.
const WANTS_CREATE: u32 = 35;

/// A binding, the position of the subject in it, and what it allows.
type Given<'a> = (&'a Binding, &'a Site, Vec<&'static str>);

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let rbac = &inventory.rbac;
    let mut found: BTreeMap<&Subject, Vec<Given<'_>>> = BTreeMap::new();
    for binding in rbac.bindings() {
        if binding.maker == Maker::Server || !has_secrets(inventory, binding) {
            continue;
        }
        let ways = ways(rbac, binding, &inventory.scope);
        if ways.is_empty() {
            continue;
        }
        for (subject, site) in &binding.subjects {
            if !is_expected(subject) && !access::can_read(rbac, subject, binding.namespace()) {
                found
                    .entry(subject)
                    .or_default()
                    .push((binding, site, ways.clone()));
            }
        }
    }
    for (subject, mut given) in found {
        given.sort_by_key(|(binding, ..)| (binding.namespace().is_some(), binding.id.clone()));
        let (widest, _, ways) = &given[0];
        let mut finding = Finding::new(
            &RULE,
            &widest.id,
            format!(
                "Whoever can {} can read the Secrets {} without get: {}.",
                ways.join(" and "),
                access::told_where(widest),
                subject.told()
            ),
        );
        for (binding, site, ways) in &given {
            finding = finding
                .at(binding.origin, site, "granted to this subject")
                .because(format!(
                    "By {} and {} they can {}.",
                    binding.id.short(),
                    binding.role.short(),
                    ways.join(" and ")
                ));
        }
        results.report(finding.advise(
            "Keep Secrets that they must not see in another namespace, or restrict what pods may \
             mount with an admission policy.",
        ));
    }
}

fn ways(rbac: &Rbac, binding: &Binding, scope: &Scope) -> Vec<&'static str> {
    let minor = match scope {
        Scope::Cluster { minor, .. } => *minor,
        Scope::Files(_) => None,
    };
    let mut ways: Vec<_> = WAYS
        .into_iter()
        .filter(|(.., way)| *way != ENTER_OF_OLD || minor.is_none_or(|minor| minor < WANTS_CREATE))
        .filter(|(verb, resource, _)| {
            let action = Action {
                verb,
                group: "",
                resource,
            };
            rbac.allows(binding, action) == Some(Reach::All)
        })
        .map(|(_, _, way)| match way {
            ENTER_OF_OLD if minor.is_some() => ENTER,
            way => way,
        })
        .collect();
    if ways.contains(&ENTER) {
        ways.retain(|way| *way != ENTER_OF_OLD);
    }
    ways.dedup();
    ways
}

/// Whether there are Secrets in the scope of a binding, as far as is known.
fn has_secrets(inventory: &Inventory, binding: &Binding) -> bool {
    match binding.namespace() {
        Some(namespace) if inventory.is_live() => {
            inventory.secrets_in(namespace).next().is_some()
                || inventory.denied("", "secrets", namespace).is_some()
        }
        _ => true,
    }
}

/// Controllers whose purpose is to create pods.
fn is_expected(subject: &Subject) -> bool {
    match subject {
        Subject::ServiceAccount { namespace, name } => account::is_controllers_account(&ObjectId {
            namespace: namespace.clone(),
            kind: "ServiceAccount".to_owned(),
            name: name.clone(),
        }),
        _ => false,
    }
}
