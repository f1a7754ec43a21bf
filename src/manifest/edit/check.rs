//! The second opinion: another reader, and the patch applied to data.

use serde_json::Value;

use crate::finding::Operation;

use super::super::Format;
use super::Refusal;
use super::locate::tokens;
use super::splice::written;

/// Whether `after` means what the operations make of `before`.
pub(super) fn same_meaning(
    before: &str,
    after: &str,
    format: Format,
    prefix: &str,
    operations: &[Operation],
) -> Result<(), Refusal> {
    let mut expected = value(before, format)?;
    for operation in operations {
        match operation {
            Operation::Quote { pointer } => quote(&mut expected, before, prefix, pointer)?,
            operation => patch(&mut expected, prefix, operation)?,
        }
    }
    if value(after, format).is_ok_and(|found| found == expected) {
        Ok(())
    } else {
        Err(Refusal::NotEqual)
    }
}

/// The document as data, read as kubectl reads it. The reader's own words may
/// quote the text, so they are dropped.
fn value(text: &str, format: Format) -> Result<Value, Refusal> {
    let read = match format {
        Format::Yaml => {
            let options = serde_saphyr::options! {
                legacy_octal_numbers: true,
            };
            serde_saphyr::from_str_with_options(text, options).ok()
        }
        Format::Json => serde_json::from_str(text).ok(),
    };
    read.ok_or_else(|| Refusal::Unreadable("a second reader does not understand it".to_owned()))
}

/// Makes text of a scalar: what the document has there, letter by letter.
fn quote(document: &mut Value, before: &str, prefix: &str, pointer: &str) -> Result<(), Refusal> {
    let missing = || Refusal::Missing(pointer.to_owned());
    let full = format!("{prefix}{pointer}");
    let root = super::read(before)?;
    let node = root.lookup(&full).ok_or_else(missing)?;
    let written = written(before, node).ok_or_else(missing)?;
    *document.pointer_mut(&full).ok_or_else(missing)? = Value::from(written);
    Ok(())
}

/// Applies one operation (RFC 6902).
fn patch(document: &mut Value, prefix: &str, operation: &Operation) -> Result<(), Refusal> {
    let (pointer, value) = match operation {
        Operation::Test { pointer, value } => {
            let found = document.pointer(&format!("{prefix}{pointer}"));
            return if found == Some(value) {
                Ok(())
            } else {
                Err(Refusal::Differs(pointer.clone()))
            };
        }
        Operation::Add { pointer, value } | Operation::Replace { pointer, value } => {
            (pointer, Some(value))
        }
        Operation::Remove { pointer } | Operation::Quote { pointer } => (pointer, None),
    };
    let missing = || Refusal::Missing(pointer.clone());
    let full = format!("{prefix}{pointer}");
    let (parent, _) = full.rsplit_once('/').ok_or_else(missing)?;
    let last = tokens(&full).pop().ok_or_else(missing)?;
    let parent = document.pointer_mut(parent).ok_or_else(missing)?;
    match (parent, value, operation) {
        (Value::Object(map), Some(value), Operation::Replace { .. }) => {
            *map.get_mut(&last).ok_or_else(missing)? = value.clone();
        }
        (Value::Object(map), Some(value), _) => {
            map.insert(last, value.clone());
        }
        (Value::Object(map), None, _) => {
            map.remove(&last).ok_or_else(missing)?;
        }
        (Value::Array(list), Some(value), Operation::Add { .. }) => {
            let index = if last == "-" {
                list.len()
            } else {
                last.parse()
                    .ok()
                    .filter(|index| *index <= list.len())
                    .ok_or_else(missing)?
            };
            list.insert(index, value.clone());
        }
        (Value::Array(list), value, _) => {
            let index: usize = last.parse().map_err(|_| missing())?;
            if index >= list.len() {
                return Err(missing());
            }
            match value {
                Some(value) => list[index] = value.clone(),
                None => drop(list.remove(index)),
            }
        }
        _ => return Err(missing()),
    }
    Ok(())
}
