//! SS039: a Secret's volume without a mount, or a mount without a volume.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Operation, path};
use crate::workload::near::near;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Mount, Volume, Workload};

use super::{Settings, mounts, resolve};

pub static RULE: Rule = Rule {
    id: "SS039",
    name: "dangling-volume",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods, Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "no container mounts a Secret's volume, or a mount names a volume that does not \
              exist",
    why: "The kubelet ignores a volume that no container mounts, so the app does not get the \
          files. Either a mount was forgotten, or the volume is a leftover, and the Secret only \
          looks as if it were in use. The API server refuses a mount without a volume; that is an \
          error. A volume of the Secrets Store CSI driver is never reported as a leftover: a \
          container has to mount it so that its Secrets are created.",
    remedy: "Mount the volume, or remove it. Correct the name of the mount.",
    example: "containers:\n- name: app   # mounts nothing\nvolumes:\n- name: db   # found\n  secret: \
              {secretName: db}\n",
    source: "kubernetes/kubernetes \
             pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go (skips unused \
             volumes), pkg/apis/core/validation/validation.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, volume) in mounts::volumes(inventory) {
        if !is_mounted(inventory, workload, &volume.name.value) {
            results.report(unused(workload, volume));
        }
    }
    // The API server refuses a mount without a volume, so no live object has one.
    if inventory.is_live() {
        return;
    }
    for workload in &inventory.workloads {
        let claims = claim_templates(inventory, workload);
        let volumes = &workload.pod.volumes;
        let has_template = volumes
            .iter()
            .any(|volume| is_placeholder(volume.name.as_str()))
            || claims.iter().any(|claim| is_placeholder(claim));
        for container in &workload.pod.containers {
            for mount in &container.mounts {
                let name = &mount.volume.value;
                let is_there = workload.pod.volume(name).is_some() || claims.contains(name);
                if !is_there && !is_placeholder(name) && !has_template {
                    results.report(without_volume(workload, &container.name, mount));
                }
            }
        }
    }
}

/// Whether a container mounts it: one of the template, or one that admission or kubectl debug
/// added to a pod.
fn is_mounted(inventory: &Inventory, workload: &Workload, volume: &str) -> bool {
    workload.pod.mounters(volume).next().is_some()
        || inventory
            .pods_of(&workload.id)
            .any(|pod| pod.spec.mounters(volume).next().is_some())
}

fn unused(workload: &Workload, volume: &Volume) -> Finding {
    let name = &volume.name.value;
    let message = format!(
        "No container of {} mounts volume {name} with Secret {}.",
        workload.id.short(),
        volume.secret_name()
    );
    let finding = mounts::about(&RULE, workload, volume, message)
        .at(workload.origin, &volume.site, "not mounted")
        .advise("Mount it, if an app needs its files.");
    let injected = workload
        .template_annotations
        .keys()
        .chain(workload.template_labels.keys())
        .any(|key| key.contains("inject"));
    if injected {
        return finding
            .severity(Severity::Info)
            .because("A container that is injected when the pod is created may mount it.");
    }
    finding.fix(Fix::Patch {
        what: "Or remove the volume.".to_owned(),
        operations: vec![
            Operation::Test {
                pointer: path::pointer(&volume.name.site.path),
                value: name.as_str().into(),
            },
            Operation::Remove {
                pointer: path::pointer(&volume.site.path),
            },
        ],
        applies: Applies::Unsafe(
            "A container that is injected into the pod, or an overlay of this file, may mount it.",
        ),
    })
}

fn without_volume(workload: &Workload, container: &str, mount: &Mount) -> Finding {
    let name = &mount.volume.value;
    let finding = Finding::new(
        &RULE,
        &workload.id,
        format!("Container {container} mounts volume {name}, which is not among the volumes."),
    )
    .severity(Severity::Error)
    .in_container(container)
    .at(
        workload.origin,
        &mount.volume.site,
        "no volume has this name",
    );
    let names = workload
        .pod
        .volumes
        .iter()
        .map(|volume| volume.name.as_str());
    let candidates: Vec<_> = near(name, names).into_iter().map(str::to_owned).collect();
    // The API server refuses the object as it is.
    resolve::with_near(
        finding,
        "a volume",
        &mount.volume.site,
        name,
        &candidates,
        Applies::Safe,
    )
    .advise("Add the volume, correct the name, or remove the mount.")
}

/// The names of the volumes that a StatefulSet claims for each pod.
fn claim_templates(inventory: &Inventory, workload: &Workload) -> Vec<String> {
    let object = inventory.object_of(workload);
    object
        .and_then(|object| object.root.at(&["spec", "volumeClaimTemplates"]))
        .map_or(&[][..], crate::manifest::Node::items)
        .iter()
        .filter_map(|claim| claim.at(&["metadata", "name"])?.scalar_text())
        .map(str::to_owned)
        .collect()
}
