//! What would not pass a policy, as text and for programs.

pub mod json_v1;
mod text;

use std::io::{self, Write};

use crate::escape::{Written, guarded};
use crate::policy::who::Report;
use crate::ui::Colour;

use super::Syntax;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text (only with --who)
    Text,
    /// YAML
    Yaml,
    /// JSON; with --who its schema is docs/schema/policy-who-v1.json
    Json,
    /// KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

impl Format {
    /// The syntax of a document; `None` for text.
    pub fn syntax(self) -> Option<Syntax> {
        match self {
            Self::Text => None,
            Self::Yaml => Some(Syntax::Yaml),
            Self::Json => Some(Syntax::Json),
            Self::Kyaml => Some(Syntax::Kyaml),
        }
    }
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
    match format.syntax() {
        None => guarded(out, Written::AsText, |out| text::write(report, colour, out)),
        Some(syntax) => json_v1::write(report, syntax, out),
    }
}
