//! Stores: their kinds, providers, what a provider takes for a name, and skeletons.

use serde_json::{Value, json};

use crate::manifest::Node;

use super::API_VERSION;
use super::object::{Ready, ready};
use super::path::RemoteRef;

pub use crate::levels::store::StoreKind;

/// Which store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreRef {
    pub kind: StoreKind,
    pub name: String,
}

impl StoreRef {
    /// `secretstore/vault`.
    pub fn short(&self) -> String {
        format!("{}/{}", self.kind.name().to_lowercase(), self.name)
    }
}

/// Where values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Provider {
    /// HashiCorp Vault or OpenBao, a KV engine
    Vault,
    /// AWS Secrets Manager
    Aws,
    /// Google Cloud Secret Manager
    Gcp,
    /// Azure Key Vault
    Azure,
    /// 1Password
    #[value(name = "1password", alias = "onepassword")]
    OnePassword,
    /// Secrets of another namespace or cluster
    Kubernetes,
}

impl Provider {
    /// By the field of `spec.provider` that a store has; `None` for one that is not known
    /// here (external-secrets/external-secrets `apis/externalsecrets/v1/secretstore_types.go`).
    pub fn of_field(field: &str) -> Option<Self> {
        Some(match field {
            "vault" => Self::Vault,
            "aws" => Self::Aws,
            "gcpsm" => Self::Gcp,
            "azurekv" => Self::Azure,
            "onepassword" | "onepasswordSDK" => Self::OnePassword,
            "kubernetes" => Self::Kubernetes,
            _ => return None,
        })
    }

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::Aws => "aws",
            Self::Gcp => "gcp",
            Self::Azure => "azure",
            Self::OnePassword => "1password",
            Self::Kubernetes => "kubernetes",
        }
    }

    /// Why this provider cannot have something at a place, as a fragment; `None` where it
    /// can.
    pub fn refuses(self, place: &RemoteRef) -> Option<&'static str> {
        let path = place.path.as_str();
        let all = |length: usize, fits: fn(char) -> bool| {
            (1..=length).contains(&path.chars().count()) && path.chars().all(fits)
        };
        let word = |letter: char| letter.is_ascii_alphanumeric();
        let (is_taken, why) = match self {
            // A read without a property gives all fields, as JSON.
            Self::Vault => (
                place.property.is_some() && !path.contains([' ', '%', '?', '*', '+']),
                "Vault keeps fields below a path: write PATH#PROPERTY, without blanks and wildcards",
            ),
            // AWS Secrets Manager, CreateSecret, Name.
            Self::Aws => (
                all(512, |letter| {
                    letter.is_ascii_alphanumeric() || "/_+=.@-".contains(letter)
                }),
                "AWS takes letters, digits and /_+=.@- in at most 512 characters",
            ),
            // Google Cloud, projects.secrets, secretId.
            Self::Gcp => (
                all(255, |letter| {
                    letter.is_ascii_alphanumeric() || "_-".contains(letter)
                }),
                "Google Cloud takes letters, digits, _ and - in at most 255 characters, and no slash",
            ),
            // Azure Key Vault, object names.
            Self::Azure => (
                all(127, |letter| {
                    letter.is_ascii_alphanumeric() || letter == '-'
                }),
                "Azure takes letters, digits and - in at most 127 characters, and no slash or dot",
            ),
            // The 1Password SDK takes ITEM/FIELD, Connect the item and a property.
            Self::OnePassword => (
                place.property.is_some() || path.matches('/').count() == 1,
                "1Password keeps fields of items: write ITEM/FIELD for the SDK provider, or ITEM#FIELD for Connect",
            ),
            Self::Kubernetes => (
                place.property.is_some()
                    && all(253, |letter| {
                        letter.is_ascii_lowercase()
                            || letter.is_ascii_digit()
                            || ".-".contains(letter)
                    })
                    && path.starts_with(word)
                    && path.ends_with(word),
                "a Secret has keys: write SECRET#KEY, where SECRET is the name of one",
            ),
        };
        (!is_taken).then_some(why)
    }
}

/// A store of a cluster.
#[derive(Clone, Debug)]
pub struct Store {
    pub reference: StoreRef,
    /// `None` for one of the cluster.
    pub namespace: Option<String>,
    /// `None` where its controller has not looked at it.
    pub ready: Option<Ready>,
    /// `None` for one that is not known here.
    pub provider: Option<Provider>,
    /// The engine's mount, the key vault or the vault.
    pub vault: Option<String>,
    /// Where in the service of the provider its entries are.
    pub site: Site,
}

/// Where in the service of a provider a store reads, as far as it says that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// AWS: what is put before each path.
    pub prefix: Option<String>,
    pub region: Option<String>,
    /// Google Cloud.
    pub project: Option<String>,
    /// Vault Enterprise.
    pub namespace: Option<String>,
    /// Why no command here loads what it reads, as a fragment.
    pub unlike: Option<&'static str>,
}

impl Site {
    /// Reads the provider of a store (external-secrets/external-secrets
    /// `apis/externalsecrets/v1/secretstore_{vault,aws,gcpsm}_types.go`).
    fn read(provider: &str, body: &Node) -> Self {
        let text = |field: &str| {
            let found = body.text_of(field).filter(|text| !text.is_empty());
            found
                .filter(|text| !text.starts_with('-'))
                .map(str::to_owned)
        };
        let mut site = Self::default();
        match provider {
            "vault" => {
                site.namespace = text("namespace");
                if text("version").as_deref() == Some("v1") {
                    site.unlike = Some(
                        "it reads a KV engine of version 1, where every write replaces the whole entry",
                    );
                }
            }
            "aws" => {
                site.region = text("region");
                site.prefix = text("prefix");
                if text("service").as_deref() == Some("ParameterStore") {
                    site.unlike = Some(
                        "it reads the Parameter Store, and the commands are for Secrets Manager",
                    );
                }
            }
            "gcpsm" => {
                site.project = text("projectID");
                if text("location").is_some() {
                    site.unlike =
                        Some("it reads secrets of one region, and the commands make global ones");
                }
            }
            _ => {}
        }
        site
    }
}

impl Store {
    /// Reads one of this kind; `None` for what has no name.
    pub fn read(kind: StoreKind, root: &Node) -> Option<Self> {
        let metadata = root.get("metadata")?;
        let namespace = metadata.text_of("namespace").map(str::to_owned);
        let provider = root.at(&["spec", "provider"]);
        let field = provider.and_then(|provider| provider.entries().first());
        let name = field.and_then(|field| field.key.scalar_text());
        let body = field.map(|field| &field.value);
        Some(Self {
            reference: StoreRef {
                kind,
                name: metadata.text_of("name")?.to_owned(),
            },
            namespace: namespace.filter(|_| kind == StoreKind::Namespaced),
            ready: ready(root),
            provider: name.and_then(Provider::of_field),
            site: name
                .zip(body)
                .map(|(name, body)| Site::read(name, body))
                .unwrap_or_default(),
            vault: name
                .zip(body)
                .and_then(|(name, body)| vault(name, body))
                .filter(|vault| !vault.is_empty() && !vault.starts_with('-')),
        })
    }

    /// `secretstore/vault in prod`.
    pub fn words(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} in {namespace}", self.reference.short()),
            None => self.reference.short(),
        }
    }

    /// Why nothing can be read from it now, as a fragment: a store that is not ready is not
    /// asked (`pkg/controllers/secretstore/client_manager.go`, `assertStoreIsUsable`).
    pub fn unusable(&self) -> Option<String> {
        match &self.ready {
            Some(ready) if ready.is_true => None,
            Some(ready) => Some(format!(
                "it is not ready: {}",
                super::sync::said(&ready.reason, &ready.message)
            )),
            None => Some("its controller has not looked at it".to_owned()),
        }
    }
}

/// Where in the store's service the values are.
fn vault(provider: &str, body: &Node) -> Option<String> {
    let text = |field: &str| body.text_of(field).map(str::to_owned);
    match provider {
        "vault" => text("path"),
        "onepasswordSDK" => text("vault"),
        "onepassword" => match body.get("vaults").map(Node::entries) {
            Some([only]) => only.key.scalar_text().map(str::to_owned),
            _ => None,
        },
        "azurekv" => {
            let url = body.text_of("vaultUrl")?;
            let host = url.strip_prefix("https://")?.split('/').next()?;
            host.split('.').next().map(str::to_owned)
        }
        _ => None,
    }
}

/// A store that is to be filled in: it has no value of a Secret, and no credential where
/// the provider can do without.
pub struct Skeleton {
    pub object: Value,
    /// What is only an example, as paths of fields.
    pub examples: &'static [&'static str],
}

/// Where the operator runs, by its documentation.
const OPERATOR_NAMESPACE: &str = "external-secrets";

/// The skeleton of a store. References of a ClusterSecretStore name their namespace, for
/// it has none of its own.
pub fn skeleton(
    provider: Provider,
    kind: StoreKind,
    name: &str,
    namespace: Option<&str>,
) -> Skeleton {
    let referred = |mut reference: Value| {
        if kind == StoreKind::ClusterWide {
            reference["namespace"] = json!(OPERATOR_NAMESPACE);
        }
        reference
    };
    let account = || referred(json!({"name": "external-secrets"}));
    let (field, body, examples): (_, _, &[&str]) = match provider {
        Provider::Vault => (
            "vault",
            json!({
                "server": "https://vault.example.com:8200",
                "path": "secret",
                "version": "v2",
                "auth": {"kubernetes": {
                    "mountPath": "kubernetes",
                    "role": "external-secrets",
                    "serviceAccountRef": account(),
                }},
            }),
            &["server", "path", "auth.kubernetes"],
        ),
        Provider::Aws => (
            "aws",
            json!({
                "service": "SecretsManager",
                "region": "eu-central-1",
                "auth": {"jwt": {"serviceAccountRef": account()}},
            }),
            &["region", "auth.jwt.serviceAccountRef"],
        ),
        Provider::Gcp => (
            "gcpsm",
            json!({
                "projectID": "my-project",
                "auth": {"workloadIdentity": {
                    "clusterLocation": "europe-west1",
                    "clusterName": "my-cluster",
                    "serviceAccountRef": account(),
                }},
            }),
            &["projectID", "auth.workloadIdentity"],
        ),
        Provider::Azure => (
            "azurekv",
            json!({
                "authType": "WorkloadIdentity",
                "vaultUrl": "https://my-vault.vault.azure.net",
                "serviceAccountRef": account(),
            }),
            &["vaultUrl", "serviceAccountRef"],
        ),
        Provider::OnePassword => (
            "onepasswordSDK",
            json!({
                "vault": "my-vault",
                "auth": {"serviceAccountSecretRef": referred(
                    json!({"name": "onepassword-token", "key": "token"}),
                )},
            }),
            &["vault", "auth.serviceAccountSecretRef"],
        ),
        Provider::Kubernetes => (
            "kubernetes",
            json!({
                "remoteNamespace": "secrets",
                "server": {"caProvider": referred(json!({
                    "type": "ConfigMap", "name": "kube-root-ca.crt", "key": "ca.crt",
                }))},
                "auth": {"serviceAccount": account()},
            }),
            &["remoteNamespace", "auth.serviceAccount"],
        ),
    };
    let mut metadata = json!({"name": name});
    if let (StoreKind::Namespaced, Some(namespace)) = (kind, namespace) {
        metadata["namespace"] = json!(namespace);
    }
    let mut body_of = serde_json::Map::new();
    body_of.insert(field.to_owned(), body);
    Skeleton {
        object: json!({
            "apiVersion": API_VERSION,
            "kind": kind.name(),
            "metadata": metadata,
            "spec": {"provider": body_of},
        }),
        examples,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    fn place(path: &str, property: Option<&str>) -> RemoteRef {
        RemoteRef {
            path: path.to_owned(),
            property: property.map(str::to_owned),
        }
    }

    #[test]
    fn providers_take_the_names_that_they_document() {
        for (provider, path, property, taken) in [
            (Provider::Vault, "prod/db", Some("password"), true),
            (Provider::Vault, "prod/db", None, false),
            (Provider::Vault, "prod/my db", Some("p"), false),
            (Provider::Aws, "/prod/db_+=.@-", None, true),
            (Provider::Aws, "prod/db", Some("password"), true),
            (Provider::Aws, "prod db", None, false),
            (Provider::Gcp, "prod_db-password", None, true),
            (Provider::Gcp, "prod/db", None, false),
            (Provider::Gcp, "tls.crt", None, false),
            (Provider::Azure, "prod-db-password", None, true),
            (Provider::Azure, "prod_db", None, false),
            (Provider::OnePassword, "db/password", None, true),
            (Provider::OnePassword, "db", None, false),
            (Provider::OnePassword, "prod/db/password", None, false),
            (Provider::OnePassword, "prod db", Some("password"), true),
            (Provider::Kubernetes, "db", Some("password"), true),
            (Provider::Kubernetes, "db/x", Some("password"), false),
            (Provider::Kubernetes, "db", None, false),
        ] {
            let refused = provider.refuses(&place(path, property));
            assert_eq!(refused.is_none(), taken, "{provider:?} {path}");
        }
    }

    #[test]
    fn a_store_tells_its_provider_and_whether_it_is_ready() {
        let read = |body: &str| {
            let Ok(node) = crate::manifest::parse_json(body) else {
                panic!("not JSON: {body}");
            };
            Store::read(StoreKind::Namespaced, &node)
        };
        let store = read(
            r#"{"metadata":{"name":"v","namespace":"prod"},"spec":{"provider":{"vault":{"path":"kv"}}},
                "status":{"conditions":[{"type":"Ready","status":"True"}]}}"#,
        )
        .unwrap();
        assert_eq!(
            (store.provider, store.vault.as_deref()),
            (Some(Provider::Vault), Some("kv"))
        );
        assert_eq!(store.unusable(), None);
        assert_eq!(store.words(), "secretstore/v in prod");
        let store = read(
            r#"{"metadata":{"name":"v"},"spec":{"provider":{"azurekv":{"vaultUrl":"https://my.vault.azure.net/x"}}},
                "status":{"conditions":[{"type":"Ready","status":"False","reason":"R","message":"M"}]}}"#,
        )
        .unwrap();
        assert_eq!(store.vault.as_deref(), Some("my"));
        assert_eq!(store.unusable().as_deref(), Some("it is not ready: R: M"));
        for body in [
            "{}",
            "1",
            r#"{"metadata":{"name":5}}"#,
            r#"{"metadata":[]}"#,
        ] {
            assert!(read(body).is_none(), "{body}");
        }
        let odd = read(r#"{"metadata":{"name":"v"},"spec":{"provider":{"vault":{"path":"--x"}}}}"#);
        assert_eq!(odd.unwrap().vault, None);
    }

    #[test]
    fn a_store_tells_where_it_reads() {
        let read = |provider: &str| {
            let text =
                format!("{{\"metadata\":{{\"name\":\"s\"}},\"spec\":{{\"provider\":{provider}}}}}");
            let Ok(node) = crate::manifest::parse_json(&text) else {
                panic!("not JSON: {text}");
            };
            Store::read(StoreKind::Namespaced, &node).unwrap().site
        };
        let aws =
            read(r#"{"aws":{"service":"SecretsManager","region":"eu-west-1","prefix":"/x/"}}"#);
        assert_eq!(
            (aws.region.as_deref(), aws.prefix.as_deref()),
            (Some("eu-west-1"), Some("/x/"))
        );
        assert_eq!(aws.unlike, None);
        assert!(
            read(r#"{"aws":{"service":"ParameterStore"}}"#)
                .unlike
                .is_some()
        );
        assert!(read(r#"{"vault":{"version":"v1"}}"#).unlike.is_some());
        let vault = read(r#"{"vault":{"version":"v2","namespace":"team"}}"#);
        assert_eq!(
            (vault.namespace.as_deref(), vault.unlike),
            (Some("team"), None)
        );
        let gcp = read(r#"{"gcpsm":{"projectID":"p"}}"#);
        assert_eq!((gcp.project.as_deref(), gcp.unlike), (Some("p"), None));
        assert!(
            read(r#"{"gcpsm":{"projectID":"p","location":"europe-west1"}}"#)
                .unlike
                .is_some()
        );
        // None is taken that a program would take for a flag.
        assert_eq!(read(r#"{"aws":{"region":"--x"}}"#), Site::default());
        for odd in ["7", "[]", r#"{"aws":7}"#, r#"{"vault":{"version":[]}}"#] {
            assert_eq!(read(odd), Site::default(), "{odd}");
        }
    }

    /// Every reference of a ClusterSecretStore names a namespace, and none of a SecretStore.
    #[test]
    fn references_of_a_cluster_store_have_a_namespace() {
        fn references(value: &Value, found: &mut Vec<Value>) {
            if let Some(map) = value.as_object() {
                for (name, child) in map {
                    let is_reference = name.ends_with("Ref")
                        || matches!(name.as_str(), "serviceAccount" | "caProvider");
                    if is_reference {
                        found.push(child.clone());
                    }
                    references(child, found);
                }
            }
        }
        for provider in Provider::value_variants() {
            for kind in [StoreKind::Namespaced, StoreKind::ClusterWide] {
                let skeleton = skeleton(*provider, kind, "s", Some("prod"));
                let mut found = Vec::new();
                references(&skeleton.object["spec"], &mut found);
                assert!(!found.is_empty(), "{provider:?}");
                let is_cluster = kind == StoreKind::ClusterWide;
                for reference in found {
                    assert_eq!(
                        reference["namespace"].is_string(),
                        is_cluster,
                        "{reference}"
                    );
                }
                let metadata = &skeleton.object["metadata"];
                assert_eq!(metadata["namespace"].is_string(), !is_cluster);
                let fields: Vec<_> = skeleton.object["spec"]["provider"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .collect();
                assert_eq!(Provider::of_field(fields[0]), Some(*provider));
            }
        }
    }
}
