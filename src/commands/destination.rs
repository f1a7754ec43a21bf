//! Where reports go: to standard output, or to files, of which none is an input or a
//! manifest.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, ValueEnum};

use crate::error::{CommandError, ExitStatus, UnusableValue};
use crate::files;
use crate::manifest::{SourceText, parse};
use crate::reading;
use crate::ui::Ui;
use crate::workload::is_kustomization_file;

/// The group of what this program writes: its own files may be replaced.
const OWN: &str = "secretsafe.dev/";
/// Longer files are not read only to be replaced.
const LARGEST: usize = 64 * 1024 * 1024;

/// Where a format goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination<F> {
    pub(super) format: F,
    /// `None` for standard output.
    pub(super) file: Option<PathBuf>,
}

/// `FORMAT` or `FORMAT=FILE`.
#[derive(Clone)]
pub(super) struct Destinations<F>(PhantomData<F>);

impl<F> Destinations<F> {
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F: ValueEnum + Send + Sync + 'static> TypedValueParser for Destinations<F> {
    type Value = Destination<F>;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Destination<F>, clap::Error> {
        StringValueParser::new()
            .try_map(|text| output(&text))
            .parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue>>> {
        let all = F::value_variants().iter();
        Some(Box::new(all.filter_map(F::to_possible_value)))
    }
}

fn output<F: ValueEnum>(text: &str) -> Result<Destination<F>, UnusableValue> {
    let (format, file) = match text.split_once('=') {
        Some((_, "")) => return Err("a file name is missing after '='".into()),
        Some((format, "-")) => (format, None),
        Some((format, file)) => (format, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = F::from_str(format, false).map_err(|_| {
        let known: Vec<_> = F::value_variants()
            .iter()
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
        let near = known
            .iter()
            .max_by(|a, b| likeness(format, a).total_cmp(&likeness(format, b)))
            .filter(|near| likeness(format, near) > 0.7)
            .map_or(String::new(), |near| format!("; did you mean {near}?"));
        UnusableValue::made_of_known(format!("use one of {}{near}", known.join(", ")))
    })?;
    Ok(Destination { format, file })
}

fn likeness(typed: &str, known: &str) -> f64 {
    strsim::jaro_winkler(typed, known)
}

/// Makes sure that reports have files of their own, and replace nothing but reports.
///
/// # Errors
/// Status 2 for a file that is named twice, and those of [`check`].
pub(super) fn check_all<'p>(
    paths: impl Iterator<Item = &'p Path>,
    inputs: &[String],
) -> Result<(), CommandError> {
    let mut written = BTreeSet::new();
    for path in paths {
        check(path, inputs)?;
        if !written.insert(path) {
            return Err(CommandError::usage(format!(
                "{} is named twice; each output needs a file of its own",
                path.display()
            )));
        }
    }
    Ok(())
}

/// Writes a report to a file, at once.
///
/// # Errors
/// Status 2 when it cannot be written.
pub(super) fn to_file(
    path: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<(), CommandError> {
    let mut text = Vec::new();
    write(&mut text)
        .and_then(|()| files::to_file(path, &text))
        .map_err(|error| {
            CommandError::usage(format!("{} cannot be written: {error}", path.display()))
        })
}

/// The one line that is the result, on standard output, after what it says was done.
///
/// # Errors
/// Status 5 when it cannot be written.
pub(super) fn said(ui: &Ui, text: String) -> Result<ExitStatus, CommandError> {
    match ui.data_line(text) {
        // Whoever read the output has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::partial(
            format!("done, but standard output cannot be written: {error}"),
        )),
        _ => Ok(ExitStatus::Ok),
    }
}

/// Makes sure that `-w` names a file, before anything is asked or changed.
///
/// # Errors
/// Status 2 for `-`, which is standard output elsewhere.
pub(super) fn check_name(path: Option<&Path>) -> Result<(), CommandError> {
    match path == Some(Path::new("-")) {
        true => Err(CommandError::usage("-w names no file")
            .hint("Leave it out: standard output is written to without it.")),
        false => Ok(()),
    }
}

/// Makes a file. One that is there stays as it is.
///
/// # Errors
/// Status 2 for a file that is there and differs, or cannot be written.
pub(super) fn new_file(path: &Path, text: &[u8], ui: &Ui) -> Result<(), CommandError> {
    match fs::symlink_metadata(path) {
        Ok(_) => {
            let present = reading::regular(path, LARGEST);
            if present.is_ok_and(|present| present[..] == *text) {
                ui.note(format!("{} unchanged", path.display()));
                return Ok(());
            }
            Err(CommandError::usage(format!(
                "{} exists and has another content; nothing was written",
                path.display()
            ))
            .hint("Write to another file, or compare it with what is printed without --write."))
        }
        Err(_) => {
            to_file(path, |out| out.write_all(text))?;
            ui.note(format!("{} written", path.display()));
            Ok(())
        }
    }
}

/// Makes sure that a report replaces nothing but a report.
///
/// # Errors
/// Status 2 for a file that was given as input, a manifest or a kustomization.
pub fn check(path: &Path, inputs: &[String]) -> Result<(), CommandError> {
    let Ok(real) = fs::canonicalize(path) else {
        return Ok(());
    };
    let is_input = inputs
        .iter()
        .filter_map(|input| fs::canonicalize(input).ok())
        .any(|input| input == real);
    let what = match () {
        () if real.is_dir() => "it is a directory",
        () if is_input => "it is an input",
        () if is_kustomization_file(&real) => "it is a kustomization",
        () if is_manifest(&real) => "it is a manifest",
        () => return Ok(()),
    };
    Err(CommandError::usage(format!(
        "{} would be overwritten, and {what}; nothing was changed",
        path.display()
    ))
    .hint("Write to another file, or to - for standard output."))
}

/// Whether a file holds an object that is none of this program's own.
fn is_manifest(path: &Path) -> bool {
    let Ok(text) = reading::regular(path, LARGEST).and_then(reading::text) else {
        return false;
    };
    let text = SourceText::new(path.display().to_string(), text);
    parse(&text).documents.iter().any(|document| {
        let said = |field: &str| document.root.text_of(field);
        said("kind").is_some() && said("apiVersion").is_some_and(|own| !own.starts_with(OWN))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Format;

    #[test]
    fn reports_may_be_replaced_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (name, text) in [
            (
                "app.yaml",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
            ),
            ("kustomization.yaml", "resources: []\n"),
            ("given.txt", "x"),
            (
                "old.json",
                "{\"apiVersion\": \"secretsafe.dev/v1\", \"kind\": \"DoctorReport\"}",
            ),
            ("old.html", "<!doctype html>"),
            ("empty", ""),
        ] {
            fs::write(path(name), text).unwrap();
        }
        std::os::unix::fs::symlink(path("app.yaml"), path("link.json")).unwrap();
        let inputs = [path("given.txt").display().to_string(), "-".to_owned()];
        for (name, allowed) in [
            ("app.yaml", false),
            ("link.json", false),
            ("kustomization.yaml", false),
            ("given.txt", false),
            (".", false),
            ("old.json", true),
            ("old.html", true),
            ("empty", true),
            ("new.json", true),
        ] {
            assert_eq!(check(&path(name), &inputs).is_ok(), allowed, "{name}");
        }
    }

    #[test]
    fn a_format_may_name_its_file() {
        let output = output::<Format>;
        let sarif = output("sarif=out.sarif").unwrap();
        assert_eq!(sarif.format, Format::Sarif);
        assert_eq!(sarif.file, Some(PathBuf::from("out.sarif")));
        assert_eq!(output("json=-").unwrap().file, None);
        assert!(output("text=").is_err());
        assert!(output("pdf").is_err());
    }
}
