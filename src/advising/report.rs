//! The result of one run.

use std::collections::BTreeSet;

use crate::inventory::Grant;
use crate::outcome::{Kind, Outcome};
use crate::report::{InputProblem, Unreachable, blind_spots};

use super::Advice;

/// The recommendation, and what could not be looked at for it.
pub struct Report {
    pub advice: Advice,
    pub problems: Vec<InputProblem>,
    pub unreachable: Vec<Unreachable>,
    /// What may not be listed.
    pub refused: BTreeSet<Grant>,
    pub outcome: Outcome,
}

impl Report {
    pub fn new(
        advice: Advice,
        problems: Vec<InputProblem>,
        unreachable: Vec<Unreachable>,
        refused: BTreeSet<Grant>,
    ) -> Self {
        let mut outcome = Outcome::default();
        blind_spots(&problems, &unreachable, &mut outcome);
        for grant in &refused {
            outcome.add(Kind::NotSeen, grant.words());
        }
        Self {
            advice,
            problems,
            unreachable,
            refused,
            outcome,
        }
    }
}
