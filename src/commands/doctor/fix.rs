//! `doctor --fix`: gather → plan → show → confirm → apply, file by file.

use zeroize::Zeroizing;

use crate::commands::question::{self, Agreement};
use crate::correction::{self, Change, Hindered, Next, Plan, Proposal, Settled, Writable};
use crate::error::CommandError;
use crate::finding::Rule;
use crate::gathering::files::{FilesRead, InputFile, InputPlace, Skipped};
use crate::manifest::SourceText;
use crate::outcome::{Kind, Outcome};
use crate::output;
use crate::report::Examined;
use crate::ui::{Questions, Ui};

use super::{DoctorArgs, Examination};

/// Writes a file whose text is still the old one, and whether that went well.
fn write(file: &InputFile, old: &str, new: &str, outcome: &mut Outcome, ui: &Ui) -> bool {
    let InputPlace::File(path) = &file.place else {
        return false;
    };
    match crate::files::replace_file(path, old.as_bytes(), new.as_bytes()) {
        Ok(()) => {
            outcome.add(Kind::Changed, &file.name);
            ui.note(format!("changed {}", file.name));
            true
        }
        Err(error) => {
            outcome.add(Kind::Unusable, &file.name);
            ui.warn(format!("{} is not changed: {error}", file.name));
            false
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
    if args.result.yes && args.result.may_break.as_ref().is_some_and(Vec::is_empty) {
        return Err(CommandError::usage(
            "--yes does not agree to edits that may break something unless their rules are named; nothing was changed",
        )
        .hint("Name the rules, as in --unsafe=SS009,SS039, or leave --yes out and answer each question."));
    }
    let Some(FilesRead { files, .. }) = args.input.read_files()? else {
        return Ok(Outcome::default());
    };
    let writable = writable(&files);
    let texts = files.iter().map(|file| file.text.clone()).collect();
    let examine = |texts: &[Zeroizing<String>]| examine(args, examination, &files, texts);
    let plan = correction::plan(texts, &writable, examine)?;
    tell(&files, &plan.hindered, ui);
    let mut agreement = Agreement::unless(args.result.yes);
    let Some(rules) = &args.result.may_break else {
        if plan.changes.is_empty() {
            ui.note("nothing to fix in the files");
        }
        return apply(&mut agreement, &files, &plan, ui).map(|(outcome, _)| outcome);
    };
    let (mut outcome, mut texts) = apply(&mut agreement, &files, &plan, ui)?;
    let wanted = |rule: &Rule| rules.is_empty() || rules.contains(&rule.id);
    let mut settled = Settled::new();
    let mut proposed = 0;
    loop {
        let next = correction::proposal(&texts, &writable, &wanted, &mut settled, examine);
        let proposal = match next? {
            Next::Proposal(proposal) => proposal,
            Next::Done(hindered) => {
                tell(&files, &hindered, ui);
                break;
            }
        };
        proposed += 1;
        if agreement.is_stopped() {
            break;
        }
        // Who agreed to all that is safe has not agreed to this.
        let mut alone = Agreement::unless(args.result.yes);
        let agreed = decide(&mut alone, &files, &texts, &proposal, &mut outcome, ui)?;
        if alone.is_stopped() {
            agreement = alone;
        }
        if agreed {
            texts = proposal.texts;
        } else {
            proposal.decline(&mut settled);
        }
    }
    if plan.changes.is_empty() && proposed == 0 {
        ui.note("nothing to fix in the files");
    }
    Ok(outcome)
}

/// Says what is not fixed, and why.
fn tell(files: &[InputFile], hindered: &[Hindered], ui: &Ui) {
    for hindered in hindered {
        // What a kustomization reaches beyond the files is not theirs to change.
        let Some(file) = files.get(hindered.source) else {
            continue;
        };
        ui.warn(format!(
            "{}: {} of {} is not fixed: {}",
            file.name,
            hindered.rule.id,
            hindered.subject.short(),
            hindered.why
        ));
    }
}

fn writable(files: &[InputFile]) -> Vec<Writable> {
    files
        .iter()
        .map(|file| match file.place {
            InputPlace::File(_) => Writable::Yes,
            InputPlace::StandardInput
            | InputPlace::Kustomization(_)
            | InputPlace::Root(_)
            | InputPlace::Reached(_)
            | InputPlace::Outside(_) => Writable::No,
        })
        .collect()
}

/// What is found when the files have these texts.
fn examine(
    args: &DoctorArgs,
    examination: &Examination<'_>,
    files: &[InputFile],
    texts: &[Zeroizing<String>],
) -> Result<Examined, CommandError> {
    let files = files
        .iter()
        .zip(texts)
        .map(|(file, text)| InputFile {
            text: text.clone(),
            ..file.clone()
        })
        .collect();
    let read = FilesRead {
        skipped: Skipped::default(),
        files,
        problems: Vec::new(),
    };
    let gathered = args.input.gathered(read, &args.connection, args.purpose());
    let mut report = examination.report(gathered)?;
    report
        .parts
        .pop()
        .ok_or_else(|| CommandError::usage("there is nothing to look at"))
}

/// Writes the changes of a plan that are agreed to, and gives the texts that
/// the files have then.
fn apply(
    agreement: &mut Agreement,
    files: &[InputFile],
    plan: &Plan,
    ui: &Ui,
) -> Result<(Outcome, Vec<Zeroizing<String>>), CommandError> {
    let mut outcome = Outcome::default();
    let mut texts: Vec<_> = files.iter().map(|file| file.text.clone()).collect();
    for (index, file) in files.iter().enumerate() {
        let changes: Vec<_> = plan
            .changes
            .iter()
            .filter(|change| change.source == index)
            .collect();
        if changes.is_empty() {
            continue;
        }
        for change in &changes {
            note(change, ui);
        }
        let question = match changes.len() {
            1 => format!("Write this change to {}?", file.name),
            number => format!("Write these {number} changes to {}?", file.name),
        };
        show(file, &texts[index], &plan.texts[index], ui);
        if !confirmed(&question, &file.name, agreement, &outcome, ui)? {
            decline(file, &mut outcome, ui);
            continue;
        }
        if write(file, &texts[index], &plan.texts[index], &mut outcome, ui) {
            texts[index].clone_from(&plan.texts[index]);
        }
    }
    Ok((outcome, texts))
}

/// Shows a change that may break something, and writes it if that is agreed to.
fn decide(
    agreement: &mut Agreement,
    files: &[InputFile],
    texts: &[Zeroizing<String>],
    proposal: &Proposal,
    outcome: &mut Outcome,
    ui: &Ui,
) -> Result<bool, CommandError> {
    let index = proposal.change.source;
    let file = &files[index];
    let (old, new) = (&texts[index], &proposal.texts[index]);
    note(&proposal.change, ui);
    ui.warn(format!("it may break something: {}", proposal.risk));
    show(file, old, new, ui);
    let question = format!("Write this change to {}?", file.name);
    if !confirmed(&question, &file.name, agreement, outcome, ui)? {
        decline(file, outcome, ui);
        return Ok(false);
    }
    Ok(write(file, old, new, outcome, ui))
}

fn decline(file: &InputFile, outcome: &mut Outcome, ui: &Ui) {
    outcome.add(Kind::Declined, &file.name);
    ui.note(format!("{} unchanged", file.name));
}

fn note(change: &Change, ui: &Ui) {
    ui.note(format!(
        "{} {}: {}",
        change.rule.id,
        change.subject.short(),
        change.what
    ));
}

fn show(file: &InputFile, old: &Zeroizing<String>, new: &Zeroizing<String>, ui: &Ui) {
    let source = |text: &Zeroizing<String>| SourceText::new(file.name.as_str(), text.clone());
    let (old, new) = (source(old), source(new));
    ui.show(|colour, out| output::diff::write(&old, &new, colour, out).map(|_| ()));
}

fn confirmed(
    question: &str,
    name: &str,
    agreement: &mut Agreement,
    outcome: &Outcome,
    ui: &Ui,
) -> Result<bool, CommandError> {
    agreement
        .to(ui, question, name)
        .map_err(|error| question::after(outcome.count(Kind::Changed), error))
}
