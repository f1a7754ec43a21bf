//! SS077: a token that never expires.

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::secret::kind;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS077",
    name: "long-lived-sa-token",
    severity: Severity::Warning,
    data: &[Data::SecretNames],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a Secret contains a ServiceAccount token that never expires",
    why: "Whoever reads such a Secret once can act as the ServiceAccount until somebody deletes \
          it. Since Kubernetes 1.24 such Secrets are not created automatically; pods get tokens \
          that expire. Tokens that the cluster has already invalidated, because nothing used them \
          for a year, are not reported.",
    remedy: "Have its consumers request a token that expires: kubectl create token, or a \
             projected volume. Then delete the Secret. Keep it only for an external program that \
             cannot do this, and add an ignore with that reason.",
    example: "kind: Secret\ntype: kubernetes.io/service-account-token   # found\n",
    source: "kubernetes/kubernetes#110113; kubernetes/website service-accounts-admin",
};

/// Set by the cleaner of unused tokens (kubernetes/website labels-annotations-taints).
const INVALID_SINCE: &str = "kubernetes.io/legacy-token-invalid-since";
/// A day, set by the API server.
const LAST_USED: &str = "kubernetes.io/legacy-token-last-used";

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for facts in inventory.secrets() {
        if facts.type_ != kind::SERVICE_ACCOUNT_TOKEN || facts.labels.contains_key(INVALID_SINCE) {
            continue;
        }
        let mut finding = content::finding(
            &RULE,
            inventory,
            facts,
            None,
            format!(
                "Secret {} contains a ServiceAccount token that never expires.",
                facts.name
            ),
            "creates a token that never expires",
        );
        if let Some(day) = facts.labels.get(LAST_USED) {
            finding = finding.because(format!("It was last used on {day}."));
        }
        let account = inventory
            .object(&facts.id(), facts.origin)
            .and_then(|object| {
                object
                    .metadata
                    .annotations
                    .get("kubernetes.io/service-account.name")
            });
        results.report(match account {
            Some(account) => finding.run(
                "Request a token that expires instead.",
                CommandLine::kubectl("create token")
                    .name(account)
                    .namespace(&facts.namespace),
            ),
            None => finding.advise(
                "Request a token that expires instead: kubectl create token, or a projected \
                 volume.",
            ),
        });
    }
}
