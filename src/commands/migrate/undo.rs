//! Taking a migration back, from what is kept on the workload.

use std::time::Duration;

use crate::cluster::{Cluster, ClusterError, WriteOutcome};
use crate::commands::input::{self, Purpose, told};
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::finding::quoted;
use crate::gathering::live::Namespaces;
use crate::migration::journal::Journal;
use crate::ui::{Questions, Ui};
use crate::workload::ObjectId;

use super::arguments::MigrateArgs;
use super::target::{ATTEMPTS, Outcome, Target};

/// The command that does it later.
pub(super) fn command(id: &ObjectId) -> String {
    format!(
        "To take it back: kubectl secretsafe migrate --undo {} -n {}. It restores the template, not what a Secret holds.",
        quoted(&id.short()),
        quoted(&id.namespace)
    )
}

pub(super) async fn run(args: &MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let subjects = Subjects::new(&args.objects, args.input.selector.as_deref())?;
    let cluster = Cluster::connect(&args.connection).await.map_err(told)?;
    let namespaces = Namespaces::One(cluster.namespace().to_owned());
    let inventory = input::survey(&cluster, cluster.server(), &namespaces, Purpose::Checks, ui)
        .await
        .map_err(told)?;
    let chosen = subjects.chosen(&inventory)?;
    if !args.result.yes && ui.questions() == Questions::Forbidden {
        return Err(
            CommandError::usage("there is no terminal to confirm at; nothing was changed")
                .hint("Run it again with --yes."),
        );
    }
    for id in &chosen {
        let Some(target) = Target::new(&cluster, id) else {
            continue;
        };
        let question = format!("Take back the last migration of {}?", id.short());
        if !args.result.yes && !ui.confirm(&question).unwrap_or(false) {
            continue;
        }
        take_back(&target, args.patience(), ui).await?;
        ui.note(format!(
            "{} has the template it had before; what its Secrets hold is as it is now",
            id.short()
        ));
    }
    Ok(ExitStatus::Ok)
}

/// Takes the last step back and waits for the pods.
pub(super) async fn take_back(
    target: &Target<'_>,
    patience: Duration,
    ui: &Ui,
) -> Result<(), CommandError> {
    let name = target.id.short();
    let changed = |why: &str| {
        CommandError::usage(format!(
            "{name} has changed since, so it is not taken back: {why}"
        ))
        .hint("Change it by hand, or in the file it comes from.")
    };
    let mut written = false;
    // What the journal is if a change whose answer was lost was made.
    let mut perhaps = None;
    for _ in 0..ATTEMPTS {
        let object = target
            .read()
            .await
            .map_err(told)?
            .ok_or_else(|| CommandError::usage(format!("{name} is gone")))?;
        let journal =
            Journal::of(&object).map_err(|error| CommandError::usage(error.to_string()))?;
        if perhaps.as_ref() == Some(&journal) {
            written = true;
            break;
        }
        let Some((operations, rest)) = journal.last() else {
            return Err(CommandError::usage(format!(
                "{name} has no migration that could be taken back"
            ))
            .hint("Each migration leaves what takes it back in an annotation of the workload."));
        };
        match target.change(&object, &operations, &rest, |_| {}).await {
            Ok(()) => {
                written = true;
                break;
            }
            // Something else of it was changed meanwhile: the next round reads it anew.
            Err(ClusterError::Invalid { .. } | ClusterError::Conflict { .. })
                if target.changed_since(&object).await => {}
            Err(error @ (ClusterError::Invalid { .. } | ClusterError::Conflict { .. })) => {
                return Err(changed(told(error).message()));
            }
            Err(error) if error.outcome() == WriteOutcome::Unknown => perhaps = Some(rest),
            Err(error) => return Err(told(error)),
        }
    }
    if !written {
        return Err(changed("it keeps changing"));
    }
    target.replace_broken_pods().await.map_err(told)?;
    let progress = ui.progress();
    let outcome = target.wait(patience, &|step| progress.step(step)).await;
    drop(progress);
    match outcome.map_err(told)? {
        Outcome::Done | Outcome::ByHand(_) => Ok(()),
        Outcome::Failed(why) => Err(CommandError::partial(format!(
            "{name} has its old template again, but {why}"
        ))),
    }
}
