//! The text that is edited: what stands above it, and what becomes of what was typed.

use crate::cluster::Cluster;
use crate::editor::{Desk, Left};
use crate::error::CommandError;
use crate::secret::SecretValue;
use crate::secret::limits;
use crate::secret::sheet::{self, Edited, Values};
use crate::secret::stored::StoredSecret;
use crate::ui::{Questions, Ui};

use super::arguments::Wanted;
use super::copies::Copies;

/// A text, and the values that it began with.
pub(super) struct Page {
    wanted: Wanted,
    /// Where it is, for the first line.
    title: String,
    /// The values of the cluster that the text is about.
    pub base: Values,
    text: SecretValue,
    /// What was wrong with it the last time.
    trouble: Option<CommandError>,
}

impl Page {
    pub fn of(stored: &StoredSecret, wanted: &Wanted, cluster: &Cluster) -> Self {
        let title = format!(
            "secret/{} in namespace {}",
            wanted.name,
            cluster.namespace()
        );
        let base = copied(stored, wanted);
        Self {
            text: sheet::write(&base, &remarks(&title, wanted, None)),
            wanted: wanted.clone(),
            title,
            base,
            trouble: None,
        }
    }

    /// The text as it is now.
    pub fn text(&self) -> &SecretValue {
        &self.text
    }

    /// The text of what was typed and of what others have written meanwhile, with the error
    /// above it. Where both have changed a key, the text has what was typed, and the
    /// cluster's value stands above it as a comment.
    pub fn again(&mut self, stored: &StoredSecret, mine: &Values, error: &CommandError) {
        let theirs = copied(stored, &self.wanted);
        let (values, both) = crate::creation::merge::preferring_mine(&self.base, mine, &theirs);
        let others = theirs
            .iter()
            .filter(|(key, _)| both.contains(*key))
            .map(|(key, value)| (key.clone(), value.duplicate()))
            .collect();
        let mut remarks = remarks(&self.title, &self.wanted, Some(error));
        if !both.is_empty() {
            remarks.push("In the cluster, which saving this text overwrites:".to_owned());
        }
        self.text = sheet::write_beside(&values, &remarks, &others);
        self.base = theirs;
        self.trouble = Some(CommandError::new(error.status(), error.message()));
    }

    /// Has the user edit the text until it can be read; `None` where nothing was changed.
    ///
    /// # Errors
    /// When the editor fails, or the text cannot be read and is not edited again.
    pub fn filled_in(
        &mut self,
        desk: &Desk,
        copies: &mut Copies,
        ui: &Ui,
    ) -> Result<Option<Values>, CommandError> {
        loop {
            let Left {
                text,
                ended_at_once,
                unwiped,
                ending,
            } = desk.edit(&self.text)?;
            if let Some(unwiped) = unwiped {
                ui.warn(format!("the text could not be removed: remove {unwiped}"));
            }
            let read = text.as_ref().ok().map(sheet::read);
            if let Some(Ok(Edited::Values(values))) = &read {
                copies.add(values.values());
            }
            if ending.has_arrived() {
                // The process ends with it.
                copies.tell(desk, ui);
            }
            drop(ending);
            let text = text?;
            if text.same_as(&self.text) {
                if ended_at_once {
                    ui.warn(format!(
                        "{} ended at once and changed nothing: if it opens a window, set EDITOR so that it waits for it, such as code --wait",
                        desk.name()
                    ));
                }
                return match self.trouble.take() {
                    Some(trouble) => Err(trouble),
                    None => Ok(None),
                };
            }
            self.text = text;
            let trouble = match read {
                None | Some(Ok(Edited::Nothing)) => {
                    ui.note(
                        "the text is empty, so nothing is changed; to remove all keys, leave {}",
                    );
                    return Ok(None);
                }
                Some(Ok(Edited::Values(values))) => match self.check(&values) {
                    Ok(()) => {
                        self.trouble = None;
                        return Ok(Some(values));
                    }
                    Err(trouble) => trouble,
                },
                Some(Err(unreadable)) => {
                    CommandError::usage(format!("{unreadable}; nothing was changed"))
                }
            };
            if ui.questions() == Questions::Forbidden {
                return Err(trouble);
            }
            let remarks = remarks(&self.title, &self.wanted, Some(&trouble));
            self.text = sheet::retitled(&self.text, &remarks);
            self.trouble = Some(trouble);
        }
    }

    fn check(&self, values: &Values) -> Result<(), CommandError> {
        let keys = &self.wanted.keys;
        let is_other = |key: &&crate::secret::KeyName| !keys.is_empty() && !keys.contains(*key);
        if let Some(other) = values.keys().find(is_other) {
            return Err(CommandError::usage(format!(
                "{other} is not one of the keys that are edited; nothing was changed"
            ))
            .hint("Edit the whole Secret to add a key."));
        }
        limits::check_total(values.iter().map(|(key, value)| (key, value.len())))?;
        Ok(())
    }
}

/// Copies of the values that are edited.
fn copied(stored: &StoredSecret, wanted: &Wanted) -> Values {
    stored
        .data
        .iter()
        .filter(|(key, _)| wanted.keys.is_empty() || wanted.keys.contains(*key))
        .map(|(key, value)| (key.clone(), value.duplicate()))
        .collect()
}

/// The lines above the values.
fn remarks(title: &str, wanted: &Wanted, trouble: Option<&CommandError>) -> Vec<String> {
    let change = match wanted.keys.is_empty() {
        true => "Change, add or remove keys, save, and quit.",
        false => "Change the values, save, and quit.",
    };
    let mut lines = vec![
        format!("Values of {title}, decoded."),
        format!("{change} Without a change nothing happens."),
        "A text stands below |- as it is, indented by two: quotes, # and \\ need no escapes there."
            .to_owned(),
        "Below | it ends with a newline. Binary data is base64 below !!binary.".to_owned(),
    ];
    if let Some(trouble) = trouble {
        lines.push(String::new());
        lines.push(format!("NOT SAVED: {}", trouble.message()));
        lines.push("Correct it, or quit without a change to give up.".to_owned());
    }
    lines
}
