//! SS073: a value that YAML does not read as text.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Node, Operation, ScalarStyle, ScalarType, path};
use crate::workload::{Origin, Site};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS073",
    name: "non-string-value",
    severity: Severity::Error,
    data: &[Data::Files, Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "a value of a Secret or variable is a number, a boolean or null without quotes",
    why: "kubectl reads YAML 1.1: yes, no, on and off are booleans, 0400 is 256, 1e3 is a number. \
          These fields must be text, so the API server refuses the object. It accepts null, which \
          becomes an empty value; that is a warning. So are y and n, because YAML parsers read \
          them differently. Dates remain text, and so does everything in quotes.",
    remedy: "Put the value in quotes.",
    example: "stringData:\n  pin: 0400       # found\n  pin: \"0400\"     # correct\n",
    source: "sigs.k8s.io/yaml goyaml.v2 resolve.go; json: cannot unmarshal number into Go struct \
             field Secret.stringData of type string",
};

/// First Secrets, then variables.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for object in content::in_files(inventory) {
        for (field, key, value) in content::entries(object) {
            let Some((severity, kind)) = trouble(value) else {
                continue;
            };
            let site = Site {
                path: path::child(field, key),
                span: value.span,
            };
            let message = format!(
                "The value of key {key} of Secret {} is {kind} to YAML, not text.",
                object.id.name
            );
            let finding = Finding::new(&RULE, &object.id, message).about(
                &object.id.namespace,
                &object.id.name,
                Some(key),
            );
            // Below `data` the text would also have to be encoded.
            results.report(if field == "stringData" {
                quoted(finding, severity, object.origin, &site, value)
            } else {
                finding
                    .severity(severity)
                    .at(object.origin, &site, "not text")
                    .advise("Put the value in quotes below stringData, or encode it.")
            });
        }
    }
    variables(inventory, results);
}

fn variables(inventory: &Inventory, results: &mut Results) {
    for workload in inventory
        .workloads
        .iter()
        .filter(|workload| workload.origin != Origin::Live)
    {
        let Some(object) = inventory.object_of(workload) else {
            continue;
        };
        for container in &workload.pod.containers {
            for entry in &container.env {
                let at = path::child(&entry.site.path, "value");
                let Some(value) = object.root.lookup(&path::pointer(&at)) else {
                    continue;
                };
                let Some((severity, kind)) = trouble(value) else {
                    continue;
                };
                let message = format!(
                    "The value of variable {} of container {} is {kind} to YAML, not text.",
                    entry.name.value, container.name
                );
                let site = Site {
                    path: at,
                    span: value.span,
                };
                let finding =
                    Finding::new(&RULE, &workload.id, message).in_container(&container.name);
                results.report(quoted(finding, severity, workload.origin, &site, value));
            }
        }
    }
}

/// The severity, and the YAML type of the value.
fn trouble(value: &Node) -> Option<(Severity, &'static str)> {
    let letters = value.span.end - value.span.start;
    match value.scalar_type()? {
        ScalarType::Text | ScalarType::Timestamp => None,
        // `password:` with nothing after it is visibly empty.
        ScalarType::Null => (letters > 0).then_some((Severity::Warning, "nothing (null)")),
        ScalarType::Bool(_) if letters == 1 => Some((Severity::Warning, "a boolean")),
        ScalarType::Bool(_) => Some((Severity::Error, "a boolean")),
        ScalarType::Integer | ScalarType::Float => Some((Severity::Error, "a number")),
    }
}

fn quoted(
    finding: Finding,
    severity: Severity,
    origin: Origin,
    site: &Site,
    value: &Node,
) -> Finding {
    let finding = finding.severity(severity).at(origin, site, "needs quotes");
    if value.style() == Some(ScalarStyle::Plain) {
        finding.fix(Fix::Patch {
            what: "Put it in quotes.".to_owned(),
            operations: vec![Operation::Quote {
                pointer: path::pointer(&site.path),
            }],
            applies: if value.scalar_type() == Some(ScalarType::Null) {
                Applies::Unsafe(
                    "The value is empty today; it becomes the text between the \
                                 quotes.",
                )
            } else {
                // Anything else is refused, or is already the same text.
                Applies::Safe
            },
        })
    } else {
        finding.advise("Remove the tag, so that the quotes make it text.")
    }
}
