//! References of objects that are not workloads.
//!
//! Kinds whose API says which fields name Secrets are read field by field;
//! custom resources of any other kind are searched by the names of their
//! fields, and what is found there is a guess.

mod custom;
mod external;
mod ingress;
pub(super) mod policy;
mod storage;

use super::object::is_custom;
use super::read::At;
use super::reference::{Confidence, Need, SecretReference, Usage};
use super::{Located, Object};
use crate::manifest::path;

pub use custom::is_of_a_container;
pub use ingress::{BareName, ControllerSecret, controller_secrets};

/// The references of an object other than a workload, in the order of its fields.
pub fn references(object: &Object) -> Vec<SecretReference> {
    let root = At::new(&object.root, String::new());
    let mut found = match (object.group(), object.id.kind.as_str()) {
        ("", "ServiceAccount") => service_account(&root),
        ("networking.k8s.io" | "extensions", "Ingress") => ingress::of_ingress(object, &root),
        ("gateway.networking.k8s.io", "Gateway") => ingress::of_gateway(&root),
        ("", "PersistentVolume") => storage::of_volume(&root),
        ("storage.k8s.io", "StorageClass") => storage::of_class(&root),
        // What these name, they make.
        ("bitnami.com" | "secrets-store.csi.x-k8s.io", _) => Vec::new(),
        ("external-secrets.io", kind) => external::of_external_secrets(kind, &root),
        ("cert-manager.io" | "acme.cert-manager.io", kind) => {
            external::of_cert_manager(kind, &root)
        }
        (group, _) if policy::is_policy(group) => policy::references(&root),
        (group, _) if is_custom(group) => custom::references(object, &root),
        _ => Vec::new(),
    };
    found.extend(external::injected(&root));
    found
}

fn service_account(root: &At) -> Vec<SecretReference> {
    [
        ("imagePullSecrets", Usage::ServiceAccountPull),
        ("secrets", Usage::ServiceAccountSecret),
    ]
    .into_iter()
    .flat_map(|(list, usage)| {
        root.items(list)
            .into_iter()
            .filter_map(|item| item.text("name"))
            .map(move |secret| certain(secret, usage.clone()))
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

/// Each mapping or list below a node, and each scalar.
pub(super) fn each_child<'a>(at: &At<'a>, mut each: impl FnMut(&At<'a>)) {
    for entry in at.node.entries() {
        if let Some(key) = entry.key.scalar_text()
            && !entry.value.is_null()
        {
            each(&At::new(&entry.value, path::child(&at.path, key)));
        }
    }
    for (index, item) in at.node.items().iter().enumerate() {
        each(&At::new(item, path::item(&at.path, index)));
    }
}

/// The reference of a mapping with `name`, and perhaps `namespace` and `key`.
fn selector(at: &At) -> Option<SecretReference> {
    let secret = at.text("name").filter(|name| !name.value.is_empty())?;
    let usage = Usage::Custom {
        path: at.path.clone(),
    };
    Some(SecretReference {
        namespace: at.text("namespace").map(|namespace| namespace.value),
        key: at.text("key"),
        need: Need::of(at.is_set("optional")),
        ..certain(secret, usage)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::Place;

    /// `usage namespace/name:key @path`, a guess with `?`.
    pub(super) fn told(text: &str) -> Vec<String> {
        let source = SourceText::new("case.yaml", text.to_owned());
        let root = parse(&source).documents.remove(0).root;
        let object = Object::new(root, Place::live(), "shop").unwrap();
        references(&object)
            .into_iter()
            .map(|found| {
                assert!(!found.secret.site.path.is_empty());
                assert!(found.secret.site.span != crate::manifest::Span::default());
                let mut told = format!(
                    "{}{}",
                    found
                        .namespace
                        .map_or(String::new(), |namespace| format!("{namespace}/")),
                    found.secret.value
                );
                if let Some(key) = found.key {
                    told += &format!(":{}", key.value);
                }
                told += &format!(" @{}", found.secret.site.path);
                if found.confidence == Confidence::Guess {
                    told += " ?";
                }
                told
            })
            .collect()
    }

    #[test]
    fn a_service_account_names_pull_secrets_and_tokens() {
        let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n\
                       imagePullSecrets: [{name: pull}]\nsecrets: [{name: token}]\n";
        assert_eq!(
            told(account),
            ["pull @imagePullSecrets[0].name", "token @secrets[0].name"]
        );
    }

    #[test]
    fn built_in_kinds_are_never_guessed_at() {
        for kind in [
            "apiVersion: v1\nkind: ConfigMap",
            "apiVersion: apps/v1\nkind: ControllerRevision",
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration",
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute",
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization",
        ] {
            let text = format!("{kind}\nmetadata: {{name: a}}\nspec: {{secretName: b}}\n");
            assert_eq!(told(&text), [""; 0], "{kind}");
        }
    }

    #[test]
    fn what_makes_a_secret_does_not_use_it() {
        for text in [
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\n\
             spec: {template: {metadata: {name: b}}}\n",
            "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\n\
             metadata: {name: a}\nspec: {secretObjects: [{secretName: b}]}\n",
            "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a}\n\
             spec: {secretName: b, issuerRef: {name: c}}\n",
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}\n\
             spec: {target: {name: b}, data: [{secretKey: c, remoteRef: {key: d}}]}\n",
            "apiVersion: secrets.hashicorp.com/v1beta1\nkind: VaultStaticSecret\n\
             metadata: {name: a}\nspec: {destination: {name: b, create: true}}\n",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }
}
