//! `fileConventions` of the configuration file.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::workload::file_convention::{Form, OwnConvention};
use crate::workload::image::parts;

/// An image that reads values from files which variables name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ImageEntry {
    /// The image without tag and digest. Where it names no registry, it may
    /// come from any.
    image: String,
    /// The variables whose values it reads from a file too.
    variables: Vec<String>,
    /// How the variable that names the file is called for a variable X.
    #[serde(default)]
    form: FormName,
    /// Whether its entrypoint runs as root, unless the pod says otherwise.
    #[serde(default)]
    starts_as_root: bool,
    /// Where that is written: an address, or a file of the image's repository.
    source: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
enum FormName {
    #[default]
    #[serde(rename = "X_FILE")]
    Suffix,
    #[serde(rename = "X__FILE")]
    DoubleSuffix,
    #[serde(rename = "FILE__X")]
    Prefix,
}

impl ImageEntry {
    /// # Errors
    /// The field that means nothing, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let (registry, path) = parts(&self.image);
        let whole = self.image == path || self.image == format!("{registry}/{path}");
        if path.is_empty() || !whole {
            return Err(("image", "write the image without tag and digest".to_owned()));
        }
        if self.variables.is_empty() {
            return Err(("variables", "name at least one".to_owned()));
        }
        let illegal = |name: &&String| {
            name.is_empty() || name.contains(|c: char| c == '=' || c.is_whitespace())
        };
        if let Some(name) = self.variables.iter().find(illegal) {
            return Err(("variables", format!("{name:?} is no name of a variable")));
        }
        if self.source.trim().is_empty() {
            return Err(("source", "say where that is written".to_owned()));
        }
        Ok(())
    }
}

impl From<&ImageEntry> for OwnConvention {
    fn from(entry: &ImageEntry) -> Self {
        Self {
            image: entry.image.clone(),
            variables: entry.variables.clone(),
            form: match entry.form {
                FormName::Suffix => Form::Suffix,
                FormName::DoubleSuffix => Form::DoubleSuffix,
                FormName::Prefix => Form::Prefix,
            },
            starts_as_root: entry.starts_as_root,
            source: entry.source.trim().to_owned(),
        }
    }
}
