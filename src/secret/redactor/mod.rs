//! Masking values in text that others wrote.
//!
//! A server may quote what it was sent, whole or cut short and in any
//! encoding. Instead of guessing each encoded form of each value, the text is
//! decoded in every way it can be ([`views`]), and whatever decodes to a part
//! of a value is covered. So alignments, wrapped lines and nested escapes need
//! no list of their own.

use zeroize::Zeroizing;

use super::SecretValue;
use views::View;

mod fragments;
mod views;

use fragments::{FRAGMENT_BYTES, shared_fragments};

/// What stands where a value stood.
const MASK: &str = "***";
/// Shorter values, in bytes, stand in any text by chance: masking them would
/// leave nothing readable and, by its pattern, tell the value.
const SHORTEST_MASKABLE: usize = 4;
/// Shown in place of a text that may hold a value too short to be masked.
const WITHHELD: &str = "(text withheld: it may quote a value that is too short to be masked)";

/// Knows the values that may not be shown, and masks them.
///
/// Blanks around a value are left out of account, so that it is found where
/// it is quoted without its newline.
pub struct Redactor {
    values: Vec<Zeroizing<Vec<u8>>>,
    /// Whether one of the values is too short to be masked.
    withhold: bool,
}

/// Text that came from a server. It has neither `Display` nor `Debug`:
/// [`Redactor::show`] is the only way to see it.
pub struct ServerText(String);

impl ServerText {
    /// Marks `text` as coming from a server.
    pub fn new(text: String) -> Self {
        Self(text)
    }
}

impl Redactor {
    /// Remembers copies of the values, wiped when it is dropped.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a SecretValue>) -> Self {
        let mut redactor = Self {
            values: Vec::new(),
            withhold: false,
        };
        for value in values {
            let bytes = value.expose().trim_ascii();
            if bytes.len() >= SHORTEST_MASKABLE {
                redactor.values.push(Zeroizing::new(bytes.to_vec()));
            } else if !bytes.is_empty() {
                redactor.withhold = true;
            }
        }
        redactor
    }

    /// Whether every value is long enough to be masked. If not,
    /// [`Redactor::mask`] withholds all text.
    pub fn can_mask_all(&self) -> bool {
        !self.withhold
    }

    /// `text` with every value, and every part of a value of 8 bytes or more,
    /// replaced by `***`: plain, base64, hexadecimal, as numbers, escaped as
    /// in JSON, Go or URLs, and in UTF-16.
    pub fn mask(&self, text: &str) -> String {
        if self.withhold {
            return WITHHELD.to_owned();
        }
        if self.values.is_empty() {
            return text.to_owned();
        }
        let views = views::of(text);
        let mut covered = vec![false; text.len()];
        for value in self
            .values
            .iter()
            .filter(|value| value.len() < FRAGMENT_BYTES)
        {
            for view in &views {
                cover(&mut covered, view, value.len(), |window| {
                    window == value.as_slice()
                });
            }
        }
        let shared = shared_fragments(&views, &self.values);
        for view in views.iter().filter(|_| !shared.is_empty()) {
            cover(&mut covered, view, FRAGMENT_BYTES, |window| {
                shared.holds(window)
            });
        }
        masked(text, &covered)
    }

    /// A server's text, masked, with its control characters escaped.
    pub fn show(&self, text: &ServerText) -> String {
        let mut shown = String::new();
        for character in self.mask(&text.0).chars() {
            if acts_on_terminal(character) {
                shown.extend(character.escape_unicode());
            } else {
                shown.push(character);
            }
        }
        shown
    }
}

/// Marks the text below each window of `length` decoded bytes that matches.
fn cover(covered: &mut [bool], view: &View, length: usize, matches: impl Fn(&[u8]) -> bool) {
    let mut done = 0;
    for (at, window) in view.bytes.windows(length).enumerate() {
        if matches(window) {
            let range = view.range(at, at + length - 1);
            covered[range.start.max(done)..range.end.max(done)].fill(true);
            done = done.max(range.end);
        }
    }
}

/// Replaces each covered stretch, rounded to whole characters.
fn masked(text: &str, covered: &[bool]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut inside = false;
    for (at, character) in text.char_indices() {
        let hidden = covered[at..at + character.len_utf8()].contains(&true);
        if !hidden {
            result.push(character);
        } else if !inside {
            result.push_str(MASK);
        }
        inside = hidden;
    }
    result
}

/// Control characters (C0, DEL, C1), bidirectional controls, and characters
/// without width, which could hide or reorder what is shown.
fn acts_on_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
