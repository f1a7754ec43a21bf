//! SS121: a Secret that exists only while somebody mounts a volume.

use serde_json::{Value, json};

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::levels::provider_class::DRIVER;
use crate::manifest::{Operation, path};
use crate::workload::{Container, ContainerClass, ObjectId, Origin, Site, VolumeKind, Workload};

use super::csi::{self, Mounting, Unmounted};
use super::{Settings, resolve};

pub static RULE: Rule = Rule {
    id: "SS121",
    name: "csi-synced-secret-unmounted",
    severity: Severity::Error,
    data: &[
        Data::Workloads,
        Data::Producers,
        Data::SecretMetadata,
        Data::Events,
    ],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "a pod needs a Secret that the CSI driver makes, and does not mount the volume",
    why: "The Secrets Store CSI driver makes the Secrets of secretObjects while some pod mounts a \
          volume of the class, and removes them with the last one. A pod that only names the \
          Secret waits with CreateContainerConfigError or FailedMount. If another workload \
          mounts the volume, it works until that one is removed or scaled to zero: a warning. The \
          same happens if the driver may not write Secrets (syncSecret.enabled: false).",
    remedy: "Mount the volume in the same pod; or read the files of the volume and no Secret at \
             all. Enable syncSecret in the chart of the driver.",
    example: "env:\n- name: PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}   # found \
              when no container mounts the CSI volume\n",
    source: "kubernetes-sigs/secrets-store-csi-driver \
             controllers/secretproviderclasspodstatus_controller.go; #236, #811, #947",
};

/// Where the files go.
const PATH: &str = "/mnt/secrets-store";

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut told: Vec<(&ObjectId, Origin, String)> = Vec::new();
    for found in csi::unmounted(inventory) {
        let place = (
            &found.workload.id,
            found.workload.origin,
            found.secret.name.value.clone(),
        );
        if !told.contains(&place) {
            told.push(place);
            results.report(unmounted(inventory, &found));
        }
    }
    forbidden(inventory, results);
}

fn unmounted(inventory: &Inventory, found: &Unmounted<'_>) -> Finding {
    let Unmounted {
        used,
        workload,
        class,
        secret,
    } = found;
    let (namespace, name) = (&class.id.namespace, secret.name.as_str());
    let keepers: Vec<_> = inventory
        .workloads
        .iter()
        .filter(|other| other.id.namespace == *namespace && csi::stays(other))
        .filter(|other| matches!(csi::mounting(other, &class.id.name), Mounting::Mounted))
        .map(|other| other.id.short())
        .collect();
    let severity = match keepers.is_empty() {
        true => resolve::severity(used),
        false => Severity::Warning,
    };
    let mut finding = Finding::new(
        &RULE,
        &workload.id,
        format!("No container mounts the volume without which Secret {name} does not exist."),
    )
    .severity(severity)
    .about(namespace, name, None)
    .at(
        workload.origin,
        &used.reference.secret.site,
        "needs the Secret",
    )
    .at(
        class.origin,
        &secret.name.site,
        "made while a volume of this class is mounted",
    );
    finding.container.clone_from(&used.reference.container);
    finding = match keepers.is_empty() {
        true => finding.because(format!("SecretProviderClass {} makes it.", class.id.name)),
        false => finding.because(format!(
            "It exists while {} mounts SecretProviderClass {}.",
            crate::words::listed(keepers.iter().map(String::as_str)),
            class.id.name
        )),
    };
    finding = resolve::with_symptoms(inventory, used, finding);
    match mount(
        workload,
        &class.id.name,
        used.reference.container.as_deref(),
    ) {
        Some(operations) => finding.fix(Fix::Patch {
            what: format!("Mount it at {PATH}."),
            operations,
            applies: Applies::Unsafe(
                "The pods start only if the driver can read every object of the class.",
            ),
        }),
        None => finding.advise("Mount the CSI volume in the same pod."),
    }
}

/// Adds the volume and its mount to the container that needs the Secret, or to the first one.
fn mount(workload: &Workload, class: &str, container: Option<&str>) -> Option<Vec<Operation>> {
    let spec = &workload.pod;
    let container = spec
        .containers
        .iter()
        .find(|one| container == Some(one.name.as_str()))
        .or_else(|| {
            spec.containers
                .iter()
                .find(|one| one.class == ContainerClass::Main)
        })?;
    let is_taken = |one: &Container| {
        one.mounts
            .iter()
            .any(|mount| mount.path.value.trim_end_matches('/').starts_with(PATH))
    };
    // A custom resource has containers of its own kind.
    if is_taken(container) || workload.kind == crate::workload::WorkloadKind::Custom {
        return None;
    }
    let mut operations = Vec::new();
    let volume = match csi::mounting(workload, class) {
        Mounting::Mounted => return None,
        Mounting::VolumeOnly(volume) => volume.name.value.clone(),
        Mounting::No => {
            let name = "secrets-store";
            if spec.volume(name).is_some() || spec.volumes.iter().any(has_secrets_store) {
                return None;
            }
            let volume = json!({"name": name, "csi": {"driver": DRIVER, "readOnly": true,
                "volumeAttributes": {"secretProviderClass": class}}});
            let at = path::child(&spec.site.path, "volumes");
            operations.push(appended(&at, spec.volumes.is_empty(), volume));
            name.to_owned()
        }
    };
    let mount = json!({"name": volume, "mountPath": PATH, "readOnly": true});
    let at = path::child(&container.site.path, "volumeMounts");
    operations.push(appended(&at, container.mounts.is_empty(), mount));
    Some(operations)
}

/// Whether another volume of a driver is there: which one is meant is not certain then.
fn has_secrets_store(volume: &crate::workload::Volume) -> bool {
    matches!(&volume.kind, VolumeKind::Csi { driver, .. } if driver.contains("secrets-store"))
}

fn appended(list: &str, is_new: bool, entry: Value) -> Operation {
    let pointer = path::pointer(list);
    match is_new {
        true => Operation::Add {
            pointer,
            value: json!([entry]),
        },
        false => Operation::Add {
            pointer: format!("{pointer}/-"),
            value: entry,
        },
    }
}

/// Pods whose events say that the driver may not write Secrets: one finding per workload.
fn forbidden(inventory: &Inventory, results: &mut Results) {
    let mut told = std::collections::BTreeSet::new();
    for pod in &inventory.pods {
        let words = inventory
            .events_of(pod)
            .filter(|event| resolve::is_recent(inventory, event))
            .filter(|event| event.reason == "FailedToCreateSecret")
            .map(|event| event.message.as_str())
            .find(|words| words.contains("forbidden"));
        let Some(words) = words.filter(|_| !pod.metadata.deleting) else {
            continue;
        };
        if told.insert(&pod.top) {
            results.report(
                Finding::new(
                    &RULE,
                    &pod.top,
                    "The Secrets Store CSI driver may not write the Secrets of its class.",
                )
                .at(Origin::Live, &Site::default(), "pods of this workload wait")
                .because(format!("An event of pod/{} says: {words}", pod.id.name))
                .advise(
                    "Set syncSecret.enabled: true in the chart of the driver, which adds the \
                     ClusterRole for it.",
                ),
            );
        }
    }
}
