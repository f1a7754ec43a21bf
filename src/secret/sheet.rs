//! The text in which the values of a Secret are edited: one YAML entry for each key,
//! which gives back the same bytes when nobody touches it.
//!
//! Text stands in a literal block, where nothing needs to be escaped; text with
//! characters that an editor or YAML would change stands in double quotes; what is no
//! text stands as base64 behind `!!binary`. Whatever is written is read back before it
//! is handed out, so that no value depends on how well the first two are chosen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use granit_parser::{Event, Marker, Parser, ScalarStyle};
use zeroize::Zeroizing;

use super::{KeyName, SecretValue};

/// Digits of base64 in a line.
pub(in crate::secret) const LINE: usize = 76;

/// Values by key.
pub type Values = BTreeMap<KeyName, SecretValue>;

/// Why a text cannot be read. It says where, never what is there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// A fragment that holds no more of the text than the name of a key.
    pub problem: String,
}

/// What somebody made of a text.
pub enum Edited {
    /// Nothing but blanks and comments is left.
    Nothing,
    Values(Values),
}

/// The values as a text, below `remarks`, of which each becomes a comment.
pub fn write(values: &Values, remarks: &[String]) -> SecretValue {
    write_beside(values, remarks, &Values::new())
}

/// The same with other values for some keys, which stand above the first key as comments.
pub fn write_beside(values: &Values, remarks: &[String], others: &Values) -> SecretValue {
    // One buffer that is large enough: growing would leave copies.
    // A line of one byte each is the most that comments add.
    let room = |value: &SecretValue| 12 * value.len() + 64;
    let capacity = remarks.iter().map(|line| line.len() + 4).sum::<usize>()
        + values
            .iter()
            .chain(others)
            .map(|(key, value)| key.as_str().len() + room(value))
            .sum::<usize>()
        + 16;
    let mut text = Zeroizing::new(String::with_capacity(capacity));
    text.push_str(&titled(remarks));
    for (key, value) in others {
        let mut one = Zeroizing::new(String::with_capacity(room(value)));
        entry(&mut one, key, value);
        for (at, line) in one.lines().enumerate() {
            match at {
                0 => drop(writeln!(text, "# {key}: {line}")),
                _ => drop(writeln!(text, "# {line}")),
            }
        }
    }
    if values.is_empty() {
        text.push_str("{}\n");
    }
    for (key, value) in values {
        text.push_str(key.as_str());
        text.push_str(": ");
        entry(&mut text, key, value);
    }
    SecretValue::from_bytes(std::mem::take(&mut *text).into_bytes())
}

/// The same text with other remarks: all comments above the first key go.
pub fn retitled(text: &SecretValue, remarks: &[String]) -> SecretValue {
    let body = text.expose();
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if !line.trim_ascii_start().starts_with(b"#") {
            break;
        }
        at += line.len();
    }
    let head = titled(remarks);
    let mut whole = Zeroizing::new(Vec::with_capacity(head.len() + body.len() - at));
    whole.extend_from_slice(head.as_bytes());
    whole.extend_from_slice(&body[at..]);
    SecretValue::from_bytes(std::mem::take(&mut *whole))
}

/// Remarks as comments.
fn titled(remarks: &[String]) -> String {
    let mut text = String::new();
    for line in remarks {
        // A line end in a remark would end the comment.
        let line = line.replace(|letter: char| letter.is_control(), " ");
        text.push_str(if line.is_empty() { "#" } else { "# " });
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The value of a key, in the plainest way that gives back its bytes.
fn entry(text: &mut String, key: &KeyName, value: &SecretValue) {
    let start = text.len();
    if let Ok(plain) = std::str::from_utf8(value.expose()) {
        for way in [literal, quoted] {
            way(text, plain);
            if gives_back(key, &text[start..], value) {
                return;
            }
            text.truncate(start);
        }
    }
    binary(text, value.expose());
}

fn gives_back(key: &KeyName, written: &str, value: &SecretValue) -> bool {
    let mut whole = Zeroizing::new(String::with_capacity(written.len() + 600));
    // What follows must not be taken for a part of it.
    let next = if key.as_str() == "a" { "b" } else { "a" };
    let _ = writeln!(whole, "{key}: {written}{next}: end");
    let Ok(Edited::Values(mut read)) = parse(&whole) else {
        return false;
    };
    read.len() == 2 && read.remove(key).is_some_and(|one| one.same_as(value))
}

/// Whether an editor shows the letter, and keeps it.
fn is_plain(letter: char) -> bool {
    letter == '\n' || letter == '\t' || !crate::escape::is_deceptive(letter)
}

/// Texts of which an editor might change something at an end are left to the next way:
/// many editors remove blanks at the end of lines, and empty lines at the end.
fn literal(text: &mut String, value: &str) {
    let has_blanks = value.lines().any(|line| line.ends_with([' ', '\t']));
    if value.is_empty()
        || value.starts_with('\n')
        || value.ends_with("\n\n")
        || has_blanks
        || !value.chars().all(is_plain)
    {
        return;
    }
    text.push('|');
    let first = value.lines().next().unwrap_or_default();
    if first.starts_with([' ', '\t']) {
        text.push('2');
    }
    text.push_str(if value.ends_with('\n') { "\n" } else { "-\n" });
    for line in value.lines() {
        if !line.is_empty() {
            text.push_str("  ");
            text.push_str(line);
        }
        text.push('\n');
    }
}

/// Whatever could be lost between two editors as an escape, all in one line.
fn quoted(text: &mut String, value: &str) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            letter if is_plain(letter) => text.push(letter),
            letter if u32::from(letter) <= 0xffff => {
                let _ = write!(text, "\\u{:04X}", u32::from(letter));
            }
            letter => {
                let _ = write!(text, "\\U{:08X}", u32::from(letter));
            }
        }
    }
    text.push_str("\"\n");
}

fn binary(text: &mut String, value: &[u8]) {
    text.push_str("!!binary |\n");
    let digits = Zeroizing::new(BASE64_STANDARD.encode(value));
    let mut rest = digits.as_str();
    loop {
        let (line, left) = rest.split_at(rest.len().min(LINE));
        text.push_str("  ");
        text.push_str(line);
        text.push('\n');
        rest = left;
        if rest.is_empty() {
            return;
        }
    }
}

/// Reads what somebody made of a text.
///
/// Every plain word is text (`0123`, `yes`), because every value of a Secret is.
///
/// # Errors
/// [`Unreadable`] for what is no mapping of keys to texts, and where YAML would silently
/// drop what was typed.
pub fn read(text: &SecretValue) -> Result<Edited, Unreadable> {
    let bytes = text.expose();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => Err(Unreadable {
            line: line_of(bytes, error.valid_up_to()),
            problem: "not UTF-8 text; write such a value as base64 behind !!binary".to_owned(),
        }),
    }
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes[..at.min(bytes.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

/// How far the reading is.
enum At {
    Start,
    Key,
    Value(KeyName),
    End,
}

fn parse(text: &str) -> Result<Edited, Unreadable> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: 4,
        block_nesting_limit: 4,
    };
    let mut at = At::Start;
    let mut is_mapping = false;
    let mut found = Values::new();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| Unreadable {
            line: error.marker().line().max(1),
            problem: "not valid YAML (often a quote, an indentation or a tab)".to_owned(),
        })?;
        let refused = |problem: String| Unreadable {
            line: span.start.line().max(1),
            problem,
        };
        // The parser says ~ for what is not there.
        let is_absent = span.start.byte_offset() == span.end.byte_offset();
        let unwanted = |what: &str| refused(format!("{what}; write KEY: and a text"));
        at = match (at, event) {
            (at, Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd) => at,
            (At::Start, Event::MappingStart(..)) => {
                is_mapping = true;
                At::Key
            }
            // An empty document.
            (At::Start, Event::Scalar(_, ScalarStyle::Plain, ..)) if is_absent => At::Start,
            (At::Key, Event::Scalar(word, _, _, None)) => {
                let key = KeyName::new(&word).map_err(|_| {
                    refused("not a name for a key: letters, digits, -, _ and . are allowed".into())
                })?;
                if found.contains_key(&key) {
                    return Err(refused(format!("{key} is there twice")));
                }
                At::Value(key)
            }
            (At::Key, Event::MappingEnd) => At::End,
            (At::Value(key), Event::Scalar(word, style, anchor, tag)) => {
                let word = Zeroizing::new(word.into_owned());
                if anchor != 0 {
                    return Err(refused(format!(
                        "{key} begins with an anchor (&): quote it"
                    )));
                }
                if style == ScalarStyle::Plain && is_absent {
                    return Err(refused(format!(
                        "{key} has no value; write \"\" for an empty one, or remove the line to remove the key"
                    )));
                }
                if let Some(loss) = loss(text, style, span.start, span.end) {
                    return Err(refused(format!("{key}: {loss}")));
                }
                let tag = tag.as_ref().map(|tag| tag.suffix().to_owned());
                let value = match tag.as_deref() {
                    None | Some("str") => SecretValue::from_bytes(word.as_bytes().to_vec()),
                    Some("binary") => decoded(&word).ok_or_else(|| {
                        refused(format!("{key}: what stands behind !!binary is not base64"))
                    })?,
                    Some(_) => {
                        return Err(refused(format!(
                            "{key} has a tag (!) that is not known: quote it"
                        )));
                    }
                };
                found.insert(key, value);
                At::Key
            }
            (At::Value(key), Event::Alias(_) | Event::UnresolvedAlias(_)) => {
                return Err(refused(format!(
                    "{key} begins with *, an alias in YAML: quote it"
                )));
            }
            (At::Value(key), _) => {
                return Err(refused(format!(
                    "{key} is not a text; quote what begins with [ or {{, and write longer texts below |"
                )));
            }
            (_, Event::StreamEnd) => break,
            (At::End, _) => return Err(unwanted("something follows the last key")),
            (At::Start | At::Key, _) => return Err(unwanted("not a key with its value")),
        };
    }
    Ok(match is_mapping {
        true => Edited::Values(found),
        false => Edited::Nothing,
    })
}

/// What YAML would silently drop of what was typed, or change.
fn loss(text: &str, style: ScalarStyle, start: Marker, end: Marker) -> Option<&'static str> {
    let line_of = |at: Option<usize>| at.and_then(|at| text.get(at..))?.lines().next();
    match style {
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let at = start.byte_offset()?;
            // The parser says where the header or where the text begins.
            let header = text.get(..=at).unwrap_or(text).rfind(['|', '>'])?;
            let mut lines = text.get(header..)?.lines();
            let has_width = lines.next()?.contains(|one: char| one.is_ascii_digit());
            let first = lines.find(|line| !line.trim().is_empty())?;
            let indentation = first.len() - first.trim_start_matches(' ').len();
            (!has_width && indentation > 2).then_some(
                "its first line begins with blanks, which are not part of it; write |2- to keep them, or indent by two",
            )
        }
        _ if start.line() != end.line() => {
            Some("a value in several lines is joined by YAML; write it below |-")
        }
        ScalarStyle::Plain => {
            let rest = line_of(end.byte_offset()).unwrap_or_default();
            match rest.trim_start() {
                rest if rest.starts_with('#') => Some(
                    "YAML reads what follows # as a comment; quote the value, or remove the comment",
                ),
                "" if !rest.is_empty() => {
                    Some("blanks at its end are dropped by YAML; quote the value")
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn decoded(digits: &str) -> Option<SecretValue> {
    let mut packed = Zeroizing::new(Vec::with_capacity(digits.len()));
    packed.extend(digits.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(vec![0; packed.len().div_ceil(4) * 3]);
    let length = BASE64_STANDARD.decode_slice(&*packed, &mut bytes).ok()?;
    Some(SecretValue::from_bytes(bytes[..length].to_vec()))
}

/// Writes a text where an editor finds it.
///
/// # Errors
/// Those of the file.
pub fn put(text: &SecretValue, file: &mut dyn Write) -> io::Result<()> {
    file.write_all(text.expose())
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
