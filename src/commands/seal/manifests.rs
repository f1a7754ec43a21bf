//! `seal -f`: plain Secrets of manifests become SealedSecrets.

use crate::command_line::Hint;
use crate::error::{CommandError, ExitStatus};
use crate::gathering::files::InputFile;
use crate::inventory::GitStatus;
use crate::manifest::{Node, SourceText, parse};
use crate::sealing::{Plain, objects};
use crate::ui::Ui;

use super::arguments::OneArgs;
use super::certificate::sealers;
use super::deliver::{self, Ready};
use super::files::read;
use super::namespace;
use crate::commands::dry_run::DryRun;

pub(super) async fn run(args: OneArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.dry_run.mode != DryRun::None {
        return Err(
            CommandError::usage("--dry-run needs --adopt: without it nothing is changed")
                .hint("Leave it out, and look at standard output."),
        );
    }
    let sealers = sealers(&args.key, &args.connection, None, ui).await?;
    deliver::check(&args.result, &sealers)?;
    let context = namespace::of_context(&args.connection)?;
    let read = read(&args.filename, args.recursive, ui)?;
    if let Some(problem) = read.problems.first() {
        return Err(CommandError::usage(format!(
            "{}: {}; nothing was sealed",
            problem.source, problem.message
        )));
    }
    let mut ready = Vec::new();
    for file in &read.files {
        ready.extend(of_file(file, &args, context.as_deref(), ui)?);
    }
    if ready.is_empty() {
        let is_empty = read.files.iter().all(|file| file.text.trim().is_empty());
        let what = match (args.filename.as_slice(), is_empty) {
            ([one], true) if one == "-" => "standard input is empty",
            (_, true) => "the files are empty",
            _ => "the files have no Secret",
        };
        return Err(CommandError::usage(format!("{what}; nothing was sealed"))
            .hint("Give manifests with kind: Secret after -f."));
    }
    for one in &ready {
        deliver::check_public(one, &args.form.allow_repeated, ui)?;
    }
    deliver::deliver(&ready, &sealers, &args.result, ui)?;
    for file in read.files.iter().filter(|file| file.path().is_some()) {
        ui.note(format!("plaintext remains at {}", file.name));
        if file.git == GitStatus::Tracked {
            ui.warn(format!(
                "{} is tracked by git, with its plaintext values: remove it there, and rotate them",
                file.name
            ));
        }
    }
    Ok(ExitStatus::Ok)
}

/// The Secrets of a file; what it has besides is told.
fn of_file(
    file: &InputFile,
    args: &OneArgs,
    context: Option<&str>,
    ui: &Ui,
) -> Result<Vec<Ready>, CommandError> {
    let text = SourceText::new(file.name.clone(), file.text.clone());
    let parsed = parse(&text);
    if let Some(problem) = parsed.problems.first() {
        return Err(CommandError::usage(format!(
            "{}:{}: {}; nothing was sealed",
            file.name, problem.position.line, problem.message
        )));
    }
    let mut ready = Vec::new();
    for document in &parsed.documents {
        for (_, root) in objects(document) {
            let said = |field: &str| root.text_of(field).unwrap_or_default();
            let name = root
                .at(&["metadata", "name"])
                .and_then(Node::as_str)
                .unwrap_or_default();
            let what = format!("{}/{name} of {}", said("kind").to_lowercase(), file.name);
            if (said("apiVersion"), said("kind")) != ("v1", "Secret") {
                ui.note(format!("skipped: {what} is not a Secret"));
                continue;
            }
            ready.push(one(root, args, context).map_err(|(problem, hint)| {
                let error = CommandError::usage(format!("{what}: {problem}; nothing was sealed"));
                error.hints(hint)
            })?);
        }
    }
    Ok(ready)
}

fn one(
    root: &Node,
    args: &OneArgs,
    context: Option<&str>,
) -> Result<Ready, (String, Option<Hint>)> {
    let plain =
        Plain::of_manifest(root).map_err(|problem| (problem.to_string(), problem.hint()))?;
    let target = namespace::target(
        &args.connection,
        context,
        plain.namespace.as_deref(),
        plain.name.as_deref(),
        args.form.scope.map(Into::into),
        plain.scope,
    )
    .map_err(|problem| (problem.to_string(), Some(problem.hint().into())))?;
    Ok(Ready { plain, target })
}
