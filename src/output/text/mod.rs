//! Text for people.

mod finding;
mod grouped;
mod shorten;
mod summary;
mod unseen;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::{Finding, Severity};
use crate::inventory::Scope;
use crate::report::{Examined, Report};
use crate::ui::{Colour, escape_controls as safe};
use crate::words::FOLD;

pub(super) use summary::{counted, looked_at};
pub(super) use unseen::{blind_spots, reason_words};
pub use unseen::{gaps, problem_line};

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What is wrong, where, and what to do.
    Usual,
    /// Also why it matters, all places and what is merely worth knowing.
    Everything,
}

pub(super) fn write(
    report: &Report,
    detail: Detail,
    colour: Colour,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut printer = Printer {
        out,
        report,
        styles: Styles::new(colour),
        detail,
    };
    for part in &report.parts {
        printer.part(part, report.parts.len() > 1)?;
    }
    printer.not_seen(report)?;
    printer.summary(report)
}

/// How parts of a text look.
#[derive(Default)]
pub(super) struct Styles {
    pub error: Style,
    pub warning: Style,
    pub info: Style,
    pub strong: Style,
    pub faint: Style,
}

impl Styles {
    pub fn new(colour: Colour) -> Self {
        if colour == Colour::Off {
            return Self::default();
        }
        Self {
            error: AnsiColor::Red.on_default().bold(),
            warning: AnsiColor::Yellow.on_default().bold(),
            info: AnsiColor::Cyan.on_default().bold(),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
        }
    }

    fn of(&self, severity: Severity) -> Style {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Info => self.info,
        }
    }
}

struct Printer<'a> {
    out: &'a mut dyn Write,
    report: &'a Report,
    styles: Styles,
    detail: Detail,
}

impl Printer<'_> {
    fn part(&mut self, part: &Examined, several: bool) -> io::Result<()> {
        if let (true, Scope::Cluster { name, .. }) = (several, &part.inventory.scope) {
            let style = self.styles.strong;
            writeln!(self.out, "{style}cluster {}{style:#}\n", safe(name))?;
        }
        if self.detail == Detail::Usual && part.findings.len() > grouped::MOST_ONE_BY_ONE {
            return self.by_rule(part);
        }
        let about = |finding: &Finding| {
            let origin = finding.places.first().map(|place| place.origin);
            (finding.subject.clone(), origin)
        };
        for findings in part
            .findings
            .chunk_by(|one, next| about(one) == about(next))
        {
            let Some(first) = findings.first() else {
                continue;
            };
            let (subject, origin) = about(first);
            self.heading(&part.inventory, &subject, origin)?;
            let alike = |one: &Finding, next: &Finding| {
                (one.rule.id, one.severity) == (next.rule.id, next.severity)
            };
            for findings in findings.chunk_by(alike) {
                let told = match self.detail {
                    Detail::Usual => findings.len().min(FOLD),
                    Detail::Everything => findings.len(),
                };
                for finding in &findings[..told] {
                    self.finding(&part.inventory, finding)?;
                }
                if let (Some(first), more @ 1..) = (findings.first(), findings.len() - told) {
                    let style = self.styles.of(first.severity);
                    writeln!(
                        self.out,
                        "  {style}{}{style:#} {} {}: {more} more (-o wide tells all)\n",
                        first.severity, first.rule.id, first.rule.name
                    )?;
                }
            }
        }
        Ok(())
    }
}
