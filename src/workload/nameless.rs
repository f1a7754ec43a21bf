//! Documents that are clearly meant to be objects, and do not say which: nobody
//! reads them, and `kubectl apply` refuses the file.

use std::fmt;

use crate::manifest::{EntryOrigin, Node, Span};

use super::object::is_cluster_scoped;
use super::placeholder::is_placeholder;
use super::{ObjectId, Place, Site};

/// A document without `kind` or `apiVersion` that has the rest of an object.
#[derive(Clone, Debug)]
pub struct Nameless {
    /// What it says of itself; its kind may be empty.
    pub id: ObjectId,
    pub place: Place,
    pub site: Site,
    pub lacks: Lacks,
    /// Where the names of its fields stand that every object may have: what others are
    /// called, and what they hold, may be anything, a value too.
    pub keys: Vec<Span>,
}

/// What it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    ApiVersion,
    Kind,
    Both,
}

impl fmt::Display for Lacks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lacks = match self {
            Self::ApiVersion => "apiVersion",
            Self::Kind => "kind",
            Self::Both => "kind and no apiVersion",
        };
        write!(formatter, "The document has no {lacks}")
    }
}

/// What makes an object out of metadata, besides its kind (API reference).
const BODIES: &[&str] = &[
    "spec",
    "data",
    "stringData",
    "binaryData",
    "rules",
    "roleRef",
];

/// The fields of objects that are not of one kind only.
fn is_field(name: &str) -> bool {
    matches!(
        name,
        "apiVersion" | "kind" | "metadata" | "type" | "immutable" | "status"
    ) || BODIES.contains(&name)
}

impl Nameless {
    /// A tree that has the metadata and the body of an object and lacks its kind or
    /// version. Values of Helm, files of Compose, workflows, devfiles and what
    /// kustomize takes besides patches have not both.
    pub fn of(root: &Node, place: &Place, default_namespace: &str) -> Option<Self> {
        let said = |field: &str| root.text_of(field).filter(|text| !text.is_empty());
        let (version, kind) = (said("apiVersion"), said("kind"));
        let lacks = match (version, kind) {
            (Some(_), Some(_)) => return None,
            (None, Some(_)) => Lacks::ApiVersion,
            (Some(_), None) => Lacks::Kind,
            (None, None) => Lacks::Both,
        };
        let metadata = root.get("metadata")?;
        let name = metadata
            .text_of("name")
            .or_else(|| metadata.text_of("generateName"))?;
        let has_body = BODIES.iter().any(|body| {
            root.get(body)
                .is_some_and(|body| body.is_mapping() || body.is_sequence())
        });
        let is_filled_in = |text: Option<&str>| text.is_some_and(is_placeholder);
        if !has_body || is_filled_in(kind) || version.is_some_and(|text| !is_api_version(text)) {
            return None;
        }
        let namespace = match metadata.text_of("namespace") {
            Some(namespace) => namespace.to_owned(),
            None if kind.is_some_and(is_cluster_scoped) => String::new(),
            None => default_namespace.to_owned(),
        };
        Some(Self {
            id: ObjectId {
                namespace,
                kind: kind.unwrap_or("Object").to_owned(),
                name: name.to_owned(),
            },
            place: place.clone(),
            site: Site {
                path: String::new(),
                span: root
                    .entries()
                    .first()
                    .map_or(root.span, |first| first.key.span),
            },
            lacks,
            keys: root
                .entries()
                .iter()
                // What comes by a merge has the span of all that is merged.
                .filter(|entry| entry.origin == EntryOrigin::Own)
                .filter(|entry| entry.key.as_str().is_some_and(is_field))
                .map(|entry| entry.key.span)
                .collect(),
        })
    }
}

/// `v1`, `apps/v1`: others write versions of their own there.
fn is_api_version(text: &str) -> bool {
    let version = text.rsplit('/').next().unwrap_or(text);
    let mut letters = version.chars();
    letters.next() == Some('v') && letters.next().is_some_and(|next| next.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};

    fn lacking(text: &str) -> Option<(Lacks, String)> {
        let root = parse(&SourceText::new("t", text.to_owned()))
            .documents
            .remove(0)
            .root;
        let found = Nameless::of(&root, &Place::live(), "default")?;
        Some((found.lacks, found.id.short()))
    }

    #[test]
    fn what_has_the_rest_of_an_object_is_meant_to_be_one() {
        for (text, lacks, name) in [
            (
                "kind: Deployment\nmetadata: {name: api}\nspec: {replicas: 1}\n",
                Lacks::ApiVersion,
                "deployment/api",
            ),
            (
                "apiVersion: v1\nmetadata: {name: a}\ndata: {k: dg==}\n",
                Lacks::Kind,
                "object/a",
            ),
            (
                "apiVersion: v1\nkind: ''\nmetadata: {name: a}\nstringData: {k: v}\n",
                Lacks::Kind,
                "object/a",
            ),
            (
                "metadata: {generateName: a-}\nspec: {}\n",
                Lacks::Both,
                "object/a-",
            ),
        ] {
            assert_eq!(lacking(text), Some((lacks, name.to_owned())), "{text}");
        }
    }

    #[test]
    fn files_of_other_programs_are_not() {
        for text in [
            // An object.
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {}\n",
            // Values of a chart.
            "kind: Deployment\nreplicas: 2\nmetadata: {labels: {a: b}}\nimage: {tag: x}\n",
            "kind: DaemonSet\nspec: {}\n",
            "metadata: {name: x}\nimage: y\n",
            // Chart.yaml.
            "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
            // Compose, a workflow, an action.
            "services: {db: {image: x}}\nversion: '3'\n",
            "name: ci\non: push\njobs: {}\n",
            // Devfiles (devfile.io): a version of their own; Score.
            "apiVersion: 1.0.0\nmetadata: {generateName: x-}\nspec: {}\n",
            "schemaVersion: 2.0.0\nmetadata: {name: x}\ncomponents: []\n",
            "apiVersion: score.dev/v1b1\nmetadata: {name: x}\ncontainers: {}\n",
            // A template.
            "kind: '{{ .Values.kind }}'\nmetadata: {name: x}\nspec: {}\n",
            // Patches and what else kustomize takes.
            "- op: add\n  path: /spec\n  value: 1\n",
            "namePrefix: [{path: metadata/name}]\n",
            "",
        ] {
            let documents = parse(&SourceText::new("t", text.to_owned())).documents;
            if !documents.is_empty() {
                assert_eq!(lacking(text), None, "{text}");
            }
        }
    }
}
