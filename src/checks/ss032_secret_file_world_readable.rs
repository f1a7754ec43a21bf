//! SS032: files of a Secret that everybody in the container can read.

use crate::finding::{Applies, Fix, Results, Severity};
use crate::inventory::Inventory;
use crate::workload::access::{User, effective_mode};
use crate::workload::files::{self, FileMode};
use crate::workload::mode::both_forms;
use crate::workload::{Volume, Workload};

use super::{AutoFix, Data, Offline, Rule, mounts};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS032",
    name: "secret-file-world-readable",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::File,
    summary: "every user of a container can read a Secret's files, though a stricter mode would do",
    why: "Without defaultMode files have mode 0644: any user in a container that mounts them can read \
          them, also one that an attacker got hold of. It is told only where a stricter mode is \
          certainly readable for the process: the pod has an fsGroup, or every container that mounts \
          the files runs as uid 0.",
    remedy: "Set defaultMode: 0400 (256 in JSON). With fsGroup the files then have mode 0440.",
    example: "securityContext: {fsGroup: 1000}\nvolumes:\n- name: db\n  secret:\n    secretName: db\n    \
              defaultMode: 0400   # without it: 0644\n",
    source: "kubernetes/kubernetes pkg/volume/volume_linux.go; observed on a node",
};

/// What would do: the owner reads, and with fsGroup the group.
const STRICT: u32 = 0o400;

/// Looks for it: one finding a volume.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for (workload, volume) in mounts::volumes(inventory) {
        let open = open(inventory, workload, volume);
        let Some(bits) = open.first().and_then(FileMode::bits) else {
            continue;
        };
        let message = format!(
            "Every user of its containers can read the files of volume {}: they have mode {}, and \
             {} would do.",
            volume.name.value,
            both_forms(bits),
            both_forms(STRICT)
        );
        let site = match open.first().and_then(|file| file.written) {
            Some(mode) => &mode.site,
            None => volume.kind.mapping().unwrap_or(&volume.site),
        };
        results.report(
            mounts::about(&RULE, workload, volume, message)
                .at(workload.origin, site, "every user can read the files")
                .fix(Fix::Patch {
                    what: format!("Set mode {}.", both_forms(STRICT)),
                    operations: mounts::set_mode(volume, &open, STRICT),
                    applies: Applies::OnRequest,
                }),
        );
    }
}

/// The files everybody can read though a stricter mode would do. Files that
/// are programs are left alone.
fn open<'a>(inventory: &Inventory, workload: &Workload, volume: &'a Volume) -> Vec<FileMode<'a>> {
    let mounters: Vec<_> = workload
        .pod
        .mounters(&volume.name.value)
        .map(|(container, _)| mounts::process(inventory, workload, container))
        .collect();
    let provable = !mounters.is_empty()
        && mounters
            .iter()
            .all(|(process, group)| group.is_some() || process.user == User::Uid(0));
    if !provable {
        return Vec::new();
    }
    let group = mounters.first().and_then(|(_, group)| *group);
    let modes = files::modes(volume);
    let is_open = |file: &&FileMode<'_>| {
        let bits = file.bits().filter(|_| !mounts::is_slip(file));
        bits.is_some_and(|bits| effective_mode(Some(bits), group) & 0o004 != 0 && bits & 0o111 == 0)
    };
    modes.iter().filter(is_open).copied().collect()
}
