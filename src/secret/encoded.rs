//! The base64 below `data`, read as the API server reads it.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::SecretValue;

/// Go's `base64.StdEncoding`, which `encoding/json` uses: padding is needed,
/// unused bits may be set.
const GO: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// What is wrong with a text below `data`, without the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// The alphabet of URLs: `-` and `_`.
    UrlAlphabet,
    /// `=` at the end is missing.
    Unpadded,
    Blank,
    /// Not base64 at all: probably the value itself.
    NotBase64,
    /// It is base64 by chance: a word, which decodes to bytes that are no text.
    Word,
}

impl Defect {
    /// Whether the API server refuses it.
    pub fn is_refused(self) -> bool {
        self != Self::Word
    }

    /// A fragment that follows the name of the key.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::UrlAlphabet => "is base64 in the alphabet of URLs, which the API server refuses",
            Self::Unpadded => "is base64 without its padding (=), which the API server refuses",
            Self::Blank => "has a space inside its base64, which the API server refuses",
            Self::NotBase64 => "is not base64, so the API server refuses the Secret",
            Self::Word => {
                "looks like a word that was never encoded; it is decoded anyway, to bytes that are not text"
            }
        }
    }
}

/// The value a text below `data` stands for.
///
/// # Errors
/// The [`Defect`] for which the API server refuses it.
pub fn decode(text: &SecretValue) -> Result<SecretValue, Defect> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    // Go passes over line breaks.
    digits.extend(
        text.expose()
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\r' | b'\n')),
    );
    let mut bytes = Zeroizing::new(vec![0; digits.len().div_ceil(4) * 3]);
    match GO.decode_slice(&*digits, &mut bytes) {
        Ok(length) => Ok(SecretValue::from_bytes(bytes[..length].to_vec())),
        Err(_) => Err(defect(&digits)),
    }
}

/// The bytes of base64 text, padded or not (docker's `auth`).
pub(super) fn decode_unpadded(text: &SecretValue) -> Option<SecretValue> {
    let mut padded = Zeroizing::new(text.expose().trim_ascii().to_vec());
    let whole = padded.len().next_multiple_of(4);
    padded.resize(whole, b'=');
    decode(&SecretValue::from_bytes(std::mem::take(&mut *padded))).ok()
}

/// What looks wrong about a text below `data`.
pub fn check(text: &SecretValue) -> Result<(), Defect> {
    let value = decode(text)?;
    let word = text.expose();
    let looks_like_a_word = word.len() >= 4
        && word[0].is_ascii_alphabetic()
        && word[1..].iter().all(u8::is_ascii_lowercase);
    if looks_like_a_word && std::str::from_utf8(value.expose()).is_err() {
        return Err(Defect::Word);
    }
    Ok(())
}

fn defect(digits: &[u8]) -> Defect {
    let without = |unwanted: &[u8]| -> Zeroizing<Vec<u8>> {
        Zeroizing::new(
            digits
                .iter()
                .copied()
                .filter(|byte| !unwanted.contains(byte))
                .collect(),
        )
    };
    let decodes = |digits: &[u8]| {
        let mut bytes = Zeroizing::new(vec![0; digits.len().div_ceil(4) * 3]);
        GO.decode_slice(digits, &mut bytes).is_ok()
    };
    // A short text of letters that lacks padding is a word, not base64.
    const SHORTEST: usize = 16;
    if decodes(&without(b" \t")) && digits.len() >= SHORTEST {
        return Defect::Blank;
    }
    let mut padded = without(b"=");
    let is_url = padded.contains(&b'-') || padded.contains(&b'_');
    for byte in padded.iter_mut() {
        match byte {
            b'-' => *byte = b'+',
            b'_' => *byte = b'/',
            _ => {}
        }
    }
    let whole = padded.len().next_multiple_of(4);
    padded.resize(whole, b'=');
    match (decodes(&padded) && digits.len() >= SHORTEST, is_url) {
        (true, true) => Defect::UrlAlphabet,
        (true, false) => Defect::Unpadded,
        (false, _) => Defect::NotBase64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<(), Defect> {
        check(&SecretValue::from_bytes(text.into()))
    }

    /// Go, encoding/base64: `StdEncoding` passes over CR and LF and, not being
    /// strict, over bits that are set in the last digit.
    #[test]
    fn base64_is_read_as_go_reads_it() {
        for text in [
            "",
            "eA==",
            "aGVs\nbG8=\n",
            "aGVs\r\nbG8=",
            "eB==",
            "cGFzc3dvcmQ=",
            // A word, of which text comes.
            "agca",
            // No words, whatever comes of them.
            "/aaa",
            "zAAA",
        ] {
            assert_eq!(found(text), Ok(()), "{text:?}");
        }
        for (text, defect) in [
            ("hello!", Defect::NotBase64),
            ("secret", Defect::NotBase64),
            ("aHVudGVyMmh1bnRlcjI", Defect::Unpadded),
            ("-_-_aHVudGVyMmh1bnRlcjI=", Defect::UrlAlphabet),
            ("aHVudGVy Mmh1bnRlcjI=", Defect::Blank),
            ("-aHVudGVyMmh1bnRlcjI", Defect::UrlAlphabet),
            ("aHVudGVyMmh1bnRlcjI_", Defect::UrlAlphabet),
            ("aGVs bG8=", Defect::NotBase64),
            ("a sentence that is long!", Defect::NotBase64),
            ("password", Defect::Word),
            ("Password", Defect::Word),
        ] {
            assert_eq!(found(text), Err(defect), "{text}");
        }
    }

    #[test]
    fn defects_are_told_without_the_text() {
        for defect in [
            Defect::UrlAlphabet,
            Defect::Unpadded,
            Defect::Blank,
            Defect::NotBase64,
        ] {
            assert!(defect.is_refused());
            assert!(defect.sentence().contains("the API server refuses"));
        }
        assert!(!Defect::Word.is_refused());
        assert!(Defect::Word.sentence().contains("decoded anyway"));
    }

    #[test]
    fn padding_may_be_missing_where_docker_reads() {
        for text in ["aGVsbG8", "aGVsbG8=", " aGVsbG8=\n"] {
            let value = decode_unpadded(&SecretValue::from_bytes(text.into()));
            assert_eq!(value.unwrap().expose(), b"hello", "{text:?}");
        }
        assert!(decode_unpadded(&SecretValue::from_bytes(b"!".to_vec())).is_none());
    }

    #[test]
    fn values_are_decoded() {
        let value = decode(&SecretValue::from_bytes(b"aGVs\nbG8=".to_vec()));
        assert_eq!(value.ok().unwrap().expose(), b"hello");
    }
}
