//! The questions of a `create` without sources.

use crate::error::{CommandError, ExitStatus};
use crate::secret::kind;
use crate::ui::{Questions, Ui};

use super::gather::{self, Collection};

/// Without a source, somebody must be there to ask.
pub fn check_possible(ui: &Ui) -> Result<(), CommandError> {
    if ui.questions() == Questions::Forbidden {
        return Err(
            CommandError::usage("no source is given, and there is no terminal to ask").hint(
                "Give --stdin KEY, --file KEY=PATH, --env-file PATH, --fd KEY=N or --generate KEY.",
            ),
        );
    }
    Ok(())
}

/// Asks for keys and values until a key is left empty.
pub fn ask_for_entries(
    collection: &mut Collection<'_>,
    secret_type: Option<&str>,
    ui: &Ui,
) -> Result<(), CommandError> {
    if let Some(secret_type) = secret_type {
        let required = kind::required_keys(secret_type);
        if !required.is_empty() {
            for name in required {
                collection.prompt(gather::key(name)?)?;
            }
            return Ok(());
        }
    }
    loop {
        let question = if collection.entries.is_empty() {
            "Key, for example password"
        } else {
            "Next key (Enter to finish)"
        };
        let name = ui.ask_name(question).map_err(unanswered)?;
        let name = name.trim();
        if name.is_empty() {
            if collection.entries.is_empty() {
                return Err(CommandError::usage("no key was given; nothing was created"));
            }
            return Ok(());
        }
        match gather::key(name) {
            Ok(key) => ask_for_value(collection, key, ui)?,
            Err(error) => ui.error(&error),
        }
    }
}

fn ask_for_value(
    collection: &mut Collection<'_>,
    key: crate::secret::KeyName,
    ui: &Ui,
) -> Result<(), CommandError> {
    let choices = ["type it, hidden", "read it from a file", "generate it"];
    let choice = ui
        .choose(&format!("Value of {key}"), &choices)
        .map_err(unanswered)?;
    match choice {
        Some(0) => collection.prompt(key),
        Some(1) => {
            let path = ui.ask_name("Path of the file").map_err(unanswered)?;
            collection.add_file(key, std::path::Path::new(path.trim()))
        }
        Some(_) => collection.generate(key),
        None => Err(CommandError::usage("not answered; nothing was created")),
    }
}

/// Asks for the name of the Secret.
pub fn ask_for_name(ui: &Ui) -> Result<String, CommandError> {
    if ui.questions() == Questions::Forbidden {
        return Err(CommandError::usage("the name of the Secret is missing")
            .hint("Give it as the first word after the kind, for example: create db-credentials --prompt password."));
    }
    let name = ui.ask_name("Name of the Secret").map_err(unanswered)?;
    Ok(name.trim().to_owned())
}

fn unanswered(error: std::io::Error) -> CommandError {
    if error.kind() == std::io::ErrorKind::Interrupted {
        return CommandError::new(ExitStatus::Interrupted, "no answer; nothing was created");
    }
    CommandError::usage(format!(
        "the question could not be answered ({error}); nothing was created"
    ))
}
