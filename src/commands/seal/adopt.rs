//! `seal secret/NAME --adopt`: the Secret is handed over to a SealedSecret.

use crate::cluster::Cluster;
use crate::commands::destination::said;
use crate::commands::dry_run::DryRun;
use crate::commands::question;
use crate::error::{CommandError, ExitStatus};
use crate::levels::sealed::KIND;
use crate::live::sealed;
use crate::live::sealed::adopt::{Adoption, State};
use crate::live::secret;
use crate::ownership;
use crate::sealing::document;
use crate::secret::redactor::Redactor;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;

use super::arguments::OneArgs;
use super::certificate::Sealer;
use super::{deliver, live};

/// Name of the field manager of what is written.
const MANAGER: &str = "kubectl-secretsafe";

pub(super) async fn run(
    args: &OneArgs,
    cluster: &Cluster,
    sealers: &[Sealer],
    stored: StoredSecret,
    redactor: &Redactor,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let [sealer] = sealers else {
        return Err(
            CommandError::usage("a Secret can be handed over in one cluster only")
                .hint("Give one --cert."),
        );
    };
    let name = stored.name.clone();
    let existing = sealed::read(cluster, &stored.namespace, &name, redactor).await?;
    if let Some(existing) = existing {
        let is_own = stored
            .controller
            .as_ref()
            .is_some_and(|owner| owner.kind == KIND && owner.name == name);
        if is_own && State::of(&existing) == State::Synced {
            ui.data_line(format!(
                "secret/{name} unchanged: a SealedSecret owns it already"
            ))
            .map_err(|error| CommandError::usage(error.to_string()))?;
            return Ok(ExitStatus::Ok);
        }
        return Err(CommandError::usage(format!(
            "sealedsecret/{name} exists already and does not own the Secret; nothing was changed"
        ))
        .hint("Look at its status; doctor says why it is not synced."));
    }
    if let Some(owner) = ownership::find(&stored) {
        return Err(CommandError::usage(format!(
            "secret/{name} is written by {}, which would continue to write it; nothing was changed",
            redactor.whole_or_masked(&owner.who)
        ))
        .hint(redactor.whole_or_masked(&owner.instead)));
    }
    // Its values are needed twice: to seal them, and to compare with what comes back.
    let again = live::read(cluster, &stored.namespace, &name, redactor).await?;
    if again.resource_version != stored.resource_version {
        return Err(CommandError::usage(format!(
            "secret/{name} was changed just now; nothing was changed"
        ))
        .hint("Run the command again."));
    }
    let ready = [live::ready(args, again)?];
    if let Some(path) = &args.result.write {
        deliver::check_place(path, &ready, &args.result)?;
    }
    let [ready] = ready;
    deliver::check_public(&ready, &args.form.allow_repeated, ui)?;
    ui.note(format!(
        "sealed for {}, with key {} of {}",
        ready.target,
        sealer.fingerprint.short(),
        sealer.from
    ));
    let document = document::seal(
        &ready.plain,
        &ready.target,
        &sealer.key,
        &sealer.fingerprint,
    )
    .map_err(|error| CommandError::unavailable(error.to_string()))?;
    let adoption = Adoption {
        cluster,
        before: &stored,
        redactor,
        document: &document,
        manager: MANAGER,
        patience: args.timeout,
    };
    ui.note(format!(
        "secret/{name} is annotated, sealedsecret/{name} is created, and the controller takes the Secret over; from then on, deleting the SealedSecret deletes the Secret"
    ));
    if args.dry_run.mode == DryRun::Server {
        adoption.try_out().await?;
        secret::show_warnings(cluster, redactor, ui);
    }
    if args.dry_run.mode != DryRun::None {
        let suffix = match args.dry_run.mode {
            DryRun::Server => " (server dry run)",
            DryRun::Client | DryRun::None => " (dry run)",
        };
        return said(ui, format!("sealedsecret/{name} created{suffix}"));
    }
    if !args.yes {
        question::possible(
            ui,
            "Look at the plan with --dry-run=server, then run it again with --yes.",
        )?;
        let question = format!("Hand secret/{name} over to a SealedSecret?");
        if !question::confirmed(ui, &question, &format!("secret/{name}"))? {
            return Err(CommandError::usage("not confirmed; nothing was changed"));
        }
    }
    adoption.run(ui).await?;
    secret::show_warnings(cluster, redactor, ui);
    let status = said(
        ui,
        format!("sealedsecret/{name} created; secret/{name} has the same bytes as before"),
    )?;
    if let Some(path) = &args.result.write {
        deliver::put(&[document], Some(path), &args.result, ui).map_err(|error| {
            CommandError::partial(format!(
                "secret/{name} is handed over, but {}",
                error.message()
            ))
            .hints(error.next_steps().to_vec())
        })?;
    }
    Ok(status)
}
