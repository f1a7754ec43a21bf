//! Whether an ExternalSecret that is there does what one would do that is to be made. Pure.
//!
//! Everything that it says and that is not known here makes it another one: a field of its
//! template decides which keys it makes, and `Owner` removes all others from the Secret.
//! What the server fills in by itself is no difference (external-secrets/external-secrets
//! `apis/externalsecrets/v1/externalsecret_types.go`, the defaults of its schema), nor is
//! what neither decides keys nor values: the policy, the interval, labels and annotations.

use serde_json::Value;

use crate::manifest::{Node, ScalarType};

/// Fields of a specification whose text is what the server fills in, or means the same as
/// none: it does what it would do without.
const DEFAULTS: [(&str, &str); 9] = [
    ("spec.refreshPolicy", "Periodic"),
    ("spec.target.deletionPolicy", "Retain"),
    ("spec.target.template.engineVersion", "v2"),
    ("spec.target.template.mergePolicy", "Replace"),
    ("spec.data[].remoteRef.conversionStrategy", "Default"),
    ("spec.data[].remoteRef.decodingStrategy", "None"),
    ("spec.data[].remoteRef.metadataPolicy", "None"),
    ("spec.data[].remoteRef.nullBytePolicy", "Ignore"),
    ("spec.secretStoreRef.kind", "SecretStore"),
];

/// Fields that may differ. Without a name the Secret has that of the ExternalSecret;
/// whoever asks compares it.
const FREE: [&str; 5] = [
    "spec.target.name",
    "spec.refreshInterval",
    "spec.target.creationPolicy",
    "spec.target.template.metadata.labels",
    "spec.target.template.metadata.annotations",
];

/// The first field in which the one that is there differs from the one that is wished;
/// `None` where it does the same.
pub fn difference(there: &Node, wished: &Value) -> Option<String> {
    let spec = there.get("spec");
    let empty = Value::Null;
    let wished = wished.get("spec").unwrap_or(&empty);
    match spec {
        Some(spec) => field("spec", Some(spec), wished),
        None => Some("spec".to_owned()),
    }
}

/// Compares a field of one with that of the other.
fn field(path: &str, there: Option<&Node>, wished: &Value) -> Option<String> {
    let differs = || Some(path.to_owned());
    if FREE.contains(&path) {
        return None;
    }
    let Some(there) = there.filter(|node| !is_nothing(node)) else {
        if let Value::Object(fields) = wished {
            return fields
                .iter()
                .find_map(|(name, wished)| field(&format!("{path}.{name}"), None, wished));
        }
        let is_default =
            wished.is_null() || wished.as_str().is_some_and(|text| is_default(path, text));
        // Without a template it makes the same keys.
        let is_same = is_default || path.starts_with("spec.target.template");
        return (!is_same).then(|| path.to_owned());
    };
    match (path, wished) {
        ("spec.data", wished) => entries(there, wished),
        (_, Value::Object(fields)) if there.is_mapping() => {
            let own = there.entries().iter().map(|entry| {
                let name = entry.key.scalar_text().unwrap_or_default();
                let wished = fields.get(name).unwrap_or(&Value::Null);
                field(&format!("{path}.{name}"), Some(&entry.value), wished)
            });
            let lacking = fields
                .iter()
                .filter(|(name, _)| there.get(name).is_none())
                .map(|(name, wished)| field(&format!("{path}.{name}"), None, wished));
            own.chain(lacking).flatten().next()
        }
        (_, Value::String(text)) => match there.as_str() == Some(text) {
            true => None,
            false => differs(),
        },
        (_, Value::Null) if there.is_mapping() && path == "spec.target.template.metadata" => {
            field(path, Some(there), &Value::Object(serde_json::Map::new()))
        }
        (_, Value::Null) => match there.as_str() {
            Some(text) if is_default(path, text) => None,
            _ => differs(),
        },
        _ => differs(),
    }
}

fn is_default(path: &str, text: &str) -> bool {
    DEFAULTS.contains(&(path, text))
}

/// What is written and says nothing: `false`, an empty text, list or mapping.
fn is_nothing(node: &Node) -> bool {
    let is_false = matches!(
        node.scalar_type(),
        Some(ScalarType::Null | ScalarType::Bool(false))
    );
    let is_empty_text = node.as_str() == Some("");
    let is_empty = (node.is_mapping() && node.entries().is_empty())
        || (node.is_sequence() && node.items().is_empty());
    is_false || is_empty_text || is_empty
}

/// Compares `spec.data`, in which the order means nothing.
fn entries(there: &Node, wished: &Value) -> Option<String> {
    const PATH: &str = "spec.data";
    let wished = wished.as_array().map_or(&[][..], Vec::as_slice);
    let own = there.items();
    if !there.is_sequence() || own.len() != wished.len() {
        return Some(PATH.to_owned());
    }
    let mut left: Vec<&Value> = wished.iter().collect();
    for entry in own {
        let key = entry.text_of("secretKey");
        let found = left
            .iter()
            .position(|wished| wished["secretKey"].as_str() == key && key.is_some());
        let Some(found) = found else {
            return Some(PATH.to_owned());
        };
        if let Some(path) = field(PATH_OF_ENTRY, Some(entry), left.remove(found)) {
            return Some(path);
        }
    }
    None
}

/// `spec.data` itself would be compared as a list.
const PATH_OF_ENTRY: &str = "spec.data[]";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse_json;
    use serde_json::json;

    fn wished() -> Value {
        json!({"spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"name": "vault", "kind": "SecretStore"},
            "target": {"name": "db", "creationPolicy": "Merge", "deletionPolicy": "Retain",
                "template": {"type": "Opaque", "metadata": {"labels": {"app": "db"}}}},
            "data": [
                {"secretKey": "a", "remoteRef": {"key": "db", "property": "a"}},
                {"secretKey": "b", "remoteRef": {"key": "db", "property": "b", "decodingStrategy": "Base64"}},
            ],
        }})
    }

    fn told(change: impl FnOnce(&mut Value)) -> Option<String> {
        let mut there = wished();
        change(&mut there["spec"]);
        let Ok(node) = parse_json(&there.to_string()) else {
            panic!("not JSON: {there}");
        };
        difference(&node, &wished())
    }

    #[test]
    fn what_decides_nothing_may_differ() {
        assert_eq!(told(|_| {}), None);
        let same: [fn(&mut Value); 8] = [
            |spec| spec["refreshInterval"] = json!("5m"),
            |spec| spec["target"]["creationPolicy"] = json!("Owner"),
            |spec| {
                spec["target"]["template"]["metadata"] =
                    json!({"labels": {"x": "y"}, "annotations": {"a": "b"}})
            },
            |spec| spec["target"]["immutable"] = json!(false),
            |spec| spec["dataFrom"] = json!([]),
            |spec| spec["secretStoreRef"] = json!({"name": "vault"}),
            |spec| spec["data"].as_array_mut().unwrap().reverse(),
            |spec| {
                spec.as_object_mut().unwrap().remove("target");
            },
        ];
        for change in same {
            assert_eq!(told(change), None);
        }
    }

    /// Each field is told, also one that nobody knows yet.
    #[test]
    fn everything_else_is_a_difference() {
        type Change = fn(&mut Value);
        let other: [(Change, &str); 16] = [
            (|spec| spec["new"] = json!(1), "spec.new"),
            (
                |spec| spec["refreshPolicy"] = json!("OnChange"),
                "spec.refreshPolicy",
            ),
            (|spec| spec["dataFrom"] = json!([{}]), "spec.dataFrom"),
            (
                |spec| spec["secretStoreRef"]["kind"] = json!("ClusterSecretStore"),
                "spec.secretStoreRef.kind",
            ),
            (
                |spec| spec["target"]["immutable"] = json!(true),
                "spec.target.immutable",
            ),
            (
                |spec| spec["target"]["deletionPolicy"] = json!("Delete"),
                "spec.target.deletionPolicy",
            ),
            (
                |spec| spec["target"]["manifest"] = json!({"kind": "ConfigMap"}),
                "spec.target.manifest",
            ),
            (
                |spec| spec["target"]["template"]["data"] = json!({"a": "x"}),
                "spec.target.template.data",
            ),
            (
                |spec| spec["target"]["template"]["mergePolicy"] = json!("Merge"),
                "spec.target.template.mergePolicy",
            ),
            (
                |spec| spec["target"]["template"] = json!("x"),
                "spec.target.template",
            ),
            (
                |spec| spec["data"][0]["remoteRef"]["version"] = json!("3"),
                "spec.data[].remoteRef.version",
            ),
            (
                |spec| spec["data"][0]["remoteRef"]["key"] = json!("x"),
                "spec.data[].remoteRef.key",
            ),
            (
                |spec| spec["data"][1]["remoteRef"]["decodingStrategy"] = json!("None"),
                "spec.data[].remoteRef.decodingStrategy",
            ),
            (
                |spec| spec["data"][0]["sourceRef"] = json!({"storeRef": {"name": "o"}}),
                "spec.data[].sourceRef",
            ),
            (
                |spec| spec["data"][0]["secretKey"] = json!("c"),
                "spec.data",
            ),
            (|spec| spec["data"] = json!({"a": 1}), "spec.data"),
        ];
        for (change, path) in other {
            assert_eq!(told(change).as_deref(), Some(path));
        }
        let Ok(node) = parse_json("{\"spec\": 7}") else {
            panic!("not JSON");
        };
        assert!(difference(&node, &wished()).is_some());
        let Ok(node) = parse_json("[]") else {
            panic!("not JSON");
        };
        assert!(difference(&node, &wished()).is_some());
    }
}
