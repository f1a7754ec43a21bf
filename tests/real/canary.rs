//! A value that must not turn up anywhere, and the search for it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Longest piece that is searched for: leaks are often partial.
const WINDOW: usize = 16;
/// A register of 16 bytes that holds a piece of a value, wherever that begins,
/// holds so many bytes from every fourth one on.
const REGISTER_PART: usize = 12;

/// A random value, and the forms in which it could turn up.
pub struct Canary {
    text: String,
    needles: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    /// A random value of `length` letters and digits.
    pub fn new(length: usize) -> Self {
        const LETTERS: &[u8; 62] =
            b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut random = vec![0; length];
        getrandom::fill(&mut random).expect("randomness");
        let text = random
            .iter()
            .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
            .collect();
        Self::of(text)
    }

    /// A given value, such as a token.
    pub fn of(text: String) -> Self {
        // Windows at the start, in the middle and at the end: allocators write
        // their links over the start of freed blocks.
        let bytes = text.as_bytes();
        let size = WINDOW.min(bytes.len());
        let mut needles = Vec::new();
        for start in [0, (bytes.len() - size) / 2, bytes.len() - size] {
            needles.extend(forms(&bytes[start..start + size]));
        }
        // Whatever 16 bytes of it a saved register holds, one of these is in them.
        needles.extend(
            bytes
                .windows(REGISTER_PART)
                .step_by(4)
                .map(|part| ("part of a register", part.to_vec())),
        );
        Self { text, needles }
    }

    /// The value.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The forms found in `haystack`, with how often.
    pub fn hits(&self, haystack: &[u8]) -> Vec<(&'static str, usize)> {
        self.needles
            .iter()
            .map(|(form, needle)| (*form, count(haystack, needle)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

fn forms(piece: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = std::str::from_utf8(piece).expect("canaries are text");
    let list = |separator: &str| {
        let numbers: Vec<_> = piece.iter().map(u8::to_string).collect();
        numbers.join(separator).into_bytes()
    };
    let hex = piece.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let url = piece.iter().fold(String::new(), |mut url, byte| {
        let _ = write!(url, "%{byte:02X}");
        url
    });
    let mut forms = vec![
        ("plain", piece.to_vec()),
        ("hex", hex.clone().into_bytes()),
        ("HEX", hex.to_uppercase().into_bytes()),
        ("decimal", list(", ")),
        ("decimal", list(",")),
        ("decimal", list(" ")),
        ("url", url.into_bytes()),
        (
            "utf-16",
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
    ];
    // At another alignment the letters at the edges mix with their
    // neighbours; the middle is the same whatever stands around.
    for shift in 0..3 {
        let inner = &piece[(3 - shift) % 3..];
        let inner = &inner[..inner.len() / 3 * 3];
        if inner.len() >= 6 {
            forms.push(("base64", STANDARD.encode(inner).into_bytes()));
        }
    }
    forms
}

fn count(haystack: &[u8], needle: &[u8]) -> usize {
    memchr::memmem::find_iter(haystack, needle).count()
}
