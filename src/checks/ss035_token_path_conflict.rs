//! SS035: a mount that blocks the mount of the ServiceAccount's token.

use crate::finding::{Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::manifest::{Operation, path};
use crate::workload::mount_path::{
    Certainty, TOKEN_PATH, TokenConflict, clean, is_below, nesting, token_conflict,
};
use crate::workload::{Container, Mount, Workload};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS035",
    name: "token-path-conflict",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::Pods, Data::ServiceAccounts],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a read-only volume blocks the mount of the ServiceAccount's token",
    why: "Kubernetes mounts a token at /var/run/secrets/kubernetes.io/serviceaccount. In most \
          images /var/run is a link to /run, so a Secret mounted at /run/secrets is above the \
          token and read-only: the directory for the token cannot be created, and the container \
          does not start (read-only file system). At /var/run/secrets it works, because the \
          kubelet creates the directory itself.",
    remedy: "Mount it somewhere else, for example below /etc/secrets. Or set \
             automountServiceAccountToken: false if the pod does not use the API.",
    example: "volumeMounts:\n- name: db\n  mountPath: /run/secrets   # found; write: \
              /etc/secrets/db\n",
    source: "kubernetes/kubernetes pkg/volume/util/nested_volumes.go; kubernetes/kubernetes#72261, \
             acorn-io/runtime#2382; observed on a node",
};

/// One finding per mount.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for workload in &inventory.workloads {
        if workload.pod.windows || !has_token(inventory, workload) {
            continue;
        }
        for container in &workload.pod.containers {
            for mount in &container.mounts {
                let conflict = token_conflict(&mount.path.value);
                if let Some(conflict) =
                    conflict.filter(|conflict| blocks(workload, mount, *conflict))
                {
                    results.report(found(inventory, workload, container, mount, conflict));
                }
            }
        }
    }
}

/// Whether pods get a token: neither the pod nor its ServiceAccount disables it
/// (kubernetes/kubernetes plugin/pkg/admission/serviceaccount).
fn has_token(inventory: &Inventory, workload: &Workload) -> bool {
    if let Some(automount) = &workload.pod.automount_token {
        return automount.value;
    }
    let name = workload.pod.service_account.as_ref();
    let name = name.map_or("default", |name| name.as_str());
    inventory
        .of_name(("", "ServiceAccount"), &workload.id.namespace, name)
        .and_then(|account| account.root.get("automountServiceAccountToken")?.as_bool())
        .unwrap_or(true)
}

/// Whether a mount blocks the token. A mount at exactly the token's path replaces it: admission
/// compares the text.
fn blocks(workload: &Workload, mount: &Mount, conflict: TokenConflict) -> bool {
    let volume = workload.pod.volume(&mount.volume.value);
    match conflict {
        // The token's own directory is read-only, whatever is mounted below it.
        TokenConflict::Below => true,
        TokenConflict::Same => mount.path.value != TOKEN_PATH,
        TokenConflict::Above => {
            mount.read_only == Some(true) || volume.is_some_and(|volume| volume.kind.is_read_only())
        }
    }
}

fn found(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    mount: &Mount,
    conflict: TokenConflict,
) -> Finding {
    let place = &mount.path.value;
    let made_by_kubelet = nesting(place, TOKEN_PATH) == Some(Certainty::Text);
    let (how, severity) = match conflict {
        TokenConflict::Above => (
            "above the ServiceAccount's token, whose directory cannot be created in a read-only \
             volume",
            Severity::Error,
        ),
        TokenConflict::Same => (
            "where the ServiceAccount's token is mounted too",
            Severity::Error,
        ),
        TokenConflict::Below if made_by_kubelet => (
            "inside the ServiceAccount's token directory",
            Severity::Warning,
        ),
        TokenConflict::Below => (
            "inside the ServiceAccount's token directory, which is read-only",
            Severity::Error,
        ),
    };
    let mut finding = Finding::new(
        &RULE,
        &workload.id,
        format!(
            "Container {} mounts volume {} at {place}, {how}.",
            container.name, mount.volume.value
        ),
    )
    .severity(severity)
    .in_container(&container.name)
    .at(workload.origin, &mount.path.site, "blocks the token");
    let volume = workload.pod.volume(&mount.volume.value);
    if let Some(volume) = volume.filter(|volume| volume.has_secrets()) {
        finding = finding.about(&workload.id.namespace, volume.secret_name(), None);
    }
    finding = finding.because(format!("The token is mounted at {TOKEN_PATH}."));
    if !made_by_kubelet && conflict != TokenConflict::Same {
        finding = finding.because("In most images /var/run is a link to /run.");
    }
    if mounts::runs_well(inventory, workload) {
        finding = finding.severity(Severity::Info).because(
            "Its pods run anyway: their image has no such link. Another image may have \
                      it.",
        );
    }
    let free = free_place(container, &mount.volume.value);
    finding
        .fix(Fix::Patch {
            what: format!("Mount it at {free}, and configure the app to use that path."),
            operations: vec![Operation::Replace {
                pointer: path::pointer(&mount.path.site.path),
                value: free.as_str().into(),
            }],
            applies: Applies::Never,
        })
        .advise(
            "Or set automountServiceAccountToken: false, if the pod does not use the Kubernetes API.",
        )
}

/// A path below `/etc/secrets` that no mount of the container uses.
fn free_place(container: &Container, volume: &str) -> String {
    let is_free = |place: &str| {
        container
            .mounts
            .iter()
            .map(|mount| clean(&mount.path.value))
            .all(|other| other != place && !is_below(&other, place) && !is_below(place, &other))
    };
    let mut place = format!("/etc/secrets/{volume}");
    let mut number = 2;
    while !is_free(&place) && number < 100 {
        place = format!("/etc/secrets-{number}/{volume}");
        number += 1;
    }
    place
}
