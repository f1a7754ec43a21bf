//! Where a value is in a store, as a template: `{namespace}/{name}#{key}`.

use std::collections::BTreeMap;

use crate::escape::is_deceptive;

/// The longest place, in bytes: longer ones no store takes (AWS Secrets Manager: 512,
/// Vault: 1,024 in most set-ups).
const LONGEST: usize = 1024;

/// A template for the places of values: the path of an entry and, behind `#`, the property
/// of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTemplate {
    path: Vec<Piece>,
    property: Option<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Fill(Fill),
}

/// What is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fill {
    Namespace,
    Name,
    Key,
}

/// Where one value is in a store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteRef {
    /// The entry; ESO's `remoteRef.key`.
    pub path: String,
    /// The property of an entry that has several; ESO's `remoteRef.property`.
    pub property: Option<String>,
}

/// Why a template cannot be used, as a fragment. It never repeats what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    #[error("the path is empty")]
    Empty,
    #[error("nothing stands behind #, where the property belongs")]
    EmptyProperty,
    #[error("it has more than one #, which parts the path and the property")]
    SeveralProperties,
    #[error("unknown placeholder: {{namespace}}, {{name}} and {{key}} are filled in")]
    UnknownPlaceholder,
    #[error("a brace is not closed, or not opened")]
    Brace,
    #[error("it has a control or invisible character")]
    Deceptive,
    #[error("it begins with a hyphen, which programs take for a flag")]
    Hyphen,
    #[error("it begins or ends with a blank")]
    Blank,
    #[error("it has an empty part, or a part . or .., between slashes")]
    Part,
    #[error("it is longer than 1,024 bytes")]
    Long,
}

/// Why a Secret has no places by a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// The template has `{namespace}`, and it is not known.
    #[error("--path has {{namespace}}, and the namespace is not known")]
    NoNamespace,
    /// Two values would stand at one place.
    #[error("{first} and {second} would be at the same place in the store")]
    Shared { first: String, second: String },
    #[error("the place of {0} would be longer than 1,024 bytes")]
    Long(String),
}

impl PathTemplate {
    /// Reads `PATH` or `PATH#PROPERTY`.
    ///
    /// # Errors
    /// [`BadTemplate`].
    pub fn parse(text: &str) -> Result<Self, BadTemplate> {
        if text.len() > LONGEST {
            return Err(BadTemplate::Long);
        }
        if text.chars().any(is_deceptive) {
            return Err(BadTemplate::Deceptive);
        }
        if text.starts_with('-') {
            return Err(BadTemplate::Hyphen);
        }
        let (path, property) = match text.split_once('#') {
            None => (text, None),
            Some((_, property)) if property.contains('#') => {
                return Err(BadTemplate::SeveralProperties);
            }
            Some((_, "")) => return Err(BadTemplate::EmptyProperty),
            Some((path, property)) => (path, Some(property)),
        };
        if path.is_empty() {
            return Err(BadTemplate::Empty);
        }
        for part in [Some(path), property].into_iter().flatten() {
            if part.trim() != part {
                return Err(BadTemplate::Blank);
            }
        }
        // One that begins with a slash is absolute, as names of AWS are.
        let parts = path.strip_prefix('/').unwrap_or(path).split('/');
        if parts
            .into_iter()
            .any(|part| matches!(part, "" | "." | ".."))
        {
            return Err(BadTemplate::Part);
        }
        Ok(Self {
            path: pieces(path)?,
            property: property.map(pieces).transpose()?,
        })
    }

    /// Whether values are properties of an entry.
    pub fn has_property(&self) -> bool {
        self.property.is_some()
    }

    /// The place of each of these values.
    ///
    /// # Errors
    /// [`NoPlace`]: two of them would be at one.
    pub fn places<'k>(
        &self,
        namespace: Option<&str>,
        name: &str,
        keys: impl IntoIterator<Item = &'k str>,
    ) -> Result<BTreeMap<String, RemoteRef>, NoPlace> {
        let all = || self.path.iter().chain(self.property.iter().flatten());
        if namespace.is_none() && all().any(|piece| *piece == Piece::Fill(Fill::Namespace)) {
            return Err(NoPlace::NoNamespace);
        }
        let mut places = BTreeMap::new();
        let mut taken: BTreeMap<RemoteRef, String> = BTreeMap::new();
        for key in keys {
            let fill = |pieces: &[Piece]| -> String {
                pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => text,
                        Piece::Fill(Fill::Namespace) => namespace.unwrap_or_default(),
                        Piece::Fill(Fill::Name) => name,
                        Piece::Fill(Fill::Key) => key,
                    })
                    .collect()
            };
            let place = RemoteRef {
                path: fill(&self.path),
                property: self.property.as_deref().map(fill),
            };
            if place.path.len() + place.property.as_ref().map_or(0, String::len) > LONGEST {
                return Err(NoPlace::Long(key.to_owned()));
            }
            if let Some(first) = taken.insert(place.clone(), key.to_owned()) {
                return Err(NoPlace::Shared {
                    first,
                    second: key.to_owned(),
                });
            }
            places.insert(key.to_owned(), place);
        }
        Ok(places)
    }
}

/// How a store tells places apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// By every letter.
    Exact,
    /// Case makes no difference (Azure Key Vault).
    AnyCase,
}

/// Two values, of whatever Secrets, that would be at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash<O> {
    pub first: (O, String),
    pub second: (O, String),
}

/// The first two values that would be at one place. Each comes with whose it is, and its key.
pub fn clash<'p, O: Copy>(
    all: impl IntoIterator<Item = (O, &'p str, &'p RemoteRef)>,
    apart: Apart,
) -> Option<Clash<O>> {
    let mut taken: BTreeMap<(String, Option<&str>), (O, &str)> = BTreeMap::new();
    for (owner, key, place) in all {
        let path = match apart {
            Apart::Exact => place.path.clone(),
            Apart::AnyCase => place.path.to_lowercase(),
        };
        if let Some((first, known)) = taken.insert((path, place.property.as_deref()), (owner, key))
        {
            return Some(Clash {
                first: (first, known.to_owned()),
                second: (owner, key.to_owned()),
            });
        }
    }
    None
}

fn pieces(text: &str) -> Result<Vec<Piece>, BadTemplate> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let inside = from.strip_prefix('{').ok_or(BadTemplate::Brace)?;
        let (word, after) = inside.split_once('}').ok_or(BadTemplate::Brace)?;
        pieces.push(Piece::Fill(match word {
            "namespace" => Fill::Namespace,
            "name" => Fill::Name,
            "key" => Fill::Key,
            _ => return Err(BadTemplate::UnknownPlaceholder),
        }));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(template: &str, keys: &[&str]) -> Vec<String> {
        let places = PathTemplate::parse(template)
            .unwrap()
            .places(Some("prod"), "db", keys.iter().copied())
            .unwrap();
        places
            .into_iter()
            .map(|(key, place)| {
                format!(
                    "{key} {} {}",
                    place.path,
                    place.property.unwrap_or_default()
                )
            })
            .collect()
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(
            told("{namespace}/{name}#{key}", &["password", "user"]),
            ["password prod/db password", "user prod/db user"]
        );
        assert_eq!(told("/app-{name}_{key}", &["a.b"]), ["a.b /app-db_a.b "]);
        assert_eq!(told("fixed", &["only"]), ["only fixed "]);
        // What is filled in is not read again.
        assert_eq!(told("{name}{key}", &["{name}"]), ["{name} db{name} "]);
    }

    #[test]
    fn templates_that_mean_nothing_are_refused() {
        for (template, why) in [
            ("", BadTemplate::Empty),
            ("#{key}", BadTemplate::Empty),
            ("a#", BadTemplate::EmptyProperty),
            ("a#b#c", BadTemplate::SeveralProperties),
            ("{ns}/a", BadTemplate::UnknownPlaceholder),
            ("{}", BadTemplate::UnknownPlaceholder),
            ("{Key}", BadTemplate::UnknownPlaceholder),
            ("{key", BadTemplate::Brace),
            ("key}", BadTemplate::Brace),
            ("a\nb", BadTemplate::Deceptive),
            ("a\u{202e}b", BadTemplate::Deceptive),
            ("-a", BadTemplate::Hyphen),
            (" a", BadTemplate::Blank),
            ("a #b", BadTemplate::Blank),
            ("a//b", BadTemplate::Part),
            ("a/../b", BadTemplate::Part),
            ("./a", BadTemplate::Part),
            ("a/", BadTemplate::Part),
            (&"a".repeat(1025), BadTemplate::Long),
        ] {
            assert_eq!(PathTemplate::parse(template), Err(why), "{template}");
        }
    }

    #[test]
    fn no_two_secrets_share_a_place() {
        let place = |path: &str, property: Option<&str>| RemoteRef {
            path: path.to_owned(),
            property: property.map(str::to_owned),
        };
        let found = |first: RemoteRef, second: RemoteRef, apart| {
            clash([(1, "a", &first), (2, "b", &second)], apart)
        };
        let shared = found(place("x", Some("p")), place("x", Some("p")), Apart::Exact).unwrap();
        assert_eq!((shared.first.0, shared.second.0), (1, 2));
        assert_eq!(shared.second.1, "b");
        for (first, second) in [
            (place("x", Some("p")), place("x", Some("q"))),
            (place("x", None), place("x", Some("x"))),
            (place("x", None), place("X", None)),
        ] {
            assert_eq!(found(first, second, Apart::Exact), None);
        }
        assert!(found(place("x", None), place("X", None), Apart::AnyCase).is_some());
    }

    #[test]
    fn no_two_values_share_a_place() {
        let places = |template: &str, namespace: Option<&str>| {
            let template = PathTemplate::parse(template).unwrap();
            template.places(namespace, "db", ["a", "b"])
        };
        assert!(matches!(
            places("{name}", Some("x")),
            Err(NoPlace::Shared { .. })
        ));
        assert!(matches!(
            places("{name}#p", Some("x")),
            Err(NoPlace::Shared { .. })
        ));
        assert_eq!(places("{namespace}#{key}", None), Err(NoPlace::NoNamespace));
        assert!(places("{name}#{key}", None).is_ok());
        let long = format!("{}{{key}}", "x".repeat(1017));
        let long = PathTemplate::parse(&long).unwrap();
        assert!(matches!(
            long.places(None, "db", ["password"]),
            Err(NoPlace::Long(_))
        ));
    }
}
