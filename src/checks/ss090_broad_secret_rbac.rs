//! SS090: a subject that can read all Secrets.

use std::collections::BTreeMap;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::rbac::{Binding, Maker, Subject};
use crate::workload::{ObjectId, Site};

use super::account::{self, Accounts};
use super::{Settings, access};
use crate::api::ROLE;

pub static RULE: Rule = Rule {
    id: "SS090",
    name: "broad-secret-rbac",
    severity: Severity::Warning,
    data: &[Data::Rbac, Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a subject can read all Secrets of a namespace or of the cluster",
    why: "get, list or watch on secrets without resourceNames gives access to every value; list \
          and watch return whole objects, not only names. It is an error for all authenticated \
          users, for all ServiceAccounts, and for the ServiceAccount default, which every pod \
          uses that names no other. It is an info for the roles cluster-admin, admin and edit, \
          which are meant for people, for secretsafe-doctor, for ServiceAccounts of kube-system, \
          and for controllers that need it (by the names of the ServiceAccount and of the images \
          that run as it). Bindings that every cluster has from its start are not reported. SS091 \
          reports the ServiceAccount of a workload that was read.",
    remedy: "Grant only get, with resourceNames of the Secrets that are needed; resourceNames do \
             not restrict list. Put Secrets for different people into different namespaces.",
    example: "kind: ClusterRole\nrules:\n- apiGroups: ['']\n  resources: [secrets]\n  verbs: \
              [get, list]   # not found with only get and resourceNames\n",
    source: "kubernetes/website concepts/security/rbac-good-practices, secrets-good-practices",
};

/// A binding, the position of the subject in it, and what it grants.
type Given<'a> = (&'a Binding, &'a Site, Vec<&'static str>);

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    access::report_denied(inventory, results, &RULE);
    let rbac = &inventory.rbac;
    let accounts = Accounts::new(inventory);
    let mut found: BTreeMap<&Subject, Vec<Given<'_>>> = BTreeMap::new();
    for binding in rbac.bindings() {
        let verbs = access::reading(rbac, binding);
        if verbs.is_empty() || binding.maker == Maker::Server {
            continue;
        }
        for (subject, site) in &binding.subjects {
            found
                .entry(subject)
                .or_default()
                .push((binding, site, verbs.clone()));
        }
    }
    for (subject, mut given) in found {
        // The widest first: the finding is reported on it.
        given.sort_by_key(|(binding, ..)| (binding.namespace().is_some(), binding.id.clone()));
        let severity = severity(inventory, subject, &given);
        if severity != Severity::Error
            && is_told_at_its_workload(inventory, &accounts, subject, &given)
        {
            continue;
        }
        results.report(finding(subject, severity, &given));
    }
}

fn finding(subject: &Subject, severity: Severity, given: &[Given<'_>]) -> Finding {
    let (widest, ..) = given[0];
    let by_name = given.iter().all(|(_, _, verbs)| *verbs == ["get"]);
    let what = if by_name {
        "get every Secret whose name is known"
    } else {
        "read all Secrets"
    };
    let mut finding = Finding::new(
        &RULE,
        &widest.id,
        capital(&format!(
            "{} can {what} {}.",
            subject.told(),
            access::told_where(widest)
        )),
    )
    .severity(severity);
    for (binding, site, verbs) in given {
        finding = finding
            .part(format!("{} {}", binding.id.short(), verbs.join(",")))
            .at(binding.origin, site, "granted to this subject")
            .because(format!(
                "{} with {} grants {} on secrets {}.",
                binding.id.short(),
                binding.role.short(),
                verbs.join(", "),
                access::told_where(binding)
            ));
    }
    finding.advise(
        "Have the role grant get with resourceNames of the Secrets that are needed, or remove the \
         subject from the binding.",
    )
}

fn severity(inventory: &Inventory, subject: &Subject, given: &[Given<'_>]) -> Severity {
    match subject {
        Subject::Group(group)
            if matches!(
                group.as_str(),
                "system:authenticated" | "system:unauthenticated" | "system:serviceaccounts"
            ) || group.starts_with("system:serviceaccounts:") =>
        {
            Severity::Error
        }
        Subject::User(user) if user == "system:anonymous" => Severity::Error,
        Subject::ServiceAccount { name, .. } if name == account::DEFAULT => Severity::Error,
        // The role that SS093 asks for is not a problem.
        _ if given.iter().all(|(binding, ..)| binding.role.name == ROLE) => Severity::Info,
        Subject::ServiceAccount { .. } => {
            let known = account_of(subject).is_some_and(|id| {
                account::is_controllers_account(&id)
                    || inventory
                        .workloads_in(&id.namespace)
                        .iter()
                        .any(|workload| {
                            account::of_workload(workload) == id && account::is_controller(workload)
                        })
            });
            if known {
                Severity::Info
            } else {
                Severity::Warning
            }
        }
        _ => {
            let meant_for_people = given.iter().all(|(binding, ..)| {
                binding.role.kind == "ClusterRole"
                    && matches!(
                        binding.role.name.as_str(),
                        "cluster-admin" | "admin" | "edit"
                    )
            });
            if meant_for_people {
                Severity::Info
            } else {
                Severity::Warning
            }
        }
    }
}

/// Whether SS091 reports the same for a workload that runs as this ServiceAccount.
fn is_told_at_its_workload(
    inventory: &Inventory,
    accounts: &Accounts<'_>,
    subject: &Subject,
    given: &[Given<'_>],
) -> bool {
    let lists = given
        .iter()
        .any(|(_, _, verbs)| verbs.len() > 1 || *verbs != ["get"]);
    let Some(id) = account_of(subject) else {
        return false;
    };
    lists
        && inventory
            .workloads_in(&id.namespace)
            .iter()
            .any(|workload| {
                account::of_workload(workload) == id && super::account::concerns(accounts, workload)
            })
}

fn account_of(subject: &Subject) -> Option<ObjectId> {
    match subject {
        Subject::ServiceAccount { namespace, name } => Some(ObjectId {
            namespace: namespace.clone(),
            kind: "ServiceAccount".to_owned(),
            name: name.clone(),
        }),
        _ => None,
    }
}

/// The text as the start of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
