//! SealedSecrets as documents, and what `seal check` found in files.

pub mod json_v1;
mod text;

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::escape::yaml_in_lines;
use crate::levels::sealed::Scope;
use crate::outcome::Outcome;
use crate::report::InputProblem;
use crate::sealing::check::Checked;

use super::Syntax;

/// A format of `seal check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text
    #[default]
    Text,
    /// JSON; its schema is docs/schema/seal-check-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

/// What `seal check` found.
pub struct Report {
    pub rows: Vec<Row>,
    /// Input that could not be read.
    pub problems: Vec<InputProblem>,
    pub outcome: Outcome,
}

/// One SealedSecret.
pub struct Row {
    pub file: String,
    pub namespace: Option<String>,
    pub name: String,
    pub scope: Scope,
    /// What the outcome calls it.
    pub subject: String,
    pub checked: Checked,
}

/// Writes a report.
///
/// # Errors
/// When `out` cannot be written.
pub fn report(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, out),
        Format::Json => json_v1::write(report, Syntax::Json, out),
        Format::Yaml => json_v1::write(report, Syntax::Yaml, out),
        Format::Kyaml => json_v1::write(report, Syntax::Kyaml, out),
    }
}

/// Writes SealedSecrets: several as documents one after the other, or in JSON as a List.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(documents: &[Value], syntax: Syntax, out: &mut dyn Write) -> io::Result<()> {
    let yaml = |one: &Value, out: &mut dyn Write| {
        // As kubeseal writes it: a ciphertext in one line.
        out.write_all(yaml_in_lines(one)?.as_bytes())
    };
    match (documents, syntax) {
        ([one], Syntax::Yaml) => yaml(one, out),
        ([one], _) => syntax.write(one, out),
        (_, Syntax::Json) => {
            let list = json!({"apiVersion": "v1", "kind": "List", "items": documents});
            syntax.write(&list, out)
        }
        (_, Syntax::Yaml) => documents.iter().enumerate().try_for_each(|(index, one)| {
            if index > 0 {
                out.write_all(b"---\n")?;
            }
            yaml(one, out)
        }),
        // Each document begins with a mark.
        (_, Syntax::Kyaml) => documents.iter().try_for_each(|one| syntax.write(one, out)),
    }
}
