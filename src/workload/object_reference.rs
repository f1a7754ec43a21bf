//! References of objects that are not workloads.

use crate::manifest::Node;

use super::reference::{Confidence, Need, SecretReference, Usage};
use super::{Located, Object, Site, path};

/// The references of an object other than a workload, in the order of its fields.
pub fn references(object: &Object) -> Vec<SecretReference> {
    match (object.group(), object.id.kind.as_str()) {
        ("", "ServiceAccount") => service_account(object),
        ("networking.k8s.io" | "extensions", "Ingress") => ingress(object),
        _ => Vec::new(),
    }
}

fn service_account(object: &Object) -> Vec<SecretReference> {
    [
        ("imagePullSecrets", Usage::ServiceAccountPull),
        ("secrets", Usage::ServiceAccountSecret),
    ]
    .into_iter()
    .flat_map(|(list, usage)| {
        names(object.root.get(list), list, "name")
            .into_iter()
            .map(move |secret| certain(secret, usage.clone()))
    })
    .collect()
}

fn ingress(object: &Object) -> Vec<SecretReference> {
    names(object.root.at(&["spec", "tls"]), "spec.tls", "secretName")
        .into_iter()
        .map(|secret| certain(secret, Usage::IngressTls))
        .collect()
}

/// The texts of one field of a list's items.
fn names(list: Option<&Node>, at: &str, field: &str) -> Vec<Located<String>> {
    list.map_or(&[][..], Node::items)
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let node = item.get(field)?;
            let site = Site {
                path: path::child(&path::item(at, index), field),
                span: node.span,
            };
            Some(Located::new(node.as_str()?.to_owned(), site))
        })
        .collect()
}

fn certain(secret: Located<String>, usage: Usage) -> SecretReference {
    SecretReference {
        secret,
        namespace: None,
        key: None,
        container: None,
        usage,
        need: Need::Required,
        confidence: Confidence::Certain,
    }
}
