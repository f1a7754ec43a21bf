//! What happens to the source files at the end.

use std::path::{Path, PathBuf};

use crate::creation::proof::Proof;
use crate::error::{CommandError, ExitStatus};
use crate::secret::SecretValue;
use crate::secret::shred::{self, Candidate, Refusal};
use crate::secret::source::file::FileContent;
use crate::ui::{Questions, Ui};

/// The files that values were read from.
#[derive(Default)]
pub struct SourceFiles(Vec<SourceFile>);

/// One file that values were read from.
pub struct SourceFile {
    path: PathBuf,
    candidate: Option<Candidate>,
    kept_because: Option<Refusal>,
}

/// What the user wants done with the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// `--shred`.
    Shred,
    /// Ask, at a terminal.
    Ask,
    /// `--keep`, a dry run, or nobody to ask.
    Keep,
}

impl Fate {
    /// What is done where no flag says it: whoever is there is asked.
    pub fn unsaid(ui: &Ui) -> Self {
        match ui.questions() {
            Questions::Forbidden => Self::Keep,
            Questions::Allowed => Self::Ask,
        }
    }
}

impl SourceFile {
    /// Refuses to shred one of `protected`, such as the kubeconfig in use.
    pub fn refuse_any_of(&self, protected: &[PathBuf]) -> Result<(), CommandError> {
        match &self.candidate {
            Some(candidate) => Ok(candidate.check_is_none_of(protected)?),
            None => Ok(()),
        }
    }
}

impl SourceFiles {
    /// Separates the bytes of a file from what is needed to remove it.
    pub fn split(content: FileContent) -> (SecretValue, SourceFile) {
        let source = SourceFile {
            path: content.path,
            candidate: content.candidate,
            kept_because: content.kept_because,
        };
        (content.value, source)
    }

    pub fn push(&mut self, file: SourceFile) {
        self.0.push(file);
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|file| file.path.as_path())
    }

    /// Says, before anything is sent, what shredding will not reach.
    pub fn warn_before(&self, ui: &Ui) {
        for candidate in self.0.iter().filter_map(|file| file.candidate.as_ref()) {
            for notice in candidate.notices() {
                ui.warn(notice);
            }
        }
    }

    /// Says that the files still hold plaintext.
    pub fn say_kept(&self, ui: &Ui) {
        for path in self.paths() {
            ui.note(format!("plaintext remains at {}", path.display()));
        }
    }

    /// Removes or keeps the files. The proof is what makes removing them
    /// right: it exists only when the whole Secret was read back equal.
    ///
    /// # Errors
    /// Exit status 5 when a file could not be removed: the Secret stands.
    pub fn finish(self, fate: Fate, _proof: &Proof, ui: &Ui) -> Result<(), CommandError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let shred = match fate {
            Fate::Shred => true,
            Fate::Keep => false,
            Fate::Ask => self.ask(ui),
        };
        if !shred {
            self.say_kept(ui);
            return Ok(());
        }
        let mut failed = false;
        let (candidates, kept): (Vec<_>, Vec<_>) = self
            .0
            .into_iter()
            .partition(|file| file.candidate.is_some());
        for file in kept {
            ui.warn(format!("plaintext remains at {}", file.path.display()));
        }
        let candidates = candidates.into_iter().filter_map(|file| file.candidate);
        for outcome in shred::shred(candidates.collect()) {
            if outcome.result.is_ok() {
                ui.note(outcome.sentence());
            } else {
                failed = true;
                ui.warn(outcome.sentence());
            }
        }
        if failed {
            return Err(CommandError::new(
                ExitStatus::Partial,
                "the Secret is stored and proven equal, but plaintext remains in a source file",
            )
            .hint("Remove the files named above by hand."));
        }
        ui.note(shred::ROTATE_ADVICE);
        Ok(())
    }

    fn ask(&self, ui: &Ui) -> bool {
        for file in &self.0 {
            if let Some(refusal) = &file.kept_because {
                ui.note(format!("{refusal}, so it is not offered for removal"));
            }
        }
        let offered: Vec<String> = self
            .0
            .iter()
            .filter(|file| file.candidate.is_some())
            .map(|file| file.path.display().to_string())
            .collect();
        !offered.is_empty()
            && ui
                .confirm(&format!("Overwrite and remove {}?", offered.join(", ")))
                .unwrap_or(false)
    }
}
