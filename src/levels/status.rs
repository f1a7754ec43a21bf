//! What controllers say of their objects: conditions.

use jiff::Timestamp;

use crate::manifest::Node;
use crate::workload::{Object, read};

/// Most characters of a message that are told: the rest is in the object's status.
const MOST: usize = 300;

/// A condition of an object's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub status: ConditionStatus,
    /// `reason`; empty where there is none.
    pub reason: String,
    /// The beginning of `message`; anybody may have written it.
    pub message: String,
}

/// `status` of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    True,
    False,
    /// `Unknown`, or a word that is none of the three.
    Unknown,
}

impl Condition {
    /// The condition of a type; `None` where its controller has not written it.
    pub fn of(object: &Object, type_: &str) -> Option<Self> {
        let condition = object
            .root
            .at(&["status", "conditions"])
            .map_or(&[][..], Node::items)
            .iter()
            .find(|condition| condition.text_of("type") == Some(type_))?;
        let text = |field: &str| beginning(condition.text_of(field).unwrap_or_default());
        Some(Self {
            status: match condition.text_of("status")? {
                "True" => ConditionStatus::True,
                "False" => ConditionStatus::False,
                _ => ConditionStatus::Unknown,
            },
            reason: text("reason"),
            message: text("message"),
        })
    }

    pub fn is_true(&self) -> bool {
        self.status == ConditionStatus::True
    }

    pub fn is_false(&self) -> bool {
        self.status == ConditionStatus::False
    }

    /// `SecretSyncedError: could not get secret data from provider`.
    pub fn words(&self) -> String {
        match (self.reason.as_str(), self.message.as_str()) {
            ("", "") => "no reason".to_owned(),
            (reason, "") => reason.to_owned(),
            ("", message) => message.to_owned(),
            (reason, message) => format!("{reason}: {message}"),
        }
    }
}

/// The first characters of a text, on one line.
fn beginning(text: &str) -> String {
    let text = text.trim();
    let mut told: String = text.chars().take(MOST).collect();
    if told.len() < text.len() {
        told.push('…');
    }
    told
}

/// A time in an object's status.
pub fn time(object: &Object, field: &str) -> Option<Timestamp> {
    read::time(object.root.at(&["status", field]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::Place;

    fn condition(status: &str) -> Option<Condition> {
        let text = format!(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: a}}\nstatus: {status}\n"
        );
        let root = parse(&SourceText::new("t", text)).documents.remove(0).root;
        Condition::of(&Object::new(root, Place::live(), "n").unwrap(), "Ready")
    }

    #[test]
    fn a_condition_is_read_whatever_is_in_it() {
        let found = condition("{conditions: [{type: Other, status: 'True'}, {type: Ready, status: 'False', reason: R, message: m}]}").unwrap();
        assert!(found.is_false());
        assert_eq!(found.words(), "R: m");
        for nothing in [
            "null",
            "[]",
            "7",
            "{conditions: {}}",
            "{conditions: [7, [], {type: [Ready]}]}",
            "{conditions: [{type: Ready}]}",
            "{conditions: [{type: Ready, status: {a: b}}]}",
        ] {
            assert_eq!(condition(nothing), None, "{nothing}");
        }
        let odd =
            condition("{conditions: [{type: Ready, status: Perhaps, reason: 7, message: [a]}]}")
                .unwrap();
        assert_eq!(
            (odd.status, odd.message.as_str()),
            (ConditionStatus::Unknown, "")
        );
    }

    #[test]
    fn of_a_long_message_the_beginning_is_told() {
        let long = "ä".repeat(100_000);
        let found = condition(&format!(
            "{{conditions: [{{type: Ready, status: 'False', message: {long}}}]}}"
        ));
        assert_eq!(found.unwrap().message.chars().count(), MOST + 1);
    }
}
