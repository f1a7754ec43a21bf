//! Text for people.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::{Finding, Fix, Grant, Reason, Severity, Unknown};
use crate::inventory::{Inventory, Scope};
use crate::manifest::json_patch;
use crate::report::{Examined, InputProblem, Report, Unreachable};
use crate::ui::escape_controls as safe;
use crate::workload::{ObjectId, Origin};

use super::{Colour, excerpt, fix};

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
        let mut subject: Option<(&ObjectId, Option<Origin>)> = None;
        for finding in &part.findings {
            let origin = finding.places.first().map(|place| place.origin);
            if subject != Some((&finding.subject, origin)) {
                subject = Some((&finding.subject, origin));
                self.heading(&part.inventory, &finding.subject, origin)?;
            }
            self.finding(&part.inventory, finding)?;
        }
        Ok(())
    }

    fn heading(
        &mut self,
        inventory: &Inventory,
        subject: &ObjectId,
        origin: Option<Origin>,
    ) -> io::Result<()> {
        let style = self.styles.strong;
        let namespace = if subject.namespace.is_empty() {
            String::new()
        } else {
            format!(" in {}", safe(&subject.namespace))
        };
        let file = origin
            .and_then(|origin| inventory.source(origin))
            .map_or(String::new(), |source| {
                format!(" ({})", safe(source.text.name()))
            });
        writeln!(
            self.out,
            "{style}{}{style:#}{namespace}{file}",
            safe(&subject.short())
        )
    }

    fn finding(&mut self, inventory: &Inventory, finding: &Finding) -> io::Result<()> {
        let style = self.styles.of(finding.severity);
        writeln!(
            self.out,
            "  {style}{}{style:#} {} {}: {}",
            finding.severity,
            finding.rule.id,
            finding.rule.name,
            safe(&finding.message)
        )?;
        let places = match self.detail {
            Detail::Usual => 1,
            Detail::Everything => finding.places.len(),
        };
        for place in finding.places.iter().take(places) {
            self.place(inventory, place.origin, &place.site, &place.label)?;
        }
        for evidence in &finding.evidence {
            writeln!(self.out, "    {}", safe(evidence))?;
        }
        if self.detail == Detail::Everything {
            writeln!(self.out, "    why: {}", finding.rule.why)?;
        }
        for fix in &finding.fixes {
            self.fix(inventory, finding, fix)?;
        }
        if !finding.related.is_empty() {
            let related: Vec<_> = finding
                .related
                .iter()
                .map(|rule| format!("{} {}", rule.id, rule.name))
                .collect();
            let style = self.styles.faint;
            writeln!(
                self.out,
                "    {style}see also: {}{style:#}",
                related.join(", ")
            )?;
        }
        writeln!(self.out)
    }

    fn place(
        &mut self,
        inventory: &Inventory,
        origin: Origin,
        site: &crate::workload::Site,
        label: &str,
    ) -> io::Result<()> {
        let faint = self.styles.faint;
        let Some(source) = inventory.source(origin) else {
            return writeln!(
                self.out,
                "    {faint}-->{faint:#} {} {faint}({}){faint:#}",
                safe(&site.path),
                safe(label)
            );
        };
        let position = source.text.position(site.span.start);
        writeln!(
            self.out,
            "    {faint}-->{faint:#} {}:{}:{}",
            safe(source.text.name()),
            position.line,
            position.column
        )?;
        let Some(excerpt) = excerpt::excerpt(inventory, origin, site) else {
            return Ok(());
        };
        let strong = self.styles.strong;
        writeln!(
            self.out,
            "    {faint}{:>5} |{faint:#} {}",
            excerpt.line,
            safe(&excerpt.text)
        )?;
        writeln!(
            self.out,
            "    {faint}      |{faint:#} {}{strong}{} {}{strong:#}",
            " ".repeat(excerpt.from),
            "^".repeat(excerpt.length),
            safe(label)
        )
    }

    fn fix(&mut self, inventory: &Inventory, finding: &Finding, fix: &Fix) -> io::Result<()> {
        writeln!(self.out, "    fix: {}", safe(fix::sentence(fix)))?;
        let edit = fix::edit_command(self.report, inventory, finding, fix);
        match edit
            .map(str::to_owned)
            .or_else(|| fix::command(finding, fix))
        {
            Some(command) => {
                let style = self.styles.strong;
                writeln!(self.out, "      {style}{}{style:#}", safe(&command))
            }
            None => match fix {
                Fix::Patch { operations, .. } if json_patch::is_standard(operations) => writeln!(
                    self.out,
                    "      {}",
                    safe(&json_patch::to_json(operations).to_string())
                ),
                _ => Ok(()),
            },
        }
    }

    fn not_seen(&mut self, report: &Report) -> io::Result<()> {
        let strong = self.styles.strong;
        let unknown: Vec<_> = report.parts.iter().flat_map(|part| &part.unknown).collect();
        let denied: Vec<_> = report
            .parts
            .iter()
            .flat_map(|part| &part.inventory.denied)
            .collect();
        if unknown.is_empty()
            && denied.is_empty()
            && report.problems.is_empty()
            && report.unreachable.is_empty()
        {
            return Ok(());
        }
        writeln!(self.out, "{strong}What could not be checked{strong:#}")?;
        for line in blind_spots(&report.problems, &report.unreachable, denied) {
            writeln!(self.out, "  {line}")?;
        }
        for (why, items) in by_reason(&unknown) {
            writeln!(self.out, "  {}:", safe(&why))?;
            for item in items {
                writeln!(self.out, "    {}", safe(&item))?;
            }
        }
        writeln!(self.out)
    }

    fn summary(&mut self, report: &Report) -> io::Result<()> {
        let counts: Vec<_> = [Severity::Error, Severity::Warning, Severity::Info]
            .into_iter()
            .filter_map(|severity| match report.count(severity) {
                0 => None,
                number => Some(counted(number, severity.name())),
            })
            .collect();
        let found = if counts.is_empty() {
            "nothing found".to_owned()
        } else {
            counts.join(", ")
        };
        let looked: Vec<_> = report
            .parts
            .iter()
            .map(|part| looked_at(&part.inventory))
            .collect();
        writeln!(self.out, "{found} in {}", looked.join(" and "))?;
        let suppressed: usize = report.parts.iter().map(|part| part.suppressed.len()).sum();
        if suppressed > 0 {
            writeln!(
                self.out,
                "{} not counted (ignored or in the baseline)",
                counted(suppressed, "finding")
            )?;
        }
        let unknown: usize = report.parts.iter().map(|part| part.unknown.len()).sum();
        if unknown > 0 || !report.problems.is_empty() || !report.unreachable.is_empty() {
            writeln!(self.out, "not everything could be checked: see above")?;
        }
        Ok(())
    }
}

/// What could not be read, asked or listed: a line each, harmless for a
/// terminal.
pub(super) fn blind_spots<'a>(
    problems: &[InputProblem],
    unreachable: &[Unreachable],
    denied: impl IntoIterator<Item = &'a Grant>,
) -> Vec<String> {
    let problems = problems.iter().map(|problem| safe(&problem_line(problem)));
    let unreachable = unreachable.iter().flat_map(|cluster| {
        let first = format!(
            "cluster {}: {}",
            safe(&cluster.cluster),
            safe(&cluster.message)
        );
        let hints = cluster.hints.iter().map(|hint| format!("  {}", safe(hint)));
        std::iter::once(first).chain(hints)
    });
    let denied = denied
        .into_iter()
        .map(|grant| format!("may not {}", safe(&grant_words(grant))));
    problems.chain(unreachable).chain(denied).collect()
}

/// Where input cannot be read, and why.
pub fn problem_line(problem: &InputProblem) -> String {
    match problem.position {
        Some(position) => format!(
            "{}:{}:{}: {}",
            problem.source, position.line, position.column, problem.message
        ),
        None => format!("{}: {}", problem.source, problem.message),
    }
}

fn by_reason(unknown: &[&Unknown]) -> BTreeMap<String, Vec<String>> {
    let mut grouped: BTreeMap<String, BTreeMap<String, Vec<&'static str>>> = BTreeMap::new();
    for item in unknown {
        let what = match &item.subject {
            Some(subject) if subject.namespace.is_empty() => {
                format!("{}: {}", subject.short(), item.what)
            }
            Some(subject) => {
                format!(
                    "{} in {}: {}",
                    subject.short(),
                    subject.namespace,
                    item.what
                )
            }
            None => item.what.clone(),
        };
        grouped
            .entry(reason_words(&item.reason))
            .or_default()
            .entry(what)
            .or_default()
            .push(item.rule.id);
    }
    grouped
        .into_iter()
        .map(|(why, items)| {
            let items = items
                .into_iter()
                .map(|(what, rules)| format!("{what} ({})", rules.join(", ")))
                .collect();
            (why, items)
        })
        .collect()
}

/// A reason in words.
pub(super) fn reason_words(reason: &Reason) -> String {
    match reason {
        Reason::NotInFiles => {
            "not among the files (--assume-complete takes that for missing)".to_owned()
        }
        Reason::Forbidden(grant) => format!("may not {}", grant_words(grant)),
        Reason::Incomplete(why) => why.clone(),
        Reason::NotAsked(flag) => format!("not asked for ({flag} does)"),
    }
}

/// `list secrets in prod`.
pub(super) fn grant_words(grant: &Grant) -> String {
    let resource = if grant.group.is_empty() {
        grant.resource.clone()
    } else {
        format!("{}.{}", grant.resource, grant.group)
    };
    match &grant.namespace {
        Some(namespace) => format!("{} {resource} in {namespace}", grant.verb),
        None => format!("{} {resource}", grant.verb),
    }
}

/// `3 workloads, 2 Secrets (1 file)`.
pub(super) fn looked_at(inventory: &Inventory) -> String {
    let mut parts = vec![counted(inventory.workloads.len(), "workload")];
    let secrets = inventory.secrets().count();
    if secrets > 0 {
        parts.push(counted(secrets, "Secret"));
    }
    match &inventory.scope {
        Scope::Files(_) => format!(
            "{} ({})",
            parts.join(", "),
            counted(inventory.sources.len(), "file")
        ),
        Scope::Cluster { name, .. } => {
            parts.insert(1, counted(inventory.pods.len(), "pod"));
            format!("{} (cluster {})", parts.join(", "), safe(name))
        }
    }
}

/// `1 file`, `2 files`.
pub(super) fn counted(number: usize, what: &str) -> String {
    match (number, what) {
        (_, "info") => format!("{number} info"),
        (1, _) => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}
