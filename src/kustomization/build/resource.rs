//! An object on its way through kustomizations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Generated;
use super::schema::is_cluster_scoped;
use super::tree::{Inner, Tree};
use crate::manifest::Span;

/// Group, version and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gvk {
    pub group: String,
    pub version: String,
    pub kind: String,
}

impl Gvk {
    pub fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        }
    }

    pub fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// Whether it is one of those that `selector` means; what that leaves empty
    /// may be anything (`kyaml/resid/gvk.go`, `IsSelected`).
    pub fn is_selected(&self, selector: &Gvk) -> bool {
        let fits = |own: &str, wanted: &str| wanted.is_empty() || own == wanted;
        fits(&self.group, &selector.group)
            && fits(&self.version, &selector.version)
            && fits(&self.kind, &selector.kind)
    }
}

/// The namespace that kustomize gives what stands outside of them.
const NO_NAMESPACE: &str = "_non_namespaceable_";

/// A name that an object has, or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id {
    pub gvk: Gvk,
    pub name: String,
    /// The one that is written; of an earlier name the effective one.
    pub namespace: String,
    pub cluster: bool,
}

impl Id {
    pub fn effective_namespace(&self) -> &str {
        match self.namespace.as_str() {
            _ if self.cluster => NO_NAMESPACE,
            "" => "default",
            namespace => namespace,
        }
    }

    pub fn equals(&self, other: &Id) -> bool {
        self.name == other.name
            && self.gvk == other.gvk
            && self.effective_namespace() == other.effective_namespace()
    }
}

/// A name that an object had.
#[derive(Clone)]
pub(super) struct Earlier {
    pub name: String,
    pub namespace: String,
    pub kind: String,
}

/// What a generator does with an object of its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    /// Nothing is said: there must be none.
    #[default]
    Unspecified,
    /// `create`: there must be none.
    Create,
    /// `replace`: it takes the other's place.
    Replace,
    /// `merge`: its keys are added.
    Merge,
}

/// An object, and what kustomize remembers of it.
#[derive(Clone)]
pub(super) struct Resource {
    pub tree: Tree,
    /// The names it had, the first one first.
    pub earlier: Arc<Vec<Earlier>>,
    pub prefixes: Arc<Vec<String>>,
    pub suffixes: Arc<Vec<String>>,
    pub behavior: Behavior,
    /// Whether its name is to get a hash.
    pub needs_hash: bool,
    /// Whether it has got it (it is not in the tree).
    pub hashed: bool,
    /// Variables that take a value from it.
    pub variables: Arc<Vec<String>>,
    pub generated: Arc<Vec<Generated>>,
}

impl Resource {
    pub fn new(tree: Tree) -> Self {
        Self {
            tree,
            earlier: Arc::default(),
            prefixes: Arc::default(),
            suffixes: Arc::default(),
            behavior: Behavior::default(),
            needs_hash: false,
            hashed: false,
            variables: Arc::default(),
            generated: Arc::default(),
        }
    }

    pub fn kind(&self) -> &str {
        self.tree.value_of("kind")
    }

    pub fn api_version(&self) -> &str {
        self.tree.value_of("apiVersion")
    }

    pub fn gvk(&self) -> Gvk {
        Gvk::new(self.api_version(), self.kind())
    }

    fn metadata(&self, key: &str) -> &str {
        self.tree
            .get("metadata")
            .map_or("", |metadata| metadata.value_of(key))
    }

    pub fn name(&self) -> &str {
        self.metadata("name")
    }

    pub fn namespace(&self) -> &str {
        self.metadata("namespace")
    }

    pub fn is_cluster_scoped(&self) -> bool {
        is_cluster_scoped(self.api_version(), self.kind())
    }

    pub fn current(&self) -> Id {
        Id {
            gvk: self.gvk(),
            name: self.name().to_owned(),
            namespace: self.namespace().to_owned(),
            cluster: self.is_cluster_scoped(),
        }
    }

    /// The names it had. Their group and version are today's.
    pub fn previous(&self) -> impl DoubleEndedIterator<Item = Id> {
        self.earlier.iter().map(|earlier| Id {
            gvk: Gvk::new(self.api_version(), &earlier.kind),
            name: earlier.name.clone(),
            namespace: earlier.namespace.clone(),
            cluster: false,
        })
    }

    /// All names it has and had.
    pub fn ids(&self) -> impl Iterator<Item = Id> {
        self.previous().chain([self.current()])
    }

    pub fn original(&self) -> Id {
        self.previous().next().unwrap_or_else(|| self.current())
    }

    /// Remembers the name that it has now.
    pub fn remember(&mut self) {
        let now = self.current();
        Arc::make_mut(&mut self.earlier).push(Earlier {
            name: now.name.clone(),
            namespace: now.effective_namespace().to_owned(),
            kind: now.gvk.kind.clone(),
        });
    }

    pub fn set_kind(&mut self, kind: &str) {
        set_text(&mut self.tree, "kind", kind);
    }

    pub fn set_name(&mut self, name: &str) {
        if let Some(metadata) = self.tree.mapping_at("metadata") {
            set_text(metadata, "name", name);
        }
    }

    /// Sets the namespace; an empty one is taken away.
    pub fn set_namespace(&mut self, namespace: &str) {
        if namespace.is_empty() {
            if let Some(metadata) = self.tree.get_mut("metadata") {
                metadata.remove("namespace");
            }
        } else if let Some(metadata) = self.tree.mapping_at("metadata") {
            set_text(metadata, "namespace", namespace);
        }
    }

    /// Labels or annotations, as texts.
    pub fn texts(&self, field: &str) -> BTreeMap<String, String> {
        self.tree
            .at(&["metadata", field])
            .map_or(&[][..], Tree::fields)
            .iter()
            .map(|entry| {
                let text = entry.value.scalar_text().unwrap_or_default();
                (entry.key.text.to_string(), text.to_owned())
            })
            .collect()
    }
}

/// Sets a text where it differs, so that what is written keeps its place.
fn set_text(tree: &mut Tree, key: &str, text: &str) {
    let own = tree.get(key);
    if own.and_then(Tree::scalar_text) == Some(text) {
        return;
    }
    let value = match own {
        Some(own) if own.is_scalar() => own.with_text(text),
        _ => Tree::plain(text),
    };
    tree.set(key, value);
}

/// Makes all values of labels or annotations texts, as kustomize does when it
/// writes them; empty ones go.
pub(super) fn as_texts(tree: &mut Tree, field: &str) {
    let Some(metadata) = tree.get("metadata") else {
        return;
    };
    let Some(own) = metadata.get(field) else {
        return;
    };
    let is_done = !own.is_empty() && own.fields().iter().all(|entry| is_text(&entry.value));
    if is_done {
        return;
    }
    let Some(metadata) = tree.get_mut("metadata") else {
        return;
    };
    if metadata
        .get(field)
        .is_none_or(|own| own.fields().is_empty())
    {
        metadata.remove(field);
        return;
    }
    let Some(fields) = metadata.get_mut(field).and_then(Tree::fields_mut) else {
        return;
    };
    for entry in fields {
        if !is_text(&entry.value) {
            let text = entry.value.scalar_text().unwrap_or_default().to_owned();
            let span: Span = entry.value.span;
            entry.value = Tree::text_at(&text, span);
        }
    }
}

/// Spells the nulls of labels or annotations as JSON does.
pub(super) fn spell_nulls(tree: &mut Tree, field: &str) {
    let values = tree.at(&["metadata", field]).map_or(&[][..], Tree::fields);
    if !values.iter().any(|entry| entry.value.is_null()) {
        return;
    }
    let fields = tree
        .get_mut("metadata")
        .and_then(|metadata| metadata.get_mut(field))
        .and_then(Tree::fields_mut);
    for entry in fields.into_iter().flatten() {
        if entry.value.is_null() {
            entry.value.inner = Tree::plain("null").inner;
        }
    }
}

fn is_text(tree: &Tree) -> bool {
    match &tree.inner {
        Inner::Scalar(scalar) => scalar.type_ == crate::manifest::ScalarType::Text,
        Inner::Sealed(_) => true,
        _ => false,
    }
}
