//! Masking values in text that others wrote.
//!
//! A server may quote what it was sent, whole or cut short and in any
//! encoding. Instead of guessing each encoded form of each value, the text is
//! decoded in every way it can be ([`views`]), and whatever decodes to a part
//! of a value is covered. So alignments, wrapped lines and nested escapes need
//! no list of their own.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::SecretValue;
use crate::escape::escape_controls;
use views::View;

mod documents;
mod fragments;
mod html;
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
#[derive(Clone, Default)]
pub struct Redactor {
    values: Vec<Zeroizing<Vec<u8>>>,
    /// Those that are too short to be masked.
    short: Vec<Zeroizing<Vec<u8>>>,
}

/// Text that came from a server. It has neither `Display` nor `Debug`:
/// [`Redactor::show`] is the only way to see it.
pub struct ServerText {
    text: String,
    /// How long it was, in bytes.
    said: usize,
    /// What the server was shown by who speaks to it.
    credentials: Arc<Redactor>,
}

/// What is kept of a server's text, in bytes: more than is shown, because
/// masking makes most texts shorter.
const MOST_KEPT: usize = 16 * 1024;
/// What is shown of it, in bytes.
const MOST_SHOWN: usize = 4 * 1024;
/// Where a text was cut off, a value may have been cut too, into a part that is
/// too short to be known. No encoding makes such a part longer than this.
const UNSURE: usize = 1024;

impl ServerText {
    /// Marks `text` as coming from a server that knows `credentials`.
    pub fn new(mut text: String, credentials: Arc<Redactor>) -> Self {
        let said = text.len();
        text.truncate(text.floor_char_boundary(MOST_KEPT));
        text.shrink_to_fit();
        Self {
            text,
            said,
            credentials,
        }
    }
}

impl Redactor {
    /// Remembers copies of the values, wiped when it is dropped.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a SecretValue>) -> Self {
        Self::default().and(values)
    }

    /// Remembers more of them.
    #[must_use]
    pub fn and<'a>(mut self, values: impl IntoIterator<Item = &'a SecretValue>) -> Self {
        for value in values {
            let bytes = value.expose().trim_ascii();
            if bytes.len() >= SHORTEST_MASKABLE {
                self.values.push(Zeroizing::new(bytes.to_vec()));
            } else if !bytes.is_empty() {
                self.short.push(Zeroizing::new(bytes.to_vec()));
            }
        }
        self
    }

    /// Whether it knows of nothing to mask.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.short.is_empty()
    }

    /// Whether every value is long enough to be masked. If not,
    /// [`Redactor::mask`] withholds all text.
    pub fn can_mask_all(&self) -> bool {
        self.short.is_empty()
    }

    /// `text` with every value, and every part of a value of 8 bytes or more,
    /// replaced by `***`: plain, base64, hexadecimal, as numbers, escaped as
    /// in JSON, Go, Rust, URLs or HTML, in UTF-16, and what up to four of these
    /// make of each other.
    pub fn mask(&self, text: &str) -> String {
        masked_by(&[self], text, 0).unwrap_or_else(|| WITHHELD.to_owned())
    }

    /// The lines of a server's text, masked as a whole, with control characters
    /// escaped: those at its end where it is long.
    pub fn show_lines(&self, text: &ServerText) -> Vec<String> {
        match self.masked(text) {
            Some(masked) => masked.lines().map(escape_controls).collect(),
            None => vec![WITHHELD.to_owned()],
        }
    }

    fn masked(&self, text: &ServerText) -> Option<String> {
        let unsure = match text.said > text.text.len() {
            true => UNSURE,
            false => 0,
        };
        masked_by(&[self, &text.credentials], &text.text, unsure)
    }

    /// The beginning of a server's text, masked, with its control characters
    /// escaped. Where it ends early, it says so.
    pub fn show(&self, text: &ServerText) -> String {
        let Some(masked) = self.masked(text) else {
            return WITHHELD.to_owned();
        };
        let unsure = text.said.saturating_sub(text.text.len());
        let mut shown = escape_controls(&masked);
        if shown.len() > MOST_SHOWN || unsure > 0 {
            shown.truncate(shown.floor_char_boundary(MOST_SHOWN));
            shown += &format!("… (cut: the server said {} bytes)", text.said);
        }
        shown
    }
}

/// `None` where a value is too short to be masked. Of the text's end, so many
/// bytes are masked whatever they are.
fn masked_by(redactors: &[&Redactor], text: &str, unsure: usize) -> Option<String> {
    if redactors.iter().any(|redactor| !redactor.can_mask_all()) {
        return None;
    }
    let mut covered = vec![false; text.len()];
    covered[text.len().saturating_sub(unsure)..].fill(true);
    let knowing: Vec<_> = redactors
        .iter()
        .filter(|redactor| !redactor.values.is_empty())
        .collect();
    let views = match knowing.is_empty() {
        true => Vec::new(),
        false => views::of(text),
    };
    for redactor in knowing {
        let small = redactor
            .values
            .iter()
            .filter(|value| value.len() < FRAGMENT_BYTES);
        for value in small {
            for view in &views {
                cover(&mut covered, view, value.len(), |window| {
                    window == value.as_slice()
                });
            }
        }
        let shared = shared_fragments(&views, &redactor.values);
        for view in views.iter().filter(|_| !shared.is_empty()) {
            cover(&mut covered, view, FRAGMENT_BYTES, |window| {
                shared.holds(window)
            });
        }
    }
    Some(masked(text, &covered))
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

#[cfg(test)]
mod tests;
