//! YAML whose strings have every deceptive character as an escape. The
//! serializer escapes only some of them, so those are handed to it as codes that
//! it has to put into double quotes, and the codes become escapes afterwards.

use std::borrow::Cow;
use std::io;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use super::is_deceptive;
use super::lines::{begins_a_command, hashes};

/// What stands around a code, and how the serializer writes that.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';
const WRITTEN_OPEN: &str = "\\x01";

/// A value as YAML, with an end of line behind it.
///
/// # Errors
/// When it cannot be said in YAML.
pub(crate) fn yaml(value: &impl Serialize) -> io::Result<String> {
    let value = marked_all(serde_json::to_value(value)?);
    let text = serde_saphyr::to_string(&value).map_err(io::Error::other)?;
    Ok(unmarked(&text))
}

/// The same with every string in one line, however long.
///
/// # Errors
/// When it cannot be said in YAML.
pub(crate) fn yaml_in_lines(value: &impl Serialize) -> io::Result<String> {
    let value = marked_all(serde_json::to_value(value)?);
    let options = serde_saphyr::ser_options! {
        prefer_block_scalars: false,
    };
    let text = serde_saphyr::to_string_with_options(&value, options).map_err(io::Error::other)?;
    Ok(unmarked(&text))
}

fn marked_all(value: Value) -> Value {
    match value {
        Value::String(text) => match marked(&text) {
            Cow::Borrowed(_) => Value::String(text),
            Cow::Owned(text) => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(marked_all).collect(),
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (marked(&key).into_owned(), marked_all(value)))
            .collect(),
        other => other,
    }
}

/// A string with codes, for the serializer.
pub(crate) fn marked(text: &str) -> Cow<'_, str> {
    // Long texts become lines, which have no escapes: what would act at the
    // start of one gets quotes.
    let acts = text.split_whitespace().any(begins_a_command) || hashes(text).next().is_some();
    let is_coded = |character: char| match character {
        '\n' | '\t' => false,
        ':' | '#' => acts,
        // Not taken for the end of a code afterwards.
        '\\' => text.contains(WRITTEN_OPEN),
        other => is_deceptive(other),
    };
    if !text.chars().any(is_coded) {
        return Cow::Borrowed(text);
    }
    let mut coded = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_coded(character) {
            coded.push(OPEN);
            coded += &format!("{:04X}", u32::from(character));
            coded.push(CLOSE);
        } else {
            coded.push(character);
        }
    }
    Cow::Owned(coded)
}

/// What the serializer made of strings with codes.
pub(crate) fn unmarked(yaml: &str) -> String {
    static CODE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\\x01([0-9A-F]{4,6})\\x02").ok());
    let escape = |found: &regex::Captures<'_>| match &found[1] {
        short if short.len() == 4 => format!("\\u{short}"),
        long => format!("\\U{long:0>8}"),
    };
    match CODE.as_ref() {
        Some(code) => code.replace_all(yaml, escape).into_owned(),
        None => yaml.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_harmless_and_mean_the_same() {
        for text in [
            "plain",
            "two\nlines",
            "a\u{202e}b",
            "\u{e0041}",
            "::error::x",
            "one\n  ::error::x\n",
            "so long that it is written in lines, of which the next one may begin with ::error::x",
            "a ##vso[b]",
            "\\x010041\\x02",
            "\\x01 \u{200b}",
            "\u{1}0041\u{2}",
            "tab\t\r\u{85}\u{2028}",
            "👍\u{fe0f}",
        ] {
            let value = serde_json::json!({text: [text, {"k": text}]});
            let written = yaml(&value).unwrap();
            let read: Value = serde_saphyr::from_str(&written).unwrap();
            assert_eq!(read, value, "{written}");
            assert!(
                !written
                    .chars()
                    .any(|c| is_deceptive(c) && !"\n\t".contains(c)),
                "{written}"
            );
            assert!(!written.lines().any(begins_a_command), "{written}");
            assert!(hashes(&written).next().is_none(), "{written}");
        }
        assert_eq!(yaml(&serde_json::json!({"a": "b"})).unwrap(), "a: b\n");
    }
}
