//! SS027: a token Secret that Kubernetes no longer creates.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::Usage;

use super::{Settings, resolve, token_secret};

pub static RULE: Rule = Rule {
    id: "SS027",
    name: "legacy-token-secret-expected",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::ServiceAccounts, Data::SecretNames],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "something refers to the token Secret that ServiceAccounts had before Kubernetes \
              1.24",
    why: "Until 1.23 every ServiceAccount got a Secret NAME-token-xxxxx. Since 1.24 Kubernetes \
          does not create it: what refers to it waits forever. Pods get tokens that expire, in a \
          volume of their own. In the secrets list of a ServiceAccount such a name is a leftover \
          that breaks nothing, so it is a warning there.",
    remedy: "Use a serviceAccountToken source of a projected volume, or kubectl create token for \
             use outside the cluster. If it must be a Secret, create one of type \
             kubernetes.io/service-account-token with the annotation \
             kubernetes.io/service-account.name; its token never expires.",
    example: "volumes:\n- name: token\n  secret: {secretName: builder-token-x7k2p}   # found when \
              ServiceAccount builder exists and this Secret does not\n",
    source: "kubernetes/kubernetes#110113, kubernetes/website#37393",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut told = BTreeSet::new();
    for used in inventory.uses() {
        let Some(account) = token_secret::expected_account(inventory, &used) else {
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
                "Token Secret {name} of serviceaccount/{account} does not exist, and Kubernetes \
                 no longer creates it."
            ),
        )
        .severity(severity)
        .about(namespace, name, None)
        .at(used.origin, &used.reference.secret.site, "named here");
        let finding = resolve::with_symptoms(inventory, &used, finding);
        results.report(if leftover {
            finding.advise("Remove the name from the secrets list of the ServiceAccount.")
        } else {
            finding
                .advise(
                    "Replace the volume with a projected one with a serviceAccountToken source, \
                     whose token is renewed.",
                )
                .run(
                    "Or, for use outside the cluster, request a token that expires.",
                    CommandLine::kubectl("create token")
                        .name(&account)
                        .namespace(namespace),
                )
        });
    }
}
