//! `seal check`: SealedSecret files, without a cluster.

use std::collections::BTreeSet;

use crate::error::{CommandError, ExitStatus};
use crate::outcome::{Kind, Outcome};
use crate::output::sealed::{self as output, Format, Report, Row};
use crate::report::InputProblem;
use crate::sealing::check::{KeyState, check};
use crate::ui::Ui;

use super::arguments::CheckArgs;
use super::certificate;
use super::files::{SealedFile, read};

pub(super) async fn run(args: CheckArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let current: BTreeSet<_> = certificate::read_all(&args.cert, ui)
        .await?
        .into_iter()
        .map(|sealer| sealer.fingerprint)
        .collect();
    let read = read(&args.paths, args.recursive, ui)?;
    let mut report = Report {
        rows: Vec::new(),
        problems: read.problems,
        outcome: Outcome::default(),
    };
    for file in read.files.into_iter().map(SealedFile::of) {
        let problems = file.problems().iter().map(|problem| InputProblem {
            source: file.name.clone(),
            position: Some(problem.position),
            message: problem.message.clone(),
        });
        report.problems.extend(problems);
        for found in file.sealed() {
            let sealed = &found.sealed;
            report.rows.push(Row {
                file: file.name.clone(),
                namespace: sealed.namespace.map(str::to_owned),
                name: sealed.name.to_owned(),
                scope: sealed.scope(),
                subject: found.subject(&file),
                checked: check(sealed, args.connection.explicit_namespace(), &current),
            });
        }
    }
    report.outcome = outcome(&report, !current.is_empty());
    if report.rows.is_empty() && report.problems.is_empty() {
        return Err(CommandError::usage("the files have no SealedSecret")
            .hint("Use -R to read subdirectories, too."));
    }
    match args.output {
        Format::Text => ui.text(|out| output::report(&report, args.output, out))?,
        _ => ui.document(|out| output::report(&report, args.output, out))?,
    }
    Ok(report.outcome.status())
}

/// What it came to. Whether a key is in use is a question only with a certificate, and
/// has no answer for what has no stamp that fits.
fn outcome(report: &Report, asks_for_key: bool) -> Outcome {
    let mut outcome = Outcome::default();
    for problem in &report.problems {
        outcome.add(Kind::Unusable, &problem.source);
    }
    for row in &report.rows {
        let is_open = asks_for_key && row.checked.key == KeyState::Unknown;
        let kind = match (row.checked.faults.is_empty(), is_open) {
            (false, _) => Kind::Found,
            (true, true) => Kind::NotSeen,
            (true, false) => Kind::Kept,
        };
        outcome.add(kind, &row.subject);
    }
    outcome
}
