//! SS002: a Secret that another namespace has.

use crate::finding::{Finding, Results, Severity, quoted};
use crate::inventory::Inventory;

use super::resolve::{self, Trouble};
use super::{AutoFix, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS002",
    name: "secret-in-other-namespace",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretNames, Data::Namespaces],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a workload needs a Secret that exists only in other namespaces",
    why: "A pod can use Secrets of its own namespace only; there is no reference across namespaces. \
          This is reported instead of SS001 when a Secret of the same name is elsewhere. A common \
          name (tls, db) may be there by chance: the report says where it is, not that it is the \
          same.",
    remedy: "Create the Secret in the namespace of the workload from where its value comes from. \
             For a copy that follows the original use External Secrets Operator or a replicator. \
             Tokens of ServiceAccounts are never copied.",
    example: "metadata: {name: api, namespace: prod}   # db-creds exists in staging only\nspec:\n  \
              volumes:\n  - name: db\n    secret: {secretName: db-creds}\n",
    source: "kubernetes/website content/en/docs/concepts/configuration/secret.md; \
             kubernetes/kubernetes#107495",
};

/// Looks for it.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for (trouble, uses) in
        resolve::grouped(inventory, |trouble| matches!(trouble, Trouble::Elsewhere(_)))
    {
        let (Some(used), Trouble::Elsewhere(others)) = (uses.first(), trouble) else {
            continue;
        };
        let namespace = resolve::namespace(used);
        let name = used.reference.secret.as_str();
        let mut finding = Finding::new(
            &RULE,
            used.subject,
            format!(
                "Secret {name} does not exist in namespace {namespace}; a Secret of that name is in {}.",
                others.join(", ")
            ),
        )
        .severity(resolve::severity(used))
        .about(namespace, name, None)
        .related(&super::ss001_secret_not_found::RULE);
        finding.container.clone_from(&used.reference.container);
        for used in &uses {
            finding = finding.at(
                used.origin,
                &used.reference.secret.site,
                format!("asked for by {}", resolve::asker(used.reference)),
            );
        }
        finding = resolve::with_symptoms(inventory, used, finding).run(
            "Create it here, from where its value comes from.",
            resolve::create_command(inventory, namespace, name),
        );
        if let [other] = &others[..] {
            finding = finding.run(
                format!("Or copy the one of {other}, if it is the same (needs jq; nothing is printed)."),
                format!(
                    "kubectl get secret {secret} -n {} -o json | jq '{{apiVersion,kind,type,data,metadata:{{name:.metadata.name}}}}' | kubectl create -n {} -f -",
                    quoted(other),
                    quoted(namespace),
                    secret = quoted(name),
                ),
            );
        }
        results.report(finding);
    }
}
