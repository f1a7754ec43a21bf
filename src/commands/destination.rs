//! Files that a report may be written to: none that is an input, and no manifest.

use std::fs;
use std::path::Path;

use crate::error::CommandError;
use crate::manifest::{SourceText, parse};
use crate::reading;
use crate::workload::is_kustomization_file;

/// The group of what this program writes: its own files may be replaced.
const OWN: &str = "secretsafe.dev/";
/// Longer files are not read only to be replaced.
const LARGEST: usize = 64 * 1024 * 1024;

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
}
