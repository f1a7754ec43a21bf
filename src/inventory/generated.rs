//! Files that generators of a kustomization take values from.

use crate::manifest::{Node, Span, path};
use crate::workload::plaintext::Plain;
use crate::workload::{Object, Origin};

use super::GitStatus;

/// A file with readable values that a generator takes.
pub struct GeneratorFile {
    pub origin: Origin,
    /// Where the kustomization names it.
    pub path: String,
    pub span: Span,
    /// As it stands there.
    pub name: String,
    /// Whether git knows it.
    pub git: GitStatus,
    /// What can be read in it.
    pub plain: Vec<Plain>,
}

/// What a generator makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generates {
    Secret,
    ConfigMap,
}

/// How a generator takes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenAs {
    /// Each line is a key and its value.
    Lines,
    /// All of it is one value.
    Value,
}

/// A file that a generator names.
#[derive(Clone, Debug)]
pub struct NamedFile {
    pub origin: Origin,
    /// What is made of it.
    pub generates: Generates,
    /// The name of what is made.
    pub object: String,
    /// How it is taken.
    pub taken: TakenAs,
    /// The key of its value; empty for lines.
    pub key: String,
    /// The file, as it is named.
    pub file: String,
    /// Where it is named.
    pub path: String,
    /// The bytes of that place.
    pub span: Span,
}

/// The files that the generators of a kustomization name.
pub(super) fn files_of(object: &Object) -> Vec<NamedFile> {
    let mut found = Vec::new();
    if object.group() != "kustomize.config.k8s.io" {
        return found;
    }
    for (field, generates) in [
        ("secretGenerator", Generates::Secret),
        ("configMapGenerator", Generates::ConfigMap),
    ] {
        let generators = object.root.get(field).map_or(&[][..], Node::items);
        for (index, generator) in generators.iter().enumerate() {
            let at = path::item(field, index);
            let mut add = |node: &Node, path: String, taken| {
                let text = node.scalar_text().unwrap_or_default();
                let (key, file) = match (taken, text.split_once('=')) {
                    (TakenAs::Lines, _) => ("", text),
                    (TakenAs::Value, Some((key, file))) => (key, file),
                    (TakenAs::Value, None) => (text.rsplit('/').next().unwrap_or(text), text),
                };
                found.push(NamedFile {
                    origin: object.origin,
                    generates,
                    object: generator.text_of("name").unwrap_or_default().to_owned(),
                    taken,
                    key: key.to_owned(),
                    file: file.to_owned(),
                    path,
                    span: node.span,
                });
            };
            for (list, taken) in [("envs", TakenAs::Lines), ("files", TakenAs::Value)] {
                for (number, node) in generator
                    .get(list)
                    .map_or(&[][..], Node::items)
                    .iter()
                    .enumerate()
                {
                    add(node, path::item(&path::child(&at, list), number), taken);
                }
            }
            if let Some(node) = generator.get("env").filter(|node| node.as_str().is_some()) {
                add(node, path::child(&at, "env"), TakenAs::Lines);
            }
        }
    }
    found
}
