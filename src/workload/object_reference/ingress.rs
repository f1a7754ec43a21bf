//! Ingresses and Gateways.

use crate::workload::{Located, Object};

use super::super::read::At;
use super::super::reference::{SecretReference, Usage};
use super::certain;

const NGINX: &str = "nginx.ingress.kubernetes.io/";

/// A Secret that an annotation of ingress-nginx names (kubernetes/ingress-nginx
/// `internal/ingress/annotations/{auth,authtls,proxyssl}`).
#[derive(Clone, Debug)]
pub struct ControllerSecret {
    pub annotation: &'static str,
    /// The name, where the annotation stands.
    pub secret: Located<String>,
    /// The namespace it names, if it does.
    pub namespace: Option<String>,
    /// Whether the controller takes a name without namespace.
    pub bare_name: BareName,
    /// The key that the controller reads, if it is one of a fixed name.
    pub key: Option<&'static str>,
}

/// What the controller makes of a name without a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BareName {
    /// It is looked for in the namespace of the Ingress.
    Own,
    /// The location is denied: every request gets an error.
    Denied,
}

/// The Secrets that the annotations of an Ingress name.
pub fn controller_secrets(object: &Object) -> Vec<ControllerSecret> {
    let root = At::new(&object.root, String::new());
    let Some(annotations) = root
        .get("metadata")
        .and_then(|metadata| metadata.get("annotations"))
    else {
        return Vec::new();
    };
    let text = |name: &str| annotations.text(&format!("{NGINX}{name}"));
    // auth-map has a key for each user instead.
    let auth_key = match text("auth-secret-type") {
        Some(type_) if type_.value == "auth-map" => None,
        _ => Some("auth"),
    };
    [
        (
            "nginx.ingress.kubernetes.io/auth-secret",
            BareName::Own,
            auth_key,
        ),
        (
            "nginx.ingress.kubernetes.io/auth-tls-secret",
            BareName::Denied,
            Some("ca.crt"),
        ),
        (
            "nginx.ingress.kubernetes.io/proxy-ssl-secret",
            BareName::Denied,
            None,
        ),
    ]
    .into_iter()
    .filter_map(|(annotation, bare_name, key)| {
        let text = annotations.text(annotation)?;
        let (namespace, name) = match text.value.split_once('/') {
            Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
            None => (None, text.value.clone()),
        };
        (!name.is_empty()).then(|| ControllerSecret {
            annotation,
            secret: Located::new(name, text.site),
            namespace,
            bare_name,
            key,
        })
    })
    .collect()
}

pub(super) fn of_ingress(object: &Object, root: &At) -> Vec<SecretReference> {
    let annotated = controller_secrets(object)
        .into_iter()
        .map(|found| SecretReference {
            namespace: found.namespace,
            ..certain(
                found.secret,
                Usage::IngressAnnotation {
                    annotation: found.annotation.to_owned(),
                },
            )
        });
    let tls = root
        .get("spec")
        .map_or_else(Vec::new, |spec| spec.items("tls"))
        .into_iter()
        .filter_map(|tls| tls.text("secretName"))
        .filter(|secret| !secret.value.is_empty())
        .map(|secret| certain(secret, Usage::IngressTls));
    annotated.chain(tls).collect()
}

/// `spec.listeners[].tls.certificateRefs` that name Secrets
/// (kubernetes-sigs/gateway-api `apis/v1/gateway_types.go`).
pub(super) fn of_gateway(root: &At) -> Vec<SecretReference> {
    root.get("spec")
        .map_or_else(Vec::new, |spec| spec.items("listeners"))
        .iter()
        .filter_map(|listener| listener.get("tls"))
        .flat_map(|tls| tls.items("certificateRefs"))
        .filter(|reference| {
            let is = |field: &str, default: &str| {
                reference.node.text_of(field).unwrap_or(default) == default
            };
            is("group", "") && is("kind", "Secret")
        })
        .filter_map(|reference| {
            Some(SecretReference {
                namespace: reference.text("namespace").map(|namespace| namespace.value),
                ..certain(reference.text("name")?, Usage::Gateway)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn an_ingress_names_secrets_in_annotations_and_tls() {
        let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  \
                       annotations:\n    nginx.ingress.kubernetes.io/auth-secret: basic\n    \
                       nginx.ingress.kubernetes.io/auth-tls-secret: pki/ca\n    \
                       nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/client\n\
                       spec:\n  tls:\n  - secretName: tls\n  - hosts: [x]\n";
        assert_eq!(
            told(ingress),
            [
                "basic @metadata.annotations['nginx.ingress.kubernetes.io/auth-secret']",
                "pki/ca @metadata.annotations['nginx.ingress.kubernetes.io/auth-tls-secret']",
                "shop/client @metadata.annotations['nginx.ingress.kubernetes.io/proxy-ssl-secret']",
                "tls @spec.tls[0].secretName",
            ]
        );
    }

    #[test]
    fn a_gateway_names_secrets_and_other_kinds() {
        let gateway = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g}\n\
                       spec:\n  listeners:\n  - tls:\n      certificateRefs:\n      - {name: own}\n      \
                       - {name: other, namespace: pki, kind: Secret, group: ''}\n      \
                       - {name: x, kind: ConfigMap}\n      - {name: y, group: example.org}\n  - {port: 80}\n";
        assert_eq!(
            told(gateway),
            [
                "own @spec.listeners[0].tls.certificateRefs[0].name",
                "pki/other @spec.listeners[0].tls.certificateRefs[1].name",
            ]
        );
    }
}
