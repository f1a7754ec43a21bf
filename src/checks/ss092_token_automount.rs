//! SS092: an unused token next to Secrets.

use std::collections::HashSet;

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Operation, path};
use crate::workload::{Confidence, Usage, Workload};

use super::account::{self, Accounts, Token};
use super::{Settings, access};

pub static RULE: Rule = Rule {
    id: "SS092",
    name: "token-automount",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::ServiceAccounts, Data::Rbac],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "pods with Secrets get an API token that has no permissions of its own",
    why: "Every pod gets a token of its ServiceAccount unless automounting is disabled. Whoever \
          gets into the pod can use it to call the API as that ServiceAccount. Whether an app \
          uses the API is unknown, so this is reported only if that is unlikely and matters: the \
          workload uses a Secret, automountServiceAccountToken is not set, and its ServiceAccount \
          is default or, in a cluster whose bindings may all be read, has no role at all. What \
          runs in kube-system is not reported.",
    remedy: "Set automountServiceAccountToken: false in the pod template, or in the ServiceAccount \
             for all of its pods.",
    example: "spec:\n  automountServiceAccountToken: false   # found without this line\n  \
              containers:\n  - envFrom: [{secretRef: {name: db}}]\n",
    source: "kubernetes/website tasks/configure-pod-container/configure-service-account",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let with_secrets: HashSet<_> = inventory
        .uses()
        .filter(|used| {
            used.reference.confidence == Confidence::Certain
                && matches!(
                    used.reference.usage,
                    Usage::Variable { .. }
                        | Usage::AllVariables { .. }
                        | Usage::Volume { .. }
                        | Usage::Projected { .. }
                )
        })
        .map(|used| (used.subject, used.origin))
        .collect();
    let accounts = Accounts::new(inventory);
    for workload in &inventory.workloads {
        if !with_secrets.contains(&(&workload.id, workload.origin))
            || account::is_controller(workload)
            || accounts.token(workload) != Token::ByDefault
            || !is_useless(inventory, workload)
        {
            continue;
        }
        let account = account::of_workload(workload);
        let pod = &workload.pod.site;
        let field = path::child(&pod.path, "automountServiceAccountToken");
        results.report(
            Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "Its pods get a token of {}, but no role is bound to it.",
                    account.short()
                ),
            )
            .at(
                workload.origin,
                pod,
                "automountServiceAccountToken is not set",
            )
            .fix(Fix::Patch {
                what: "Disable automounting of the token, if the pods do not use the API."
                    .to_owned(),
                operations: vec![Operation::Add {
                    pointer: path::pointer(&field),
                    value: false.into(),
                }],
                applies: Applies::Unsafe(
                    "An app that calls the Kubernetes API, or only looks for the token, no longer \
                     finds it.",
                ),
            }),
        );
    }
}

/// Whether no binding that was read names the ServiceAccount itself.
fn is_useless(inventory: &Inventory, workload: &Workload) -> bool {
    let account = account::of_workload(workload);
    let bound = inventory.rbac.bindings().iter().any(|binding| {
        binding.subjects.iter().any(|(subject, _)| {
            !matches!(subject, crate::inventory::rbac::Subject::Group(_))
                && subject.has_account(&account.namespace, &account.name)
        })
    });
    !bound
        && (account.name == account::DEFAULT
            || access::bindings_are_known(inventory, &workload.id.namespace))
}
