//! SS053: files that are up to date, and an app that may not have reread them.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::staleness::{Freshness, SKEW};
use crate::words::listed;
use crate::workload::{Container, Workload};

use super::Settings;
use super::stale::{self, Held};

pub static RULE: Rule = Rule {
    id: "SS053",
    name: "reload-not-guaranteed",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::Pods, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "a mounted Secret was written after its app started",
    why: "The kubelet updated the files, but nothing makes the app reread them. Many apps do: \
          they watch the directory or read the files at each use. Others read them only at their \
          start. The kubelet replaces the link ..data, so a watch on the file itself sees \
          nothing.",
    remedy: "Make sure that the app watches the directory or reads the files at each use; \
             otherwise restart it after a change.",
    example: "volumeMounts:\n- {name: tls, mountPath: /etc/tls, readOnly: true}   # the files are \
              current; is the server's certificate?\n",
    source: "kubernetes/kubernetes pkg/volume/util/atomic_writer.go; cilium/cilium#13621, \
             jaegertracing/jaeger#4159, istio/istio#38366",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for running in stale::all(inventory) {
        if has_reloader(running.workload) {
            continue;
        }
        let told: Vec<_> = running
            .held
            .iter()
            .filter(|held| is_unread(held) && !held.pod.spec.containers.iter().any(reloads))
            .collect();
        let Some(first) = told.first() else { continue };
        let secrets = listed(told.iter().map(|held| held.facts.name.as_str()));
        let paths: Vec<_> = told.iter().map(|held| held.delivery.holder()).collect();
        let message = format!(
            "Its mounted files are current ({}), but the app started before Secret {secrets} was \
             last written and may not have reread them.",
            listed(paths.iter().map(String::as_str)),
        );
        let mut finding = running.finding(&RULE, &told, message);
        if let Some(written) = first.written {
            finding = finding.because(format!(
                "pod/{} has run container {} since {}; the Secret was last written at {written}.",
                first.pod.id.name, first.container.name, first.since
            ));
        }
        finding = finding.advise(
            "Make sure that the app watches the directory, or reads the files at each use.",
        );
        results.report(
            match stale::restart_command(running.workload, running.owner().as_ref()) {
                Some(command) if !running.workload.paused => finding.run("Or restart it.", command),
                _ => finding,
            },
        );
    }
}

/// Files that the kubelet has updated since the container started.
fn is_unread(held: &Held<'_>) -> bool {
    !held.delivery.way.is_taken_at_start()
        && held.freshness == Freshness::Fresh
        && held
            .written
            .is_some_and(|written| written.duration_since(held.since) > SKEW)
}

/// Whether a controller restarts the workload (Stakater Reloader's annotations).
fn has_reloader(workload: &Workload) -> bool {
    workload
        .metadata
        .annotations
        .keys()
        .chain(workload.template_annotations.keys())
        .any(|name| name.contains("reloader.stakater.com/"))
}

/// Whether a container notifies its neighbour of changed files.
fn reloads(container: &Container) -> bool {
    container.image.as_ref().is_some_and(|image| {
        ["configmap-reload", "config-reloader", "k8s-sidecar"]
            .iter()
            .any(|known| image.value.contains(known))
    })
}
