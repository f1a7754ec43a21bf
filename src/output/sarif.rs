//! SARIF 2.1.0 (OASIS), as code scanning services read it.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::checks::CHECKS;
use crate::escape::{escape_controls as safe, json_pretty, without_links};
use crate::finding::{Finding, Fix, Place, Rule, Severity};
use crate::inventory::Inventory;
use crate::report::{Report, Suppression};

use super::{fix, text};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let results: Vec<_> = report
        .parts
        .iter()
        .flat_map(|part| {
            let counted = part
                .findings
                .iter()
                .map(|finding| result(report, &part.inventory, finding, None));
            let suppressed = part.suppressed.iter().map(|suppressed| {
                let by = Some(&suppressed.by);
                result(report, &part.inventory, &suppressed.finding, by)
            });
            counted.chain(suppressed)
        })
        .collect();
    let notifications: Vec<_> = report
        .problems
        .iter()
        .map(|problem| {
            let mut location = json!({
                "physicalLocation": {"artifactLocation": {"uri": uri(&problem.source)}}
            });
            if let Some(position) = problem.position {
                location["physicalLocation"]["region"] =
                    json!({"startLine": position.line, "startColumn": position.column});
            }
            json!({
                "level": "error",
                "message": {"text": shown(&problem.message)},
                "locations": [location],
            })
        })
        .chain(report.unreachable.iter().map(|cluster| {
            json!({
                "level": "error",
                "message": {"text": shown(&format!("cluster {}: {}", cluster.cluster, cluster.message))},
            })
        }))
        .chain(report.parts.iter().flat_map(|part| {
            part.unknown.iter().map(|unknown| {
                json!({
                    "level": "note",
                    "associatedRule": {"id": unknown.rule.id, "index": index(unknown.rule)},
                    "message": {"text": shown(&format!(
                        "{} could not be checked: {}",
                        unknown.what,
                        text::reason_words(&unknown.reason)
                    ))},
                })
            })
        }))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "kubectl-secretsafe",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": CHECKS.iter().map(|check| rule(check.rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.outcome.is_complete(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    json_pretty(&log, 2, out)?;
    writeln!(out)
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": level(rule.severity)},
    })
}

fn index(rule: &Rule) -> usize {
    CHECKS
        .iter()
        .position(|check| check.rule == rule)
        .unwrap_or_default()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(
    report: &Report,
    inventory: &Inventory,
    finding: &Finding,
    by: Option<&Suppression>,
) -> Value {
    let mut message = finding.message.clone();
    for sentence in &finding.evidence {
        message.push(' ');
        message.push_str(sentence);
    }
    let first = finding
        .fixes
        .first()
        .map(|first| fix::shown(report, inventory, finding, first));
    if let Some(first) = &first {
        message.push(' ');
        message.push_str(&first.sentence());
        if let Some(command) = &first.command {
            message.push_str(" Run: ");
            message.push_str(command);
        }
    }
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index(finding.rule),
        "level": level(finding.severity),
        "message": {"text": shown(&message)},
        "locations": [location(inventory, finding, finding.places.first())],
        "partialFingerprints": {"secretsafe/v1": crate::finding::fingerprint(finding)},
    });
    let fixes: Vec<_> = finding.fixes.iter().filter_map(Fix::applies).collect();
    if !fixes.is_empty() {
        let tiers: Vec<_> = fixes.iter().map(|applies| applies.name()).collect();
        result["properties"] = json!({"fixTiers": tiers});
    }
    // The schema wants them to differ, and several containers may have a place
    // in common.
    let mut related = Vec::new();
    for place in finding.places.iter().skip(1) {
        let location = location(inventory, finding, Some(place));
        if !related.contains(&location) {
            related.push(location);
        }
    }
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(by) = by {
        let justification = match by {
            Suppression::Annotation { reason } | Suppression::Configuration { reason } => {
                reason.as_str()
            }
            Suppression::Baseline => "in the baseline",
        };
        let justification = shown(justification);
        result["suppressions"] = json!([{"kind": "external", "justification": justification}]);
    }
    result
}

fn location(inventory: &Inventory, finding: &Finding, place: Option<&Place>) -> Value {
    let subject = &finding.subject;
    let mut name = format!("{}/{}", subject.namespace, subject.short());
    if let Some(place) = place {
        name = format!("{name}#{}", place.site.path);
    }
    let mut location =
        json!({"logicalLocations": [{"fullyQualifiedName": safe(&name), "kind": "resource"}]});
    let source = place.and_then(|place| Some((place, inventory.source(place.origin)?)));
    if let Some((place, source)) = source {
        let start = source.text.position(place.site.span.start);
        let end = source.text.position(place.site.span.end);
        location["physicalLocation"] = json!({
            "artifactLocation": {"uri": uri(source.text.name())},
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        });
        location["message"] = json!({"text": shown(&place.label)});
    }
    location
}

/// A text as readers of SARIF show it.
fn shown(text: &str) -> String {
    without_links(&safe(text))
}

/// A relative URI reference (RFC 3986) of a path.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.strip_prefix("./").unwrap_or(path).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
