//! `migrate --undo`: taking migrations back, from what is kept on the
//! workloads.

use std::path::Path;
use std::time::Duration;

use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint, quoted};
use crate::commands::input::{self, Purpose};
use crate::commands::question::{self, Agreement};
use crate::error::{CommandError, ExitStatus};
use crate::inventory::Inventory;
use crate::migration::{Removal, restoration};
use crate::outcome::{Kind, Outcome};
use crate::ui::Ui;
use crate::workload::ObjectId;

use super::answer;
use super::arguments::MigrateArgs;
use super::planner::settle_of;
use crate::journal::Annotation;
use crate::journal::restoration::Restoration;
use crate::live::Target;
use crate::live::take_back::{LastStep, NoStep, NotTakenBack, TakenBack, Undo};
use crate::watch::staying::Staying;

/// What `migrate` keeps, and takes back of it.
pub(super) const UNDO: Undo = Undo {
    annotation: Annotation::MIGRATION,
    check: restoration::check,
};

/// The command that does it later.
pub(super) fn command(id: &ObjectId) -> Hint {
    let undo = CommandLine::secretsafe("migrate --undo")
        .name(&id.short())
        .namespace(&id.namespace);
    Hint::run("To undo it (the template, not the values of Secrets)", undo)
}

/// That the workloads are named, and in a cluster: only there a migration leaves what
/// takes it back.
///
/// # Errors
/// Status 2, with what to do for files.
pub(super) fn possible(args: &MigrateArgs) -> Result<(), CommandError> {
    if let Some(folder) = &args.input.kustomize {
        let folder = quoted(&folder.display().to_string());
        return Err(
            CommandError::usage("--undo cannot be used with -k").hint(format!(
                "Remove the patches from `patches:` of {folder} and apply it again."
            )),
        );
    }
    if !args.input.filename.is_empty() {
        let error = CommandError::usage(
            "--undo cannot be used with -f: a file does not keep what it was before",
        );
        let files = &args.input.filename;
        // Of a directory this would discard what others changed, too.
        let error = match files.iter().all(|path| Path::new(path).is_file()) {
            true => {
                let checkout = CommandLine::program("git checkout HEAD --");
                let checkout = files
                    .iter()
                    .fold(checkout, |command, path| command.operand(path));
                error.hint(Hint::run(
                    "To discard every change of these files since the last commit",
                    checkout,
                ))
            }
            false => error.hint(
                "Restore the files from version control: git checkout HEAD -- FILE discards every change of a file since the last commit.",
            ),
        };
        return Err(error.hint("If it is committed, use git revert."));
    }
    match args.objects.is_empty() {
        true => Err(CommandError::usage("missing argument: TYPE/NAME")
            .hint("Name the workloads to undo, such as deploy/api.")),
        false => Ok(()),
    }
}

pub(super) async fn run(args: &MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let subjects = args.subjects()?;
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let namespaces = args.namespaces(&cluster);
    let inventory =
        input::survey(&cluster, cluster.server(), &namespaces, Purpose::Checks, ui).await?;
    let chosen = subjects.chosen(&inventory)?;
    let targets: Vec<_> = chosen
        .iter()
        .filter_map(|id| Target::new(&cluster, id))
        .collect();
    if targets.is_empty() {
        return Err(CommandError::usage(
            "none of these workloads has a template that can be changed, so there is nothing to undo",
        ));
    }
    if !args.is_dry_run() && !args.result.yes {
        question::possible(ui, "Run it again with --yes.")?;
    }
    let mut outcome = Outcome::default();
    let mut agreement = Agreement::unless(args.result.yes);
    for target in &targets {
        let name = format!("{} in {}", target.id.short(), target.id.namespace);
        if agreement.is_stopped() {
            outcome.add(Kind::Declined, name);
            continue;
        }
        let done = outcome.count(Kind::Changed);
        match of_one(args, target, &inventory, &mut agreement, ui).await {
            Ok(Undone::Yes) => outcome.add(Kind::Changed, name),
            Ok(Undone::No) if args.is_dry_run() => outcome.add(Kind::WouldChange, name),
            Ok(Undone::No) => outcome.add(Kind::Declined, name),
            Err(error) => return Err(question::stopped(ui, done, "taken back", error)),
        }
    }
    if args.is_dry_run() && args.result.exit_code {
        return Ok(ExitStatus::Findings);
    }
    answer::end(args, &outcome, Removal::default())
}

enum Undone {
    Yes,
    No,
}

async fn of_one(
    args: &MigrateArgs,
    target: &Target<'_>,
    inventory: &Inventory,
    agreement: &mut Agreement,
    ui: &Ui,
) -> Result<Undone, CommandError> {
    let name = target.id.short();
    let overtaken = |why: &str| {
        CommandError::usage(format!(
            "{name} has changed since, so it is not taken back: {why}"
        ))
        .hint(BY_HAND)
    };
    let object = target
        .read()
        .await
        .map_err(ClusterError::unmasked)?
        .ok_or_else(|| gone(target))?;
    let step = match LastStep::read(&object, UNDO) {
        Ok(step) => step,
        Err(none) => return Err(no_step(target, none).await),
    };
    let restoration = step.restores.map_err(|why| overtaken(&why))?;
    if args.is_dry_run() {
        ui.note(format!(
            "{name} would get the template it had before its last migration:"
        ));
        tell(&restoration, ui);
        return Ok(Undone::No);
    }
    if !args.result.yes {
        ui.note(format!("{name} would be restored as follows:"));
        tell(&restoration, ui);
        let question = format!("Take back the last migration of {name}?");
        if !agreement.to(ui, &question, &name)? {
            return Ok(Undone::No);
        }
    }
    let staying = Staying::of_change(&settle_of(args, inventory, target.id));
    // What was shown is what is done.
    let taken = target.take_back(&step.journal, UNDO, args.patience(), staying, ui);
    let taken = match taken.await {
        Ok(taken) => taken,
        Err(not_taken) => return Err(error(target, not_taken).await),
    };
    match taken {
        TakenBack::Whole => {
            ui.note(format!(
                "{name} has its previous template again; no Secret was changed"
            ));
            Ok(Undone::Yes)
        }
        TakenBack::Template(why) => Err(CommandError::partial(format!(
            "{name} has its old template again, but {why}"
        ))),
        TakenBack::Overtaken(why) => Err(overtaken(&why)),
    }
}

/// What comes back and what goes; of many lines the first.
fn tell(restoration: &Restoration, ui: &Ui) {
    const MOST: usize = 30;
    for line in restoration.0.iter().take(MOST) {
        ui.note(format!("  {line}"));
    }
    if let Some(more @ 1..) = restoration.0.len().checked_sub(MOST) {
        ui.note(format!("  and {more} more"));
    }
}

/// What is left to do where others have changed what a migration changed.
pub(super) const BY_HAND: &str = "Change it by hand, or in the file it comes from.";

/// Why a migration was not taken back.
pub(super) async fn error(target: &Target<'_>, why: NotTakenBack) -> CommandError {
    match why {
        NotTakenBack::NoStep(none) => no_step(target, none).await,
        NotTakenBack::Gone => gone(target),
        NotTakenBack::Stopped(stopped) => {
            stopped.into_error(&format!("{} was taken back", target.id.short()))
        }
    }
}

fn gone(target: &Target<'_>) -> CommandError {
    CommandError::usage(format!("{} is gone", target.id.short()))
}

async fn no_step(target: &Target<'_>, none: NoStep) -> CommandError {
    let name = target.id.short();
    match none {
        NoStep::None => {
            let none = CommandError::usage(format!(
                "{name} has no migration to undo"
            ))
            .hint("Each migration stores what undoes it in an annotation of the workload.");
            // A run that was interrupted may have left them.
            let stuck = target.stuck_pods(Duration::ZERO).await.unwrap_or_default();
            none.hints(stuck.iter().map(|pod| target.replace_by_hand(pod)))
        }
        NoStep::Unreadable(error) => CommandError::usage(error.to_string()),
        NoStep::Foreign(error) => CommandError::usage(format!(
            "{name} is not taken back by its annotation {}: {error}",
            UNDO.annotation.name()
        ))
        .hint(
            "Others have changed the workload since, or somebody has written the annotation: compare both, and change it back by hand.",
        ),
    }
}
