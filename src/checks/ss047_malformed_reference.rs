//! SS047: a reference to a Secret that does not match the API.

use super::Settings;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::workload::malformed::{Fault, Malformed, malformed};
use crate::workload::{Object, Origin, WorkloadKind};

pub static RULE: Rule = Rule {
    id: "SS047",
    name: "malformed-reference",
    severity: Severity::Error,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Safe),
    summary: "a reference to a Secret does not match the API",
    why: "It is an error if the API server refuses the whole object: value next to valueFrom; two \
          sources where only one is allowed, or none; a missing name, secretName, key or path; \
          text where a mapping or a list is needed. Usually a field is one level too high (name \
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
