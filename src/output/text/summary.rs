//! The last lines: how much was found in how much, and what is next.

use std::io;

use crate::command_line::CommandLine;
use crate::finding::Severity;
use crate::inventory::{Inventory, Realm, Scope};
use crate::output::fix;
use crate::report::{Examined, Report};
use crate::ui::escape_controls as safe;

use super::Printer;

impl Printer<'_> {
    pub(super) fn summary(&mut self, report: &Report) -> io::Result<()> {
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
        let looked = looked.join(" and ");
        if counts.is_empty() && !report.outcome.is_complete() {
            writeln!(self.out, "no finding in what could be checked: {looked}")?;
        } else {
            writeln!(self.out, "{found} in {looked}")?;
        }
        for part in &report.parts {
            if let Some(namespace) = &part.inventory.assumed_namespace {
                writeln!(
                    self.out,
                    "objects without a namespace are taken to be in {} (-n names another)",
                    safe(namespace)
                )?;
            }
        }
        let suppressed: usize = report.parts.iter().map(|part| part.suppressed.len()).sum();
        if suppressed > 0 {
            writeln!(
                self.out,
                "{} ignored (annotation, configuration or baseline)",
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
        self.next_steps(report)
    }

    /// Where a finding is explained, and how many can be fixed by a command.
    fn next_steps(&mut self, report: &Report) -> io::Result<()> {
        let Some(first) = report
            .findings()
            .min_by_key(|found| std::cmp::Reverse(found.severity))
        else {
            return Ok(());
        };
        let fixable = fix::fixable(report);
        if let (1.., Some(command)) = (fixable, &report.fix_command) {
            writeln!(
                self.out,
                "{} can be fixed safely: {}",
                counted(fixable, "finding"),
                safe(&command.to_string())
            )?;
        }
        let explain = CommandLine::secretsafe("explain").name(first.rule.id);
        writeln!(
            self.out,
            "to learn more: {explain}, or {}/blob/main/docs/checks.md",
            env!("CARGO_PKG_REPOSITORY")
        )
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

/// `3 workloads, 2 Secrets (1 file)`.
pub(in crate::output) fn looked_at(inventory: &Inventory) -> String {
    let mut parts = vec![counted(inventory.workload_count(), "workload")];
    let secrets = inventory.secret_count();
    if secrets > 0 {
        parts.push(counted(secrets, "Secret"));
    }
    match &inventory.scope {
        Scope::Files(_) => {
            // `migrate` counts the workloads that are written, and these are not they.
            let built = match inventory.realms.iter().any(Realm::is_of_files) {
                true => ", kustomizations built",
                false => "",
            };
            let files = counted(inventory.sources.len(), "file");
            format!("{} ({files}{built})", parts.join(", "))
        }
        Scope::Cluster { name, .. } => {
            parts.insert(1, counted(inventory.pods.len(), "pod"));
            format!("{} (cluster {})", parts.join(", "), safe(name))
        }
    }
}

/// `1 file`, `2 files`.
pub(in crate::output) fn counted(number: usize, what: &str) -> String {
    match (number, what) {
        (_, "info") => format!("{number} info"),
        (1, _) => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}
