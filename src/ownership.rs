//! Who would put a changed object back, and where to change it instead.

use std::collections::BTreeMap;

use crate::inventory::SecretFacts;
use crate::secret::stored::StoredSecret;
use crate::workload::Workload;

/// Something that writes an object by itself and would revert a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// What kind of owner.
    pub kind: OwnerKind,
    /// The owner, with its name where the object tells it.
    pub who: String,
    /// Where the change belongs, as a whole sentence.
    pub instead: String,
}

/// What kind of owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    /// The controller that an owner reference names.
    Controller,
    /// The External Secrets Operator.
    ExternalSecrets,
    CertManager,
    Flux,
    /// Argo CD, and the Application where it is told.
    ArgoCd(Option<String>),
    Helm,
}

/// What of an object's metadata tells its owner.
pub struct Signs<'a> {
    subject: Subject,
    controller: Option<(&'a str, &'a str)>,
    labels: &'a BTreeMap<String, String>,
    /// With an empty text where only the name is known.
    annotations: BTreeMap<&'a str, &'a str>,
    managers: Vec<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Secret,
    Workload,
}

impl<'a> From<&'a StoredSecret> for Signs<'a> {
    fn from(secret: &'a StoredSecret) -> Self {
        let controller = secret.controller.as_ref();
        Self {
            subject: Subject::Secret,
            controller: controller.map(|owner| (owner.kind.as_str(), owner.name.as_str())),
            labels: &secret.labels,
            annotations: texts(&secret.annotations),
            managers: secret
                .managers
                .iter()
                .map(|manager| manager.name.as_str())
                .collect(),
        }
    }
}

impl<'a> From<&'a SecretFacts> for Signs<'a> {
    fn from(secret: &'a SecretFacts) -> Self {
        let controller = secret.owner.as_ref();
        Self {
            subject: Subject::Secret,
            controller: controller.map(|owner| (owner.kind.as_str(), owner.name.as_str())),
            labels: &secret.labels,
            annotations: secret
                .annotations
                .iter()
                .map(|name| (name.as_str(), ""))
                .collect(),
            managers: secret.managers.iter().map(String::as_str).collect(),
        }
    }
}

impl<'a> From<&'a Workload> for Signs<'a> {
    fn from(workload: &'a Workload) -> Self {
        let metadata = &workload.metadata;
        let controller = metadata.owner.as_ref();
        Self {
            subject: Subject::Workload,
            controller: controller.map(|owner| (owner.kind.as_str(), owner.name.as_str())),
            labels: &metadata.labels,
            annotations: texts(&metadata.annotations),
            managers: metadata.managers.iter().map(String::as_str).collect(),
        }
    }
}

fn texts(map: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    map.iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect()
}

/// The first owner that an object shows signs of.
///
/// The signs are those the controllers document: owner references, labels,
/// annotations and field managers. A label `app.kubernetes.io/instance` alone
/// proves nothing, since Helm charts set it too.
pub fn find<'a>(object: impl Into<Signs<'a>>) -> Option<Owner> {
    let signs = object.into();
    by_controller(&signs)
        .or_else(|| by_external_secrets(&signs))
        .or_else(|| by_cert_manager(&signs))
        .or_else(|| by_flux(&signs))
        .or_else(|| by_argo_cd(&signs))
        .or_else(|| by_helm(&signs))
}

impl Signs<'_> {
    /// The text of an annotation, `Some("")` where only its name is known.
    fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.get(name).copied()
    }
}

fn by_controller(signs: &Signs<'_>) -> Option<Owner> {
    let (kind, name) = signs.controller?;
    let instead = match (kind, signs.subject) {
        ("SealedSecret", _) => format!(
            "Seal the new value into the SealedSecret {name} (in git) and let its controller write the Secret."
        ),
        ("ExternalSecret", _) => format!(
            "Change the value in the store that ExternalSecret {name} reads; the operator writes the Secret."
        ),
        ("Certificate", _) => {
            format!("Renew the Certificate {name} (cert-manager); it writes the Secret.")
        }
        (kind, Subject::Secret) => {
            format!("Change {kind}/{name}, whose controller writes the Secret.")
        }
        (kind, Subject::Workload) => {
            format!("Change {kind}/{name}, whose controller writes the workload.")
        }
    };
    Some(Owner {
        kind: OwnerKind::Controller,
        who: format!("{kind}/{name}"),
        instead,
    })
}

fn by_external_secrets(signs: &Signs<'_>) -> Option<Owner> {
    let managed = signs
        .labels
        .get("reconcile.external-secrets.io/managed")
        .is_some_and(|value| value == "true")
        || signs
            .annotation("reconcile.external-secrets.io/data-hash")
            .is_some();
    managed.then(|| Owner {
        kind: OwnerKind::ExternalSecrets,
        who: "the External Secrets Operator".to_owned(),
        instead: "Change the value in the external store; the operator writes the Secret."
            .to_owned(),
    })
}

fn by_cert_manager(signs: &Signs<'_>) -> Option<Owner> {
    let (who, what) = match signs.annotation("cert-manager.io/certificate-name")? {
        "" => ("cert-manager".to_owned(), "its Certificate".to_owned()),
        name => (
            format!("cert-manager's Certificate/{name}"),
            format!("the Certificate {name}"),
        ),
    };
    Some(Owner {
        kind: OwnerKind::CertManager,
        who,
        instead: format!("Renew {what}; cert-manager writes the Secret."),
    })
}

fn by_flux(signs: &Signs<'_>) -> Option<Owner> {
    ["kustomize", "helm"].into_iter().find_map(|toolkit| {
        let label = |part: &str| {
            signs
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
            kind: OwnerKind::Flux,
            who: format!("Flux ({kind} {namespace}/{name})"),
            instead: format!("Change the source that {kind} {namespace}/{name} applies, in git."),
        })
    })
}

fn by_argo_cd(signs: &Signs<'_>) -> Option<Owner> {
    let tracking = signs.annotation("argocd.argoproj.io/tracking-id");
    let application = tracking
        .and_then(|id| id.split(':').next())
        .or_else(|| {
            signs
                .labels
                .get("argocd.argoproj.io/instance")
                .map(String::as_str)
        })
        .filter(|name| !name.is_empty());
    let manages = tracking.is_some() || signs.managers.contains(&"argocd-controller");
    if application.is_none() && !manages {
        return None;
    }
    let who = application.map_or_else(
        || "Argo CD".to_owned(),
        |application| format!("Argo CD (Application {application})"),
    );
    Some(Owner {
        kind: OwnerKind::ArgoCd(application.map(str::to_owned)),
        who,
        instead: "Change the manifest in the git repository of that Application.".to_owned(),
    })
}

fn by_helm(signs: &Signs<'_>) -> Option<Owner> {
    let by_helm = signs
        .labels
        .get("app.kubernetes.io/managed-by")
        .is_some_and(|value| value == "Helm");
    let release = signs.annotation("meta.helm.sh/release-name")?;
    let (who, what) = match release {
        "" => ("Helm".to_owned(), "its release".to_owned()),
        release => (
            format!("Helm (release {release})"),
            format!("release {release}"),
        ),
    };
    let instead = match signs.subject {
        Subject::Secret => format!(
            "Change the values of {what} and run helm upgrade, or let the chart refer to a Secret of yours."
        ),
        Subject::Workload => format!("Change the values of {what} and run helm upgrade."),
    };
    by_helm.then_some(Owner {
        kind: OwnerKind::Helm,
        who,
        instead,
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

    /// Invariant 34.
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

    /// Invariant 34.
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

    /// Of a listed Secret only the names of its annotations are known.
    #[test]
    fn names_of_annotations_are_enough() {
        let labels = [("app.kubernetes.io/managed-by".to_owned(), "Helm".to_owned())].into();
        for (annotation, who) in [
            ("cert-manager.io/certificate-name", "cert-manager"),
            ("argocd.argoproj.io/tracking-id", "Argo CD"),
            ("meta.helm.sh/release-name", "Helm"),
        ] {
            let owner = find(Signs {
                subject: Subject::Secret,
                controller: None,
                labels: &labels,
                annotations: [(annotation, "")].into(),
                managers: Vec::new(),
            });
            assert_eq!(owner.map(|owner| owner.who).as_deref(), Some(who));
        }
    }
}
