//! What a Secret holds: values in base64, `stringData`, a type.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

/// The decoded values of an object, or the first key whose value is no base64.
pub(super) fn decode(object: &Value) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let data = object["data"].as_object().into_iter().flatten();
    data.map(|(key, value)| {
        let bytes = value
            .as_str()
            .and_then(|text| BASE64_STANDARD.decode(text).ok());
        bytes
            .map(|bytes| (key.clone(), bytes))
            .ok_or_else(|| key.clone())
    })
    .collect()
}

/// Whether every value is base64; if not, the server's words for it.
pub(super) fn check_data(object: &Value) -> Result<(), &'static str> {
    decode(object)
        .map(drop)
        .map_err(|_| "illegal base64 data at input byte 0")
}

pub(super) fn default_type(object: &mut Value) {
    if object["type"].is_null() {
        object["type"] = json!("Opaque");
    }
}

/// Moves `stringData` into `data`, as the server does on every write.
pub(super) fn fold_string_data(object: &mut Value) {
    let Some(members) = object.as_object_mut() else {
        return;
    };
    let Some(Value::Object(strings)) = members.remove("stringData") else {
        return;
    };
    let data = members
        .entry("data")
        .or_insert_with(|| Value::Object(Map::new()));
    for (key, value) in strings {
        data[key] = json!(BASE64_STANDARD.encode(value.as_str().unwrap_or_default()));
    }
}
