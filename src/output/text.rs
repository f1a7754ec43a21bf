//! Text for people.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::{Finding, Fix, Severity, Unknown};
use crate::inventory::{Grant, Inventory, Reason, Scope};
use crate::manifest::json_patch;
use crate::report::{Examined, InputProblem, Report, Unreachable};
use crate::ui::{Colour, escape_controls as safe};
use crate::words::FOLD;
use crate::workload::{ObjectId, Origin};

use super::{excerpt, fix};

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
            safe(&shortened(&finding.message))
        )?;
        let places = match self.detail {
            Detail::Usual => 1,
            Detail::Everything => finding.places.len(),
        };
        for place in finding.places.iter().take(places) {
            self.place(inventory, place.origin, &place.site, &place.label)?;
        }
        let evidence = match self.detail {
            Detail::Usual => finding.evidence.len().min(FOLD),
            Detail::Everything => finding.evidence.len(),
        };
        let told = |text: &str| match self.detail {
            Detail::Usual => safe(&shortened(text)),
            Detail::Everything => safe(text),
        };
        for proof in &finding.evidence[..evidence] {
            writeln!(self.out, "    {}", told(proof))?;
        }
        let more = finding.evidence.len() - evidence;
        if more > 0 {
            writeln!(self.out, "    and {more} more (-o wide tells all)")?;
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
        let shown = fix::shown(self.report, inventory, finding, fix);
        writeln!(self.out, "    fix{}: {}", shown.tier, safe(shown.what))?;
        if let Some(risk) = shown.may_break {
            writeln!(self.out, "      may break: {}", safe(risk))?;
        }
        match shown.command {
            Some(command) => {
                let style = self.styles.strong;
                writeln!(self.out, "      {style}{}{style:#}", safe(&command))
            }
            None => match fix {
                Fix::Patch { operations, .. } if json_patch::is_standard(operations) => writeln!(
                    self.out,
                    "      {}",
                    safe(&json_patch::to_argument(operations))
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
            writeln!(self.out, "  {}:", safe(&heading(why, items.len())))?;
            for item in items.iter().take(MOST_NOT_SEEN) {
                writeln!(self.out, "    {}", safe(item))?;
            }
            if items.len() > MOST_NOT_SEEN {
                writeln!(self.out, "    and {} more", items.len() - MOST_NOT_SEEN)?;
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
        let nothing = report.parts.iter().all(|part| part.inventory.is_bare());
        if nothing && !report.problems.is_empty() && counts.is_empty() {
            return writeln!(self.out, "nothing was checked: see above");
        }
        if looked.is_empty() {
            return writeln!(self.out, "no cluster could be checked: see above");
        }
        writeln!(self.out, "{found} in {}", looked.join(" and "))?;
        for part in &report.parts {
            if let Some(namespace) = &part.inventory.assumed_namespace {
                writeln!(
                    self.out,
                    "what names no namespace was taken to be in {} (-n says another)",
                    safe(namespace)
                )?;
            }
        }
        let suppressed: usize = report.parts.iter().map(|part| part.suppressed.len()).sum();
        if suppressed > 0 {
            writeln!(
                self.out,
                "{} not counted (ignored or in the baseline)",
                counted(suppressed, "finding")
            )?;
        }
        for line in self.report.parts.iter().filter_map(empty_namespace) {
            writeln!(self.out, "{line}")?;
        }
        let unknown: usize = report.parts.iter().map(|part| part.unknown.len()).sum();
        if !report.outcome.is_complete() {
            writeln!(self.out, "not everything could be checked: see above")?;
        } else if unknown > 0 {
            writeln!(
                self.out,
                "{} outside what was looked at: see above",
                counted(unknown, "reference")
            )?;
        }
        Ok(())
    }
}

/// That there is nothing to look at in the one namespace that was asked about.
fn empty_namespace(part: &Examined) -> Option<String> {
    let Scope::Cluster { name, .. } = &part.inventory.scope else {
        return None;
    };
    let namespace = part.inventory.only_namespace()?;
    let is_empty = part.inventory.denied.is_empty()
        && part.inventory.workload_count() == 0
        && part.inventory.secret_count() == 0
        && part.inventory.pods.is_empty();
    is_empty.then(|| {
        format!(
            "namespace {} of cluster {} has no workload, no pod and no Secret",
            safe(namespace),
            safe(name)
        )
    })
}

/// What could not be read, asked or listed, in a line each.
pub fn gaps(report: &Report) -> Vec<String> {
    let denied = report.parts.iter().flat_map(|part| &part.inventory.denied);
    blind_spots(&report.problems, &report.unreachable, denied)
}

/// A sentence in which names stand in a row, with the first ten of them:
/// `Keys: a, b and 290 more.`
fn shortened(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split(", ").collect();
    let is_name = |part: &&str| !part.is_empty() && !part.contains(' ');
    let mut text = String::new();
    let mut at = 0;
    while at < parts.len() {
        // A row begins with the last word of a part, and ends with the first one
        // of another.
        let names = parts[at + 1..]
            .iter()
            .take_while(|part| is_name(part))
            .count();
        let last = at + 1 + names;
        let (row, rest) = match parts.get(last) {
            Some(part) => (
                names + 2,
                Some(part.split_at(part.find(' ').unwrap_or(part.len()))),
            ),
            None => (names + 1, None),
        };
        if at > 0 {
            text += ", ";
        }
        if row <= FOLD {
            text += parts[at];
            at += 1;
            continue;
        }
        text += &parts[at..at + FOLD].join(", ");
        text += &format!(" and {} more", row - FOLD);
        // The mark at the end of the sentence is none of a name.
        let end = match rest {
            Some((name, rest)) => {
                let mark = name.len() - name.trim_end_matches(['.', ':', ';']).len();
                format!("{}{rest}", &name[name.len() - mark..])
            }
            None => {
                let name = parts[parts.len() - 1];
                name[name.trim_end_matches(['.', ':', ';']).len()..].to_owned()
            }
        };
        text += &end;
        at = last + 1;
    }
    text
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
        let hints = cluster
            .hints
            .iter()
            .map(|hint| format!("  {}", safe(&hint.to_string())));
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

/// How many lines tell what was not seen for one reason.
const MOST_NOT_SEEN: usize = 30;

/// A reason over its items. Names that are none yet are counted: whether there
/// are many decides whether the report is worth anything.
fn heading(why: String, items: usize) -> String {
    if why == reason_words(&Reason::Template) {
        format!("{}: {why}", counted(items, "reference"))
    } else {
        why
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
        Reason::OwnContainers => {
            "not read (a custom resource's own containers; the names of its Secrets are)".to_owned()
        }
        Reason::Template => {
            "a template fills in the name (render it, then look at the result)".to_owned()
        }
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
    let mut parts = vec![counted(inventory.workload_count(), "workload")];
    let secrets = inventory.secret_count();
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

#[cfg(test)]
mod tests {
    use super::shortened;

    fn names(count: usize) -> String {
        let names: Vec<_> = (0..count).map(|n| format!("k{n}")).collect();
        names.join(", ")
    }

    #[test]
    fn rows_of_names_are_folded_after_ten() {
        let ten = names(10);
        for (sentence, expected) in [
            (format!("Keys: {ten}."), format!("Keys: {ten}.")),
            (
                format!("Keys: {}.", names(11)),
                format!("Keys: {ten} and 1 more."),
            ),
            (
                format!("The keys {} are new, and old.", names(300)),
                format!("The keys {ten} and 290 more are new, and old."),
            ),
            (
                format!("A: {}; B: {}.", names(12), names(3)),
                format!("A: {ten} and 2 more; B: {}.", names(3)),
            ),
            (
                "one, two of three, four".to_owned(),
                "one, two of three, four".to_owned(),
            ),
            (String::new(), String::new()),
        ] {
            assert_eq!(shortened(&sentence), expected);
        }
    }

    #[test]
    fn other_sentences_stay() {
        let words = "it is so, for this, and that, or the other, ".repeat(20);
        assert_eq!(shortened(&words), words);
    }
}
