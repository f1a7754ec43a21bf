//! `migrate`: from environment variables to mounted files.

mod answer;
mod arguments;
mod blind;
mod built;
mod change;
mod deliver;
mod emit;
mod failure;
mod files;
mod images;
mod kustomize;
mod live;
mod overlays;
mod ownership;
mod planned;
mod planner;
mod rendered;
mod show;
mod status;
mod undo;
mod verify;
mod wishes;

pub use arguments::MigrateArgs;

use crate::api::{RoleScope, Task};
use crate::commands::input;
use crate::error::{CommandError, ExitStatus};
use crate::inventory::role_command;
use crate::ui::Ui;

/// Runs `migrate`.
///
/// # Errors
/// [`CommandError`] with status 2 when nothing can be done, 3 when the cluster
/// could not be asked, 4 when a change failed and was taken back, 5 when part
/// of the work is done.
pub async fn run(args: MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.print_rbac {
        let namespace = input::namespace(&args.connection)?;
        let role = Task::Migrate.role(RoleScope::Namespace(&namespace));
        ui.document(|out| out.write_all(role.as_bytes()))?;
        return Ok(ExitStatus::Ok);
    }
    match carried_out(&args, ui).await {
        Ok(status) => Ok(status),
        Err(error) => {
            let namespace = input::namespace(&args.connection).ok();
            Err(error.enough(&role_command(Task::Migrate, namespace.as_deref())))
        }
    }
}

async fn carried_out(args: &MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.undo {
        undo::possible(args)?;
    }
    args.can_be_tried()?;
    status::check_report(args)?;
    if args.result.undo {
        return undo::run(args, ui).await;
    }
    input::configuration(args.plan.config.as_deref(), ui)?;
    if args.result.yes && args.agrees_to_nothing() {
        ui.warn("--yes has no effect here: nothing is written");
    }
    if let Some(folder) = &args.input.kustomize {
        kustomize::run(folder, args, ui).await
    } else if args.input.filename.is_empty() {
        live::run(args, ui).await
    } else {
        files::run(args, ui).await
    }
}
