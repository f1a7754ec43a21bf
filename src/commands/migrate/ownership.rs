//! Whether the server keeps the owner of files (`defaultUser`, KEP-5936): one
//! that does not know the field drops it silently, so it is offered or used
//! only after a dry run has shown it in the answer.

use crate::api::NODES;
use crate::cluster::Cluster;
use crate::inventory::node;
use crate::migration::{FileOwner, Plan};
use crate::ui::Ui;
use crate::workload::{Object, Workload};

use super::arguments::MigrateArgs;
use super::planner::Planner;
use crate::live::Target;

/// Lets the planner know what the server does; whether plans may differ now.
pub(super) async fn settle(
    args: &MigrateArgs,
    cluster: &Cluster,
    planner: &mut Planner<'_>,
    plans: &[Plan],
    ui: &Ui,
) -> bool {
    // Only where something is refused can an owner help, or be offered.
    let refused = || plans.iter().filter(|plan| plan.refuses());
    planner.options.file_owner = FileOwner::Process;
    let trial = refused()
        .filter_map(|plan| planner.plan_of(&plan.subject))
        .find(|plan| plan.changes() && plan.volumes.iter().any(|volume| volume.user.is_some()));
    planner.options.file_owner = FileOwner::Root;
    let Some(trial) = trial else {
        return false;
    };
    let kept = match keeps(cluster, &trial).await {
        Ok(kept) => kept,
        Err(why) if args.plan.default_user => {
            ui.warn(format!(
                "it is not known whether the server keeps defaultUser: {why}; files belong to root"
            ));
            return false;
        }
        Err(_) => return false,
    };
    match (kept, args.plan.default_user) {
        (Kept::Yes, true) => {
            if let Some(node) = old_kubelet(cluster).await {
                ui.warn(format!(
                    "node {node} has a kubelet that does not know defaultUser: files of pods there belong to root"
                ));
            }
            planner.options.file_owner = FileOwner::Process;
        }
        (Kept::Yes, false) => planner.options.file_owner = FileOwner::Offered,
        (Kept::No, true) => ui.warn(
            "this server drops defaultUser (it is known from Kubernetes 1.38 on, and before that \
             with the feature gate AtomicWriteVolumeUserFields); files belong to root",
        ),
        (Kept::No, false) => {}
    }
    planner.options.file_owner != FileOwner::Root
}

enum Kept {
    Yes,
    No,
}

async fn keeps(cluster: &Cluster, trial: &Plan) -> Result<Kept, String> {
    let target = Target::new(cluster, &trial.subject)
        .ok_or_else(|| format!("{} cannot be changed", trial.subject.short()))?;
    let tried = target
        .tried(&trial.operations)
        .await
        .map_err(|error| error.unmasked().message().to_owned())?;
    Ok(match tried {
        Some(tried) if has_owners(&tried, trial) => Kept::Yes,
        _ => Kept::No,
    })
}

/// Whether each volume that was to have an owner has it.
fn has_owners(tried: &Object, trial: &Plan) -> bool {
    let Some(workload) = Workload::from_object(tried) else {
        return false;
    };
    let wanted = trial.volumes.iter().filter(|volume| volume.user.is_some());
    wanted.into_iter().all(|wanted| {
        workload.pod.volumes.iter().any(|volume| {
            volume.name.value == wanted.name
                && volume.kind.default_user().map(|user| user.value) == wanted.user
        })
    })
}

/// A node whose kubelet is older than the field, where nodes may be listed.
async fn old_kubelet(cluster: &Cluster) -> Option<String> {
    const FIRST: u32 = 37;
    let mut old = None;
    let mut look = |root| {
        if let Some((name, Some(version))) = node::of_tree(&root)
            && version.minor < FIRST
        {
            old.get_or_insert(name);
        }
    };
    cluster.list(&NODES, None, &mut look).await.ok()?;
    old
}
