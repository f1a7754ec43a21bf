//! Changed files: shown as diffs, asked about, written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::commands::question::{self, Agreement};
use crate::error::CommandError;
use crate::gathering::files::{InputFile, InputPlace};
use crate::manifest::SourceText;
use crate::outcome::{Kind, Outcome};
use crate::output::diff::{Shown, write as write_diff};
use crate::ui::Ui;

use super::arguments::{Format, MigrateArgs};
use super::planned::Changed;

/// Shows each change as a diff; with `--write` or `--output-dir` writes it.
pub(super) fn deliver(
    args: &MigrateArgs,
    changed: &[Changed<'_>],
    outcome: &mut Outcome,
    ui: &Ui,
) -> Result<(), CommandError> {
    if args.writes() && !args.result.yes && !changed.is_empty() {
        let instead = "Look at the change with -o diff, then run it again with --write --yes.";
        question::possible(ui, instead)?;
    }
    let leads_out = changed
        .iter()
        .find(|changed| matches!(changed.file.place, InputPlace::Outside(_)));
    let in_place = args.writes() && args.result.output_dir.is_none();
    if let (Some(Changed { file, .. }), true) = (leads_out, in_place) {
        return Err(CommandError::usage(format!(
            "{} is a symbolic link to a file outside its directory; nothing was changed",
            file.name
        ))
        .hint("To change that file too, name it with -f."));
    }
    if let Some(folder) = args.result.output_dir.as_ref().filter(|_| args.writes()) {
        one_place_each(folder, changed)?;
    }
    let mut masked = 0;
    let mut agreement = Agreement::unless(args.result.yes);
    for Changed {
        file,
        after,
        workloads,
    } in changed
    {
        let source = |text: &Zeroizing<String>| SourceText::new(file.name.as_str(), text.clone());
        if args.result.output == Format::Diff {
            let (old, new) = (source(&file.text), source(after));
            let shown = ui.document(|out| {
                masked += usize::from(write_diff(&old, &new, ui.colour(), out)? == Shown::Masked);
                Ok(())
            });
            shown.map_err(|error| question::after(outcome.count(Kind::Changed), error))?;
        }
        if !args.writes() {
            continue;
        }
        // The question is about this.
        if agreement.asks() && args.result.output != Format::Diff {
            let (old, new) = (source(&file.text), source(after));
            ui.show(|colour, out| write_diff(&old, &new, colour, out).map(|_| ()));
        }
        let question = format!("Write this change to {}?", file.name);
        let agreed = agreement
            .to(ui, &question, &file.name)
            .map_err(|error| question::after(outcome.count(Kind::Changed), error))?;
        if !agreed {
            outcome.turn_all(Kind::WouldChange, workloads, Kind::Declined);
            ui.note(format!("{} unchanged", file.name));
            continue;
        }
        match write(args, file, after) {
            Ok(done) => {
                outcome.turn_all(Kind::WouldChange, workloads, Kind::Changed);
                ui.note(done);
            }
            Err(why) => {
                outcome.turn_all(Kind::WouldChange, workloads, Kind::Unusable);
                ui.warn(why);
            }
        }
    }
    if masked > 0 {
        ui.warn(format!(
            "values are hidden in the diffs of {masked} of {} files, so they cannot be applied as patches: use --write or --output-dir to make the change",
            changed.len()
        ));
    }
    Ok(())
}

/// That no two files would be written to one place below a folder: `a/x.yaml` and
/// `../a/x.yaml` would.
fn one_place_each(folder: &Path, changed: &[Changed<'_>]) -> Result<(), CommandError> {
    let mut places: BTreeMap<PathBuf, &str> = BTreeMap::new();
    for Changed { file, .. } in changed {
        let Some(path) = file.path() else {
            continue;
        };
        if let Some(other) = places.insert(below(path), &file.name) {
            return Err(CommandError::usage(format!(
                "{other} and {} would both be written to {}; nothing was changed",
                file.name,
                folder.join(below(path)).display()
            ))
            .hint("Write them in two runs, to two directories."));
        }
    }
    Ok(())
}

/// Writes a file; what was done, or why nothing was.
fn write(args: &MigrateArgs, file: &InputFile, after: &str) -> Result<String, String> {
    let (InputPlace::File(path) | InputPlace::Outside(path)) = &file.place else {
        return Err(
            "standard input cannot be written; give the file itself with -f FILE".to_owned(),
        );
    };
    let unwritten = |path: &Path, error: &dyn std::fmt::Display| {
        format!("{} is not changed: {error}", path.display())
    };
    match &args.result.output_dir {
        None => crate::files::replace_file(path, file.text.as_bytes(), after.as_bytes())
            .map(|()| format!("changed {}", file.name))
            .map_err(|error| unwritten(path, &error)),
        Some(folder) => {
            let target = folder.join(below(path));
            let made = target
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| crate::files::to_file(&target, after.as_bytes()));
            made.map(|()| format!("wrote {}", target.display()))
                .map_err(|error| unwritten(&target, &error))
        }
    }
}

/// A path without root and `..`, so that it lies below another folder.
fn below(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .collect()
}
