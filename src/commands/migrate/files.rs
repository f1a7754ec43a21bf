//! Manifest files: gather → plan → show → confirm → write, file by file.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::commands::question;
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::finding::quoted;
use crate::gathering::files::{self, FileWish, FilesRead, Folders, InputFile, InputPlace};
use crate::inventory::{Builder, FileSet, Inventory, Scope};
use crate::manifest::edit::{Edit, edit_all};
use crate::manifest::{SourceText, json_patch};
use crate::migration::{Observed, Plan, Refusal, plan};
use crate::output::{self, migration};
use crate::parallel;
use crate::report::InputProblem;
use crate::ui::{Questions, Ui};
use crate::workload::{Object, ObjectId, Origin, Workload};

use super::arguments::{Emit, Format, MigrateArgs};
use super::overlays;

/// A plan, and where its object stands.
pub(super) struct Planned<'a> {
    pub plan: Plan,
    pub workload: &'a Workload,
    object: &'a Object,
    source: usize,
    document: usize,
}

/// A file with a change.
pub(super) struct Changed<'a> {
    file: &'a InputFile,
    after: Zeroizing<String>,
}

pub(super) fn run(args: &MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    args.is_one_document()?;
    let options = args.options()?;
    let FilesRead { files, problems } = files::read(&FileWish {
        paths: args.input.filename.clone(),
        folders: if args.input.recursive {
            Folders::Recursive
        } else {
            Folders::Flat
        },
        kustomizations: Vec::new(),
    })?;
    let read = FilesRead {
        files: files.clone(),
        problems,
    };
    let (inventory, problems) = inventory(args, read, ui);
    let mut planned = plans(args, &inventory, |workload, object| {
        plan(&inventory, workload, object, &options, &Observed::default())
    })?;
    overlays::heed(&inventory, &mut planned);
    let changed = edited(&files, &inventory, &mut planned);
    show(args, &planned, ui)?;
    match args.result.emit {
        Some(Emit::Patch) => emit_patches(&planned, ui)?,
        Some(Emit::Kustomize) => {
            emit_kustomization(&inventory, &planned, |name| name, ui)?;
        }
        None => deliver(args, &changed, ui)?,
    }
    Ok(status(args, &planned, &changed, &problems))
}

/// What the texts hold, and what is wrong with them, which is told.
pub(super) fn inventory(
    args: &MigrateArgs,
    read: FilesRead,
    ui: &Ui,
) -> (Inventory, Vec<InputProblem>) {
    let mut builder = Builder::new(
        Scope::Files(FileSet::Open),
        args.connection.explicit_namespace().unwrap_or("default"),
        Timestamp::now(),
    );
    let problems = files::add(read, &mut builder);
    for problem in &problems {
        ui.warn(output::problem_line(problem));
    }
    (builder.finish(), problems)
}

pub(super) fn status(
    args: &MigrateArgs,
    planned: &[Planned<'_>],
    changed: &[Changed<'_>],
    problems: &[InputProblem],
) -> ExitStatus {
    let refuses = planned.iter().any(|planned| planned.plan.refuses());
    match (changed.is_empty(), refuses) {
        _ if !problems.is_empty() => ExitStatus::Usage,
        (false, _) if args.result.exit_code && !writes(args) => ExitStatus::Findings,
        (true, true) => ExitStatus::Usage,
        (false, true) if writes(args) => ExitStatus::Partial,
        _ => ExitStatus::Ok,
    }
}

fn writes(args: &MigrateArgs) -> bool {
    (args.result.write || args.result.output_dir.is_some()) && !args.result.dry_run
}

/// The plans of the chosen workloads that have anything to be told of.
pub(super) fn plans<'a>(
    args: &MigrateArgs,
    inventory: &'a Inventory,
    plan: impl Fn(&Workload, &Object) -> Plan + Sync,
) -> Result<Vec<Planned<'a>>, CommandError> {
    let chosen = Subjects::new(&[], args.input.selector.as_deref())?.chosen(inventory)?;
    let chosen: Vec<&Workload> = inventory
        .workloads
        .iter()
        .filter(|workload| chosen.contains(&workload.id))
        .collect();
    let planned = parallel::map(chosen, |workload| {
        let Origin::File { source, document } = workload.origin else {
            return None;
        };
        let object = inventory.object_of(workload)?;
        let plan = plan(workload, object);
        let told = !plan.variables.is_empty() || plan.refuses();
        told.then_some(Planned {
            plan,
            workload,
            object,
            source,
            document,
        })
    });
    Ok(planned.into_iter().flatten().collect())
}

/// The texts after the plans. What cannot be edited safely becomes a refusal.
pub(super) fn edited<'a>(
    files: &'a [InputFile],
    inventory: &Inventory,
    planned: &mut [Planned<'_>],
) -> Vec<Changed<'a>> {
    let mut changed = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let mut mine: Vec<_> = planned
            .iter_mut()
            .filter(|planned| planned.source == index && planned.plan.changes())
            .collect();
        let source = &inventory.sources[index];
        let edits: Vec<_> = mine
            .iter()
            .map(|planned| {
                let facts = &source.documents[planned.document];
                Edit {
                    span: facts.span,
                    format: facts.format,
                    base: &planned.object.base,
                    operations: &planned.plan.operations,
                    tree: (facts.duplicates.is_empty() && planned.object.base.is_empty())
                        .then_some(&planned.object.root),
                }
            })
            .collect();
        if edits.is_empty() {
            continue;
        }
        let edited = edit_all(&file.text, &edits);
        for (planned, outcome) in mine.iter_mut().zip(edited.outcomes) {
            if let Err(refusal) = outcome {
                planned.plan.operations.clear();
                planned.plan.refusals.push(Refusal {
                    path: String::new(),
                    reason: format!("{}: {refusal}.", planned.plan.subject.short()),
                    next: vec![
                        "Write that part out plainly, or take the patch of --emit patch."
                            .to_owned(),
                    ],
                });
            }
        }
        if edited.text != **file.text {
            changed.push(Changed {
                file,
                after: edited.text.into(),
            });
        }
    }
    changed
}

/// The plans: data when they are asked for as JSON, talk beside a diff.
pub(super) fn show(
    args: &MigrateArgs,
    planned: &[Planned<'_>],
    ui: &Ui,
) -> Result<(), CommandError> {
    if args.result.output == Format::Json {
        let plans: Vec<_> = planned
            .iter()
            .map(|planned| planned.plan.clone().into())
            .collect();
        return ui.document(|out| migration::json(&plans, out));
    }
    if planned.is_empty() {
        ui.note("no workload in the files takes a Secret as environment variable: nothing to do");
    }
    ui.show(|_, out| {
        planned
            .iter()
            .try_for_each(|planned| migration::text(&planned.plan, &args.plan.snippets, out))
    });
    Ok(())
}

/// Shows each change as a diff; with `--write` or `--output-dir` writes it.
pub(super) fn deliver(
    args: &MigrateArgs,
    changed: &[Changed<'_>],
    ui: &Ui,
) -> Result<(), CommandError> {
    if writes(args) && !args.result.yes && ui.questions() == Questions::Forbidden {
        return Err(
            CommandError::usage("there is no terminal to confirm at; nothing was changed")
                .hint("Look at the diff without --write, then run it again with --write --yes."),
        );
    }
    let mut written = 0;
    for Changed { file, after } in changed {
        // Who said yes before looks at what was written, not at what will be.
        let is_judged = !(writes(args) && args.result.yes);
        if args.result.output == Format::Text && is_judged {
            let source =
                |text: &Zeroizing<String>| SourceText::new(file.name.as_str(), text.clone());
            let (old, new) = (source(&file.text), source(after));
            ui.document(|out| output::diff::write(&old, &new, ui.colour(), out))?;
        }
        if !writes(args) {
            continue;
        }
        let question = format!("Write this change to {}?", file.name);
        let agreed = args.result.yes
            || question::confirmed(ui, &question, &file.name)
                .map_err(|error| question::after(written, error))?;
        if !agreed {
            ui.note(format!("{} stays as it is", file.name));
            continue;
        }
        write(args, file, after, ui)?;
        written += 1;
    }
    Ok(())
}

fn write(args: &MigrateArgs, file: &InputFile, after: &str, ui: &Ui) -> Result<(), CommandError> {
    let InputPlace::File(path) = &file.place else {
        return Err(CommandError::usage("standard input cannot be written")
            .hint("Give the file itself with -f FILE."));
    };
    let unwritten = |path: &Path, error: &dyn std::fmt::Display| {
        CommandError::usage(format!("{} is not changed: {error}", path.display()))
            .hint("Files that were named before it have been written.")
    };
    match &args.result.output_dir {
        None => {
            output::replace_file(path, file.text.as_bytes(), after.as_bytes())
                .map_err(|error| unwritten(path, &error))?;
            ui.note(format!("changed {}", file.name));
        }
        Some(folder) => {
            let target = folder.join(below(path));
            let made = target
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| output::to_file(&target, after.as_bytes()));
            made.map_err(|error| unwritten(&target, &error))?;
            ui.note(format!("wrote {}", target.display()));
        }
    }
    Ok(())
}

/// A path without root and `..`, so that it lies below another folder.
fn below(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .collect()
}

fn changes<'p>(planned: &'p [Planned<'_>]) -> impl Iterator<Item = &'p Plan> {
    planned
        .iter()
        .map(|planned| &planned.plan)
        .filter(|plan| plan.changes())
}

/// Commands for those who keep the files as they are.
fn emit_patches(planned: &[Planned<'_>], ui: &Ui) -> Result<(), CommandError> {
    ui.document(|out| {
        changes(planned).try_for_each(|plan| {
            let ObjectId { namespace, .. } = &plan.subject;
            writeln!(
                out,
                "kubectl patch {} -n {} --type json -p {}",
                quoted(&plan.subject.short()),
                quoted(namespace),
                quoted(&json_patch::to_json(&plan.operations).to_string())
            )
        })
    })
}

/// Patches for a kustomization that includes the workloads; `named` tells how a
/// workload is called there.
pub(super) fn emit_kustomization(
    inventory: &Inventory,
    planned: &[Planned<'_>],
    named: impl Fn(&str) -> &str,
    ui: &Ui,
) -> Result<(), CommandError> {
    let patches: Vec<_> = changes(planned)
        .map(|plan| {
            let target = migration::Target {
                kind: &plan.subject.kind,
                name: named(&plan.subject.name).replace('.', "\\."),
                namespace: elsewhere_too(inventory, &plan.subject)
                    .then_some(plan.subject.namespace.as_str()),
            };
            (target, plan)
        })
        .collect();
    ui.document(|out| migration::kustomization(patches, out))
}

/// Whether another namespace has a workload of this kind and name.
fn elsewhere_too(inventory: &Inventory, subject: &ObjectId) -> bool {
    inventory.workloads.iter().any(|other| {
        let other = &other.id;
        (&other.kind, &other.name) == (&subject.kind, &subject.name)
            && other.namespace != subject.namespace
    })
}
