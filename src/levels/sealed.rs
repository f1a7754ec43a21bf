//! SealedSecrets, as their controller and kubeseal read them
//! (bitnami/sealed-secrets 0.40, `pkg/apis/sealedsecrets/v1alpha1`).
//!
//! The controller takes the scope from the annotations of the SealedSecret itself
//! (`labelFor(smeta)`), kubeseal from those of `spec.template` (`SealedSecret.Scope`).
//! The Secret always gets the namespace and the name of the SealedSecret
//! (`secret.SetNamespace`, `secret.SetName` at the end of `unseal`); what the template
//! says of them is ignored.

use std::collections::BTreeSet;

use crate::manifest::{Node, path};

/// `apiVersion` of SealedSecrets.
pub const API_VERSION: &str = "bitnami.com/v1alpha1";
/// Their group.
pub const GROUP: &str = "bitnami.com";
pub const KIND: &str = "SealedSecret";

/// `"true"`: sealed for every namespace and name.
pub const CLUSTER_WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";
/// `"true"`: sealed for every name in its namespace.
pub const NAMESPACE_WIDE: &str = "sealedsecrets.bitnami.com/namespace-wide";
/// `"true"` on a Secret: the controller may take it over.
pub const MANAGED: &str = "sealedsecrets.bitnami.com/managed";
/// `"true"` on a Secret: the controller adds to it and removes nothing.
pub const PATCH: &str = "sealedsecrets.bitnami.com/patch";
/// `"true"` in the template: the Secret gets no owner.
pub const SKIP_SET_OWNER_REFERENCES: &str = "sealedsecrets.bitnami.com/skip-set-owner-references";

/// Where a sealed value can be unsealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Only under its namespace and name.
    #[default]
    Strict,
    /// Under any name in its namespace.
    NamespaceWide,
    /// Under any name in any namespace.
    ClusterWide,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Strict, Self::NamespaceWide, Self::ClusterWide];

    /// As kubeseal's `--scope` and our own have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Strict => "strict",
            Scope::NamespaceWide => "namespace-wide",
            Scope::ClusterWide => "cluster-wide",
        }
    }

    /// The scope of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// The annotation that says so; none says strict.
    pub fn annotation(self) -> Option<&'static str> {
        match self {
            Scope::Strict => None,
            Scope::NamespaceWide => Some(NAMESPACE_WIDE),
            Scope::ClusterWide => Some(CLUSTER_WIDE),
        }
    }

    /// What a value is encrypted with besides the key (`EncryptionLabel`): it can only
    /// be decrypted where the same text comes out.
    pub fn label(self, namespace: &str, name: &str) -> String {
        match self {
            Scope::Strict => format!("{namespace}/{name}"),
            Scope::NamespaceWide => namespace.to_owned(),
            Scope::ClusterWide => String::new(),
        }
    }
}

/// Which of the two annotations say `"true"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeAnnotations {
    pub namespace_wide: bool,
    pub cluster_wide: bool,
}

impl ScopeAnnotations {
    /// Those of `metadata`. Only the text `true` counts (`SecretScope` compares texts;
    /// the API server refuses anything else than text).
    pub fn of(metadata: Option<&Node>) -> Self {
        let says = |name: &str| {
            metadata
                .and_then(|metadata| metadata.get("annotations"))
                .and_then(|annotations| annotations.text_of(name))
                == Some("true")
        };
        Self {
            namespace_wide: says(NAMESPACE_WIDE),
            cluster_wide: says(CLUSTER_WIDE),
        }
    }

    /// The scope they say: cluster-wide wins (`SecretScope`).
    pub fn scope(self) -> Scope {
        match self {
            Self {
                cluster_wide: true, ..
            } => Scope::ClusterWide,
            Self {
                namespace_wide: true,
                ..
            } => Scope::NamespaceWide,
            Self { .. } => Scope::Strict,
        }
    }

    /// Whether both are set: then tools that look at one of them only disagree.
    pub fn are_both(self) -> bool {
        self.cluster_wide && self.namespace_wide
    }
}

/// A SealedSecret, in the words of its object. Nothing of it has been checked: it may
/// come from anybody.
pub struct SealedSecret<'n> {
    root: &'n Node,
    /// `metadata.namespace`; `None` where it says none (then the context or a
    /// kustomization decides).
    pub namespace: Option<&'n str>,
    /// `metadata.name`; empty where it has none.
    pub name: &'n str,
    /// `metadata.annotations`: what the controller unseals with.
    pub annotations: ScopeAnnotations,
    /// `spec.template.metadata.annotations`: what kubeseal reads.
    pub template_annotations: ScopeAnnotations,
    /// `spec.template.metadata.namespace`, where it says one.
    pub template_namespace: Option<&'n str>,
    /// `spec.template.metadata.name`, where it says one.
    pub template_name: Option<&'n str>,
    /// `spec.template.type`.
    pub type_: Option<&'n str>,
}

impl<'n> SealedSecret<'n> {
    /// Reads an object, if it is one of `bitnami.com`, in any version.
    pub fn of(root: &'n Node) -> Option<Self> {
        let group = root.text_of("apiVersion")?.split('/').next();
        if group != Some(GROUP) || root.text_of("kind") != Some(KIND) {
            return None;
        }
        let metadata = root.get("metadata");
        let template = root.at(&["spec", "template"]);
        let template_metadata = template.and_then(|template| template.get("metadata"));
        let said = |metadata: Option<&'n Node>, field: &str| {
            metadata
                .and_then(|metadata| metadata.text_of(field))
                .filter(|text| !text.is_empty())
        };
        Some(Self {
            root,
            namespace: said(metadata, "namespace"),
            name: said(metadata, "name").unwrap_or_default(),
            annotations: ScopeAnnotations::of(metadata),
            template_annotations: ScopeAnnotations::of(template_metadata),
            template_namespace: said(template_metadata, "namespace"),
            template_name: said(template_metadata, "name"),
            type_: template.and_then(|template| template.text_of("type")),
        })
    }

    /// Its object.
    pub fn root(&self) -> &'n Node {
        self.root
    }

    /// The scope that the controller unseals with.
    pub fn scope(&self) -> Scope {
        self.annotations.scope()
    }

    /// The scope that kubeseal takes it for.
    pub fn template_scope(&self) -> Scope {
        self.template_annotations.scope()
    }

    /// Where the two disagree, and what comes of it.
    pub fn disagreement(&self) -> Option<Disagreement> {
        let (own, template) = (self.scope(), self.template_scope());
        match () {
            () if self.annotations.are_both() || self.template_annotations.are_both() => {
                Some(Disagreement::BothSet)
            }
            () if own < template => Some(Disagreement::TemplateIsWider { own, template }),
            () if own > template => Some(Disagreement::TemplateIsNarrower { own, template }),
            () => None,
        }
    }

    /// Where the template names another Secret than the one that is made, as far as
    /// the scope forbids it: with a strict scope the namespace and the name, with a
    /// namespace-wide one the namespace. The values were then most likely sealed for
    /// what the template says. A template that says nothing agrees with everything.
    pub fn renamed_from(&self) -> Option<(Option<&'n str>, Option<&'n str>)> {
        let other = |template: Option<&'n str>, own: Option<&str>| {
            template.filter(|template| own.is_some_and(|own| own != *template))
        };
        let namespace = match self.scope() {
            Scope::ClusterWide => None,
            _ => other(self.template_namespace, self.namespace),
        };
        let name = match self.scope() {
            Scope::Strict => other(self.template_name, Some(self.name)),
            _ => None,
        };
        (namespace.is_some() || name.is_some()).then_some((namespace, name))
    }

    /// `spec.encryptedData`: keys and the node of each encrypted value. Of equal keys
    /// the last one is listed, as everybody reads it.
    pub fn encrypted(&self) -> Vec<(&'n str, &'n Node)> {
        let map = self.root.at(&["spec", "encryptedData"]);
        let entries = map.map(Node::by_key).unwrap_or_default();
        entries
            .into_iter()
            .map(|(key, entry)| (key, &entry.value))
            .collect()
    }

    /// What decides where it can be unsealed and is no text, such as an annotation that
    /// is `true` without quotes: the first one's path. The API server refuses such an
    /// object, so it says nothing.
    pub fn not_text(&self) -> Option<String> {
        let is_odd = |node: &Node, fits: fn(&Node) -> bool| !node.is_null() && !fits(node);
        let is_text = |node: &Node| node.as_str().is_some();
        for place in [&["metadata"][..], &["spec", "template", "metadata"]] {
            let at = place.join(".");
            let Some(metadata) = self.root.at(place) else {
                continue;
            };
            if is_odd(metadata, Node::is_mapping) {
                return Some(at);
            }
            for field in ["namespace", "name"] {
                if metadata
                    .get(field)
                    .is_some_and(|node| is_odd(node, is_text))
                {
                    return Some(format!("{at}.{field}"));
                }
            }
            let Some(annotations) = metadata.get("annotations") else {
                continue;
            };
            if is_odd(annotations, Node::is_mapping) {
                return Some(format!("{at}.annotations"));
            }
            for name in [CLUSTER_WIDE, NAMESPACE_WIDE] {
                if annotations
                    .get(name)
                    .is_some_and(|node| is_odd(node, is_text))
                {
                    return Some(path::child(&format!("{at}.annotations"), name));
                }
            }
        }
        None
    }

    /// `spec.template.data`: keys, and whether the key is removed (`null`, since
    /// 0.40) instead of made.
    pub fn template_data(&self) -> Vec<(&'n str, TemplateKey)> {
        self.root
            .at(&["spec", "template", "data"])
            .map_or(&[][..], Node::entries)
            .iter()
            .filter_map(|entry| {
                let made = match entry.value.is_null() {
                    true => TemplateKey::Removed,
                    false => TemplateKey::Made,
                };
                Some((entry.key.scalar_text()?, made))
            })
            .collect()
    }

    /// The keys of the Secret that is made: those of `encryptedData` and of
    /// `template.data`, without those that are `null` there.
    pub fn keys(&self) -> BTreeSet<&'n str> {
        let mut keys: BTreeSet<_> = self.encrypted().into_iter().map(|(key, _)| key).collect();
        for (key, made) in self.template_data() {
            match made {
                TemplateKey::Made => keys.insert(key),
                TemplateKey::Removed => keys.remove(key),
            };
        }
        keys
    }

    /// Whether it has the deprecated `spec.data`, which the controller refuses unless
    /// a flag says otherwise.
    pub fn has_deprecated_data(&self) -> bool {
        self.root
            .at(&["spec", "data"])
            .is_some_and(|data| !data.is_null())
    }

    /// A text annotation of the SealedSecret itself.
    pub fn annotation(&self, name: &str) -> Option<&'n str> {
        self.root
            .at(&["metadata", "annotations"])
            .and_then(|annotations| annotations.text_of(name))
    }
}

/// What `template.data` does with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKey {
    /// The Secret has it.
    Made,
    /// The Secret does not have it, even if it is encrypted.
    Removed,
}

/// How the scope of the SealedSecret and of its template differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Cluster-wide and namespace-wide are both set in one place. The controller takes
    /// cluster-wide.
    BothSet,
    /// kubeseal sealed for the scope of the template, the controller unseals with a
    /// narrower one: unsealing fails.
    TemplateIsWider { own: Scope, template: Scope },
    /// The controller unseals with a wider scope than the template says. That works if
    /// it was sealed so (`kubeseal --raw --scope …` writes no template).
    TemplateIsNarrower { own: Scope, template: Scope },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};

    fn read<R>(text: &str, use_it: impl FnOnce(SealedSecret<'_>) -> R) -> R {
        let source = SourceText::new("test", text.to_owned());
        let parsed = parse(&source);
        let root = &parsed.documents[0].root;
        use_it(SealedSecret::of(root).expect("a SealedSecret"))
    }

    fn object(annotations: &str, template: &str) -> String {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  \
             namespace: shop\n  annotations: {{{annotations}}}\nspec:\n  encryptedData: \
             {{a: AQ==, b: AQ==}}\n  template: {template}\n"
        )
    }

    /// The expectations are those of `SecretScope` and `EncryptionLabel` in
    /// `sealedsecret_expansion.go`.
    #[test]
    fn the_scope_is_the_one_that_the_controller_reads() {
        for (annotations, scope, label) in [
            ("", Scope::Strict, "shop/db"),
            (
                "sealedsecrets.bitnami.com/namespace-wide: 'true'",
                Scope::NamespaceWide,
                "shop",
            ),
            (
                "sealedsecrets.bitnami.com/cluster-wide: 'true'",
                Scope::ClusterWide,
                "",
            ),
            // Only the text counts.
            (
                "sealedsecrets.bitnami.com/cluster-wide: 'True'",
                Scope::Strict,
                "shop/db",
            ),
            (
                "sealedsecrets.bitnami.com/cluster-wide: true",
                Scope::Strict,
                "shop/db",
            ),
            (
                "sealedsecrets.bitnami.com/cluster-wide: 'true', \
                 sealedsecrets.bitnami.com/namespace-wide: 'true'",
                Scope::ClusterWide,
                "",
            ),
        ] {
            read(&object(annotations, "{}"), |sealed| {
                assert_eq!(sealed.scope(), scope, "{annotations}");
                assert_eq!(sealed.scope().label("shop", "db"), label);
            });
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::parse("Strict"), None);
    }

    /// `metav1.ObjectMeta` has texts there; null is none.
    #[test]
    fn what_is_no_text_is_named() {
        const WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";
        let of = |annotations: &str, template: &str| {
            read(&object(annotations, template), |sealed| sealed.not_text())
        };
        for (value, is_text) in [
            ("'true'", true),
            ("yes please", true),
            ("null", true),
            ("", true),
            ("true", false),
            ("1", false),
            ("[true]", false),
            ("{a: b}", false),
        ] {
            let annotation = format!("{WIDE}: {value}");
            let told = of(&annotation, "{}");
            assert_eq!(told.is_none(), is_text, "{value}: {told:?}");
            let template = format!("{{metadata: {{annotations: {{{annotation}}}}}}}");
            let told = of("", &template);
            assert_eq!(told.is_none(), is_text, "{value}: {told:?}");
        }
        assert_eq!(
            of("", "{metadata: {namespace: 7}}").as_deref(),
            Some("spec.template.metadata.namespace")
        );
        for (from, to, field) in [
            ("namespace: shop", "namespace: 7", "metadata.namespace"),
            ("name: db", "name: [db]", "metadata.name"),
            ("annotations: {}", "annotations: []", "metadata.annotations"),
        ] {
            let text = object("", "{}").replace(from, to);
            let told = read(&text, |sealed| sealed.not_text());
            assert_eq!(told.as_deref(), Some(field));
        }
    }

    /// As [`Node::get`] has it, for each of many keys.
    #[test]
    fn twenty_thousand_keys_are_each_looked_at_once() {
        let mut text = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec:\n  encryptedData:\n    <<: {k1: merged, only: merged}\n".to_owned();
        for key in 0..20_000 {
            text += &format!("    k{key}: v{key}\n");
        }
        text += "    k2: last\n    <<: {k3: merged}\n";
        let source = SourceText::new("test", text);
        let parsed = parse(&source);
        let root = &parsed.documents[0].root;
        let sealed = SealedSecret::of(root).expect("a SealedSecret");
        let found = sealed.encrypted();
        assert_eq!(found.len(), 20_001);
        assert!(found.is_sorted_by_key(|(key, _)| *key));
        let map = root.at(&["spec", "encryptedData"]).unwrap();
        for key in ["k1", "k2", "k3", "k19999", "only"] {
            let (_, node) = found.iter().find(|(own, _)| *own == key).unwrap();
            assert_eq!(node.as_str(), map.text_of(key), "{key}");
        }
    }

    #[test]
    fn disagreements_have_a_direction() {
        const WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide: 'true'";
        let template = format!("{{metadata: {{annotations: {{{WIDE}}}}}}}");
        let of = |annotations: &str, template: &str| {
            read(&object(annotations, template), |sealed| {
                sealed.disagreement()
            })
        };
        assert_eq!(of("", "{}"), None);
        assert_eq!(of(WIDE, &template), None);
        assert_eq!(
            of("", &template),
            Some(Disagreement::TemplateIsWider {
                own: Scope::Strict,
                template: Scope::ClusterWide
            })
        );
        assert_eq!(
            of(WIDE, "{}"),
            Some(Disagreement::TemplateIsNarrower {
                own: Scope::ClusterWide,
                template: Scope::Strict
            })
        );
        let both = format!("{WIDE}, sealedsecrets.bitnami.com/namespace-wide: 'true'");
        assert_eq!(of(&both, "{}"), Some(Disagreement::BothSet));
    }

    #[test]
    fn a_renamed_one_is_seen_as_far_as_its_scope_forbids() {
        const NAMESPACE: &str = "sealedsecrets.bitnami.com/namespace-wide: 'true'";
        const CLUSTER: &str = "sealedsecrets.bitnami.com/cluster-wide: 'true'";
        let template = "{metadata: {name: old, namespace: other}}";
        let of = |annotations: &str, template: &str| {
            read(&object(annotations, template), |sealed| {
                sealed
                    .renamed_from()
                    .map(|(namespace, name)| (namespace.is_some(), name.is_some()))
            })
        };
        assert_eq!(of("", template), Some((true, true)));
        assert_eq!(of(NAMESPACE, template), Some((true, false)));
        assert_eq!(of(CLUSTER, template), None);
        assert_eq!(of("", "{metadata: {name: db, namespace: shop}}"), None);
        assert_eq!(of("", "{}"), None);
    }

    /// `template.data: {key: null}` removes a key since 0.40.
    #[test]
    fn keys_are_those_of_the_secret_that_is_made() {
        let keys = |template: &str| {
            read(&object("", template), |sealed| {
                let keys: Vec<_> = sealed.keys().into_iter().map(str::to_owned).collect();
                keys
            })
        };
        assert_eq!(keys("{}"), ["a", "b"]);
        assert_eq!(keys("{data: {url: 'x{{ .a }}'}}"), ["a", "b", "url"]);
        assert_eq!(keys("{data: {a: null, url: x}}"), ["b", "url"]);
        assert_eq!(keys("{data: [1]}"), ["a", "b"]);
        assert_eq!(keys("7"), ["a", "b"]);
    }

    #[test]
    fn other_kinds_are_none() {
        for text in [
            "apiVersion: v1\nkind: SealedSecret\n",
            "apiVersion: bitnami.com/v1alpha1\nkind: Other\n",
            "kind: SealedSecret\n",
            "[]\n",
        ] {
            let source = SourceText::new("test", text.to_owned());
            let parsed = parse(&source);
            let root = &parsed.documents[0].root;
            assert!(SealedSecret::of(root).is_none(), "{text}");
        }
    }
}
