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
    summary: "a Secret is mounted over a directory that images fill with their own files",
    why: "A mount hides the image's files at its path. A Secret mounted at /etc, /app or \
          /etc/nginx leaves only its own keys there, and the app cannot find its configuration, \
          its certificates or its own files. This is a guess: the content of the image is not \
          checked.",
    remedy: "Mount it in a directory of its own. If a file has to be next to other files, mount \
             it with subPath; it then does not get changes of the Secret (SS034).",
    example: "volumeMounts:\n- name: db\n  mountPath: /etc   # found; write: /etc/secrets/db\n",
    source: "kubernetes/kubernetes#44815",
};

/// One finding per mount.
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
                "Container {} mounts Secret {} over {place}, {why}: it hides the image's files \
                 there.",
                mounted.container.name,
                mounted.volume.secret_name()
            ),
            "hides the image's files here",
        );
        if mounts::runs_well(inventory, mounted.workload) {
            finding = finding
                .severity(Severity::Info)
                .because("Its pods run anyway.");
        }
        results.report(
            finding
                .advise(format!(
                    "Mount it in a directory of its own, such as /etc/secrets/{}, and configure \
                     the app to use that path.",
                    mounted.volume.name.value
                ))
                .advise(
                    "If a file has to be next to other files, mount it with subPath; it then does \
                     not get changes of the Secret.",
                ),
        );
    }
}

fn is_working_dir(mounted: &Mounted<'_>, place: &str) -> bool {
    let directory = mounted.container.working_dir.as_ref();
    directory.is_some_and(|directory| clean(&directory.value) == place)
}
