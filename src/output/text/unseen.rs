//! What could not be checked, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::finding::Unknown;
use crate::inventory::{Grant, Reason};
use crate::report::{InputProblem, Report, Unreachable};
use crate::ui::escape_controls as safe;

use crate::words::folded;

use super::summary::counted;
use super::{Detail, Printer};

impl Printer<'_> {
    pub(super) fn not_seen(&mut self, report: &Report) -> io::Result<()> {
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
        let (outside, unknown): (Vec<_>, Vec<_>) = unknown
            .into_iter()
            .partition(|item| item.reason == Reason::NotInFiles && self.detail == Detail::Usual);
        for (why, items) in by_reason(&unknown) {
            writeln!(self.out, "  {}:", safe(&heading(why, items.len())))?;
            let most = match self.detail {
                Detail::Usual => MOST_NOT_SEEN,
                Detail::Everything => items.len(),
            };
            for item in items.iter().take(most) {
                writeln!(self.out, "    {}", safe(item))?;
            }
            if items.len() > most {
                writeln!(
                    self.out,
                    "    and {} more (-o wide shows all)",
                    items.len() - most
                )?;
            }
        }
        if !outside.is_empty() {
            let names: BTreeSet<&str> = outside.iter().map(|item| item.what.as_str()).collect();
            writeln!(
                self.out,
                "  {}: {}",
                reason_words(&Reason::NotInFiles),
                safe(&folded(names))
            )?;
        }
        writeln!(self.out)
    }
}

/// What could not be read, asked or listed, in a line each.
pub fn gaps(report: &Report) -> Vec<String> {
    let denied = report.parts.iter().flat_map(|part| &part.inventory.denied);
    blind_spots(&report.problems, &report.unreachable, denied)
}

/// What could not be read, asked or listed: a line each, harmless for a
/// terminal.
pub(in crate::output) fn blind_spots<'a>(
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
        let hints = cluster.hints.iter().flat_map(|hint| {
            let text = hint.shown(safe);
            let lines = text.lines().map(|line| format!("  {line}"));
            lines.collect::<Vec<_>>()
        });
        std::iter::once(first).chain(hints)
    });
    let denied = denied
        .into_iter()
        .map(|grant| format!("not allowed to {}", safe(&grant.words())));
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
const MOST_NOT_SEEN: usize = 10;

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
            Some(subject) if subject.namespace.is_empty() || subject.name.is_empty() => {
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
pub(in crate::output) fn reason_words(reason: &Reason) -> String {
    match reason {
        Reason::NotInFiles => {
            "not among the files (--assume-complete reports them as missing)".to_owned()
        }
        Reason::Forbidden(grant) => format!("not allowed to {}", grant.words()),
        Reason::Incomplete(why) | Reason::Outside(why) => why.clone(),
        Reason::NotAsked(flag) => format!("not checked without {flag}"),
        Reason::OwnContainers => {
            "containers of a custom resource are not read (references to Secrets are)".to_owned()
        }
        Reason::Template => {
            "a template fills in the name; render it first, then check the result".to_owned()
        }
    }
}
