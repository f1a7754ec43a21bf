//! SS021: the kubelet cannot read Secrets from the API server.

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
    summary: "the kubelet repeatedly times out while reading Secrets",
    why: "If failed to sync secret cache: timed out waiting for the condition repeats, the node \
          cannot watch the Secret: it cannot reach the API server, it may not read the Secret, or \
          the name is not a valid Secret name (SS006). Once at the start of a pod is normal.",
    remedy: "Check the kubelet's log on the node and its connection to the API server.",
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
                    "The kubelet on {node} cannot read the Secrets of pod/{}.",
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
                "Check the kubelet's log on {node}: does it reach the API server, and does the \
                 node authorizer allow it to read the Secrets?"
            )),
        );
    }
}

/// The kubelet's repeated message about its cache of Secrets.
fn is_cache_timeout(event: &Event) -> bool {
    let about_secrets = event.message.contains("failed to sync secret cache")
        || (event.message.starts_with("object \"") && event.message.contains("not registered"));
    event.reason == "FailedMount" && event.count > 3 && about_secrets
}

/// A name with a slash gives the same message; SS006 reports the cause.
fn has_bad_name(pod: &crate::inventory::Pod) -> bool {
    pod.spec
        .volumes
        .iter()
        .flat_map(|volume| volume.kind.secret_sources())
        .any(|source| crate::secret::key::check_object_name(&source.secret.value).is_err())
}
