//! `seal`: SealedSecrets, without kubeseal.

use crate::cluster::ConnectionFlags;
use crate::error::{CommandError, ExitStatus};
use crate::ui::{Talk, Ui};

mod adopt;
pub(super) mod arguments;
pub(super) mod certificate;
mod check;
pub(super) mod deliver;
mod files;
mod live;
mod manifests;
pub(super) mod namespace;
mod reseal;
mod set;

pub use arguments::SealArgs;

use arguments::Action;

/// Runs `seal` and its subcommands.
///
/// # Errors
/// [`CommandError`] with status 2 for unusable input and what disagrees, 3 when the
/// controller or the cluster cannot be asked, 4 when an adoption failed and was taken
/// back, 5 when part of the work is done.
pub async fn run(args: SealArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    match args.action {
        Some(Action::Set(args)) => set::run(*args, ui).await,
        Some(Action::Reseal(args)) => reseal::run(args, ui).await,
        Some(Action::Check(args)) => check::run(args, ui).await,
        None => match (&args.one.secret, args.one.filename.is_empty()) {
            (Some(_), true) => live::run(args.one, ui).await,
            (None, false) => manifests::run(args.one, ui).await,
            (Some(_), false) => Err(CommandError::usage(
                "a Secret of the cluster and -f cannot be sealed at once",
            )
            .hint("Seal one after the other.")),
            (None, true) => Err(CommandError::usage("nothing to seal is named").hint(
                "Name a Secret of the cluster, as in seal secret/db, or a manifest with -f FILE.",
            )),
        },
    }
}

impl SealArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(match &self.action {
            None => self.one.quiet,
            Some(Action::Set(args)) => args.quiet,
            Some(Action::Reseal(args)) => args.quiet,
            Some(Action::Check(args)) => args.quiet,
        })
    }

    /// Which cluster they choose.
    pub fn connection(&self) -> &ConnectionFlags {
        match &self.action {
            None => &self.one.connection,
            Some(Action::Set(args)) => &args.connection,
            Some(Action::Reseal(args)) => &args.connection,
            Some(Action::Check(args)) => &args.connection,
        }
    }
}
