//! `migrate --undo`: taking migrations back, from what is kept on the
//! workloads.

use crate::cluster::Cluster;
use crate::commands::input::{self, Purpose, told};
use crate::commands::question;
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::finding::quoted;
use crate::ui::{Questions, Ui};
use crate::workload::ObjectId;

use super::arguments::MigrateArgs;
use super::take_back::{TakenBack, Which, gone, last_step, take_back};
use super::target::Target;

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
    let namespaces = args.namespaces(&cluster);
    let inventory = input::survey(&cluster, cluster.server(), &namespaces, Purpose::Checks, ui)
        .await
        .map_err(told)?;
    let chosen = subjects.chosen(&inventory)?;
    let targets: Vec<_> = chosen
        .iter()
        .filter_map(|id| Target::new(&cluster, id))
        .collect();
    if targets.is_empty() {
        return Err(CommandError::usage(
            "none of these is a workload whose template can be changed, so nothing can be taken back",
        ));
    }
    if !args.result.dry_run && !args.result.yes && ui.questions() == Questions::Forbidden {
        return Err(
            CommandError::usage("there is no terminal to confirm at; nothing was changed")
                .hint("Run it again with --yes."),
        );
    }
    let mut done = 0;
    for target in &targets {
        match of_one(args, target, ui).await {
            Ok(Undone::Yes) => done += 1,
            Ok(Undone::No) => {}
            // Its status would say that nothing was changed.
            Err(error) if done > 0 => {
                ui.error(&error);
                return Err(CommandError::partial(format!(
                    "{done} of the workloads were taken back before that, and stay so"
                )));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(if args.result.dry_run && args.result.exit_code {
        ExitStatus::Findings
    } else {
        ExitStatus::Ok
    })
}

enum Undone {
    Yes,
    No,
}

async fn of_one(args: &MigrateArgs, target: &Target<'_>, ui: &Ui) -> Result<Undone, CommandError> {
    let name = target.id.short();
    let overtaken = |why: &str| {
        CommandError::usage(format!(
            "{name} has changed since, so it is not taken back: {why}"
        ))
        .hint(BY_HAND)
    };
    if args.result.dry_run {
        let object = target
            .read()
            .await
            .map_err(told)?
            .ok_or_else(|| gone(target))?;
        let step = last_step(target, &object).await?;
        return match step.unfit {
            Some(why) => Err(overtaken(&why)),
            None => {
                ui.note(format!(
                    "{name} would get the template it had before its last migration"
                ));
                Ok(Undone::No)
            }
        };
    }
    let question = format!("Take back the last migration of {name}?");
    if !args.result.yes && !question::confirmed(ui, &question, &name)? {
        return Ok(Undone::No);
    }
    match take_back(target, Which::Last, args.patience(), ui).await? {
        TakenBack::Whole => {
            ui.note(format!(
                "{name} has the template it had before; what its Secrets hold is as it is now"
            ));
            Ok(Undone::Yes)
        }
        TakenBack::Template(why) => Err(CommandError::partial(format!(
            "{name} has its old template again, but {why}"
        ))),
        TakenBack::Overtaken(why) => Err(overtaken(&why)),
    }
}

/// What is left to do where others have changed what a migration changed.
pub(super) const BY_HAND: &str = "Change it by hand, or in the file it comes from.";
