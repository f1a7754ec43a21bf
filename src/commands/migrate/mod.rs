//! `migrate`: from environment variables to mounted files.

mod arguments;
mod change;
mod failure;
mod files;
mod kustomize;
mod live;
mod overlays;
mod planner;
mod show;
mod take_back;
mod target;
mod undo;
mod verify;
mod wait;

pub use arguments::MigrateArgs;

use crate::error::{CommandError, ExitStatus};
use crate::ui::Ui;

/// Runs `migrate`.
///
/// # Errors
/// [`CommandError`] with status 2 when nothing can be done, 3 when the cluster
/// could not be asked, 4 when a change failed and was taken back, 5 when part
/// of the work is done.
pub async fn run(args: MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.undo {
        undo::run(&args, ui).await
    } else if let Some(folder) = &args.input.kustomize {
        kustomize::run(folder, &args, ui)
    } else if args.input.filename.is_empty() {
        live::run(&args, ui).await
    } else {
        files::run(&args, ui)
    }
}
