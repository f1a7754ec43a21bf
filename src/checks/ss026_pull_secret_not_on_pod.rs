//! SS026: pods older than the pull secret of their ServiceAccount.

use std::collections::BTreeMap;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Pod};
use crate::workload::{ObjectId, Origin, Site, Strategy};

use super::{Settings, account, pull};

pub static RULE: Rule = Rule {
    id: "SS026",
    name: "pull-secret-not-on-pod",
    severity: Severity::Warning,
    data: &[Data::ServiceAccounts, Data::Pods],
    offline: Offline::No,
    auto_fix: AutoFix::Live,
    summary: "a pod that cannot pull does not have the pull secret of its ServiceAccount",
    why: "Admission copies the imagePullSecrets of a ServiceAccount into a pod when the pod is \
          created, and only then. A pod that is older than the imagePullSecrets never gets them, \
          however often the kubelet retries.",
    remedy: "Recreate the pods: restart the workload, or delete them.",
    example: "kind: ServiceAccount\nimagePullSecrets: [{name: registry}]   # added after the pod, which \
              waits with ImagePullBackOff\n",
    source: "kubernetes/kubernetes plugin/pkg/admission/serviceaccount/admission.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut found: BTreeMap<(&ObjectId, ObjectId), Vec<&Pod>> = BTreeMap::new();
    for pod in &inventory.pods {
        // A static pod has no ServiceAccount; a pod with its own list gets none by design.
        let gets_none = pod.mirror || !pod.spec.image_pull_secrets.is_empty();
        if !gets_none && !pod.metadata.deleting && pull::pull_failure(pod).is_some() {
            found
                .entry((&pod.top, account::of_pod(pod)))
                .or_default()
                .push(pod);
        }
    }
    for ((top, account), pods) in found {
        let secrets = pull::of_account(inventory, &account);
        let Some(first) = secrets.first() else {
            continue;
        };
        let mut finding = Finding::new(
            &RULE,
            top,
            format!(
                "Its pods wait for an image and do not have the pull secrets of {}, which were \
                 added later.",
                account.short()
            ),
        )
        .about(&account.namespace, first.secret.as_str(), None)
        .at(
            Origin::Live,
            &Site::default(),
            "pods without imagePullSecrets",
        );
        for sentence in pull::sentences(&pods) {
            finding = finding.because(sentence);
        }
        results.report(remedy(inventory, finding, top, &pods));
    }
}

fn remedy(inventory: &Inventory, finding: Finding, top: &ObjectId, pods: &[&Pod]) -> Finding {
    let workload = inventory.workload(top);
    let rolls = workload.is_none_or(|known| !known.paused && known.strategy != Strategy::OnDelete);
    match top.kind.as_str() {
        "Deployment" | "StatefulSet" | "DaemonSet" if rolls => finding.run(
            "Recreate its pods.",
            CommandLine::kubectl("rollout restart")
                .name(&top.short())
                .namespace(&top.namespace),
        ),
        // Its owner creates another; a bare pod has no owner.
        _ if pods.iter().all(|pod| pod.id != *top) => {
            let delete = CommandLine::kubectl("delete pod").namespace(&top.namespace);
            finding.run(
                "Delete the pods; their owner recreates them.",
                pods.iter()
                    .fold(delete, |delete, pod| delete.name(&pod.id.name)),
            )
        }
        _ => finding.advise("Delete the pod and create it again."),
    }
}
