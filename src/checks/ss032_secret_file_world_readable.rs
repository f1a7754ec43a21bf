//! SS032: files of a Secret that every user in the container can read.

use crate::finding::{Applies, AutoFix, Data, Fix, Offline, Results, Rule, Severity, Tier};
use crate::inventory::Inventory;
use crate::workload::access::{Process, Readable, effective_mode, readable};
use crate::workload::files::{self, FileMode};
use crate::workload::image_facts::ImageFacts;
use crate::workload::mode::both_forms;
use crate::workload::{Volume, Workload};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS032",
    name: "secret-file-world-readable",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "every user of a container can read a Secret's files, although a stricter mode is \
              enough",
    why: "Without defaultMode, files have mode 0644: any user in a container that mounts them can \
          read them, also one that an attacker took over. This is reported only if the process \
          can certainly read the files with a stricter mode: the pod has an fsGroup, or every \
          container that mounts the files runs as uid 0 or as the uid that owns them \
          (defaultUser).",
    remedy: "Set defaultMode: 0400 (256 in JSON). With fsGroup the files then have mode 0440.",
    example: "securityContext: {fsGroup: 1000}\nvolumes:\n- name: db\n  secret:\n    secretName: db\n    \
              defaultMode: 0400   # without it: 0644\n",
    source: "kubernetes/kubernetes pkg/volume/volume_linux.go; observed on a node",
};

/// The mode that is enough: the owner reads, and with fsGroup the group.
const STRICT: u32 = 0o400;

/// One finding per volume.
pub fn check(inventory: &Inventory, settings: &Settings, results: &mut Results) {
    for (workload, volume) in mounts::volumes(inventory) {
        let open = open(inventory, settings, workload, volume);
        let Some(bits) = open.first().and_then(FileMode::bits) else {
            continue;
        };
        let message = format!(
            "Every user of its containers can read the files of volume {}: they have mode {}, but \
             {} is enough.",
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
                    applies: Applies::Unsafe(
                        "A process that switches to another user after its start can no longer \
                         read the files.",
                    ),
                }),
        );
    }
}

/// The files that everybody can read although a stricter mode is enough. Files that are programs
/// are skipped.
fn open<'a>(
    inventory: &Inventory,
    settings: &Settings,
    workload: &Workload,
    volume: &'a Volume,
) -> Vec<FileMode<'a>> {
    // A user that the entrypoint switches to has groups of its own, not fsGroup.
    let facts = ImageFacts::default();
    let mut all = workload.pod.mounters(&volume.name.value);
    if all.any(|(container, _)| settings.conventions.becomes_another(container, &facts)) {
        return Vec::new();
    }
    let mounters: Vec<_> = workload
        .pod
        .mounters(&volume.name.value)
        .map(|(container, _)| mounts::process(inventory, workload, container))
        .collect();
    let Some((_, group)) = mounters.first() else {
        return Vec::new();
    };
    let would_do = |file: &FileMode<'_>| {
        let owner = file.owner(workload.origin);
        mounters.iter().all(|(process, group): &(Process, _)| {
            let mode = effective_mode(Some(STRICT), *group);
            readable(mode, owner, process, *group) == Readable::Yes
        })
    };
    let modes = files::modes(volume);
    let is_open = |file: &&FileMode<'_>| {
        let bits = file.bits().filter(|_| !mounts::is_slip(file));
        bits.is_some_and(|bits| {
            effective_mode(Some(bits), *group) & 0o004 != 0 && bits & 0o111 == 0 && would_do(file)
        })
    };
    modes.iter().filter(is_open).copied().collect()
}
