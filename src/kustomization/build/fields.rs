//! A kustomization's own file, with the strictness of kustomize: unknown fields
//! and values of another type are refused, and keys count whatever their case
//! (`api/types/kustomization.go`, decoded by Go's `encoding/json`).

use super::Failure;
use super::tree::{Field, Inner, Key, Tree, shown};
use crate::manifest::ScalarType;
use std::sync::Arc;

/// The form of a value.
enum Shape {
    Text,
    Bool,
    Integer,
    /// Nobody here looks into it.
    Any,
    TextMap,
    List(&'static Shape),
    Object(&'static [(&'static str, &'static Shape)]),
}

use Shape::{Any, Bool, Integer, List, Object, Text, TextMap};

const TEXTS: Shape = List(&Text);

const SELECTOR: Shape = Object(&[
    ("group", &Text),
    ("version", &Text),
    ("kind", &Text),
    ("name", &Text),
    ("namespace", &Text),
    ("annotationSelector", &Text),
    ("labelSelector", &Text),
]);

const FIELD_SPEC: Shape = Object(&[
    ("group", &Text),
    ("version", &Text),
    ("kind", &Text),
    ("path", &Text),
    ("create", &Bool),
]);

const PATCH: Shape = Object(&[
    ("path", &Text),
    ("patch", &Text),
    ("target", &SELECTOR),
    (
        "options",
        &Object(&[("allowNameChange", &Bool), ("allowKindChange", &Bool)]),
    ),
]);

const GENERATOR_OPTIONS: Shape = Object(&[
    ("labels", &TextMap),
    ("annotations", &TextMap),
    ("disableNameSuffixHash", &Bool),
    ("immutable", &Bool),
]);

const CONFIG_MAP: Shape = Object(&[
    ("namespace", &Text),
    ("name", &Text),
    ("behavior", &Text),
    ("literals", &TEXTS),
    ("files", &TEXTS),
    ("envs", &TEXTS),
    ("env", &Text),
    ("options", &GENERATOR_OPTIONS),
]);

const SECRET: Shape = Object(&[
    ("namespace", &Text),
    ("name", &Text),
    ("behavior", &Text),
    ("literals", &TEXTS),
    ("files", &TEXTS),
    ("envs", &TEXTS),
    ("env", &Text),
    ("options", &GENERATOR_OPTIONS),
    ("type", &Text),
]);

const IMAGE: Shape = Object(&[
    ("name", &Text),
    ("newName", &Text),
    ("tagSuffix", &Text),
    ("newTag", &Text),
    ("digest", &Text),
]);

const LABEL: Shape = Object(&[
    ("pairs", &TextMap),
    ("includeSelectors", &Bool),
    ("includeTemplates", &Bool),
    ("fields", &List(&FIELD_SPEC)),
]);

const VARIABLE: Shape = Object(&[
    ("name", &Text),
    (
        "objref",
        &Object(&[
            ("apiVersion", &Text),
            ("group", &Text),
            ("version", &Text),
            ("kind", &Text),
            ("name", &Text),
            ("namespace", &Text),
        ]),
    ),
    ("fieldref", &Object(&[("fieldPath", &Text)])),
]);

const FIELD_OPTIONS: Shape = Object(&[
    ("delimiter", &Text),
    ("index", &Integer),
    ("encoding", &Text),
    ("create", &Bool),
]);

const REPLACEMENT: Shape = Object(&[
    (
        "source",
        &Object(&[
            ("group", &Text),
            ("version", &Text),
            ("kind", &Text),
            ("name", &Text),
            ("namespace", &Text),
            ("fieldPath", &Text),
            ("options", &FIELD_OPTIONS),
        ]),
    ),
    (
        "targets",
        &List(&Object(&[
            ("select", &SELECTOR),
            ("reject", &List(&SELECTOR)),
            ("fieldPaths", &TEXTS),
            ("options", &FIELD_OPTIONS),
        ])),
    ),
    ("sourceValue", &Text),
    ("path", &Text),
]);

const KUSTOMIZATION: Shape = Object(&[
    ("apiVersion", &Text),
    ("kind", &Text),
    (
        "metadata",
        &Object(&[
            ("name", &Text),
            ("namespace", &Text),
            ("labels", &TextMap),
            ("annotations", &TextMap),
        ]),
    ),
    ("openapi", &TextMap),
    ("namePrefix", &Text),
    ("nameSuffix", &Text),
    ("namespace", &Text),
    ("commonLabels", &TextMap),
    ("labels", &List(&LABEL)),
    ("commonAnnotations", &TextMap),
    ("patchesStrategicMerge", &TEXTS),
    ("patchesJson6902", &List(&PATCH)),
    ("patches", &List(&PATCH)),
    ("images", &List(&IMAGE)),
    ("imageTags", &List(&IMAGE)),
    ("replacements", &List(&REPLACEMENT)),
    (
        "replicas",
        &List(&Object(&[("name", &Text), ("count", &Integer)])),
    ),
    ("vars", &List(&VARIABLE)),
    ("sortOptions", &Any),
    ("resources", &TEXTS),
    ("components", &TEXTS),
    ("crds", &TEXTS),
    ("bases", &TEXTS),
    ("configMapGenerator", &List(&CONFIG_MAP)),
    ("secretGenerator", &List(&SECRET)),
    ("helmGlobals", &Any),
    ("helmCharts", &List(&Any)),
    ("helmChartInflationGenerator", &List(&Any)),
    ("generatorOptions", &GENERATOR_OPTIONS),
    ("configurations", &TEXTS),
    ("generators", &TEXTS),
    ("transformers", &TEXTS),
    ("validators", &TEXTS),
    ("buildMetadata", &TEXTS),
]);

/// What a kustomization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It can be built.
    Kustomization,
    /// It changes whoever includes it.
    Component,
}

/// A kustomization's file whose fields have their own names and forms.
pub(super) struct Fields {
    pub tree: Tree,
    pub kind: Kind,
}

impl Fields {
    /// Checks a tree.
    ///
    /// # Errors
    /// What kustomize refuses.
    pub fn of(tree: &Tree) -> Result<Self, Failure> {
        let tree = shaped(tree, &KUSTOMIZATION, "", Strictness::Strict)?;
        let kind = match tree.value_of("kind") {
            "" | "Kustomization" => Kind::Kustomization,
            "Component" => Kind::Component,
            _ => {
                return Err(Failure::refused(
                    "its kind is neither Kustomization nor Component",
                ));
            }
        };
        let version = tree.value_of("apiVersion");
        let required = match kind {
            Kind::Kustomization => "kustomize.config.k8s.io/v1beta1",
            Kind::Component => "kustomize.config.k8s.io/v1alpha1",
        };
        if !version.is_empty() && version != required {
            return Err(Failure::refused(format!(
                "its apiVersion is not {required}"
            )));
        }
        let says_something = tree.fields().iter().any(|field| {
            !matches!(&*field.key.text, "apiVersion" | "kind")
                && !field.value.is_null()
                && field.value.scalar_text() != Some("")
        });
        if !says_something {
            return Err(Failure::refused("it is empty"));
        }
        Ok(Self { tree, kind })
    }

    /// A text; empty without one.
    pub fn text(&self, field: &str) -> &str {
        self.tree.value_of(field)
    }

    /// The items of a list.
    pub fn list(&self, field: &str) -> &[Tree] {
        self.tree.get(field).map_or(&[], Tree::items)
    }

    /// The texts of lists, one after the other.
    pub fn texts(&self, fields: &[&str]) -> impl Iterator<Item = (&str, &Tree)> {
        let items: Vec<_> = fields.iter().flat_map(|field| self.list(field)).collect();
        items
            .into_iter()
            .map(|item| (item.scalar_text().unwrap_or_default(), item))
    }

    /// Whether a list has items, or a mapping entries.
    pub fn has(&self, field: &str) -> bool {
        self.tree.get(field).is_some_and(|value| !value.is_empty())
    }
}

const FIELD_SPECS: Shape = List(&FIELD_SPEC);

const CONFIGURATION: Shape = Object(&[
    ("namePrefix", &FIELD_SPECS),
    ("nameSuffix", &FIELD_SPECS),
    ("namespace", &FIELD_SPECS),
    ("commonLabels", &FIELD_SPECS),
    ("labels", &FIELD_SPECS),
    ("templateLabels", &FIELD_SPECS),
    ("commonAnnotations", &FIELD_SPECS),
    ("varReference", &FIELD_SPECS),
    ("images", &FIELD_SPECS),
    ("replicas", &FIELD_SPECS),
    (
        "nameReference",
        &List(&Object(&[
            ("group", &Text),
            ("version", &Text),
            ("kind", &Text),
            ("fieldSpecs", &FIELD_SPECS),
        ])),
    ),
]);

/// A file of `configurations`.
pub(super) fn configuration(tree: &Tree) -> Result<Tree, Failure> {
    shaped(tree, &CONFIGURATION, "", Strictness::Strict)
}

/// A replacement of a file of its own, where unknown fields are passed over.
pub(super) fn replacement(tree: &Tree) -> Result<Tree, Failure> {
    shaped(tree, &REPLACEMENT, "", Strictness::Lenient)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Strict,
    Lenient,
}

/// The tree with the keys that the shape has; nulls are as if not there.
fn shaped(tree: &Tree, shape: &Shape, path: &str, strictness: Strictness) -> Result<Tree, Failure> {
    let wrong = |expected: &str| {
        Failure::refused(match path {
            "" => format!("the kustomization is not {expected}"),
            path => format!("its {path} is not {expected}"),
        })
    };
    if tree.is_null() {
        return Ok(tree.clone());
    }
    let scalar_type = tree.scalar().map(|scalar| scalar.type_);
    match shape {
        Any => Ok(tree.clone()),
        Text => match scalar_type {
            Some(ScalarType::Text | ScalarType::Timestamp) => Ok(tree.clone()),
            _ => Err(wrong("a text (numbers and booleans need quotes)")),
        },
        Bool => match scalar_type {
            Some(ScalarType::Bool(truth)) => Ok(Tree {
                inner: Tree::plain(if truth { "true" } else { "false" }).inner,
                ..tree.clone()
            }),
            _ => Err(wrong("true or false")),
        },
        Integer => match tree.scalar().and_then(|scalar| scalar.integer()) {
            Some(number) => Ok(Tree {
                inner: Tree::plain(&number.to_string()).inner,
                ..tree.clone()
            }),
            None => Err(wrong("a whole number")),
        },
        TextMap => {
            if !tree.is_mapping() {
                return Err(wrong("a mapping"));
            }
            for field in tree.fields() {
                let path = format!("{path}.{}", shown(&field.key.text));
                shaped(&field.value, &Text, &path, strictness)?;
            }
            Ok(tree.clone())
        }
        List(item) => {
            if !tree.is_sequence() {
                return Err(wrong("a list"));
            }
            let items = tree
                .items()
                .iter()
                .enumerate()
                .map(|(index, own)| shaped(own, item, &format!("{path}[{index}]"), strictness));
            Ok(Tree {
                inner: Inner::Sequence(Arc::new(items.collect::<Result<_, _>>()?)),
                ..tree.clone()
            })
        }
        Object(known) => {
            if !tree.is_mapping() {
                return Err(wrong("a mapping"));
            }
            let mut fields: Vec<Field> = Vec::with_capacity(tree.fields().len());
            for field in tree.fields() {
                let own = &*field.key.text;
                let found = known.iter().find(|(name, _)| *name == own).or_else(|| {
                    known
                        .iter()
                        .find(|(name, _)| name.eq_ignore_ascii_case(own))
                });
                let Some((name, shape)) = found else {
                    if strictness == Strictness::Lenient {
                        continue;
                    }
                    return Err(Failure::refused(format!(
                        "kustomize knows no field {}{}",
                        shown(own),
                        match path {
                            "" => " there".to_owned(),
                            path => format!(" in its {path}"),
                        }
                    )));
                };
                let path = match path {
                    "" => (*name).to_owned(),
                    path => format!("{path}.{name}"),
                };
                let value = shaped(&field.value, shape, &path, strictness)?;
                fields.retain(|known| &*known.key.text != *name);
                if value.is_null() {
                    continue;
                }
                fields.push(Field {
                    key: Arc::new(Key {
                        text: (*name).into(),
                        span: field.key.span,
                        style: field.key.style,
                    }),
                    value,
                });
            }
            Ok(Tree {
                inner: Inner::Mapping(Arc::new(fields)),
                ..tree.clone()
            })
        }
    }
}
