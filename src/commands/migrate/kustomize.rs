//! A kustomization: gather → plan → show. What kubectl renders is no file, so
//! nothing is written; a patch takes the change to the kustomization.
//!
//! The plan is made on the workloads as a patch of the kustomization meets
//! them, with the names that its own files have for Secrets; the keys are those
//! of the Secrets that kubectl renders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::command_line::quoted;
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::gathering::files::{FilesRead, Skipped};
use crate::gathering::kustomize;
use crate::inventory::Inventory;
use crate::kustomization::Renaming;
use crate::migration::{Note, Observed, Plan, plan};
use crate::ui::Ui;
use crate::workload::{Workload, references};

use super::arguments::{Emit, MigrateArgs};
use super::images::Images;
use super::{answer, deliver, emit, files, show, wishes};

pub(super) async fn run(
    folder: &Path,
    args: &MigrateArgs,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    refuse(folder, args)?;
    args.is_one_document()?;
    let options = args.options()?;
    let rendered = kustomize::render(folder)?;
    let written = kustomize::render_without_secrets(folder)?;
    let read = |file| FilesRead {
        skipped: Skipped::default(),
        files: vec![file],
        problems: Vec::new(),
    };
    let (known, problems) = files::inventory(args, read(rendered), ui);
    let images = Images::of_rendered(args, &options, &known, ui).await?;
    let texts = [written.clone()];
    let (inventory, _) = files::inventory(args, read(written), ui);
    let mut planned = files::plans(args, &inventory, |workload, object| {
        let observed = Observed {
            rendered: names(&known, workload),
            images: comes_out(&known, workload)
                .map(|rendered| images.of(rendered))
                .unwrap_or_default(),
            ..Observed::default()
        };
        let mut plan = plan(&known, workload, object, &options, &observed);
        plan.notes.extend(renamed(&plan, &observed.rendered));
        plan
    })?;
    let changed = files::edited(&texts, &inventory, &mut planned);
    let subjects = Subjects::new(&[], args.input.selector.as_deref())?;
    let all = planned.iter().map(|planned| &planned.plan);
    wishes::check(&inventory, &subjects, &options, all, ui)?;
    let mut outcome = files::outcome(args, &options, &texts, &planned, &problems);
    let removal = answer::removal(&options, planned.iter().map(|planned| &planned.plan));
    show::files(args, &options, &texts, &planned, &outcome, ui)?;
    let place = Place::of(folder);
    let delivered = match args.result.emit {
        Some(_) => emit::kustomization(&inventory, &planned, |name| place.name(name), ui),
        None => deliver::deliver(args, &changed, &mut outcome, ui),
    };
    if !changed.is_empty() {
        ui.hint(next(folder, args, &place));
    }
    let ended = delivered
        .and(answer::images(planned.iter().map(|planned| &planned.plan)))
        .and_then(|()| answer::end(args, &outcome, removal));
    show::document(args, &planned, &outcome, ended, ui)
}

/// What would change something that is not there.
fn refuse(folder: &Path, args: &MigrateArgs) -> Result<(), CommandError> {
    let flag = match (&args.result.output_dir, args.result.emit) {
        _ if args.result.write => "--write",
        (Some(_), _) => "--output-dir",
        (None, Some(Emit::Patch)) => {
            return Err(CommandError::usage(
                "--emit patch cannot be used with -k: the next kubectl apply -k would take the change back",
            )
            .hint("Use --emit kustomize, and put its patches into the kustomization."));
        }
        _ => return Ok(()),
    };
    Err(CommandError::usage(format!(
        "{flag} cannot be used with -k: {} is rendered by kubectl, and not a file",
        folder.display()
    ))
    .hint("Use --emit kustomize for patches of the kustomization, or migrate its base with -f."))
}

/// A workload as it comes out.
fn comes_out<'k>(known: &'k Inventory, workload: &Workload) -> Option<&'k Workload> {
    let mut all = known.workloads.iter();
    all.find(|rendered| rendered.id == workload.id)
}

/// The rendered names of the Secrets that a workload names.
fn names(known: &Inventory, workload: &Workload) -> BTreeMap<String, String> {
    let rendered = comes_out(known, workload).map_or_else(Vec::new, references);
    references(workload)
        .into_iter()
        .filter_map(|written| {
            let rendered = rendered
                .iter()
                .find(|rendered| rendered.secret.site.path == written.secret.site.path)?;
            Some((written.secret.value, rendered.secret.value.clone()))
        })
        .collect()
}

/// Tells of the names that do not come out as they are written.
fn renamed(plan: &Plan, names: &BTreeMap<String, String>) -> BTreeSet<Note> {
    plan.variables
        .iter()
        .filter_map(|variable| names.get_key_value(&variable.secret))
        .filter(|(written, rendered)| written != rendered)
        .map(|(written, rendered)| {
            Note(format!(
                "Secret {written} comes out as {rendered}: kustomize changes the name in the patch too."
            ))
        })
        .collect()
}

/// Which kustomization takes the patches.
enum Place {
    /// The one that was rendered.
    Itself(Renaming),
    /// One above it, for this reason.
    Above(String),
}

impl Place {
    /// Patches of the kustomization itself come too early where it goes on
    /// changing what they made; and an address cannot be written.
    fn of(folder: &Path) -> Self {
        let named = quoted(&folder.display().to_string());
        match kustomize::file(folder).map(|file| Renaming::read(&file)) {
            None => Place::Above(format!("{named} is not of this machine")),
            Some(renaming) => match renaming.changes_after {
                None => Place::Itself(renaming),
                Some(field) => Place::Above(format!(
                    "{named} has {field}, which change what its patches have made"
                )),
            },
        }
    }

    /// The name of an object there, of one that is rendered.
    fn name<'n>(&self, rendered: &'n str) -> &'n str {
        match self {
            Place::Itself(renaming) => renaming.before(rendered),
            Place::Above(_) => rendered,
        }
    }
}

/// Where the change goes.
fn next(folder: &Path, args: &MigrateArgs, place: &Place) -> String {
    let folder = quoted(&folder.display().to_string());
    match (args.result.emit, place) {
        (None, _) => "Nothing was written. Use --emit kustomize to print the change as patches for the kustomization, or migrate its base with -f.".to_owned(),
        (Some(_), Place::Itself(_)) => {
            format!("Append these patches to `patches:` of {folder}.")
        }
        (Some(_), Place::Above(why)) => format!(
            "{why}: make this a kustomization of its own, with {folder} among its resources."
        ),
    }
}
