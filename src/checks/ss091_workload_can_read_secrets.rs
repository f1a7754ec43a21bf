//! SS091: a workload whose ServiceAccount can list Secrets.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::rbac::Subject;

use super::account::{self, Accounts};
use super::{Settings, access, table};

pub static RULE: Rule = Rule {
    id: "SS091",
    name: "workload-can-read-secrets",
    severity: Severity::Warning,
    data: &[Data::Rbac, Data::Workloads, Data::ServiceAccounts],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a workload can list all Secrets with the token in its pods",
    why: "Whoever gets into a container has its token, and with list or watch on secrets all \
          values of the namespace or the cluster, not only those that the workload uses. \
          Controllers need that; known controllers (by name or image) and what runs in \
          kube-system are not reported. SS090 reports the ServiceAccount default.",
    remedy: "Remove the rule, or grant get with resourceNames of the few Secrets that are needed. \
             If a workload does not use the API, disable automounting of the token: \
             automountServiceAccountToken: false.",
    example: "kind: Role\nrules:\n- {apiGroups: [''], resources: [secrets], verbs: [list]}   # bound to \
              the ServiceAccount of a Deployment\n",
    source: "kubernetes/website concepts/security/rbac-good-practices",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let rbac = &inventory.rbac;
    let accounts = Accounts::new(inventory);
    for workload in &inventory.workloads {
        if !account::concerns(&accounts, workload) {
            continue;
        }
        let account = account::of_workload(workload);
        let given: Vec<_> = rbac
            .bindings()
            .iter()
            .filter(|binding| {
                // What all ServiceAccounts are granted is not reported for each of them.
                binding.subjects.iter().any(|(subject, _)| {
                    !matches!(subject, Subject::Group(_))
                        && subject.has_account(&account.namespace, &account.name)
                })
            })
            .map(|binding| (binding, access::reading(rbac, binding)))
            .filter(|(_, verbs)| verbs.iter().any(|verb| *verb != "get"))
            .collect();
        let Some((widest, _)) = given
            .iter()
            .min_by_key(|(binding, _)| binding.namespace().is_some())
        else {
            continue;
        };
        let site = match &workload.pod.service_account {
            Some(name) => &name.site,
            None => &workload.pod.site,
        };
        let mut finding = Finding::new(
            &RULE,
            &workload.id,
            format!(
                "Its pods can list all Secrets {} as {}.",
                access::told_where(widest),
                account.short()
            ),
        )
        .at(workload.origin, site, "runs as this ServiceAccount")
        .related(&table::SS090);
        for (binding, verbs) in &given {
            finding = finding.because(format!(
                "It has {} on secrets {} from {} and {}.",
                verbs.join(", "),
                access::told_where(binding),
                binding.id.short(),
                binding.role.short()
            ));
        }
        results.report(
            finding
                .advise(
                    "Have the role grant get with resourceNames of the Secrets that the workload \
                     reads through the API.",
                )
                .advise(
                    "If it does not use the API, set automountServiceAccountToken: false in its pod \
                     template.",
                ),
        );
    }
}
