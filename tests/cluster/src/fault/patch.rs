//! JSON Patch (RFC 6902): `test`, `add`, `replace` and `remove`.

use serde_json::Value;

/// The patch is malformed, names what is not there, or a test in it failed. The
/// API server does not say which either.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failed;

/// Carries the operations out in order. After a failure `document` is of no use.
pub(super) fn apply(document: &mut Value, operations: &Value) -> Result<(), Failed> {
    for operation in operations.as_array().ok_or(Failed)? {
        let pointer = operation["path"].as_str().ok_or(Failed)?;
        let value = &operation["value"];
        match operation["op"].as_str() {
            Some("test") if document.pointer(pointer).unwrap_or(&Value::Null) == value => {}
            Some("add") => add(document, pointer, value.clone())?,
            Some("replace") => {
                *document.pointer_mut(pointer).ok_or(Failed)? = value.clone();
            }
            Some("remove") => remove(document, pointer)?,
            _ => return Err(Failed),
        }
    }
    Ok(())
}

fn add(document: &mut Value, pointer: &str, value: Value) -> Result<(), Failed> {
    let Some((parent, name)) = split(pointer) else {
        *document = value;
        return Ok(());
    };
    match document.pointer_mut(parent).ok_or(Failed)? {
        Value::Object(members) => {
            members.insert(name, value);
        }
        Value::Array(items) if name == "-" => items.push(value),
        Value::Array(items) => {
            let index = name.parse().ok().filter(|index| *index <= items.len());
            items.insert(index.ok_or(Failed)?, value);
        }
        _ => return Err(Failed),
    }
    Ok(())
}

fn remove(document: &mut Value, pointer: &str) -> Result<(), Failed> {
    let (parent, name) = split(pointer).ok_or(Failed)?;
    match document.pointer_mut(parent).ok_or(Failed)? {
        Value::Object(members) => members.remove(&name).map(drop).ok_or(Failed),
        Value::Array(items) => {
            let index = name.parse().ok().filter(|index| *index < items.len());
            items.remove(index.ok_or(Failed)?);
            Ok(())
        }
        _ => Err(Failed),
    }
}

/// The pointer of the parent and the unescaped last step; nothing for the root.
fn split(pointer: &str) -> Option<(&str, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    Some((parent, name.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_run_in_order_and_a_failed_test_stops_them() {
        let mut document = json!({"metadata": {"annotations": {"a/b": "1"}}, "items": [1, 3]});
        let operations = json!([
            {"op": "test", "path": "/metadata/annotations/a~1b", "value": "1"},
            {"op": "add", "path": "/data", "value": {"k": "v"}},
            {"op": "replace", "path": "/data/k", "value": "w"},
            {"op": "add", "path": "/items/1", "value": 2},
            {"op": "add", "path": "/items/-", "value": 4},
            {"op": "remove", "path": "/metadata/annotations/a~1b"},
        ]);
        apply(&mut document, &operations).unwrap();
        let expected =
            json!({"metadata": {"annotations": {}}, "items": [1, 2, 3, 4], "data": {"k": "w"}});
        assert_eq!(document, expected);

        for failing in [
            json!([{"op": "test", "path": "/data/k", "value": "v"}]),
            json!([{"op": "remove", "path": "/data/none"}]),
            json!([{"op": "replace", "path": "/data/none", "value": 1}]),
            json!([{"op": "add", "path": "/none/k", "value": 1}]),
            json!([{"op": "add", "path": "/items/9", "value": 1}]),
            json!([{"op": "move", "path": "/data/k"}]),
            json!({}),
        ] {
            assert_eq!(apply(&mut document.clone(), &failing), Err(Failed));
        }
    }
}
