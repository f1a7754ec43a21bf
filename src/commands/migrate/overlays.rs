//! Bases and overlays: what a change of a base means where patches are applied,
//! and patches that only look like workloads.

use crate::finding::quoted;
use crate::inventory::Inventory;
use crate::kustomization::{Kustomizations, Weight};
use crate::migration::{Note, Plan, Refusal};
use crate::workload::Workload;

use super::files::Planned;

/// Adds to each plan what the kustomizations among the files do to it.
pub(super) fn heed(inventory: &Inventory, planned: &mut [Planned<'_>]) {
    let kustomizations = Kustomizations::of(inventory);
    for Planned { plan, workload, .. } in planned {
        if let Some(refusal) = part(inventory, &kustomizations, workload) {
            *plan = Plan::refused(workload, refusal);
            continue;
        }
        if !plan.changes() {
            continue;
        }
        for collision in kustomizations.collisions(workload, plan) {
            match collision.weight {
                Weight::Warns => plan
                    .notes
                    .push(Note(format!("{} {}", collision.reason, collision.next))),
                Weight::Breaks => {
                    plan.give_up();
                    plan.refusals.push(Refusal {
                        path: collision.path,
                        reason: collision.reason,
                        next: vec![collision.next],
                    });
                }
            }
        }
    }
}

/// A patch names the containers it changes, and so looks like a workload. What
/// becomes of its variables is known only with the base it is applied to.
fn part(
    inventory: &Inventory,
    kustomizations: &Kustomizations<'_>,
    workload: &Workload,
) -> Option<Refusal> {
    let name = workload.id.short();
    let file = inventory.source(workload.origin)?.text.name();
    let (reason, next) = match kustomizations.patched_by(workload.origin) {
        Some(kustomization) => (
            format!(
                "{file} is no whole {name} but a patch of {kustomization}: what it sets is \
                 decided together with the base."
            ),
            format!(
                "Move its variables by hand, or take a patch made from the whole: \
                 kubectl secretsafe migrate -k {} --emit kustomize",
                quoted(folder(kustomization))
            ),
        ),
        None if workload
            .pod
            .containers
            .iter()
            .all(|container| container.image.is_none()) =>
        {
            (
                format!("{file} is no whole {name}: none of its containers has an image."),
                "If it is a patch, give the folder of its kustomization too, or give that with -k."
                    .to_owned(),
            )
        }
        None => return None,
    };
    Some(Refusal {
        path: workload.pod.site.path.clone(),
        reason,
        next: vec![next],
    })
}

/// The folder of a file, as `kubectl kustomize` takes it.
fn folder(file: &str) -> &str {
    match file.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}
