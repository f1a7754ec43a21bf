//! Many findings: by rule, with the first objects of each.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::finding::{Finding, Severity};
use crate::inventory::Inventory;
use crate::output::fix;
use crate::report::Examined;
use crate::ui::escape_controls as safe;

use super::Printer;
use super::shorten::shortened;
use super::summary::counted;

/// More findings than these are shown by rule.
pub(super) const MOST_ONE_BY_ONE: usize = 20;

/// How many findings of a rule have a line of their own.
fn most(severity: Severity) -> usize {
    match severity {
        Severity::Error => 8,
        Severity::Warning => 4,
        Severity::Info => 1,
    }
}

impl Printer<'_> {
    /// The findings of a part by rule, the worst first.
    pub(super) fn by_rule(&mut self, part: &Examined) -> io::Result<()> {
        let mut groups: BTreeMap<(Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
        for finding in &part.findings {
            let group = (Reverse(finding.severity), finding.rule.id);
            groups.entry(group).or_default().push(finding);
        }
        for ((Reverse(severity), _), findings) in groups {
            self.rule(&part.inventory, severity, &findings)?;
        }
        Ok(())
    }

    fn rule(
        &mut self,
        inventory: &Inventory,
        severity: Severity,
        findings: &[&Finding],
    ) -> io::Result<()> {
        let Some(first) = findings.first() else {
            return Ok(());
        };
        let style = self.styles.of(severity);
        let alike = findings.iter().all(|found| found.message == first.message);
        let what = match alike {
            true => first.message.as_str(),
            false => first.rule.summary,
        };
        let objects: BTreeSet<_> = findings.iter().map(|found| &found.subject).collect();
        writeln!(
            self.out,
            "{style}{severity}{style:#} {} {}: {} ({} in {})",
            first.rule.id,
            first.rule.name,
            safe(&shortened(what)),
            counted(findings.len(), "finding"),
            counted(objects.len(), "object")
        )?;
        let most = most(severity);
        for finding in findings.iter().take(most) {
            let message = match alike {
                true => String::new(),
                false => format!(": {}", safe(&shortened(&finding.message))),
            };
            writeln!(self.out, "  {}{message}", safe(&place(inventory, finding)))?;
        }
        if let Some(more @ 1..) = findings.len().checked_sub(most) {
            writeln!(self.out, "  and {more} more (-o wide shows all)")?;
        }
        let fixes: BTreeSet<_> = findings
            .iter()
            .filter_map(|found| found.fixes.first().map(fix::sentence))
            .collect();
        if let (1, Some(fix)) = (fixes.len(), fixes.first()) {
            writeln!(self.out, "  fix: {}", safe(fix))?;
        }
        // What the summary does not name: a command of its own for each of them.
        let offered = first.fixes.first().filter(|fix| fix.applies().is_none());
        if let Some(command) = offered.and_then(|fix| fix::command(inventory, first, fix)) {
            writeln!(self.out, "  for the first of them: {}", safe(&command))?;
        }
        writeln!(self.out)
    }
}

/// `deployment/api in prod (deploy.yaml:14:44)`.
fn place(inventory: &Inventory, finding: &Finding) -> String {
    let subject = &finding.subject;
    let mut text = subject.short();
    if !subject.namespace.is_empty() && !subject.name.is_empty() {
        text += &format!(" in {}", subject.namespace);
    }
    let position = finding.places.first().and_then(|place| {
        let source = inventory.source(place.origin)?;
        let at = source.text.position(place.site.span.start);
        Some(format!("{}:{}:{}", source.text.name(), at.line, at.column))
    });
    match position {
        Some(position) => format!("{text} ({position})"),
        None => text,
    }
}
