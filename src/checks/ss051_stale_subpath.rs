//! SS051: subPath files that still have an older value of a Secret.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::WorkloadKind;
use crate::workload::delivery::Way;

use super::stale::{self, Held, Running};
use super::{Settings, table};

pub static RULE: Rule = Rule {
    id: "SS051",
    name: "stale-subpath",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::Live,
    summary: "running containers have a subPath file from before a Secret's last write",
    why: "The kubelet updates a mounted directory, but it mounts a single file with subPath only \
          when the container starts, and never updates it. If a certificate is renewed or a \
          password rotated later, the file still has the old one.",
    remedy: "Restart the workload now. To avoid this next time, mount the directory instead of \
             the file.",
    example: "volumeMounts:\n- {name: tls, mountPath: /etc/app/tls.crt, subPath: tls.crt}   # is \
              not updated; this is:\n- {name: tls, mountPath: /etc/app/tls, readOnly: true}\n",
    source: "kubernetes/website content/en/docs/concepts/configuration/secret.md; \
             kubernetes/kubernetes#50345, #92296",
};

/// One finding per workload and Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for running in stale::all(inventory) {
        for (facts, told) in running.told_by_secret(&RULE) {
            results.report(found(&running, &facts.name, &told));
        }
        let sub_path = |way: Way<'_>| matches!(way, Way::SubPath { .. });
        stale::doubts(&running, &RULE, sub_path, results);
    }
}

fn found<'a>(running: &Running<'a>, name: &str, told: &[&Held<'a>]) -> Finding {
    let files = listed(told.iter().filter_map(|held| match held.delivery.way {
        Way::SubPath { mount } => Some(mount.path.value.as_str()),
        _ => None,
    }));
    let message = format!(
        "{files} may have old content of Secret {name}, which was written after the containers \
         started: a subPath mount is not updated."
    );
    let mut finding = running.finding(&RULE, told, message).related(&table::SS034);
    if running.workload.kind == WorkloadKind::CronJob {
        finding = finding.severity(Severity::Info);
    }
    running
        .restart(told, running.with_mixed(name, finding))
        .advise("To get updates, mount the directory instead of the file.")
}
