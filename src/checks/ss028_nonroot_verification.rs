//! SS028: the kubelet refuses to run a container as root, or cannot verify its user.

use std::collections::BTreeMap;

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{ContainerState, Inventory, Pod};
use crate::workload::{ObjectId, Origin, Site};

pub static RULE: Rule = Rule {
    id: "SS028",
    name: "nonroot-verification",
    severity: Severity::Error,
    data: &[Data::Pods, Data::Workloads],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "a container is not created because it violates runAsNonRoot, or its user cannot be \
              verified",
    why: "With runAsNonRoot: true the kubelet checks the image's user. It refuses root, and also \
          a user that the image gives by name, because it can only check a number. The pod then \
          waits with CreateContainerConfigError, as it does for a missing Secret, so the Secret \
          is often blamed.",
    remedy: "Set runAsUser to the number of a user other than 0 that can read what the pod \
             mounts, including Secrets. The change recreates the pods.",
    example: "securityContext: {runAsNonRoot: true}   # found when the image has USER app\n",
    source: "kubernetes/kubernetes pkg/kubelet/kuberuntime/security_context.go",
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Refusal {
    Root,
    NotNumeric,
}

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    type Container<'a> = (&'a ObjectId, &'a str, Refusal);
    let mut found: BTreeMap<Container<'_>, Vec<&Pod>> = BTreeMap::new();
    for pod in inventory.pods.iter().filter(|pod| !pod.metadata.deleting) {
        for status in &pod.containers {
            if let ContainerState::Waiting { message, .. } = &status.state
                && let Some(refusal) = refusal(message)
            {
                found
                    .entry((&pod.top, &status.name, refusal))
                    .or_default()
                    .push(pod);
            }
        }
    }
    for ((top, container, refusal), pods) in found {
        let message = match refusal {
            Refusal::Root => format!(
                "Container {container} is not created: runAsNonRoot is set, but its image runs as \
                 root."
            ),
            Refusal::NotNumeric => format!(
                "Container {container} is not created: runAsNonRoot is set, but its image names a \
                 non-numeric user."
            ),
        };
        let (origin, site) = place(inventory, top, container);
        let mut finding = Finding::new(&RULE, top, message)
            .in_container(container)
            .at(origin, &site, "runs in these pods");
        for pod in pods.iter().take(3) {
            finding = finding.because(format!("pod/{} waits because of this.", pod.id.name));
        }
        results.report(finding.advise(format!(
            "Set securityContext.runAsUser of container {container} to the number of a user other \
             than 0, and make sure that this user can read the mounted Secrets."
        )));
    }
}

fn refusal(words: &str) -> Option<Refusal> {
    let rest = words.split_once("container has runAsNonRoot and image ")?.1;
    if rest.starts_with("will run as root") {
        Some(Refusal::Root)
    } else {
        rest.starts_with("has non-numeric user")
            .then_some(Refusal::NotNumeric)
    }
}

/// The position of runAsNonRoot, or else of the container.
fn place(inventory: &Inventory, top: &ObjectId, name: &str) -> (Origin, Site) {
    let workload = inventory.workload(top);
    let found = workload.and_then(|workload| {
        let mut containers = workload.pod.containers.iter();
        let container = containers.find(|container| container.name == name)?;
        let non_root = container.run_as.non_root.as_ref();
        let non_root = non_root.or(workload.pod.security.run_as.non_root.as_ref());
        let site = non_root.map_or(&container.site, |non_root| &non_root.site);
        Some((workload.origin, site.clone()))
    });
    found.unwrap_or((Origin::Live, Site::default()))
}
