//! `secretsafe.dev/ignore: "SS013,SS044 until=2027-01-31 reason=vendor image"`
//! on an object or its pod template. Several entries are separated by `;`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::checks;
use crate::finding::{Finding, Rule};
use crate::inventory::Inventory;
use crate::workload::ObjectId;

pub const ANNOTATION: &str = "secretsafe.dev/ignore";

/// One entry of the annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    pub rules: Vec<&'static str>,
    /// The last day it holds.
    pub until: Option<Date>,
    pub reason: String,
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreError {
    /// A rule that does not exist.
    #[error("there is no rule {}", quoted(.0))]
    Rule(String),
    #[error("it has no reason=")]
    Reason,
    #[error("until= is not a date such as 2027-01-31")]
    Date,
    #[error("{} is neither a rule nor until= nor reason=", quoted(.0))]
    Word(String),
}

/// A word of an annotation, which anybody may have written.
fn quoted(word: &str) -> String {
    const MOST: usize = 40;
    match word.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", &word[..end]),
        None => format!("{word:?}"),
    }
}

/// Reads the annotation's text.
pub fn parse(text: &str) -> Vec<Result<Ignore, IgnoreError>> {
    text.split([';', '\n'])
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(entry)
        .collect()
}

fn entry(text: &str) -> Result<Ignore, IgnoreError> {
    let (head, reason) = match text.find("reason=") {
        Some(at) => (
            &text[..at],
            text[at + "reason=".len()..].trim().trim_matches('"'),
        ),
        None => (text, ""),
    };
    let mut ignore = Ignore {
        rules: Vec::new(),
        until: None,
        reason: reason.to_owned(),
    };
    for word in head.split([' ', ',', '\t']).filter(|word| !word.is_empty()) {
        if let Some(date) = word.strip_prefix("until=") {
            ignore.until = Some(date.parse().map_err(|_| IgnoreError::Date)?);
        } else if word.contains('=') {
            return Err(IgnoreError::Word(word.to_owned()));
        } else {
            let rule = checks::find(word).ok_or_else(|| IgnoreError::Rule(word.to_owned()))?;
            ignore.rules.push(rule.id);
        }
    }
    if ignore.reason.is_empty() {
        return Err(IgnoreError::Reason);
    }
    Ok(ignore)
}

impl Ignore {
    /// Whether its last day is over.
    pub fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    fn covers(&self, rule: &Rule, today: Date) -> bool {
        self.rules.contains(&rule.id) && !self.is_expired(today)
    }
}

/// The annotation of each object, and of each pod template, that has it.
fn annotated(inventory: &Inventory) -> impl Iterator<Item = (&ObjectId, &str)> {
    let all = inventory.all().flat_map(|inventory| {
        let workloads = inventory.workloads.iter().flat_map(|workload| {
            [
                &workload.metadata.annotations,
                &workload.template_annotations,
            ]
            .map(|annotations| (&workload.id, annotations))
        });
        let objects = inventory.objects.iter();
        workloads.chain(objects.map(|object| (&object.id, &object.metadata.annotations)))
    });
    all.filter_map(|(id, annotations)| Some((id, annotations.get(ANNOTATION)?.as_str())))
}

/// What the annotations of objects and their pod templates leave out. They are
/// read once: a big input has many findings, and few objects say anything.
pub(super) struct Ignored<'a>(BTreeMap<&'a ObjectId, Vec<Ignore>>);

impl<'a> Ignored<'a> {
    pub fn of(inventory: &'a Inventory) -> Self {
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, text) in annotated(inventory) {
            let entries = parse(text).into_iter().filter_map(Result::ok);
            found.entry(id).or_default().extend(entries);
        }
        Self(found)
    }

    /// The reason that is given for leaving a finding out.
    pub fn reason(&self, finding: &Finding, today: Date) -> Option<String> {
        let entries = self.0.get(&finding.subject)?;
        entries
            .iter()
            .find(|ignore| ignore.covers(finding.rule, today))
            .map(|ignore| ignore.reason.clone())
    }
}

/// Entries that leave nothing out, though somebody wrote them for that: those
/// that cannot be read, and those whose last day is over. A sentence each, at
/// most [`MOST_COMPLAINTS`] and how many more there are.
pub fn complaints(inventory: &Inventory, today: Date) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (id, text) in annotated(inventory) {
        for entry in parse(text) {
            let why = match entry {
                Err(error) => error.to_string(),
                Ok(ignore) => match ignore.until {
                    Some(until) if ignore.is_expired(today) => format!("it expired on {until}"),
                    _ => continue,
                },
            };
            let object = match id.namespace.as_str() {
                "" => id.short(),
                namespace => format!("{} in {namespace}", id.short()),
            };
            found.insert(format!(
                "{object}: an entry of its annotation {ANNOTATION} has no effect: {why}"
            ));
        }
    }
    let more = found.len().saturating_sub(MOST_COMPLAINTS);
    let mut lines: Vec<_> = found.into_iter().take(MOST_COMPLAINTS).collect();
    if more > 0 {
        lines.push(format!(
            "{more} more entries of annotations {ANNOTATION} have no effect"
        ));
    }
    lines
}

/// How many entries without effect are told one by one.
const MOST_COMPLAINTS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_rules_a_date_and_a_reason() {
        let found =
            parse("SS006 until=2027-01-31 reason=vendor image, see ADR 4; ss006 reason=\"x\"");
        let first = found[0].as_ref().unwrap();
        assert_eq!(first.rules, ["SS006"]);
        assert_eq!(first.reason, "vendor image, see ADR 4");
        let date = |text: &str| text.parse().unwrap();
        assert!(!first.is_expired(date("2027-01-31")));
        assert!(first.is_expired(date("2027-02-01")));
        assert_eq!(found[1].as_ref().unwrap().reason, "x");
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(parse("SS006"), [Err(IgnoreError::Reason)]);
        assert_eq!(
            parse("SS999 reason=x"),
            [Err(IgnoreError::Rule("SS999".to_owned()))]
        );
        assert_eq!(parse("SS006 until=soon reason=x"), [Err(IgnoreError::Date)]);
        assert_eq!(
            parse("SS006 unitl=2027-01-31 reason=x"),
            [Err(IgnoreError::Word("unitl=2027-01-31".to_owned()))]
        );
    }
}
