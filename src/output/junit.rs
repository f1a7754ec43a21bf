//! JUnit XML: one suite a part, one case a finding.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use crate::finding::Finding;
use crate::inventory::{Inventory, Scope};
use crate::report::Report;
use crate::ui::escape_controls;

use super::{fix, text};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new("kubectl-secretsafe doctor");
    for part in &report.parts {
        let name = match &part.inventory.scope {
            Scope::Cluster { name, .. } => name.clone(),
            Scope::Files(_) => "files".to_owned(),
        };
        let mut suite = TestSuite::new(escape_controls(&name));
        for finding in &part.findings {
            suite.add_test_case(case(report, &part.inventory, finding));
        }
        for unknown in &part.unknown {
            let mut status = TestCaseStatus::skipped();
            status.set_message(escape_controls(&text::reason_words(&unknown.reason)));
            suite.add_test_case(TestCase::new(
                escape_controls(&format!("{} {}", unknown.rule.id, unknown.what)),
                status,
            ));
        }
        if part.findings.is_empty() && report.outcome.is_complete() {
            suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        }
        document.add_test_suite(suite);
    }
    if !report.problems.is_empty() || !report.unreachable.is_empty() {
        let mut suite = TestSuite::new("input");
        let problems = report
            .problems
            .iter()
            .map(|problem| (problem.source.clone(), problem.message.clone()));
        let clusters = report
            .unreachable
            .iter()
            .map(|cluster| (cluster.cluster.clone(), cluster.message.clone()));
        for (name, message) in problems.chain(clusters) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(escape_controls(&message));
            suite.add_test_case(TestCase::new(escape_controls(&name), status));
        }
        document.add_test_suite(suite);
    }
    document.serialize(out).map_err(io::Error::other)
}

fn case(report: &Report, inventory: &Inventory, finding: &Finding) -> TestCase {
    // A pipeline that reads the file is to end as the command does.
    let mut status = match report.fails(finding) {
        false => TestCaseStatus::success(),
        true => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.severity.name());
            status.set_message(escape_controls(&finding.message));
            status
        }
    };
    let place = finding.places.first().map_or(String::new(), |place| {
        inventory
            .source(place.origin)
            .map_or(place.site.path.clone(), |source| {
                let position = source.text.position(place.site.span.start);
                format!(
                    "{}:{}:{}",
                    source.text.name(),
                    position.line,
                    position.column
                )
            })
    });
    let mut lines = vec![place];
    if !report.fails(finding) {
        lines.insert(
            0,
            format!("{}: {}", finding.severity.name(), finding.message),
        );
    }
    lines.extend(finding.evidence.iter().cloned());
    for found in &finding.fixes {
        let shown = fix::shown(report, inventory, finding, found);
        lines.push(shown.sentence());
        lines.extend(shown.command);
    }
    let description = lines
        .iter()
        .map(|line| escape_controls(line))
        .collect::<Vec<_>>()
        .join("\n");
    if report.fails(finding) {
        status.set_description(description.clone());
    }
    let subject = &finding.subject;
    let mut case = TestCase::new(
        escape_controls(&format!("{} {}", finding.rule.id, subject.short())),
        status,
    );
    if !report.fails(finding) {
        case.set_system_out(description);
    }
    case.set_classname(escape_controls(&format!(
        "{}.{}",
        finding.rule.name, subject.namespace
    )));
    case
}
