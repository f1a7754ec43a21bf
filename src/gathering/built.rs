//! Texts that were read, with what the kustomizations among them come to.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::inventory::{Builder, ReadFrom, Reading};
use crate::kustomization::build::{Builds, Given, Outcome, build};
use crate::manifest::{Document, Parsed, SourceText, parse};
use crate::parallel;
use crate::report::InputProblem;
use crate::workload::is_kustomization_file;

use super::files::{FilesRead, InputFile, InputPlace, read_file};
use super::surroundings::Disk;
use super::{generated, kustomize};

/// A text on its way into an inventory.
struct Text {
    file: InputFile,
    source: SourceText,
    parsed: Parsed,
}

impl Text {
    fn of(mut file: InputFile) -> Self {
        let text = std::mem::take(&mut file.text);
        let source = SourceText::new(file.name.as_str(), text);
        let parsed = parse(&source);
        Self {
            file,
            source,
            parsed,
        }
    }

    fn path(&self) -> Option<&Path> {
        self.file.path()
    }
}

/// Adds what was read to an inventory; returns all that is wrong.
pub fn add(read: FilesRead, builder: &mut Builder, reading: Reading) -> Vec<InputProblem> {
    let mut problems = read.problems;
    let mut texts: Vec<_> = read.files.into_iter().map(Text::of).collect();
    let has_kustomizations = texts
        .iter()
        .any(|text| text.path().is_some_and(is_kustomization_file));
    if has_kustomizations {
        let mut builds = built(&texts);
        let reached = reached(&builds);
        if !reached.is_empty() && reading == Reading::Built {
            texts.extend(reached.into_iter().map(Text::of));
            builds = built(&texts);
        }
        let mut rendered = BTreeMap::new();
        if reading == Reading::Built {
            rendered = render(&builds, &mut texts, &mut problems);
        }
        let sources: Vec<(&str, &[Document])> = texts
            .iter()
            .map(|text| (text.source.name(), text.parsed.documents.as_slice()))
            .collect();
        builder.assemble(builds, &sources, &rendered, reading);
    }
    let mut paths = BTreeMap::new();
    for text in texts {
        if let Some(path) = text.path() {
            paths.insert(text.file.name.clone(), path.to_owned());
        }
        let Text {
            file,
            source,
            parsed,
        } = text;
        let read_from = match &file.place {
            InputPlace::File(_) | InputPlace::Outside(_) => ReadFrom::File,
            InputPlace::Root(_) | InputPlace::Reached(_) => ReadFrom::Reached,
            InputPlace::StandardInput => ReadFrom::StandardInput,
            InputPlace::Kustomization(folder) => {
                ReadFrom::Kustomization(folder.display().to_string())
            }
        };
        let found = builder.add_parsed(source, parsed, file.git, read_from);
        problems.extend(found.into_iter().map(|problem| InputProblem {
            source: file.name.clone(),
            position: Some(problem.position),
            message: problem.message,
        }));
    }
    for (kustomization, named) in builder.named_files() {
        let Some(file) = paths.get(&kustomization) else {
            continue;
        };
        if generated::is_missing(file, &named) {
            builder.add_missing_file(named);
        } else if let Some(found) = generated::readable(file, named) {
            builder.add_generator_file(found);
        }
    }
    for place in builder.env_files() {
        let (kustomization, path) = &place;
        let kustomization = paths.get(kustomization);
        if let Some(keys) = kustomization.and_then(|file| kustomize::env_file_keys(file, path)) {
            builder.add_env_file(place, keys);
        }
    }
    problems
}

fn built(texts: &[Text]) -> Builds {
    let real: Vec<PathBuf> = texts
        .iter()
        .map(|text| {
            let path = text.path().map(fs::canonicalize);
            path.and_then(Result::ok).unwrap_or_default()
        })
        .collect();
    let given: Vec<_> = texts
        .iter()
        .zip(&real)
        .map(|(text, file)| Given {
            file,
            text: &text.source,
            documents: &text.parsed.documents,
            complete: text.parsed.problems.is_empty(),
        })
        .collect();
    build(&given, &Disk)
}

/// Files that kustomizations name and nobody gave.
fn reached(builds: &Builds) -> Vec<InputFile> {
    let here = env::current_dir().and_then(fs::canonicalize).ok();
    builds
        .read_on
        .iter()
        .filter_map(|read| {
            let file = read_file(read.file.clone()).ok()?;
            let name = here
                .as_ref()
                .and_then(|here| read.file.strip_prefix(here).ok())
                .map_or(file.name, |path| path.display().to_string());
            Some(InputFile {
                name,
                place: InputPlace::Reached(read.file.clone()),
                ..file
            })
        })
        .collect()
}

/// What kubectl makes of roots that we do not build, by their number. What
/// lies on another machine is fetched only for a kustomization that the user
/// asked for by name.
fn render(
    builds: &Builds,
    texts: &mut Vec<Text>,
    problems: &mut Vec<InputProblem>,
) -> BTreeMap<usize, usize> {
    let mut wanted = Vec::new();
    for (index, root) in builds.roots.iter().enumerate() {
        let source = builds.kustomizations[root.kustomization].source;
        let Some(text) = texts.get(source) else {
            continue;
        };
        let is_asked_for = matches!(text.file.place, InputPlace::Root(_));
        let folder = match text.path().and_then(Path::parent) {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        match &root.outcome {
            Outcome::Built(_) => {}
            Outcome::NotSure(doubt) if is_asked_for || !doubt.needs_network => {
                wanted.push((index, folder, is_asked_for, text.file.name.clone()));
            }
            Outcome::Refused(_) if is_asked_for => {
                wanted.push((index, folder, is_asked_for, text.file.name.clone()));
            }
            Outcome::NotSure(_) | Outcome::Refused(_) => {}
        }
    }
    let outcomes = parallel::map(wanted, |(index, folder, is_asked_for, name)| {
        (index, is_asked_for, name, kustomize::render(&folder))
    });
    let mut rendered = BTreeMap::new();
    for (index, is_asked_for, name, outcome) in outcomes {
        match outcome {
            Ok(file) => {
                rendered.insert(index, texts.len());
                texts.push(Text::of(file));
            }
            Err(error) if is_asked_for => problems.push(InputProblem {
                source: name,
                position: None,
                message: match &builds.roots[index].outcome {
                    Outcome::Refused(reason) => format!("kustomize refuses it: {reason}"),
                    Outcome::NotSure(doubt) => format!("{} ({})", error.message(), doubt.reason),
                    Outcome::Built(_) => error.message().to_owned(),
                },
            }),
            Err(_) => {}
        }
    }
    rendered
}
