//! SS021: kubelet does not get Secrets from the API server.

use std::collections::BTreeSet;

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Event, Inventory};
use crate::workload::{Origin, Site};

pub static RULE: Rule = Rule {
    id: "SS021",
    name: "secret-cache-timeout",
    severity: Severity::Warning,
    data: &[Data::Pods, Data::Events],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "kubelet repeatedly times out while it reads Secrets",
    why: "failed to sync secret cache: timed out waiting for the condition, again and again, \
          means that the node cannot watch the Secret: the way to the API server is cut, the node \
          may not read it, or the name is no name at all (SS006). Once at the start of a pod is \
          normal.",
    remedy: "Look at kubelet's log on the node and at its way to the API server.",
    example: "Warning FailedMount MountVolume.SetUp failed for volume \"db\" : failed to sync \
              secret cache: timed out waiting for the condition (x7)\n",
    source: "kubernetes/kubernetes pkg/kubelet/util/manager/watch_based_manager.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut told = BTreeSet::new();
    for pod in &inventory.pods {
        if pod.ready || pod.metadata.deleting || pod.is_finished() || has_bad_name(pod) {
            continue;
        }
        let Some(event) = inventory
            .events_of(pod)
            .find(|event| is_cache_timeout(event))
        else {
            continue;
        };
        if !told.insert(&pod.top) {
            continue;
        }
        let node = pod.spec.node_name.as_deref().unwrap_or("its node");
        results.report(
            Finding::new(
                &RULE,
                &pod.top,
                format!(
                    "Kubelet on {node} cannot read the Secrets of pod/{}.",
                    pod.id.name
                ),
            )
            .at(
                Origin::Live,
                &Site::default(),
                "a pod of this workload waits",
            )
            .because(format!("{} (seen {} times)", event.message, event.count))
            .advise(format!(
                "Look at kubelet's log on {node}, and whether it reaches the API server and the \
                 node authorizer lets it."
            )),
        );
    }
}

/// Kubelet's words about its cache of Secrets, again and again.
fn is_cache_timeout(event: &Event) -> bool {
    let about_secrets = event.message.contains("failed to sync secret cache")
        || (event.message.starts_with("object \"") && event.message.contains("not registered"));
    event.reason == "FailedMount" && event.count > 3 && about_secrets
}

/// A name with a slash gives the same message; SS006 tells the cause.
fn has_bad_name(pod: &crate::inventory::Pod) -> bool {
    pod.spec
        .volumes
        .iter()
        .flat_map(|volume| volume.kind.secret_sources())
        .any(|source| crate::secret::key::check_object_name(&source.secret.value).is_err())
}
