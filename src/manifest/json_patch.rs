//! JSON Patch (RFC 6902) on data: what a change makes of an object, and what
//! would take it back.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Value, json};

use crate::command_line::CommandLine;
use crate::manifest::Operation;

use super::path;
use super::resolve::{self, Number};
use super::{Content, Node, ScalarType};

/// Why a patch does not apply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The pointer leads to nothing.
    #[error("there is nothing at {0}")]
    Missing(String),
    /// A `test` operation failed.
    #[error("{0} is not what the change expects")]
    Differs(String),
    /// Data does not know how a scalar is written.
    #[error("{0} can only be put into quotes in a text")]
    TextOnly(String),
}

/// Whether a server understands the operations: all but quoting are of RFC 6902.
pub fn is_standard(operations: &[Operation]) -> bool {
    !operations
        .iter()
        .any(|operation| matches!(operation, Operation::Quote { .. }))
}

/// The operations as a JSON Patch document; a server refuses one that
/// [`is_standard`] denies.
pub fn to_json(operations: &[Operation]) -> Value {
    operations
        .iter()
        .map(|operation| match operation {
            Operation::Test { pointer, value } => {
                json!({"op": "test", "path": pointer, "value": value})
            }
            Operation::Add { pointer, value } => {
                json!({"op": "add", "path": pointer, "value": value})
            }
            Operation::Replace { pointer, value } => {
                json!({"op": "replace", "path": pointer, "value": value})
            }
            Operation::Remove { pointer } => json!({"op": "remove", "path": pointer}),
            Operation::Quote { pointer } => json!({"op": "quote", "path": pointer}),
        })
        .collect()
}

/// The document for an API server.
///
/// A server compares what a `test` expects with what it has byte for byte, as
/// it writes it itself (gopkg.in/evanphx/json-patch.v4 `lazyNode.equal`,
/// Go's encoding/json with HTML escapes): so letters are spelt as Go spells
/// them. Where its releases differ (`\b` and `\f` since Go 1.22), or where the
/// server may hold something else than it shows (U+FFFD for bytes that are no
/// UTF-8), a `test` would fail on what is equal: with the object's version tested
/// too it is left out, for that has been compared here and says the same.
pub fn to_wire(operations: &[Operation]) -> String {
    const VERSION: &str = "/metadata/resourceVersion";
    let versioned = operations.iter().any(
        |operation| matches!(operation, Operation::Test { pointer, .. } if pointer == VERSION),
    );
    let sent: Vec<_> = operations
        .iter()
        .filter(|operation| {
            !matches!(operation, Operation::Test { value, .. } if versioned && is_spelt_in_two_ways(value))
        })
        .cloned()
        .collect();
    spelt(&to_json(&sent), |letter| {
        matches!(letter, '<' | '>' | '&' | '\u{2028}' | '\u{2029}')
    })
}

fn is_spelt_in_two_ways(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(['\u{8}', '\u{c}', '\u{fffd}']),
        Value::Array(items) => items.iter().any(is_spelt_in_two_ways),
        Value::Object(map) => map.values().any(is_spelt_in_two_ways),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The command that sends the document.
pub fn command(object: &str, namespace: &str, operations: &[Operation]) -> CommandLine {
    CommandLine::kubectl("patch")
        .name(object)
        .namespace(namespace)
        .switch("--type json")
        .flag("-p", &to_argument(operations))
}

/// The document as an argument of `kubectl patch`, which reads it as YAML
/// before it sends it (`yaml.ToJSON`): what YAML does not take as it is, or takes
/// for the end of a line, is escaped, as is what a terminal would not show.
pub fn to_argument(operations: &[Operation]) -> String {
    spelt(&to_json(operations), |letter| {
        matches!(
            letter,
            '\u{7f}'..='\u{9f}'
                | '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff0}'..='\u{ffff}'
        )
    })
}

/// What a person has to change: a line for each operation, with the value as YAML takes it.
pub fn in_words(operations: &[Operation]) -> Vec<String> {
    let lines = operations.iter().map(|operation| match operation {
        // What is tested is what stands there.
        Operation::Test { .. } => None,
        Operation::Add { pointer, value } | Operation::Replace { pointer, value } => {
            let (path, is_new) = place(pointer);
            let value = written(pointer, value);
            Some(match is_new {
                true => format!("append to {path}: {value}"),
                false => format!("{path}: {value}"),
            })
        }
        Operation::Remove { pointer } => Some(format!("remove {}", place(pointer).0)),
        Operation::Quote { pointer } => Some(format!("put quotes around {}", place(pointer).0)),
    });
    lines.flatten().collect()
}

/// A pointer as a path, and whether it names the end of a list.
fn place(pointer: &str) -> (String, bool) {
    let mut path = String::new();
    let mut tokens = pointer.split('/').skip(1).peekable();
    while let Some(token) = tokens.next() {
        if token == "-" && tokens.peek().is_none() {
            return (path, true);
        }
        match token.parse() {
            Ok(index) => path = path::item(&path, index),
            Err(_) => path::push_key(&mut path, &token.replace("~1", "/").replace("~0", "~")),
        }
    }
    (path, false)
}

/// A value; a mode in octal, as people write it in YAML.
fn written(pointer: &str, value: &Value) -> String {
    let is_mode = pointer.ends_with("/defaultMode") || pointer.ends_with("/mode");
    match value.as_u64().filter(|_| is_mode) {
        Some(bits) => format!("{bits:04o}"),
        None => value.to_string(),
    }
}

/// JSON in which some letters of the first 65,536 are escaped.
fn spelt(document: &Value, escaped: fn(char) -> bool) -> String {
    struct Spelling(fn(char) -> bool);
    impl Formatter for Spelling {
        fn write_string_fragment<W: ?Sized + Write>(
            &mut self,
            writer: &mut W,
            fragment: &str,
        ) -> io::Result<()> {
            let mut written = 0;
            for (at, letter) in fragment
                .char_indices()
                .filter(|(_, letter)| (self.0)(*letter))
            {
                writer.write_all(&fragment.as_bytes()[written..at])?;
                write!(writer, "\\u{:04x}", u32::from(letter))?;
                written = at + letter.len_utf8();
            }
            writer.write_all(&fragment.as_bytes()[written..])
        }
    }
    let mut bytes = Vec::new();
    let written = document.serialize(&mut Serializer::with_formatter(
        &mut bytes,
        Spelling(escaped),
    ));
    // A `Value` has text for keys and memory takes all that is written to it.
    debug_assert!(written.is_ok(), "a document is JSON");
    String::from_utf8(bytes).unwrap_or_default()
}

/// Reads a JSON Patch document of these four operations; `None` for any other.
pub fn from_json(document: &Value) -> Option<Vec<Operation>> {
    let one = |operation: &Value| {
        let pointer = operation.get("path")?.as_str()?.to_owned();
        let value = || operation.get("value").cloned();
        Some(match operation.get("op")?.as_str()? {
            "test" => Operation::Test {
                pointer,
                value: value()?,
            },
            "add" => Operation::Add {
                pointer,
                value: value()?,
            },
            "replace" => Operation::Replace {
                pointer,
                value: value()?,
            },
            "remove" => Operation::Remove { pointer },
            _ => return None,
        })
    };
    document.as_array()?.iter().map(one).collect()
}

/// Applies operations in order and returns those that take them back.
///
/// # Errors
/// [`PatchError`]; then `document` means what it meant before.
pub fn apply(document: &mut Value, operations: &[Operation]) -> Result<Vec<Operation>, PatchError> {
    let mut inverse = Vec::new();
    for operation in operations {
        match one(document, operation) {
            Ok(back) => inverse.extend(back),
            Err(error) => {
                for back in inverse.iter().rev() {
                    one(document, back)?;
                }
                return Err(error);
            }
        }
    }
    inverse.reverse();
    Ok(inverse)
}

fn one(document: &mut Value, operation: &Operation) -> Result<Option<Operation>, PatchError> {
    match operation {
        Operation::Test { pointer, value } => {
            let found = document
                .pointer(pointer)
                .ok_or_else(|| PatchError::Missing(pointer.clone()))?;
            if found == value {
                Ok(None)
            } else {
                Err(PatchError::Differs(pointer.clone()))
            }
        }
        Operation::Replace { pointer, value } => {
            let place = document
                .pointer_mut(pointer)
                .ok_or_else(|| PatchError::Missing(pointer.clone()))?;
            Ok(Some(Operation::Replace {
                pointer: pointer.clone(),
                value: std::mem::replace(place, value.clone()),
            }))
        }
        Operation::Remove { pointer } => {
            let value = remove(document, pointer)?;
            Ok(Some(Operation::Add {
                pointer: pointer.clone(),
                value,
            }))
        }
        Operation::Add { pointer, value } => add(document, pointer, value.clone()).map(Some),
        Operation::Quote { pointer } => Err(PatchError::TextOnly(pointer.clone())),
    }
}

fn parent<'a>(
    document: &'a mut Value,
    pointer: &str,
) -> Result<(&'a mut Value, String), PatchError> {
    let missing = || PatchError::Missing(pointer.to_owned());
    let (above, last) = pointer.rsplit_once('/').ok_or_else(missing)?;
    let last = last.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(above).ok_or_else(missing)?;
    Ok((parent, last))
}

fn add(document: &mut Value, pointer: &str, value: Value) -> Result<Operation, PatchError> {
    let missing = || PatchError::Missing(pointer.to_owned());
    let (parent, last) = parent(document, pointer)?;
    match parent {
        Value::Object(map) => Ok(match map.insert(last, value) {
            Some(before) => Operation::Replace {
                pointer: pointer.to_owned(),
                value: before,
            },
            None => Operation::Remove {
                pointer: pointer.to_owned(),
            },
        }),
        Value::Array(list) => {
            let index = match last.as_str() {
                "-" => list.len(),
                digits => digits.parse().map_err(|_| missing())?,
            };
            if index > list.len() {
                return Err(missing());
            }
            list.insert(index, value);
            let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
            Ok(Operation::Remove {
                pointer: format!("{above}/{index}"),
            })
        }
        _ => Err(missing()),
    }
}

fn remove(document: &mut Value, pointer: &str) -> Result<Value, PatchError> {
    let missing = || PatchError::Missing(pointer.to_owned());
    let (parent, last) = parent(document, pointer)?;
    match parent {
        // The other keys keep their order.
        Value::Object(map) => map.shift_remove(&last).ok_or_else(missing),
        Value::Array(list) => {
            let index: usize = last.parse().map_err(|_| missing())?;
            if index < list.len() {
                Ok(list.remove(index))
            } else {
                Err(missing())
            }
        }
        _ => Err(missing()),
    }
}

/// Pointers of the places in which two documents differ.
pub fn differences(before: &Value, after: &Value) -> Vec<String> {
    fn walk(at: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
        match (before, after) {
            (Value::Object(old), Value::Object(new)) => {
                let keys: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
                for key in keys {
                    let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                    match (old.get(key), new.get(key)) {
                        (Some(old), Some(new)) => walk(&at, old, new, found),
                        _ => found.push(at),
                    }
                }
            }
            (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
                for (index, (old, new)) in old.iter().zip(new).enumerate() {
                    walk(&format!("{at}/{index}"), old, new, found);
                }
            }
            (old, new) if old == new => {}
            _ => found.push(at.to_owned()),
        }
    }
    let mut found = Vec::new();
    walk("", before, after, &mut found);
    found
}

/// A tree as data, as kubectl takes it; `None` where a part of it is sealed.
pub fn value(node: &Node) -> Option<Value> {
    match &node.content {
        Content::Scalar(scalar) => Some(of_scalar(&scalar.text, scalar.type_)),
        Content::Sequence(items) => items.iter().map(value).collect(),
        Content::Mapping(entries) => {
            let mut map = serde_json::Map::with_capacity(entries.len());
            for entry in entries {
                map.insert(entry.key.scalar_text()?.to_owned(), value(&entry.value)?);
            }
            Some(Value::Object(map))
        }
        Content::Sealed(_) => None,
    }
}

/// A scalar as data.
pub(super) fn of_scalar(text: &str, type_: ScalarType) -> Value {
    match type_ {
        ScalarType::Null => Value::Null,
        ScalarType::Bool(truth) => truth.into(),
        ScalarType::Integer | ScalarType::Float => match resolve::number(text) {
            Some(Number::Integer(number)) => number.into(),
            Some(Number::Unsigned(number)) => number.into(),
            Some(Number::Float(number)) => number.into(),
            // JSON has no infinity.
            None => Value::from(text),
        },
        ScalarType::Timestamp | ScalarType::Text => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::manifest::Operation::{Add, Remove, Replace, Test};

    #[test]
    fn quoting_is_for_texts() {
        let quote = [Operation::Quote {
            pointer: "/a".into(),
        }];
        assert!(!is_standard(&quote));
        assert_eq!(
            apply(&mut json!({"a": 1}), &quote),
            Err(PatchError::TextOnly("/a".into()))
        );
    }

    #[test]
    fn letters_are_spelt_as_the_server_spells_them() {
        let test = |pointer: &str, value: Value| Test {
            pointer: pointer.into(),
            value,
        };
        let letters = "a<b>&'\"\\\n\u{1}\u{7f}\u{85}\u{2028}\u{2029}\u{1f511}";
        let sent = to_wire(&[test("/a<", json!([letters]))]);
        assert_eq!(
            sent,
            "[{\"op\":\"test\",\"path\":\"/a\\u003c\",\"value\":[\"a\\u003cb\\u003e\\u0026'\\\"\\\\\\n\\u0001\u{7f}\u{85}\\u2028\\u2029\u{1f511}\"]}]"
        );
        let typed = to_argument(&[test("/a", json!(letters))]);
        assert!(typed.contains("a<b>&'"), "{typed}");
        assert!(
            typed.contains("\\u007f\\u0085\\u2028\\u2029\u{1f511}"),
            "{typed}"
        );
        for text in [&sent, &typed] {
            let read: Value = serde_json::from_str(text).unwrap();
            assert!(read.to_string().contains('\u{2028}'), "{read}");
        }
    }

    #[test]
    fn what_servers_spell_in_two_ways_is_not_compared_by_them() {
        let version = Test {
            pointer: "/metadata/resourceVersion".into(),
            value: json!("7"),
        };
        for letter in ["\u{8}", "\u{c}", "\u{fffd}"] {
            let test = Test {
                pointer: "/a".into(),
                value: json!({"list": [letter]}),
            };
            let sent = |operations: &[Operation]| to_wire(operations).matches("\"op\"").count();
            assert_eq!(sent(&[version.clone(), test.clone()]), 1);
            // Without a version nothing else stands for it.
            assert_eq!(sent(&[test]), 1);
        }
    }

    #[test]
    fn what_is_applied_can_be_taken_back() {
        let before = json!({"env": [{"name": "A"}, {"name": "B"}], "x": 1, "a/b": {}});
        let operations = [
            Test {
                pointer: "/env/1/name".into(),
                value: json!("B"),
            },
            Remove {
                pointer: "/env/1".into(),
            },
            Remove {
                pointer: "/env/0".into(),
            },
            Add {
                pointer: "/env/-".into(),
                value: json!({"name": "C"}),
            },
            Replace {
                pointer: "/x".into(),
                value: json!(2),
            },
            Add {
                pointer: "/a~1b/c".into(),
                value: json!([1]),
            },
            Add {
                pointer: "/x".into(),
                value: json!(3),
            },
        ];
        let read = from_json(&to_json(&operations)).unwrap();
        assert_eq!(read, operations);
        let mut document = before.clone();
        let inverse = apply(&mut document, &operations).unwrap();
        assert_eq!(
            document,
            json!({"env": [{"name": "C"}], "x": 3, "a/b": {"c": [1]}})
        );
        apply(&mut document, &inverse).unwrap();
        assert_eq!(document, before);
    }

    #[test]
    fn differences_have_pointers() {
        let before = json!({"a": [1, {"b/c": 1}], "x": 1, "list": [1]});
        let after = json!({"a": [1, {"b/c": 2}], "y": 1, "list": [1, 2]});
        let found = differences(&before, &after);
        assert_eq!(found, ["/a/1/b~1c", "/list", "/x", "/y"]);
        assert!(differences(&before, &before).is_empty());
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        for operation in [
            Remove {
                pointer: "/a/5".into(),
            },
            Replace {
                pointer: "/b".into(),
                value: json!(1),
            },
            Add {
                pointer: "/a/9".into(),
                value: json!(1),
            },
            Test {
                pointer: "/a/0".into(),
                value: json!(2),
            },
        ] {
            let first = Remove {
                pointer: "/c".into(),
            };
            let mut document = json!({"a": [1], "c": {}});
            assert!(apply(&mut document, &[first, operation]).is_err());
            assert_eq!(document, json!({"a": [1], "c": {}}));
        }
    }
}
