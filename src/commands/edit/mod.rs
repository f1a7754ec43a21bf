//! `edit`: values of a Secret in the user's editor, safely.

mod arguments;
mod copies;
mod page;
mod write;

pub use arguments::EditArgs;

use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint};
use crate::commands::destination::said;
use crate::commands::dry_run::DryRun;
use crate::commands::question;
use crate::creation::Refusal;
use crate::editor::Desk;
use crate::error::{CommandError, ExitStatus};
use crate::live::secret;
use crate::ownership;
use crate::secret::KeyName;
use crate::secret::redactor::Redactor;
use crate::secret::stored::StoredSecret;
use crate::ui::{Questions, Ui};

use arguments::Wanted;
use copies::Copies;
use page::Page;
use write::{Written, write};

/// What may be done with a text that was not written.
const WAYS: [&str; 4] = [
    "edit the text",
    "write it again",
    "give up, and wipe the text",
    "give up, and keep the text in a file that only you can read",
];

/// Runs `edit`.
///
/// # Errors
/// [`CommandError`] with status 2 for what cannot be edited and for texts that cannot be
/// used, 3 when the cluster cannot be asked, 5 when the Secret was written and is not what
/// was sent. The text is wiped, unless the user wants to keep it.
pub async fn run(args: EditArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let wanted = args.wanted()?;
    if !args.yes && args.dry_run.mode == DryRun::None {
        question::possible(
            ui,
            "Run it in a terminal, or with --yes if your editor opens a window of its own.",
        )
        .map_err(|error| error.hint(from_a_pipe(&args, &wanted)))?;
    }
    let desk = Desk::prepare(args.disk())?;
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let stored = read(&cluster, &wanted, ui).await?;
    for warning in desk.warnings() {
        ui.warn(warning);
    }
    let mut copies = Copies::before(&stored);
    let result = edit(&args, wanted, &desk, &cluster, stored, &mut copies, ui).await;
    // At the very end: nothing that was typed waits for it.
    copies.tell(&desk, ui);
    result
}

/// The command that changes a key where no editor can be looked at.
fn from_a_pipe(args: &EditArgs, wanted: &Wanted) -> Hint {
    let Some(key) = wanted.keys.first().map(KeyName::as_str) else {
        return "To set one key from a pipe, see kubectl secretsafe create --help: --stdin with --update."
            .into();
    };
    let create = CommandLine::secretsafe("create")
        .name(&wanted.name)
        .flag("--stdin", key)
        .switch("--update --yes");
    let namespace = args.connection.explicit_namespace();
    Hint::run(
        "To set one key from a pipe",
        create.namespace(namespace.unwrap_or_default()),
    )
}

async fn edit(
    args: &EditArgs,
    wanted: Wanted,
    desk: &Desk,
    cluster: &Cluster,
    mut stored: StoredSecret,
    copies: &mut Copies,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let mut page = Page::of(&stored, &wanted, cluster);
    loop {
        let Some(mine) = page.filled_in(desk, copies, ui)? else {
            return unchanged(&wanted, ui);
        };
        loop {
            let error = match write(cluster, args, stored, &page.base, &mine, ui).await? {
                Written::Unchanged => return unchanged(&wanted, ui),
                Written::Tried => return Ok(ExitStatus::Ok),
                Written::Done => {
                    restarts(&wanted, cluster, ui);
                    return Ok(ExitStatus::Ok);
                }
                Written::Not { error, now } => {
                    stored = *now;
                    error
                }
            };
            // The text is still in memory: nothing that was typed is lost.
            if ui.questions() == Questions::Forbidden {
                return Err(error);
            }
            ui.error(&error);
            match ui.choose("The text is not written. What now?", &WAYS) {
                Ok(Some(0)) => {
                    page.again(&stored, &mine, &error);
                    break;
                }
                Ok(Some(1)) => {}
                Ok(Some(3)) => {
                    let path = desk.keep(page.text())?;
                    ui.warn(format!(
                        "the text is in {}: remove it when you no longer need it",
                        path.display()
                    ));
                    return Err(error);
                }
                _ => return Err(error),
            }
        }
    }
}

/// The Secret, if it is one that may be edited.
async fn read(cluster: &Cluster, wanted: &Wanted, ui: &Ui) -> Result<StoredSecret, CommandError> {
    let name = &wanted.name;
    let nothing = Redactor::new([]);
    let body = match cluster.get_secret(cluster.namespace(), name).await {
        Ok(body) => body,
        Err(error) => return Err(error.into_command_error(&nothing, &[])),
    };
    let body = body.ok_or_else(|| {
        let list = CommandLine::kubectl("get secrets").namespace(cluster.namespace());
        CommandError::usage(format!(
            "secret/{name} does not exist in namespace {}; nothing was changed",
            cluster.namespace()
        ))
        .hint(Hint::run("To list those that do", list))
    })?;
    let stored = StoredSecret::parse(&body).map_err(|error| {
        CommandError::unavailable(format!("the answer for secret/{name} is {error}"))
            .hint("Check that the address in the kubeconfig is a Kubernetes API server.")
    })?;
    let redactor = Redactor::new(stored.data.values());
    secret::show_warnings(cluster, &redactor, ui);
    if let Some(owner) = ownership::find(&stored) {
        return Err(super::create::refused(
            name,
            Refusal::Owned(owner),
            &redactor,
        ));
    }
    if stored.immutable {
        return Err(super::create::refused(name, Refusal::Immutable, &redactor));
    }
    let missing = (wanted.keys.iter()).find(|key| !stored.data.contains_key(*key));
    if let Some(missing) = missing {
        let keys: Vec<_> = stored.data.keys().map(ToString::to_string).collect();
        let error = CommandError::usage(format!(
            "secret/{name} has no key {missing}; nothing was changed"
        ));
        return Err(match keys.is_empty() {
            true => error.hint("It has no keys."),
            false => error.hint(format!(
                "It has {}. A new key is added by editing the whole Secret.",
                crate::words::listed(keys.iter().map(String::as_str))
            )),
        });
    }
    Ok(stored)
}

fn unchanged(wanted: &Wanted, ui: &Ui) -> Result<ExitStatus, CommandError> {
    said(ui, format!("secret/{} unchanged", wanted.name))
}

/// What runs keeps the old value until it starts again.
fn restarts(wanted: &Wanted, cluster: &Cluster, ui: &Ui) {
    let consumers = CommandLine::secretsafe("consumers")
        .namespace(cluster.namespace())
        .operand(&format!("secret/{}", wanted.name))
        .on(cluster.connection());
    ui.hint(Hint::run(
        "containers that take the value when they start have the old one until then; to list them",
        consumers,
    ));
}
