//! How far workloads are: `migrate --status`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::command_line::Hint;
use crate::error::ExitStatus;
use crate::escape::{Written, escape_controls as safe, guarded};
use crate::migration::progress::{Progress, Stage};
use crate::outcome::Outcome;
use crate::output::Syntax;
use crate::output::run_v1::RunV1;
use crate::output::text::counted;

/// Most workloads of a stage that have a line each.
const MOST: usize = 8;

/// How far the workloads of one run of `kubectl secretsafe migrate --status` are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `MigrationStatus`.
    kind: &'static str,
    /// How the run ended.
    run: RunV1,
    /// How many workloads are how far.
    workloads: CountsV1,
    /// How many variables from Secrets are how far; those that are removed are not there
    /// to be counted, and an `envFrom` whose keys are not known counts as one.
    variables: CountsV1,
    /// One for each workload that gets a Secret as a variable or as a file.
    items: Vec<ProgressV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CountsV1 {
    not_mounted: usize,
    mounted: usize,
    app_ready: usize,
    removed: usize,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ProgressV1 {
    /// Kind of the workload.
    kind: String,
    namespace: String,
    name: String,
    /// Its file; absent in a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// `notMounted`, `mounted`, `appReady` or `removed`: as far as the last of its
    /// variables.
    stage: &'static str,
    variables: CountsV1,
}

impl CountsV1 {
    fn of(count: impl Fn(Stage) -> usize) -> Self {
        Self {
            not_mounted: count(Stage::NotMounted),
            mounted: count(Stage::Mounted),
            app_ready: count(Stage::AppReady),
            removed: count(Stage::Removed),
        }
    }
}

/// The schema of [`StatusV1`].
pub fn status_schema() -> serde_json::Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<StatusV1>()
        .to_value()
}

fn workloads(all: &[Progress], stage: Stage) -> usize {
    all.iter().filter(|one| one.stage() == stage).count()
}

fn variables(all: &[Progress], stage: Stage) -> usize {
    all.iter().map(|one| one.count(stage)).sum()
}

/// Writes it as a document.
///
/// # Errors
/// When `out` cannot be written.
pub fn status_document(
    all: &[Progress],
    outcome: &Outcome,
    syntax: Syntax,
    out: &mut dyn Write,
) -> io::Result<()> {
    let status: ExitStatus = outcome.status();
    let document = StatusV1 {
        api_version: "secretsafe.dev/v1",
        kind: "MigrationStatus",
        run: RunV1::ended(outcome, status),
        workloads: CountsV1::of(|stage| workloads(all, stage)),
        variables: CountsV1::of(|stage| variables(all, stage)),
        items: all
            .iter()
            .map(|one| ProgressV1 {
                kind: one.workload.kind.clone(),
                namespace: one.workload.namespace.clone(),
                name: one.workload.name.clone(),
                file: one.file.clone(),
                stage: one.stage().id(),
                variables: CountsV1::of(|stage| one.count(stage)),
            })
            .collect(),
    };
    syntax.write(&document, out)
}

/// Writes it for people, with what is next for each stage.
///
/// # Errors
/// When `out` cannot be written.
pub fn status(
    all: &[Progress],
    next: &BTreeMap<Stage, Hint>,
    out: &mut dyn Write,
) -> io::Result<()> {
    guarded(out, Written::AsText, |out| lines(all, next, out))
}

fn lines(all: &[Progress], next: &BTreeMap<Stage, Hint>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = vec![["STAGE", "WORKLOAD", "VARIABLES"].map(str::to_owned)];
    for stage in Stage::ALL {
        let of: Vec<_> = all.iter().filter(|one| one.stage() == stage).collect();
        rows.extend(of.iter().take(MOST).map(|one| row(one, stage)));
        if let Some(more @ 1..) = of.len().checked_sub(MOST) {
            rows.push([
                stage.name().to_owned(),
                format!("and {more} more"),
                String::new(),
            ]);
        }
    }
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let (first, second) = (width(0), width(1));
    for [stage, workload, variables] in &rows {
        let line = format!("{stage:first$}  {workload:second$}  {variables}");
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)?;
    let told = |count: &dyn Fn(Stage) -> usize| {
        let parts = Stage::ALL.into_iter().filter(|stage| count(*stage) > 0);
        let parts = parts.map(|stage| format!("{} {}", count(stage), stage.name()));
        parts.collect::<Vec<_>>().join(", ")
    };
    writeln!(
        out,
        "{} using Secrets as variables or files: {}",
        counted(all.len(), "workload"),
        told(&|stage| workloads(all, stage))
    )?;
    let left: usize = Stage::ALL
        .into_iter()
        .map(|stage| variables(all, stage))
        .sum();
    if left > 0 {
        writeln!(
            out,
            "{} from Secrets: {}",
            counted(left, "variable"),
            told(&|stage| variables(all, stage))
        )?;
    }
    for (stage, hint) in next {
        if workloads(all, *stage) > 0 {
            writeln!(out, "{}: {}", stage.name(), hint.shown(safe))?;
        }
    }
    Ok(())
}

fn row(one: &Progress, stage: Stage) -> [String; 3] {
    let place = match &one.file {
        Some(file) => format!(" ({file})"),
        None => String::new(),
    };
    let variables = Stage::ALL
        .into_iter()
        .filter(|stage| one.count(*stage) > 0)
        .map(|stage| format!("{} {}", one.count(stage), stage.name()));
    [
        stage.name().to_owned(),
        safe(&format!(
            "{} in {}{place}",
            one.workload.short(),
            one.workload.namespace
        )),
        variables.collect::<Vec<_>>().join(", "),
    ]
}
