//! `configMapGenerator` and `secretGenerator` (`api/internal/generators`,
//! `api/kv/kv.go`).

use std::sync::Arc;

use super::files::Files;
use super::resource::{Behavior, Resource};
use super::tree::{Inner, Tree, shown};
use super::{Failure, Generated, GeneratedKey, KeySource};
use crate::manifest::{ScalarStyle, ScalarType, SealedScalar, Span, path};
use crate::secret::{SecretValue, generated};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    ConfigMap,
    Secret,
}

impl What {
    pub fn field(self) -> &'static str {
        match self {
            Self::ConfigMap => "configMapGenerator",
            Self::Secret => "secretGenerator",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

/// A key, its value and where it is written.
struct Pair {
    key: String,
    /// None where its file is not there.
    value: Option<SecretValue>,
    at: Span,
    from: KeySource,
}

/// Makes the object of an entry.
///
/// # Errors
/// What kustomize refuses, and what cannot be read.
pub(super) fn make(
    what: What,
    index: usize,
    entry: &Tree,
    global: Option<&Tree>,
    kustomization: usize,
    files: &mut Files<'_>,
) -> Result<Resource, Failure> {
    let name = entry.value_of("name");
    if name.is_empty() {
        return Err(Failure::refused("a generator has no name"));
    }
    let Pairs {
        list: pairs,
        unknown,
    } = pairs(entry, kustomization, files)?;
    for (at, pair) in pairs.iter().enumerate() {
        if pairs[..at].iter().any(|known| known.key == pair.key) {
            return Err(Failure::refused(format!(
                "generator {} has the key {} twice",
                shown(name),
                shown(&pair.key)
            )));
        }
    }
    let keys = pairs
        .iter()
        .map(|pair| GeneratedKey {
            key: pair.key.clone(),
            from: pair.from.clone(),
            at: pair.at,
            known: pair.value.is_some(),
        })
        .collect();
    let mut tree = Tree {
        span: entry.span,
        ..Tree::mapping()
    };
    tree.set("apiVersion", Tree::plain("v1"));
    tree.set("kind", Tree::plain(what.kind()));
    let mut metadata = Tree::mapping();
    metadata.set(
        "name",
        entry.get("name").cloned().unwrap_or_else(Tree::mapping),
    );
    if let Some(namespace) = entry
        .get("namespace")
        .filter(|own| own.scalar_text() != Some(""))
    {
        metadata.set("namespace", namespace.clone());
    }
    let options = Options::of(entry.get("options"), global);
    for (field, values) in [
        ("labels", &options.labels),
        ("annotations", &options.annotations),
    ] {
        if !values.is_empty() {
            metadata.set(field, values.clone());
        }
    }
    tree.set("metadata", metadata);
    match what {
        What::Secret => {
            let type_ = entry
                .get("type")
                .filter(|own| own.scalar_text() != Some(""));
            let type_ = type_.cloned().unwrap_or_else(|| Tree::plain("Opaque"));
            tree.set("type", type_);
            let mut data = Tree::mapping();
            for pair in pairs {
                data.set_written(&pair.key, pair.at, sealed(&pair));
            }
            tree.set("data", data);
        }
        What::ConfigMap => {
            for pair in pairs {
                let (field, value) = match &pair.value {
                    None => ("data", Tree::plain("null")),
                    Some(value) => match generated::text(value) {
                        Some(text) => ("data", Tree::text_at(&text, pair.at)),
                        None => {
                            let text = generated::base64_text(value);
                            ("binaryData", Tree::text_at(&text, pair.at))
                        }
                    },
                };
                if let Some(data) = tree.mapping_at(field) {
                    data.set_written(&pair.key, pair.at, value);
                }
            }
        }
    }
    if options.immutable {
        tree.set("immutable", Tree::plain("true"));
    }
    let behavior = match entry.value_of("behavior") {
        "create" => Behavior::Create,
        "replace" => Behavior::Replace,
        "merge" => Behavior::Merge,
        _ => Behavior::Unspecified,
    };
    let mut made = Resource::new(tree);
    made.behavior = behavior;
    made.needs_hash = !options.no_hash;
    made.generated = Arc::new(vec![Generated {
        kustomization,
        at: entry.span,
        path: path::item(what.field(), index),
        keys,
        unknown,
        behavior,
    }]);
    Ok(made)
}

fn sealed(pair: &Pair) -> Tree {
    let (value, type_) = match &pair.value {
        Some(value) => (generated::base64(value), ScalarType::Text),
        None => (SecretValue::from_bytes(Vec::new()), ScalarType::Null),
    };
    Tree {
        span: pair.at,
        ..Tree::nowhere(Inner::Sealed(Arc::new(SealedScalar {
            value,
            style: ScalarStyle::DoubleQuoted,
            type_,
        })))
    }
}

struct Options {
    labels: Tree,
    annotations: Tree,
    no_hash: bool,
    immutable: bool,
}

impl Options {
    /// Those of a generator, and those of all where it says nothing.
    fn of(own: Option<&Tree>, global: Option<&Tree>) -> Self {
        let both = |field: &str| {
            let mut values = Tree::mapping();
            for options in [own, global].into_iter().flatten() {
                for entry in options.get(field).map_or(&[][..], Tree::fields) {
                    if values.get(&entry.key.text).is_none() {
                        values.set_written(&entry.key.text, entry.key.span, entry.value.clone());
                    }
                }
            }
            values
        };
        let either = |field: &str| {
            [own, global]
                .into_iter()
                .flatten()
                .any(|options| options.value_of(field) == "true")
        };
        Self {
            labels: both("labels"),
            annotations: both("annotations"),
            no_hash: either("disableNameSuffixHash"),
            immutable: either("immutable"),
        }
    }
}

/// The paths of env files of an entry; `env` is an old field for one.
pub(super) fn env_files(entry: &Tree) -> impl Iterator<Item = (&str, Span)> {
    entry
        .get("envs")
        .map_or(&[][..], Tree::items)
        .iter()
        .chain(entry.get("env").filter(|own| own.scalar_text() != Some("")))
        .map(|item| (item.scalar_text().unwrap_or_default(), item.span))
}

/// Key and path of an item of `files`.
///
/// # Errors
/// What kustomize refuses (`api/internal/generators/utils.go`,
/// `ParseFileSource`).
pub(super) fn file_source(text: &str) -> Result<(&str, &str), Failure> {
    match text.split_once('=') {
        None => Ok((
            text.trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or(text),
            text,
        )),
        Some((key, file)) if !key.is_empty() && !file.is_empty() && !file.contains('=') => {
            Ok((key, file))
        }
        Some(_) => Err(Failure::refused(
            "a generator has an item of files that is not KEY=FILE",
        )),
    }
}

struct Pairs {
    list: Vec<Pair>,
    /// Why there may be more.
    unknown: Option<String>,
}

fn pairs(entry: &Tree, kustomization: usize, files: &mut Files<'_>) -> Result<Pairs, Failure> {
    let mut found = Vec::new();
    let mut unknown = None;
    for (path, at) in env_files(entry) {
        let Some(input) = files.input(kustomization, path)? else {
            unknown = Some(format!("{} is not there", shown(path)));
            continue;
        };
        let lines = generated::env_lines(&input.value).map_err(|problem| {
            Failure::refused(match problem {
                generated::Unreadable::NotUtf8 => format!("{} is not UTF-8", shown(path)),
                generated::Unreadable::TooLong => {
                    format!("{} has a line of more than 64 KiB", shown(path))
                }
            })
        })?;
        for (key, value) in lines {
            found.push(Pair {
                key,
                value: Some(value),
                at,
                from: KeySource::Env(input.file.clone()),
            });
        }
    }
    for item in entry.get("literals").map_or(&[][..], Tree::items) {
        let text = item.scalar_text().unwrap_or_default();
        let value = SecretValue::from_bytes(text.as_bytes().to_vec());
        let (key, value) = generated::literal(&value).ok_or_else(|| {
            Failure::refused("a generator has an item of literals that is not KEY=VALUE")
        })?;
        found.push(Pair {
            key,
            value: Some(value),
            at: item.span,
            from: KeySource::Literal,
        });
    }
    for item in entry.get("files").map_or(&[][..], Tree::items) {
        let (key, path) = file_source(item.scalar_text().unwrap_or_default())?;
        let input = files.input(kustomization, path)?;
        let (file, value) = match input {
            Some(input) => (input.file, Some(input.value)),
            None => (path.into(), None),
        };
        found.push(Pair {
            key: key.to_owned(),
            value,
            at: item.span,
            from: KeySource::File(file),
        });
    }
    Ok(Pairs {
        list: found,
        unknown,
    })
}
