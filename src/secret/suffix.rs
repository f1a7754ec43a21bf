//! Suffixes for names: random, or kubectl's hash of the values.

use std::collections::BTreeMap;

use aws_lc_rs::digest;

use super::draft::Mutability;
use super::wire::append_base64;
use super::{KeyName, SecretValue};

/// Characters of a suffix, kubectl's own: no vowels and no look-alikes, so
/// that it never spells a word.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
/// Length of a suffix.
const LENGTH: usize = 10;

/// The operating system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes: {0}")]
pub struct SuffixError(#[from] getrandom::Error);

impl SuffixError {
    pub fn hint(&self) -> Option<&'static str> {
        None
    }
}

/// A random suffix. It tells nothing about the values.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn random() -> Result<String, SuffixError> {
    // The largest multiple of the alphabet's size: bytes above it would favour
    // the first characters.
    const FAIR: usize = u8::MAX as usize / ALPHABET.len() * ALPHABET.len();
    let mut suffix = String::with_capacity(LENGTH);
    while suffix.len() < LENGTH {
        let mut byte = [0];
        getrandom::fill(&mut byte)?;
        let byte = usize::from(byte[0]);
        if byte < FAIR {
            suffix.push(char::from(ALPHABET[byte % ALPHABET.len()]));
        }
    }
    Ok(suffix)
}

/// The suffix that `kubectl create secret --append-hash` appends: the first
/// ten hexadecimal digits of a SHA-256 over the Secret as JSON, with digits
/// and vowels replaced (kubectl `pkg/util/hash/hash.go`). Whoever sees it can
/// test guesses of the values.
pub fn kubectl_hash(
    name: &str,
    secret_type: &str,
    mutability: Mutability,
    values: &BTreeMap<KeyName, &SecretValue>,
) -> String {
    // Go writes the fields of this map in alphabetical order, and leaves
    // `immutable` out unless it is set. Neither keys nor object names can hold
    // a character that JSON escapes.
    let mut head = br#"{"data":"#.to_vec();
    if values.is_empty() {
        head.extend_from_slice(b"{}");
    }
    let size: usize = values
        .iter()
        .map(|(key, value)| key.as_str().len() + value.len().div_ceil(3) * 4 + 8)
        .sum();
    let mut text = zeroize::Zeroizing::new(Vec::with_capacity(size + head.len() + 512));
    text.extend_from_slice(&head);
    for (position, (key, value)) in values.iter().enumerate() {
        text.push(if position == 0 { b'{' } else { b',' });
        text.extend_from_slice(format!("\"{key}\":\"").as_bytes());
        append_base64(&mut text, value.expose());
        text.push(b'"');
    }
    if !values.is_empty() {
        text.push(b'}');
    }
    if mutability == Mutability::Immutable {
        text.extend_from_slice(br#","immutable":true"#);
    }
    let tail = serde_json::json!([name, secret_type]);
    text.extend_from_slice(
        format!(
            r#","kind":"Secret","name":{},"type":{}}}"#,
            tail[0], tail[1]
        )
        .as_bytes(),
    );
    let hash = digest::digest(&digest::SHA256, &text);
    hash.as_ref()
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .take(LENGTH)
        .map(|digit| match digit {
            0 => 'g',
            1 => 'h',
            3 => 'k',
            10 => 'm',
            14 => 't',
            other => char::from_digit(u32::from(other), 16).unwrap_or('g'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_kubectls() {
        let value = SecretValue::from_bytes(b"b".to_vec());
        let values = BTreeMap::from([(KeyName::new("a").unwrap(), &value)]);
        let none = BTreeMap::new();
        for (secret_type, values, expected) in [
            ("", &values, "7fd2tm89d8"),
            ("Opaque", &values, "hft88d9fbb"),
            ("", &none, "6cmg28h685"),
        ] {
            let hash = kubectl_hash("s", secret_type, Mutability::Mutable, values);
            assert_eq!(hash, expected);
        }
    }

    #[test]
    fn random_suffixes_are_legal_and_differ() {
        let (first, second) = (random().unwrap(), random().unwrap());
        assert_ne!(first, second);
        assert_eq!(first.len(), LENGTH);
        assert!(first.bytes().all(|byte| ALPHABET.contains(&byte)));
    }
}
