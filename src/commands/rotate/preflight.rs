//! What is made sure of before the first write.

use crate::api::{DISRUPTION_BUDGETS, QUOTAS};
use crate::cluster::{Cluster, ClusterError};
use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::live::Target;
use crate::live::restart::Stamp;
use crate::rotation::headroom::{Budget, Quota, obstacles};
use crate::rotation::plan::{Fate, Plan};
use crate::rotation::record::Restarts;
use crate::rotation::waves::{Order, WAVE};
use crate::secret::redactor::Redactor;
use crate::ui::Ui;

use super::run::Draft;

/// Refuses a plan that may lack a workload.
///
/// # Errors
/// Status 3, with the permission that is missing.
pub(crate) fn seen(plan: &Plan) -> Result<(), CommandError> {
    const NEEDED: [&str; 5] = [
        "pods",
        "deployments",
        "statefulsets",
        "daemonsets",
        "replicasets",
    ];
    let needed = |resource: &str| NEEDED.contains(&resource);
    match plan.not_seen.iter().find(|grant| needed(&grant.resource)) {
        None => Ok(()),
        Some(grant) => Err(CommandError::unavailable(format!(
            "you may not {}, so it is not known who uses the Secret; nothing was changed",
            grant.words()
        ))
        .hint(grant.role_command())),
    }
}

/// Refuses an order that means nothing.
///
/// # Errors
/// Status 2, naming the workload.
pub(crate) fn order(plan: &Plan, order: &Order) -> Result<(), CommandError> {
    let named = order.canary.iter().chain(order.waves.iter().flatten());
    for named in named {
        if !plan.replaced().any(|affected| named.fits(&affected.id)) {
            let known: Vec<_> = plan
                .replaced()
                .map(|affected| affected.id.short())
                .collect();
            let error = CommandError::usage(format!(
                "{}/{} is not among the workloads that are restarted; nothing was changed",
                named.kind, named.name
            ));
            return Err(match known.is_empty() {
                true => error,
                false => error.hint(format!(
                    "These are: {}.",
                    crate::words::folded(known.iter().map(String::as_str))
                )),
            });
        }
    }
    match plan.bad_waves.first() {
        None => Ok(()),
        Some(id) => Err(CommandError::usage(format!(
            "the annotation {WAVE} of {} is no whole number from -1000 to 1000; nothing was changed",
            id.short()
        ))),
    }
}

/// Refuses to replace more pods than were allowed.
///
/// # Errors
/// Status 2.
pub(crate) fn budget(plan: &Plan, budget: Option<usize>) -> Result<(), CommandError> {
    match budget {
        Some(most) if plan.moved() > most => Err(CommandError::usage(format!(
            "{} pods would be replaced, and --budget allows {most}; nothing was changed",
            plan.moved()
        ))),
        _ => Ok(()),
    }
}

/// Asks for the permissions that no dry run shows.
///
/// # Errors
/// Status 3, with the permission that is missing.
pub(super) async fn permissions(
    cluster: &Cluster,
    namespace: &str,
    plan: &Plan,
) -> Result<(), CommandError> {
    // The way back of any workload may need an eviction.
    let evicts = plan.replaced().next().is_some();
    let wanted = [
        (
            true,
            "delete",
            "secrets",
            "so the Secret of the run could not be removed",
        ),
        (
            evicts,
            "create",
            "pods/eviction",
            "so pods could not be replaced, if only on the way back",
        ),
    ];
    for (needed, verb, resource, why) in wanted {
        if !needed {
            continue;
        }
        let may = cluster.may(verb, "", resource, Some(namespace)).await;
        if !may.map_err(ClusterError::unmasked)? {
            return Err(CommandError::unavailable(format!(
                "you may not {verb} {resource} in namespace {namespace}, {why}; nothing was changed"
            ))
            .hint(crate::command_line::Hint::run(
                "A role that allows it",
                crate::command_line::CommandLine::kubectl("create role")
                    .name("secretsafe-rotate")
                    .namespace(namespace)
                    .flag("--verb", verb)
                    .flag("--resource", resource),
            )));
        }
    }
    Ok(())
}

/// Has the server check every later write: quotas, policies and webhooks speak here.
///
/// # Errors
/// What it says; nothing was changed.
pub(super) async fn try_out(
    cluster: &Cluster,
    namespace: &str,
    drafts: &[Draft],
    plan: &Plan,
    inventory: &Inventory,
    redactor: &Redactor,
    ui: &Ui,
) -> Result<(), CommandError> {
    for draft in drafts {
        draft.try_out(cluster, namespace, redactor, ui).await?;
    }
    let restarts = drafts
        .iter()
        .find_map(|draft| draft.record.restarts.as_ref());
    match restarts {
        Some(restarts) => restarts_are_taken(cluster, plan, inventory, restarts, redactor).await,
        None => Ok(()),
    }
}

/// Has the server check the restarts.
///
/// # Errors
/// What it says; nothing was changed.
pub(crate) async fn restarts_are_taken(
    cluster: &Cluster,
    plan: &Plan,
    inventory: &Inventory,
    restarts: &Restarts,
    redactor: &Redactor,
) -> Result<(), CommandError> {
    let restarted = plan
        .replaced()
        .filter(|affected| !matches!(affected.fate, Fate::Evict(_)));
    for affected in restarted {
        let name = affected.id.short();
        let object = inventory
            .workload(&affected.id)
            .and_then(|workload| inventory.object_of(workload));
        let (Some(target), Some(object)) = (Target::restartable(cluster, &affected.id), object)
        else {
            continue;
        };
        let refused = |why: &str| {
            format!("the restart of {name} would be refused: {why}; nothing was changed")
        };
        let known = (restarts.workloads.iter()).find(|known| known.uid == affected.uid);
        let guard = known.and_then(|known| known.guard);
        let stamp = Stamp::new(restarts.stamp, guard);
        match target.try_restart(object, &stamp).await {
            Ok(true) => {}
            Ok(false) => {
                return Err(CommandError::usage(refused(
                    "admission in the cluster takes the annotation of a restart away",
                )));
            }
            Err(error) => {
                let error = error.into_command_error(redactor, &[]);
                return Err(CommandError::new(error.status(), refused(error.message()))
                    .hints(error.next_steps().to_vec()));
            }
        }
    }
    Ok(())
}

/// Tells what may keep pods from being replaced. Who may not list that is not told.
pub(super) async fn headroom(
    cluster: &Cluster,
    namespace: &str,
    plan: &Plan,
    inventory: &Inventory,
    ui: &Ui,
) {
    let (mut budgets, mut quotas) = (Vec::new(), Vec::new());
    if plan.replaced().next().is_none() {
        return;
    }
    let read = &mut |node| budgets.extend(Budget::read(&node));
    let _ = cluster
        .list(&DISRUPTION_BUDGETS, Some(namespace), read)
        .await;
    let read = &mut |node| quotas.extend(Quota::read(&node));
    let _ = cluster.list(&QUOTAS, Some(namespace), read).await;
    for obstacle in obstacles(plan, inventory, &budgets, &quotas) {
        ui.warn(obstacle);
    }
}
