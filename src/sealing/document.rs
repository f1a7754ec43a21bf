//! The SealedSecret that a Secret becomes, with its stamp.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::levels::sealed::{API_VERSION, KIND, Scope};
use crate::levels::stamp::{self, Fingerprint, STAMP, Stamp};
use crate::secret::KeyName;
use crate::secret::SecretValue;
use crate::secret::draft::Mutability;
use crate::secret::sealing::{SealError, SealingKey};

use super::{Plain, Target};

/// Encrypts values by key.
///
/// # Errors
/// [`SealError`].
pub fn ciphertexts<'a>(
    values: impl IntoIterator<Item = (&'a KeyName, &'a SecretValue)>,
    target: &Target,
    key: &SealingKey,
) -> Result<BTreeMap<String, String>, SealError> {
    let label = target.label();
    values
        .into_iter()
        .map(|(name, value)| Ok((name.as_str().to_owned(), key.seal(&label, value)?)))
        .collect()
}

/// The stamp of ciphertexts that are all sealed under one key.
pub fn stamp(target: &Target, key: &Fingerprint, texts: &BTreeMap<String, String>) -> Stamp {
    let texts = texts
        .iter()
        .map(|(key, text)| (key.as_str(), text.as_str()));
    Stamp {
        scope: target.scope,
        namespace: target.namespace.clone().unwrap_or_default(),
        name: target.name.clone(),
        key: key.clone(),
        others: BTreeMap::new(),
        ciphertexts: stamp::digest(texts),
    }
}

/// Encrypts a Secret. The template has what the Secret had besides its values; copies of
/// the values in annotations are gone, as with kubeseal (`StripLastAppliedAnnotations`).
///
/// # Errors
/// [`SealError`].
pub fn seal(
    plain: &Plain,
    target: &Target,
    key: &SealingKey,
    fingerprint: &Fingerprint,
) -> Result<Value, SealError> {
    let texts = ciphertexts(&plain.values, target, key)?;
    let stamp = stamp(target, fingerprint, &texts);
    let mut own = scope_annotation(target.scope);
    own.insert(STAMP.to_owned(), stamp.to_string().into());
    let mut kept: Map<String, Value> = plain
        .annotations
        .iter()
        .map(|(name, text)| (name.clone(), text.as_str().into()))
        .collect();
    // kubeseal reads the scope there.
    kept.extend(scope_annotation(target.scope));
    let mut template_metadata = names(target);
    if !plain.labels.is_empty() {
        template_metadata.insert("labels".to_owned(), json!(plain.labels));
    }
    if !kept.is_empty() {
        template_metadata.insert("annotations".to_owned(), kept.into());
    }
    let mut template = Map::new();
    template.insert("metadata".to_owned(), template_metadata.into());
    if let Some(type_) = &plain.type_ {
        template.insert("type".to_owned(), type_.as_str().into());
    }
    if plain.mutability == Mutability::Immutable {
        template.insert("immutable".to_owned(), true.into());
    }
    let mut metadata = names(target);
    metadata.insert("annotations".to_owned(), own.into());
    Ok(json!({
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": metadata,
        "spec": {"encryptedData": texts, "template": template},
    }))
}

fn names(target: &Target) -> Map<String, Value> {
    let mut names = Map::new();
    names.insert("name".to_owned(), target.name.as_str().into());
    if let Some(namespace) = &target.namespace {
        names.insert("namespace".to_owned(), namespace.as_str().into());
    }
    names
}

fn scope_annotation(scope: Scope) -> Map<String, Value> {
    scope
        .annotation()
        .map(|name| (name.to_owned(), "true".into()))
        .into_iter()
        .collect()
}
