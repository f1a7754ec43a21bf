//! Whether a text that belongs to a Secret, such as an annotation, tells one of
//! its values.
//!
//! Such a text is shown whole or not at all: a document with holes is of no
//! use, and the holes would tell how long the values are.

use super::fragments::{FRAGMENT_BYTES, shared_fragments};
use super::views::{self, View};
use super::{MASK, Redactor};

/// How packed data begin (gzip, zip, Zstandard, xz, bzip2, LZ4): values may be
/// in it, and nothing here unpacks what others wrote.
const PACKED: &[&[u8]] = &[
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ\x00",
    b"BZh9",
    b"\x04\x22\x4d\x18",
];
/// How many bytes of base64 or hexadecimal digits are long enough to be packed
/// data.
const SHORTEST_PACKED: usize = 24;

impl Redactor {
    /// `text`, or a mask in its place if it holds a value, or a part of one of
    /// eight bytes, in one of the encodings that [`Redactor::mask`] knows; or if it holds packed data, which may hold one.
    pub fn whole_or_masked<'t>(&self, text: &'t str) -> &'t str {
        if self.may_tell(text) { MASK } else { text }
    }

    /// The name of a label or an annotation, or a mask in its place if it holds
    /// a whole value of eight bytes or more. Shorter ones, and parts, stand in
    /// names by chance.
    pub fn name_or_masked<'t>(&self, name: &'t str) -> &'t str {
        let views = views::of(name);
        let told = self
            .values
            .iter()
            .filter(|value| value.len() >= FRAGMENT_BYTES)
            .any(|value| views.iter().any(|view| finds(&view.bytes, value)));
        if told { MASK } else { name }
    }

    fn may_tell(&self, text: &str) -> bool {
        if self.values.is_empty() && self.short.is_empty() {
            return false;
        }
        let views = views::of(text);
        is_packed(text, &views) || self.tells_short(&views) || self.tells_long(&views)
    }

    fn tells_long(&self, views: &[View]) -> bool {
        let small = self
            .values
            .iter()
            .filter(|value| value.len() < FRAGMENT_BYTES);
        for value in small {
            if views.iter().any(|view| finds(&view.bytes, value)) {
                return true;
            }
        }
        let shared = shared_fragments(views, &self.values);
        !shared.is_empty()
            && views.iter().any(|view| {
                view.bytes
                    .windows(FRAGMENT_BYTES)
                    .any(|window| shared.holds(window))
            })
    }

    /// Short values stand in any bytes by chance, so they count only as words
    /// of something that is text.
    fn tells_short(&self, views: &[View]) -> bool {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;

        self.short.iter().any(|value| {
            let encoded = zeroize::Zeroizing::new(STANDARD.encode(value));
            views
                .iter()
                .filter(|view| is_text(&view.bytes))
                .any(|view| {
                    is_word_of(&view.bytes, value)
                        || is_word_of(&view.bytes, encoded.as_bytes())
                        || is_word_of(&view.bytes, encoded.trim_end_matches('=').as_bytes())
                })
        })
    }
}

fn finds(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.chars()
            .all(|character| !character.is_control() || character.is_ascii_whitespace())
    })
}

/// Whether it stands there with no letter or digit beside it.
fn is_word_of(text: &[u8], wanted: &[u8]) -> bool {
    let is_part = |at: Option<usize>| {
        at.and_then(|at| text.get(at))
            .is_some_and(u8::is_ascii_alphanumeric)
    };
    text.windows(wanted.len()).enumerate().any(|(at, window)| {
        window == wanted && !is_part(at.checked_sub(1)) && !is_part(Some(at + wanted.len()))
    })
}

fn is_packed(text: &str, views: &[View]) -> bool {
    text.len() >= SHORTEST_PACKED
        && (views
            .iter()
            .any(|view| PACKED.iter().any(|start| finds(&view.bytes, start)))
            || text
                .split(|character: char| {
                    !(character.is_ascii_alphanumeric() || "+/=_-".contains(character))
                })
                .any(is_zlib))
}

/// Whether a word is base64 of zlib's format, whose first two bytes alone tell
/// it (RFC 1950).
fn is_zlib(word: &str) -> bool {
    const STARTS: [[u8; 2]; 4] = [[0x78, 0x01], [0x78, 0x5e], [0x78, 0x9c], [0x78, 0xda]];
    word.len() >= SHORTEST_PACKED
        && views::of(word)
            .iter()
            .any(|view| STARTS.iter().any(|start| view.bytes.starts_with(start)))
}
