//! `create`: a Secret, safely.

use crate::cluster::{Cluster, ClusterError, ServerDryRun};
use crate::command_line::Hint;
use crate::commands::dry_run::DryRun;
use crate::commands::question;
use crate::creation::plan::Action;
use crate::creation::proof::Expectation;
use crate::creation::{Plan, Refusal, Wish};
use crate::error::{CommandError, ExitStatus};
use crate::live::secret;
use crate::secret::draft::SecretDraft;
use crate::secret::redactor::Redactor;
use crate::secret::source::file::Reading;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;
use crate::values::cleanup::Fate;
use crate::values::gather::Collection;

mod arguments;
mod draft;
mod report;
mod seal;
pub(super) mod sources;

pub use arguments::CreateArgs;

use arguments::CommonArgs;

/// Runs `create`.
///
/// # Errors
/// [`CommandError`] with status 2 for unusable input, 3 when the cluster
/// cannot be asked, 5 when the Secret was written and something after that
/// failed.
pub async fn run(args: CreateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let kind = draft::Kind::from(args);
    let common = &kind.common;
    let wish = match (common.update, common.replace) {
        (true, _) => Wish::Update,
        (_, true) => Wish::Replace,
        _ => Wish::Create,
    };
    let fate = match (common.shred, common.keep) {
        (true, _) => Fate::Shred,
        (_, true) => Fate::Keep,
        _ => Fate::unsaid(ui),
    };
    draft::check_flags(common)?;
    // No value is read before the certificate is there.
    let sealing = match common.seal.seal {
        true => Some(seal::Sealing::prepare(&kind, ui).await?),
        false => None,
    };

    let mut collection =
        Collection::new(ui, reading(common, fate), common.connection.named_files());
    kind.read(&mut collection, ui)?;

    if let Some(sealing) = sealing {
        return sealing.run(&kind, collection, ui);
    }
    if common.dry_run.mode == DryRun::Client {
        kind.ask(&mut collection, ui)?;
        collection.warn_about_values();
        let draft = kind.draft(&mut collection, ui)?;
        let redactor = knowing(&draft, &collection, &[]);
        let plan =
            Plan::new(&draft, None, wish).map_err(|refusal| refuse(&draft, refusal, &redactor))?;
        return report::dry_run(ui, common, &draft, plan.action, &redactor);
    }

    let cluster = Cluster::connect(&common.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let namespace = cluster.namespace().to_owned();
    // An unreachable cluster or a taken name is told before anybody types a
    // value; the guard in the request covers the time until it is sent.
    let known = match &common.name {
        Some(name) if common.append_hash.is_none() => {
            Some(secret::read(&cluster, &namespace, name).await?)
        }
        _ => None,
    };
    if wish == Wish::Create
        && let Some(Some(stored)) = &known
        && kind.has_questions(&collection)
    {
        return Err(taken(stored));
    }
    kind.ask(&mut collection, ui)?;
    collection.warn_about_values();
    let draft = kind.draft(&mut collection, ui)?;
    let stored = match known {
        Some(stored) => stored,
        None => secret::read(&cluster, &namespace, &draft.name).await?,
    };
    let redactor = knowing(&draft, &collection, stored.as_slice());
    secret::show_warnings(&cluster, &redactor, ui);
    let plan = Plan::new(&draft, stored.as_ref(), wish)
        .map_err(|refusal| refuse(&draft, refusal, &redactor))?;
    if stored.is_some() {
        report::show_plan(ui, &draft, &plan);
        if plan.action != Action::Nothing {
            confirm(ui, common, &draft)?;
        }
    }
    if common.dry_run.mode == DryRun::None {
        collection.files.warn_before(ui);
    }

    let dry_run = match common.dry_run.mode {
        DryRun::Server => ServerDryRun::Yes,
        DryRun::None | DryRun::Client => ServerDryRun::No,
    };
    let request = secret::Write {
        cluster: &cluster,
        redactor: &redactor,
        plan: &plan,
        manager: &common.field_manager,
        ways_to_change: report::ways_to_change()
            .into_iter()
            .map(Hint::from)
            .collect(),
        expectation: Expectation {
            draft: &draft,
            namespace: &namespace,
            before: stored.as_ref(),
            wish,
            uid: None,
        },
    };
    if dry_run == ServerDryRun::Yes {
        request.try_out().await?;
        secret::show_warnings(&cluster, &redactor, ui);
        return report::dry_run(ui, common, &draft, plan.action, &redactor);
    }
    let result = request.send_and_prove(ui).await;
    secret::show_warnings(&cluster, &redactor, ui);
    let (after, proof) = match result {
        Ok(proven) => proven,
        Err(error) => {
            collection.files.say_kept(ui);
            return Err(error);
        }
    };
    // What others wrote meanwhile is no less secret.
    let redactor = redactor.and(after.data.values());
    report::done(ui, common, &after, plan.action, &redactor)?;
    collection.files.finish(fate, &proof, ui)?;
    Ok(ExitStatus::Ok)
}

fn reading(common: &CommonArgs, fate: Fate) -> Reading {
    match fate {
        _ if common.dry_run.mode != DryRun::None => Reading::Plain,
        Fate::Shred => Reading::ForShredding,
        Fate::Ask => Reading::PerhapsForShredding,
        Fate::Keep => Reading::Plain,
    }
}

/// Knows every value of a run: the given ones, parts of them, and those that
/// are stored.
fn knowing(draft: &SecretDraft, collection: &Collection<'_>, stored: &[StoredSecret]) -> Redactor {
    Redactor::new(
        draft
            .values()
            .map(|(_, value)| value)
            .chain(&collection.parts)
            .chain(stored.iter().flat_map(|stored| stored.data.values())),
    )
}

fn confirm(ui: &Ui, common: &CommonArgs, draft: &SecretDraft) -> Result<(), CommandError> {
    if common.yes || common.dry_run.mode != DryRun::None {
        return Ok(());
    }
    question::possible(
        ui,
        "Look at the plan with --dry-run=server, then run it again with --yes.",
    )?;
    let question = format!("Change secret/{}?", draft.name);
    if question::confirmed(ui, &question, &format!("secret/{}", draft.name))? {
        Ok(())
    } else {
        Err(CommandError::usage("not confirmed; nothing was changed"))
    }
}

fn taken(stored: &StoredSecret) -> CommandError {
    let keys: Vec<_> = stored.data.keys().map(ToString::to_string).collect();
    let keys = if keys.is_empty() {
        "no keys".to_owned()
    } else {
        format!("the keys {}", keys.join(", "))
    };
    CommandError::usage(format!(
        "secret/{} exists already, with {keys}; nothing was changed",
        stored.name
    ))
    .hints(report::ways_to_change())
}

fn refuse(draft: &SecretDraft, refusal: Refusal, redactor: &Redactor) -> CommandError {
    refused(&draft.name, refusal, redactor)
}

/// Why a stored Secret is not changed, with what to do instead.
pub(super) fn refused(name: &str, refusal: Refusal, redactor: &Redactor) -> CommandError {
    match refusal {
        Refusal::Exists { keys } => {
            let changes: Vec<_> = keys
                .iter()
                .map(|(key, change)| format!("{key} would be {change}"))
                .collect();
            CommandError::usage(format!(
                "secret/{name} exists already; nothing was changed. With --update: {}",
                changes.join(", ")
            ))
            .hints(report::ways_to_change())
        }
        Refusal::Owned(owner) => CommandError::usage(format!(
            "secret/{name} is written by {}, which would revert the change; nothing was changed",
            redactor.whole_or_masked(&owner.who)
        ))
        .hint(redactor.whole_or_masked(&owner.instead)),
        Refusal::TypeDiffers { stored, wanted } => CommandError::usage(format!(
            "secret/{name} has type {}, which cannot become {wanted}; nothing was changed",
            redactor.whole_or_masked(&stored)
        ))
        .hint("Use another name, or delete the Secret first."),
        Refusal::Immutable => CommandError::usage(format!(
            "secret/{name} is immutable; nothing was changed"
        ))
        .hint("Create a Secret with a new name and change the references: nodes may keep serving the old values of a re-created one."),
    }
}
