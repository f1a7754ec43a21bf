//! SS043: a volume with a name that the API server refuses.

use std::collections::BTreeSet;

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Inventory, Reason};
use crate::manifest::{Operation, path};
use crate::workload::volume_name::{self, Fault};
use crate::workload::{Volume, Workload};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS043",
    name: "bad-volume-name",
    severity: Severity::Error,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "the name of a Secret's volume is invalid, or used twice",
    why: "The name of a volume is a DNS label: lower-case letters, digits and '-', at most 63 \
          characters, and unique in the pod. Names made from Secret names often have a dot or are \
          too long. The API server refuses the whole object.",
    remedy: "Rename the volume and its mounts.",
    example: "volumes:\n- name: db.creds   # found; write: db-creds\n  secret: {secretName: db.creds}\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateDNS1123Label)",
};

/// The API server refuses such objects, so only files can have them.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if inventory.is_live() {
        return;
    }
    for workload in &inventory.workloads {
        let mut seen = BTreeSet::new();
        for volume in &workload.pod.volumes {
            let name = &volume.name.value;
            let is_again = !seen.insert(name);
            let all = workload.pod.volumes.iter();
            let secret = all
                .filter(|other| other.name.value == *name)
                .any(Volume::has_secrets);
            if !secret {
                continue;
            }
            match volume_name::fault(name) {
                _ if is_again => results.report(twice(workload, volume)),
                None => {}
                Some(Fault::Template) => results.unknown(
                    &RULE,
                    Some(&workload.id),
                    format!("the name of volume {name}"),
                    Reason::Template,
                ),
                Some(fault) => results.report(bad(workload, volume, fault)),
            }
        }
    }
}

fn bad(workload: &Workload, volume: &Volume, fault: Fault) -> Finding {
    let name = &volume.name.value;
    let how = match fault {
        Fault::TooLong => "is longer than 63 characters",
        Fault::Empty => "is empty",
        Fault::Characters | Fault::Template => "is not a DNS label",
    };
    let names: Vec<_> = workload
        .pod
        .volumes
        .iter()
        .map(|volume| volume.name.as_str())
        .collect();
    let right = volume_name::put_right(name, &names);
    let mut operations = rename(&volume.name.site.path, name, &right);
    for (_, mount) in workload.pod.mounters(name) {
        operations.extend(rename(&mount.volume.site.path, name, &right));
    }
    mounts::about(
        &RULE,
        workload,
        volume,
        format!("The name of volume {name} {how}: the API server refuses it."),
    )
    .at(
        workload.origin,
        &volume.name.site,
        "only lower-case letters, digits and '-', at most 63",
    )
    .fix(Fix::Patch {
        what: format!("Rename it to {right}, in its mounts too."),
        operations,
        applies: if fault == Fault::Empty {
            Applies::Never
        } else {
            Applies::Unsafe(
                "A patch, a chart or a tool that refers to the volume by its old name no longer \
                 matches.",
            )
        },
    })
}

fn rename(path: &str, name: &str, right: &str) -> Vec<Operation> {
    let pointer = path::pointer(path);
    vec![
        Operation::Test {
            pointer: pointer.clone(),
            value: name.into(),
        },
        Operation::Replace {
            pointer,
            value: right.into(),
        },
    ]
}

fn twice(workload: &Workload, volume: &Volume) -> Finding {
    let name = &volume.name.value;
    let mut finding = mounts::about(
        &RULE,
        workload,
        volume,
        format!("Two volumes are named {name}: the API server refuses this."),
    )
    .at(workload.origin, &volume.name.site, "the same name again");
    if let Some(first) = workload.pod.volume(name) {
        finding = finding.at(workload.origin, &first.name.site, "the first of this name");
    }
    finding.advise("Rename one of them, and the mounts that refer to it.")
}
