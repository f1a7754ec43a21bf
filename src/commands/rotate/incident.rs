//! `--compromised`: a value that somebody else has.

use crate::auditing::{Exposure, Known, Readers};
use crate::cluster::Cluster;
use crate::commands::input::{self, Purpose};
use crate::error::CommandError;
use crate::gathering::live::Namespaces;
use crate::output::rotation::Changed;
use crate::ui::Ui;

use super::arguments::{RotateArgs, StrategyWord};

/// Refuses what keeps an old value alive.
///
/// # Errors
/// Status 2.
pub(super) fn check(args: &RotateArgs, ui: &Ui) -> Result<(), CommandError> {
    let refused = |flag: &str| {
        Err(CommandError::usage(format!(
            "--compromised ends the old value at once, and {flag} keeps it; nothing was changed"
        )))
    };
    if args.value.keep.is_some() {
        return refused("--keep");
    }
    if !args.value.grace.is_zero() {
        return refused("--grace");
    }
    if args.value.stage {
        return refused("--stage");
    }
    match args.value.strategy {
        StrategyWord::InPlace => {}
        StrategyWord::Overlap => return refused("--strategy overlap"),
        StrategyWord::Alternate => return refused("--strategy alternate"),
    }
    let other = &args.other_side;
    if other.set_exec.is_none() && other.set_job.is_none() && other.retire_exec.is_none() {
        ui.warn("nothing revokes the old value on the other side: anybody who has it can still use it there (--set-exec, --retire-exec)");
    }
    if other.test_old_exec.is_none() {
        ui.warn("nothing proves that the old value is refused (--test-old-exec)");
    }
    Ok(())
}

/// Says who may have come by the values.
///
/// # Errors
/// When the cluster cannot be asked.
pub(super) async fn expose(
    secrets: &mut [Changed],
    cluster: &Cluster,
    ui: &Ui,
) -> Result<(), CommandError> {
    let namespace = cluster.namespace().to_owned();
    let namespaces = Namespaces::One(namespace.clone());
    let inventory =
        input::survey(cluster, cluster.server(), &namespaces, Purpose::Audit, ui).await?;
    for secret in secrets {
        let Some(facts) = inventory
            .secrets_in(&namespace)
            .find(|facts| facts.name == secret.name)
        else {
            continue;
        };
        let found = Exposure::of(&inventory, facts);
        secret.exposure = vec![
            told("can read it", &found.readers),
            told("can run commands in pods here", &found.exec),
            told("can start pods here that take it", &found.pods),
        ];
    }
    Ok(())
}

fn told(what: &str, known: &Known<Readers>) -> String {
    match known {
        Ok(found) if found.count == 0 => format!("nobody {what}, by RBAC"),
        Ok(found) => {
            let more = found.count.saturating_sub(found.first.len());
            let names = found.first.join(", ");
            let more = match more {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{} subjects {what}: {names}{more}", found.count)
        }
        Err(_) => format!("who {what} is not known: roles and bindings may not be listed"),
    }
}
