//! The syntaxes in which one and the same document is written.

use std::io::{self, Write};

use serde::Serialize;

use crate::escape::{json_pretty, kyaml, yaml};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Json,
    Yaml,
    /// The YAML of `kubectl -o kyaml`.
    Kyaml,
}

impl Syntax {
    /// Writes an object of Kubernetes, with an end of line behind it.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_value(self, object: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
        self.write(object, out)
    }

    /// Writes a document, with an end of line behind it.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub(super) fn write(self, document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Json => {
                json_pretty(document, 2, out)?;
                writeln!(out)
            }
            Self::Yaml => out.write_all(yaml(document)?.as_bytes()),
            Self::Kyaml => kyaml(document, out),
        }
    }
}
