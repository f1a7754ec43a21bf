//! A container's environment with symbols for values, worked out from the JSON
//! as kubelet does it: `envFrom` in order, then `env` in order, `$(X)` in a
//! literal seeing everything before it. `tests/real/migrate_parity.rs` compares
//! it with what a node makes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The keys of the objects that are known.
#[derive(Clone, Debug)]
pub struct Known {
    pub secrets: BTreeMap<String, BTreeSet<String>>,
    pub config_maps: BTreeMap<String, BTreeSet<String>>,
}

fn items<'a>(container: &'a Value, list: &str) -> &'a [Value] {
    container[list].as_array().map_or(&[], Vec::as_slice)
}

/// Each name and its symbol, and the `envFrom` objects whose keys are not known.
pub fn environment(known: &Known, container: &Value) -> (BTreeMap<String, String>, Vec<String>) {
    let mut all = BTreeMap::new();
    let mut open = Vec::new();
    for source in items(container, "envFrom") {
        let prefix = source["prefix"].as_str().unwrap_or_default();
        let secret = source["secretRef"]["name"].as_str();
        let (objects, name) = match secret {
            Some(name) => (&known.secrets, name),
            None => (
                &known.config_maps,
                source["configMapRef"]["name"].as_str().unwrap(),
            ),
        };
        let kind = if secret.is_some() {
            "Secret"
        } else {
            "ConfigMap"
        };
        match objects.get(name) {
            None => open.push(format!("{kind}/{name} {prefix}")),
            Some(keys) => {
                for key in keys {
                    all.insert(format!("{prefix}{key}"), format!("<{kind}/{name}/{key}>"));
                }
            }
        }
    }
    for entry in items(container, "env") {
        let symbol = if let Some(text) = entry["value"].as_str() {
            expanded(text, &all)
        } else {
            let reference = &entry["valueFrom"]["secretKeyRef"];
            let missing = reference["optional"] == true
                && known
                    .secrets
                    .get(reference["name"].as_str().unwrap_or_default())
                    .is_some_and(|keys| !keys.contains(reference["key"].as_str().unwrap()));
            if missing {
                continue;
            }
            match reference["name"].as_str() {
                Some(name) => format!("<Secret/{name}/{}>", reference["key"].as_str().unwrap()),
                None => format!("<{}>", entry["valueFrom"]),
            }
        };
        let name = entry["name"].as_str().unwrap().to_owned();
        all.insert(name, symbol);
    }
    (all, open)
}

/// `$(X)` replaced, `$$` as one dollar; names that are not there stay.
pub fn expanded(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result += &rest[..at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
        } else if let Some((name, after)) =
            rest.strip_prefix('(').and_then(|rest| rest.split_once(')'))
        {
            match known.get(name) {
                Some(value) => result += value,
                None => result += &format!("$({name})"),
            }
            rest = after;
        } else {
            result.push('$');
        }
    }
    result + rest
}
