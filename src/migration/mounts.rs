//! Where the volumes are mounted: a directory of their own, never below or
//! above something else, never as `subPath`.

use crate::workload::mount_path::{self, clean, is_below, without_link};
use crate::workload::{Container, Mount};

use super::context::Context;
use super::options::Phase;
use super::plan::{Plan, PlannedMount, Refusal};
use super::variables::{Candidate, File, Place};
use super::volumes::Arranged;

/// Paths that a Secret is never mounted at, above or below: the kernel's, and
/// those the service account's token and injected credentials live in.
const RESERVED: &[&str] = &["/proc", "/sys", "/dev", "/run"];

/// Mounts each volume in its containers and gives the candidates their files.
pub(super) fn place(
    context: &Context<'_>,
    arranged: &[Arranged],
    candidates: &mut [Candidate],
    plan: &mut Plan,
) {
    for arranged in arranged {
        for &index in &arranged.containers {
            let container = &context.workload.pod.containers[index];
            let known = container
                .mounts
                .iter()
                .find(|mount| mount.volume.value == arranged.volume && mount.sub_path.is_none());
            let path = match known {
                Some(mount) => mount.path.value.clone(),
                None => {
                    let path = context.options.mount_path.of(&arranged.need.secret);
                    if let Some(reason) = conflict(container, &path, plan) {
                        plan.refusals.push(Refusal {
                            path: container.site.path.clone(),
                            reason,
                            next: vec![
                                "Choose another place: --mount-path '/etc/credentials/{secret}'."
                                    .to_owned(),
                            ],
                        });
                        continue;
                    }
                    path
                }
            };
            if known.is_some() || context.options.phase != Phase::RemoveVariables {
                plan.mounts.push(PlannedMount {
                    container: container.name.clone(),
                    site: container.site.clone(),
                    volume: arranged.volume.clone(),
                    path: path.clone(),
                    existing: known.is_some(),
                });
            }
            for candidate in candidates
                .iter_mut()
                .filter(|candidate| candidate.container == index)
                .filter(|candidate| candidate.secret == arranged.need.secret)
            {
                candidate.file = Some(File {
                    path: file(context, candidate, &path),
                    mounted_before: known.is_some(),
                });
            }
        }
    }
    // A volume that could be mounted nowhere would only be one more thing that
    // stops the pod.
    let mounted: Vec<_> = plan
        .mounts
        .iter()
        .map(|mount| mount.volume.clone())
        .collect();
    plan.volumes.retain(|volume| mounted.contains(&volume.name));
}

fn file(context: &Context<'_>, candidate: &Candidate, folder: &str) -> String {
    let name = match candidate.place {
        Place::Entry(_) => context.options.files.of(&candidate.key),
        Place::Source(_) => &candidate.key,
    };
    let separator = if folder.as_bytes().get(1) == Some(&b':') {
        '\\'
    } else {
        '/'
    };
    format!("{}{separator}{name}", folder.trim_end_matches(['/', '\\']))
}

/// Why a path cannot be used in a container.
fn conflict(container: &Container, path: &str, plan: &Plan) -> Option<String> {
    let near = |other: &str| {
        let (own, other) = (without_link(path), without_link(&clean(other)));
        own == other || is_below(&own, &other) || is_below(&other, &own)
    };
    if path == "/" || RESERVED.iter().any(|reserved| near(reserved)) {
        return Some(format!(
            "{path} belongs to the system: other things are mounted there."
        ));
    }
    if near(mount_path::TOKEN_PATH) {
        return Some(format!("{path} is where the service account's token is."));
    }
    let mounts = container.mounts.iter().map(|Mount { path, .. }| path);
    if let Some(other) = mounts
        .chain(&container.device_paths)
        .find(|other| near(&other.value))
    {
        return Some(format!(
            "Container {} has something at {} already, and {path} would be above, below or the same.",
            container.name, other.value
        ));
    }
    plan.mounts
        .iter()
        .filter(|mount| mount.container == container.name)
        .find(|mount| near(&mount.path))
        .map(|mount| {
            format!(
                "Two Secrets of container {} would be mounted at {path}: write {{secret}} in the path.",
                mount.container
            )
        })
}
