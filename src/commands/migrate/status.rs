//! `--status`: how far workloads are; and `--report`: the plan in a file.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Write;

use crate::command_line::Hint;
use crate::commands::destination;
use crate::error::{CommandError, ExitStatus};
use crate::inventory::Inventory;
use crate::migration::Plan;
use crate::migration::progress::{Progress, Stage};
use crate::outcome::Outcome;
use crate::output::Syntax;
use crate::output::migration::{self, Row, Steps};
use crate::ui::Ui;
use crate::workload::{ObjectId, Origin, Workload};

use super::arguments::{MigrateArgs, ReportForm};

/// How far the chosen workloads are: those with plans, and those that have none.
pub(super) fn progress(
    inventory: &Inventory,
    plans: &[&Plan],
    chosen: &BTreeSet<ObjectId>,
) -> Vec<Progress> {
    let file = |origin: Origin| inventory.source(origin).map(|source| source.text.name());
    let plans: Vec<_> = plans
        .iter()
        .filter(|plan| !plan.variables.is_empty() || plan.refuses())
        .collect();
    let partials = inventory.partials.iter().map(|partial| &partial.workload);
    let mut whole: HashMap<(&ObjectId, Origin), &Workload> = HashMap::new();
    for workload in inventory.workloads.iter().chain(partials) {
        // The first one counts, as elsewhere.
        whole
            .entry((&workload.id, workload.origin))
            .or_insert(workload);
    }
    let planned = plans.iter().map(|plan| {
        let workload = whole.get(&(&plan.subject, plan.origin)).copied();
        Progress::of(plan, workload, file(plan.origin))
    });
    let with_plan: HashSet<_> = plans
        .iter()
        .map(|plan| (&plan.subject, plan.origin))
        .collect();
    let without_plan = |workload: &Workload| {
        let is_planned = with_plan.contains(&(&workload.id, workload.origin));
        let file = file(workload.origin);
        match is_planned {
            true => None,
            false => Progress::without_plan(workload, file)
                .or_else(|| Progress::of_files(workload, file)),
        }
    };
    let others = inventory
        .workloads
        .iter()
        .filter(|workload| chosen.contains(&workload.id))
        .filter_map(without_plan);
    let mut all: Vec<_> = planned.chain(others).collect();
    all.sort_by(|a, b| (a.stage(), &a.file, &a.workload).cmp(&(b.stage(), &b.file, &b.workload)));
    all
}

/// Shows it.
pub(super) fn show(
    args: &MigrateArgs,
    all: &[Progress],
    outcome: &Outcome,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    match args.result.output.syntax() {
        Some(syntax) => {
            ui.document(|out| migration::status_document(all, outcome, syntax, out))?;
        }
        None if all.is_empty() => ui.note("no workload here uses a Secret"),
        None => ui.text(|out| migration::status(all, &next(args), out))?,
    }
    Ok(outcome.status())
}

/// What is next for workloads of a stage.
fn next(args: &MigrateArgs) -> BTreeMap<Stage, Hint> {
    let mut next = BTreeMap::new();
    next.insert(
        Stage::Mounted,
        "once your apps read the files, confirm the variables in .secretsafe.yaml (readsFiles) or \
         with --reads-files"
            .into(),
    );
    if let Some(again) = args.again() {
        let shown = |words: &str, switch: Option<&'static str>| {
            let command = match switch {
                Some(switch) => again.clone().switch(switch),
                None => again.clone(),
            };
            // Without it the same words change a cluster.
            let command = match args.input.filename.is_empty() {
                true => command.switch("--dry-run"),
                false => command,
            };
            Hint::run(words, command)
        };
        next.insert(Stage::NotMounted, shown("to see the plan", None));
        next.insert(
            Stage::AppReady,
            shown("to see the removal", Some("--remove-env")),
        );
    }
    next
}

/// Makes sure, before anything is read, that the report replaces nothing else.
///
/// # Errors
/// When it would.
pub(super) fn check_report(args: &MigrateArgs) -> Result<(), CommandError> {
    match &args.result.report {
        Some(report) => destination::check(&report.path, &args.input.filename),
        None => Ok(()),
    }
}

/// Writes the plan to a file, where that is asked for.
///
/// # Errors
/// When it cannot be written.
pub(super) fn report(
    args: &MigrateArgs,
    rows: &[Row<'_>],
    outcome: &Outcome,
    ui: &Ui,
) -> Result<(), CommandError> {
    let Some(report) = &args.result.report else {
        return Ok(());
    };
    let mut text: Vec<u8> = Vec::new();
    let out: &mut dyn Write = &mut text;
    let written = match report.form {
        ReportForm::Html => migration::page(rows, outcome, out),
        ReportForm::Json => {
            let steps: Vec<Steps> = rows.iter().map(|row| row.plan.clone().into()).collect();
            migration::document(&steps, outcome, outcome.status(), Syntax::Json, out)
        }
    };
    let path = report.path.display();
    written
        .and_then(|()| crate::files::to_file(&report.path, &text))
        .map_err(|error| CommandError::usage(format!("{path} cannot be written: {error}")))?;
    ui.note(format!("wrote {path}"));
    Ok(())
}
