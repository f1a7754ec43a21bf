//! What an examination came to: findings, what was left out and why, and what
//! could not be seen.

use std::collections::BTreeSet;

use crate::checks::{CHECKS, Check, Settings, ss017_kustomization_not_built};
use crate::command_line::{CommandLine, Hint};
use crate::finding::{Finding, Results, Rule, Severity, Unknown};
use crate::inventory::Inventory;
use crate::manifest::Position;
use crate::outcome::{Kind, Outcome};
use crate::parallel;

mod overlays;

/// Everything one run has to say.
pub struct Report {
    /// One for the files, or one for each cluster, in the order asked for.
    pub parts: Vec<Examined>,
    /// Input that could not be read.
    pub problems: Vec<InputProblem>,
    /// Clusters that could not be asked at all.
    pub unreachable: Vec<Unreachable>,
    /// The command that makes the edits which findings offer, where files were
    /// read: the one that was typed, with `--fix`.
    pub fix_command: Option<CommandLine>,
    /// What the run came to, with what was done before it was looked at.
    pub outcome: Outcome,
    /// Which findings make the run fail, as it was judged.
    pub fail_on: FailOn,
}

/// What was found in one cluster, or in the files.
pub struct Examined {
    /// What was looked at.
    pub inventory: Inventory,
    /// What was found, sorted.
    pub findings: Vec<Finding>,
    /// What was found and is not counted.
    pub suppressed: Vec<Suppressed>,
    /// What could not be decided, sorted.
    pub unknown: Vec<Unknown>,
}

/// A finding that is not counted, and why.
pub struct Suppressed {
    pub finding: Finding,
    pub by: Suppression,
}

/// Why a finding is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppression {
    /// The object's own annotation.
    Annotation {
        /// The reason it gives.
        reason: String,
    },
    Configuration {
        /// The reason it gives.
        reason: String,
    },
    /// It was there when the baseline was written.
    Baseline,
}

/// Input that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputProblem {
    /// The file, as the user named it.
    pub source: String,
    pub position: Option<Position>,
    /// What is wrong: a lower-case fragment, never quoting the file.
    pub message: String,
}

/// A cluster that could not be asked.
#[derive(Clone, Debug)]
pub struct Unreachable {
    pub cluster: String,
    pub message: String,
    pub hints: Vec<Hint>,
}

/// Which rules are looked for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These only; all when empty.
    pub only: BTreeSet<&'static str>,
    pub skip: BTreeSet<&'static str>,
    pub settings: Settings,
}

impl Selection {
    /// Whether a rule is looked for.
    pub fn has(&self, rule: &Rule) -> bool {
        (self.only.is_empty() || self.only.contains(rule.id)) && !self.skip.contains(rule.id)
    }
}

/// From which severity on findings make the run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// This one and worse.
    Severity(Severity),
    Never,
}

impl Examined {
    /// Runs every selected check.
    pub fn new(inventory: Inventory, selection: &Selection) -> Self {
        let checks: Vec<_> = CHECKS
            .iter()
            .filter(|check| selection.has(check.rule))
            .collect();
        let mut results = parallel::map(checks.clone(), |check| {
            let mut results = Results::default();
            (check.run)(&inventory, &selection.settings, &mut results);
            results
        });
        if !inventory.realms.is_empty() {
            results.push(overlays::results(&inventory, &checks, &selection.settings));
        }
        // What is not known is told whatever is looked for.
        if !selection.has(&ss017_kustomization_not_built::RULE) {
            let mut unseen = Results::default();
            ss017_kustomization_not_built::unseen(&inventory, &mut unseen);
            results.push(unseen);
        }
        let found = results.iter().map(|own| own.findings.len()).sum();
        let mut findings = Vec::with_capacity(found);
        let mut unknown = Vec::new();
        for own in results {
            findings.extend(own.findings);
            unknown.extend(own.unknown);
        }
        for finding in &mut findings {
            finding.address(&inventory.connection);
        }
        sort(&mut findings);
        unknown.sort_by(|a, b| {
            (a.rule.id, &a.subject, &a.what).cmp(&(b.rule.id, &b.subject, &b.what))
        });
        unknown.dedup_by(|a, b| a.rule == b.rule && a.subject == b.subject && a.what == b.what);
        Self {
            inventory,
            findings,
            suppressed: Vec::new(),
            unknown,
        }
    }

    /// Whether something that was asked for could not be seen. What lies
    /// outside the given files, or was not asked for, does not count.
    pub fn is_incomplete(&self) -> bool {
        !self.inventory.denied.is_empty()
            || self.unknown.iter().any(|unknown| unknown.reason.is_gap())
    }
}

/// Runs checks one after the other.
fn run(inventory: &Inventory, checks: &[&Check], settings: &Settings) -> Vec<Results> {
    let run = |check: &&Check| {
        let mut results = Results::default();
        (check.run)(inventory, settings, &mut results);
        results
    };
    checks.iter().map(run).collect()
}

/// By object, then the worst first, then rule and place.
pub fn sort(findings: &mut [Finding]) {
    fn key(finding: &Finding) -> impl Ord + '_ {
        let place = finding.places.first();
        (
            &finding.subject,
            std::cmp::Reverse(finding.severity),
            finding.rule.id,
            place.map(|place| (place.origin, &place.site)),
            &finding.container,
            &finding.secret,
            &finding.message,
        )
    }
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
}

impl Report {
    /// All findings that count.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.parts.iter().flat_map(|part| &part.findings)
    }

    /// How many findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Whether a finding makes the run fail.
    pub fn fails(&self, finding: &Finding) -> bool {
        match self.fail_on {
            FailOn::Severity(least) => finding.severity >= least,
            FailOn::Never => false,
        }
    }

    /// Adds to the outcome what the report says: what could not be read or seen,
    /// and the findings from a severity on.
    pub fn judge(&mut self, fail_on: FailOn) {
        let mut outcome = std::mem::take(&mut self.outcome);
        blind_spots(&self.problems, &self.unreachable, &mut outcome);
        for part in &self.parts {
            for grant in &part.inventory.denied {
                outcome.add(Kind::NotSeen, grant.words());
            }
            for unknown in part.unknown.iter().filter(|one| one.reason.is_gap()) {
                outcome.add(
                    Kind::NotSeen,
                    format!("{}: {}", unknown.rule.id, unknown.what),
                );
            }
        }
        self.fail_on = fail_on;
        let counting = self.findings().filter(|found| self.fails(found));
        let rules: BTreeSet<_> = counting.map(|found| found.rule.id).collect();
        for rule in rules {
            outcome.add(Kind::Found, rule);
        }
        self.outcome = outcome;
    }
}

/// Notes input that could not be read, and clusters that could not be asked.
pub fn blind_spots(problems: &[InputProblem], unreachable: &[Unreachable], outcome: &mut Outcome) {
    for problem in problems {
        outcome.add(Kind::Unusable, &problem.source);
    }
    for cluster in unreachable {
        outcome.add(Kind::NotSeen, format!("cluster {}", cluster.cluster));
    }
}
