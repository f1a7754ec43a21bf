//! JSON Patch (RFC 6902): `test`, `add`, `replace` and `remove`.

use serde_json::Value;

/// Carries the operations out in order. After an error `document` is of no use.
pub(super) fn apply(document: &mut Value, operations: &Value) -> Result<(), String> {
    let operations = operations
        .as_array()
        .ok_or("a JSON patch is a list of operations")?;
    for operation in operations {
        let pointer = operation["path"]
            .as_str()
            .ok_or("an operation has no path")?;
        match operation["op"].as_str() {
            Some("test") => {
                let actual = document.pointer(pointer).unwrap_or(&Value::Null);
                if *actual != operation["value"] {
                    return Err(format!("testing path {pointer} failed"));
                }
            }
            Some("add") => add(document, pointer, operation["value"].clone())?,
            Some("replace") => {
                let missing = || format!("replace operation does not apply: no {pointer}");
                *document.pointer_mut(pointer).ok_or_else(missing)? = operation["value"].clone();
            }
            Some("remove") => remove(document, pointer)?,
            _ => return Err("an operation is not test, add, replace or remove".to_owned()),
        }
    }
    Ok(())
}

fn add(document: &mut Value, pointer: &str, value: Value) -> Result<(), String> {
    let missing = || format!("add operation does not apply: no parent of {pointer}");
    let Some((parent, name)) = split(pointer) else {
        *document = value;
        return Ok(());
    };
    match document.pointer_mut(parent).ok_or_else(missing)? {
        Value::Object(members) => {
            members.insert(name, value);
        }
        Value::Array(items) if name == "-" => items.push(value),
        Value::Array(items) => {
            let index = name.parse().ok().filter(|index| *index <= items.len());
            items.insert(index.ok_or_else(missing)?, value);
        }
        _ => return Err(missing()),
    }
    Ok(())
}

fn remove(document: &mut Value, pointer: &str) -> Result<(), String> {
    let missing = || format!("remove operation does not apply: no {pointer}");
    let (parent, name) = split(pointer).ok_or_else(missing)?;
    match document.pointer_mut(parent).ok_or_else(missing)? {
        Value::Object(members) => {
            members.remove(&name).ok_or_else(missing)?;
        }
        Value::Array(items) => {
            let index = name.parse().ok().filter(|index| *index < items.len());
            items.remove(index.ok_or_else(missing)?);
        }
        _ => return Err(missing()),
    }
    Ok(())
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

        let failing = json!([{"op": "test", "path": "/data/k", "value": "v"}]);
        assert_eq!(
            apply(&mut document, &failing).unwrap_err(),
            "testing path /data/k failed"
        );
        let absent = json!([{"op": "remove", "path": "/data/none"}]);
        assert!(apply(&mut document, &absent).is_err());
        let absent = json!([{"op": "replace", "path": "/data/none", "value": 1}]);
        assert!(apply(&mut document, &absent).is_err());
    }
}
