//! What the API server accepts around the values: sizes, labels, annotations.

use super::copies::repeats_values;
use std::collections::BTreeMap;

use super::KeyName;
use super::key::check_object_name;
use super::value::MAX_SECRET_BYTES;

/// Largest sum of all annotations, in bytes (apimachinery
/// `validation.TotalAnnotationSizeLimitB`).
const MAX_ANNOTATION_BYTES: usize = 256 * 1024;
/// Longest label value, and longest name after the prefix, in bytes.
const MAX_NAME_BYTES: usize = 63;

/// Why a Secret would not be accepted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// The values are too large together.
    #[error(
        "the values have {total} bytes together; a Secret holds at most {MAX_SECRET_BYTES} bytes. Largest: {largest}"
    )]
    TooLarge {
        /// The sum in bytes.
        total: usize,
        /// The largest keys with their sizes.
        largest: String,
    },
    /// The annotations are too large together.
    #[error("the annotations have {0} bytes together; at most {MAX_ANNOTATION_BYTES} are accepted")]
    AnnotationsTooLarge(usize),
    /// The word is not `NAME=VALUE`. It is not quoted.
    #[error("--{flag} takes NAME=VALUE")]
    NotAPair { flag: &'static str },
    /// The name of a label or annotation is not legal.
    #[error("--{flag}: the name {name:?} is not legal: {rule}")]
    IllegalName {
        flag: &'static str,
        name: String,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// The value of a label is not legal.
    #[error(
        "--label {name}: the value may have at most 63 letters, digits, '-', '_' and '.', and must begin and end with a letter or digit"
    )]
    IllegalValue { name: String },
    /// The name is given twice.
    #[error("--{flag} {name} is given twice")]
    Twice { flag: &'static str, name: String },
    /// An annotation that would hold a copy of the values.
    #[error("the annotation {0} is where kubectl apply keeps a readable copy of the values")]
    HoldsValues(String),
}

impl LimitError {
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::TooLarge { .. } => Some("Split the keys into several Secrets."),
            Self::HoldsValues(_) => Some("Leave it out."),
            Self::IllegalName { .. } => Some(
                "For example example.com/team: an optional DNS name and '/', then at most 63 letters, digits, '-', '_' and '.'.",
            ),
            _ => None,
        }
    }
}

/// How much of a Secret's limit its values fill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SizeClass {
    #[default]
    Fine,
    /// At least 900 KiB.
    Near,
    /// More than the server stores.
    Over,
}

/// The class of a sum of values, in bytes.
pub fn size_class(total: usize) -> SizeClass {
    const NEAR: usize = 900 * 1024;
    match total {
        0..NEAR => SizeClass::Fine,
        NEAR..=MAX_SECRET_BYTES => SizeClass::Near,
        _ => SizeClass::Over,
    }
}

/// Whether a manifest whose values have that many bytes of text can be applied
/// by the client: `kubectl apply` writes the manifest into an annotation.
pub fn fits_client_side_apply(text: usize) -> bool {
    text < MAX_ANNOTATION_BYTES
}

/// Checks the sum of the values. Keys and metadata do not count
/// (kubernetes `ValidateSecret`).
///
/// # Errors
/// [`LimitError::TooLarge`] naming the largest keys.
pub fn check_total<'a>(
    sizes: impl Iterator<Item = (&'a KeyName, usize)>,
) -> Result<(), LimitError> {
    let mut sizes: Vec<_> = sizes.collect();
    let total = sizes.iter().map(|(_, size)| size).sum();
    if total <= MAX_SECRET_BYTES {
        return Ok(());
    }
    sizes.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let largest: Vec<_> = sizes
        .iter()
        .take(3)
        .map(|(key, size)| format!("{key} ({size})"))
        .collect();
    Err(LimitError::TooLarge {
        total,
        largest: largest.join(", "),
    })
}

/// Which kind of metadata a `NAME=VALUE` word sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataKind {
    Label,
    Annotation,
}

/// Reads `NAME=VALUE` words.
///
/// # Errors
/// [`LimitError`] for the first word the server would refuse.
pub fn parse_metadata(
    words: &[String],
    kind: MetadataKind,
) -> Result<BTreeMap<String, String>, LimitError> {
    let flag = match kind {
        MetadataKind::Label => "label",
        MetadataKind::Annotation => "annotation",
    };
    let mut pairs = BTreeMap::new();
    for word in words {
        let (name, value) = word.split_once('=').ok_or(LimitError::NotAPair { flag })?;
        if let Err(rule) = check_qualified_name(name) {
            return Err(LimitError::IllegalName {
                flag,
                name: name.to_owned(),
                rule,
            });
        }
        match kind {
            MetadataKind::Label if !value.is_empty() && !is_name(value) => {
                return Err(LimitError::IllegalValue {
                    name: name.to_owned(),
                });
            }
            MetadataKind::Annotation if repeats_values(name) => {
                return Err(LimitError::HoldsValues(name.to_owned()));
            }
            _ => {}
        }
        if pairs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(LimitError::Twice {
                flag,
                name: name.to_owned(),
            });
        }
    }
    let size = pairs
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if kind == MetadataKind::Annotation && size > MAX_ANNOTATION_BYTES {
        return Err(LimitError::AnnotationsTooLarge(size));
    }
    Ok(pairs)
}

/// apimachinery `validation.IsQualifiedName`.
fn check_qualified_name(name: &str) -> Result<(), &'static str> {
    let name = match name.split_once('/') {
        None => name,
        Some((prefix, name)) => {
            check_object_name(prefix)
                .map_err(|_| "the part before '/' must be a DNS name in lower case")?;
            name
        }
    };
    if is_name(name) {
        Ok(())
    } else {
        Err(
            "it must have 1 to 63 letters, digits, '-', '_' and '.', and begin and end with a letter or digit",
        )
    }
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    bytes.len() <= MAX_NAME_BYTES
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_values_counts() {
        let (a, b) = (KeyName::new("a").unwrap(), KeyName::new("b").unwrap());
        assert_eq!(check_total([(&a, MAX_SECRET_BYTES)].into_iter()), Ok(()));
        let error = check_total([(&a, MAX_SECRET_BYTES), (&b, 1)].into_iter()).unwrap_err();
        assert!(error.to_string().contains("a (1048576), b (1)"), "{error}");
    }

    #[test]
    fn sizes_have_classes() {
        for (total, class) in [
            (0, SizeClass::Fine),
            (900 * 1024 - 1, SizeClass::Fine),
            (900 * 1024, SizeClass::Near),
            (MAX_SECRET_BYTES, SizeClass::Near),
            (MAX_SECRET_BYTES + 1, SizeClass::Over),
        ] {
            assert_eq!(size_class(total), class, "{total}");
        }
        assert!(fits_client_side_apply(1000));
        assert!(!fits_client_side_apply(256 * 1024));
    }

    #[test]
    fn metadata_follows_the_servers_rules() {
        let parse = |word: &str, kind| parse_metadata(&[word.to_owned()], kind);
        for word in ["a=b", "example.com/a_b.c=x", "a=", "A1=Z.9"] {
            assert!(parse(word, MetadataKind::Label).is_ok(), "{word}");
        }
        let long = format!("{}=x", "n".repeat(64));
        for word in [
            "a",
            "=b",
            "/a=b",
            "Ex.com/a=b",
            "a/b/c=d",
            "-a=b",
            "a=b c",
            "a=-b",
            &long,
        ] {
            assert!(parse(word, MetadataKind::Label).is_err(), "{word}");
        }
        assert!(parse("a=any text, at all", MetadataKind::Annotation).is_ok());
        let large = format!("a={}", "x".repeat(MAX_ANNOTATION_BYTES));
        for word in [
            "kubectl.kubernetes.io/last-applied-configuration={}",
            &large,
        ] {
            assert!(parse(word, MetadataKind::Annotation).is_err());
        }
        let twice = ["a=1".to_owned(), "a=2".to_owned()];
        assert!(parse_metadata(&twice, MetadataKind::Label).is_err());
    }
}
