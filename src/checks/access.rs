//! Who can read Secrets: shared by SS090, SS091 and SS095.

use crate::finding::{Results, Rule};
use crate::inventory::rbac::{Action, Binding, Rbac, Reach, Subject};
use crate::inventory::{Inventory, Reason};

pub(super) const GROUP: &str = "rbac.authorization.k8s.io";

/// The verbs that read Secrets without knowing their names.
pub(super) const READING: [&str; 3] = ["get", "list", "watch"];

/// Which of the verbs a binding grants for all Secrets of its namespace, or of the cluster.
pub(super) fn reading(rbac: &Rbac, binding: &Binding) -> Vec<&'static str> {
    READING
        .into_iter()
        .filter(|verb| {
            let action = Action {
                verb,
                group: "",
                resource: "secrets",
            };
            rbac.allows(binding, action) == Some(Reach::All)
        })
        .collect()
}

/// Whether any binding lets a subject read all Secrets in the scope of another binding.
pub(super) fn can_read(rbac: &Rbac, subject: &Subject, namespace: Option<&str>) -> bool {
    rbac.bindings().iter().any(|binding| {
        let covers = binding.namespace().is_none() || binding.namespace() == namespace;
        covers
            && binding.subjects.iter().any(|(other, _)| other == subject)
            && !reading(rbac, binding).is_empty()
    })
}

/// The scope of a binding: `of namespace prod`, `of the whole cluster`.
pub(super) fn told_where(binding: &Binding) -> String {
    match binding.namespace() {
        Some(namespace) => format!("of namespace {namespace}"),
        None => "of the whole cluster".to_owned(),
    }
}

/// Reports once that roles or bindings may not be listed.
pub(super) fn report_denied(inventory: &Inventory, results: &mut Results, rule: &'static Rule) {
    for grant in inventory.denied.iter().filter(|grant| grant.group == GROUP) {
        let what = grant.resource.clone();
        results.unknown(rule, None, what, Reason::Forbidden(grant.clone()));
    }
}

/// Whether all bindings of a namespace were read.
pub(super) fn bindings_are_known(inventory: &Inventory, namespace: &str) -> bool {
    let hidden = inventory.hidden.iter().any(|grant| grant.group == GROUP);
    let denied = ["rolebindings", "clusterrolebindings"]
        .into_iter()
        .any(|resource| inventory.denied(GROUP, resource, namespace).is_some());
    inventory.is_live() && !hidden && !denied
}
