//! Resources of External Secrets Operator and cert-manager, whose schemas are
//! known.

use super::super::read::At;
use super::super::reference::{Confidence, SecretReference, Usage};
use super::{certain, each_child, selector};

/// Where cert-manager looks for the Secrets of ClusterIssuers unless told
/// otherwise (`--cluster-resource-namespace`).
const CLUSTER_RESOURCES: &str = "cert-manager";

/// External Secrets Operator (external-secrets/external-secrets `apis/`).
pub(super) fn of_external_secrets(kind: &str, root: &At) -> Vec<SecretReference> {
    let Some(spec) = root.get("spec") else {
        return Vec::new();
    };
    match kind {
        "SecretStore" | "ClusterSecretStore" => {
            let mut found = Vec::new();
            if let Some(provider) = spec.get("provider") {
                selectors(&provider, &mut found);
            }
            // A cluster's store has no namespace of its own; without one its
            // reference means the namespace of whoever uses the store.
            match kind {
                "SecretStore" => found.iter_mut().for_each(|found| found.namespace = None),
                _ => found.retain(|found| found.namespace.is_some()),
            }
            found
        }
        "PushSecret" => spec
            .get("selector")
            .and_then(|selector| selector.get("secret"))
            .and_then(|secret| selector(&secret))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// The SecretKeySelectors of a provider: mappings of `name` and `key`, and of
/// `name` alone where the field is called a Secret's.
fn selectors(at: &At, found: &mut Vec<SecretReference>) {
    let field = at.path.rsplit('.').next().unwrap_or_default();
    let is_other = at.node.text_of("type") == Some("ConfigMap");
    let is_selector = at.node.text_of("key").is_some()
        || field.ends_with("SecretRef")
        || at.node.text_of("type") == Some("Secret");
    if is_selector && !is_other {
        found.extend(selector(at));
    }
    each_child(at, |child| selectors(child, found));
}

/// cert-manager (cert-manager/cert-manager `pkg/apis`): every `…SecretRef`, and
/// the few fields that are called otherwise.
pub(super) fn of_cert_manager(kind: &str, root: &At) -> Vec<SecretReference> {
    let Some(spec) = root.get("spec") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    match kind {
        "Certificate" => {
            if let Some(keystores) = spec.get("keystores") {
                secret_refs(&keystores, &mut found);
            }
        }
        "Issuer" | "ClusterIssuer" => {
            let authority = spec.get("ca").and_then(|ca| ca.text("secretName"));
            found.extend(authority.map(|secret| {
                let path = secret.site.path.clone();
                certain(secret, Usage::Custom { path })
            }));
            secret_refs(&spec, &mut found);
            for found in &mut found {
                found.namespace = None;
                if kind == "ClusterIssuer" {
                    found.namespace = Some(CLUSTER_RESOURCES.to_owned());
                    found.confidence = Confidence::Guess;
                }
            }
        }
        _ => {}
    }
    found
}

fn secret_refs(at: &At, found: &mut Vec<SecretReference>) {
    let field = at.path.rsplit('.').next().unwrap_or_default();
    // cert-manager writes the account's key itself.
    if field == "privateKeySecretRef" {
        return;
    }
    if field.ends_with("SecretRef") || field == "secretRef" || field == "credentialsRef" {
        found.extend(selector(at));
    }
    each_child(at, |child| secret_refs(child, found));
}

/// `cert-manager.io/inject-ca-from-secret: namespace/name` of webhooks,
/// APIServices and CustomResourceDefinitions.
pub(super) fn injected(root: &At) -> Option<SecretReference> {
    let text = root
        .get("metadata")?
        .get("annotations")?
        .text("cert-manager.io/inject-ca-from-secret")?;
    let (namespace, name) = text.value.split_once('/')?;
    let namespace = namespace.to_owned();
    let secret = super::Located::new(name.to_owned(), text.site);
    let path = secret.site.path.clone();
    Some(SecretReference {
        namespace: Some(namespace),
        ..certain(secret, Usage::Custom { path })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn a_store_names_its_providers_credentials() {
        let provider = "spec:\n  provider:\n    aws:\n      auth:\n        secretRef:\n          \
                        accessKeyIDSecretRef: {name: aws, key: id, namespace: eso}\n          \
                        secretAccessKeySecretRef: {name: aws, key: secret}\n        \
                        jwt: {serviceAccountRef: {name: sa}}\n      \
                        caProvider: {type: ConfigMap, name: ca, key: ca.crt}\n";
        let store = |kind: &str| {
            told(&format!(
                "apiVersion: external-secrets.io/v1\nkind: {kind}\nmetadata: {{name: s}}\n{provider}"
            ))
        };
        const AT: &str = "@spec.provider.aws.auth.secretRef";
        assert_eq!(
            store("SecretStore"),
            [
                format!("aws:id {AT}.accessKeyIDSecretRef.name"),
                format!("aws:secret {AT}.secretAccessKeySecretRef.name"),
            ]
        );
        assert_eq!(
            store("ClusterSecretStore"),
            [format!("eso/aws:id {AT}.accessKeyIDSecretRef.name")]
        );
    }

    #[test]
    fn an_issuer_names_its_authority_and_credentials() {
        let issuer = |kind: &str, spec: &str| {
            told(&format!(
                "apiVersion: cert-manager.io/v1\nkind: {kind}\nmetadata: {{name: i}}\nspec: {spec}\n"
            ))
        };
        assert_eq!(
            issuer("Issuer", "{ca: {secretName: ca}}"),
            ["ca @spec.ca.secretName"]
        );
        let acme = "{acme: {privateKeySecretRef: {name: account}, solvers: [{dns01: {cloudflare: \
                    {apiTokenSecretRef: {name: cf, key: token}}}}]}}";
        let at = "@spec.acme.solvers[0].dns01.cloudflare.apiTokenSecretRef.name";
        assert_eq!(issuer("Issuer", acme), [format!("cf:token {at}")]);
        assert_eq!(
            issuer("ClusterIssuer", acme),
            [format!("cert-manager/cf:token {at} ?")]
        );
        assert_eq!(
            issuer(
                "Certificate",
                "{secretName: made, keystores: {jks: {passwordSecretRef: {name: p, key: k}}}}"
            ),
            ["p:k @spec.keystores.jks.passwordSecretRef.name"]
        );
    }

    #[test]
    fn a_webhook_can_name_the_secret_of_its_authority() {
        let webhook = "apiVersion: admissionregistration.k8s.io/v1\n\
                       kind: ValidatingWebhookConfiguration\nmetadata:\n  name: w\n  annotations:\n    \
                       cert-manager.io/inject-ca-from-secret: pki/ca\n";
        assert_eq!(
            told(webhook),
            ["pki/ca @metadata.annotations['cert-manager.io/inject-ca-from-secret']"]
        );
    }
}
