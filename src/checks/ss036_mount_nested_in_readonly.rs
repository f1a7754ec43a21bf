//! SS036: a mount inside a Secret's mount.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::mount_path::{Certainty, nesting, token_conflict};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS036",
    name: "mount-nested-in-readonly",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "another volume is mounted inside the directory of a Secret's volume",
    why: "A Secret's volume is read-only, so the directory for the other mount cannot be created \
          in it. If one path is a text prefix of the other, the kubelet creates the directory \
          beforehand, and the container starts; this is a warning, because the directory appears \
          among the Secret's files and hides a key of the same name. If the paths only nest \
          through a link (/var/run is a link to /run in most images), the kubelet does not \
          notice, and the container does not start.",
    remedy: "Mount the two side by side, or join them in one projected volume.",
    example: "volumeMounts:\n- {name: db, mountPath: /etc/app}\n- {name: cache, mountPath: \
              /etc/app/cache}   # found; write: /var/cache/app\n",
    source: "kubernetes/kubernetes pkg/volume/util/nested_volumes.go; kubernetes/kubernetes#60341, \
             #60342",
};

/// One finding for each mount inside another.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for outer in mounts::all(inventory).filter(|mounted| mounted.mount.sub_path.is_none()) {
        for inner in &outer.container.mounts {
            let Some(certainty) = nesting(&inner.path.value, &outer.mount.path.value) else {
                continue;
            };
            // SS035 reports conflicts with the token.
            if token_conflict(&inner.path.value).is_some() {
                continue;
            }
            let (fails, severity) = match certainty {
                Certainty::Text => ("", Severity::Warning),
                Certainty::Link => (
                    "; if /var/run is a link to /run, the container does not start",
                    Severity::Error,
                ),
            };
            let message = format!(
                "Container {} mounts volume {} at {}, inside the read-only volume {} at {}{fails}.",
                outer.container.name,
                inner.volume.value,
                inner.path.value,
                outer.volume.name.value,
                outer.mount.path.value,
            );
            let mut finding = mounts::about(&RULE, outer.workload, outer.volume, message)
                .severity(severity)
                .in_container(&outer.container.name)
                .at(
                    outer.workload.origin,
                    &inner.path.site,
                    "inside the Secret's directory",
                )
                .at(
                    outer.workload.origin,
                    &outer.mount.path.site,
                    "the Secret's directory",
                );
            finding = match certainty {
                Certainty::Text => finding.because(
                    "One path contains the other as text, so the kubelet creates \
                                     the directory itself.",
                ),
                Certainty::Link => finding.because(
                    "The paths only nest through a link, which the kubelet does not \
                              notice.",
                ),
            };
            if mounts::runs_well(inventory, outer.workload) {
                finding = finding
                    .severity(Severity::Info)
                    .because("Its pods run anyway.");
            }
            results.report(
                finding
                    .advise("Mount the two side by side, neither inside the other.")
                    .advise("Or join their files in one projected volume."),
            );
        }
    }
}
