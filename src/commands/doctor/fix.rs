//! `doctor --fix`: gather → plan → show → confirm → apply, file by file.

use zeroize::Zeroizing;

use crate::commands::question;
use crate::correction::{self, Plan, Writable};
use crate::error::CommandError;
use crate::gathering::files::{FilesRead, InputFile, InputPlace};
use crate::manifest::SourceText;
use crate::output;
use crate::ui::{Questions, Ui};

use super::{DoctorArgs, Examination};

/// What became of the files.
#[derive(Default)]
pub(super) struct Outcome {
    changed: usize,
    failed: usize,
}

impl Outcome {
    /// # Errors
    /// When a file could not be changed.
    pub fn result(&self) -> Result<(), CommandError> {
        let Self { changed, failed } = *self;
        let files = |number: usize| match number {
            1 => "1 file".to_owned(),
            _ => format!("{number} files"),
        };
        match (changed, failed) {
            (_, 0) => Ok(()),
            (0, _) => Err(CommandError::usage(format!(
                "{} could not be changed; nothing was changed",
                files(failed)
            ))),
            (_, _) => Err(CommandError::partial(format!(
                "{} changed, {} could not be",
                files(changed),
                files(failed)
            ))),
        }
    }
}

/// Shows, asks and writes.
///
/// # Errors
/// Status 2 when nothing can be asked or edited; then nothing was changed.
pub(super) fn fix(
    args: &DoctorArgs,
    examination: &Examination<'_>,
    ui: &Ui,
) -> Result<Outcome, CommandError> {
    if args.input.filename.iter().any(|path| path == "-") {
        return Err(
            CommandError::usage("standard input cannot be edited; nothing was changed")
                .hint("Give --fix the file itself with -f FILE."),
        );
    }
    if !args.result.yes && ui.questions() == Questions::Forbidden {
        return Err(CommandError::usage(
            "--fix asks before it writes, and there is no terminal to ask on; nothing was changed",
        )
        .hint("Use --yes to write without being asked, or run it in a terminal."));
    }
    let Some(FilesRead { files, .. }) = args.input.read_files()? else {
        return Ok(Outcome::default());
    };
    let plan = plan(args, examination, &files)?;
    for hindered in &plan.hindered {
        ui.warn(format!(
            "{}: {} of {} is not fixed: {}",
            files[hindered.source].name,
            hindered.rule.id,
            hindered.subject.short(),
            hindered.why
        ));
    }
    if plan.changes.is_empty() {
        ui.note("nothing to fix in the files");
    }
    apply(args, &files, &plan, ui)
}

fn plan(
    args: &DoctorArgs,
    examination: &Examination<'_>,
    files: &[InputFile],
) -> Result<Plan, CommandError> {
    let writable: Vec<_> = files
        .iter()
        .map(|file| match file.place {
            InputPlace::File(_) => Writable::Yes,
            InputPlace::StandardInput | InputPlace::Kustomization(_) => Writable::No,
        })
        .collect();
    let texts = files.iter().map(|file| file.text.clone()).collect();
    correction::plan(texts, &writable, |texts: &[Zeroizing<String>]| {
        let files = files
            .iter()
            .zip(texts)
            .map(|(file, text)| InputFile {
                text: text.clone(),
                ..file.clone()
            })
            .collect();
        let read = FilesRead {
            files,
            problems: Vec::new(),
        };
        let gathered = args.input.gathered(read, &args.connection, args.purpose());
        let mut report = examination.report(gathered)?;
        report
            .parts
            .pop()
            .ok_or_else(|| CommandError::usage("there is nothing to look at"))
    })
}

fn apply(
    args: &DoctorArgs,
    files: &[InputFile],
    plan: &Plan,
    ui: &Ui,
) -> Result<Outcome, CommandError> {
    let mut outcome = Outcome::default();
    for (index, file) in files.iter().enumerate() {
        let changes: Vec<_> = plan
            .changes
            .iter()
            .filter(|change| change.source == index)
            .collect();
        let InputPlace::File(path) = &file.place else {
            continue;
        };
        if changes.is_empty() {
            continue;
        }
        for change in &changes {
            ui.note(format!(
                "{} {}: {}",
                change.rule.id,
                change.subject.short(),
                change.what
            ));
        }
        let after = &plan.texts[index];
        let source = |text: &Zeroizing<String>| SourceText::new(file.name.as_str(), text.clone());
        let (old, new) = (source(&file.text), source(after));
        ui.show(|colour, out| output::diff::write(&old, &new, colour, out));
        if !args.result.yes && !confirmed(&file.name, changes.len(), &outcome, ui)? {
            ui.note(format!("{} stays as it is", file.name));
            continue;
        }
        match output::replace_file(path, file.text.as_bytes(), after.as_bytes()) {
            Ok(()) => {
                outcome.changed += 1;
                ui.note(format!("changed {}", file.name));
            }
            Err(error) => {
                outcome.failed += 1;
                ui.warn(format!("{} is not changed: {error}", file.name));
            }
        }
    }
    Ok(outcome)
}

fn confirmed(name: &str, changes: usize, outcome: &Outcome, ui: &Ui) -> Result<bool, CommandError> {
    let changes = match changes {
        1 => "this change".to_owned(),
        _ => format!("these {changes} changes"),
    };
    question::confirmed(ui, &format!("Write {changes} to {name}?"), name)
        .map_err(|error| question::after(outcome.changed, error))
}
