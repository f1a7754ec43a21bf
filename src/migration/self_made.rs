//! Secrets that the pod may have to make itself. A missing variable stops one
//! container, and another one can make the Secret meanwhile; a missing volume
//! stops the whole pod, which then waits for itself (kubernetes/kubernetes
//! `pkg/kubelet/volumemanager`: no container starts before all volumes are
//! mounted).

use std::collections::BTreeSet;

use crate::inventory::rbac::Action;
use crate::workload::{Container, ContainerClass, PodSpec};

use super::context::Context;
use super::plan::{Note, Plan};

const CREATE: Action<'_> = Action {
    verb: "create",
    group: "",
    resource: "secrets",
};

/// Notes what may have to make a Secret that is now mounted.
pub(super) fn tell(context: &Context<'_>, plan: &mut Plan) {
    let required: BTreeSet<&str> = plan
        .volumes
        .iter()
        .filter(|volume| volume.sources.iter().any(|source| !source.optional))
        .map(|volume| volume.secret.as_str())
        .collect();
    let notes: Vec<_> = required
        .into_iter()
        .filter_map(|secret| {
            let who = in_the_pod(context, secret).or_else(|| in_a_job(context, secret))?;
            Some(Note(format!(
                "Secret {secret} must be there before the pod: {who}, and no container starts before its volumes are mounted."
            )))
        })
        .collect();
    plan.notes.extend(notes);
}

/// A container that runs before or beside the others.
fn in_the_pod(context: &Context<'_>, secret: &str) -> Option<String> {
    let pod = &context.workload.pod;
    let mut containers = pod
        .containers
        .iter()
        .filter(|container| container.class != ContainerClass::Ephemeral);
    if let Some(container) = containers.clone().find(|found| makes(found, secret)) {
        return Some(format!("container {} seems to make it", container.name));
    }
    let several = containers.nth(1).is_some();
    (several && may_create(context, pod)).then(|| {
        format!(
            "its ServiceAccount {} may create Secrets, so one of its containers may make it",
            account(pod)
        )
    })
}

/// A Job of the same namespace, such as a Helm hook.
fn in_a_job(context: &Context<'_>, secret: &str) -> Option<String> {
    let own = &context.workload.id;
    context
        .inventory
        .jobs_in(&own.namespace)
        .filter(|job| job.id != *own)
        .find(|job| job.pod.containers.iter().any(|found| makes(found, secret)))
        .map(|job| format!("{} seems to make it and has to run first", job.id.short()))
}

/// Whether a container's command makes Secrets, as far as its words tell.
fn makes(container: &Container, secret: &str) -> bool {
    let words: Vec<&str> = container
        .command
        .iter()
        .chain(&container.args)
        .map(|word| word.value.as_str())
        .collect();
    let words = words.join(" ");
    words.contains("create secret") || words.contains("--secret-name") && words.contains(secret)
}

fn account(pod: &PodSpec) -> &str {
    pod.service_account
        .as_ref()
        .map_or("default", |account| account.value.as_str())
}

fn may_create(context: &Context<'_>, pod: &PodSpec) -> bool {
    let rbac = &context.inventory.rbac;
    let namespace = context.workload.id.namespace.as_str();
    rbac.bindings().iter().any(|binding| {
        binding.namespace().is_none_or(|own| own == namespace)
            && binding.is_for_account(namespace, account(pod))
            && rbac.allows(binding, CREATE).is_some()
    })
}
