//! Reports as text for people and as formats for programs. Nothing here asks
//! a cluster or decides anything.

pub mod advice;
mod asked_image;
pub mod audit;
mod codequality;
pub mod consumers;
pub mod diff;
mod excerpt;
mod fix;
mod html;
pub mod json_v1;
mod junit;
mod lines;
pub mod migration;
pub mod policy;
pub mod rotation;
mod run_v1;
mod sarif;
pub mod scaffolding;
pub mod sealed;
pub mod selftest;
pub mod sync;
mod syntax;
mod text;

use std::io;

pub use syntax::Syntax;
pub use text::{gaps, problem_line};

use crate::escape::{Written, guarded};
use crate::report::Report;
use crate::ui::Colour;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text, with the lines of the files
    Text,
    /// Text, with reasons and all evidence
    Wide,
    /// JSON; its schema is docs/schema/doctor-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI systems
    Junit,
    /// Annotations of GitHub Actions
    Github,
    /// Code Quality report of GitLab, for merge requests
    Codequality,
    /// A self-contained HTML page
    Html,
    /// Metrics for the textfile collector of the Prometheus node exporter
    Prometheus,
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
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let written = match format {
        Format::Json | Format::Yaml | Format::Kyaml | Format::Sarif | Format::Codequality => {
            return structured(report, format, out);
        }
        // Its own lines are commands.
        Format::Github => return lines::github(report, out),
        Format::Junit | Format::Html => Written::AsMarkup,
        Format::Text | Format::Wide | Format::Prometheus | Format::Name => Written::AsText,
    };
    guarded(out, written, |out| match format {
        Format::Wide => text::write(report, text::Detail::Everything, colour, out),
        Format::Junit => junit::write(report, out),
        Format::Html => html::write(report, out),
        Format::Prometheus => lines::prometheus(report, out),
        Format::Name => lines::names(report, out),
        _ => text::write(report, text::Detail::Usual, colour, out),
    })
}

/// Strings in these have escapes of their own.
fn structured(report: &Report, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Sarif => sarif::write(report, out),
        Format::Codequality => codequality::write(report, out),
        Format::Yaml => json_v1::write(report, Syntax::Yaml, out),
        Format::Kyaml => json_v1::write(report, Syntax::Kyaml, out),
        _ => json_v1::write(report, Syntax::Json, out),
    }
}
