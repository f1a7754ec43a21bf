//! Where the volumes are mounted: a directory of their own, never below or
//! above something else, never as `subPath`.

use crate::command_line::CommandLine;
use crate::workload::mount_path::{self, clean, is_below, without_link};
use crate::workload::{Container, Mount, Origin};

use super::context::Context;
use super::options::Phase;
use super::plan::{Plan, PlannedMount, Refusal};
use super::variables::{Candidate, File, Place};
use super::volumes::{self, Arranged};

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
            let known = container.mounts.iter().find(|mount| {
                mount.volume.value == arranged.volume && container.shows_whole(mount)
            });
            let path = match known {
                Some(mount) => mount.path.value.clone(),
                None => {
                    let path = context.options.mount_path.of(&arranged.need.secret);
                    let refusal = other_mode(context, container, &path, arranged)
                        .or_else(|| mounted_as_a_whole(context, container, &path, arranged))
                        .or_else(|| conflict(container, &path, plan));
                    if let Some(refusal) = refusal {
                        plan.refusals.push(refusal);
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

/// That the same files are mounted there already, in another mode.
fn other_mode(
    context: &Context<'_>,
    container: &Container,
    path: &str,
    arranged: &Arranged,
) -> Option<Refusal> {
    let wanted = arranged.need.mode?;
    let mounts = container.mounts.iter();
    let (volume, mode) = mounts
        .filter(|mount| mount.sub_path.is_none() && clean(&mount.path.value) == path)
        .find_map(|mount| volumes::in_another_mode(context, mount, &arranged.need))?;
    let id = &context.workload.id;
    let undo = CommandLine::secretsafe("migrate --undo")
        .name(&id.short())
        .namespace(&id.namespace);
    Some(Refusal {
        path: volume.name.site.path.clone(),
        reason: format!(
            "Container {} already mounts Secret {} at {path} with mode {mode:04o}, not {wanted:04o}.",
            container.name, arranged.need.secret
        ),
        next: match context.workload.origin {
            Origin::File { .. } => vec![format!(
                "Set defaultMode: {wanted:04o} on volume {} in the manifest.",
                volume.name.value
            )],
            Origin::Live => vec![format!(
                "Undo the first step, then mount it with the other mode: {}",
                undo.on(&context.inventory.connection)
            )],
        },
    })
}

/// Why a path cannot be used in a container.
/// That all of the Secret is mounted there already: the first step is done, by somebody else.
fn mounted_as_a_whole(
    context: &Context<'_>,
    container: &Container,
    path: &str,
    arranged: &Arranged,
) -> Option<Refusal> {
    let mounts = container.mounts.iter();
    let volume = mounts
        .filter(|mount| mount.sub_path.is_none() && clean(&mount.path.value) == path)
        .find_map(|mount| volumes::shown_by(context, mount, &arranged.need))?;
    Some(Refusal {
        path: volume.name.site.path.clone(),
        reason: format!(
            "Container {} mounts all of Secret {} at {path} already.",
            container.name, arranged.need.secret
        ),
        next: vec![
            "When the app reads the files, remove the variables: --remove-env --reads-files \
             NAME,…"
                .to_owned(),
        ],
    })
}

fn conflict(container: &Container, path: &str, plan: &Plan) -> Option<Refusal> {
    conflicting(container, path, plan).map(|reason| Refusal {
        path: container.site.path.clone(),
        reason,
        next: vec!["Choose another path: --mount-path '/etc/credentials/{secret}'.".to_owned()],
    })
}

fn conflicting(container: &Container, path: &str, plan: &Plan) -> Option<String> {
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
            "Container {} already mounts something at {}, which {path} would overlap.",
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
