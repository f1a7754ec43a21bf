//! Taking a migration back, from what is kept on the workload.

use std::time::Duration;

use crate::cluster::Cluster;
use crate::commands::input::{self, Purpose, told};
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::finding::quoted;
use crate::gathering::live::Namespaces;
use crate::manifest::json_patch;
use crate::migration::journal::{self, Journal};
use crate::ui::{Questions, Ui};
use crate::workload::ObjectId;

use super::arguments::MigrateArgs;
use super::target::{ATTEMPTS, NotMade, PAUSE, Target};
use super::wait::Outcome;

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
        match take_back(&target, Which::Last, args.patience(), ui).await? {
            TakenBack::Whole => ui.note(format!(
                "{} has the template it had before; what its Secrets hold is as it is now",
                id.short()
            )),
            TakenBack::Template(why) => {
                return Err(CommandError::partial(format!(
                    "{} has its old template again, but {why}",
                    id.short()
                )));
            }
            TakenBack::Overtaken(why) => {
                return Err(CommandError::usage(format!(
                    "{} has changed since, so it is not taken back: {why}",
                    id.short()
                ))
                .hint(BY_HAND));
            }
        }
    }
    Ok(ExitStatus::Ok)
}

/// What is left to do where others have changed what a migration changed.
pub(super) const BY_HAND: &str = "Change it by hand, or in the file it comes from.";

/// Which migration is taken back.
pub(super) enum Which<'a> {
    /// The last one.
    Last,
    /// The one that left this journal, if it still is the last one.
    This(&'a Journal),
}

/// What became of taking a migration back.
pub(super) enum TakenBack {
    /// The template is what it was, and so are the pods.
    Whole,
    /// The template is what it was; why this is not known of the pods.
    Template(String),
    /// Others have changed what the migration changed: where. Nothing is done.
    Overtaken(String),
}

/// Takes a migration back and waits for the pods.
///
/// # Errors
/// When the cluster does not let it be taken back, or does not say whether it
/// has been.
pub(super) async fn take_back(
    target: &Target<'_>,
    which: Which<'_>,
    patience: Duration,
    ui: &Ui,
) -> Result<TakenBack, CommandError> {
    if let Some(overtaken) = template(target, which).await? {
        return Ok(overtaken);
    }
    if let Err(error) = target.replace_broken_pods().await {
        return Ok(TakenBack::Template(format!(
            "a pod that does not get ready could not be evicted: {}",
            told(error).message()
        )));
    }
    Ok(match target.watch(patience, ui).await {
        Ok(Outcome::Done | Outcome::ByHand(_)) => TakenBack::Whole,
        Ok(Outcome::Failed(why)) | Err(why) => TakenBack::Template(why),
    })
}

/// Writes the old template; [`TakenBack::Overtaken`] when it cannot be.
async fn template(
    target: &Target<'_>,
    which: Which<'_>,
) -> Result<Option<TakenBack>, CommandError> {
    let name = target.id.short();
    // What the journal is if a change whose answer was lost was made.
    let mut perhaps = None;
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let object = match target.read().await {
            Ok(Some(object)) => object,
            Ok(None) => return Err(CommandError::usage(format!("{name} is gone"))),
            Err(error) => {
                failed.get_or_insert(NotMade::Trial(error));
                break;
            }
        };
        let journal =
            Journal::of(&object).map_err(|error| CommandError::usage(error.to_string()))?;
        if perhaps.as_ref() == Some(&journal) {
            return Ok(None);
        }
        if matches!(which, Which::This(ours) if *ours != journal) {
            return Ok(Some(TakenBack::Overtaken(
                "another migration came after it".to_owned(),
            )));
        }
        let Some((operations, rest)) = journal.last() else {
            return Err(CommandError::usage(format!(
                "{name} has no migration that could be taken back"
            ))
            .hint("Each migration leaves what takes it back in an annotation of the workload."));
        };
        // The server does not say which of the tests failed.
        let fits = journal::specification(&object)
            .and_then(|mut now| json_patch::apply(&mut now, &operations));
        if let Err(error) = fits {
            return Ok(Some(TakenBack::Overtaken(error.to_string())));
        }
        match target.change(&object, &operations, &rest, |_| {}).await {
            Ok(()) => return Ok(None),
            // Something else of it was changed meanwhile: the next round reads it anew.
            Err(error) if error.speaks_of_the_object() && target.changed_since(&object).await => {}
            Err(error) if error.passes() => {
                if error.may_be_stored() {
                    perhaps = Some(rest);
                }
                failed = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.told(&format!("{name} was taken back"))),
        }
    }
    match failed {
        Some(error) => Err(error.told(&format!("{name} was taken back"))),
        None => Ok(Some(TakenBack::Overtaken("it keeps changing".to_owned()))),
    }
}
