//! A container's environment with symbols for values, worked out from the JSON
//! as kubelet does it: `envFrom` in order, then `env` in order, `$(X)` in a
//! literal seeing the entries of `env` before it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::generate::Scene;
use crate::look::items;

/// Each name and its symbol, and the `envFrom` objects whose keys are not known.
pub fn environment(scene: &Scene, container: &Value) -> (BTreeMap<String, String>, Vec<String>) {
    let mut all = BTreeMap::new();
    let mut open = Vec::new();
    for source in items(container, "envFrom") {
        let prefix = source["prefix"].as_str().unwrap_or_default();
        let secret = source["secretRef"]["name"].as_str();
        let (known, name) = match secret {
            Some(name) => (&scene.secrets, name),
            None => (
                &scene.config_maps,
                source["configMapRef"]["name"].as_str().unwrap(),
            ),
        };
        let kind = if secret.is_some() {
            "Secret"
        } else {
            "ConfigMap"
        };
        match known.get(name) {
            None => open.push(format!("{kind}/{name} {prefix}")),
            Some(keys) => {
                for key in keys {
                    all.insert(format!("{prefix}{key}"), format!("<{kind}/{name}/{key}>"));
                }
            }
        }
    }
    let mut entries: BTreeMap<String, String> = BTreeMap::new();
    for entry in items(container, "env") {
        let symbol = if let Some(text) = entry["value"].as_str() {
            expanded(text, &entries)
        } else {
            let reference = &entry["valueFrom"]["secretKeyRef"];
            let missing = reference["optional"] == true
                && scene
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
        entries.insert(name.clone(), symbol.clone());
        all.insert(name, symbol);
    }
    (all, open)
}

/// `$(X)` replaced, `$$` as one dollar; names that are not there stay.
fn expanded(text: &str, known: &BTreeMap<String, String>) -> String {
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

/// Whether Kubernetes would put a variable's value into a text.
pub fn expands(text: &str, name: &str) -> bool {
    const MARK: &str = "\u{0}";
    let known = BTreeMap::from([(name.to_owned(), MARK.to_owned())]);
    expanded(text, &known).contains(MARK)
}
