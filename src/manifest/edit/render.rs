//! New text, in the style of the text around it.

use serde_json::Value;

use super::locate::Surroundings;
use super::style::Style;

/// A new value: what stands on the line of its key or dash, and the lines
/// below, which have their indentation.
pub(super) struct Fresh {
    pub head: String,
    pub body: Vec<String>,
}

/// A field whose number is a file mode: people read it in octal.
fn is_mode(key: &str) -> bool {
    key == "defaultMode" || key == "mode"
}

/// A scalar, or a collection in flow style, on one line.
pub(super) fn inline(value: &Value, key: Option<&str>, surroundings: Surroundings) -> String {
    let inner = |value: &Value, key| inline(value, key, Surroundings::Flow);
    match value {
        Value::Number(number) => match (key, number.as_u64()) {
            (Some(key), Some(bits)) if is_mode(key) => format!("0{bits:03o}"),
            _ => number.to_string(),
        },
        Value::String(text) => text_scalar(text, surroundings),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| inner(item, None)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| {
                    let name = text_scalar(key, Surroundings::Flow);
                    format!("{name}: {}", inner(value, Some(key)))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text that every reader of YAML 1.1 and 1.2 takes for text, in quotes only
/// where one of them would not.
pub(super) fn text_scalar(text: &str, surroundings: Surroundings) -> String {
    let needs_quotes = match surroundings {
        Surroundings::Block => text.contains(['\n', '\r', '\t']),
        Surroundings::Flow => {
            text.contains(['\n', '\r', '\t', ',', '[', ']', '{', '}', '?']) || text.contains(':')
        }
    };
    let options = serde_saphyr::ser_options! {
        prefer_block_scalars: false,
    };
    match serde_saphyr::to_string_with_options(&text, options) {
        Ok(rendered) if !needs_quotes && rendered.trim_end().lines().count() == 1 => {
            rendered.trim_end().to_owned()
        }
        // JSON's escapes are YAML's.
        _ => Value::from(text).to_string(),
    }
}

/// A value below a key that stands in `column`, in block style.
pub(super) fn below_key(key: &str, value: &Value, column: usize, style: Style) -> Fresh {
    let mut body = Vec::new();
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                body.extend(entry(key, value, column + style.step, style));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for value in items {
                body.extend(item(value, column + style.lists, style));
            }
        }
        other => {
            return Fresh {
                head: inline(other, Some(key), Surroundings::Block),
                body,
            };
        }
    }
    Fresh {
        head: String::new(),
        body,
    }
}

/// A value behind a dash that stands in `column`, in block style.
pub(super) fn behind_dash(value: &Value, column: usize, style: Style) -> Fresh {
    let inner = column + 2;
    let mut lines = Vec::new();
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                lines.extend(entry(key, value, inner, style));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for value in items {
                lines.extend(item(value, inner, style));
            }
        }
        other => lines.push(inline(other, None, Surroundings::Block)),
    }
    let mut lines = lines.into_iter();
    Fresh {
        head: lines.next().map_or_else(String::new, |first| {
            first.trim_start_matches(' ').to_owned()
        }),
        body: lines.collect(),
    }
}

/// The lines of `key: value`.
pub(super) fn entry(key: &str, value: &Value, column: usize, style: Style) -> Vec<String> {
    let Fresh { head, body } = below_key(key, value, column, style);
    let blank = if head.is_empty() { "" } else { " " };
    let name = text_scalar(key, Surroundings::Block);
    let first = format!("{}{name}:{blank}{head}", " ".repeat(column));
    std::iter::once(first).chain(body).collect()
}

/// The lines of `- value`.
pub(super) fn item(value: &Value, column: usize, style: Style) -> Vec<String> {
    let Fresh { head, body } = behind_dash(value, column, style);
    let first = format!("{}- {head}", " ".repeat(column));
    std::iter::once(first).chain(body).collect()
}

/// A value in JSON, its lines after the first indented by `outer`.
pub(super) fn json(value: &Value, indentation: Option<(&str, &str)>) -> String {
    let Some((outer, step)) = indentation else {
        return value.to_string();
    };
    let formatter = serde_json::ser::PrettyFormatter::with_indent(step.as_bytes());
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    let written = serde::Serialize::serialize(value, &mut serializer);
    match (written, String::from_utf8(text)) {
        (Ok(()), Ok(text)) => text.replace('\n', &format!("\n{outer}")),
        _ => value.to_string(),
    }
}

/// A value in JSON on one line, with a blank behind commas and colons or not.
pub(super) fn json_on_a_line(value: &Value, spaced: bool) -> String {
    if !spaced {
        return value.to_string();
    }
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| json_on_a_line(item, spaced))
                .collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| {
                    let name = Value::from(key.as_str());
                    format!("{name}: {}", json_on_a_line(value, spaced))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar.to_string(),
    }
}
