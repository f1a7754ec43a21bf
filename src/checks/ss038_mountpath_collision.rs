//! SS038: two mounts at the same path.

use super::Settings;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Operation, path};
use crate::workload::mount_path::{Certainty, same_place, token_conflict};
use crate::workload::{Container, Located, Mount, Volume, Workload};

pub static RULE: Rule = Rule {
    id: "SS038",
    name: "mountpath-collision",
    severity: Severity::Error,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "a container mounts a Secret and something else at the same path",
    why: "The API server compares mountPath as text, so it accepts /a and /a/. The runtime mounts \
          both at the same path, and the later one hides the earlier: the app only sees one of \
          them. /var/run/a and /run/a are the same path if the image has the link, as most have; \
          that is a warning. The API server refuses two equal texts.",
    remedy: "Remove one of the two, give them different paths, or join them in one projected volume.",
    example: "volumeMounts:\n- {name: db, mountPath: /etc/secrets}\n- {name: mail, mountPath: \
              /etc/secrets/}   # the same path\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go (mountPath must be unique, \
             compared as text)",
};

/// A mount or a device of a container.
#[derive(Clone, Copy)]
struct Taken<'a> {
    path: &'a Located<String>,
    mount: Option<&'a Mount>,
    volume: Option<&'a Volume>,
}

impl Taken<'_> {
    fn has_secrets(&self) -> bool {
        self.volume.is_some_and(Volume::has_secrets)
    }

    fn name(&self) -> String {
        match self.mount {
            Some(mount) => format!("volume {}", mount.volume.value),
            None => format!("the device {}", self.path.value),
        }
    }
}

/// One finding per pair.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for workload in inventory
        .workloads
        .iter()
        .filter(|workload| !workload.pod.windows)
    {
        for container in &workload.pod.containers {
            let taken = taken(workload, container);
            for (index, later) in taken.iter().enumerate() {
                for earlier in &taken[..index] {
                    if !earlier.has_secrets() && !later.has_secrets() {
                        continue;
                    }
                    if let Some(certainty) = same_place(&earlier.path.value, &later.path.value) {
                        results.report(found(workload, container, earlier, later, certainty));
                    }
                }
            }
        }
    }
}

/// What a container mounts; SS035 reports conflicts with the token.
fn taken<'a>(workload: &'a Workload, container: &'a Container) -> Vec<Taken<'a>> {
    let mounts = container.mounts.iter().map(|mount| Taken {
        path: &mount.path,
        mount: Some(mount),
        volume: workload.pod.volume(&mount.volume.value),
    });
    let devices = container.device_paths.iter().map(|path| Taken {
        path,
        mount: None,
        volume: None,
    });
    mounts
        .chain(devices)
        .filter(|taken| token_conflict(&taken.path.value).is_none())
        .collect()
}

fn found(
    workload: &Workload,
    container: &Container,
    earlier: &Taken<'_>,
    later: &Taken<'_>,
    certainty: Certainty,
) -> Finding {
    let (one, other) = (&earlier.path.value, &later.path.value);
    let how = match certainty {
        Certainty::Text if one == other => "which the API server refuses",
        Certainty::Text => "which is the same path",
        Certainty::Link => "which is the same path if /var/run is a link to /run",
    };
    let mut finding = Finding::new(
        &RULE,
        &workload.id,
        format!(
            "Container {} mounts {} at {one} and {} at {other}, {how}.",
            container.name,
            earlier.name(),
            later.name(),
        ),
    )
    .severity(match certainty {
        Certainty::Text => Severity::Error,
        Certainty::Link => Severity::Warning,
    })
    .in_container(&container.name)
    .at(workload.origin, &later.path.site, "the same path again")
    .at(workload.origin, &earlier.path.site, "mounted here first");
    let secret = [later, earlier]
        .into_iter()
        .find(|taken| taken.has_secrets());
    if let Some(volume) = secret.and_then(|taken| taken.volume) {
        finding = finding.about(&workload.id.namespace, volume.secret_name(), None);
    }
    match (earlier.mount, later.mount) {
        (Some(earlier), Some(later)) if is_repetition(earlier, later) => finding.fix(Fix::Patch {
            what: "Remove the second mount, which contains the same files.".to_owned(),
            operations: vec![
                Operation::Test {
                    pointer: path::pointer(&later.path.site.path),
                    value: later.path.as_str().into(),
                },
                Operation::Remove {
                    pointer: path::pointer(&later.site.path),
                },
            ],
            applies: match certainty {
                Certainty::Text => Applies::Safe,
                Certainty::Link => Applies::Unsafe(
                    "If /var/run is not a link in the image, one of the two paths no longer \
                     exists.",
                ),
            },
        }),
        _ => finding
            .advise("Give one of them a path of its own, and configure the app to use it.")
            .advise("Or join their files in one projected volume."),
    }
}

/// Whether both mount the same part of the same volume.
fn is_repetition(one: &Mount, other: &Mount) -> bool {
    let part = |mount: &Mount| {
        mount
            .sub_path
            .as_ref()
            .map(|part| part.text().value.clone())
    };
    one.volume.value == other.volume.value && part(one) == part(other)
}
