//! SS004: a file from a key that the Secret does not have.

use std::collections::BTreeSet;

use crate::finding::{Applies, AutoFix, Data, Finding, Offline, Results, Rule, Severity, Tier};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::Usage;
use crate::workload::near::near;

use super::mounts::{self, Mounted};
use super::volume_files::{Leads, part, sub_path};
use super::{Settings, missing_key, resolve};

pub static RULE: Rule = Rule {
    id: "SS004",
    name: "volume-key-missing",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretKeys, Data::Producers],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Safe),
    summary: "a volume lists a key, or a mount a subPath, that its Secret does not have",
    why: "No container of the pod starts, init containers included: the kubelet cannot set up the \
          volume. Only an event says so (references non-existent secret key), and it does not \
          name the Secret. A subPath that is not a file of the volume is worse, because \
          everything starts: the kubelet creates an empty directory of that name, and the app \
          finds a directory where it expects a file. subPathExpr is not checked.",
    remedy: "Correct the key or the subPath, remove the item, or add the key to the Secret. With \
             optional: true on the source, its missing keys are ignored.",
    example: "volumes:\n- name: db\n  secret:\n    secretName: db-creds\n    items:\n    - key: passwd   \
              # found when db-creds has only password\n      path: password\n",
    source: "kubernetes/kubernetes pkg/volume/secret/secret.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    missing_key::report(inventory, results, &RULE, |used| {
        matches!(
            used.reference.usage,
            Usage::Volume { .. } | Usage::Projected { .. }
        )
    });
    for mounted in mounts::all(inventory) {
        match sub_path(inventory, &mounted) {
            Some(Leads::Nowhere(files)) => results.report(nowhere(&mounted, &files)),
            Some(Leads::Unknown(secret, reason)) => {
                let what = format!(
                    "subPath {} of secret/{secret}",
                    part(&mounted).map_or("", |part| part.as_str())
                );
                results.unknown(&RULE, Some(&mounted.workload.id), what, reason);
            }
            Some(Leads::Somewhere) | None => {}
        }
    }
}

fn nowhere(mounted: &Mounted<'_>, files: &BTreeSet<String>) -> Finding {
    let Mounted {
        workload,
        container,
        mount,
        volume,
    } = mounted;
    let Some(part) = part(mounted) else {
        return Finding::new(&RULE, &workload.id, "");
    };
    let wanted = part.as_str();
    let is_optional = volume
        .kind
        .secret_sources()
        .iter()
        .all(|source| source.optional);
    let files: Vec<_> = files
        .iter()
        .map(|file| file.trim_start_matches('/'))
        .collect();
    let near: Vec<_> = near(wanted, files.iter().copied())
        .into_iter()
        .map(str::to_owned)
        .collect();
    let message = format!(
        "Container {} mounts {wanted} of volume {}, which has no such file: it gets an empty \
         directory at {}.",
        container.name,
        volume.name.as_str(),
        mount.path.as_str()
    );
    let finding = mounts::about(&RULE, workload, volume, message)
        .severity(if is_optional {
            Severity::Warning
        } else {
            Severity::Error
        })
        .in_container(&container.name)
        .at(workload.origin, &part.site, "not a file of the volume")
        .because(match files[..] {
            [] => "The volume has no files.".to_owned(),
            _ => format!("The volume's files are: {}.", listed(files)),
        });
    // No edit is offered: SS034 would report the corrected mount too.
    resolve::with_near(finding, "a file", &part.site, wanted, &near, Applies::Never)
        .advise("Correct the subPath, or add the key to the Secret. Then replace running pods.")
}
