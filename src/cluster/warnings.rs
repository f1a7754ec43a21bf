//! `Warning` headers: what an API server wants a person to read.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;

use crate::secret::redactor::ServerText;

use super::own_credentials::OwnCredentials;

/// More different warnings than this in one run are dropped.
const MOST: usize = 64;

/// Collected warnings, each text once.
#[derive(Default)]
pub(super) struct Warnings {
    collected: Mutex<Collected>,
    /// What a server may quote in them.
    pub credentials: Arc<OwnCredentials>,
}

#[derive(Default)]
struct Collected {
    seen: BTreeSet<String>,
    waiting: Vec<ServerText>,
}

impl Warnings {
    /// Collects the warnings of one answer.
    pub fn collect(&self, headers: &HeaderMap) {
        for value in headers.get_all(http::header::WARNING) {
            for text in texts(&String::from_utf8_lossy(value.as_bytes())) {
                self.add(text, |text| self.credentials.text(text));
            }
        }
    }

    /// Adds one of our own.
    pub fn add_own(&self, text: String) {
        self.add(text, |text| ServerText::new(text, Arc::default()));
    }

    /// Adds one, unless it was there before.
    fn add(&self, text: String, mark: impl FnOnce(String) -> ServerText) {
        let mut collected = self.collected();
        if collected.seen.len() < MOST && collected.seen.insert(text.clone()) {
            collected.waiting.push(mark(text));
        }
    }

    /// Those collected since the last call.
    pub fn take(&self) -> Vec<ServerText> {
        std::mem::take(&mut self.collected().waiting)
    }

    fn collected(&self) -> MutexGuard<'_, Collected> {
        self.collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The texts in one header: `299 - "text"`, possibly several with commas
/// between them (RFC 7234, section 5.5). What does not look like that is
/// skipped, as client-go does.
fn texts(header: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((code, after_code)) = rest.split_once(' ') else {
            return found;
        };
        let Some((_agent, after_agent)) = after_code.split_once(' ') else {
            return found;
        };
        let Some((text, after)) = after_agent.strip_prefix('"').and_then(quoted) else {
            return found;
        };
        if code == "299" {
            found.push(text);
        }
        // A date in quotes may follow.
        let after = after.trim_start();
        rest = match after.strip_prefix('"').and_then(quoted) {
            Some((_date, after)) => after,
            None => after,
        };
    }
}

/// Reads to the closing quote; returns the text, control characters escaped,
/// and what follows.
fn quoted(rest: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = rest.char_indices();
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return Some((text, &rest[position + 1..])),
            '\\' => push(&mut text, characters.next()?.1),
            _ => push(&mut text, character),
        }
    }
    None
}

fn push(text: &mut String, character: char) {
    if character.is_control() {
        text.extend(character.escape_default());
    } else {
        text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_texts_are_read_and_junk_is_skipped() {
        for (header, expected) in [
            (
                "299 - \"policy/v1beta1 is deprecated\"",
                &["policy/v1beta1 is deprecated"][..],
            ),
            ("299 - \"a\", 299 kube \"b, \\\"c\\\"\"", &["a", "b, \"c\""]),
            (
                "299 - \"a\" \"Wed, 21 Oct 2026 07:28:00 GMT\", 299 - \"b\"",
                &["a", "b"],
            ),
            ("199 - \"a\"", &[]),
            (
                "299 - \"\u{1b}[31mred\u{7f}\u{9b}\"",
                &["\\u{1b}[31mred\\u{7f}\\u{9b}"],
            ),
            ("299 - \"open", &[]),
            ("299 - \"open\\", &[]),
            ("299 - bare", &[]),
            ("", &[]),
            ("299", &[]),
        ] {
            assert_eq!(texts(header), expected, "{header}");
        }
    }

    #[test]
    fn each_text_is_handed_out_once_and_there_is_a_limit() {
        let warnings = Warnings::default();
        let mut headers = HeaderMap::new();
        headers.append("warning", "299 - \"a\"".parse().unwrap());
        headers.append("warning", "299 - \"a\", 299 - \"b\"".parse().unwrap());
        warnings.collect(&headers);
        assert_eq!(warnings.take().len(), 2);
        warnings.collect(&headers);
        assert_eq!(warnings.take().len(), 0);
        (0..1000).for_each(|number| warnings.add_own(number.to_string()));
        assert_eq!(warnings.take().len(), MOST - 2);
    }
}
