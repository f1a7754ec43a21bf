//! The runs that are not over, as a document, version 1. These structs are a promise
//! of their own: what is inside may change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::outcome::Outcome;
use crate::output::Syntax;
use crate::output::run_v1::RunV1;
use crate::rotation::record::Record;
use crate::rotation::state::RunState;

/// `kubectl secretsafe rotate --status -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RunsV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `RotationRuns`.
    kind: &'static str,
    namespace: String,
    /// How this command ended.
    run: RunV1,
    runs: Vec<OneV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OneV1 {
    /// Its id.
    id: String,
    /// The Secrets that it changes.
    secrets: Vec<String>,
    /// The keys of the first one.
    keys: Vec<String>,
    /// `pending`, `write`, `staged`, `restart`, `verify`, `retire`, `kept` or `back`.
    phase: String,
    /// Whether somebody still has to do something.
    open: bool,
    /// When it began, RFC 3339.
    began: String,
    /// When the new value was written, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    wrote: Option<String>,
    /// Until when the old value is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_until: Option<String>,
}

/// Writes the runs.
///
/// # Errors
/// When they cannot be written.
pub fn write<'r>(
    namespace: &str,
    runs: impl Iterator<Item = (&'r Record, &'r RunState)>,
    outcome: &Outcome,
    syntax: Syntax,
    out: &mut dyn Write,
) -> io::Result<()> {
    let one = |(record, state): (&Record, &RunState)| OneV1 {
        id: record.run.as_str().to_owned(),
        secrets: record.secrets.clone(),
        keys: record.keys.clone(),
        phase: state.phase.name().to_owned(),
        open: state.phase.is_open(),
        began: record.began.to_string(),
        wrote: state.wrote.map(|time| time.to_string()),
        kept_until: state.keep.map(|time| time.to_string()),
    };
    let document = RunsV1 {
        api_version: "secretsafe.dev/v1",
        kind: "RotationRuns",
        namespace: namespace.to_owned(),
        run: RunV1::new(outcome),
        runs: runs.map(one).collect(),
    };
    syntax.write(&document, out)
}

/// The published schema of the document.
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<RunsV1>()
        .to_value()
}
