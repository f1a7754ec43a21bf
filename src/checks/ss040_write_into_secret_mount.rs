//! SS040: a command that writes into a Secret's mount.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::shell::Write;

use super::mount_writes::{commands, hit, taken_over_directory};
use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS040",
    name: "write-into-secret-mount",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a command changes files, owners or modes in the read-only mount of a Secret",
    why: "The kubelet mounts Secrets read-only, whatever the manifest says. A command such as \
          chown -R, chmod or sed -i on them fails with \"Read-only file system\", and a script \
          that stops at the first failure does not start the app. Some images do this by \
          themselves: database images change the owner of their data directory when they start as \
          root. This is guessed from the text of commands, so it may be wrong.",
    remedy: "Have an init container copy the files to an emptyDir (medium Memory), with the owner \
             and mode that you need, and use them there.",
    example: "command: [sh, -c, \"chown -R app /etc/secrets && exec app\"]   # found\nvolumeMounts:\n- \
              {name: db, mountPath: /etc/secrets}\n",
    source: "kubernetes/kubernetes#58720, #62099; apache/couchdb-docker#80, goharbor/harbor#4496",
};

/// One finding per volume of a container.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for mounted in mounts::all(inventory) {
        let container = mounted.container;
        let is_first = container
            .mounts
            .iter()
            .find(|mount| mount.volume.value == mounted.volume.name.value)
            .is_some_and(|mount| mount.site == mounted.mount.site);
        if !is_first {
            continue;
        }
        let told = commands(container)
            .into_iter()
            .find_map(|command| hit(&mounted, &command));
        let finding = if let Some((write, text)) = told {
            mounted
                .finding(
                    &RULE,
                    format!(
                        "A command of container {} {} {}, where Secret {} is mounted read-only.",
                        container.name,
                        deed(&write),
                        mounted.mount.path.value,
                        mounted.volume.secret_name()
                    ),
                    "read-only, whatever the manifest says",
                )
                .at(mounted.workload.origin, &text.site, "the command")
        } else if let Some(directory) = taken_over_directory(&mounted) {
            mounted.finding(
                &RULE,
                format!(
                    "The image of container {} changes the owner of everything in {directory}, where \
                     Secret {} is mounted read-only.",
                    container.name,
                    mounted.volume.secret_name()
                ),
                "read-only, whatever the manifest says",
            )
        } else {
            continue;
        };
        let finding = if mounts::runs_well(inventory, mounted.workload) {
            finding
                .severity(Severity::Info)
                .because("Its pods run anyway.")
        } else {
            finding
        };
        results.report(finding.advise(
            "Copy the files in an init container to an emptyDir (medium Memory), for example with \
             install -m 0400, and mount that instead.",
        ));
    }
}

/// What a command does. Its text is not shown, because it may contain a value.
fn deed(write: &Write) -> String {
    match write.by.as_str() {
        ">" => "writes into".to_owned(),
        program => format!("runs {program} on"),
    }
}
