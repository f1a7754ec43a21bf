//! `seal reseal`: gather → plan → show → confirm → apply → report, file by file.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Cluster, ClusterError};
use crate::commands::dry_run::DryRun;
use crate::commands::question;
use crate::error::{CommandError, ExitStatus};
use crate::levels::stamp::{self, Stamped};
use crate::outcome::{Kind, Outcome};
use crate::sealing::{Target, change, document};
use crate::ui::Ui;

use super::arguments::ResealArgs;
use super::certificate::{self, Copies, Sealer};
use super::files::{self, Change, Found, SealedFile};
use super::namespace;

mod source;

use source::{NotResealed, Source};

pub(super) async fn run(args: ResealArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let mut outcome = Outcome::default();
    let files = read(&args, &mut outcome, ui)?;
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let sealer = sealer(&args, &cluster, ui).await?;
    let context = namespace::of_context(&args.connection)?;
    let plan = plan(&args, &files, context.as_deref(), &sealer, &mut outcome, ui);
    let number: usize = plan.iter().map(|file| file.wanted.len()).sum();
    if number == 0 {
        return ended(&outcome, ui);
    }
    ui.note(format!(
        "{number} to seal under key {} of {}",
        sealer.fingerprint.short(),
        sealer.from
    ));
    if args.dry_run.mode != DryRun::None {
        for wanted in plan.iter().flat_map(|file| &file.wanted) {
            outcome.add(Kind::WouldChange, &wanted.subject);
        }
        return ended(&outcome, ui);
    }
    if !args.yes {
        question::possible(
            ui,
            "Look at the plan with --dry-run, then run it again with --yes.",
        )?;
        if !question::confirmed(ui, &format!("Seal {number} again?"), "the files are")? {
            for wanted in plan.iter().flat_map(|file| &file.wanted) {
                outcome.add(Kind::Declined, &wanted.subject);
            }
            return ended(&outcome, ui);
        }
    }
    let mut source = match args.through_controller {
        true => Source::through_controller(&cluster, args.cert.controller.pair()).await?,
        false => Source::secrets(&cluster),
    };
    for file in plan {
        apply(file, &mut source, &sealer, &mut outcome, ui).await;
    }
    if args.through_controller {
        compare_key(&args, &cluster, &sealer, &mut outcome, ui).await;
    }
    ended(&outcome, ui)
}

/// What is to be done in one file.
struct Planned<'f> {
    file: &'f SealedFile,
    wanted: Vec<Wanted<'f>>,
}

/// One SealedSecret that is to be sealed again.
struct Wanted<'f> {
    subject: String,
    found: Found<'f>,
    target: Target,
}

/// The files that are named.
fn read(
    args: &ResealArgs,
    outcome: &mut Outcome,
    ui: &Ui,
) -> Result<Vec<SealedFile>, CommandError> {
    let read = files::read(&args.paths, args.recursive, ui)?;
    for problem in &read.problems {
        ui.warn(format!("{}: {}", problem.source, problem.message));
        outcome.add(Kind::Unusable, &problem.source);
    }
    let files: Vec<_> = read.files.into_iter().map(SealedFile::of).collect();
    for file in &files {
        for problem in file.problems() {
            ui.warn(format!(
                "{}:{}: {}",
                file.name, problem.position.line, problem.message
            ));
            outcome.add(Kind::Unusable, &file.name);
        }
    }
    match files.iter().any(|file| !file.sealed().is_empty()) {
        true => Ok(files),
        false => Err(CommandError::usage("the files have no SealedSecret")
            .hint("Use -R to read subdirectories, too.")),
    }
}

/// The key: what the controller encrypts with itself cannot be chosen.
async fn sealer(args: &ResealArgs, cluster: &Cluster, ui: &Ui) -> Result<Sealer, CommandError> {
    if args.through_controller && !args.cert.cert.is_empty() {
        return Err(CommandError::usage(
            "--cert cannot be used with --through-controller: the controller uses its own key",
        )
        .hint("Leave one of them out."));
    }
    certificate::sealer(
        &args.cert,
        &args.connection,
        Some(cluster),
        Copies::Refused,
        ui,
    )
    .await
}

/// Which of them are sealed again. What is under the newest key already is skipped.
fn plan<'f>(
    args: &ResealArgs,
    files: &'f [SealedFile],
    context: Option<&str>,
    sealer: &Sealer,
    outcome: &mut Outcome,
    ui: &Ui,
) -> Vec<Planned<'f>> {
    let mut plan = Vec::new();
    for file in files {
        let mut wanted = Vec::new();
        for found in file.sealed() {
            let subject = found.subject(file);
            let target = namespace::of_sealed(&found.sealed, &args.connection, context);
            let target = match target {
                Ok(target) => target,
                Err((problem, hint)) => {
                    ui.warn(format!("{subject}: {problem}. {hint}"));
                    outcome.add(Kind::Refused, subject);
                    continue;
                }
            };
            let current = BTreeSet::from([sealer.fingerprint.clone()]);
            let namespace = target.namespace.as_deref();
            let is_done = matches!(
                stamp::compare(&found.sealed, namespace),
                Stamped::Fits(stamp) if stamp.keys() == current
            );
            if is_done && !args.all {
                outcome.add(Kind::Kept, subject);
                continue;
            }
            wanted.push(Wanted {
                subject,
                found,
                target,
            });
        }
        plan.push(Planned { file, wanted });
    }
    plan
}

/// Seals what is wanted of a file, and writes it at once.
async fn apply(
    planned: Planned<'_>,
    source: &mut Source<'_>,
    sealer: &Sealer,
    outcome: &mut Outcome,
    ui: &Ui,
) {
    let mut changes: Vec<(String, Change)> = Vec::new();
    for Wanted {
        subject,
        found,
        target,
    } in planned.wanted
    {
        match source.again(&found.sealed, &target, sealer, ui).await {
            Ok(texts) => changes.push((subject, changed(&found, &target, sealer, &texts))),
            Err(NotResealed { kind, why }) => {
                ui.warn(format!("{subject}: {why}"));
                outcome.add(kind, subject);
            }
        }
    }
    if changes.is_empty() {
        return;
    }
    let (subjects, changes): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
    let (after, outcomes) = planned.file.edited(&changes);
    let mut made = Vec::new();
    for (subject, result) in subjects.into_iter().zip(outcomes) {
        match result {
            Ok(()) => made.push(subject),
            Err(refusal) => {
                ui.warn(format!("{subject} is not changed: {refusal}"));
                outcome.add(Kind::Refused, subject);
            }
        }
    }
    let written = match made.is_empty() {
        true => Ok(()),
        false => planned.file.write(&after),
    };
    for subject in made {
        match &written {
            Ok(()) => {
                ui.note(format!("changed {subject}"));
                outcome.add(Kind::Changed, subject);
            }
            Err(why) => {
                ui.warn(format!("{subject} is not changed: {why}"));
                outcome.add(Kind::Unusable, subject);
            }
        }
    }
}

fn changed(
    found: &Found<'_>,
    target: &Target,
    sealer: &Sealer,
    texts: &BTreeMap<String, String>,
) -> Change {
    let stamp = document::stamp(target, &sealer.fingerprint, texts);
    found.change(change::reseal(&found.sealed, texts, &stamp))
}

/// The controller may have made a new key meanwhile: then the stamps name the one before.
async fn compare_key(
    args: &ResealArgs,
    cluster: &Cluster,
    sealer: &Sealer,
    outcome: &mut Outcome,
    ui: &Ui,
) {
    let named = args.cert.controller.pair();
    match certificate::of_controller(cluster, named, Copies::Refused, ui).await {
        Ok(now) if now.fingerprint == sealer.fingerprint => {}
        Ok(_) => {
            ui.warn("the controller made a new key meanwhile; run the command again");
            outcome.add(Kind::NotSeen, "the key that was used last");
        }
        Err(error) => {
            ui.warn(format!(
                "whether the controller made a new key meanwhile is not known: {}",
                error.message()
            ));
            outcome.add(Kind::NotSeen, "the key that was used last");
        }
    }
}

fn ended(outcome: &Outcome, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let summary = match outcome.summary() {
        summary if summary.is_empty() => "nothing to seal".to_owned(),
        summary => summary,
    };
    match ui.data_line(summary) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(CommandError::partial(
            format!("done, but standard output cannot be written: {error}"),
        )),
        _ => Ok(outcome.status()),
    }
}
