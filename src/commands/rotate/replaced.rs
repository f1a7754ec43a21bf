//! Immutable Secrets whose places others took: removed when nothing names them any
//! more. A ReplicaSet or a ControllerRevision of the history does, for a rollback to it
//! would need the Secret.

use crate::api::{CONTROLLER_REVISIONS, REPLICA_SETS};
use crate::cluster::{Cluster, ClusterError};
use crate::error::CommandError;
use crate::inventory::{Grant, Inventory, SecretFacts, Use};
use crate::live::successor::{self, MADE_BY, REPLACED_BY};
use crate::manifest::Node;
use crate::secret::key::check_object_name;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;
use crate::workload::WorkloadKind;

/// The Secrets of a namespace that say that others took their places, and that nothing
/// names.
///
/// # Errors
/// When the cluster cannot be asked.
pub(super) async fn removable(
    cluster: &Cluster,
    namespace: &str,
    ui: &Ui,
) -> Result<Vec<String>, CommandError> {
    let mut marked = Vec::new();
    let mut each = |facts: SecretFacts| {
        if facts.annotations.contains(REPLACED_BY) {
            marked.push(facts.name);
        }
    };
    let listed = cluster.list_secrets(Some(namespace), &mut each).await;
    listed.map_err(ClusterError::unmasked)?;
    let mut found = Vec::new();
    for name in marked {
        if is_replaced(cluster, namespace, &name).await?
            && named_by(cluster, namespace, &name, Unseen::IsTold, ui)
                .await?
                .is_none()
        {
            found.push(name);
        }
    }
    Ok(found)
}

/// What lists that may not be seen mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unseen {
    /// Something in them may name the Secret: it stays.
    Keeps,
    /// Somebody was asked, and has said that it may go.
    IsTold,
}

/// Whether a Secret was removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Removed {
    Yes,
    No,
}

/// Removes one, or tells why it stays.
///
/// # Errors
/// Status 5: nothing else is left to do.
pub(super) async fn remove(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    unseen: Unseen,
    ui: &Ui,
) -> Result<Removed, CommandError> {
    let partial = |error: CommandError| {
        CommandError::partial(format!("secret/{name} is not removed: {}", error.message()))
            .hints(error.next_steps().to_vec())
    };
    if let Some(by) = named_by(cluster, namespace, name, unseen, ui)
        .await
        .map_err(partial)?
    {
        ui.note(format!(
            "secret/{name} stays as long as {by} names it; rotate --gc removes it then"
        ));
        return Ok(Removed::No);
    }
    if !is_replaced(cluster, namespace, name)
        .await
        .map_err(partial)?
    {
        return Ok(Removed::No);
    }
    let is_meant = |secret: &StoredSecret| secret.annotations.contains_key(REPLACED_BY);
    let removed = successor::remove(cluster, namespace, name, is_meant).await;
    removed.map_err(|error| partial(error.unmasked()))?;
    ui.note(format!(
        "secret/{name} is removed: nothing refers to it any more"
    ));
    Ok(Removed::Yes)
}

/// Whether a Secret is what it says: immutable, and another one that a run has made has
/// all of its keys. An annotation alone proves nothing.
async fn is_replaced(cluster: &Cluster, namespace: &str, name: &str) -> Result<bool, CommandError> {
    let read = async |name: &str| {
        let body = cluster.get_secret(namespace, name).await;
        let body = body.map_err(ClusterError::unmasked)?;
        Ok::<_, CommandError>(body.and_then(|body| StoredSecret::parse(&body).ok()))
    };
    let Some(old) = read(name).await? else {
        return Ok(false);
    };
    let by = old.annotations.get(REPLACED_BY);
    let Some(by) = by.filter(|by| check_object_name(by).is_ok() && *by != name) else {
        return Ok(false);
    };
    Ok(read(by).await?.is_some_and(|new| {
        old.immutable
            && new.immutable
            && new.annotations.contains_key(MADE_BY)
            && new.secret_type == old.secret_type
            && old.data.keys().all(|key| new.data.contains_key(key))
    }))
}

/// What uses a Secret now, if something does.
///
/// # Errors
/// When the cluster cannot be asked.
pub(super) async fn used_by(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    ui: &Ui,
) -> Result<Option<String>, CommandError> {
    let inventory = super::survey(cluster, &[name], ui).await?;
    Ok(user(&inventory, namespace, name))
}

fn user(inventory: &Inventory, namespace: &str, name: &str) -> Option<String> {
    // The history of a workload is none of its users: it takes no pods by itself.
    let is_history = |used: &Use<'_>| {
        used.workload.is_some_and(|workload| {
            workload.kind == WorkloadKind::ReplicaSet && workload.metadata.owner.is_some()
        })
    };
    let mut users = inventory.uses_of(namespace, name);
    if let Some(used) = users.find(|used| !is_history(used)) {
        return Some(used.subject.short());
    }
    let of_pod = |pod: &&crate::inventory::Pod| {
        let references = crate::workload::reference::of_pod(&pod.spec);
        !pod.is_finished()
            && !pod.metadata.deleting
            && references.iter().any(|one| one.secret.value == name)
    };
    inventory.pods.iter().find(of_pod).map(|pod| pod.id.short())
}

/// Who names a Secret, if somebody does.
async fn named_by(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    unseen: Unseen,
    ui: &Ui,
) -> Result<Option<String>, CommandError> {
    let inventory = super::survey(cluster, &[name], ui).await?;
    let is_other = |grant: &&Grant| grant.resource != "secrets";
    let hidden = inventory.hidden.iter().find(is_other);
    match (inventory.denied.iter().find(is_other), hidden, unseen) {
        (Some(grant), ..) | (None, Some(grant), Unseen::Keeps) => {
            return Ok(Some(format!(
                "perhaps what you may not see ({})",
                grant.words()
            )));
        }
        (None, Some(grant), Unseen::IsTold) => ui.warn(format!(
            "secret/{name}: whether something names it that you may not see ({}) is not known",
            grant.words()
        )),
        (None, None, _) => {}
    }
    if let Some(by) = user(&inventory, namespace, name) {
        return Ok(Some(by));
    }
    let mut by = None;
    for resource in [REPLICA_SETS, CONTROLLER_REVISIONS] {
        let each = &mut |node: Node| {
            let object = node.at(&["metadata", "name"]).and_then(Node::as_str);
            if mentions(&node, name) {
                by.get_or_insert(format!(
                    "{}/{}",
                    resource.kind.to_ascii_lowercase(),
                    object.unwrap_or_default()
                ));
            }
        };
        let listed = cluster.list(&resource, Some(namespace), each).await;
        listed.map_err(ClusterError::unmasked)?;
    }
    Ok(by)
}

/// Whether any text of an object is the name: more than enough, for a Secret that stays
/// too long does no harm.
fn mentions(node: &Node, name: &str) -> bool {
    node.as_str() == Some(name)
        || node.items().iter().any(|item| mentions(item, name))
        || (node.entries().iter()).any(|entry| mentions(&entry.value, name))
}
