//! Reports of `consumers`, as text, JSON and graphs.

mod graph;
pub mod json_v1;
mod text;
pub(super) mod words;

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::consumption::Report;
use crate::escape::{Written, escape_controls, guarded};

use super::Syntax;
use crate::ui::Colour;

/// A format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text
    #[default]
    Text,
    /// JSON; its schema is docs/schema/consumers-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
    /// A graph for Graphviz
    Dot,
    /// A graph for Mermaid, as in Markdown
    Mermaid,
    /// One object per line, as kubectl accepts it
    Name,
}

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
    guarded(out, Written::AsText, |out| match format {
        Format::Text => text::write(report, colour, out),
        Format::Json => json_v1::write(report, Syntax::Json, out),
        Format::Yaml => json_v1::write(report, Syntax::Yaml, out),
        Format::Kyaml => json_v1::write(report, Syntax::Kyaml, out),
        Format::Dot => graph::dot(report, out),
        Format::Mermaid => graph::mermaid(report, out),
        Format::Name => names(report, out),
    })
}

fn names(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let names: BTreeSet<_> = report
        .parts
        .iter()
        .flat_map(|part| &part.secrets)
        .flat_map(|consumption| &consumption.consumers)
        .map(|consumer| consumer.subject.short())
        .collect();
    for name in names {
        writeln!(out, "{}", escape_controls(&name))?;
    }
    Ok(())
}
