//! Manifest files, folders, standard input and kustomizations.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::inventory::{Builder, GitStatus, ReadFrom};
use crate::manifest::SourceText;
use crate::report::InputProblem;
use crate::shred;
use crate::workload::is_kustomization_file;

use super::kustomize;

/// Largest file that is read, in bytes. Larger ones are no manifests.
const LARGEST: u64 = 256 * 1024 * 1024;
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// What to read.
#[derive(Clone, Debug, Default)]
pub struct FileWish {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<String>,
    /// Whether folders are read with the folders in them.
    pub folders: Folders,
    /// Kustomizations.
    pub kustomizations: Vec<PathBuf>,
}

/// How deep folders are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Folders {
    /// Their own files only, as kubectl does.
    #[default]
    Flat,
    /// All below (`-R`).
    Recursive,
}

/// A text that was read, and where from.
#[derive(Clone)]
pub struct InputFile {
    /// What messages call it.
    pub name: String,
    /// Its text.
    pub text: Zeroizing<String>,
    /// Whether git knows it.
    pub git: GitStatus,
    /// Where it was read.
    pub place: InputPlace,
}

/// What was read.
pub struct FilesRead {
    /// The texts, in order.
    pub files: Vec<InputFile>,
    /// What could not be read.
    pub problems: Vec<InputProblem>,
}

/// Where a text was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputPlace {
    /// A file.
    File(PathBuf),
    /// Standard input.
    StandardInput,
    /// What kubectl made of a kustomization.
    Kustomization(PathBuf),
}

/// Reads everything; what cannot be read is returned, and does not stop the
/// rest. A file that is named twice is read once.
///
/// # Errors
/// When a name leads to nothing at all: then nothing was meant.
pub fn read(wish: &FileWish) -> Result<FilesRead, CommandError> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for path in &wish.paths {
        if path == "-" {
            files.push(InputFile {
                name: "standard input".to_owned(),
                text: standard_input()?,
                git: GitStatus::Outside,
                place: InputPlace::StandardInput,
            });
            continue;
        }
        if path.starts_with("http://") || path.starts_with("https://") {
            return Err(
                CommandError::usage(format!("{path} is an address, not a file"))
                    .hint("Download it first, look at it, and give the file."),
            );
        }
        let found = files_of(Path::new(path), wish.folders)?;
        if found.is_empty() {
            return Err(
                CommandError::usage(format!("{path} has no .yaml, .yml or .json file"))
                    .hint("With -R the folders in it are read too."),
            );
        }
        for file in found {
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                match read_file(file) {
                    Ok(file) => files.push(file),
                    Err(problem) => problems.push(problem),
                }
            }
        }
    }
    for folder in &wish.kustomizations {
        files.push(kustomize::render(folder)?);
    }
    Ok(FilesRead { files, problems })
}

/// Adds what was read to an inventory; returns all that is wrong.
pub fn add(read: FilesRead, builder: &mut Builder) -> Vec<InputProblem> {
    let mut problems = read.problems;
    let mut paths = BTreeMap::new();
    for file in read.files {
        if let InputPlace::File(path) = &file.place {
            paths.insert(file.name.clone(), path.clone());
        }
        let source = SourceText::new(file.name.as_str(), file.text);
        let read_from = match &file.place {
            InputPlace::File(_) => ReadFrom::File,
            InputPlace::StandardInput => ReadFrom::StandardInput,
            InputPlace::Kustomization(folder) => {
                ReadFrom::Kustomization(folder.display().to_string())
            }
        };
        let found = builder.add_source(source, file.git, read_from);
        problems.extend(found.into_iter().map(|problem| InputProblem {
            source: file.name.clone(),
            position: Some(problem.position),
            message: problem.message,
        }));
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

/// The files a path stands for, sorted.
fn files_of(path: &Path, folders: Folders) -> Result<Vec<PathBuf>, CommandError> {
    let unreadable = |path: &Path, error: io::Error| {
        CommandError::usage(format!("{} cannot be read: {error}", path.display()))
    };
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            let kind = entry
                .file_type()
                .map_err(|error| unreadable(&folder, error))?;
            let path = entry.path();
            // A link to a folder may lead round in a circle.
            if kind.is_dir() && folders == Folders::Recursive {
                open.push(path);
            } else if !kind.is_dir() && is_manifest(&path) && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_manifest(path: &Path) -> bool {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.contains(&extension));
    extension || is_kustomization_file(path)
}

fn read_file(path: PathBuf) -> Result<InputFile, InputProblem> {
    let name = path.display().to_string();
    match File::open(&path).and_then(read_file_text) {
        Ok(text) => Ok(InputFile {
            name,
            git: git_status(&path, &text),
            text,
            place: InputPlace::File(path),
        }),
        Err(error) => Err(InputProblem {
            source: name,
            position: None,
            message: format!("it cannot be read: {error}"),
        }),
    }
}

/// Git is asked only about files that may hold a Secret.
fn git_status(path: &Path, text: &str) -> GitStatus {
    if !text.contains("Secret") {
        return GitStatus::Outside;
    }
    match shred::is_tracked(path) {
        Some(true) => GitStatus::Tracked,
        Some(false) => GitStatus::Untracked,
        None => GitStatus::Outside,
    }
}

/// Reads all of a file as text, into memory that is wiped.
pub(super) fn read_file_text(file: File) -> io::Result<Zeroizing<String>> {
    let size = file.metadata().map_or(0, |about| about.len().min(LARGEST));
    // One more byte than there are, to see that there are no more.
    text_of(file, usize::try_from(size).unwrap_or(0) + 1)
}

/// Reads all of a stream as text, into memory that is wiped.
pub(super) fn read_text(stream: impl Read) -> io::Result<Zeroizing<String>> {
    text_of(stream, 0)
}

fn text_of(mut stream: impl Read, expected: usize) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected));
    (&mut stream).take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 256 MiB"));
    }
    match std::str::from_utf8(&bytes) {
        Ok(_) => Ok(Zeroizing::new(
            String::from_utf8(std::mem::take(&mut *bytes)).unwrap_or_default(),
        )),
        Err(error) => Err(io::Error::other(format!(
            "it is not UTF-8 text (byte {})",
            error.valid_up_to() + 1
        ))),
    }
}

struct Stdin;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Not std's handle: its buffer is never wiped.
        rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut *buffer))
            .map_err(Into::into)
    }
}

fn standard_input() -> Result<Zeroizing<String>, CommandError> {
    read_text(Stdin)
        .map_err(|error| CommandError::usage(format!("standard input cannot be read: {error}")))
}
