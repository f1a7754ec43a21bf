//! Where SealedSecrets go: to standard output, or to a file for each cluster.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::commands::destination;
use crate::error::CommandError;
use crate::levels::sealed::SealedSecret;
use crate::manifest::{SourceText, parse};
use crate::output::Syntax;
use crate::output::sealed as output;
use crate::sealing::{Plain, Target, document, objects};
use crate::secret::sealing::PublicText;
use crate::ui::Ui;
use crate::{files, reading};

use super::arguments::WriteArgs;
use super::certificate::Sealer;

/// Longest file that is looked into before it is replaced.
const LARGEST: usize = 64 * 1024 * 1024;

/// A Secret, and for what it is sealed.
pub(in crate::commands) struct Ready {
    pub plain: Plain,
    pub target: Target,
}

/// Checks where the result goes, before anything is asked or read.
///
/// # Errors
/// Status 2 for several certificates without a file for each.
pub(in crate::commands) fn check(args: &WriteArgs, sealers: &[Sealer]) -> Result<(), CommandError> {
    destination::check_name(args.write.as_deref())?;
    let path = args.write.as_deref().map(Path::to_string_lossy);
    let names_clusters = path.is_some_and(|path| path.contains("{}"));
    if names_clusters && sealers.iter().any(|sealer| sealer.cluster.is_none()) {
        return Err(CommandError::usage(
            "{} in -w stands for the name of a cluster, and the certificate has none",
        )
        .hint("For example --cert dev=dev.pem; or leave {} out."));
    }
    if sealers.len() > 1 && args.write.is_none() {
        return Err(CommandError::usage(
            "several certificates make several files, and -w names none",
        )
        .hint("For example -w 'clusters/{}/db.yaml': {} stands for the name of the cluster."));
    }
    Ok(())
}

/// Makes sure that no text that stays public repeats a value.
///
/// # Errors
/// Status 2, unless the label or annotation is one of `allowed`.
pub(in crate::commands) fn check_public(
    ready: &Ready,
    allowed: &[String],
    ui: &Ui,
) -> Result<(), CommandError> {
    let Ready { plain, target } = ready;
    for name in &plain.left_out {
        ui.note(format!(
            "{}: the annotation {name} is left out: it may repeat the values",
            target.name
        ));
    }
    let texts = [("label", &plain.labels), ("annotation", &plain.annotations)];
    for (what, texts) in texts {
        for (name, text) in texts {
            if allowed.contains(name) {
                continue;
            }
            let text = PublicText::of(text);
            let mut values = plain.values.iter();
            if let Some((key, _)) = values.find(|(_, value)| text.repeats(value)) {
                return Err(CommandError::usage(format!(
                    "secret/{}: the {what} {name} repeats the value of {key}, and is not encrypted; nothing was sealed",
                    target.name
                ))
                .hint("Remove it from the Secret, and change the value if others have seen it. If it is the same text by chance, name it with --allow-repeated."));
            }
        }
    }
    Ok(())
}

/// Seals and writes.
///
/// # Errors
/// Status 2 when a file cannot be written or holds something else; 5 when one of several
/// was written before.
pub(in crate::commands) fn deliver(
    ready: &[Ready],
    sealers: &[Sealer],
    args: &WriteArgs,
    ui: &Ui,
) -> Result<(), CommandError> {
    let mut files = Vec::new();
    for sealer in sealers {
        let path = args
            .write
            .as_deref()
            .map(|path| of_cluster(path, sealer.cluster.as_deref()));
        if let Some(path) = &path {
            check_place(path, ready, args)?;
        }
        let mut documents = Vec::new();
        for Ready { plain, target } in ready {
            let sealed = document::seal(plain, target, &sealer.key, &sealer.fingerprint);
            documents.push(sealed.map_err(|error| CommandError::unavailable(error.to_string()))?);
        }
        files.push((sealer, path, documents));
    }
    for (written, (sealer, path, documents)) in files.into_iter().enumerate() {
        for Ready { target, .. } in ready {
            ui.note(format!(
                "sealed for {target}, with key {} of {}",
                sealer.fingerprint.short(),
                sealer.from
            ));
        }
        if let Err(error) = put(&documents, path.as_deref(), args, ui) {
            return Err(match written {
                0 => error,
                _ => CommandError::partial(format!(
                    "{written} files are written; then {}",
                    error.message()
                ))
                .hints(error.next_steps().to_vec()),
            });
        }
    }
    Ok(())
}

/// Writes SealedSecrets to a file or to standard output.
///
/// # Errors
/// Status 2 when that cannot be written.
pub(super) fn put(
    documents: &[Value],
    path: Option<&Path>,
    args: &WriteArgs,
    ui: &Ui,
) -> Result<(), CommandError> {
    match path {
        Some(path) => {
            to_file(path, documents, args)?;
            ui.note(format!("written to {}", path.display()));
            Ok(())
        }
        None => ui.document(|out| output::write(documents, syntax(args, None), out)),
    }
}

fn to_file(path: &Path, documents: &[Value], args: &WriteArgs) -> Result<(), CommandError> {
    let mut text = Vec::new();
    output::write(documents, syntax(args, Some(path)), &mut text)
        .and_then(|()| files::to_file(path, &text))
        .map_err(|error| {
            CommandError::usage(format!("{} cannot be written: {error}", path.display()))
        })
}

fn syntax(args: &WriteArgs, path: Option<&Path>) -> Syntax {
    let is_json = path.is_some_and(|path| path.extension().is_some_and(|end| end == "json"));
    match args.output {
        Some(format) => format.into(),
        None if is_json => Syntax::Json,
        None => Syntax::Yaml,
    }
}

/// The file of a cluster: its name for `{}`, or before the extension.
fn of_cluster(path: &Path, cluster: Option<&str>) -> PathBuf {
    let Some(cluster) = cluster else {
        return path.to_owned();
    };
    let text = path.to_string_lossy();
    if text.contains("{}") {
        return PathBuf::from(text.replace("{}", cluster));
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(end) => format!("{stem}.{cluster}.{}", end.to_string_lossy()),
        None => format!("{stem}.{cluster}"),
    };
    path.with_file_name(name)
}

/// A file that is there is replaced only if that was said, and if it has nothing but the
/// same SealedSecrets.
///
/// # Errors
/// Status 2, with the other ways.
pub(super) fn check_place(
    path: &Path,
    ready: &[Ready],
    args: &WriteArgs,
) -> Result<(), CommandError> {
    let Ok(found) = path.metadata() else {
        return Ok(());
    };
    // Devices and pipes are written to.
    if !found.is_file() && !found.is_dir() {
        return Ok(());
    }
    let refused = |why: &str| {
        CommandError::usage(format!("{} {why}; nothing was changed", path.display()))
            .hint("Set one key with seal set, or write to another file.")
    };
    if !args.replace {
        return Err(refused("exists already").hint("--replace replaces it."));
    }
    let text = reading::regular(path, LARGEST).and_then(reading::text);
    let text = text.map_err(|_| refused("cannot be read, so it is not replaced"))?;
    // Comments alone are something, too.
    let is_empty = text.trim().is_empty();
    let parsed = parse(&SourceText::new(path.display().to_string(), text));
    let found: Vec<_> = parsed.documents.iter().flat_map(objects).collect();
    let same = parsed.problems.is_empty()
        && (!found.is_empty() || is_empty)
        && found.iter().all(|(_, node)| {
            SealedSecret::of(node).is_some_and(|sealed| {
                ready.iter().any(|Ready { target, .. }| {
                    target.name == sealed.name
                        && sealed
                            .namespace
                            .is_none_or(|own| target.namespace.as_deref() == Some(own))
                })
            })
        });
    match same {
        true => Ok(()),
        false => Err(refused("holds something else than the same SealedSecret")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cluster_has_a_file() {
        for (path, cluster, expected) in [
            ("db.yaml", Some("dev"), "db.dev.yaml"),
            ("a/db", Some("dev"), "a/db.dev"),
            ("clusters/{}/db.yaml", Some("dev"), "clusters/dev/db.yaml"),
            ("db.yaml", None, "db.yaml"),
            ("{}.yaml", None, "{}.yaml"),
        ] {
            assert_eq!(of_cluster(Path::new(path), cluster), Path::new(expected));
        }
    }
}
