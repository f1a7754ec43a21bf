//! Writing objects and commands: to standard output, or into a new file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::commands::destination;
use crate::error::{CommandError, ExitStatus};
use crate::output::Syntax;
use crate::ui::Ui;

use super::arguments::ExternalArgs;

/// The longest file that is compared with what would be written.
const LARGEST: usize = 16 * 1024 * 1024;

/// Writes objects where they are wanted.
///
/// # Errors
/// Status 2 for a file that is there and differs.
pub(super) fn objects(
    args: &ExternalArgs,
    objects: &[Value],
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let syntax = args.syntax();
    let text = text(objects, syntax)
        .map_err(|error| CommandError::usage(format!("the objects cannot be written: {error}")))?;
    match &args.write {
        Some(path) => destination::new_file(path, &text, ui)?,
        None => ui.document(|out| out.write_all(&text))?,
    }
    Ok(ExitStatus::Ok)
}

/// Makes sure that one of these objects could be written, before anything is changed.
///
/// # Errors
/// Status 2 for a file that is there and has none of them.
pub(super) fn possible(args: &ExternalArgs, any_of: &[Value]) -> Result<(), CommandError> {
    let Some(path) = &args.write else {
        return Ok(());
    };
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let present = crate::reading::regular(path, LARGEST);
    let is_there = present.is_ok_and(|present| {
        any_of.iter().any(|object| {
            let text = text(std::slice::from_ref(object), args.syntax());
            text.is_ok_and(|text| text[..] == present[..])
        })
    });
    match is_there {
        true => Ok(()),
        false => Err(in_the_way(path, "nothing was changed")),
    }
}

fn in_the_way(path: &Path, so: &str) -> CommandError {
    CommandError::usage(format!(
        "{} exists and has another content; {so}",
        path.display()
    ))
    .hint("Write to another file, or compare it with what is printed without --write.")
}

fn text(objects: &[Value], syntax: Syntax) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    match (syntax, objects) {
        (Syntax::Json, [_, _, ..]) => {
            let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
            syntax.write_value(&list, &mut text)?;
        }
        _ => {
            for (place, object) in objects.iter().enumerate() {
                if place > 0 && syntax == Syntax::Yaml {
                    text.write_all(b"---\n")?;
                }
                syntax.write_value(object, &mut text)?;
            }
        }
    }
    Ok(text)
}
