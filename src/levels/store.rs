//! SecretStores and ClusterSecretStores of External Secrets Operator
//! (external-secrets/external-secrets 0.20.4, `apis/externalsecrets/v1/secretstore_types.go`,
//! `pkg/controllers/secretstore/client_manager.go`, `pkg/esutils`).

use std::collections::BTreeMap;

use regex::RegexBuilder;

use crate::manifest::{Node, path};
use crate::workload::read::At;
use crate::workload::selector::Selector;
use crate::workload::{Located, Object};

/// Which of the two kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoreKind {
    /// `SecretStore`: for its own namespace.
    Namespaced,
    /// `ClusterSecretStore`.
    ClusterWide,
}

impl StoreKind {
    pub fn parse(kind: &str) -> Option<Self> {
        match kind {
            "SecretStore" => Some(Self::Namespaced),
            "ClusterSecretStore" => Some(Self::ClusterWide),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Namespaced => "SecretStore",
            Self::ClusterWide => "ClusterSecretStore",
        }
    }

    /// The resource's name.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Namespaced => "secretstores",
            Self::ClusterWide => "clustersecretstores",
        }
    }
}

/// What a store can do, as its controller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capabilities {
    ReadOnly,
    WriteOnly,
    ReadWrite,
}

impl Capabilities {
    /// `None` where the controller has not said it.
    pub fn of(store: &Object) -> Option<Self> {
        match store.root.at(&["status", "capabilities"])?.as_str()? {
            "ReadOnly" => Some(Self::ReadOnly),
            "WriteOnly" => Some(Self::WriteOnly),
            "ReadWrite" => Some(Self::ReadWrite),
            _ => None,
        }
    }
}

/// The field that names the provider, and what it holds.
pub fn provider(store: &Object) -> Option<(&str, &Node)> {
    let provider = store.root.at(&["spec", "provider"])?;
    let entry = provider.entries().first()?;
    Some((entry.key.scalar_text()?, &entry.value))
}

/// A Secret or ServiceAccount that a ClusterSecretStore names without its namespace.
#[derive(Clone, Debug)]
pub struct BareName {
    /// Its name.
    pub name: Located<String>,
    /// The field that names it: `tokenSecretRef`.
    pub field: String,
    pub meaning: BareMeaning,
}

/// What a ClusterSecretStore without a namespace means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BareMeaning {
    /// The operator refuses it.
    Refused,
    /// The namespace of each ExternalSecret that uses the store ("referent" authentication).
    OfEachUser,
}

/// Providers whose Secrets need a namespace in a ClusterSecretStore (`ValidateSecretSelector`;
/// webhook: `getStoreSecret`).
const STRICT: &[&str] = &[
    "akeyless",
    "alibaba",
    "chef",
    "doppler",
    "gitlab",
    "ibm",
    "keepersecurity",
    "kubernetes",
    "onboardbase",
    "onepassword",
    "onepasswordSDK",
    "oracle",
    "webhook",
];

/// The names without namespace of a ClusterSecretStore; none of any other object.
pub fn bare_names(store: &Object) -> Vec<BareName> {
    let mut found = Vec::new();
    if StoreKind::parse(&store.id.kind) != Some(StoreKind::ClusterWide) {
        return found;
    }
    let Some((provider, _)) = provider(store) else {
        return found;
    };
    let root = At::new(&store.root, String::new());
    let at = root
        .get("spec")
        .and_then(|spec| spec.get("provider"))
        .and_then(|at| at.get(provider));
    if let Some(at) = at {
        search(provider, &at, &mut found);
    }
    found
}

fn search(provider: &str, at: &At<'_>, found: &mut Vec<BareName>) {
    for entry in at.node.entries() {
        if let Some(key) = entry.key.scalar_text()
            && !entry.value.is_null()
        {
            let child = At::new(&entry.value, path::child(&at.path, key));
            found.extend(bare_name(provider, key, &child));
            search(provider, &child, found);
        }
    }
    for (index, item) in at.node.items().iter().enumerate() {
        search(provider, &At::new(item, path::item(&at.path, index)), found);
    }
}

fn bare_name(provider: &str, field: &str, at: &At<'_>) -> Option<BareName> {
    let name = at.text("name").filter(|name| !name.value.is_empty())?;
    let says = at
        .node
        .text_of("namespace")
        .is_some_and(|namespace| !namespace.is_empty());
    let is_account =
        field == "serviceAccountRef" || (provider, field) == ("kubernetes", "serviceAccount");
    let is_authority = field == "caProvider" && at.node.text_of("type").is_some();
    let is_secret = at.node.text_of("key").is_some() || field.ends_with("ecretRef");
    if says || !(is_account || is_authority || is_secret) {
        return None;
    }
    // FetchCACertFromSource: "missing namespace on caProvider secret".
    let refused = is_authority || (!is_account && STRICT.contains(&provider));
    Some(BareName {
        name,
        field: field.to_owned(),
        meaning: match refused {
            true => BareMeaning::Refused,
            false => BareMeaning::OfEachUser,
        },
    })
}

/// Whether a store serves a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admits {
    Yes,
    No,
    /// Labels of the namespace decide, or an expression that cannot be read here.
    Unknown,
}

/// Every namespace has this label (kubernetes/kubernetes NamespaceDefaultLabelName).
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Whether the `conditions` of a ClusterSecretStore admit a namespace: one of them is enough, and
/// without any all are served (`shouldProcessSecret`). `labels` are those of the namespace, where
/// they are known.
pub fn admits(
    store: &Object,
    namespace: &str,
    labels: Option<&BTreeMap<String, String>>,
) -> Admits {
    let conditions = store
        .root
        .at(&["spec", "conditions"])
        .map_or(&[][..], Node::items);
    if conditions.is_empty() || StoreKind::parse(&store.id.kind) != Some(StoreKind::ClusterWide) {
        return Admits::Yes;
    }
    let answers: Vec<_> = conditions
        .iter()
        .flat_map(|condition| answers(condition, namespace, labels))
        .collect();
    match () {
        () if answers.contains(&Admits::Yes) => Admits::Yes,
        () if answers.contains(&Admits::Unknown) => Admits::Unknown,
        () => Admits::No,
    }
}

/// What each part of a condition says of a namespace.
fn answers(
    condition: &Node,
    namespace: &str,
    labels: Option<&BTreeMap<String, String>>,
) -> Vec<Admits> {
    let of = |fits: bool| match fits {
        true => Admits::Yes,
        false => Admits::No,
    };
    let texts = |field: &str| condition.get(field).map_or(&[][..], Node::items);
    let names = texts("namespaces")
        .iter()
        .filter_map(Node::scalar_text)
        .map(|name| of(name == namespace));
    let expressions = texts("namespaceRegexes")
        .iter()
        .filter_map(Node::scalar_text)
        .map(|expression| {
            // Anybody may have written it.
            RegexBuilder::new(expression)
                .size_limit(1 << 20)
                .build()
                .map_or(Admits::Unknown, |found| of(found.is_match(namespace)))
        });
    let selector = condition
        .get("namespaceSelector")
        .filter(|selector| !selector.is_null())
        .map(|selector| selected(selector, namespace, labels));
    names.chain(expressions).chain(selector).collect()
}

fn selected(selector: &Node, namespace: &str, labels: Option<&BTreeMap<String, String>>) -> Admits {
    let Some(selector) = Selector::of_object(selector) else {
        return Admits::Unknown;
    };
    let mut known = labels.cloned().unwrap_or_default();
    known.insert(NAME_LABEL.to_owned(), namespace.to_owned());
    if labels.is_none() && selector.keys().any(|key| key != NAME_LABEL) {
        return Admits::Unknown;
    }
    match selector.fits(&known) {
        true => Admits::Yes,
        false => Admits::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::Place;

    fn store(kind: &str, spec: &str) -> Object {
        let text = format!(
            "apiVersion: external-secrets.io/v1\nkind: {kind}\nmetadata: {{name: s}}\nspec: {spec}\n"
        );
        let root = parse(&SourceText::new("t", text)).documents.remove(0).root;
        Object::new(root, Place::live(), "n").unwrap()
    }

    fn bare(kind: &str, provider: &str) -> Vec<String> {
        let store = store(kind, &format!("{{provider: {provider}}}"));
        bare_names(&store)
            .into_iter()
            .map(|bare| format!("{} {} {:?}", bare.field, bare.name.value, bare.meaning))
            .collect()
    }

    #[test]
    fn names_without_namespace_are_found_and_what_they_mean() {
        let aws = "{aws: {auth: {secretRef: {accessKeyIDSecretRef: {name: a, key: k}, \
                   secretAccessKeySecretRef: {name: a, key: k, namespace: eso}}, \
                   jwt: {serviceAccountRef: {name: sa}}}}}";
        assert_eq!(
            bare("ClusterSecretStore", aws),
            [
                "accessKeyIDSecretRef a OfEachUser",
                "serviceAccountRef sa OfEachUser"
            ]
        );
        assert_eq!(bare("SecretStore", aws), [""; 0]);
        for (provider, expected) in [
            (
                "{doppler: {auth: {secretRef: {dopplerToken: {name: d, key: k}}}}}",
                "dopplerToken d Refused",
            ),
            (
                "{kubernetes: {auth: {serviceAccount: {name: sa}}}}",
                "serviceAccount sa OfEachUser",
            ),
            (
                "{kubernetes: {auth: {token: {bearerToken: {name: t, key: k}}}}}",
                "bearerToken t Refused",
            ),
            (
                "{vault: {caProvider: {type: ConfigMap, name: ca, key: k}}}",
                "caProvider ca Refused",
            ),
            (
                "{webhook: {secrets: [{name: auth, secretRef: {name: w, key: k}}]}}",
                "secretRef w Refused",
            ),
        ] {
            assert_eq!(
                bare("ClusterSecretStore", provider),
                [expected],
                "{provider}"
            );
        }
        for nothing in [
            "7",
            "[]",
            "{vault: [7]}",
            "{vault: {auth: {tokenSecretRef: {name: [a]}}}}",
            "{fake: {data: [{key: a, value: b}]}}",
        ] {
            assert_eq!(bare("ClusterSecretStore", nothing), [""; 0], "{nothing}");
        }
    }

    #[test]
    fn conditions_are_alternatives() {
        let labels = BTreeMap::from([("team".to_owned(), "a".to_owned())]);
        for (conditions, labels, expected) in [
            ("[]", None, Admits::Yes),
            ("[{namespaces: [prod]}]", None, Admits::Yes),
            ("[{namespaces: [dev]}]", None, Admits::No),
            (
                "[{namespaces: [dev]}, {namespaceRegexes: ['^pr']}]",
                None,
                Admits::Yes,
            ),
            ("[{namespaceRegexes: ['(']}]", None, Admits::Unknown),
            ("[{}]", None, Admits::No),
            ("[{namespaceSelector: {}}]", None, Admits::Yes),
            (
                "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}}]",
                None,
                Admits::Yes,
            ),
            (
                "[{namespaceSelector: {matchLabels: {team: a}}}]",
                None,
                Admits::Unknown,
            ),
            (
                "[{namespaceSelector: {matchLabels: {team: a}}}]",
                Some(&labels),
                Admits::Yes,
            ),
            (
                "[{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [a]}]}}]",
                Some(&labels),
                Admits::No,
            ),
            (
                "[{namespaceSelector: {matchExpressions: [{key: team, operator: Odd}]}}]",
                Some(&labels),
                Admits::Unknown,
            ),
            ("[7, [], {namespaces: {a: b}}]", None, Admits::No),
        ] {
            let store = store(
                "ClusterSecretStore",
                &format!("{{conditions: {conditions}}}"),
            );
            assert_eq!(admits(&store, "prod", labels), expected, "{conditions}");
        }
    }
}
