//! Credentials in texts that are no objects of their own: patches in a
//! kustomization, literals of its generators, manifests inside a ConfigMap.
//! Only names and shapes are judged; nothing found here holds a value.

use crate::manifest::{Content, Node, ScalarType, SourceText, parse};
use crate::secret::inspection::{is_filled_in_later, names_another_value};
use crate::secret::key::names_a_document;

use super::credential::{is_credential, known_shape};
use super::digest;

/// Longest text that is searched for manifests, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// Something that everybody can read who has the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Values of a Secret.
    Secret {
        /// Its name; empty where it is not said.
        name: String,
        /// The keys, each once.
        keys: Vec<String>,
    },
    /// A credential in a variable.
    Variable {
        /// The variable; `None` where only its value is written.
        name: Option<String>,
        /// The container; empty where it is not said.
        container: String,
        /// Why it is taken for one.
        why: Why,
    },
    /// A credential in a ConfigMap.
    ConfigKey {
        /// The ConfigMap; empty where it is not said.
        map: String,
        key: String,
        /// Why it is taken for one.
        why: Why,
    },
}

/// Why a text is taken for a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its name says so.
    Name,
    /// It has the shape of one: what it is, in words.
    Shape(&'static str),
}

impl Why {
    pub fn sentence(self) -> String {
        match self {
            Self::Name => "Its name is that of a credential.".to_owned(),
            Self::Shape(what) => format!("Its text has the form of {what}."),
        }
    }
}

/// Certificates of authorities are public.
pub fn is_public_key(key: &str) -> bool {
    matches!(key, "ca.crt" | "ca-bundle.crt" | "namespace")
}

/// Why a key of a ConfigMap with this text is a credential.
pub fn config_key(key: &str, text: &str) -> Option<Why> {
    if let Some(shape) = known_shape(text) {
        return Some(Why::Shape(shape));
    }
    (is_credential(key, text) && !names_a_document(key)).then_some(Why::Name)
}

/// Why a variable with this text is one. What publishes a digest is none: SS089 has it.
pub fn variable(name: &str, text: &str) -> Option<Why> {
    if digest::of_variable(name, text).is_some() {
        return None;
    }
    if let Some(shape) = known_shape(text) {
        return Some(Why::Shape(shape));
    }
    is_credential(name, text).then_some(Why::Name)
}

/// `key=value` of a generator: kustomize takes one pair of quotes off the value
/// (kubernetes-sigs/kustomize `api/kv/kv.go`, `parseLiteralSource`).
pub fn literal(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once('=')?;
    let inner = ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    Some((key, inner.unwrap_or(value)))
}

/// Whether a literal is a value of a Secret that can be read.
pub fn is_readable(key: &str, value: &str) -> bool {
    !is_public_key(key) && !value.is_empty() && !names_another_value(value)
}

/// What the manifests of a text hold. A text that is none holds nothing.
pub fn in_text(text: &str) -> Vec<Plain> {
    let mut found = Vec::new();
    let may_be = (text.contains("kind:") || text.contains("\"kind\"")) && text.len() <= LONGEST;
    if may_be {
        for document in parse(&SourceText::new("", text.to_owned())).documents {
            in_object(&document.root, &mut found);
        }
    }
    found
}

/// What a patch of a kustomization holds: strategic (an object), or JSON 6902
/// (a list of operations) of an object of this kind and name.
pub fn in_patch(text: &str, kind: Option<&str>, name: &str) -> Vec<Plain> {
    let mut found = Vec::new();
    if text.len() > LONGEST {
        return found;
    }
    for document in parse(&SourceText::new("", text.to_owned())).documents {
        let root = &document.root;
        if root.is_sequence() {
            for operation in root.items() {
                in_operation(operation, kind, name, &mut found);
            }
        } else if root.get("op").is_some() && root.get("path").is_some() {
            in_operation(root, kind, name, &mut found);
        } else {
            in_object(root, &mut found);
        }
    }
    found
}

/// Whether a text is a list of the operations of a JSON patch.
pub fn is_json_patch(root: &Node) -> bool {
    let operation = |item: &Node| item.get("op").is_some() && item.get("path").is_some();
    !root.items().is_empty() && root.items().iter().all(operation)
}

fn in_object(root: &Node, found: &mut Vec<Plain>) {
    let name = root
        .at(&["metadata", "name"])
        .and_then(Node::as_str)
        .unwrap_or_default();
    match root.text_of("kind") {
        Some("Secret") if !is_encrypted(root) => {
            let mut keys = Vec::new();
            for field in ["data", "stringData"] {
                readable_keys(root.get(field), &mut keys);
            }
            push_secret(name, keys, found);
        }
        Some("ConfigMap") => {
            for entry in root.get("data").map_or(&[][..], Node::entries) {
                let key = entry.key.scalar_text().unwrap_or_default();
                let text = entry.value.scalar_text().unwrap_or_default();
                push_config(name, key, text, found);
            }
        }
        Some(kind) if kind.ends_with("List") => {
            for item in root.get("items").map_or(&[][..], Node::items) {
                in_object(item, found);
            }
        }
        Some(_) => in_variables(root, "", found),
        None => {}
    }
}

fn is_encrypted(root: &Node) -> bool {
    root.get("sops").is_some_and(Node::is_mapping)
}

fn push_secret(name: &str, keys: Vec<String>, found: &mut Vec<Plain>) {
    if !keys.is_empty() {
        found.push(Plain::Secret {
            name: name.to_owned(),
            keys,
        });
    }
}

fn push_config(map: &str, key: &str, text: &str, found: &mut Vec<Plain>) {
    if let Some(why) = config_key(key, text) {
        found.push(Plain::ConfigKey {
            map: map.to_owned(),
            key: key.to_owned(),
            why,
        });
    }
}

fn readable_keys(values: Option<&Node>, keys: &mut Vec<String>) {
    for entry in values.map_or(&[][..], Node::entries) {
        let key = entry.key.scalar_text().unwrap_or_default();
        if !is_public_key(key) && is_filled(&entry.value) && !keys.iter().any(|known| known == key)
        {
            keys.push(key.to_owned());
        }
    }
}

/// Whether a value of a Secret says something: sealed ones are of manifests,
/// others of operations.
fn is_filled(value: &Node) -> bool {
    match &value.content {
        Content::Sealed(scalar) => !scalar.value.is_empty() && !is_filled_in_later(&scalar.value),
        Content::Scalar(scalar) => {
            scalar.type_ != ScalarType::Null
                && !scalar.text.is_empty()
                && !names_another_value(&scalar.text)
        }
        _ => false,
    }
}

/// Variables anywhere below: containers stand in many places of many kinds.
fn in_variables(node: &Node, container: &str, found: &mut Vec<Plain>) {
    let container = node.text_of("name").unwrap_or(container);
    for entry in node.entries() {
        if entry.key.scalar_text() == Some("env") {
            for variable in entry.value.items() {
                in_variable(variable, container, found);
            }
        }
        in_variables(&entry.value, container, found);
    }
    for item in node.items() {
        in_variables(item, container, found);
    }
}

fn in_variable(entry: &Node, container: &str, found: &mut Vec<Plain>) {
    let (Some(name), Some(text)) = (
        entry.text_of("name"),
        entry.get("value").and_then(Node::scalar_text),
    ) else {
        return;
    };
    if let Some(why) = variable(name, text) {
        found.push(Plain::Variable {
            name: Some(name.to_owned()),
            container: container.to_owned(),
            why,
        });
    }
}

/// `add` and `replace` write values; the path tells what they are.
fn in_operation(operation: &Node, kind: Option<&str>, name: &str, found: &mut Vec<Plain>) {
    let writes = matches!(operation.text_of("op"), Some("add" | "replace"));
    let (true, Some(path), Some(value)) =
        (writes, operation.text_of("path"), operation.get("value"))
    else {
        return;
    };
    let tokens: Vec<String> = path
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    match tokens.as_slice() {
        ["data" | "stringData"] if kind == Some("Secret") => {
            let mut keys = Vec::new();
            readable_keys(Some(value), &mut keys);
            push_secret(name, keys, found);
        }
        ["data" | "stringData", key] if kind == Some("Secret") => {
            let readable = !is_public_key(key) && is_filled(value);
            push_secret(
                name,
                readable.then(|| (*key).to_owned()).into_iter().collect(),
                found,
            );
        }
        ["data"] if kind == Some("ConfigMap") => {
            for entry in value.entries() {
                let key = entry.key.scalar_text().unwrap_or_default();
                let text = entry.value.scalar_text().unwrap_or_default();
                push_config(name, key, text, found);
            }
        }
        ["data", key] if kind == Some("ConfigMap") => {
            push_config(name, key, value.scalar_text().unwrap_or_default(), found);
        }
        [.., "env"] => {
            for variable in value.items() {
                in_variable(variable, "", found);
            }
        }
        [.., "env", _] => in_variable(value, "", found),
        [.., "env", _, "value"] => {
            let shape = value.scalar_text().and_then(known_shape);
            found.extend(shape.map(|what| Plain::Variable {
                name: None,
                container: String::new(),
                why: Why::Shape(what),
            }));
        }
        _ => in_variables(value, "", found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &str, keys: &[&str]) -> Plain {
        Plain::Secret {
            name: name.to_owned(),
            keys: keys.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn manifests_in_texts_are_searched() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: x, b: '', ca.crt: y}\n\
                    ---\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, \
                    env: [{name: DB_PASSWORD, value: hunter2}, {name: LEVEL, value: info}]}]}}}}}\n\
                    ---\nkind: ConfigMap\nmetadata: {name: m}\ndata: {API_KEY: abc, HOST: db}\n";
        assert_eq!(
            in_text(text),
            [
                secret("db", &["a"]),
                Plain::Variable {
                    name: Some("DB_PASSWORD".to_owned()),
                    container: "c".to_owned(),
                    why: Why::Name,
                },
                Plain::ConfigKey {
                    map: "m".to_owned(),
                    key: "API_KEY".to_owned(),
                    why: Why::Name,
                },
            ]
        );
        for text in [
            "",
            "kind: [",
            "just text of a kind: that is none",
            "kind: Secret\nstringData: {a: \"${PW}\", b: \"vault:kv/a\", c: '{{ .x }}'}\n",
            "kind: Secret\nsops: {mac: x}\nstringData: {a: b}\n",
        ] {
            assert_eq!(in_text(text), [], "{text}");
        }
    }

    #[test]
    fn operations_are_told_by_their_paths() {
        let one = |kind, text: &str| in_patch(text, Some(kind), "n");
        let expected = [secret("n", &["a/b"])];
        for text in [
            "[{op: add, path: /data/a~1b, value: eA==}]",
            "- op: replace\n  path: /stringData\n  value: {a/b: x}\n",
            "{\"op\": \"add\", \"path\": \"/stringData/a~1b\", \"value\": \"x\"}",
        ] {
            assert_eq!(one("Secret", text), expected, "{text}");
            assert_eq!(one("Service", text), [], "{text}");
        }
        let variable = one(
            "Deployment",
            "- {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: TOKEN, value: abc}}\n",
        );
        assert_eq!(variable.len(), 1);
        for text in [
            "- {op: remove, path: /data/a}\n",
            "- {op: test, path: /data/a, value: x}\n",
            "- {op: add, path: /data/a, value: '$(PW)'}\n",
            "- {op: add, path: /data/a}\n",
        ] {
            assert_eq!(one("Secret", text), [], "{text}");
        }
    }

    #[test]
    fn literals_lose_one_pair_of_quotes() {
        assert_eq!(literal("a='b'"), Some(("a", "b")));
        assert_eq!(literal("a=b=c"), Some(("a", "b=c")));
        assert_eq!(literal("a"), None);
        for placeholder in [
            "",
            "${X}",
            "$(x)",
            "{{ x }}",
            "<set me>",
            "ENC[x]",
            "vault:a",
            "op://a/b",
            "ref+awssm://x",
        ] {
            assert!(!is_readable("k", placeholder), "{placeholder}");
        }
        assert!(is_readable("k", "v"));
        assert!(!is_readable("ca.crt", "v"));
    }
}
