//! SS122: a rotation that does not get from the vault to the pods.

use std::collections::BTreeSet;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::delivery::deliveries;
use crate::workload::{Container, ObjectId, Origin, Site, Workload, WorkloadKind};

use super::Settings;
use super::csi::{self, Mounting};

pub static RULE: Rule = Rule {
    id: "SS122",
    name: "csi-rotation-gap",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Producers],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a new value in the vault does not reach the pods that use the CSI driver",
    why: "The Secrets Store CSI driver reads a value again only with --enable-secret-rotation, \
          which is off by default; without it files and Secrets stay as they were when the pod \
          started. With it, they follow, but variables and subPath mounts do not: the driver \
          restarts no pods. The flag is looked for in the DaemonSet of the driver, if that is \
          seen; managed clusters hide it. Not reported are workloads that Stakater Reloader \
          restarts.",
    remedy: "Enable rotation in the driver, and restart the consumers when a value changes; or \
             read the files of the CSI volume, without a Secret.",
    example: "args:\n- --enable-secret-rotation=false   # found in the DaemonSet of the driver\n",
    source: "kubernetes-sigs/secrets-store-csi-driver cmd/secrets-store-csi-driver/main.go, \
             docs/book/src/topics/secret-auto-rotation.md; #343",
};

/// Whether the driver reads values again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rotation {
    On,
    Off,
    /// The driver is not seen.
    Unknown,
}

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let driver = driver(inventory);
    let rotation = driver.map_or(Rotation::Unknown, |(_, rotation)| rotation);
    if let Some((workload, Rotation::Off)) = driver {
        let users: BTreeSet<_> = users(inventory).collect();
        if !users.is_empty() {
            results.report(off(workload, &users));
        }
        return;
    }
    for (object, class) in csi::classes(inventory) {
        for secret in &class.secrets {
            let namespace = &object.id.namespace;
            let name = secret.name.as_str();
            if !csi::is_synced(inventory, namespace, name) {
                continue;
            }
            for workload in inventory.workloads_in(namespace) {
                if !is_reloaded(workload) {
                    let held = held(workload, name);
                    results
                        .findings
                        .extend(held.map(|held| gap(workload, (name, &held), rotation)));
                }
            }
        }
    }
}

/// The driver's own DaemonSet, and what its arguments say.
fn driver(inventory: &Inventory) -> Option<(&Workload, Rotation)> {
    let is_driver = |container: &&Container| {
        container
            .args
            .iter()
            .chain(&container.command)
            .any(|word| word.value.starts_with("--provider-volume"))
    };
    inventory
        .workloads
        .iter()
        .filter(|workload| workload.kind == WorkloadKind::DaemonSet)
        .find_map(|workload| {
            let container = workload.pod.containers.iter().find(is_driver)?;
            // Of flags that are given twice the last one counts (Go's flag package).
            let words = container.command.iter().chain(&container.args);
            let last = words.rev().find_map(|word| {
                let text = word.value.trim_start_matches('-');
                let rest = text.strip_prefix("enable-secret-rotation")?;
                Some(rest.strip_prefix('=').unwrap_or("true").to_owned())
            });
            let rotation = match last.as_deref() {
                Some("true" | "1" | "t" | "T" | "TRUE" | "True") => Rotation::On,
                Some(text) if crate::workload::placeholder::is_placeholder(text) => {
                    Rotation::Unknown
                }
                Some(_) | None => Rotation::Off,
            };
            Some((workload, rotation))
        })
}

/// Workloads with a volume of the driver.
fn users(inventory: &Inventory) -> impl Iterator<Item = &ObjectId> {
    inventory
        .workloads
        .iter()
        .filter(|workload| {
            workload.pod.volumes.iter().any(|volume| {
                csi::class_of(volume).is_some_and(|class| {
                    matches!(csi::mounting(workload, &class.value), Mounting::Mounted)
                })
            })
        })
        .map(|workload| &workload.id)
}

fn off(driver: &Workload, users: &BTreeSet<&ObjectId>) -> Finding {
    let site = driver
        .pod
        .containers
        .iter()
        .flat_map(|container| container.command.iter().chain(&container.args))
        .find(|word| word.value.contains("enable-secret-rotation"))
        .map_or_else(Site::default, |word| word.site.clone());
    let names: Vec<_> = users.iter().map(|id| id.short()).collect();
    let finding = Finding::new(
        &RULE,
        &driver.id,
        "The Secrets Store CSI driver does not read new values from the vault.",
    )
    .at(driver.origin, &site, "rotation is off")
    .because(format!(
        "These keep the values that they started with: {}.",
        crate::words::listed(names.iter().map(String::as_str))
    ));
    users
        .iter()
        .fold(finding, |finding, id| finding.part(id.short()))
        .advise(
            "Set enableSecretRotation: true in the chart of the driver, then restart consumers.",
        )
}

/// Whether Reloader restarts it when a Secret changes: it is asked to, and not to leave it
/// alone (stakater/Reloader README: annotations of the workload or of its pods).
fn is_reloaded(workload: &Workload) -> bool {
    const READS: &str = "reloader.stakater.com/";
    let annotations = || {
        workload
            .metadata
            .annotations
            .iter()
            .chain(&workload.template_annotations)
            .filter(|(name, _)| name.contains(READS))
    };
    let is_left_alone =
        annotations().any(|(name, text)| name.ends_with("/ignore") && text == "true");
    let asks = annotations().any(|(name, text)| !name.ends_with("/ignore") && text != "false");
    asks && !is_left_alone
}

/// Where a workload takes a Secret when it starts: the first place, and what that is.
fn held(workload: &Workload, secret: &str) -> Option<(Site, String)> {
    workload.pod.containers.iter().find_map(|container| {
        deliveries(&workload.pod, container)
            .into_iter()
            .filter(|delivery| delivery.secret.value == secret && delivery.way.is_taken_at_start())
            .map(|delivery| (delivery.site().clone(), delivery.holder()))
            .next()
    })
}

fn gap(
    workload: &Workload,
    (secret, held): (&str, &(Site, String)),
    rotation: Rotation,
) -> Finding {
    let (site, holder) = held;
    let finding = Finding::new(
        &RULE,
        &workload.id,
        format!("A new value of Secret {secret} in the vault does not reach {holder}."),
    )
    .about(&workload.id.namespace, secret, None)
    .at(workload.origin, site, "taken when the container starts");
    let finding = match (rotation, workload.origin) {
        (Rotation::On, _) => finding.because("The driver renews the Secret, and restarts no pod."),
        (_, Origin::Live | Origin::File { .. }) => finding.because(
            "Whether the driver renews the Secret is not known (--enable-secret-rotation); it \
             restarts no pod.",
        ),
    };
    finding.advise("Restart the workload after a rotation, or read the file of the CSI volume.")
}
