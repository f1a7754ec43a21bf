//! Files with SealedSecrets, and their edits.

use std::path::Path;

use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::gathering::files::{self as input, FileWish, FilesRead, Folders, InputFile, InputPlace};
use crate::levels::sealed::SealedSecret;
use crate::manifest::edit::{self, Edit, Refusal};
use crate::manifest::{Operation, Parsed, Problem, SourceText, parse};
use crate::sealing::objects;
use crate::ui::Ui;
use crate::{files, reading};

/// Reads files and the files of folders, and warns of what was left out.
///
/// # Errors
/// When a name leads to nothing.
pub(super) fn read(paths: &[String], recursive: bool, ui: &Ui) -> Result<FilesRead, CommandError> {
    let read = input::read(&FileWish {
        paths: paths.to_vec(),
        folders: match recursive {
            true => Folders::Recursive,
            false => Folders::Flat,
        },
        ..FileWish::default()
    })?;
    for line in read.skipped.lines() {
        ui.warn(line);
    }
    Ok(read)
}

/// Longest file that is edited.
const LARGEST: usize = 64 * 1024 * 1024;

/// A text with SealedSecrets.
pub(super) struct SealedFile {
    /// What messages call it.
    pub name: String,
    place: InputPlace,
    text: Zeroizing<String>,
    parsed: Parsed,
}

/// One SealedSecret of a file.
pub(super) struct Found<'f> {
    document: usize,
    base: String,
    pub sealed: SealedSecret<'f>,
}

/// What is to be changed of one of them.
pub(super) struct Change {
    document: usize,
    base: String,
    operations: Vec<Operation>,
}

impl Found<'_> {
    /// `db of sealed.yaml`.
    pub fn subject(&self, file: &SealedFile) -> String {
        match self.sealed.name {
            "" => file.name.clone(),
            name => format!("{name} of {}", file.name),
        }
    }

    /// A change of it.
    pub fn change(&self, operations: Vec<Operation>) -> Change {
        Change {
            document: self.document,
            base: self.base.clone(),
            operations,
        }
    }
}

impl SealedFile {
    /// Reads a file that is to be edited.
    ///
    /// # Errors
    /// Status 2 when it cannot be read.
    pub fn at(path: &Path) -> Result<Self, CommandError> {
        let text = reading::regular(path, LARGEST).and_then(reading::text);
        let text = text.map_err(|error| {
            CommandError::usage(format!("{} cannot be read: {error}", path.display()))
        })?;
        Ok(Self::new(
            path.display().to_string(),
            InputPlace::File(path.to_owned()),
            text,
        ))
    }

    /// One that was read.
    pub fn of(file: InputFile) -> Self {
        Self::new(file.name, file.place, file.text)
    }

    fn new(name: String, place: InputPlace, text: Zeroizing<String>) -> Self {
        let parsed = parse(&SourceText::new(name.clone(), text.clone()));
        Self {
            name,
            place,
            text,
            parsed,
        }
    }

    /// What of it cannot be read.
    pub fn problems(&self) -> &[Problem] {
        &self.parsed.problems
    }

    /// Its SealedSecrets.
    pub fn sealed(&self) -> Vec<Found<'_>> {
        let documents = self.parsed.documents.iter().enumerate();
        documents
            .flat_map(|(document, parsed)| {
                objects(parsed).into_iter().filter_map(move |(base, node)| {
                    Some(Found {
                        document,
                        base,
                        sealed: SealedSecret::of(node)?,
                    })
                })
            })
            .collect()
    }

    /// The text with changes; which of them were made.
    pub fn edited(&self, changes: &[Change]) -> (String, Vec<Result<(), Refusal>>) {
        let edits: Vec<_> = changes
            .iter()
            .map(|change| {
                let document = &self.parsed.documents[change.document];
                Edit {
                    span: document.span,
                    format: document.format,
                    base: &change.base,
                    operations: &change.operations,
                    tree: None,
                }
            })
            .collect();
        let edited = edit::edit_all(&self.text, &edits);
        (edited.text, edited.outcomes)
    }

    /// Writes another text in its place, if it still is what was read.
    ///
    /// # Errors
    /// A clause that says why not; then nothing was changed.
    pub fn write(&self, after: &str) -> Result<(), String> {
        match &self.place {
            InputPlace::File(path) => {
                files::replace_file(path, self.text.as_bytes(), after.as_bytes())
                    .map_err(|error| error.to_string())
            }
            InputPlace::Outside(_) => {
                Err("it is a link that leads out of the directory; name the file itself".to_owned())
            }
            _ => Err("it is not a file".to_owned()),
        }
    }
}
