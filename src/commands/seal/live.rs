//! `seal secret/NAME`: a Secret of the cluster becomes a SealedSecret.

use crate::cluster::{Cluster, ClusterError};
use crate::error::{CommandError, ExitStatus};
use crate::live::secret;
use crate::sealing::Plain;
use crate::secret::key::check_object_name;
use crate::secret::redactor::Redactor;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;

use super::adopt;
use super::arguments::OneArgs;
use super::certificate::sealers;
use super::deliver::{self, Ready};
use super::namespace;
use crate::commands::dry_run::DryRun;

pub(super) async fn run(args: OneArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let name = name_of(args.secret.as_deref().unwrap_or_default())?;
    if !args.adopt && args.dry_run.mode != DryRun::None {
        return Err(
            CommandError::usage("--dry-run needs --adopt: without it nothing is changed")
                .hint("Leave it out, and look at standard output."),
        );
    }
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let sealers = sealers(&args.key, &args.connection, Some(&cluster), ui).await?;
    deliver::check(&args.result, &sealers)?;
    let namespace = cluster.namespace().to_owned();
    let stored = read(&cluster, &namespace, &name, &Redactor::default()).await?;
    let redactor = Redactor::new(stored.data.values());
    secret::show_warnings(&cluster, &redactor, ui);
    if args.adopt {
        return adopt::run(&args, &cluster, &sealers, stored, &redactor, ui).await;
    }
    let ready = ready(&args, stored)?;
    deliver::check_public(&ready, &args.form.allow_repeated, ui)?;
    deliver::deliver(&[ready], &sealers, &args.result, ui)?;
    Ok(ExitStatus::Ok)
}

/// For what a stored Secret is sealed: its own place.
pub(super) fn ready(args: &OneArgs, stored: StoredSecret) -> Result<Ready, CommandError> {
    let name = stored.name.clone();
    let told = |problem: String| {
        CommandError::usage(format!("secret/{name}: {problem}; nothing was sealed"))
    };
    let plain = Plain::of_stored(stored).map_err(|problem| told(problem.to_string()))?;
    let target = namespace::target(
        &args.connection,
        None,
        plain.namespace.as_deref(),
        plain.name.as_deref(),
        args.form.scope.map(Into::into),
        plain.scope,
    )
    .map_err(|problem| told(problem.to_string()).hint(problem.hint()))?;
    Ok(Ready { plain, target })
}

/// Reads a Secret that has to be there.
///
/// # Errors
/// Status 3 where it may not be read, 2 where it does not exist.
pub(super) async fn read(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    redactor: &Redactor,
) -> Result<StoredSecret, CommandError> {
    let body = cluster
        .get_secret(namespace, name)
        .await
        .map_err(|error| error.into_command_error(redactor, &[]))?;
    let Some(body) = body else {
        return Err(CommandError::usage(format!(
            "secret/{name} does not exist in namespace {namespace}"
        ))
        .hint("Check the name, and the namespace after -n."));
    };
    StoredSecret::parse(&body).map_err(|error| {
        CommandError::unavailable(format!("the answer for secret/{name} is {error}"))
    })
}

fn name_of(word: &str) -> Result<String, CommandError> {
    const ADVICE: &str = "Write secret/NAME.";
    let name = match word.split_once('/') {
        None => word,
        Some(("secret" | "secrets", name)) => name,
        Some(_) => return Err(CommandError::usage("only Secrets can be sealed").hint(ADVICE)),
    };
    check_object_name(name).map_err(|_| CommandError::usage("invalid Secret name").hint(ADVICE))?;
    Ok(name.to_owned())
}
