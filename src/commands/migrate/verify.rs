//! Asking running containers whether they can read their files
//! (`--verify-read`): a program in the container answers by its exit code, so
//! no value leaves it.

use crate::cluster::{Cluster, ClusterError, Exit};
use crate::error::CommandError;
use crate::inventory::{Inventory, Pod};
use crate::migration::Plan;
use crate::ui::Ui;
use crate::workload::mount_path::{clean, is_below};

use super::planner::Readable;

/// Refuses plans that need an answer which this user may not ask for.
///
/// # Errors
/// Status 3, naming the permission.
pub(super) async fn permission(cluster: &Cluster, plans: &[Plan]) -> Result<(), CommandError> {
    for plan in plans.iter().filter(|plan| plan.unproven().next().is_some()) {
        let namespace = &plan.subject.namespace;
        // A WebSocket begins with GET, and newer servers want `create` for it
        // besides (feature gate AuthorizePodWebsocketUpgradeCreatePermission).
        for verb in ["create", "get"] {
            let allowed = cluster
                .may(verb, "", "pods/exec", Some(namespace))
                .await
                .map_err(ClusterError::unmasked)?;
            if !allowed {
                return Err(CommandError::unavailable(format!(
                    "--verify-read needs the verb {verb} on pods/exec in namespace {namespace}, which you do not have; nothing was changed"
                ))
                .hint("Request it, set runAsUser in the template, or leave out --verify-read."));
            }
        }
    }
    Ok(())
}

/// What a container answered.
enum Answer {
    Readable,
    Unreadable,
    /// The program dropped its privileges or shares its process namespace: what
    /// another process of the container can read says nothing of it.
    OtherUser,
    /// The container has no `test`.
    Silence,
}

/// Asks one running pod of the plan's workload about each file that its
/// container has mounted and of which nothing else tells whether it is
/// readable; warns of each that is not known to be.
pub(super) async fn ask(
    cluster: &Cluster,
    inventory: &Inventory,
    plan: &Plan,
    ui: &Ui,
) -> Result<Readable, CommandError> {
    let mut readable = Readable::new();
    for (container, file) in plan.unproven() {
        let Some(pod) = inventory
            .pods_of(&plan.subject)
            .find(|pod| serves(pod, container, file))
        else {
            continue;
        };
        let place = format!("container {container} of pod/{}", pod.id.name);
        let why = match answer(cluster, pod, container, file).await? {
            Answer::Readable => {
                readable
                    .entry(container.to_owned())
                    .or_default()
                    .insert(file.to_owned());
                continue;
            }
            Answer::Unreadable => format!(
                "{place} cannot read {file}: set runAsUser and use --fs-group, or --mode 0444"
            ),
            Answer::OtherUser => format!(
                "could not verify that {place} reads {file}: its first process has another user than the container"
            ),
            Answer::Silence => format!(
                "could not verify that {place} reads {file}: the image has no program named test"
            ),
        };
        ui.warn(format!("{why}; the variable stays"));
    }
    Ok(readable)
}

async fn answer(
    cluster: &Cluster,
    pod: &Pod,
    container: &str,
    file: &str,
) -> Result<Answer, CommandError> {
    let run = async |question: &str, about: &str| {
        cluster
            .exec(
                &pod.id.namespace,
                &pod.id.name,
                container,
                &["test", question, about],
            )
            .await
            .map_err(ClusterError::unmasked)
    };
    Ok(match run("-r", file).await? {
        Exit::Code(0) => match run("-O", "/proc/1").await? {
            Exit::Code(0) => Answer::Readable,
            Exit::Code(1) => Answer::OtherUser,
            _ => Answer::Silence,
        },
        Exit::Code(1) => Answer::Unreadable,
        _ => Answer::Silence,
    })
}

/// Whether a pod runs and its container has the file.
fn serves(pod: &Pod, container: &str, file: &str) -> bool {
    pod.ready
        && !pod.metadata.deleting
        && pod
            .spec
            .containers
            .iter()
            .filter(|known| known.name == container)
            .flat_map(|known| &known.mounts)
            .any(|mount| is_below(file, &clean(&mount.path.value)))
}
