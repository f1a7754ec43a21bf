//! What a run came to: one value for every command. The exit status, the words
//! for a terminal and what documents say of the run are made of it alone.
//!
//! | What happened | status |
//! |---|---|
//! | something was changed, and something else was not seen, failed, was refused, does not exist or could not be used | 5 |
//! | something was changed, something else was declined, and nothing was found | 5 |
//! | a change failed and was taken back | 4 |
//! | input could not be used | 2 |
//! | something could not be looked at | 3 |
//! | something that was asked for does not exist | 2 |
//! | something that was asked for is refused, and not only a plan was asked for | 5 |
//! | something was found | 1 |
//! | a change was declined | 2 |
//! | something would change, with `--exit-code` | 1 |
//! | otherwise | 0 |
//!
//! The first row that fits decides.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::ExitStatus;
use crate::words::listed;

/// What became of one thing that a run was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It was changed.
    Changed,
    /// It would be changed; this run only looks.
    WouldChange,
    /// It was as it should be.
    Kept,
    /// The user said no.
    Declined,
    /// It is not done; the output says why.
    Refused,
    /// It was tried, failed and was taken back.
    Failed,
    /// It could not be looked at.
    NotSeen,
    /// It is no usable input, or could not be written.
    Unusable,
    /// It was asked for, and there is nothing of the kind.
    Unmatched,
    /// It is a finding that counts.
    Found,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Changed,
        Self::WouldChange,
        Self::Kept,
        Self::Declined,
        Self::Refused,
        Self::Failed,
        Self::NotSeen,
        Self::Unusable,
        Self::Unmatched,
        Self::Found,
    ];

    /// In a sentence, behind a number.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Changed => "changed",
            Kind::WouldChange => "would change",
            Kind::Kept => "unchanged",
            Kind::Declined => "declined",
            Kind::Refused => "not done",
            Kind::Failed => "failed and rolled back",
            Kind::NotSeen => "not checked",
            Kind::Unusable => "unusable",
            Kind::Unmatched => "matched by nothing",
            Kind::Found => "found",
        }
    }
}

/// What plans count for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plans {
    /// Only what a plan leaves out.
    #[default]
    Pass,
    /// What would change, too (`--exit-code`).
    Count,
    /// Neither: the plan was asked for, and is shown. What it leaves out is no failure.
    Shown,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    things: BTreeMap<Kind, BTreeSet<String>>,
    plans: Plans,
}

impl Outcome {
    /// An outcome in which plans count, or not.
    pub fn new(plans: Plans) -> Self {
        Self {
            things: BTreeMap::new(),
            plans,
        }
    }

    /// Notes what became of a thing. A thing of which a part is done and a part
    /// is not has both fates.
    pub fn add(&mut self, fate: Kind, name: impl Into<String>) {
        self.things.entry(fate).or_default().insert(name.into());
    }

    /// Notes that a thing has another fate than was noted before.
    pub fn turn(&mut self, from: Kind, to: Kind, name: &str) {
        if let Some(names) = self.things.get_mut(&from) {
            names.remove(name);
        }
        self.add(to, name);
    }

    /// The same for several things.
    pub fn turn_all(&mut self, from: Kind, names: &[String], to: Kind) {
        for name in names {
            self.turn(from, to, name);
        }
    }

    /// How many things have a fate.
    pub fn count(&self, fate: Kind) -> usize {
        self.things.get(&fate).map_or(0, BTreeSet::len)
    }

    /// Their names, sorted.
    pub fn names(&self, fate: Kind) -> impl Iterator<Item = &str> {
        self.things
            .get(&fate)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    fn has(&self, fate: Kind) -> bool {
        self.count(fate) > 0
    }

    /// Whether everything that was asked about could be looked at.
    pub fn is_complete(&self) -> bool {
        !self.has(Kind::NotSeen) && !self.has(Kind::Unusable)
    }

    /// The exit status, by the table of this module.
    pub fn status(&self) -> ExitStatus {
        const LEFT: [Kind; 5] = [
            Kind::Refused,
            Kind::Failed,
            Kind::NotSeen,
            Kind::Unusable,
            Kind::Unmatched,
        ];
        let has = |fate| self.has(fate);
        let left = LEFT.into_iter().any(has) || has(Kind::Declined) && !has(Kind::Found);
        match () {
            () if has(Kind::Changed) && left => ExitStatus::Partial,
            () if has(Kind::Failed) => ExitStatus::RolledBack,
            () if has(Kind::Unusable) => ExitStatus::Usage,
            () if has(Kind::NotSeen) => ExitStatus::Unavailable,
            () if has(Kind::Unmatched) => ExitStatus::Usage,
            () if has(Kind::Refused) && self.plans != Plans::Shown => ExitStatus::Partial,
            () if has(Kind::Found) => ExitStatus::Findings,
            () if has(Kind::Declined) => ExitStatus::Usage,
            () if has(Kind::WouldChange) && self.plans == Plans::Count => ExitStatus::Findings,
            () => ExitStatus::Ok,
        }
    }

    /// `2 changed (a, b), 1 not done (c)`: everything but findings, which have a
    /// report of their own.
    pub fn summary(&self) -> String {
        let parts: Vec<_> = Kind::ALL
            .into_iter()
            .filter(|fate| *fate != Kind::Found && self.has(*fate))
            .map(|fate| {
                format!(
                    "{} {} ({})",
                    self.count(fate),
                    fate.words(),
                    listed(self.names(fate))
                )
            })
            .collect();
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of this module, read once more and independently: which
    /// statuses a set of fates may not have, and which one it must have.
    #[test]
    fn every_combination_of_fates_has_the_status_of_the_table() {
        let mut seen = BTreeMap::<u8, usize>::new();
        for plans in [Plans::Pass, Plans::Count, Plans::Shown] {
            for bits in 0_u32..1 << Kind::ALL.len() {
                let mut outcome = Outcome::new(plans);
                let fates: BTreeSet<Kind> = Kind::ALL
                    .into_iter()
                    .enumerate()
                    .filter(|(place, _)| bits & 1 << place != 0)
                    .map(|(_, fate)| fate)
                    .collect();
                for fate in &fates {
                    outcome.add(*fate, format!("{fate:?}"));
                }
                let status = outcome.status();
                *seen.entry(status as u8).or_default() += 1;
                let has = |fate: Kind| fates.contains(&fate);
                // Nothing that was left out may look like success.
                let bad = [
                    Kind::Refused,
                    Kind::Failed,
                    Kind::NotSeen,
                    Kind::Unusable,
                    Kind::Unmatched,
                ];
                let counts = |fate: &Kind| {
                    plans != Plans::Shown || *fate != Kind::Refused || has(Kind::Changed)
                };
                if bad.into_iter().filter(counts).any(has) {
                    assert!(
                        !matches!(status, ExitStatus::Ok | ExitStatus::Findings),
                        "{fates:?}: {status:?}"
                    );
                }
                // 2, 3 and 4 say that nothing was changed.
                if has(Kind::Changed) {
                    assert!(
                        matches!(
                            status,
                            ExitStatus::Ok | ExitStatus::Findings | ExitStatus::Partial
                        ),
                        "{fates:?}: {status:?}"
                    );
                }
                // 0 with a finding would hide it.
                if has(Kind::Found) {
                    assert_ne!(status, ExitStatus::Ok, "{fates:?}");
                }
                if status == ExitStatus::Ok {
                    assert!(!has(Kind::Declined), "{fates:?}");
                    assert!(
                        plans != Plans::Count || !has(Kind::WouldChange),
                        "{fates:?}"
                    );
                }
                assert_eq!(
                    outcome.is_complete(),
                    !has(Kind::NotSeen) && !has(Kind::Unusable)
                );
            }
        }
        assert_eq!(seen.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn each_fate_alone() {
        let alone = |fate, plans| {
            let mut outcome = Outcome::new(plans);
            outcome.add(fate, "x");
            outcome.status() as u8
        };
        let statuses: Vec<_> = Kind::ALL
            .into_iter()
            .map(|fate| alone(fate, Plans::Pass))
            .collect();
        assert_eq!(statuses, [0, 0, 0, 2, 5, 4, 3, 2, 2, 1]);
        assert_eq!(alone(Kind::WouldChange, Plans::Count), 1);
        assert_eq!(alone(Kind::WouldChange, Plans::Shown), 0);
        assert_eq!(alone(Kind::Refused, Plans::Shown), 0);
        assert_eq!(alone(Kind::NotSeen, Plans::Shown), 3);
        assert_eq!(Outcome::default().status() as u8, 0);
    }

    #[test]
    fn the_summary_names_everything_but_findings() {
        let mut outcome = Outcome::default();
        outcome.add(Kind::Changed, "b");
        outcome.add(Kind::Changed, "a");
        outcome.add(Kind::Refused, "c");
        outcome.add(Kind::Found, "d");
        assert_eq!(outcome.summary(), "2 changed (a, b), 1 not done (c)");
        assert_eq!(Outcome::default().summary(), "");
    }
}
