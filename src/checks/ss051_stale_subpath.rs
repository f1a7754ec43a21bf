//! SS051: files mounted with subPath that a Secret has left behind.

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
    why: "Kubelet keeps a mounted directory current, but a single file mounted with subPath is \
          taken when the container starts and stays as it is. A certificate that was renewed or a \
          password that was rotated later is not in that file.",
    remedy: "Restart the workload now. So that it does not come again, mount the directory instead \
             of the file.",
    example: "volumeMounts:\n- {name: tls, mountPath: /etc/app/tls.crt, subPath: tls.crt}   # \
              does not follow; this does:\n- {name: tls, mountPath: /etc/app/tls, readOnly: \
              true}\n",
    source: "kubernetes/website content/en/docs/concepts/configuration/secret.md; \
             kubernetes/kubernetes#50345, #92296",
};

/// Looks for it: one finding a workload and Secret.
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
        "{files} may hold an old content of Secret {name}, which was written after the containers \
         started: a subPath mount does not follow."
    );
    let mut finding = running.finding(&RULE, told, message).related(&table::SS034);
    if running.workload.kind == WorkloadKind::CronJob {
        finding = finding.severity(Severity::Info);
    }
    running
        .restart(told, running.with_mixed(name, finding))
        .advise("So that it follows, mount the directory instead of the file.")
}
