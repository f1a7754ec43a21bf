//! Manifest files: gather → plan → show → confirm → write, file by file.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::commands::input;
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::gathering::files::{self, FileWish, FilesRead, Folders, InputFile};
use crate::gathering::{built, neighbours};
use crate::inventory::{Builder, FileSet, Inventory, Reading, Scope};
use crate::manifest::edit::{Edit, edit_all};
use crate::manifest::kubectl::{Effect, Obstacle};
use crate::migration::{Observed, Options, Plan, Refusal, plan};
use crate::outcome::{Kind, Outcome};
use crate::output;
use crate::parallel;
use crate::report::{self, InputProblem};
use crate::ui::Ui;
use crate::workload::{Object, Origin, Workload};

use super::answer;
use super::arguments::{Emit, MigrateArgs};
use super::images::Images;
use super::planned::{Changed, Planned};
use super::{deliver, emit, overlays, show, status, wishes};

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
    if args.result.status {
        let mut outcome = Outcome::default();
        report::blind_spots(&problems, &[], &mut outcome);
        let plans: Vec<_> = planned.iter().map(|planned| &planned.plan).collect();
        let chosen = args.subjects()?.chosen(&inventory)?;
        let progress = status::progress(&inventory, &plans, &chosen);
        return status::show(args, &progress, &outcome, ui);
    }
    overlays::heed(&inventory, &mut planned);
    for outside in neighbours::outside(&files) {
        ui.warn(format!(
            "{} builds on {}, which is not among the files, so its workloads are not checked",
            outside.kustomization, outside.member
        ));
    }
    planned.extend(parts(args, &inventory, &options)?);
    let mut changed = edited(&files, &inventory, &mut planned);
    if overlays::refuse_harmful(args, &files, &changed, &mut planned) {
        changed = edited(&files, &inventory, &mut planned);
    }
    let subjects = Subjects::new(&[], args.input.selector.as_deref())?;
    let all = planned.iter().map(|planned| &planned.plan);
    wishes::check(&inventory, &subjects, &options, all, ui)?;
    let nameless = wishes::without_a_name(&inventory);
    if nameless > 0 {
        let what = match nameless {
            1 => "1 variable names a Secret".to_owned(),
            many => format!("{many} variables name a Secret"),
        };
        ui.warn(format!(
            "{what} that a template fills in, which is not migrated: render the files first"
        ));
    }
    let mut outcome = outcome(args, &options, &files, &planned, &problems);
    let removal = answer::removal(&options, planned.iter().map(|planned| &planned.plan));
    // That there is nothing to do is not known of variables that cannot be read.
    if nameless == 0 || !planned.is_empty() {
        show::files(args, &options, &files, &planned, &outcome, ui)?;
    }
    let known = answer::images(planned.iter().map(|planned| &planned.plan));
    let delivered = match args.result.emit {
        Some(Emit::Patch) => emit::patches(&planned, &args.connection.for_commands(), ui),
        Some(Emit::Kustomize) => emit::kustomization(&inventory, &planned, |name| name, ui),
        None if known.is_err() && args.writes() => Ok(()),
        None => deliver::deliver(args, &changed, &mut outcome, ui),
    };
    let ended = delivered
        .and(known)
        .and_then(|()| answer::end(args, &outcome, removal));
    show::document(args, &planned, &outcome, ended, ui)
}

/// What plans for files come to before anything is written.
pub(super) fn outcome(
    args: &MigrateArgs,
    options: &Options,
    files: &[InputFile],
    planned: &[Planned<'_>],
    problems: &[InputProblem],
) -> Outcome {
    let plans = planned
        .iter()
        .map(|planned| (&planned.plan, named(planned, &files[planned.source].name)));
    let mut outcome = answer::planned(args, options, plans);
    for problem in problems {
        outcome.add(Kind::Unusable, &problem.source);
    }
    outcome
}

/// What messages call a plan for a file.
pub(super) fn named(planned: &Planned<'_>, file: &str) -> String {
    let subject = &planned.plan.subject;
    format!("{} in {} ({file})", subject.short(), subject.namespace)
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
    problems.extend(input::without_objects(&inventory));
    problems.extend(input::not_read(&inventory));
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
                    next: vec!["Fix that line first.".to_owned()],
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
                        "Write that part in plain YAML, or use the patch that --emit patch prints."
                            .to_owned(),
                    ],
                });
            }
        }
        if edited.text != **file.text {
            let writes = mine.iter().filter(|planned| planned.plan.changes());
            changed.push(Changed {
                file,
                after: edited.text.into(),
                workloads: writes.map(|planned| named(planned, &file.name)).collect(),
            });
        }
    }
    changed
}
