//! SS047: a reference to a Secret that is not written as the API has it.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::workload::malformed::{Belongs, Fault, Malformed, Stray, malformed};
use crate::workload::{Object, Origin, WorkloadKind};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS047",
    name: "malformed-reference",
    severity: Severity::Error,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Safe),
    summary: "a reference to a Secret is not written as the API has it",
    why: "It is an error where the API server refuses the whole object: value beside valueFrom; two \
          sources where one is taken, or none; a missing name, secretName, key or path; a text where a \
          mapping or a list belongs. The usual cause is a field that stands one level too high (name \
          beside secretRef), or that is called otherwise there: a secret volume has secretName, all \
          other references have name. It is a warning where a field is only unknown (envfrom, \
          defaultmode, imagePullSecrets in a container): kubectl apply refuses that too, unless it is \
          told not to validate, but most other clients, Helm and controllers among them, have the API \
          server drop the field with a warning that nobody reads, and the pods run without the \
          variable, the file or the mode. In a custom resource it is a warning: its controller decides.",
    remedy: "Write the reference as the API has it: kubectl explain pod.spec.containers.env.valueFrom, \
             pod.spec.containers.envFrom, pod.spec.volumes.secret. The nearest known field is named.",
    example: "envFrom:\n- secretRef:\n  name: db   # found: name belongs below secretRef, two blanks \
              further to the right\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go; k8s.io/api \
             core/v1/types.go; kubernetes/website reference/using-api/api-concepts (field validation)",
};

/// Looks for it.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for (object, found) in of_files(inventory) {
        results.report(finding(object, &found));
    }
}

/// Everything malformed in files; what the API server took is well-formed.
fn of_files(inventory: &Inventory) -> impl Iterator<Item = (&Object, Malformed)> {
    let mut told = std::collections::BTreeSet::new();
    inventory
        .workloads
        .iter()
        .filter(|workload| workload.origin != Origin::Live)
        .filter_map(|workload| Some((workload, inventory.object_of(workload)?)))
        // An object with several templates is looked at once.
        .filter(move |(_, object)| told.insert((object.origin, object.base.clone())))
        .flat_map(|(_, object)| {
            malformed(object)
                .into_iter()
                .map(move |found| (object, found))
        })
}

/// A finding about something malformed.
fn finding(object: &Object, found: &Malformed) -> Finding {
    let mut finding = Finding::new(&RULE, &object.id, message(found));
    finding.container.clone_from(&found.container);
    let label = match &found.fault {
        Fault::Unknown { .. } => "the API does not know this field here",
        _ => "not as the API has it",
    };
    finding = finding.at(object.origin, &found.site, label);
    for stray in &found.strays {
        if stray.site != found.site {
            finding = finding.at(
                object.origin,
                &stray.site,
                "the API does not know this field here",
            );
        }
    }
    if !found.fault.is_refused() {
        finding = finding.severity(Severity::Warning).because(
            "kubectl apply refuses it by default; other clients have it dropped without an error.",
        );
    } else if is_custom(object) {
        finding = finding
            .severity(Severity::Warning)
            .because("It is a custom resource: what its controller makes of it is not known here.");
    }
    match &found.repair {
        Some(operations) => finding.fix(Fix::Patch {
            what: "Write it as the API has it.".to_owned(),
            operations: operations.clone(),
            applies: match found.fault.is_refused() && !is_custom(object) {
                // Nothing runs that was made of it.
                true => Applies::Safe,
                // The pods would begin to get what the field says.
                false => Applies::Never,
            },
        }),
        None => finding.advise(advice(found)),
    }
}

fn is_custom(object: &Object) -> bool {
    crate::workload::Workload::of(object)
        .is_some_and(|workload| workload.kind == WorkloadKind::Custom)
}

/// What is wrong: a sentence.
pub fn message(found: &Malformed) -> String {
    let part = match found.field.as_str() {
        "" => found.part.clone(),
        field => format!("{}: {field}", found.part),
    };
    let mut strays: Vec<_> = found.strays.iter().map(stray).collect();
    strays.sort_unstable();
    let strays = strays.join("; ");
    let trouble = match &found.fault {
        Fault::Unknown { leaves_nothing } => {
            let fields = match found.strays.len() {
                1 => "a field that the API does not know",
                _ => "fields that the API does not know",
            };
            let lost = match leaves_nothing {
                true => ", and nothing is left without it",
                false => "",
            };
            return format!("{part} has {fields}{lost}: {strays}.");
        }
        Fault::Missing(name) => format!("has no {name}"),
        Fault::NoneOf(names) => format!("has none of {}", names.join(", ")),
        Fault::Several(names) => format!("has {} at once", names.join(" and ")),
        Fault::ValueBeside => "has both value and valueFrom".to_owned(),
        Fault::NotA(what) => format!("is no {what}"),
    };
    let hint = match strays.as_str() {
        "" => String::new(),
        strays => format!(" ({strays})"),
    };
    format!("{part} {trouble}, which the API server refuses{hint}.")
}

fn stray(stray: &Stray) -> String {
    let name = shown(&stray.name);
    match &stray.belongs {
        Belongs::Called(right) => format!("{name} is called {right} there"),
        Belongs::Below(field) => format!("{name} belongs below {field}, not beside it"),
        Belongs::Elsewhere(of) => match *of {
            "PodSpec" => format!("{name} belongs into the specification of the pod"),
            "Container" => format!("{name} belongs into a container"),
            of => format!("{name} belongs into {of}"),
        },
        Belongs::Nowhere => format!("{name} is no field there"),
    }
}

/// The name of a field that may be anything.
fn shown(name: &str) -> String {
    const MOST: usize = 40;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if name.chars().all(plain) && name.len() <= MOST {
        return name.to_owned();
    }
    format!("{:?}", name.chars().take(MOST).collect::<String>())
}

fn advice(found: &Malformed) -> String {
    match &found.fault {
        Fault::ValueBeside => {
            "Remove value, if the Secret's value is meant; else remove valueFrom.".to_owned()
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
