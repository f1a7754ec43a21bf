//! SS120: a volume of the Secrets Store CSI driver that cannot be mounted.

use std::collections::{BTreeMap, BTreeSet};

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Named, Pod, Wanted};
use crate::levels::provider_class::{GROUP, KIND, PLURAL};
use crate::workload::near::near;
use crate::workload::{Located, ObjectId, Origin, Site, Workload};

use super::{Settings, csi, resolve};

pub static RULE: Rule = Rule {
    id: "SS120",
    name: "spc-missing",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::Producers, Data::Pods, Data::Events],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a SecretProviderClass, its provider or the CSI driver is missing",
    why: "The volume attribute secretProviderClass names an object in the pod's namespace. \
          Without it the volume is not mounted and no container of the pod starts; an event says \
          so, the status does not. The same happens on a node on which the driver or the provider \
          has no pod: tainted and virtual nodes often have none. In files, a class may come from \
          another repository: then the answer is unknown.",
    remedy: "Apply the SecretProviderClass in that namespace, or correct the name. Install driver \
             and provider on the node, with tolerations for its taints.",
    example: "volumes:\n- name: secrets\n  csi:\n    driver: secrets-store.csi.k8s.io\n    \
              volumeAttributes: {secretProviderClass: azure-kv}   # found when it is not there\n",
    source: "kubernetes-sigs/secrets-store-csi-driver pkg/secrets-store/{utils,provider_client}.go; \
             Azure provider #216, #326, #491; GCP provider #165",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut told = BTreeSet::new();
    for workload in &inventory.workloads {
        for volume in &workload.pod.volumes {
            let is_mounted = workload.pod.mounters(&volume.name.value).next().is_some();
            let Some(class) = csi::class_of(volume).filter(|_| is_mounted) else {
                continue;
            };
            let by = (&workload.id, &workload.metadata);
            match inventory.find(Wanted::provider_class(&class.value, by)) {
                Named::Here(_) | Named::Elsewhere => {}
                Named::Unknown(reason) => {
                    let what = format!("SecretProviderClass {}", class.value);
                    results.unknown(&RULE, Some(&workload.id), what, reason);
                }
                Named::Missing => {
                    told.insert(workload.id.clone());
                    results.report(missing(inventory, workload, class));
                }
            }
        }
    }
    for (top, pods) in failing(inventory) {
        if !told.contains(top) {
            results.report(not_on_the_node(top, &pods));
        }
    }
}

fn missing(inventory: &Inventory, workload: &Workload, class: &Located<String>) -> Finding {
    let namespace = &workload.id.namespace;
    let known = inventory
        .of_kind(GROUP, KIND)
        .filter(|object| object.id.namespace == *namespace)
        .map(|object| object.id.name.as_str());
    let near = near(&class.value, known);
    let elsewhere = inventory
        .of_kind(GROUP, KIND)
        .filter(|object| object.id.name == class.value)
        .map(|object| object.id.namespace.as_str());
    let elsewhere = crate::words::listed(elsewhere);
    let message = format!(
        "SecretProviderClass {} does not exist in namespace {namespace}.",
        class.value
    );
    let idle = !csi::stays(workload);
    let mut finding = Finding::new(&RULE, &workload.id, message)
        .severity(if idle {
            Severity::Warning
        } else {
            RULE.severity
        })
        .at(workload.origin, &class.site, "named here");
    if !near.is_empty() {
        let names = near.join(", ");
        finding = finding.because(format!("There is one with a similar name: {names}."));
    }
    if !elsewhere.is_empty() {
        finding = finding.because(format!(
            "There is one of that name in {elsewhere}, but a pod here cannot use it."
        ));
    }
    for pod in inventory.pods_of(&workload.id).take(3) {
        let words = inventory
            .events_of(pod)
            .filter(|event| event.reason == "FailedMount" && !pod.ready)
            .find(|event| event.message.contains(&class.value));
        if let Some(event) = words {
            finding = finding.because(format!("pod/{} waits: {}", pod.id.name, event.message));
        }
    }
    let finding =
        finding.advise("Apply the SecretProviderClass in that namespace, or correct the name.");
    match inventory.is_live() {
        true => finding.run(
            "See which there are.",
            CommandLine::kubectl("get")
                .name(&format!("{PLURAL}.{GROUP}"))
                .namespace(namespace),
        ),
        false => finding,
    }
}

/// Pods that wait because of a driver or provider that is not on their node, by workload.
fn failing(inventory: &Inventory) -> BTreeMap<&ObjectId, Vec<(&Pod, &str)>> {
    let mut found: BTreeMap<&ObjectId, Vec<(&Pod, &str)>> = BTreeMap::new();
    for pod in &inventory.pods {
        let takes_part = pod
            .spec
            .volumes
            .iter()
            .any(|volume| csi::class_of(volume).is_some());
        if !takes_part || pod.ready || pod.metadata.deleting || pod.is_finished() {
            continue;
        }
        let words = inventory
            .events_of(pod)
            .filter(|event| event.reason == "FailedMount" && resolve::is_recent(inventory, event))
            .map(|event| event.message.as_str())
            .find(|words| is_absence(words));
        if let Some(words) = words {
            found.entry(&pod.top).or_default().push((pod, words));
        }
    }
    found
}

/// Words of the driver about a provider, and of kubelet about the driver (kubernetes/kubernetes
/// `pkg/volume/csi`).
fn is_absence(words: &str) -> bool {
    words.contains("provider not found")
        || (words.contains("not found in the list of registered CSI drivers")
            && words.contains("secrets-store"))
}

fn not_on_the_node(top: &ObjectId, pods: &[(&Pod, &str)]) -> Finding {
    let is_driver = pods
        .iter()
        .all(|(_, words)| words.contains("registered CSI drivers"));
    let what = match is_driver {
        true => "The Secrets Store CSI driver",
        false => "The provider of its SecretProviderClass",
    };
    let mut finding = Finding::new(
        &RULE,
        top,
        format!("{what} is not on the node of its pods."),
    )
    .at(Origin::Live, &Site::default(), "pods of this workload wait");
    for (pod, words) in pods.iter().take(3) {
        finding = finding.because(match &pod.spec.node_name {
            Some(node) => format!("pod/{} on node {node} waits: {words}", pod.id.name),
            None => format!("pod/{} waits: {words}", pod.id.name),
        });
    }
    finding.advise(
        "Install it, with tolerations for the taints of that node; or keep these pods away from \
         nodes without it.",
    )
}
