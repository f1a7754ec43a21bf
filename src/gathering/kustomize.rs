//! What kubectl makes of a kustomization.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use zeroize::Zeroizing;

use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::inventory::GitStatus;
use crate::manifest::SourceText;
use crate::programs;
use crate::reading;
use crate::secret::SecretValue;
use crate::secret::source::env_file;
use crate::workload::KUSTOMIZATION_FILES;

use super::files::{InputFile, InputPlace, LARGEST, read_text};

/// What kubectl renders.
///
/// # Errors
/// When there is no kubectl, or it refuses.
pub fn render(folder: &Path) -> Result<InputFile, CommandError> {
    Ok(InputFile {
        text: output(folder)?.ok_or_else(|| {
            let alone =
                CommandLine::program("kubectl kustomize").name(&folder.display().to_string());
            CommandError::usage(format!("kubectl kustomize {} failed", folder.display()))
                .hint(Hint::from("Run it alone to see why: ").command(alone))
        })?,
        ..rendered(folder)
    })
}

/// What kubectl renders when the Secrets are left out: workloads then name them
/// as their own files do. Kustomize gives a reference the prefixes and the hash
/// of a Secret only where the Secret itself is rendered, and not before
/// everything else is done (`api/internal/target/kusttarget.go`,
/// `makeCustomizedResMap`). A patch meets these names.
///
/// # Errors
/// When there is no kubectl, or it refuses.
pub fn render_without_secrets(folder: &Path) -> Result<InputFile, CommandError> {
    let failed = |why: &dyn std::fmt::Display| {
        CommandError::usage(format!(
            "{} cannot be rendered without its Secrets: {why}",
            folder.display()
        ))
        .hint("Migrate its base with -f.")
    };
    let around = tempfile::tempdir().map_err(|error| failed(&error))?;
    let resource = seen_from(around.path(), folder).map_err(|error| failed(&error))?;
    let kustomization = json!({
        "resources": [resource],
        "patches": [{
            "target": {"version": "v1", "kind": "Secret"},
            "patch": "{$patch: delete, kind: Secret, metadata: {name: any}}",
        }],
    });
    File::create_new(around.path().join(KUSTOMIZATION_FILES[0]))
        .and_then(|mut file| file.write_all(kustomization.to_string().as_bytes()))
        .map_err(|error| failed(&error))?;
    Ok(InputFile {
        text: output(around.path())?.ok_or_else(|| failed(&"kubectl kustomize failed"))?,
        ..rendered(folder)
    })
}

/// The path of a kustomization's file; `None` where it is none of this machine.
pub(super) fn path(folder: &Path) -> Option<PathBuf> {
    KUSTOMIZATION_FILES
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

/// The file of a kustomization; `None` where it is none of this machine.
pub fn file(folder: &Path) -> Option<SourceText> {
    KUSTOMIZATION_FILES
        .iter()
        .map(|name| folder.join(name))
        .find_map(|path| {
            let text = reading::text(reading::regular(&path, LARGEST).ok()?).ok()?;
            Some(SourceText::new(path.display().to_string(), text))
        })
}

/// The keys of an env file that a kustomization's file names; `None` where they
/// are not certain. Kustomize reads none outside the folder
/// (`api/ifc/ifc.go`, `RootOnly` of `api/internal/loader`), so neither do we.
pub fn env_file_keys(kustomization: &Path, path: &str) -> Option<BTreeSet<String>> {
    let folder = kustomization.parent()?;
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let file = fs::canonicalize(folder.join(path)).ok()?;
    if !file.starts_with(fs::canonicalize(folder).ok()?) || !file.is_file() {
        return None;
    }
    let text = reading::text(reading::regular(&file, LARGEST).ok()?).ok()?;
    let keys = env_file::keys(&SecretValue::from_bytes(text.as_bytes().to_owned()))?;
    Some(keys.iter().map(ToString::to_string).collect())
}

fn rendered(folder: &Path) -> InputFile {
    InputFile {
        name: format!("kustomize {}", folder.display()),
        text: Zeroizing::default(),
        git: GitStatus::Outside,
        place: InputPlace::Kustomization(folder.to_owned()),
    }
}

/// How a kustomization in `from` names another folder: absolute paths are
/// refused. What is no folder here is the address of one, and stays.
fn seen_from(from: &Path, folder: &Path) -> io::Result<String> {
    let Ok(to) = fs::canonicalize(folder) else {
        return Ok(folder.display().to_string());
    };
    let mut path = PathBuf::new();
    for part in fs::canonicalize(from)?.components() {
        if matches!(part, Component::Normal(_)) {
            path.push("..");
        }
    }
    path.extend(
        to.components()
            .filter(|part| matches!(part, Component::Normal(_))),
    );
    path.into_os_string()
        .into_string()
        .map_err(|_| io::Error::other("its path is not UTF-8"))
}

/// What kubectl prints; `None` when it fails.
fn output(folder: &Path) -> Result<Option<Zeroizing<String>>, CommandError> {
    let kubectl = programs::kubectl().ok_or_else(|| {
        CommandError::usage("kubectl, which -k needs, was not found").hint(format!(
            "Put it on PATH, or set {} to its absolute path; or render elsewhere and give the result to -f.",
            programs::KUBECTL
        ))
    })?;
    let mut child = Command::new(kubectl)
        .arg("kustomize")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            CommandError::usage(format!(
                "kubectl, which -k needs, cannot be started: {error}"
            ))
            .hint("Render it elsewhere and give the result to -f.")
        })?;
    let text = match child.stdout.take() {
        Some(stdout) => read_text(stdout),
        None => Err(io::Error::other("kubectl has no output")),
    };
    let status = child.wait();
    Ok(match (text, status) {
        (Ok(text), Ok(status)) if status.success() => Some(text),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_are_read_as_kustomize_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("base")).unwrap();
        fs::write(path("base/app.env"), "B=1\n# A=2\nA=x=y\n").unwrap();
        fs::write(path("outside.env"), "A=1\n").unwrap();
        fs::write(path("base/lines.env"), "A=1\nb3BlbnNlc2FtZQ\n").unwrap();
        let keys = |file| env_file_keys(&path("base/kustomization.yaml"), file);
        let both = Some(["A", "B"].map(str::to_owned).into());
        assert_eq!(keys("app.env"), both);
        assert_eq!(keys("./app.env"), both);
        for file in ["../outside.env", "lines.env", "none.env", "."] {
            assert_eq!(keys(file), None, "{file}");
        }
    }

    #[test]
    fn folders_are_named_from_elsewhere() {
        let one = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("x"), "").unwrap();
        let path = seen_from(one.path(), other.path()).unwrap();
        assert!(path.starts_with("../"), "{path}");
        assert!(one.path().join(path).join("x").exists());
        let address = "https://example.com/app//prod?ref=v1";
        let path = seen_from(one.path(), Path::new(address)).unwrap();
        assert_eq!(path, address);
    }
}
