//! Who would put a changed object back, and where to change it instead.

use std::collections::BTreeMap;

use crate::inventory::SecretFacts;
use crate::secret::key::check_object_name;
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
    all(object).into_iter().next()
}

/// All owners that an object shows signs of, each kind once, in the order of [`find`].
pub fn all<'a>(object: impl Into<Signs<'a>>) -> Vec<Owner> {
    type Sign = fn(&Signs<'_>) -> Option<Owner>;
    const SIGNS: [Sign; 7] = [
        by_database,
        by_controller,
        by_external_secrets,
        by_cert_manager,
        by_flux,
        by_argo_cd,
        by_helm,
    ];
    let signs = object.into();
    SIGNS.iter().filter_map(|sign| sign(&signs)).collect()
}

/// The level above a plain Secret at which its value is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// In git, by the SealedSecret of this name.
    Sealed(String),
    /// In a store, by the ExternalSecret of this name, where the Secret tells it.
    External(Option<String>),
}

impl Level {
    /// The same, with a name only where it may be shown.
    #[must_use]
    pub fn named_by(self, may_be_shown: impl Fn(&str) -> bool) -> Self {
        match self {
            Self::External(name) => Self::External(name.filter(|name| may_be_shown(name))),
            sealed @ Self::Sealed(_) => sealed,
        }
    }
}

/// The level at which the value of a Secret is kept, where that is above the Secret.
pub fn level<'a>(object: impl Into<Signs<'a>>) -> Option<Level> {
    let signs = object.into();
    match signs.controller {
        Some(("SealedSecret", name)) => return Some(Level::Sealed(name.to_owned())),
        Some(("ExternalSecret", name)) => return Some(Level::External(Some(name.to_owned()))),
        _ => {}
    }
    by_external_secrets(&signs)?;
    // The operator's field manager ends in the name, or in a digest of a long one
    // (external-secrets/external-secrets `pkg/controllers/externalsecret/util.go`).
    let mut writers = signs
        .managers
        .iter()
        .filter_map(|manager| manager.strip_prefix("externalsecrets.external-secrets.io/"))
        .filter(|name| check_object_name(name).is_ok());
    match (writers.next(), writers.next()) {
        (Some(name), None) => Some(Level::External(Some(name.to_owned()))),
        _ => Some(Level::External(None)),
    }
}

impl Signs<'_> {
    /// The text of an annotation, `Some("")` where only its name is known.
    fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.get(name).copied()
    }
}

/// Operators of databases and brokers, which write the Secrets of their users and have a
/// way of their own to rotate them. Labels as the operators document them.
fn by_database(signs: &Signs<'_>) -> Option<Owner> {
    if signs.subject != Subject::Secret {
        return None;
    }
    let label = |name: &str| signs.labels.get(name).map(String::as_str);
    let controller = |wanted: &str| signs.controller.filter(|(kind, _)| *kind == wanted);
    let (who, instead) = if let Some((_, cluster)) =
        label("cnpg.io/cluster").and(controller("Cluster"))
    {
        (
            format!("CloudNativePG (Cluster/{cluster})"),
            format!(
                "Name a Secret of yours, with the label cnpg.io/reload, in spec.superuserSecret or spec.managed.roles of Cluster/{cluster}, and rotate that one: the operator changes the role's password."
            ),
        )
    } else if label("application") == Some("spilo") {
        let cluster = label("cluster-name").unwrap_or("the cluster");
        (
            format!("Zalando's postgres-operator (postgresql/{cluster})"),
            format!(
                "Let the operator rotate it: usersWithSecretRotation or usersWithInPlaceSecretRotation in postgresql/{cluster}."
            ),
        )
    } else if let Some(kind) = label("strimzi.io/kind").filter(|_| signs.controller.is_some()) {
        let name = signs.controller.map_or("", |(_, name)| name);
        (
            format!("Strimzi ({kind}/{name})"),
            format!(
                "Change {kind}/{name} as Strimzi's documentation of credentials says; its operator writes the Secret."
            ),
        )
    } else if label("app.kubernetes.io/managed-by") == Some("kubedb.com") {
        (
            "KubeDB".to_owned(),
            "Create an OpsRequest of the type RotateAuth for the database.".to_owned(),
        )
    } else if let Some((kind, name)) = signs
        .controller
        .filter(|(kind, _)| kind.starts_with("Vault") && kind.ends_with("Secret"))
    {
        (
            format!("the Vault Secrets Operator ({kind}/{name})"),
            format!(
                "Change the value in Vault; the operator writes the Secret and restarts what {kind}/{name} names in spec.rolloutRestartTargets."
            ),
        )
    } else {
        return None;
    };
    Some(Owner {
        kind: OwnerKind::Controller,
        who,
        instead,
    })
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
                r#""labels":{"cnpg.io/cluster":"pg"},"ownerReferences":[{"kind":"Cluster","name":"pg","controller":true}]"#,
                "CloudNativePG (Cluster/pg)",
            ),
            (
                r#""labels":{"application":"spilo","cluster-name":"acid"}"#,
                "Zalando's postgres-operator (postgresql/acid)",
            ),
            (
                r#""labels":{"strimzi.io/kind":"KafkaUser"},"ownerReferences":[{"kind":"KafkaUser","name":"u","controller":true}]"#,
                "Strimzi (KafkaUser/u)",
            ),
            (
                r#""labels":{"app.kubernetes.io/managed-by":"kubedb.com"}"#,
                "KubeDB",
            ),
            (
                r#""ownerReferences":[{"kind":"VaultStaticSecret","name":"v","controller":true}]"#,
                "the Vault Secrets Operator (VaultStaticSecret/v)",
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

    #[test]
    fn a_secret_tells_at_which_level_its_value_is_kept() {
        const MANAGED: &str = r#""labels":{"reconcile.external-secrets.io/managed":"true"}"#;
        let external = |name: Option<&str>| Some(Level::External(name.map(str::to_owned)));
        let by = |manager: &str| {
            format!(r#"{MANAGED},"managedFields":[{{"manager":"{manager}","operation":"Update"}}]"#)
        };
        for (metadata, expected) in [
            (
                r#""ownerReferences":[{"kind":"SealedSecret","name":"db","controller":true}]"#
                    .to_owned(),
                Some(Level::Sealed("db".to_owned())),
            ),
            (
                r#""ownerReferences":[{"kind":"ExternalSecret","name":"x","controller":true}]"#
                    .to_owned(),
                external(Some("x")),
            ),
            (
                by("externalsecrets.external-secrets.io/creds"),
                external(Some("creds")),
            ),
            (
                by("externalsecrets.external-secrets.io/sha3/0a"),
                external(None),
            ),
            (
                by("externalsecrets.external-secrets.io/--x"),
                external(None),
            ),
            (MANAGED.to_owned(), external(None)),
            (
                r#""ownerReferences":[{"kind":"Certificate","name":"x","controller":true}]"#
                    .to_owned(),
                None,
            ),
        ] {
            assert_eq!(level(&secret(&metadata)), expected, "{metadata}");
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
