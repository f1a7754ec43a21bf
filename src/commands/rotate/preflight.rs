//! What is made sure of before the first write.

use std::collections::BTreeSet;

use crate::api::{DISRUPTION_BUDGETS, QUOTAS};
use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint};
use crate::consumption::How;
use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::live::Target;
use crate::rotation::headroom::{Budget, Quota, obstacles};
use crate::rotation::plan::{Fate, Left, Plan};
use crate::rotation::record::{Move, Restarts};
use crate::rotation::waves::{Order, WAVE};
use crate::secret::redactor::Redactor;
use crate::ui::Ui;
use crate::workload::ObjectId;

use super::arguments::{RotateArgs, StrategyWord};
use super::members::stamp_of;
use super::run::Draft;

/// Refuses a plan that may lack a workload.
///
/// # Errors
/// Status 3, with the permission that is missing.
pub(crate) fn seen(plan: &Plan, role: &Hint) -> Result<(), CommandError> {
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
        .hint(role.clone())),
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
            "the annotation {WAVE} of {} is not a whole number from -1000 to 1000; nothing was changed",
            id.short()
        ))),
    }
}

/// Refuses to change a credential on one side only, and tests that mean nothing.
///
/// # Errors
/// Status 2.
pub(super) fn other_side(plan: &Plan, args: &RotateArgs) -> Result<(), CommandError> {
    let flags = &args.other_side;
    let alternates = args.value.strategy == StrategyWord::Alternate;
    if alternates && (flags.test_old_exec.is_some() || flags.retire_exec.is_some()) {
        return Err(CommandError::usage(
            "with --strategy alternate the login of before stays valid until the next rotation: --test-old-exec and --retire-exec do not fit; nothing was changed",
        ));
    }
    let sets = flags.set_exec.is_some() || flags.set_job.is_some();
    if alternates && !sets {
        return Err(CommandError::usage(
            "with --strategy alternate another user gets the new value, and nothing tells the other side; nothing was changed",
        )
        .hint("Name a program with --set-exec."));
    }
    if args.value.stage && !plan.hooks.is_empty() {
        return Err(CommandError::usage(
            "--stage does not fit programs for the other side: consumers that are not restarted would be locked out; nothing was changed",
        ));
    }
    match plan.init_only.first() {
        Some(one) if !sets && !flags.accept_init_only => {
            Err(CommandError::usage(format!(
                "{} ({}) takes {} only when it initialises its data: it would keep the old value, and all others would get the new one; nothing was changed",
                one.workload.short(),
                one.image,
                one.variable
            ))
            .hint("Change the value on the server, too, with --set-exec. If that is done some other way, add --accept-init-only."))
        }
        _ => Ok(()),
    }
}

/// Refuses to move references that this program does not change.
///
/// # Errors
/// Status 2, naming who has one.
pub(super) fn movable(plan: &Plan, moves: &[Move]) -> Result<(), CommandError> {
    if moves.is_empty() {
        return Ok(());
    }
    let refused = |id: &ObjectId, why: &str, way: &str| {
        let names: Vec<_> = moves
            .iter()
            .map(|one| format!("secret/{}", one.from))
            .collect();
        Err(CommandError::usage(format!(
            "{} is immutable, so references to it have to change, and {} {why}; nothing was changed",
            names.join(", "),
            id.short()
        ))
        .hint(way))
    };
    let moved = |name: &str| moves.iter().any(|one| one.from == name || one.to == name);
    for affected in &plan.workloads {
        if !affected.uses.iter().any(|used| moved(&used.secret.name)) {
            continue;
        }
        if let Some(owner) = &affected.owner {
            let why = format!("is written by {}, which would take that back", owner.who);
            return refused(
                &affected.id,
                &why,
                "Create a Secret with another name, and change the references where they are written.",
            );
        }
        if matches!(
            affected.fate,
            Fate::RestartRollout | Fate::Left(Left::Custom)
        ) {
            return refused(
                &affected.id,
                "is a custom resource",
                "Create a Secret with another name, and change the reference of that resource yourself.",
            );
        }
    }
    match plan
        .others
        .iter()
        .find(|other| !matches!(other.how, How::Custom { .. }))
    {
        None => Ok(()),
        Some(other) => refused(
            &other.id,
            "names it and makes no pods",
            "Create a Secret with another name, and change the references to it yourself.",
        ),
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
    args: &RotateArgs,
    role: &Hint,
) -> Result<(), CommandError> {
    let tries = args.value.rehearse.is_some() || args.value.verify_pull;
    let (pods, jobs) = (("", "pods"), ("batch", "jobs"));
    for (is_needed, (group, resource)) in [(tries, pods), (args.other_side.set_job.is_some(), jobs)]
    {
        for verb in ["create", "get", "delete"] {
            let needed = Needed {
                namespace,
                verb,
                group,
                resource,
                why: "so the new value could not be tried or set",
            };
            if is_needed {
                needed.check(cluster, role).await?;
            }
        }
    }
    let delete = Needed {
        namespace,
        verb: "delete",
        group: "",
        resource: "secrets",
        why: "so the Secret of the run could not be removed",
    };
    delete.check(cluster, role).await?;
    // The way back of any workload may need an eviction.
    may_restart(cluster, plan, |_| true, role).await
}

/// Asks for the permissions without which a restart is begun and cannot be seen through.
///
/// # Errors
/// Status 3, with the permission that is missing.
pub(crate) async fn may_restart(
    cluster: &Cluster,
    plan: &Plan,
    evicts: impl Fn(Fate) -> bool,
    role: &Hint,
) -> Result<(), CommandError> {
    let mut all = BTreeSet::new();
    for affected in plan.replaced() {
        let namespace = affected.id.namespace.as_str();
        if let Some(target) = Target::restartable(cluster, &affected.id) {
            all.insert(Needed {
                namespace,
                verb: "get",
                group: target.resource.group,
                resource: target.resource.plural,
                why: "so the restart could not be watched",
            });
        }
        if evicts(affected.fate) {
            all.insert(Needed {
                namespace,
                verb: "create",
                group: "",
                resource: "pods/eviction",
                why: "so pods could not be replaced, at the latest during a rollback",
            });
        }
    }
    for needed in all {
        needed.check(cluster, role).await?;
    }
    Ok(())
}

/// A permission, and what is not possible without it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Needed<'a> {
    namespace: &'a str,
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    why: &'static str,
}

impl Needed<'_> {
    async fn check(&self, cluster: &Cluster, role: &Hint) -> Result<(), CommandError> {
        let Self {
            namespace,
            verb,
            group,
            resource,
            why,
        } = *self;
        let may = cluster.may(verb, group, resource, Some(namespace)).await;
        if may.map_err(ClusterError::unmasked)? {
            return Ok(());
        }
        Err(CommandError::unavailable(format!(
            "you may not {verb} {resource} in namespace {namespace}, {why}; nothing was changed"
        ))
        .hint(role.clone()))
    }
}

/// How to see what pods met with.
pub(crate) fn events(namespace: &str) -> Hint {
    Hint::run(
        "What its pods met with",
        CommandLine::kubectl("get events")
            .namespace(namespace)
            .switch("--field-selector type=Warning"),
    )
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
    let moves: Vec<_> = drafts
        .iter()
        .filter_map(|draft| draft.record.moved())
        .collect();
    match restarts {
        Some(restarts) => {
            restarts_are_taken(cluster, plan, inventory, restarts, &moves, redactor).await
        }
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
    moves: &[Move],
    redactor: &Redactor,
) -> Result<(), CommandError> {
    for affected in plan.changed() {
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
        let stamp = stamp_of(affected.fate, restarts, guard, moves);
        if stamp.is_empty() {
            continue;
        }
        match target.try_restart(object, &stamp).await {
            Ok(true) => {}
            Ok(false) => {
                return Err(CommandError::usage(refused(
                    "admission in the cluster takes the change of its template away",
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
