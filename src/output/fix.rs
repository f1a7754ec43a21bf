//! What to do, as command lines and JSON Patches.

use crate::finding::{Applies, Finding, Fix};
use crate::inventory::{Inventory, ReadFrom};
use crate::manifest::json_patch;
use crate::report::Report;
use crate::workload::Origin;

/// What every format says of a fix.
pub struct Shown<'f> {
    /// ` (safe)`, ` (unsafe)` or nothing.
    pub tier: &'static str,
    /// What it does: a sentence.
    pub what: &'f str,
    /// What it may break: a sentence.
    pub may_break: Option<&'static str>,
    /// The command that does it.
    pub command: Option<String>,
}

/// What is said of a fix.
pub fn shown<'f>(
    report: &Report,
    inventory: &Inventory,
    finding: &Finding,
    fix: &'f Fix,
) -> Shown<'f> {
    Shown {
        tier: match fix.applies() {
            Some(Applies::Safe) => " (safe)",
            Some(Applies::Unsafe(_)) => " (unsafe)",
            Some(Applies::Never) | None => "",
        },
        what: sentence(fix),
        may_break: fix.applies().and_then(Applies::risk),
        command: edit_command(report, inventory, finding, fix)
            .or_else(|| command(inventory, finding, fix)),
    }
}

impl Shown<'_> {
    /// In one line, without the command: `Fix (unsafe): …. May break: …`.
    pub fn sentence(&self) -> String {
        let Self { tier, what, .. } = self;
        match self.may_break {
            Some(risk) => format!("Fix{tier}: {what} May break: {risk}"),
            None => format!("Fix{tier}: {what}"),
        }
    }
}

/// The command that does it, where one does: for a live object kubectl's patch.
pub fn command(inventory: &Inventory, finding: &Finding, fix: &Fix) -> Option<String> {
    match fix {
        Fix::Command { command, .. } => Some(command.to_string()),
        Fix::Patch { operations, .. } => {
            let live = finding
                .places
                .first()
                .is_none_or(|place| place.origin == Origin::Live);
            (live && json_patch::is_standard(operations)).then(|| {
                let subject = &finding.subject;
                json_patch::command(&subject.short(), &subject.namespace, operations)
                    .on(&inventory.connection)
                    .to_string()
            })
        }
        Fix::Advice(_) => None,
    }
}

/// The command that makes the edit of a file, if `--fix` offers it.
pub fn edit_command(
    report: &Report,
    inventory: &Inventory,
    finding: &Finding,
    fix: &Fix,
) -> Option<String> {
    let source = inventory.source(finding.places.first()?.origin)?;
    let command = report
        .fix_command
        .as_ref()
        .filter(|_| source.read_from == ReadFrom::File)?;
    match fix.applies()? {
        Applies::Safe => Some(command.to_string()),
        Applies::Unsafe(_) => {
            let broken = command.clone().joined("--unsafe", finding.rule.id);
            Some(broken.to_string())
        }
        Applies::Never => None,
    }
}

/// How many findings a command mends safely.
pub fn fixable(report: &Report) -> usize {
    report
        .parts
        .iter()
        .flat_map(|part| part.findings.iter().map(move |found| (part, found)))
        .filter(|(part, found)| {
            found.fixes.iter().any(|fix| {
                fix.applies() == Some(Applies::Safe)
                    && edit_command(report, &part.inventory, found, fix).is_some()
            })
        })
        .count()
}

/// What it does, in words.
pub fn sentence(fix: &Fix) -> &str {
    match fix {
        Fix::Command { what, .. } | Fix::Patch { what, .. } => what,
        Fix::Advice(advice) => advice,
    }
}
