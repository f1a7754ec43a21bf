//! Changes of a SealedSecret in a file: ciphertexts and the stamp, and nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::levels::sealed::SealedSecret;
use crate::levels::stamp::{self, Fingerprint, STAMP, Stamp, Stamped};
use crate::manifest::Operation;
use crate::secret::KeyName;

/// Puts one encrypted value in. A stamp that fitted until now is made to fit again, or
/// removed where it would be too long to be read; an object without one gets none, since
/// nothing is known of its other values.
///
/// `namespace` is the one that it is for, where the object does not say it.
pub fn set(
    sealed: &SealedSecret<'_>,
    namespace: Option<&str>,
    key: &KeyName,
    text: &str,
    fingerprint: &Fingerprint,
) -> Vec<Operation> {
    let mut operations = vec![put(sealed, key.as_str(), text)];
    if let Stamped::Fits(old) = stamp::compare(sealed, namespace) {
        let mut texts: BTreeMap<&str, &str> = sealed
            .encrypted()
            .into_iter()
            .map(|(key, node)| (key, node.as_str().unwrap_or_default()))
            .collect();
        texts.insert(key.as_str(), text);
        let keys = texts
            .keys()
            .map(|name| match *name == key.as_str() {
                true => (*name, fingerprint.clone()),
                false => (*name, old.of_value(name).clone()),
            })
            .collect();
        operations.push(match old.with(&keys, stamp::digest(texts)) {
            Some(stamp) => stamped(sealed, &stamp),
            None => Operation::Remove {
                pointer: format!("/metadata/annotations/{}", token(STAMP)),
            },
        });
    }
    operations
}

/// Replaces all encrypted values, which `texts` has by key.
pub fn reseal(
    sealed: &SealedSecret<'_>,
    texts: &BTreeMap<String, String>,
    stamp: &Stamp,
) -> Vec<Operation> {
    texts
        .iter()
        .map(|(key, text)| put(sealed, key, text))
        .chain([stamped(sealed, stamp)])
        .collect()
}

fn put(sealed: &SealedSecret<'_>, key: &str, text: &str) -> Operation {
    let map = sealed.root().at(&["spec", "encryptedData"]);
    match map {
        Some(map) if map.is_mapping() => Operation::Add {
            pointer: format!("/spec/encryptedData/{}", token(key)),
            value: Value::from(text),
        },
        _ => Operation::Add {
            pointer: "/spec/encryptedData".to_owned(),
            value: json!({key: text}),
        },
    }
}

fn stamped(sealed: &SealedSecret<'_>, stamp: &Stamp) -> Operation {
    let annotations = sealed.root().at(&["metadata", "annotations"]);
    match annotations {
        Some(map) if map.is_mapping() => Operation::Add {
            pointer: format!("/metadata/annotations/{}", token(STAMP)),
            value: stamp.to_string().into(),
        },
        _ => Operation::Add {
            pointer: "/metadata/annotations".to_owned(),
            value: json!({STAMP: stamp.to_string()}),
        },
    }
}

/// A token of a JSON pointer (RFC 6901).
fn token(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::sealed::Scope;
    use crate::manifest::edit::edit;
    use crate::manifest::{SourceText, parse};

    /// A file whose values have these keys; all of them were sealed under one key.
    fn file(keys: &[String]) -> String {
        let texts: BTreeMap<String, String> = keys
            .iter()
            .map(|key| (key.clone(), "AQ==".to_owned()))
            .collect();
        let stamp = Stamp {
            scope: Scope::Strict,
            namespace: "shop".to_owned(),
            name: "db".to_owned(),
            key: Fingerprint::of_public_key(b"first"),
            others: BTreeMap::new(),
            ciphertexts: stamp::digest(
                texts
                    .iter()
                    .map(|(key, text)| (key.as_str(), text.as_str())),
            ),
        };
        let mut text = format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\n  annotations:\n    {STAMP}: {stamp}\nspec:\n  encryptedData:\n"
        );
        for key in keys {
            text += &format!("    {key}: AQ==\n");
        }
        text
    }

    fn set_one(text: &str, key: &str, under: &str) -> (String, Stamped) {
        let of = |text: &str| parse(&SourceText::new("file", text.to_owned()));
        let parsed = of(text);
        let document = &parsed.documents[0];
        let sealed = SealedSecret::of(&document.root).unwrap();
        let fingerprint = Fingerprint::of_public_key(under.as_bytes());
        let key = KeyName::new(key).unwrap();
        let operations = set(&sealed, None, &key, "Ag==", &fingerprint);
        let after = edit(text, document.span, document.format, "", &operations).unwrap();
        let parsed = of(&after);
        let sealed = SealedSecret::of(&parsed.documents[0].root).unwrap();
        let stamped = stamp::compare(&sealed, None);
        (after, stamped)
    }

    /// Shows no row of its own: a stamp names the keys that values have, and no others.
    #[test]
    fn a_key_that_no_value_has_is_forgotten() {
        let keys: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        let mut text = file(&keys);
        for round in 0..40 {
            let under = format!("key {round}");
            for (number, key) in keys.iter().enumerate() {
                let (after, stamped) = set_one(&text, key, &under);
                text = after;
                let Stamped::Fits(stamp) = stamped else {
                    panic!("{round} {key}: {stamped:?}");
                };
                let newest = Fingerprint::of_public_key(under.as_bytes());
                assert_eq!(stamp.of_value(key), &newest);
                let expected = if number == 2 { 1 } else { 2 };
                assert_eq!(stamp.keys().len(), expected, "{round} {key}");
            }
        }
    }

    #[test]
    fn a_stamp_that_could_not_be_read_is_none() {
        let keys: Vec<String> = (0..300).map(|number| format!("{number:0>250}")).collect();
        let mut text = file(&keys);
        let mut removed = false;
        for (number, key) in keys.iter().enumerate().take(80) {
            let (after, stamped) = set_one(&text, key, &format!("key {}", number % 2));
            text = after;
            match stamped {
                Stamped::Fits(_) => assert!(!removed, "{number}"),
                Stamped::No => removed = true,
                other => panic!("{number}: {other:?}"),
            }
        }
        assert!(removed);
    }
}
