//! SS047: a reference to a Secret that does not match the API.

use super::Settings;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Node, ScalarType, path};
use crate::workload::malformed::{Fault, Malformed, malformed};
use crate::workload::{Object, Origin, Site, WorkloadKind};

pub static RULE: Rule = Rule {
    id: "SS047",
    name: "malformed-reference",
    severity: Severity::Error,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Safe),
    summary: "a Secret, or a reference to one, does not match the API",
    why: "It is an error if the API server refuses the whole object: value next to valueFrom; two \
          sources where only one is allowed, or none; a missing name, secretName, key or path; \
          text where a mapping or a list is needed, also as data of a Secret. Usually a field is one level too high (name \
          next to secretRef), or has a different name there: a secret volume has secretName, all \
          other references have name. It is a warning if a field is only unknown (envfrom, \
          defaultmode, imagePullSecrets in a container). kubectl apply refuses that too, unless \
          validation is off. But for most other clients, such as Helm and controllers, the API \
          server drops the field with a warning that nobody reads, and the pods run without the \
          variable, the file or the mode. In a custom resource it is a warning, because its \
          controller decides.",
    remedy: "Write the reference as the API defines it: kubectl explain \
             pod.spec.containers.env.valueFrom, pod.spec.containers.envFrom, \
             pod.spec.volumes.secret. The finding names the most similar known field.",
    example: "envFrom:\n- secretRef:\n  name: db   # found: name belongs below secretRef, two \
              more spaces to the right\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go; k8s.io/api \
             core/v1/types.go; kubernetes/website reference/using-api/api-concepts (field validation)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (object, found) in of_files(inventory) {
        results.report(finding(object, &found));
    }
    for object in inventory.of_kind("", "Secret") {
        if object.origin != Origin::Live {
            for finding in of_secret(object) {
                results.report(finding);
            }
        }
    }
}

/// What the API server cannot read as the keys and values of a Secret.
fn of_secret(object: &Object) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut report = |path: String, node: &Node, message: String, advice: &str| {
        let site = Site {
            path,
            span: node.span,
        };
        let finding = Finding::new(&RULE, &object.id, message).at(
            object.origin,
            &site,
            "does not match the API",
        );
        let is_text = is_text(node);
        let finding = match is_text {
            true => finding
                .severity(Severity::Warning)
                .because("If a template fills it in, render the file first and check the result."),
            false => finding,
        };
        found.push(finding.advise(advice));
    };
    for field in ["data", "stringData"] {
        let Some(map) = object.root.get(field) else {
            continue;
        };
        if map.is_null() {
            continue;
        }
        if !map.is_mapping() {
            report(
                field.to_owned(),
                map,
                format!("{field} is {}, not a mapping of keys to values.", what(map)),
                "Write each value below its key: data takes base64, stringData plain text.",
            );
            continue;
        }
        for entry in map.entries() {
            let Some(key) = entry.key.scalar_text() else {
                continue;
            };
            if entry.value.is_mapping() || entry.value.is_sequence() {
                report(
                    path::child(field, key),
                    &entry.value,
                    format!(
                        "The value of key {key} in {field} is {}, not text.",
                        what(&entry.value)
                    ),
                    "Write the value as text: a Secret has no levels below its keys.",
                );
            }
        }
    }
    found
}

/// Whether it is a string to kubectl.
fn is_text(node: &Node) -> bool {
    let type_ = node.scalar_type();
    matches!(type_, Some(ScalarType::Text | ScalarType::Timestamp))
}

fn what(node: &Node) -> &'static str {
    match () {
        () if node.is_mapping() => "a mapping",
        () if node.is_sequence() => "a list",
        () if is_text(node) => "text",
        () => "a number or a truth value",
    }
}

/// Everything malformed in files; the API server accepts only what is well-formed.
fn of_files(inventory: &Inventory) -> impl Iterator<Item = (&Object, Malformed)> {
    let mut told = std::collections::BTreeSet::new();
    inventory
        .workloads
        .iter()
        .filter(|workload| workload.origin != Origin::Live)
        .filter_map(|workload| Some((workload, inventory.object_of(workload)?)))
        // An object with several templates is checked once.
        .filter(move |(_, object)| told.insert((object.origin, object.base.clone())))
        .flat_map(|(_, object)| {
            malformed(object)
                .into_iter()
                .map(move |found| (object, found))
        })
}

/// A finding about something malformed.
fn finding(object: &Object, found: &Malformed) -> Finding {
    let mut finding = Finding::new(&RULE, &object.id, found.sentence());
    finding.container.clone_from(&found.container);
    let label = match &found.fault {
        Fault::Unknown { .. } => "unknown field here",
        _ => "does not match the API",
    };
    finding = finding.at(object.origin, &found.site, label);
    for stray in &found.strays {
        if stray.site != found.site {
            finding = finding.at(object.origin, &stray.site, "unknown field here");
        }
    }
    if !found.fault.is_refused() {
        finding = finding.severity(Severity::Warning).because(
            "kubectl apply refuses it by default; for other clients the API server drops it \
             without an error.",
        );
    } else if is_custom(object) {
        finding = finding
            .severity(Severity::Warning)
            .because("It is a custom resource: how its controller handles this is unknown.");
    }
    match &found.repair {
        Some(operations) => finding.fix(Fix::Patch {
            what: "Write it as the API defines it.".to_owned(),
            operations: operations.clone(),
            applies: match found.fault.is_refused() && !is_custom(object) {
                // Nothing runs that was created from it.
                true => Applies::Safe,
                // The pods would start to get what the field sets.
                false => Applies::Never,
            },
        }),
        None => finding.advise(advice(found)),
    }
}

fn is_custom(object: &Object) -> bool {
    crate::workload::Workload::from_object(object)
        .is_some_and(|workload| workload.kind == WorkloadKind::Custom)
}

fn advice(found: &Malformed) -> String {
    match &found.fault {
        Fault::ValueBeside => {
            "Remove value if you want the Secret's value; otherwise remove valueFrom.".to_owned()
        }
        Fault::Several(names) => format!("Keep one of {}.", names.join(", ")),
        Fault::Missing(name) => format!("Add {name}."),
        Fault::NoneOf(_) => "Name one source, with its fields below it.".to_owned(),
        Fault::NotA(what) => format!("Write a {what}."),
        Fault::Unknown { .. } => {
            "Correct the name of the field or its indentation, or remove it.".to_owned()
        }
    }
}
