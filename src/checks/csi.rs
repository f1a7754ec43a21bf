//! Volumes of the Secrets Store CSI driver and the Secrets that it makes of them, shared by SS020
//! and SS120 to SS123.

use crate::inventory::{Inventory, ProducerKind, Use};
use crate::levels::provider_class::{GROUP, KIND, MANAGED, ProviderClass, SyncedSecret, is_driver};
use crate::workload::{
    Located, Object, ObjectId, Usage, Volume, VolumeKind, Workload, WorkloadKind,
};

/// The SecretProviderClasses, without those that are being deleted.
pub(super) fn classes(inventory: &Inventory) -> impl Iterator<Item = (&Object, ProviderClass)> {
    inventory
        .of_kind(GROUP, KIND)
        .filter(|object| !object.metadata.deleting)
        .filter_map(|object| Some((object, ProviderClass::of(object)?)))
}

/// The class that a volume names.
pub(super) fn class_of(volume: &Volume) -> Option<&Located<String>> {
    match &volume.kind {
        VolumeKind::Csi {
            driver,
            provider_class: Some(class),
            ..
        } if is_driver(driver) => Some(class),
        _ => None,
    }
}

/// How a pod takes a class.
#[derive(Clone, Copy)]
pub(super) enum Mounting<'a> {
    /// A container mounts its volume: the driver makes the Secret.
    Mounted,
    /// The volume is there and no container mounts it: kubelet ignores it.
    VolumeOnly(&'a Volume),
    No,
}

pub(super) fn mounting<'a>(workload: &'a Workload, class: &str) -> Mounting<'a> {
    let mut found = Mounting::No;
    for volume in &workload.pod.volumes {
        if class_of(volume).is_none_or(|named| named.value != class) {
            continue;
        }
        if workload.pod.mounters(&volume.name.value).next().is_some() {
            return Mounting::Mounted;
        }
        found = Mounting::VolumeOnly(volume);
    }
    found
}

/// Whether a workload has pods all the time: the Secret is there as long as one of them is.
pub(super) fn stays(workload: &Workload) -> bool {
    workload.replicas != Some(0)
        && !matches!(
            workload.kind,
            WorkloadKind::Job | WorkloadKind::CronJob | WorkloadKind::PodTemplate
        )
}

/// Whether it is the driver, and nothing else, that makes a Secret.
pub(super) fn is_synced(inventory: &Inventory, namespace: &str, secret: &str) -> bool {
    let made_otherwise = inventory.producers.iter().any(|producer| {
        producer.kind != ProducerKind::SecretProviderClass
            && producer.namespace == namespace
            && producer.makes(secret)
    });
    let by_driver = match inventory.secret(namespace, secret) {
        None => true,
        Some(facts) => facts.labels.get(MANAGED).is_some_and(|text| text == "true"),
    };
    !made_otherwise && by_driver
}

/// A consumer of a synced Secret whose pod does not mount the volume, with the classes that make
/// the Secret.
pub(super) struct Unmounted<'a> {
    pub used: Use<'a>,
    pub workload: &'a Workload,
    pub class: &'a Object,
    pub secret: SyncedSecret,
}

/// References of pods to Secrets that are made only while a pod mounts a volume that these pods do
/// not mount.
pub(super) fn unmounted(inventory: &Inventory) -> Vec<Unmounted<'_>> {
    let mut found = Vec::new();
    let classes: Vec<_> = classes(inventory).collect();
    for (object, class) in &classes {
        for secret in &class.secrets {
            let (namespace, name) = (&object.id.namespace, secret.name.as_str());
            if !is_synced(inventory, namespace, name) {
                continue;
            }
            // Several classes may make one Secret.
            let makers: Vec<&ObjectId> = classes
                .iter()
                .filter(|(other, class)| {
                    other.id.namespace == *namespace
                        && class.secrets.iter().any(|secret| secret.name.value == name)
                })
                .map(|(other, _)| &other.id)
                .collect();
            if makers.first() != Some(&&object.id) {
                continue;
            }
            for used in inventory.uses_of(namespace, name) {
                let Some(workload) = used.workload.filter(|_| !used.dormant) else {
                    continue;
                };
                let needs = super::resolve::counts(&used)
                    && !matches!(used.reference.usage, Usage::Custom { .. });
                let mounts = makers
                    .iter()
                    .any(|class| matches!(mounting(workload, &class.name), Mounting::Mounted));
                // What a class that is not seen makes is not known.
                let may_mount = workload
                    .pod
                    .volumes
                    .iter()
                    .filter_map(class_of)
                    .any(|named| {
                        let is_it = |other: &Object| {
                            other.id.namespace == *namespace && other.id.name == named.value
                        };
                        !classes.iter().any(|(other, _)| is_it(other))
                            && matches!(mounting(workload, &named.value), Mounting::Mounted)
                    });
                if needs && !mounts && !may_mount {
                    found.push(Unmounted {
                        used,
                        workload,
                        class: object,
                        secret: secret.clone(),
                    });
                }
            }
        }
    }
    found
}
