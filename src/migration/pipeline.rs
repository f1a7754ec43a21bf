//! How the parts of a plan come together.

use crate::inventory::Inventory;
use crate::workload::malformed::{Malformed, malformed};
use crate::workload::{Object, Origin, Workload, WorkloadKind};

use super::context::Context;
use super::options::Options;
use super::plan::{Observed, Plan, Refusal};
use super::{fates, images, mode, mounts, patch, self_made, variables, volumes};

/// Plans the migration of one workload.
pub fn plan(
    inventory: &Inventory,
    workload: &Workload,
    object: &Object,
    options: &Options,
    observed: &Observed,
) -> Plan {
    let options: &Options = &options.of(&workload.id);
    let mut plan = Plan::empty(workload);
    if let Some(refusal) = unknown_kind(workload) {
        plan.refusals.push(refusal);
        return plan;
    }
    let context = Context {
        inventory,
        workload,
        object,
        options,
        observed,
    };
    let malformed = malformed_references(object);
    plan.refusals
        .extend(malformed.iter().map(malformed_refusal));
    if malformed.iter().any(|found| found.fault.is_refused()) {
        return plan;
    }
    let mut candidates = variables::candidates(&context, &mut plan);
    let modes = mode::decide(&context, &candidates, &mut plan);
    let volumes = volumes::arrange(&context, &candidates, &modes, &mut plan);
    mounts::place(&context, &volumes, &mut candidates, &mut plan);
    fates::settle(&context, candidates, &modes, &mut plan);
    self_made::tell(&context, &mut plan);
    images::tell(&context, &mut plan);
    patch::write(&context, &mut plan);
    plan.notes.sort();
    plan.notes.dedup();
    plan
}

/// References that are not written as the API has them: what they were meant to
/// be has to be said first, lest a variable be missed.
fn malformed_references(object: &Object) -> Vec<Malformed> {
    match object.origin {
        Origin::File { .. } => malformed(object),
        // What the API server took is well-formed.
        Origin::Live => Vec::new(),
    }
}

fn malformed_refusal(found: &Malformed) -> Refusal {
    Refusal {
        path: found.site.path.clone(),
        reason: found.sentence(),
        next: vec!["Correct it first (kubectl secretsafe explain SS047).".to_owned()],
    }
}

/// A template inside a custom resource belongs to a controller of its own:
/// whether it takes a volume as a Deployment does is not known here.
fn unknown_kind(workload: &Workload) -> Option<Refusal> {
    (workload.kind == WorkloadKind::Custom).then(|| Refusal {
        path: workload.pod.site.path.clone(),
        reason: format!(
            "{} is a custom resource, which is reported on and never changed.",
            workload.id.short()
        ),
        next: vec![
            "Add the volume and the mounts by hand, where its own file says how.".to_owned(),
        ],
    })
}
