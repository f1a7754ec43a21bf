//! SS041: a Secret's files on a Windows node.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::{Volume, Workload, files};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS041",
    name: "windows-plain-disk",
    severity: Severity::Info,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a pod on Windows mounts a Secret, which is stored on the node's disk in clear text",
    why: "On Linux a Secret's files are in memory. On Windows they are written to the disk of the \
          node, and modes, fsGroup and runAsUser have no effect on them. This is reported if the \
          pod is set to run on Windows (os.name, or the node selector kubernetes.io/os).",
    remedy: "Encrypt the disks of Windows nodes (BitLocker), and restrict access to the nodes. Do \
             not set modes and fsGroup: they have no effect.",
    example: "spec:\n  os: {name: windows}\n  volumes:\n  - name: db\n    secret: {secretName: db}   # \
              clear text on the node's disk\n",
    source: "kubernetes/website content/en/docs/concepts/windows/security.md; kubernetes/website#31851, \
             #30366",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for workload in inventory
        .workloads
        .iter()
        .filter(|workload| workload.pod.windows)
    {
        let volumes: Vec<&Volume> = workload
            .pod
            .volumes
            .iter()
            .filter(|volume| volume.has_secrets())
            .collect();
        if let Some(first) = volumes.first() {
            results.report(found(workload, first, &volumes));
        }
    }
}

fn found(workload: &Workload, first: &Volume, volumes: &[&Volume]) -> Finding {
    let names: Vec<_> = volumes.iter().map(|volume| volume.name.as_str()).collect();
    let message = format!(
        "On Windows the files of {} {} are stored on the node's disk in clear text.",
        if names.len() == 1 {
            "volume"
        } else {
            "volumes"
        },
        listed(names.iter().copied())
    );
    let mut finding = mounts::about(&RULE, workload, first, message);
    for volume in volumes {
        finding = finding.at(workload.origin, &volume.site, "on the node's disk");
    }
    let modes = volumes.iter().flat_map(|volume| files::modes(volume));
    if let Some(mode) = modes.filter_map(|file| file.written).next() {
        finding = finding
            .at(workload.origin, &mode.site, "no effect on Windows")
            .because("The modes have no effect on Windows.");
    }
    if let Some(group) = &workload.pod.security.fs_group {
        finding = finding
            .at(workload.origin, &group.site, "no effect on Windows")
            .because("fsGroup has no effect on Windows.");
    }
    finding.advise(
        "Encrypt the disks of the Windows nodes, and allow only administrators to log on to them.",
    )
}
