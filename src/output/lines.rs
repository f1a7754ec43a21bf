//! Formats of one line a finding: GitHub annotations, Prometheus metrics, names.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::escape::{escape_controls, harmless_lines};
use crate::finding::{Finding, Severity};
use crate::inventory::{Inventory, Scope};
use crate::report::Report;

use super::fix;

/// Workflow commands of GitHub Actions.
pub(super) fn github(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for problem in &report.problems {
        let position = problem.position.map_or(String::new(), |at| {
            format!(",line={},col={}", at.line, at.column)
        });
        writeln!(
            out,
            "::error file={}{position},title=unreadable::{}",
            property(&problem.source),
            data(&problem.message)
        )?;
    }
    for cluster in &report.unreachable {
        writeln!(
            out,
            "::error title=unreachable::{}",
            data(&format!("cluster {}: {}", cluster.cluster, cluster.message))
        )?;
    }
    for part in &report.parts {
        for finding in &part.findings {
            writeln!(out, "{}", annotation(report, &part.inventory, finding))?;
        }
        if !part.unknown.is_empty() {
            writeln!(
                out,
                "::notice title=not checked::{} references or objects could not be checked",
                part.unknown.len()
            )?;
        }
    }
    Ok(())
}

fn annotation(report: &Report, inventory: &Inventory, finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let place = finding
        .places
        .first()
        .and_then(|place| Some((place, inventory.source(place.origin)?)));
    let position = place.map_or(String::new(), |(place, source)| {
        let start = source.text.position(place.site.span.start);
        let end = source.text.position(place.site.span.end);
        let columns = if start.line == end.line {
            format!(",col={},endColumn={}", start.column, end.column)
        } else {
            String::new()
        };
        format!(
            "file={},line={},endLine={}{columns},",
            property(source.text.name()),
            start.line,
            end.line
        )
    });
    let mut message = format!("{}: {}", finding.subject.short(), finding.message);
    for sentence in &finding.evidence {
        message.push('\n');
        message.push_str(sentence);
    }
    for first in finding.fixes.iter().take(1) {
        let shown = fix::shown(report, inventory, finding, first);
        message.push('\n');
        message.push_str(&shown.sentence());
        if let Some(command) = &shown.command {
            message.push('\n');
            message.push_str(command);
        }
    }
    format!(
        "::{command} {position}title={} {}::{}",
        finding.rule.id,
        finding.rule.name,
        data(&message)
    )
}

/// Lines of ours, with data in them.
fn data(text: &str) -> String {
    let lines: Vec<_> = text
        .split('\n')
        .map(|line| harmless_lines(&escape_controls(line)).replace('%', "%25"))
        .collect();
    lines.join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Metrics in the Prometheus text format, for the textfile collector.
pub(super) fn prometheus(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "# HELP secretsafe_findings Findings of kubectl secretsafe doctor."
    )?;
    writeln!(out, "# TYPE secretsafe_findings gauge")?;
    for part in &report.parts {
        let mut counts: BTreeMap<(&str, &str, &str, &str), usize> = BTreeMap::new();
        for finding in &part.findings {
            let key = (
                cluster_of(&part.inventory),
                finding.subject.namespace.as_str(),
                finding.rule.id,
                finding.severity.name(),
            );
            *counts.entry(key).or_default() += 1;
        }
        for ((cluster, namespace, rule, severity), count) in counts {
            writeln!(
                out,
                "secretsafe_findings{{cluster=\"{}\",namespace=\"{}\",rule=\"{rule}\",severity=\"{severity}\"}} {count}",
                label(cluster),
                label(namespace)
            )?;
        }
    }
    gauge(
        out,
        report,
        "secretsafe_unknown",
        "Questions that could not be answered.",
        |part| part.unknown.len(),
    )?;
    gauge(
        out,
        report,
        "secretsafe_workloads",
        "Workloads that were looked at.",
        |part| part.inventory.workload_count(),
    )?;
    gauge(
        out,
        report,
        "secretsafe_complete",
        "1 if everything could be checked.",
        // Input that could not be read belongs to no part.
        |part| usize::from(!part.is_incomplete() && report.problems.is_empty()),
    )?;
    for cluster in &report.unreachable {
        writeln!(
            out,
            "secretsafe_complete{{cluster=\"{}\"}} 0",
            label(&cluster.cluster)
        )?;
    }
    writeln!(
        out,
        "# HELP secretsafe_exit_status Exit status of the run.\n# TYPE secretsafe_exit_status gauge\nsecretsafe_exit_status {}",
        report.outcome.status() as u8
    )?;
    writeln!(
        out,
        "# HELP secretsafe_last_run_timestamp_seconds When this was written."
    )?;
    writeln!(out, "# TYPE secretsafe_last_run_timestamp_seconds gauge")?;
    for part in &report.parts {
        writeln!(
            out,
            "secretsafe_last_run_timestamp_seconds{{cluster=\"{}\"}} {}",
            label(cluster_of(&part.inventory)),
            part.inventory.now.as_second()
        )?;
    }
    Ok(())
}

fn gauge(
    out: &mut dyn Write,
    report: &Report,
    name: &str,
    help: &str,
    value: impl Fn(&crate::report::Examined) -> usize,
) -> io::Result<()> {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge")?;
    for part in &report.parts {
        writeln!(
            out,
            "{name}{{cluster=\"{}\"}} {}",
            label(cluster_of(&part.inventory)),
            value(part)
        )?;
    }
    Ok(())
}

fn cluster_of(inventory: &Inventory) -> &str {
    match &inventory.scope {
        Scope::Cluster { name, .. } => name,
        Scope::Files(_) => "",
    }
}

fn label(text: &str) -> String {
    escape_controls(text)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}

/// The objects that have findings, as kubectl takes them.
pub(super) fn names(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let names: BTreeSet<_> = report
        .findings()
        .map(|finding| finding.subject.short())
        .collect();
    for name in names {
        writeln!(out, "{}", escape_controls(&name))?;
    }
    Ok(())
}
