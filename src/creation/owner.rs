//! Who would put a changed Secret back, and where to change it instead.

use crate::secret::stored::StoredSecret;

/// Something that writes this Secret by itself and would revert a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The kind of owner, with its name where the Secret tells it.
    pub who: String,
    /// Where the change belongs, as a whole sentence.
    pub instead: String,
}

/// The first owner that `secret` shows signs of.
///
/// The signs are those the controllers document: owner references, labels,
/// annotations and field managers. A label `app.kubernetes.io/instance` alone
/// proves nothing, since Helm charts set it too.
pub fn find(secret: &StoredSecret) -> Option<Owner> {
    by_controller(secret)
        .or_else(|| by_external_secrets(secret))
        .or_else(|| by_cert_manager(secret))
        .or_else(|| by_flux(secret))
        .or_else(|| by_argo_cd(secret))
        .or_else(|| by_helm(secret))
}

fn by_controller(secret: &StoredSecret) -> Option<Owner> {
    let controller = secret.controller.as_ref()?;
    let name = &controller.name;
    let instead = match controller.kind.as_str() {
        "SealedSecret" => format!(
            "Seal the new value into the SealedSecret {name} (in git) and let its controller write the Secret."
        ),
        "ExternalSecret" => format!(
            "Change the value in the store that ExternalSecret {name} reads; the operator writes the Secret."
        ),
        "Certificate" => {
            format!("Renew the Certificate {name} (cert-manager); it writes the Secret.")
        }
        kind => format!("Change {kind}/{name}, whose controller writes the Secret."),
    };
    Some(Owner {
        who: format!("{}/{name}", controller.kind),
        instead,
    })
}

fn by_external_secrets(secret: &StoredSecret) -> Option<Owner> {
    let managed = secret
        .labels
        .get("reconcile.external-secrets.io/managed")
        .is_some_and(|value| value == "true")
        || secret
            .annotations
            .contains_key("reconcile.external-secrets.io/data-hash");
    managed.then(|| Owner {
        who: "the External Secrets Operator".to_owned(),
        instead: "Change the value in the external store; the operator writes the Secret."
            .to_owned(),
    })
}

fn by_cert_manager(secret: &StoredSecret) -> Option<Owner> {
    let name = secret.annotations.get("cert-manager.io/certificate-name")?;
    Some(Owner {
        who: format!("cert-manager's Certificate/{name}"),
        instead: format!("Renew the Certificate {name}; cert-manager writes the Secret."),
    })
}

fn by_flux(secret: &StoredSecret) -> Option<Owner> {
    ["kustomize", "helm"].into_iter().find_map(|toolkit| {
        let label = |part: &str| {
            secret
                .labels
                .get(&format!("{toolkit}.toolkit.fluxcd.io/{part}"))
        };
        let name = label("name")?;
        let namespace = label("namespace").map_or("flux-system", String::as_str);
        let kind = if toolkit == "kustomize" {
            "Kustomization"
        } else {
            "HelmRelease"
        };
        Some(Owner {
            who: format!("Flux ({kind} {namespace}/{name})"),
            instead: format!("Change the source that {kind} {namespace}/{name} applies, in git."),
        })
    })
}

fn by_argo_cd(secret: &StoredSecret) -> Option<Owner> {
    let application = secret
        .annotations
        .get("argocd.argoproj.io/tracking-id")
        .and_then(|id| id.split(':').next())
        .or_else(|| {
            secret
                .labels
                .get("argocd.argoproj.io/instance")
                .map(String::as_str)
        });
    let manages = secret
        .managers
        .iter()
        .any(|manager| manager.name == "argocd-controller");
    if application.is_none() && !manages {
        return None;
    }
    let who = application.map_or_else(
        || "Argo CD".to_owned(),
        |application| format!("Argo CD (Application {application})"),
    );
    Some(Owner {
        who,
        instead: "Change the manifest in the git repository of that Application.".to_owned(),
    })
}

fn by_helm(secret: &StoredSecret) -> Option<Owner> {
    let by_helm = secret
        .labels
        .get("app.kubernetes.io/managed-by")
        .is_some_and(|value| value == "Helm");
    let release = secret.annotations.get("meta.helm.sh/release-name")?;
    by_helm.then(|| Owner {
        who: format!("Helm (release {release})"),
        instead: format!(
            "Change the values of release {release} and run helm upgrade, or let the chart refer to a Secret of yours."
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretValue;

    fn secret(metadata: &str) -> StoredSecret {
        let text = format!(
            r#"{{"kind":"Secret","metadata":{{"name":"n","namespace":"s","uid":"u","resourceVersion":"1",{metadata}}}}}"#
        );
        StoredSecret::parse(&SecretValue::from_bytes(text.into_bytes()))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn recognises_each_owner() {
        for (metadata, who) in [
            (
                r#""ownerReferences":[{"kind":"SealedSecret","name":"db","controller":true}]"#,
                "SealedSecret/db",
            ),
            (
                r#""ownerReferences":[{"kind":"ExternalSecret","name":"db","controller":true}]"#,
                "ExternalSecret/db",
            ),
            (
                r#""ownerReferences":[{"kind":"Kafka","name":"k","controller":true}]"#,
                "Kafka/k",
            ),
            (
                r#""labels":{"reconcile.external-secrets.io/managed":"true"}"#,
                "the External Secrets Operator",
            ),
            (
                r#""annotations":{"cert-manager.io/certificate-name":"web"}"#,
                "cert-manager's Certificate/web",
            ),
            (
                r#""labels":{"kustomize.toolkit.fluxcd.io/name":"apps","kustomize.toolkit.fluxcd.io/namespace":"f"}"#,
                "Flux (Kustomization f/apps)",
            ),
            (
                r#""labels":{"helm.toolkit.fluxcd.io/name":"db"}"#,
                "Flux (HelmRelease flux-system/db)",
            ),
            (
                r#""annotations":{"argocd.argoproj.io/tracking-id":"shop:/Secret:s/n"}"#,
                "Argo CD (Application shop)",
            ),
            (
                r#""managedFields":[{"manager":"argocd-controller","operation":"Apply"}]"#,
                "Argo CD",
            ),
            (
                r#""labels":{"app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"r"}"#,
                "Helm (release r)",
            ),
        ] {
            let owner = find(&secret(metadata)).unwrap_or_else(|| panic!("no owner: {metadata}"));
            assert_eq!(owner.who, who);
        }
    }

    #[test]
    fn does_not_see_owners_that_are_not_there() {
        for metadata in [
            r#""labels":{"app.kubernetes.io/instance":"shop"}"#,
            r#""labels":{"app.kubernetes.io/managed-by":"Helm"}"#,
            r#""ownerReferences":[{"kind":"ConfigMap","name":"c"}]"#,
            r#""managedFields":[{"manager":"kubectl-create","operation":"Update"}]"#,
        ] {
            assert_eq!(find(&secret(metadata)), None, "{metadata}");
        }
    }
}
