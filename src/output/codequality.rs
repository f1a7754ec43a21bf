//! GitLab's Code Quality report, as merge requests show it
//! (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format").

use std::collections::HashSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::escape::{escape_controls as safe, json_pretty};
use crate::finding::{Finding, Severity, fingerprint};
use crate::inventory::Inventory;
use crate::report::Report;

use super::text;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for part in &report.parts {
        for finding in &part.findings {
            entries.push(issue(&part.inventory, finding, &mut seen));
        }
        for unknown in &part.unknown {
            let words = text::reason_words(&unknown.reason);
            let told = format!("{} could not be checked: {words}", unknown.what);
            entries.push(gap(
                unknown.rule.id,
                "info",
                &told,
                &unknown.what,
                &mut seen,
            ));
        }
    }
    for problem in &report.problems {
        let mut entry = gap(
            "input",
            "blocker",
            &problem.message,
            &problem.source,
            &mut seen,
        );
        if let Some(position) = problem.position {
            entry["location"]["lines"]["begin"] = position.line.into();
        }
        entries.push(entry);
    }
    for cluster in &report.unreachable {
        entries.push(gap(
            "cluster",
            "blocker",
            &cluster.message,
            &cluster.cluster,
            &mut seen,
        ));
    }
    json_pretty(&Value::from(entries), 2, out)?;
    writeln!(out)
}

fn issue(inventory: &Inventory, finding: &Finding, seen: &mut HashSet<String>) -> Value {
    let subject = &finding.subject;
    let place = finding.places.first().and_then(|place| {
        let source = inventory.source(place.origin)?;
        let line = source.text.position(place.site.span.start).line;
        Some((source.text.name().to_owned(), line))
    });
    // GitLab requires a path, and what is in a cluster has none.
    let (path, line) =
        place.unwrap_or_else(|| (format!("{}/{}", subject.namespace, subject.short()), 1));
    entry(
        finding.rule.id,
        match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "minor",
        },
        &format!("{}: {}", subject.short(), finding.message),
        &path,
        line,
        unique(format!("{}|{path}", fingerprint(finding)), seen),
    )
}

/// What could not be looked at: a reader of the report alone must not take it for clean.
fn gap(name: &str, severity: &str, told: &str, place: &str, seen: &mut HashSet<String>) -> Value {
    let print = unique(format!("{name} {}", safe(place)), seen);
    entry(name, severity, told, place, 1, print)
}

fn entry(
    name: &str,
    severity: &str,
    told: &str,
    path: &str,
    line: usize,
    fingerprint: String,
) -> Value {
    json!({
        "description": safe(told),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": safe(path.strip_prefix("./").unwrap_or(path)),
            "lines": {"begin": line},
        },
    })
}

/// GitLab drops entries that share a fingerprint.
fn unique(print: String, seen: &mut HashSet<String>) -> String {
    let numbered = (2_usize..).map(|number| format!("{print}-{number}"));
    let free = std::iter::once(print.clone())
        .chain(numbered)
        .find(|print| !seen.contains(print))
        .unwrap_or(print);
    seen.insert(free.clone());
    free
}
