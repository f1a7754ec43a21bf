//! What is known of the API's types: which lists are merged, by which keys, and
//! which kinds stand outside of namespaces.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Types of the API, by number.
pub(super) struct Schema {
    types: Vec<HashMap<&'static str, Property>>,
    by_kind: HashMap<(&'static str, &'static str), usize>,
    cluster: HashSet<(&'static str, &'static str)>,
}

/// A property of a type.
#[derive(Clone, Copy)]
pub(super) struct Property {
    form: Form,
    /// The type of its value, or of the values in it; none where no list in it
    /// is merged.
    below: Option<usize>,
}

#[derive(Clone, Copy)]
enum Form {
    Object,
    List { keys: Option<&'static str> },
    Map,
}

/// What is known of a place.
#[derive(Clone, Copy)]
pub(super) enum Type {
    /// Nothing: not an API type, or not a field of it.
    Unknown,
    Object(usize),
    /// A list or map with values of a type.
    Holder(Property),
    /// A type in which no list is merged.
    Plain,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(include_str!("schema.txt")));

impl Schema {
    fn read(text: &'static str) -> Self {
        let lines = || {
            text.lines()
                .filter(|line| !line.starts_with('#') && !line.starts_with("cluster "))
                .filter_map(|line| line.split_once(' '))
        };
        let numbers: HashMap<&str, usize> = lines()
            .enumerate()
            .map(|(number, (name, _))| (name, number))
            .collect();
        let mut schema = Self {
            types: Vec::with_capacity(numbers.len()),
            by_kind: HashMap::new(),
            cluster: text
                .lines()
                .filter_map(|line| line.strip_prefix("cluster ")?.split_once('='))
                .collect(),
        };
        for (number, (_, rest)) in lines().enumerate() {
            let (kinds, properties) = rest.split_once(": ").unwrap_or((rest, ""));
            for kind in kinds.trim_matches(['[', ']']).split(',') {
                schema
                    .by_kind
                    .extend(kind.split_once('=').map(|kind| (kind, number)));
            }
            let read = |text: &'static str| {
                let (field, below) = text.split_once('>').unwrap_or((text, ""));
                let below = numbers.get(below).copied();
                let (name, form) = if let Some((name, keys)) = field.split_once('*') {
                    (name, Form::List { keys: Some(keys) })
                } else if let Some(name) = field.strip_suffix("[]") {
                    (name, Form::List { keys: None })
                } else if let Some(name) = field.strip_suffix('%') {
                    (name, Form::Map)
                } else {
                    (field, Form::Object)
                };
                (name, Property { form, below })
            };
            schema
                .types
                .push(properties.split_whitespace().map(read).collect());
        }
        schema
    }
}

impl Type {
    /// That of an object.
    pub fn of(api_version: &str, kind: &str) -> Self {
        match SCHEMA.by_kind.get(&(api_version, kind)) {
            Some(number) => Self::Object(*number),
            None => Self::Unknown,
        }
    }

    fn to(number: Option<usize>) -> Self {
        number.map_or(Self::Plain, Self::Object)
    }

    /// Whether anything is known.
    pub fn is_known(self) -> bool {
        !matches!(self, Self::Unknown)
    }

    /// That of a field.
    pub fn field(self, name: &str) -> Self {
        match self {
            Self::Object(number) => match SCHEMA.types[number].get(name) {
                Some(Property {
                    form: Form::Object,
                    below,
                }) => Self::to(*below),
                Some(property) => Self::Holder(*property),
                None => Self::Unknown,
            },
            Self::Holder(Property {
                form: Form::Map,
                below,
            }) => Self::to(below),
            _ => Self::Unknown,
        }
    }

    /// That of the items of a list.
    pub fn items(self) -> Self {
        match self {
            Self::Holder(Property {
                form: Form::List { .. },
                below,
            }) => Self::to(below),
            _ => Self::Unknown,
        }
    }

    /// The keys by which a list is merged; none for texts; `None` where it is
    /// replaced.
    pub fn keys(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Holder(Property {
                form: Form::List { keys: Some(keys) },
                ..
            }) => Some(keys.split(',').filter(|key| !key.is_empty()).collect()),
            _ => None,
        }
    }
}

/// Whether objects of a kind stand outside of namespaces. Kinds that are not
/// known stand in namespaces, as kustomize takes them
/// (`kyaml/openapi/openapi.go`, `IsCertainlyClusterScoped`).
pub(super) fn is_cluster_scoped(api_version: &str, kind: &str) -> bool {
    SCHEMA.cluster.contains(&(api_version, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_followed_downwards() {
        let spec = Type::of("apps/v1", "Deployment")
            .field("spec")
            .field("template")
            .field("spec");
        let containers = spec.field("containers");
        assert_eq!(containers.keys(), Some(vec!["name"]));
        let container = containers.items();
        assert_eq!(container.field("env").keys(), Some(vec!["name"]));
        assert_eq!(
            container.field("ports").keys(),
            Some(vec!["containerPort", "protocol"])
        );
        assert_eq!(container.field("envFrom").keys(), None);
        let metadata = Type::of("v1", "Pod").field("metadata");
        assert_eq!(metadata.field("finalizers").keys(), Some(vec![]));
        assert!(!Type::of("example.org/v1", "Thing").is_known());
        assert!(is_cluster_scoped("v1", "Namespace"));
        assert!(!is_cluster_scoped("v1", "Secret"));
    }
}
