//! SS044: a Secret's mount without readOnly: true.

use crate::finding::{Applies, AutoFix, Data, Fix, Offline, Results, Rule, Severity, Tier};
use crate::inventory::Inventory;
use crate::manifest::{Operation, path};
use crate::words::listed;

use super::mounts::{self, Mounted};
use super::{Settings, mount_writes};

pub static RULE: Rule = Rule {
    id: "SS044",
    name: "readonly-not-declared",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "a Secret's mount does not set readOnly: true",
    why: "The kubelet mounts Secrets read-only whatever the manifest says, so nothing changes for \
          the app. But the manifest looks as if the files could be written, and policy tools \
          complain. This is reported for files only: a change in the cluster would restart the \
          pods without any benefit.",
    remedy: "Set readOnly: true, together with the next change.",
    example: "volumeMounts:\n- name: db\n  mountPath: /etc/secrets/db\n  readOnly: true   # add \
              this\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go; kubernetes/kubernetes#58720 \
             (CVE-2017-1002102)",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if inventory.is_live() {
        return;
    }
    let open: Vec<Mounted<'_>> = mounts::all(inventory)
        .filter(|mounted| mounted.mount.read_only != Some(true))
        .collect();
    for group in open.chunk_by(|one, other| std::ptr::eq(one.workload, other.workload)) {
        let Some(first) = group.first() else { continue };
        let mut names: Vec<_> = group.iter().map(|one| one.volume.name.as_str()).collect();
        names.dedup();
        let message = format!(
            "{} of {} {} not set readOnly: true.",
            if names.len() == 1 {
                format!("The mount of volume {}", names.join(""))
            } else {
                format!("The mounts of volumes {}", listed(names.iter().copied()))
            },
            first.workload.id.short(),
            if names.len() == 1 { "does" } else { "do" },
        );
        let mut finding = mounts::about(&RULE, first.workload, first.volume, message);
        for one in group {
            finding = finding
                .part(format!(
                    "{} of {}",
                    one.volume.name.as_str(),
                    one.container.name
                ))
                .at(one.workload.origin, &one.mount.site, "no readOnly: true");
        }
        results.report(finding.fix(Fix::Patch {
            what: "Set readOnly: true. Nothing changes for the app.".to_owned(),
            operations: group.iter().map(declare).collect(),
            applies: if group.iter().any(mount_writes::is_written) {
                Applies::Unsafe("A command writes there; it fails today and will still fail.")
            } else {
                Applies::Safe
            },
        }));
    }
}

fn declare(mounted: &Mounted<'_>) -> Operation {
    Operation::Add {
        pointer: path::pointer(&path::child(&mounted.mount.site.path, "readOnly")),
        value: true.into(),
    }
}
