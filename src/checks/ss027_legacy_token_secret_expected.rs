//! SS027: a token Secret that Kubernetes no longer makes.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup, Scope, Use};
use crate::workload::{Usage, credential};

use super::{account, resolve};

/// The first minor version that makes no token Secrets (kubernetes/kubernetes
/// CHANGELOG-1.24, LegacyServiceAccountTokenNoAutoGeneration).
const FIRST_WITHOUT: u32 = 24;

/// The description.
pub static RULE: Rule = Rule {
    id: "SS027",
    name: "legacy-token-secret-expected",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::ServiceAccounts, Data::SecretNames],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "something expects the token Secret that ServiceAccounts had before Kubernetes 1.24",
    why: "Until 1.23 every ServiceAccount got a Secret NAME-token-xxxxx. Since 1.24 nothing makes \
          it: what refers to one waits for ever. Pods get tokens that expire, in their own volume. \
          In the list secrets of a ServiceAccount such a name is a leftover that fails nothing by \
          itself, so it is a warning there.",
    remedy: "Use a serviceAccountToken source of a projected volume, or kubectl create token for use \
             outside the cluster. If it must be a Secret, create one of type \
             kubernetes.io/service-account-token with the annotation \
             kubernetes.io/service-account.name; its token never expires.",
    example: "volumes:\n- name: token\n  secret: {secretName: builder-token-x7k2p}   # found when \
              ServiceAccount builder exists and this Secret does not\n",
    source: "kubernetes/kubernetes#110113, kubernetes/website#37393",
};

/// Looks for it.
pub fn check(inventory: &Inventory, results: &mut Results) {
    let mut told = BTreeSet::new();
    for used in inventory.uses() {
        let Some(account) = expected_account(inventory, &used) else {
            continue;
        };
        let name = used.reference.secret.as_str();
        let namespace = resolve::namespace(&used);
        if !told.insert((used.subject.clone(), used.origin, name.to_owned())) {
            continue;
        }
        let leftover = used.reference.usage == Usage::ServiceAccountSecret;
        let severity = if leftover {
            Severity::Warning
        } else {
            resolve::severity(&used)
        };
        let finding = Finding::new(
            &RULE,
            used.subject,
            format!(
                "Token Secret {name} of serviceaccount/{account} does not exist, and Kubernetes no \
                 longer makes it."
            ),
        )
        .severity(severity)
        .about(namespace, name, None)
        .at(used.origin, &used.reference.secret.site, "named here");
        let finding = resolve::with_symptoms(inventory, &used, finding);
        results.report(if leftover {
            finding.advise("Remove the name from the list secrets of the ServiceAccount.")
        } else {
            finding
                .advise(
                    "Replace the volume by a projected one with a serviceAccountToken source, whose \
                     token is renewed.",
                )
                .run(
                    "Or, for use outside the cluster, ask for a token that expires.",
                    CommandLine::kubectl("create token").name(&account).namespace(namespace),
                )
        });
    }
}

/// The ServiceAccount whose token is expected, if that is the trouble with a
/// reference: SS001 leaves it to this rule.
pub(super) fn expected_account(inventory: &Inventory, used: &Use<'_>) -> Option<String> {
    let old = match inventory.scope {
        Scope::Cluster { minor, .. } => minor.is_some_and(|minor| minor < FIRST_WITHOUT),
        Scope::Files(_) => false,
    };
    let concerns =
        resolve::concerns(used.reference) || used.reference.usage == Usage::ServiceAccountSecret;
    if old || !concerns {
        return None;
    }
    let name = used.reference.secret.as_str();
    let namespace = resolve::namespace(used);
    let account = credential::token_secret_of(name)?;
    // Without the ServiceAccount it is a name like any other.
    let exists = account == account::DEFAULT
        || inventory
            .of_name(("", "ServiceAccount"), namespace, account)
            .is_some();
    let missing = matches!(inventory.lookup(namespace, name), Lookup::Missing);
    (exists && missing).then(|| account.to_owned())
}
