//! SS081: a Gateway that may not use a certificate of another namespace.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{FileSet, Inventory, Scope, Use};
use crate::manifest::Node;
use crate::workload::Usage;

/// The API group of Gateways and grants.
const GROUP: &str = "gateway.networking.k8s.io";

pub static RULE: Rule = Rule {
    id: "SS081",
    name: "gateway-reference-grant",
    severity: Severity::Error,
    data: &[Data::Ingresses],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a Gateway names a certificate in another namespace without a ReferenceGrant",
    why: "A reference to another namespace is only valid if a ReferenceGrant there names the kind \
          Gateway and the namespace of the Gateway. Without it the listener is not programmed \
          (condition ResolvedRefs False, reason RefNotPermitted).",
    remedy: "Create a ReferenceGrant in the namespace of the Secret. Or use a Secret in the \
             namespace of the Gateway, which needs none.",
    example: "kind: Gateway\nmetadata: {namespace: shop}\nspec:\n  listeners:\n  - tls:\n      \
              certificateRefs: [{name: wildcard, namespace: pki}]   # needs a ReferenceGrant in pki\n",
    source: "kubernetes-sigs/gateway-api apis/v1beta1/referencegrant_types.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for used in inventory.uses() {
        let Some(namespace) = other_namespace(&used) else {
            continue;
        };
        let name = used.reference.secret.as_str();
        if is_granted(inventory, namespace, &used.subject.namespace, name) {
            continue;
        }
        if let Some(grant) = inventory.denied(GROUP, "referencegrants", namespace) {
            results.unknown(
                &RULE,
                Some(used.subject),
                format!("ReferenceGrants of namespace {namespace}"),
                crate::inventory::Reason::Forbidden(grant.clone()),
            );
            continue;
        }
        if !grants_are_known(inventory, namespace) {
            continue;
        }
        results.report(
            Finding::new(
                &RULE,
                used.subject,
                format!(
                    "No ReferenceGrant in namespace {namespace} allows Gateways of namespace {} \
                     to use Secret {name}.",
                    used.subject.namespace
                ),
            )
            .about(namespace, name, None)
            .at(used.origin, &used.reference.secret.site, "named here")
            .advise(format!(
                "Create a ReferenceGrant (apiVersion {GROUP}/v1beta1) in namespace {namespace}, with \
                 from group {GROUP}, kind Gateway, namespace {}, and to kind Secret, name {name}.",
                used.subject.namespace
            )),
        );
    }
}

/// The namespace of a Gateway's certificate, if it is another one.
fn other_namespace<'a>(used: &'a Use<'_>) -> Option<&'a str> {
    let namespace = used.reference.namespace.as_deref()?;
    (used.reference.usage == Usage::Gateway && namespace != used.subject.namespace)
        .then_some(namespace)
}

/// Whether all grants of a namespace were read: in a cluster, if the namespace was selected; in
/// files, if they are complete.
fn grants_are_known(inventory: &Inventory, namespace: &str) -> bool {
    match inventory.scope {
        Scope::Files(set) => set == FileSet::Complete,
        Scope::Cluster { .. } => inventory.looks_at(namespace),
    }
}

fn is_granted(inventory: &Inventory, namespace: &str, gateways: &str, secret: &str) -> bool {
    inventory
        .of_kind(GROUP, "ReferenceGrant")
        .filter(|grant| grant.id.namespace == namespace)
        .filter_map(|grant| grant.root.get("spec"))
        .any(|spec| {
            let list = |field: &str| spec.get(field).map_or(&[][..], Node::items);
            let from = list("from").iter().any(|from| {
                from.text_of("group") == Some(GROUP)
                    && from.text_of("kind") == Some("Gateway")
                    && from.text_of("namespace") == Some(gateways)
            });
            let to = list("to").iter().any(|to| {
                to.text_of("group").unwrap_or_default().is_empty()
                    && to.text_of("kind") == Some("Secret")
                    && to.text_of("name").is_none_or(|name| name == secret)
            });
            from && to
        })
}
