//! `--verify-exec`: a command in a new pod of each workload, which tells by its exit
//! code whether the new value works.

use crate::cluster::{Cluster, ClusterError, Exit};
use crate::command_line::Hint;
use crate::error::CommandError;
use crate::live::{self, Target};
use crate::rotation::plan::{Affected, Plan};
use crate::watch::step::{Cause, Failed};

use super::arguments::ValueArgs;
use super::carry::Trouble;
use super::run::Run;

/// The command, and where it is run.
pub(super) struct Check<'a> {
    pub container: &'a str,
    pub command: Vec<&'a str>,
}

impl<'a> Check<'a> {
    /// The one that the flags ask for.
    pub fn of(args: &'a ValueArgs) -> Option<Self> {
        Some(Self {
            container: args.verify_exec.as_deref()?,
            command: args.command.iter().map(String::as_str).collect(),
        })
    }
}

/// The workloads that have the container.
fn checked<'p>(plan: &'p Plan, container: &'p str) -> impl Iterator<Item = &'p Affected> {
    plan.replaced().filter(move |affected| {
        (affected.uses.iter()).any(|used| {
            let own = used.consumer.container.as_ref();
            own.is_some_and(|own| own.name == container)
        })
    })
}

/// Refuses what cannot be checked, before anything is changed.
///
/// # Errors
/// Status 2 where no consumer has the container, 3 where the permission is missing.
pub(super) async fn possible(
    cluster: &Cluster,
    namespace: &str,
    plan: &Plan,
    check: &Check<'_>,
    role: &Hint,
) -> Result<(), CommandError> {
    if checked(plan, check.container).next().is_none() {
        return Err(CommandError::usage(format!(
            "--verify-exec: no workload that is restarted uses the keys in a container {}; nothing was changed",
            check.container
        )));
    }
    for verb in ["create", "get"] {
        let allowed = cluster.may(verb, "", "pods/exec", Some(namespace)).await;
        if !allowed.map_err(ClusterError::unmasked)? {
            return Err(CommandError::unavailable(format!(
                "--verify-exec needs the verb {verb} on pods/exec in namespace {namespace}, which you do not have; nothing was changed"
            ))
            .hint(role.clone()));
        }
    }
    Ok(())
}

/// Runs the command in one new pod of each workload.
///
/// # Errors
/// When it fails in one of them.
pub(super) async fn run(
    run: &Run<'_>,
    plan: &Plan,
    check: &Check<'_>,
) -> Result<Vec<String>, Trouble> {
    let mut proven = Vec::new();
    for affected in checked(plan, check.container) {
        let id = &affected.id;
        let failed = |why: String| {
            Trouble::Failed(
                Some(id.clone()),
                Failed {
                    why,
                    cause: Cause::Pods,
                },
            )
        };
        let target = Target::restartable(run.cluster, id);
        let targets: Vec<_> = target.into_iter().collect();
        let seen = live::look_at(run.cluster, run.namespace, &targets).await;
        let seen = seen.map_err(ClusterError::unmasked)?;
        let newest = seen
            .pods_of(id)
            .filter(|pod| pod.ready && !pod.metadata.deleting)
            .max_by_key(|pod| pod.metadata.created);
        let Some(pod) = newest else {
            return Err(failed("it has no ready pod to run the check in".to_owned()));
        };
        let (name, container) = (&pod.id.name, check.container);
        let exit = run
            .cluster
            .exec(run.namespace, name, container, &check.command)
            .await;
        let place = format!("container {container} of pod/{name}");
        match exit.map_err(ClusterError::unmasked)? {
            Exit::Code(0) => proven.push(id.short()),
            Exit::Code(code) => {
                return Err(failed(format!(
                    "the check in {place} ended with exit code {code}"
                )));
            }
            Exit::NotRun => {
                return Err(failed(format!("the check could not be run in {place}")));
            }
        }
    }
    Ok(proven)
}
