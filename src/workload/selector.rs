//! Label selectors, as kubectl takes them (`-l`).

use std::collections::{BTreeMap, BTreeSet};

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
        || format!("{text:?} is no label requirement (write a=b, a!=b, a in (b,c), a or !a)");
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
}
