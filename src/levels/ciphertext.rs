//! The layout of one encrypted value, which is public: two bytes for the length of the
//! encrypted session key, that key, and the value with 16 bytes of authentication
//! (bitnami/sealed-secrets `pkg/crypto/crypto.go`, `HybridEncrypt`).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::manifest::Node;

/// Bytes that AES-GCM adds to a value.
pub const TAG_BYTES: usize = 16;

/// Sizes of RSA keys that may have sealed a value, in bytes: 1024 bits, the least that
/// Go uses, to 16384. The controller makes 4096 bits unless `--key-size` says otherwise.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 128..=2048;

/// Standard base64 with padding; trailing bits are not looked at, as in Go.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// What the text of an encrypted value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Size of the RSA key that it was encrypted with, in bytes.
    pub rsa_bytes: usize,
    /// Length of the value, in bytes. The ciphertext of a value does not hide it.
    pub value_bytes: usize,
}

/// Why no controller can unseal a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutProblem {
    #[error("is not text")]
    NotText,
    #[error("is not valid base64")]
    NotBase64,
    /// It ends before what it must hold.
    #[error("is too short: it has {bytes} bytes and needs at least {needed}")]
    TooShort { bytes: usize, needed: usize },
    /// The first two bytes do not name the size of an RSA key.
    #[error("does not start with the length of an RSA ciphertext")]
    NoKeyLength,
}

/// The layout of the value of a key in `encryptedData`.
///
/// # Errors
/// When no key could decrypt it.
pub fn layout_of(node: &Node) -> Result<Layout, LayoutProblem> {
    layout(node.as_str().ok_or(LayoutProblem::NotText)?)
}

/// The layout of a text.
///
/// # Errors
/// When no key could decrypt it.
pub fn layout(text: &str) -> Result<Layout, LayoutProblem> {
    let bytes = decode(text).ok_or(LayoutProblem::NotBase64)?;
    let too_short = |needed: usize| LayoutProblem::TooShort {
        bytes: bytes.len(),
        needed,
    };
    let [high, low, rest @ ..] = bytes.as_slice() else {
        return Err(too_short(2 + RSA_BYTES.start() + TAG_BYTES));
    };
    let rsa_bytes = usize::from(u16::from_be_bytes([*high, *low]));
    if !RSA_BYTES.contains(&rsa_bytes) {
        return Err(LayoutProblem::NoKeyLength);
    }
    let value_bytes = rest
        .len()
        .checked_sub(rsa_bytes + TAG_BYTES)
        .ok_or_else(|| too_short(2 + rsa_bytes + TAG_BYTES))?;
    Ok(Layout {
        rsa_bytes,
        value_bytes,
    })
}

/// The bytes of a text, as Go's `base64.StdEncoding` reads it: line ends are skipped.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    if text.bytes().any(|byte| line_end(&byte)) {
        let one_line: Vec<u8> = text.bytes().filter(|byte| !line_end(byte)).collect();
        STANDARD.decode(one_line).ok()
    } else {
        STANDARD.decode(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose;

    fn text(rsa: u16, rest: usize) -> String {
        let mut bytes = rsa.to_be_bytes().to_vec();
        bytes.resize(2 + rest, 7);
        general_purpose::STANDARD.encode(bytes)
    }

    #[test]
    fn layouts_are_read_to_the_byte() {
        assert_eq!(
            layout(&text(512, 512 + 16 + 5)),
            Ok(Layout {
                rsa_bytes: 512,
                value_bytes: 5
            })
        );
        assert_eq!(
            layout(&text(256, 256 + 16)),
            Ok(Layout {
                rsa_bytes: 256,
                value_bytes: 0
            })
        );
        assert_eq!(
            layout(&text(512, 512 + 15)),
            Err(LayoutProblem::TooShort {
                bytes: 529,
                needed: 530
            })
        );
        assert_eq!(layout(&text(7, 600)), Err(LayoutProblem::NoKeyLength));
        assert_eq!(layout(&text(u16::MAX, 9)), Err(LayoutProblem::NoKeyLength));
        assert_eq!(layout("not base64!"), Err(LayoutProblem::NotBase64));
        for short in ["", "AA==", "AQ=="] {
            assert!(matches!(
                layout(short),
                Err(LayoutProblem::TooShort { needed: 146, .. })
            ));
        }
    }

    #[test]
    fn line_ends_are_skipped_and_blanks_are_not() {
        let whole = text(256, 300);
        let (first, second) = whole.split_at(40);
        assert_eq!(
            layout(&format!("{first}\r\n{second}\n")),
            layout(&whole),
            "line ends"
        );
        assert_eq!(
            layout(&format!("{first} {second}")),
            Err(LayoutProblem::NotBase64)
        );
    }
}
