//! SS090: somebody who can read all Secrets.

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
    summary: "somebody may read all Secrets of a namespace or of the cluster",
    why: "get, list or watch of secrets without resourceNames gives every value; list and watch \
          return whole objects, not only names. For everybody who is logged in, for all \
          ServiceAccounts, or for the ServiceAccount default, which every pod runs as that names no \
          other, it is an error. It is only worth knowing for the roles cluster-admin, admin and \
          edit, which are meant for people, for secretsafe-doctor, for ServiceAccounts of kube-system, \
          and for controllers whose work needs it (by the names of the ServiceAccount and of the \
          images that run as it). \
          What every cluster has from its start is not told, and the ServiceAccount of a workload \
          seen here is told as SS091.",
    remedy: "Give get only, with resourceNames of the Secrets that are needed; resourceNames do not \
             restrict list. Put what different people may read into different namespaces.",
    example: "kind: ClusterRole\nrules:\n- apiGroups: ['']\n  resources: [secrets]\n  verbs: [get, \
              list]   # with resourceNames and get alone it is not told\n",
    source: "kubernetes/website concepts/security/rbac-good-practices, secrets-good-practices",
};

/// A binding, where the subject stands in it, and what it gives.
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
        // The widest first: it is what the finding is reported on.
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
            "{} may {what} {}.",
            subject.told(),
            access::told_where(widest)
        )),
    )
    .severity(severity);
    for (binding, site, verbs) in given {
        finding = finding
            .at(binding.origin, site, "given to this subject")
            .because(format!(
                "By {} and {} it has {} of secrets {}.",
                binding.id.short(),
                binding.role.short(),
                verbs.join(", "),
                access::told_where(binding)
            ));
    }
    finding.advise(
        "Let the role give get with resourceNames of the Secrets that are needed, or remove the \
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
        // What SS093 asks for is no trouble of its own.
        _ if given.iter().all(|(binding, ..)| binding.role.name == ROLE) => Severity::Info,
        Subject::ServiceAccount { .. } => {
            let known = account_of(subject).is_some_and(|id| {
                account::is_controllers_account(&id)
                    || inventory.workloads.iter().any(|workload| {
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

/// Whether SS091 tells the same of a workload that runs as this ServiceAccount.
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
        && inventory.workloads.iter().any(|workload| {
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
