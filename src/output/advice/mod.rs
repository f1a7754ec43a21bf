//! A recommendation as text, as a document and as a page.

mod html;
mod json_v1;
mod text;
mod words;

use std::io::{self, Write};

pub use json_v1::schema;

use crate::advising::Report;
use crate::escape::{Written, guarded};
use crate::ui::Colour;

use super::Syntax;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text
    Text,
    /// The recommendation alone, as text
    #[value(skip)]
    Brief,
    /// JSON; its schema is docs/schema/advice-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
    /// A self-contained HTML page
    Html,
}

/// Writes a recommendation.
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
        Format::Text | Format::Brief => Written::AsText,
    };
    guarded(out, written, |out| match format {
        Format::Html => html::write(report, out),
        Format::Brief => text::brief(report, colour, out),
        _ => text::write(report, colour, out),
    })
}
