//! `fileConventions` of the configuration file.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::workload::file_convention::{Form, OwnConvention, Reader};
use crate::workload::image::is_untagged;
use crate::workload::image_facts::ImageUser;

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
    /// Whether its entrypoint runs as root, unless the pod says otherwise. It is
    /// the same as `startsAs: {uid: 0, gid: 0}`.
    #[serde(default)]
    starts_as_root: bool,
    /// As whom the image starts, unless the pod says otherwise.
    #[serde(default)]
    starts_as: Option<Ids>,
    /// As whom the file is read, where the image starts as root.
    #[serde(default)]
    reader: ReaderName,
    /// Who reads the file where `reader` is `dropsFirst`, if that is known.
    #[serde(default)]
    reads_as: Option<Ids>,
    /// The first version that reads files, as its tag begins: `2.1`. Any, if it
    /// is left out.
    #[serde(default)]
    since: Option<String>,
    /// The first words of `command` with which a container still reads the
    /// files; without them only one without `command` does.
    #[serde(default)]
    commands: Vec<String>,
    /// The first words of `args` with which it does; any, if they are left out.
    #[serde(default)]
    arguments: Vec<String>,
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

/// A user and its primary group.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ids {
    uid: u32,
    #[serde(default)]
    gid: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum ReaderName {
    /// As the user that the container starts as.
    #[default]
    AtStart,
    /// As another user, which the entrypoint becomes before it reads.
    DropsFirst,
    /// It is not known.
    NotKnown,
}

impl ImageEntry {
    fn version(&self) -> Option<Vec<u32>> {
        let since = self.since.as_deref()?;
        since.split('.').map(|part| part.parse().ok()).collect()
    }

    /// # Errors
    /// The field that means nothing, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        if !is_untagged(&self.image) {
            return Err(("image", "write the image without tag and digest".to_owned()));
        }
        if self.variables.is_empty() {
            return Err(("variables", "name at least one".to_owned()));
        }
        let illegal = |name: &&String| {
            name.is_empty() || name.contains(|c: char| c == '=' || c.is_whitespace())
        };
        if let Some(name) = self.variables.iter().find(illegal) {
            return Err(("variables", format!("{name:?} is not a name of a variable")));
        }
        if self.since.is_some() && self.version().is_none() {
            return Err(("since", "write a version of numbers and points".to_owned()));
        }
        if self.starts_as_root && self.starts_as.is_some_and(|ids| ids.uid != 0) {
            return Err(("startsAs", "it contradicts startsAsRoot".to_owned()));
        }
        if self.reads_as.is_some() && !matches!(self.reader, ReaderName::DropsFirst) {
            return Err(("readsAs", "write reader: dropsFirst with it".to_owned()));
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
            since: entry.version().unwrap_or_default(),
            commands: entry.commands.clone(),
            arguments: entry.arguments.clone(),
            user: match entry.starts_as {
                Some(ids) => ImageUser::Ids {
                    uid: ids.uid.into(),
                    gid: ids.gid.map(Into::into),
                },
                None if entry.starts_as_root => ImageUser::ROOT,
                None => ImageUser::Unknown,
            },
            reader: match entry.reader {
                ReaderName::AtStart => Reader::AtStart,
                ReaderName::NotKnown => Reader::NotKnown,
                ReaderName::DropsFirst => Reader::DropsFirst {
                    uid: entry.reads_as.map(|ids| ids.uid.into()),
                    gid: entry.reads_as.and_then(|ids| ids.gid).map(Into::into),
                },
            },
            source: entry.source.trim().to_owned(),
        }
    }
}
