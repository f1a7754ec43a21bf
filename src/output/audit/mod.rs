//! Reports of `audit`: text, tables for programs, and a page.

mod csv;
mod html;
pub mod json_v1;
mod text;
mod words;

use std::io::{self, Write};

use crate::auditing::Report;
use crate::escape::{Written, guarded};
use crate::ui::Colour;

use super::Syntax;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text, by namespace
    Text,
    /// Text with all columns
    Wide,
    /// JSON; its schema is docs/schema/audit-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
    /// One line per key, for spreadsheets
    Csv,
    /// A self-contained HTML page
    Html,
}

/// What a report cannot tell, whatever it says.
pub const LIMITS: [&str; 3] = [
    "Age is the time since the key's field manager last wrote to the Secret. A change of a label by \
     the same manager counts as a write, so a value can be older than shown, never younger.",
    "Readers are the subjects that RBAC allows to get, list or watch the Secret; a group counts as \
     one. Whoever can create pods or exec into them can read it too and is not counted.",
    "Copies are Secrets that kubernetes-reflector or kubernetes-replicator keep equal to this one. \
     Other copies cannot be found without reading values.",
];

/// Writes a report.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    report: &Report,
    format: Format,
    colour: Colour,
    out: &mut dyn Write,
) -> io::Result<()> {
    let written = match format {
        Format::Json => return json_v1::write(report, Syntax::Json, out),
        Format::Yaml => return json_v1::write(report, Syntax::Yaml, out),
        Format::Kyaml => return json_v1::write(report, Syntax::Kyaml, out),
        Format::Html => Written::AsMarkup,
        Format::Text | Format::Wide | Format::Csv => Written::AsText,
    };
    guarded(out, written, |out| match format {
        Format::Wide => text::write(report, text::Columns::All, colour, out),
        Format::Csv => csv::write(report, out),
        Format::Html => html::write(report, out),
        _ => text::write(report, text::Columns::Usual, colour, out),
    })
}
