//! Label selectors, as kubectl takes them (`-l`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::manifest::Node;
use crate::secret::key::check_object_name;

/// A selector: all of its requirements must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operator {
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    Exists,
    Absent,
}

impl Selector {
    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
    ///
    /// # Errors
    /// A fragment that says what cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        split(text)
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(requirement)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Reads a selector of an object: `matchLabels` and `matchExpressions`
    /// (kubernetes/apimachinery `pkg/apis/meta/v1/types.go`, `LabelSelector`). An empty one fits
    /// everything. `None` for what is none.
    pub fn of_object(node: &Node) -> Option<Self> {
        let mut requirements = Vec::new();
        let labels = node.get("matchLabels").map_or(&[][..], Node::entries);
        for entry in labels {
            requirements.push(Requirement {
                key: entry.key.scalar_text()?.to_owned(),
                operator: Operator::In(BTreeSet::from([entry.value.scalar_text()?.to_owned()])),
            });
        }
        for item in node.get("matchExpressions").map_or(&[][..], Node::items) {
            let values = || -> Option<BTreeSet<String>> {
                let texts = item.get("values")?.items().iter();
                texts
                    .map(|value| value.scalar_text().map(str::to_owned))
                    .collect()
            };
            requirements.push(Requirement {
                key: item.text_of("key")?.to_owned(),
                operator: match item.text_of("operator")? {
                    "In" => Operator::In(values()?),
                    "NotIn" => Operator::NotIn(values()?),
                    "Exists" => Operator::Exists,
                    "DoesNotExist" => Operator::Absent,
                    _ => return None,
                },
            });
        }
        node.is_mapping().then_some(Self(requirements))
    }

    /// As an object has it, in `matchExpressions`.
    pub fn to_object(&self) -> Value {
        let expressions = self.0.iter().map(|requirement| {
            let (operator, values) = match &requirement.operator {
                Operator::In(values) => ("In", Some(values)),
                Operator::NotIn(values) => ("NotIn", Some(values)),
                Operator::Exists => ("Exists", None),
                Operator::Absent => ("DoesNotExist", None),
            };
            let mut expression = json!({"key": requirement.key, "operator": operator});
            if let Some(values) = values {
                expression["values"] = json!(values);
            }
            expression
        });
        json!({"matchExpressions": expressions.collect::<Vec<_>>()})
    }

    /// Whether a server would take its labels.
    pub fn is_usable(&self) -> bool {
        self.0.iter().all(|requirement| {
            let values = match &requirement.operator {
                Operator::In(values) | Operator::NotIn(values) => values.iter().collect(),
                Operator::Exists | Operator::Absent => Vec::new(),
            };
            is_label_key(&requirement.key) && values.into_iter().all(|value| is_label_value(value))
        })
    }

    /// The keys of the labels that it is about.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|requirement| requirement.key.as_str())
    }

    pub fn fits(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            match &requirement.operator {
                Operator::In(values) => value.is_some_and(|value| values.contains(value)),
                // A label that is not there is not in the set either.
                Operator::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Operator::Exists => value.is_some(),
                Operator::Absent => value.is_none(),
            }
        })
    }
}

/// Whether a text can be the key of a label (apimachinery
/// `pkg/util/validation/validation.go`, `IsQualifiedName`).
pub fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => check_object_name(prefix).is_ok() && is_part(name),
        None => is_part(text),
    }
}

/// Whether a text can be the value of a label (`IsValidLabelValue`).
pub fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_part(text)
}

fn is_part(text: &str) -> bool {
    const LONGEST: usize = 63;
    let bytes = text.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    text.len() <= LONGEST
        && ends.is_some_and(|(first, last)| {
            first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric()
        })
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// At commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let unreadable =
        || format!("{text:?} is not a label requirement (write a=b, a!=b, a in (b,c), a or !a)");
    let one = |value: &str| BTreeSet::from([value.trim().to_owned()]);
    let (key, operator) = if let Some((key, value)) = text.split_once("!=") {
        (key, Operator::NotIn(one(value)))
    } else if let Some((key, value)) = text.split_once("==") {
        (key, Operator::In(one(value)))
    } else if let Some((key, value)) = text.split_once('=') {
        (key, Operator::In(one(value)))
    } else if let Some(key) = text.strip_prefix('!') {
        (key, Operator::Absent)
    } else if let Some((head, list)) = text.split_once('(') {
        let values = list.strip_suffix(')').ok_or_else(unreadable)?;
        let values = values
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect();
        let head = head.trim();
        match head.strip_suffix(" notin") {
            Some(key) => (key, Operator::NotIn(values)),
            None => (
                head.strip_suffix(" in").ok_or_else(unreadable)?,
                Operator::In(values),
            ),
        }
    } else {
        (text, Operator::Exists)
    };
    let key = key.trim();
    if key.is_empty() || key.contains([' ', '(', ')', '=', '!', ',']) {
        return Err(unreadable());
    }
    Ok(Requirement {
        key: key.to_owned(),
        operator,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};

    #[test]
    fn selectors_fit_as_in_kubectl() {
        let labels = [("app", "api"), ("tier", "web")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        for (text, expected) in [
            ("app=api", true),
            ("app==api,tier!=db", true),
            ("app in (api, worker)", true),
            ("app notin (api)", false),
            ("env notin (prod)", true),
            ("tier,!env", true),
            ("env", false),
            ("", true),
        ] {
            assert_eq!(
                Selector::parse(text).unwrap().fits(&labels),
                expected,
                "{text}"
            );
        }
        for text in ["=x", "a in b", "a in (b", "a b", "(a)"] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn as_an_object_it_says_the_same() {
        let text = "app=api,tier!=db,env in (a, b),zone notin (x),team,!old";
        let selector = Selector::parse(text).unwrap();
        let written = selector.to_object().to_string();
        let parsed = parse(&SourceText::new("selector", written));
        let read = Selector::of_object(&parsed.documents[0].root);
        assert_eq!(read, Some(selector));
    }

    #[test]
    fn what_no_server_takes_is_told() {
        let is_usable = |text| Selector::parse(text).unwrap().is_usable();
        for text in [
            "a=b",
            "a",
            "example.org/a_b.c=",
            "kubernetes.io/metadata.name in (x, y-1)",
        ] {
            assert!(is_usable(text), "{text}");
        }
        for text in [
            "a'b",
            "-a",
            "a=b c",
            "Example.org/a",
            "a/b/c",
            "a=\u{e4}",
            "/a",
        ] {
            assert!(!is_usable(text), "{text}");
        }
    }
}
