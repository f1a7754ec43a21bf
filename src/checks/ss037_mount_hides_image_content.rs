//! SS037: a Secret mounted over a directory that images fill.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::mount_path::{clean, is_populated};

use super::Settings;
use super::mounts::{self, Mounted};

pub static RULE: Rule = Rule {
    id: "SS037",
    name: "mount-hides-image-content",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a Secret is mounted over a directory in which images have files of their own",
    why: "A mount hides whatever the image has at its path. A Secret mounted at /etc, /app or \
          /etc/nginx leaves nothing there but its own keys, and the program does not find its \
          configuration, its certificates or itself. It is a guess: the image is not looked into.",
    remedy: "Mount it in a directory of its own. If one file has to be among others, mount that with \
             subPath, which does not follow changes of the Secret (SS034).",
    example: "volumeMounts:\n- name: db\n  mountPath: /etc   # found; write: /etc/secrets/db\n",
    source: "kubernetes/kubernetes#44815",
};

/// Looks for it: one finding a mount.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for mounted in mounts::all(inventory).filter(|mounted| mounted.mount.sub_path.is_none()) {
        let place = clean(&mounted.mount.path.value);
        let why = if is_working_dir(&mounted, &place) {
            "the container's working directory"
        } else if is_populated(&place) {
            "a directory that images usually fill"
        } else {
            continue;
        };
        let mut finding = mounted.finding(
            &RULE,
            format!(
                "Container {} mounts Secret {} over {place}, {why}: what the image has there is hidden.",
                mounted.container.name,
                mounted.volume.secret_name()
            ),
            "hides what the image has here",
        );
        if mounts::runs_well(inventory, mounted.workload) {
            finding = finding
                .severity(Severity::Info)
                .because("Its pods run all the same.");
        }
        results.report(
            finding
                .advise(format!(
                    "Mount it in a directory of its own, such as /etc/secrets/{}, and tell the program.",
                    mounted.volume.name.value
                ))
                .advise(
                    "If one file has to be among others, mount that with subPath; it does not follow \
                     changes of the Secret.",
                ),
        );
    }
}

fn is_working_dir(mounted: &Mounted<'_>, place: &str) -> bool {
    let directory = mounted.container.working_dir.as_ref();
    directory.is_some_and(|directory| clean(&directory.value) == place)
}
