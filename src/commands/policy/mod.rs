//! `policy`: prints admission policies for the API server, or lists what would not pass them.

use std::io;

use serde_json::json;

use crate::command_line::{CommandLine, Hint};
use crate::commands::input::{self, Purpose};
use crate::error::{CommandError, ExitStatus};
use crate::output::Syntax;
use crate::output::policy::{self as output, Format};
use crate::policy::object::{names, objects};
use crate::policy::who::{Part, Report};
use crate::policy::{Concern, Correction, Delivery, Mode, Wish};
use crate::ui::Ui;

mod arguments;

pub use arguments::PolicyArgs;

/// Runs `policy`.
///
/// # Errors
/// [`CommandError`] with status 2 for words or input that lead to nothing, 3 when no cluster
/// could be asked.
pub async fn run(args: PolicyArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.who {
        return who(args, ui).await;
    }
    if args.has_input() {
        return Err(
            CommandError::usage("only --who looks at files or at a cluster")
                .hint("Add --who to list the workloads that would not pass."),
        );
    }
    let syntax = match args.output.map(Format::syntax) {
        None => Syntax::Yaml,
        Some(Some(syntax)) => syntax,
        Some(None) => {
            return Err(CommandError::usage("-o text requires --who")
                .hint("Print the policy with -o yaml, json or kyaml."));
        }
    };
    let wish = Wish {
        mode: args.mode.into(),
        delivery: match args.is_static {
            true => Delivery::Manifests,
            false => Delivery::Api,
        },
        correction: match args.fix {
            true => Correction::ReadOnly,
            false => Correction::None,
        },
        scope: args.scope()?,
    };
    print(&wish, syntax, ui)?;
    if let Some(namespace) = args.only_namespace() {
        ui.note(format!(
            "the policy judges objects of namespace {namespace} alone, which -n names"
        ));
    }
    advise(&args, &wish, ui);
    Ok(ExitStatus::Ok)
}

/// Prints the objects: one document each, in JSON a list.
fn print(wish: &Wish, syntax: Syntax, ui: &Ui) -> Result<(), CommandError> {
    let objects = objects(wish);
    ui.document(|out| {
        if syntax == Syntax::Json {
            let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
            return syntax.write_value(&list, out);
        }
        for (place, object) in objects.iter().enumerate() {
            if place > 0 && syntax == Syntax::Yaml {
                out.write_all(b"---\n")?;
            }
            syntax.write_value(object, out)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// How to roll it out without an outage, and how to get rid of it.
fn advise(args: &PolicyArgs, wish: &Wish, ui: &Ui) {
    let who = match args.only_namespace() {
        None => CommandLine::secretsafe("policy --who -A"),
        Some(_) => CommandLine::secretsafe("policy --who"),
    };
    let who = with_scope(who, args);
    ui.hint(Hint::run(
        "What would not pass if it were created again",
        who,
    ));
    if wish.delivery == Delivery::Manifests {
        let plugin = match wish.correction {
            Correction::None => "ValidatingAdmissionPolicy",
            Correction::ReadOnly => "MutatingAdmissionPolicy",
        };
        ui.hint(format!(
            "Save it in the directory that staticManifestsDir of the {plugin} plugin names, on every API server. It counts until the file is removed, whatever happens to the objects of the API."
        ));
        return;
    }
    let apply = |mode: &'static str| {
        let print = CommandLine::secretsafe("policy").flag("--mode", mode);
        let print = match args.fix {
            true => print.switch("--fix"),
            false => print,
        };
        with_scope(print, args).pipe(CommandLine::kubectl("apply").switch("-f -"))
    };
    if wish.mode == Mode::Deny {
        ui.hint(Hint::run("Before that, warn for some weeks", apply("warn")));
        ui.hint("Repairs can be refused, too: kubectl rollout undo to a revision that breaks the policy.");
    } else {
        ui.hint(Hint::run(
            "When there are no more warnings, refuse",
            apply("deny"),
        ));
    }
    let remove = names(wish)
        .iter()
        .fold(CommandLine::kubectl("delete"), |delete, name| {
            delete.name(name)
        });
    ui.hint(Hint::run("To get rid of it", remove));
}

fn with_scope(mut command: CommandLine, args: &PolicyArgs) -> CommandLine {
    if let Some(namespace) = args.only_namespace() {
        command = command.namespace(namespace);
    }
    if let Some(selector) = &args.namespace_selector {
        command = command.flag("--namespace-selector", selector.text());
    }
    if let Some(label) = &args.exempt_label {
        command = command.flag("--exempt-label", &label.text());
    }
    command
}

/// Lists what would not pass.
async fn who(mut args: PolicyArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if !args.input.filename.is_empty() {
        args.input.exclusion = input::configuration(None, ui)?.exclusion()?;
    }
    let gathered = args
        .input
        .gather(&args.connection, Purpose::Workloads, ui)
        .await?;
    let mut problems = gathered.problems;
    for found in &gathered.inventories {
        problems.extend(input::not_read(&found.inventory));
    }
    let scope = args.scope()?;
    let parts = gathered
        .inventories
        .into_iter()
        .map(|found| Part::new(found.inventory, &scope))
        .collect();
    let report = Report::new(parts, problems, gathered.unreachable);
    let format = args.output.unwrap_or(Format::Text);
    let write = |out: &mut dyn io::Write| output::write(&report, format, ui.colour(), out);
    match format {
        Format::Text => ui.text(write)?,
        Format::Yaml | Format::Json | Format::Kyaml => ui.document(write)?,
    }
    for part in &report.parts {
        if let Some(grant) = part.inventory.denied.iter().next() {
            ui.hint(grant.role_command().on(&part.inventory.connection));
        }
    }
    let refused = report.parts.iter().any(|part| !part.refused.is_empty());
    if refused && let Some(doctor) = doctor(&args) {
        ui.hint(Hint::run(
            "How to repair those that doctor reports, too (the policy is stricter: see --help)",
            doctor,
        ));
    }
    Ok(report.outcome.status())
}

/// What tells how to repair what was found, in the same place; nothing of standard input, which
/// is read.
fn doctor(args: &PolicyArgs) -> Option<CommandLine> {
    let input = &args.input;
    if input.filename.iter().any(|path| path == "-") {
        return None;
    }
    let ids: Vec<_> = Concern::ALL
        .into_iter()
        .map(|concern| concern.rule().id)
        .collect();
    let mut command = CommandLine::secretsafe("doctor").flag("--only", &ids.join(","));
    for path in &input.filename {
        command = command.file(path);
    }
    for folder in &input.kustomize {
        command = command.flag("-k", &folder.display().to_string());
    }
    if !input.contexts.is_empty() {
        command = command.flag("--contexts", &input.contexts.join(","));
    }
    if let Some(namespace) = args.connection.explicit_namespace() {
        command = command.namespace(namespace);
    }
    for (name, given) in [
        ("-R", input.recursive),
        ("-A", input.all_namespaces),
        ("--all-contexts", input.all_contexts),
    ] {
        if given {
            command = command.switch(name);
        }
    }
    Some(command)
}
