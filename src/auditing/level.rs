//! Who makes a Secret, and so where its value is changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::inventory::{Inventory, Part, Producer, ProducerKind, Reason, SecretFacts};
use crate::ownership::{self, Owner, OwnerKind};
use crate::secret::kind;

use super::Known;

/// Where the value of a Secret comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A manifest, or whoever wrote the Secret.
    Plain,
    /// A SealedSecret.
    Sealed,
    /// A vault, by an operator or a driver.
    External,
    CertManager,
    Helm,
    /// A token of a ServiceAccount, made by the control plane.
    ServiceAccountToken,
    /// Another controller, that its owner reference names.
    Controller,
}

/// The level of a Secret, and who makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    pub level: Level,
    /// `SealedSecret/db`, `Helm (release db)`; `None` where nobody is known.
    pub by: Option<String>,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Plain => "plain",
            Level::Sealed => "sealed",
            Level::External => "external",
            Level::CertManager => "cert-manager",
            Level::Helm => "helm",
            Level::ServiceAccountToken => "service-account-token",
            Level::Controller => "controller",
        }
    }
}

/// What makes Secrets, by their namespace and name.
pub(super) struct Makers<'i> {
    inventory: &'i Inventory,
    producers: BTreeMap<(&'i str, &'i str), &'i Producer>,
}

/// The kinds that make Secrets, without which a Secret may only seem to be plain.
const MAKERS: [(&str, &str); 6] = [
    ("bitnami.com", "sealedsecrets"),
    ("external-secrets.io", "externalsecrets"),
    ("secrets-store.csi.x-k8s.io", "secretproviderclasses"),
    ("cert-manager.io", "certificates"),
    ("secrets.hashicorp.com", "vaultstaticsecrets"),
    ("secrets.hashicorp.com", "vaultdynamicsecrets"),
];

impl<'i> Makers<'i> {
    pub fn new(inventory: &'i Inventory) -> Self {
        let made = inventory
            .producers
            .iter()
            .filter(|producer| producer.part != Part::Adds);
        Self {
            inventory,
            producers: made
                .map(|producer| {
                    let secret = (producer.namespace.as_str(), producer.secret.as_str());
                    (secret, producer)
                })
                .collect(),
        }
    }

    /// # Errors
    /// Why it is not known: what would tell may not be listed.
    pub fn of(&self, facts: &SecretFacts) -> Known<Owned> {
        let owner = ownership::find(facts);
        let producer = self
            .producers
            .get(&(facts.namespace.as_str(), facts.name.as_str()));
        let by = owner.as_ref().map(|owner| owner.who.clone());
        if facts.type_ == kind::SERVICE_ACCOUNT_TOKEN {
            let level = Level::ServiceAccountToken;
            return Ok(Owned { level, by });
        }
        if let Some(level) = owner.as_ref().and_then(of_owner) {
            return Ok(Owned { level, by });
        }
        if let Some((producer, level)) = producer.and_then(|one| Some((one, of_kind(one.kind)?))) {
            let by = Some(producer.id.short());
            return Ok(Owned { level, by });
        }
        let hidden = MAKERS
            .iter()
            .find_map(|(group, plural)| self.inventory.denied(group, plural, &facts.namespace));
        match hidden {
            Some(grant) => Err(Arc::new(Reason::Forbidden(grant.clone()))),
            None => Ok(Owned {
                level: Level::Plain,
                by,
            }),
        }
    }
}

/// The level that an owner tells; GitOps applies manifests, which may be plain.
fn of_owner(owner: &Owner) -> Option<Level> {
    let level = match &owner.kind {
        OwnerKind::Controller => match owner.who.split('/').next() {
            Some("SealedSecret") => Level::Sealed,
            Some("ExternalSecret" | "VaultStaticSecret" | "VaultDynamicSecret") => Level::External,
            Some("Certificate") => Level::CertManager,
            _ => Level::Controller,
        },
        OwnerKind::ExternalSecrets => Level::External,
        OwnerKind::CertManager => Level::CertManager,
        OwnerKind::Helm => Level::Helm,
        OwnerKind::Flux | OwnerKind::ArgoCd(_) => return None,
    };
    Some(level)
}

fn of_kind(kind: ProducerKind) -> Option<Level> {
    let level = match kind {
        ProducerKind::SealedSecret => Level::Sealed,
        ProducerKind::ExternalSecret
        | ProducerKind::SecretProviderClass
        | ProducerKind::Operator => Level::External,
        ProducerKind::Certificate | ProducerKind::IngressShim => Level::CertManager,
        ProducerKind::KustomizeGenerator | ProducerKind::Job => return None,
    };
    Some(level)
}
