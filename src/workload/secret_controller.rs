//! Programs whose work needs other people's Secrets: controllers that make,
//! serve, copy or back them up.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Parts of names and images of such programs.
const KNOWN: &[&str] = &[
    "argocd",
    "argo-cd",
    "cert-manager",
    "cnpg",
    "contour",
    "crossplane",
    "external-dns",
    "external-secrets",
    "flux-system",
    "gatekeeper",
    "haproxy-ingress",
    "helm-controller",
    "ingress-nginx",
    "istiod",
    "kubed",
    "kubernetes-ingress",
    "kustomize-controller",
    "kyverno",
    "nginx-ingress",
    "notification-controller",
    "reflector",
    "reloader",
    "sealed-secrets",
    "secrets-store-csi",
    "source-controller",
    "strimzi",
    "tekton-pipelines",
    "traefik",
    "vault-k8s",
    "vault-secrets-operator",
    "velero",
];

/// Whether something of this name (a ServiceAccount, a namespace, an image, a
/// label) is such a program. Operators say so by name.
pub fn is_secret_controller(name: &str) -> bool {
    static SEARCH: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let search = SEARCH.get_or_init(|| {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).build(KNOWN).ok()
    });
    search.as_ref().is_some_and(|search| search.is_match(name))
        || name
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|word| word.eq_ignore_ascii_case("operator"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_are_told_from_applications() {
        for name in [
            "quay.io/jetstack/cert-manager-controller:v1.17",
            "ingress-nginx-admission",
            "stakater-reloader",
            "postgres-operator",
            "registry.example.org/acme/operator:2",
            "Traefik",
        ] {
            assert!(is_secret_controller(name), "{name}");
        }
        for name in [
            "api",
            "shop/checkout:1",
            "operators-guide",
            "nginx",
            "loader",
        ] {
            assert!(!is_secret_controller(name), "{name}");
        }
    }
}
