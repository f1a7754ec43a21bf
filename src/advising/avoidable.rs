//! Level 0: what needs no Secret at all, or no longer. Judged by types, uses and names of
//! keys; no value is read.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::{Settings, ss075_unused_secret};
use crate::finding::Results;
use crate::inventory::{Inventory, Scope, SecretFacts};
use crate::secret::kind;
use crate::workload::Usage;

/// From which Kubernetes 1.x on pods can have certificates of their own without a gate
/// (KEP-4317).
const POD_CERTIFICATES: u32 = 37;

/// Secrets of one kind that could go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avoidable {
    /// Its name in documents.
    pub id: &'static str,
    /// What they are: a fragment.
    pub what: &'static str,
    /// What there is instead: a sentence.
    pub instead: &'static str,
    /// What has to be there for that and was not seen: a sentence.
    pub unless: Option<String>,
    /// `secret/web in shop`, with the keys that it is about, sorted.
    pub secrets: Vec<String>,
}

/// A kind of Secret that could go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    PodCertificate,
    ImagePull,
    CloudKey(Cloud),
    AccountToken,
    Unused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cloud {
    Aws,
    Google,
    Azure,
}

impl Avoidable {
    /// What of an inventory could go.
    pub fn of(inventory: &Inventory) -> Vec<Self> {
        let mut found: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
        for inventory in inventory.all() {
            for facts in inventory.secrets() {
                for (kind, words) in kinds(inventory, facts) {
                    found.entry(kind).or_default().insert(words);
                }
            }
            let unused = unused(inventory);
            if !unused.is_empty() {
                found.entry(Kind::Unused).or_default().extend(unused);
            }
        }
        let minor = match &inventory.scope {
            Scope::Cluster { minor, .. } => *minor,
            Scope::Files(_) => None,
        };
        found
            .into_iter()
            .map(|(kind, secrets)| Self {
                id: kind.id(),
                what: kind.what(),
                instead: kind.instead(),
                unless: kind.unless(minor),
                secrets: secrets.into_iter().collect(),
            })
            .collect()
    }
}

fn words(facts: &SecretFacts, keys: &[&str]) -> String {
    let secret = format!("secret/{} in {}", facts.name, facts.namespace);
    match keys {
        [] => secret,
        keys => format!("{secret} ({})", keys.join(", ")),
    }
}

/// Which kinds a Secret is of, and how it is told.
fn kinds(inventory: &Inventory, facts: &SecretFacts) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    let uses: Vec<_> = inventory
        .uses_of(&facts.namespace, &facts.name)
        .filter(|used| !used.dormant)
        .map(|used| &used.reference.usage)
        .collect();
    match facts.type_.as_str() {
        kind::TLS if is_inside(&uses) => found.push((Kind::PodCertificate, words(facts, &[]))),
        kind::DOCKER_CONFIG_JSON | kind::DOCKER_CONFIG if pulls(&uses) => {
            found.push((Kind::ImagePull, words(facts, &[])));
        }
        kind::SERVICE_ACCOUNT_TOKEN => found.push((Kind::AccountToken, words(facts, &[]))),
        _ => {}
    }
    let mut keys: BTreeMap<Cloud, Vec<&str>> = BTreeMap::new();
    for key in facts.keys.possible() {
        if let Some(cloud) = cloud(key) {
            keys.entry(cloud).or_default().push(key);
        }
    }
    let clouds = keys
        .into_iter()
        .map(|(cloud, keys)| (Kind::CloudKey(cloud), words(facts, &keys)));
    found.extend(clouds);
    found
}

/// Whether pods have a certificate, and nothing that serves the outside does.
fn is_inside(uses: &[&Usage]) -> bool {
    let by_pods = |usage: &&&Usage| {
        matches!(
            usage,
            Usage::Volume { .. } | Usage::Projected { .. } | Usage::Variable { .. }
        )
    };
    !uses.is_empty() && uses.iter().filter(by_pods).count() == uses.len()
}

fn pulls(uses: &[&Usage]) -> bool {
    uses.iter()
        .any(|usage| matches!(usage, Usage::ImagePull | Usage::ServiceAccountPull))
}

/// The provider whose key this is by its name: the names that its programs read from the
/// environment or from files.
fn cloud(key: &str) -> Option<Cloud> {
    const AWS: [&str; 3] = [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
    ];
    const GOOGLE: [&str; 7] = [
        "google_application_credentials",
        "google_credentials",
        "gcp_credentials",
        "gcp_service_account",
        "gcp_service_account_key",
        "gcp_key",
        "service_account_json",
    ];
    const AZURE: [&str; 4] = [
        "azure_client_secret",
        "azure_client_certificate",
        "arm_client_secret",
        "azure_storage_key",
    ];
    let name = key.to_ascii_lowercase().replace(['-', '.'], "_");
    let bare = name.strip_suffix("_json").unwrap_or(&name);
    let is_one = |known: &[&str]| known.contains(&name.as_str()) || known.contains(&bare);
    match () {
        () if is_one(&AWS) => Some(Cloud::Aws),
        () if is_one(&GOOGLE) => Some(Cloud::Google),
        () if is_one(&AZURE) => Some(Cloud::Azure),
        () => None,
    }
}

/// What rule SS075 finds.
fn unused(inventory: &Inventory) -> Vec<String> {
    let mut results = Results::default();
    ss075_unused_secret::check(inventory, &Settings::default(), &mut results);
    let found = results.findings.into_iter();
    found
        .map(|finding| {
            let subject = format!(
                "secret/{} in {}",
                finding.subject.name, finding.subject.namespace
            );
            match finding.parts.as_slice() {
                [] => subject,
                keys => format!("{subject} ({})", keys.join(", ")),
            }
        })
        .collect()
}

impl Kind {
    fn id(self) -> &'static str {
        match self {
            Self::PodCertificate => "podCertificate",
            Self::ImagePull => "imagePull",
            Self::CloudKey(Cloud::Aws) => "awsKey",
            Self::CloudKey(Cloud::Google) => "googleKey",
            Self::CloudKey(Cloud::Azure) => "azureKey",
            Self::AccountToken => "serviceAccountToken",
            Self::Unused => "unused",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::PodCertificate => "certificates that nothing but pods was seen to use",
            Self::ImagePull => "credentials to pull images",
            Self::CloudKey(Cloud::Aws) => "keys of AWS, by the names of the keys",
            Self::CloudKey(Cloud::Google) => "keys of Google Cloud, by the names of the keys",
            Self::CloudKey(Cloud::Azure) => "credentials of Azure, by the names of the keys",
            Self::AccountToken => "tokens of ServiceAccounts that never expire",
            Self::Unused => "what nothing refers to",
        }
    }

    fn instead(self) -> &'static str {
        match self {
            Self::PodCertificate => {
                "A podCertificate volume gives each pod a key and a certificate of its own, which kubelet renews."
            }
            Self::ImagePull => {
                "kubelet can pull images with the token of the pod's ServiceAccount, through a credential provider of the registry."
            }
            Self::CloudKey(Cloud::Aws) => {
                "EKS Pod Identity, or a role for the ServiceAccount (IRSA), gives pods keys that expire."
            }
            Self::CloudKey(Cloud::Google) => {
                "Workload Identity Federation for GKE, or of another cluster, gives pods tokens that expire."
            }
            Self::CloudKey(Cloud::Azure) => {
                "Microsoft Entra Workload ID gives pods tokens that expire."
            }
            Self::AccountToken => {
                "A projected volume, or kubectl create token, gives tokens that expire."
            }
            Self::Unused => {
                "Remove it, after you have made sure that no app, operator or person reads it through the API."
            }
        }
    }

    fn unless(self, minor: Option<u32>) -> Option<String> {
        match self {
            Self::PodCertificate => {
                let version = match minor {
                    Some(minor) if minor >= POD_CERTIFICATES => String::new(),
                    Some(minor) => format!(
                        "It needs Kubernetes 1.{POD_CERTIFICATES}, and this is 1.{minor}. "
                    ),
                    None => format!(
                        "It needs Kubernetes 1.{POD_CERTIFICATES}, and the version was not seen. "
                    ),
                };
                Some(format!(
                    "{version}A signer for such certificates has to be installed, which was not looked for. A certificate that clients outside the cluster see has to stay, and that cannot be seen."
                ))
            }
            Self::ImagePull => Some(
                "The provider is configured on the nodes, from Kubernetes 1.34 on, and cannot be seen through the API."
                    .to_owned(),
            ),
            Self::CloudKey(_) => Some(
                "Where the pods of these clusters run, and what the keys are for, is not known."
                    .to_owned(),
            ),
            Self::AccountToken | Self::Unused => None,
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn keys_of_clouds_are_told_by_their_names() {
        for (key, expected) in [
            ("AWS_SECRET_ACCESS_KEY", Some(Cloud::Aws)),
            ("aws-access-key-id", Some(Cloud::Aws)),
            ("gcp-key.json", Some(Cloud::Google)),
            ("service-account.json", Some(Cloud::Google)),
            ("GOOGLE_APPLICATION_CREDENTIALS", Some(Cloud::Google)),
            ("AZURE_CLIENT_SECRET", Some(Cloud::Azure)),
            ("password", None),
            ("aws", None),
            ("access-key", None),
            ("secret-access-key-of-aws", None),
            ("client-secret", None),
        ] {
            assert_eq!(cloud(key), expected, "{key}");
        }
    }

    #[test]
    fn a_certificate_that_serves_the_outside_is_none_of_pods_alone() {
        let volume = Usage::Volume {
            volume: "v".to_owned(),
        };
        assert!(is_inside(&[&volume]));
        assert!(!is_inside(&[]));
        assert!(!is_inside(&[&volume, &Usage::IngressTls]));
        assert!(!is_inside(&[&Usage::Gateway]));
    }
}
