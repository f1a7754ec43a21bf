//! Manifest files: gather → plan → show → confirm → write, file by file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::command_line::Connection;
use crate::commands::question::{self, Agreement};
use crate::error::{CommandError, ExitStatus};
use crate::gathering::files::{self, FileWish, FilesRead, Folders, InputFile, InputPlace};
use crate::gathering::{built, neighbours};
use crate::inventory::{Builder, FileSet, Inventory, Reading, Scope};
use crate::manifest::edit::{Edit, edit_all};
use crate::manifest::kubectl::{Effect, Obstacle};
use crate::manifest::{SourceText, json_patch};
use crate::migration::{Observed, Options, Plan, Refusal, plan};
use crate::output::{self, migration};
use crate::parallel;
use crate::report::InputProblem;
use crate::ui::Ui;
use crate::workload::{Object, ObjectId, Origin, Workload};

use super::answer::{self, MakesChanges};
use super::arguments::{Emit, Format, MigrateArgs};
use super::images::Images;
use super::overlays;
use super::planned::{Changed, Planned};

pub(super) async fn run(args: &MigrateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    args.is_one_document()?;
    let options = args.options()?;
    let FilesRead {
        files,
        problems,
        skipped,
    } = files::read(&FileWish {
        paths: args.input.filename.clone(),
        folders: if args.input.recursive {
            Folders::Recursive
        } else {
            Folders::Flat
        },
        kustomizations: Vec::new(),
        exclusion: args.config()?.exclusion()?,
    })?;
    for line in skipped.lines() {
        ui.warn(line);
    }
    let read = FilesRead {
        files: files.clone(),
        problems,
        skipped,
    };
    let (inventory, problems) = inventory(args, read, ui);
    let images = Images::of_files(args, &options, &inventory, &files, ui).await?;
    let mut planned = plans(args, &inventory, |workload, object| {
        let observed = Observed {
            images: images.of(workload),
            ..Observed::default()
        };
        plan(&inventory, workload, object, &options, &observed)
    })?;
    overlays::heed(&inventory, &mut planned);
    for outside in neighbours::outside(&files) {
        ui.warn(format!(
            "{} builds on {}, which is not among the files: no workload of it is looked at",
            outside.kustomization, outside.member
        ));
    }
    planned.extend(parts(args, &inventory, &options)?);
    let mut changed = edited(&files, &inventory, &mut planned);
    if overlays::refuse_harmful(args, &files, &changed, &mut planned) {
        changed = edited(&files, &inventory, &mut planned);
    }
    show(args, &planned, ui)?;
    let known = answer::images(planned.iter().map(|planned| &planned.plan));
    let delivered = match args.result.emit {
        Some(Emit::Patch) => emit_patches(&planned, &args.connection.for_commands(), ui),
        Some(Emit::Kustomize) => emit_kustomization(&inventory, &planned, |name| name, ui),
        None if known.is_err() && writes(args) => Ok(()),
        None => deliver(args, &changed, ui),
    };
    let ended = delivered
        .and(known)
        .and_then(|()| status(args, &options, &planned, &changed, &problems));
    document(args, &planned, ended, ui)
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
    let mut problems = built::add(read, &mut builder, Reading::Written);
    let inventory = builder.finish();
    problems.extend(unreadable(&inventory));
    for problem in &problems {
        ui.warn(output::problem_line(problem));
    }
    (inventory, problems)
}

/// Files of which kubectl would apply nothing: whatever is changed in them, it
/// has no effect until they are mended.
fn unreadable(inventory: &Inventory) -> impl Iterator<Item = InputProblem> {
    inventory.unreadable().into_iter().filter_map(|file| {
        let source = &inventory.sources[file.source].text;
        let first = refused(&file.obstacles)?;
        Some(InputProblem {
            source: source.name().to_owned(),
            position: Some(source.position(first.at)),
            message: format!("kubectl cannot read it: {}", first.what),
        })
    })
}

fn refused(obstacles: &[Obstacle]) -> Option<&Obstacle> {
    obstacles
        .iter()
        .find(|obstacle| obstacle.effect == Effect::Refused)
}

pub(super) fn status(
    args: &MigrateArgs,
    options: &Options,
    planned: &[Planned<'_>],
    changed: &[Changed<'_>],
    problems: &[InputProblem],
) -> Result<ExitStatus, CommandError> {
    if !problems.is_empty() {
        return Ok(ExitStatus::Usage);
    }
    match answer::short(planned.iter().map(|planned| &planned.plan), options) {
        Some(short) => Err(short),
        None if !changed.is_empty() && args.result.exit_code && !writes(args) => {
            Ok(ExitStatus::Findings)
        }
        None => Ok(ExitStatus::Ok),
    }
}

/// Writes the plans as JSON where that is asked for, with how the run ended.
pub(super) fn document(
    args: &MigrateArgs,
    planned: &[Planned<'_>],
    ended: Result<ExitStatus, CommandError>,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    if let Some(syntax) = args.result.output.syntax() {
        let makes_changes = if writes(args) {
            MakesChanges::Yes
        } else {
            MakesChanges::No
        };
        let changes = planned.iter().any(|planned| planned.plan.changes());
        let outcome = answer::outcome(&ended, changes, makes_changes);
        let plans: Vec<_> = planned
            .iter()
            .map(|planned| planned.plan.clone().into())
            .collect();
        ui.document(|out| migration::document(&plans, outcome, syntax, out))?;
    }
    ended
}

fn writes(args: &MigrateArgs) -> bool {
    (args.result.write || args.result.output_dir.is_some()) && !args.is_dry_run()
}

/// The plans of the chosen workloads that have anything to be told of.
pub(super) fn plans<'a>(
    args: &MigrateArgs,
    inventory: &'a Inventory,
    plan: impl Fn(&Workload, &Object) -> Plan + Sync,
) -> Result<Vec<Planned<'a>>, CommandError> {
    let chosen = args.subjects()?.chosen(inventory)?;
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
        let told = !plan.variables.is_empty() || plan.refuses() || !plan.notes.is_empty();
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

/// Refused plans of the chosen documents that are only a part of a workload.
fn parts<'a>(
    args: &MigrateArgs,
    inventory: &'a Inventory,
    options: &Options,
) -> Result<Vec<Planned<'a>>, CommandError> {
    if inventory.partials.is_empty() {
        return Ok(Vec::new());
    }
    let subjects = args.subjects()?;
    let chosen = subjects.chosen(inventory)?;
    let refused = overlays::of_parts(inventory, |secret| options.wants(secret));
    let planned = refused
        .filter(|(workload, _)| subjects.are_all() || chosen.contains(&workload.id))
        .filter_map(|(workload, plan)| {
            let Origin::File { source, document } = workload.origin else {
                return None;
            };
            let object = inventory
                .objects_from(workload.origin)
                .find(|object| object.base == workload.base && object.id == workload.id)?;
            Some(Planned {
                plan,
                workload,
                object,
                source,
                document,
            })
        });
    Ok(planned.collect())
}

/// The texts after the plans. What cannot be edited safely becomes a refusal.
pub(super) fn edited<'a>(
    files: &'a [InputFile],
    inventory: &Inventory,
    planned: &mut [Planned<'_>],
) -> Vec<Changed<'a>> {
    let mut changed = Vec::new();
    let mut unreadable = BTreeMap::new();
    for file in inventory.unreadable() {
        let position = |at| inventory.sources[file.source].text.position(at);
        if let Some(first) = refused(&file.obstacles) {
            unreadable.insert(file.source, (position(first.at), first.what));
        }
    }
    let mut by_source: BTreeMap<usize, Vec<&mut Planned<'_>>> = BTreeMap::new();
    for planned in planned.iter_mut().filter(|planned| planned.plan.changes()) {
        by_source.entry(planned.source).or_default().push(planned);
    }
    for (index, mut mine) in by_source {
        let file = &files[index];
        let source = &inventory.sources[index];
        if let Some((position, what)) = unreadable.get(&index) {
            for planned in mine {
                planned.plan.refuse(Refusal {
                    path: String::new(),
                    reason: format!(
                        "{}: kubectl cannot read {}:{}:{}: {what}.",
                        planned.plan.subject.short(),
                        file.name,
                        position.line,
                        position.column
                    ),
                    next: vec!["Mend that line first.".to_owned()],
                });
            }
            continue;
        }
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
        let edited = edit_all(&file.text, &edits);
        for (planned, outcome) in mine.iter_mut().zip(edited.outcomes) {
            if let Err(refusal) = outcome {
                planned.plan.refuse(Refusal {
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

/// The plans, as talk beside a diff.
pub(super) fn show(
    args: &MigrateArgs,
    planned: &[Planned<'_>],
    ui: &Ui,
) -> Result<(), CommandError> {
    // The document comes at the end; a question is about what is shown before.
    let asks = writes(args) && !args.result.yes;
    if args.result.output != Format::Text && !asks {
        return Ok(());
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
    if writes(args) && !args.result.yes {
        let instead = "Look at the diff without --write, then run it again with --write --yes.";
        question::possible(ui, instead)?;
    }
    let leads_out = changed
        .iter()
        .find(|changed| matches!(changed.file.place, InputPlace::Outside(_)));
    let in_place = writes(args) && args.result.output_dir.is_none();
    if let (Some(Changed { file, .. }), true) = (leads_out, in_place) {
        return Err(CommandError::usage(format!(
            "{} is a link that leads out of the folder it is in; nothing was changed",
            file.name
        ))
        .hint("If that file is to be changed too, give it by its own name with -f."));
    }
    let mut written = 0;
    let mut agreement = Agreement::unless(args.result.yes);
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
        let agreed = agreement
            .to(ui, &question, &file.name)
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
    let (InputPlace::File(path) | InputPlace::Outside(path)) = &file.place else {
        return Err(CommandError::usage("standard input cannot be written")
            .hint("Give the file itself with -f FILE."));
    };
    let unwritten = |path: &Path, error: &dyn std::fmt::Display| {
        CommandError::usage(format!("{} is not changed: {error}", path.display()))
            .hint("Files that were named before it have been written.")
    };
    match &args.result.output_dir {
        None => {
            crate::files::replace_file(path, file.text.as_bytes(), after.as_bytes())
                .map_err(|error| unwritten(path, &error))?;
            ui.note(format!("changed {}", file.name));
        }
        Some(folder) => {
            let target = folder.join(below(path));
            let made = target
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| crate::files::to_file(&target, after.as_bytes()));
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
fn emit_patches(
    planned: &[Planned<'_>],
    connection: &Connection,
    ui: &Ui,
) -> Result<(), CommandError> {
    ui.document(|out| {
        changes(planned).try_for_each(|plan| {
            let patch = json_patch::command(
                &plan.subject.short(),
                &plan.subject.namespace,
                &plan.operations,
            );
            writeln!(out, "{}", patch.on(connection))
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
    let namespaces = namespaces(inventory);
    let patches: Vec<_> = changes(planned)
        .map(|plan| {
            let subject = &plan.subject;
            let named_so = namespaces.get(&(subject.kind.as_str(), subject.name.as_str()));
            let target = migration::Target {
                kind: subject.kind.as_str().into(),
                name: named(&subject.name).replace('.', "\\."),
                // Another namespace may have one of this name, too.
                namespace: named_so
                    .is_some_and(|namespaces| namespaces.len() > 1)
                    .then_some(subject.namespace.as_str().into()),
            };
            (target, plan)
        })
        .collect();
    ui.document(|out| migration::kustomization(patches, out))
}

/// The namespaces that have a workload of a kind and name.
fn namespaces(inventory: &Inventory) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for workload in &inventory.workloads {
        let ObjectId {
            namespace,
            kind,
            name,
        } = &workload.id;
        let named = (kind.as_str(), name.as_str());
        found.entry(named).or_default().insert(namespace.as_str());
    }
    found
}
