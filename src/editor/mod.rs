//! The user's editor, for a text that holds values: where the text lies meanwhile, how
//! the editor is kept from copying it elsewhere, what is read back, and that nothing is
//! left, however the editor or this process ends.

mod command;
mod folder;
mod place;
mod process;
pub mod residue;
mod sweep;

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use crate::error::CommandError;
use crate::escape::escape_controls;
use crate::secret::SecretValue;
use crate::secret::traces::Traces;
use crate::signals::{Hold, Postponed};

use command::Editor;
use folder::Folder;
pub use place::Disk;
use place::Place;
use process::Ended;
pub use residue::{Limits, Search};

/// Nobody reads a text and decides in less.
const AT_ONCE: Duration = Duration::from_millis(700);

/// An editor and a place for the text, both found before a value is read.
pub struct Desk {
    editor: Editor,
    place: Place,
}

/// What was left when the editor had ended and the text was wiped.
pub struct Left {
    /// The text, or why there is none (status 2).
    pub text: Result<SecretValue, CommandError>,
    /// It ended before anybody could have edited something.
    pub ended_at_once: bool,
    /// What could not be removed, and why.
    pub unwiped: Option<String>,
    /// A signal that ends the process when this is dropped.
    pub ending: Postponed,
}

impl Desk {
    /// Finds the editor (`KUBE_EDITOR`, then `EDITOR`, then vi, as kubectl does) and the
    /// place, and removes what runs that were killed have left there.
    ///
    /// # Errors
    /// Status 2 when there is no editor, or no place in memory and `disk` does not allow
    /// another one.
    pub fn prepare(disk: Disk) -> Result<Self, CommandError> {
        let editor = Editor::chosen()?;
        sweep::sweep();
        let place = place::choose(disk)?;
        Ok(Self { editor, place })
    }

    /// What is to be said of it before it is used.
    pub fn warnings(&self) -> Vec<String> {
        let mut found = Vec::new();
        if let Place::Disk(folder) = &self.place {
            found.push(format!(
                "the text is written to a file below {}, which may be on a disk (--allow-disk)",
                escape_controls(&folder.display().to_string())
            ));
        }
        found.extend(self.editor.warning());
        found
    }

    /// Lets the user edit a text, and wipes it in every case.
    ///
    /// While the editor runs, Ctrl-C is the editor's alone. A signal that ends this
    /// process (TERM, HUP) ends the editor first; the process ends when what is returned
    /// is dropped.
    ///
    /// # Errors
    /// Status 2 when signals cannot be held back.
    pub fn edit(&self, text: &SecretValue) -> Result<Left, CommandError> {
        let no_handlers = |error| {
            CommandError::usage(format!(
                "signals cannot be held back: {error}; nothing was changed"
            ))
        };
        let ending = Postponed::of(&process::ENDING).map_err(no_handlers)?;
        let _of_the_editor = Hold::of(&process::OF_THE_EDITOR).map_err(no_handlers)?;
        let folder = match Folder::with(&self.place, text) {
            Ok(folder) => folder,
            Err(error) => {
                let error = CommandError::usage(format!(
                    "the text for the editor cannot be written: {error}; nothing was changed"
                ));
                return Ok(Left {
                    text: Err(error),
                    ended_at_once: false,
                    unwiped: None,
                    ending,
                });
            }
        };
        let started = Instant::now();
        let ended = process::run(&self.editor, &folder, &ending);
        let ended_at_once = started.elapsed() < AT_ONCE;
        let read = folder.read();
        let shown = folder.shown();
        let unwiped = folder
            .wipe()
            .err()
            .map(|error| format!("{shown} ({error})"));
        let refused = |why: String| CommandError::usage(format!("{why}; nothing was changed"));
        let text = match ended {
            Ended::Well => read.map_err(|problem| refused(problem.to_string())),
            Ended::Badly(how) => Err(refused(format!("{} {how}", self.editor.name()))),
        };
        Ok(Left {
            text,
            ended_at_once,
            unwiped,
            ending,
        })
    }

    /// Keeps a text where the user finds it, because the user wants so: no later run
    /// removes it. Gives the path.
    ///
    /// # Errors
    /// Status 2 when it cannot be written.
    pub fn keep(&self, text: &SecretValue) -> Result<PathBuf, CommandError> {
        Folder::with(&self.place, text)
            .and_then(Folder::kept)
            .map_err(|error| {
                CommandError::usage(format!("the text cannot be kept and was wiped: {error}"))
            })
    }

    /// Looks for copies that the editor has left elsewhere since a moment.
    pub fn search(&self, traces: &Traces, since: SystemTime) -> Search {
        residue::search(&[], traces, since, Limits::SHORT, &|| false)
    }

    /// The name of the editor.
    pub fn name(&self) -> String {
        self.editor.name()
    }
}
