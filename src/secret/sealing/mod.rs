//! Encrypting values so that only the controller of SealedSecrets can read them, as
//! kubeseal does it (bitnami/sealed-secrets `pkg/crypto/crypto.go`, `HybridEncrypt`).
//!
//! A fresh session key of 32 bytes is encrypted by RSA-OAEP (SHA-256, with a label), and
//! the value by AES-256-GCM under the session key. The nonce is zero, which is safe since
//! each session key encrypts one value.

mod certificate;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::SecretValue;

pub use certificate::{CertificateProblem, LONGEST_CERTIFICATE, SealingCertificate};

const SESSION_KEY_BYTES: usize = 32;
/// Bytes in front of everything: the length of the encrypted session key.
const LENGTH_BYTES: usize = 2;

/// The public key that values are encrypted with.
pub struct SealingKey {
    key: OaepPublicEncryptingKey,
    public_key: Vec<u8>,
}

/// A value could not be encrypted. Nothing is said of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the operating system gives no random bytes")]
    NoRandom,
    #[error("the library refused to encrypt")]
    Refused,
}

/// Shorter values, in bytes, stand in any text by chance.
const SHORTEST_REPEATED: usize = 4;

/// Lines of a value that has several, in bytes from which on one alone is looked for: a
/// line of PEM or of a base64 block has 64 or 76.
const SHORTEST_LINE: usize = 20;
/// How often quotes may stand in quotes, as those of JSON in an annotation's JSON.
const MOST_QUOTED: usize = 4;

/// A text that stays public: as it is, and without the escapes of JSON and its like.
pub struct PublicText {
    forms: Vec<Zeroizing<Vec<u8>>>,
}

impl PublicText {
    pub fn of(text: &str) -> Self {
        let mut forms = vec![Zeroizing::new(text.as_bytes().to_vec())];
        while let Some(last) = forms.last()
            && last.contains(&b'\\')
            && forms.len() <= MOST_QUOTED
        {
            let next = unescaped(last);
            forms.push(next);
        }
        Self { forms }
    }

    /// Whether it holds a value: as it is or as base64, or a long line of one with
    /// several.
    pub fn repeats(&self, value: &SecretValue) -> bool {
        let whole = value.expose();
        let value = whole.trim_ascii();
        if value.len() < SHORTEST_REPEATED {
            return false;
        }
        let encoded = |bytes: &[u8]| {
            let text = STANDARD.encode(bytes);
            Zeroizing::new(text.trim_end_matches('=').as_bytes().to_vec())
        };
        self.holds(value)
            || self.holds(&encoded(value))
            || self.holds(&encoded(whole))
            || lines(value).any(|line| self.holds(line))
    }

    fn holds(&self, part: &[u8]) -> bool {
        self.forms
            .iter()
            .any(|form| form.windows(part.len()).any(|window| window == part))
    }
}

/// The long lines of a value that has several, without those that frame PEM, which say
/// nothing.
fn lines(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let has_several = value.contains(&b'\n');
    value
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .map(<[u8]>::trim_ascii)
        .filter(move |line| {
            has_several && line.len() >= SHORTEST_LINE && !line.starts_with(b"-----")
        })
}

/// A text without one layer of the escapes of JSON. What is none stays.
fn unescaped(text: &[u8]) -> Zeroizing<Vec<u8>> {
    // Nothing gets longer, so the buffer is never left behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (byte, after) = match (first, tail) {
            (b'\\', [b'u', tail @ ..]) => match unicode(tail) {
                Some((character, after)) => {
                    let mut buffer = Zeroizing::new([0; 4]);
                    plain.extend_from_slice(character.encode_utf8(&mut *buffer).as_bytes());
                    rest = after;
                    continue;
                }
                None => (*first, &rest[1..]),
            },
            (b'\\', [b'n', after @ ..]) => (b'\n', after),
            (b'\\', [b'r', after @ ..]) => (b'\r', after),
            (b'\\', [b't', after @ ..]) => (b'\t', after),
            (b'\\', [b'b', after @ ..]) => (8, after),
            (b'\\', [b'f', after @ ..]) => (12, after),
            (b'\\', [mark @ (b'"' | b'\\' | b'/' | b'\''), after @ ..]) => (*mark, after),
            _ => (*first, tail),
        };
        plain.push(byte);
        rest = after;
    }
    plain
}

/// The character of the four digits behind `\u`, or of a pair of them, and the rest.
fn unicode(digits: &[u8]) -> Option<(char, &[u8])> {
    let unit = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits.get(..4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let high = unit(digits)?;
    if let Some(character) = char::from_u32(high) {
        return Some((character, &digits[4..]));
    }
    let rest = digits[4..].strip_prefix(b"\\u")?;
    let low = unit(rest)?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    let character = char::from_u32(0x1_0000 + (high.checked_sub(0xD800)? << 10) + low)?;
    Some((character, &rest[4..]))
}

impl SealingKey {
    /// A key from its `SubjectPublicKeyInfo` (DER); `None` where the library takes none
    /// of its kind or size.
    fn new(public_key: &[u8]) -> Option<Self> {
        let key = PublicEncryptingKey::from_der(public_key).ok()?;
        Some(Self {
            key: OaepPublicEncryptingKey::new(key).ok()?,
            public_key: public_key.to_vec(),
        })
    }

    /// Its `SubjectPublicKeyInfo`, DER.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Encrypts a value; the label says where it can be decrypted. The result is the text
    /// that belongs below `encryptedData`, and public.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(&self, label: &str, value: &SecretValue) -> Result<String, SealError> {
        let mut session = Zeroizing::new([0; SESSION_KEY_BYTES]);
        getrandom::fill(&mut *session).map_err(|_| SealError::NoRandom)?;
        let rsa_bytes = self.key.key_size_bytes();
        let length = u16::try_from(rsa_bytes).map_err(|_| SealError::Refused)?;
        let value = value.expose();
        let start = LENGTH_BYTES + rsa_bytes;
        let size = start + value.len() + AES_256_GCM.tag_len();
        // It holds the value until it is encrypted in place.
        let mut sealed = Zeroizing::new(Vec::with_capacity(size));
        sealed.extend_from_slice(&length.to_be_bytes());
        sealed.resize(start, 0);
        let label = (!label.is_empty()).then_some(label.as_bytes());
        let written = self
            .key
            .encrypt(
                &OAEP_SHA256_MGF1SHA256,
                &*session,
                &mut sealed[LENGTH_BYTES..],
                label,
            )
            .map_err(|_| SealError::Refused)?
            .len();
        if written != rsa_bytes {
            return Err(SealError::Refused);
        }
        sealed.extend_from_slice(value);
        let key = UnboundKey::new(&AES_256_GCM, &*session).map_err(|_| SealError::Refused)?;
        let tag = LessSafeKey::new(key)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key([0; NONCE_LEN]),
                Aad::empty(),
                &mut sealed[start..],
            )
            .map_err(|_| SealError::Refused)?;
        sealed.extend_from_slice(tag.as_ref());
        debug_assert_eq!(sealed.len(), size, "the buffer must never be reallocated");
        Ok(STANDARD.encode(&*sealed))
    }
}

#[cfg(test)]
mod tests;
