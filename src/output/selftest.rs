//! What `selftest leak` has seen, as a table and as a document.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::outcome::{Kind, Outcome};
use crate::selftest::{COMMAND, Look, Place, Row, Verdict};

use super::Syntax;
use super::run_v1::RunV1;

/// The name of a place.
pub fn name(place: Place) -> &'static str {
    match place {
        Place::CommandLine => "command line",
        Place::Environment => "environment",
        Place::OpenFiles => "open files",
        Place::Output => "output and messages",
        Place::Files => "changed files",
        Place::CoreDump => "core dump",
        Place::Journal => "system journal",
    }
}

fn words(look: &Look) -> String {
    match look {
        Look::Nothing(None) => "no trace".to_owned(),
        Look::Nothing(Some(much)) => format!("no trace ({much})"),
        Look::Found(what) if what.is_empty() => "found".to_owned(),
        Look::Found(what) => format!("found: {what}"),
        Look::Closed(how) => format!("no trace ({how})"),
        Look::NoSuchPlace(why) => why.clone(),
        Look::NotLooked(why) => format!("not checked: {why}"),
    }
}

/// A table, and what follows from it.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(rows: &[Row], outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<[String; 3]> = rows
        .iter()
        .map(|row| {
            // The control's own name would only make the table wide.
            let control = match &row.control {
                Look::Found(_) => "found".to_owned(),
                other => words(other),
            };
            [name(row.place).to_owned(), words(&row.program), control]
        })
        .collect();
    let head = ["PLACE", "THIS PROGRAM", "CONTROL"].map(str::to_owned);
    let width = |column: usize| {
        let cells = lines
            .iter()
            .chain([&head])
            .map(|line| line[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let (first, second) = (width(0), width(1));
    for [place, program, control] in [&head].into_iter().chain(&lines) {
        writeln!(out, "{place:first$}   {program:second$}   {control}")?;
    }
    writeln!(out)?;
    let count = |verdict| rows.iter().filter(|row| row.verdict() == verdict).count();
    match (count(Verdict::Trace), count(Verdict::NotShown)) {
        (0, 0) => writeln!(
            out,
            "{COMMAND} left no trace of a made-up value in these places. The control was found in each that this machine has."
        ),
        (0, _) => {
            let names: Vec<_> = outcome.names(Kind::NotSeen).collect();
            writeln!(
                out,
                "{COMMAND} left no trace where this could be checked. Not shown: {}.",
                names.join(", ")
            )
        }
        _ => {
            let names: Vec<_> = outcome.names(Kind::Found).collect();
            writeln!(
                out,
                "{COMMAND} left a trace of a made-up value: {}. Please report this as a security problem; SECURITY.md says how.",
                names.join(", ")
            )
        }
    }
}

/// `kubectl secretsafe selftest leak -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SelftestV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `SelftestReport`.
    kind: &'static str,
    /// The version of the program that was tested.
    version: &'static str,
    /// The command that was run with the made-up value.
    command: &'static str,
    /// How the run ended.
    run: RunV1,
    places: Vec<PlaceV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceV1 {
    /// `command line`, `environment`, `open files`, `output and messages`, `changed files`,
    /// `core dump` or `system journal`.
    place: &'static str,
    /// What was seen of this program.
    program: LookV1,
    /// What was seen of the control, which leaks.
    control: LookV1,
    /// `clean`, `trace` or `notShown`.
    verdict: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LookV1 {
    /// `nothing`, `found`, `closed`, `noSuchPlace` or `notLooked`.
    result: &'static str,
    /// How much was looked at, where it was found, or why it was not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// The schema of the report.
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<SelftestV1>()
        .to_value()
}

fn look(look: &Look) -> LookV1 {
    let (result, detail) = match look {
        Look::Nothing(much) => ("nothing", much.clone()),
        Look::Found(what) => ("found", Some(what.clone()).filter(|what| !what.is_empty())),
        Look::Closed(how) => ("closed", Some(how.clone())),
        Look::NoSuchPlace(why) => ("noSuchPlace", Some(why.clone())),
        Look::NotLooked(why) => ("notLooked", Some(why.clone())),
    };
    LookV1 { result, detail }
}

/// The same for programs.
///
/// # Errors
/// When `out` cannot be written.
pub fn document(
    rows: &[Row],
    outcome: &Outcome,
    syntax: Syntax,
    out: &mut dyn Write,
) -> io::Result<()> {
    let places = rows.iter().map(|row| PlaceV1 {
        place: name(row.place),
        program: look(&row.program),
        control: look(&row.control),
        verdict: match row.verdict() {
            Verdict::Clean => "clean",
            Verdict::Trace => "trace",
            Verdict::NotShown => "notShown",
        },
    });
    let report = SelftestV1 {
        api_version: "secretsafe.dev/v1",
        kind: "SelftestReport",
        version: env!("CARGO_PKG_VERSION"),
        command: COMMAND,
        run: RunV1::new(outcome),
        places: places.collect(),
    };
    syntax.write(&report, out)
}
