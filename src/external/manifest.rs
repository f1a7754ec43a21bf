//! The ExternalSecret and the PushSecret of a Secret. Nothing of a value is in them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::API_VERSION;
use super::object::Creation;
use super::path::RemoteRef;
use super::store::StoreRef;

/// What an object is made from.
pub struct Source<'a> {
    /// `None` where it is not known, and whoever applies the object says it.
    pub namespace: Option<&'a str>,
    pub name: &'a str,
    /// `type`.
    pub type_: &'a str,
    pub labels: &'a BTreeMap<String, String>,
    /// Where the value of each key is in the store.
    pub places: &'a BTreeMap<String, RemoteRef>,
}

/// What an ExternalSecret is to do.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    pub store: &'a StoreRef,
    pub creation: Creation,
    /// A duration as Go writes it.
    pub refresh: &'a str,
    /// Keys whose values are in the store as base64.
    pub encoded: &'a [String],
}

/// Labels by which tools know the objects that they apply themselves, or that say how the
/// Secret came about: on one that another controller makes they would be wrong.
const TOOLS: [&str; 10] = [
    "kubectl.kubernetes.io/",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/created-by",
    "argocd.argoproj.io/",
    "helm.sh/",
    "kustomize.toolkit.fluxcd.io/",
    "helm.toolkit.fluxcd.io/",
    "reconcile.external-secrets.io/",
    "sealedsecrets.bitnami.com/",
    "secretsafe.dev/",
];

/// Whether a label or an annotation is one by which a tool knows its objects.
pub fn is_of_tools(name: &str) -> bool {
    TOOLS.iter().any(|tool| name.starts_with(tool))
}

/// The labels of a Secret that one which the operator makes should have, too.
pub fn carried(labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    labels
        .iter()
        // A template would be carried out.
        .filter(|(name, text)| !is_of_tools(name) && !text.contains("{{"))
        .map(|(name, text)| (name.clone(), text.clone()))
        .collect()
}

/// The ExternalSecret that makes a Secret. It always has a template: without one the
/// operator copies the labels and annotations of the ExternalSecret to the Secret
/// (external-secrets/external-secrets
/// `pkg/controllers/externalsecret/externalsecret_controller_template.go`).
pub fn external_secret(source: &Source<'_>, wish: &Wish<'_>) -> Value {
    let mut template = json!({"type": source.type_});
    if !source.labels.is_empty() {
        template["metadata"] = json!({"labels": source.labels});
    }
    let data: Vec<Value> = source
        .places
        .iter()
        .map(|(key, place)| {
            let mut remote = json!({"key": place.path});
            if let Some(property) = &place.property {
                remote["property"] = json!(property);
            }
            if wish.encoded.contains(key) {
                remote["decodingStrategy"] = json!("Base64");
            }
            json!({"secretKey": key, "remoteRef": remote})
        })
        .collect();
    json!({
        "apiVersion": API_VERSION,
        "kind": "ExternalSecret",
        "metadata": metadata(source),
        "spec": {
            "refreshInterval": wish.refresh,
            "secretStoreRef": reference(wish.store),
            "target": {
                "name": source.name,
                "creationPolicy": wish.creation.name(),
                // The Secret stays when the store is empty or cannot be read.
                "deletionPolicy": "Retain",
                "template": template,
            },
            "data": data,
        },
    })
}

/// The PushSecret that writes the values of a Secret into a store, once
/// (external-secrets/external-secrets `apis/externalsecrets/v1alpha1/pushsecret_types.go`;
/// an interval of 0 pushes once, `pkg/controllers/pushsecret/pushsecret_controller.go`).
pub fn push_secret(source: &Source<'_>, store: &StoreRef) -> Value {
    // Whether something exists is asked of the entry, not of its property: of several
    // properties only the first would be written.
    let has_properties = source.places.values().any(|place| place.property.is_some());
    let data: Vec<Value> = source
        .places
        .iter()
        .map(|(key, place)| {
            let mut remote = json!({"remoteKey": place.path});
            if let Some(property) = &place.property {
                remote["property"] = json!(property);
            }
            json!({"match": {"secretKey": key, "remoteRef": remote}})
        })
        .collect();
    json!({
        "apiVersion": "external-secrets.io/v1alpha1",
        "kind": "PushSecret",
        "metadata": metadata(source),
        "spec": {
            "refreshInterval": "0s",
            "updatePolicy": match has_properties {
                true => "Replace",
                false => "IfNotExists",
            },
            "deletionPolicy": "None",
            "secretStoreRefs": [reference(store)],
            "selector": {"secret": {"name": source.name}},
            "data": data,
        },
    })
}

fn metadata(source: &Source<'_>) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), json!(source.name));
    if let Some(namespace) = source.namespace {
        metadata.insert("namespace".to_owned(), json!(namespace));
    }
    Value::Object(metadata)
}

fn reference(store: &StoreRef) -> Value {
    json!({"name": store.name, "kind": store.kind.name()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::external::path::PathTemplate;
    use crate::external::store::StoreKind;

    fn made(template: &str, encoded: &[&str]) -> (Value, Value) {
        let template = PathTemplate::parse(template).unwrap();
        let places = template
            .places(Some("prod"), "web", ["tls.crt", "tls.key"])
            .unwrap();
        let labels = [("app", "web"), ("helm.sh/chart", "x"), ("odd", "{{ .a }}")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        let labels = carried(&labels);
        let source = Source {
            namespace: Some("prod"),
            name: "web",
            type_: "kubernetes.io/tls",
            labels: &labels,
            places: &places,
        };
        let store = StoreRef {
            kind: StoreKind::ClusterWide,
            name: "vault".to_owned(),
        };
        let wish = Wish {
            store: &store,
            creation: Creation::Owner,
            refresh: "1h",
            encoded: &encoded
                .iter()
                .map(|key| (*key).to_owned())
                .collect::<Vec<_>>(),
        };
        (
            external_secret(&source, &wish),
            push_secret(&source, &store),
        )
    }

    #[test]
    fn an_external_secret_has_an_entry_for_each_key_and_the_type() {
        let (made, _) = made("{namespace}/{name}#{key}", &["tls.key"]);
        assert_eq!(
            made,
            json!({
                "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
                "metadata": {"name": "web", "namespace": "prod"},
                "spec": {
                    "refreshInterval": "1h",
                    "secretStoreRef": {"name": "vault", "kind": "ClusterSecretStore"},
                    "target": {
                        "name": "web", "creationPolicy": "Owner", "deletionPolicy": "Retain",
                        "template": {"type": "kubernetes.io/tls", "metadata": {"labels": {"app": "web"}}},
                    },
                    "data": [
                        {"secretKey": "tls.crt", "remoteRef": {"key": "prod/web", "property": "tls.crt"}},
                        {"secretKey": "tls.key", "remoteRef":
                            {"key": "prod/web", "property": "tls.key", "decodingStrategy": "Base64"}},
                    ],
                },
            })
        );
    }

    /// With a property, what exists is the entry: a policy that leaves existing ones alone
    /// would write the first key and no other.
    #[test]
    fn a_push_writes_every_key_once_and_deletes_nothing() {
        let (_, push) = made("{namespace}/{name}#{key}", &[]);
        assert_eq!(push["spec"]["updatePolicy"], "Replace");
        let (_, push) = made("{name}-{key}", &[]);
        assert_eq!(push["spec"]["updatePolicy"], "IfNotExists");
        assert_eq!(push["spec"]["deletionPolicy"], "None");
        assert_eq!(push["spec"]["refreshInterval"], "0s");
        assert_eq!(push["spec"]["data"].as_array().unwrap().len(), 2);
    }
}
