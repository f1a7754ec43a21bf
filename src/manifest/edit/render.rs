//! New text, in the style of the text around it.

use serde_json::Value;

/// How a document writes things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// Blanks a level.
    pub step: usize,
    /// Whether lists stand deeper than their key.
    pub lists: ListIndent,
}

/// Whether the dashes of a list stand deeper than its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListIndent {
    /// Below the first letter of the key.
    Flush,
    /// One step deeper.
    Deeper,
}

/// A field whose number is a file mode: people read it in octal.
pub(super) fn is_mode(key: &str) -> bool {
    key == "defaultMode" || key == "mode"
}

/// A scalar, or a collection in flow style, on one line.
pub(super) fn inline(value: &Value, key: Option<&str>) -> String {
    match value {
        Value::Number(number) => match (key, number.as_u64()) {
            (Some(key), Some(bits)) if is_mode(key) => format!("{bits:#o}").replace("0o", "0"),
            _ => number.to_string(),
        },
        Value::String(text) => text_scalar(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| inline(item, None)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", text_scalar(key), inline(value, Some(key))))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text that every reader of YAML 1.1 and 1.2 takes for text.
pub(super) fn text_scalar(text: &str) -> String {
    let in_flow = text.contains([',', '[', ']', '{', '}', '\n', '\r', '\t']);
    match serde_saphyr::to_string(&text) {
        Ok(rendered) if !in_flow && rendered.trim_end().lines().count() == 1 => {
            rendered.trim_end().to_owned()
        }
        // JSON's escapes are YAML's.
        _ => Value::from(text).to_string(),
    }
}

/// `key: value` in block style; the first line has no indentation, the others
/// have that of `column`.
pub(super) fn entry(key: &str, value: &Value, column: usize, style: Style) -> Vec<String> {
    let name = text_scalar(key);
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let inner = column + style.step;
            let mut lines = vec![format!("{name}:")];
            for (key, value) in entries {
                lines.extend(indented(entry(key, value, inner, style), inner));
            }
            lines
        }
        Value::Array(items) if !items.is_empty() => {
            let inner = match style.lists {
                ListIndent::Flush => column,
                ListIndent::Deeper => column + style.step,
            };
            let mut lines = vec![format!("{name}:")];
            for value in items {
                lines.extend(indented(item(value, inner, style), inner));
            }
            lines
        }
        scalar => vec![format!("{name}: {}", inline(scalar, Some(key)))],
    }
}

/// `- value` in block style, its dash in `column`.
pub(super) fn item(value: &Value, column: usize, style: Style) -> Vec<String> {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let inner = column + 2;
            let mut lines: Vec<String> = Vec::new();
            for (key, value) in entries {
                let rendered = entry(key, value, inner, style);
                if lines.is_empty() {
                    let mut rendered = rendered.into_iter();
                    lines.extend(rendered.next().map(|first| format!("- {first}")));
                    lines.extend(rendered);
                } else {
                    lines.extend(indented(rendered, inner));
                }
            }
            lines
        }
        scalar => vec![format!("- {}", inline(scalar, None))],
    }
}

/// Gives the first line its indentation; the others have theirs.
fn indented(mut lines: Vec<String>, column: usize) -> Vec<String> {
    if let Some(first) = lines.first_mut() {
        first.insert_str(0, &" ".repeat(column));
    }
    lines
}

/// A value in JSON, its lines after the first indented like those around it.
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
