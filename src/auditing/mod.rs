//! What a fleet of Secrets is due for: of every key how old its value is, who owns, uses
//! and can read it. Pure: facts in, rows out; no value is among the facts.

mod age;
mod copies;
mod level;
mod readers;
mod receipts;
mod rows;
#[cfg(test)]
mod tests;

pub use age::{Age, Due};
pub use level::{Level, Owned};
pub use readers::{Exposure, Readers};
pub use receipts::{Receipt, Receipts, Unreadable};

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::finding::SecretName;
use crate::inventory::{Grant, Inventory, Reason};
use crate::outcome::{Kind, Outcome};
use crate::report::{InputProblem, Unreachable, blind_spots};
use crate::workload::selector::Selector;

/// The rule of `doctor` that reports the same with `--max-age`.
pub const OVERDUE: &str = "SS088";

/// What is asked for.
pub struct Wish {
    /// How old a value may be.
    pub max_age: SignedDuration,
    /// Labels of the Secrets to report.
    pub selector: Option<Selector>,
    /// Receipts of rotations, where they were given.
    pub receipts: Option<Receipts>,
}

/// The result of one run.
pub struct Report {
    pub max_age: SignedDuration,
    /// Whether receipts were given.
    pub has_receipts: bool,
    /// One for each cluster, in the order asked for.
    pub parts: Vec<Part>,
    pub problems: Vec<InputProblem>,
    pub unreachable: Vec<Unreachable>,
    /// Receipts that could not be read.
    pub warnings: Vec<String>,
    pub outcome: Outcome,
}

/// The keys of one cluster.
pub struct Part {
    pub inventory: Inventory,
    /// The most urgent one first.
    pub rows: Vec<Row>,
    /// How many Secrets were looked at.
    pub secrets: usize,
    /// Lists that were refused and that columns need.
    pub refused: BTreeSet<Grant>,
}

/// Something, or why it is not known. One reason is that of thousands of rows.
pub type Known<T> = Result<T, Arc<Reason>>;

/// A key of a Secret; without a key, those that the cluster does not name.
#[derive(Clone, Debug)]
pub struct Row {
    pub secret: SecretName,
    pub owned: Known<Owned>,
    pub age: Age,
    pub due: Due,
    /// The manager that wrote the value last.
    pub writer: Option<String>,
    pub consumers: Known<Consumers>,
    pub readers: Known<Readers>,
    /// Secrets that are declared to be copies of this one and have the key.
    pub copies: Known<usize>,
    /// The last rotation that a receipt tells of.
    pub receipt: Option<Receipt>,
}

/// Who uses a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consumers {
    /// Workloads and other objects.
    pub count: usize,
    /// Whether there may be more, in lists that are not asked for in one namespace.
    pub more: bool,
    /// Containers that run with an older value.
    pub stale: usize,
    /// Containers that may do so.
    pub unclear: usize,
}

impl Part {
    pub fn new(inventory: Inventory, wish: &Wish) -> Self {
        let (rows, secrets) = rows::of(&inventory, wish);
        let refused = rows
            .iter()
            .flat_map(Row::reasons)
            .filter_map(|reason| match reason.as_ref() {
                Reason::Forbidden(grant) => Some(grant.clone()),
                _ => None,
            })
            .chain(inventory.denied.iter().cloned())
            .collect();
        Self {
            inventory,
            rows,
            secrets,
            refused,
        }
    }

    pub fn overdue(&self) -> usize {
        let overdue = |row: &&Row| matches!(row.due, Due::Overdue(_));
        self.rows.iter().filter(overdue).count()
    }

    /// Keys that may be overdue, which nobody recorded.
    pub fn undated(&self) -> usize {
        let undated = |row: &&Row| row.due == Due::NotKnown;
        self.rows.iter().filter(undated).count()
    }
}

impl Row {
    /// Why parts of it are not known.
    pub fn reasons(&self) -> impl Iterator<Item = &Arc<Reason>> {
        let Self {
            owned,
            consumers,
            readers,
            copies,
            ..
        } = self;
        let all = [
            owned.as_ref().err(),
            consumers.as_ref().err(),
            readers.as_ref().err(),
            copies.as_ref().err(),
        ];
        all.into_iter().flatten()
    }

    /// Which key it is about, in words.
    pub fn what(&self) -> String {
        let SecretName {
            namespace,
            name,
            key,
        } = &self.secret;
        match key {
            Some(key) => format!("key {key} of secret/{name} in {namespace}"),
            None => format!("keys of secret/{name} in {namespace}"),
        }
    }

    /// When the value was written, at the latest.
    pub fn written(&self) -> Option<Timestamp> {
        match self.age {
            Age::Written(time) => Some(time),
            Age::NotRecorded { .. } => None,
        }
    }
}

impl Report {
    /// Everything, and what the run came to.
    pub fn new(
        wish: &Wish,
        parts: Vec<Part>,
        problems: Vec<InputProblem>,
        unreachable: Vec<Unreachable>,
    ) -> Self {
        let mut outcome = Outcome::default();
        blind_spots(&problems, &unreachable, &mut outcome);
        for part in &parts {
            for grant in &part.refused {
                outcome.add(Kind::NotSeen, grant.words());
            }
            for row in part.rows.iter().filter(|row| row.due == Due::NotKnown) {
                outcome.add(Kind::NotSeen, format!("age of {}", row.what()));
            }
            if part.overdue() > 0 {
                outcome.add(Kind::Found, OVERDUE);
            }
        }
        Self {
            max_age: wish.max_age,
            has_receipts: wish.receipts.is_some(),
            parts,
            problems,
            unreachable,
            warnings: Vec::new(),
            outcome,
        }
    }

    /// Whether labels were named that no Secret here has, and everything was seen.
    pub fn matches_nothing(&self, wish: &Wish) -> bool {
        wish.selector.is_some()
            && self.outcome.is_complete()
            && self.parts.iter().all(|part| part.secrets == 0)
    }
}
