//! Manifest files, folders, standard input and kustomizations.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::command_line::CommandLine;
use crate::error::CommandError;
use crate::inventory::GitStatus;
use crate::report::InputProblem;
use crate::workload::is_kustomization_file;
use crate::{git, reading};

use super::kustomize;
use crate::suppression::exclusion::Exclusion;

/// Largest file that is read, in bytes. Larger ones are no manifests.
pub(super) const LARGEST: usize = 256 * 1024 * 1024;
/// What messages call standard input.
pub const STANDARD_INPUT: &str = "standard input";
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

#[derive(Clone, Debug, Default)]
pub struct FileWish {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<String>,
    /// Whether folders are read with the folders in them.
    pub folders: Folders,
    pub kustomizations: Vec<PathBuf>,
    /// What is not read in folders.
    pub exclusion: Exclusion,
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
    pub text: Zeroizing<String>,
    /// Whether git knows it.
    pub git: GitStatus,
    /// Where it was read.
    pub place: InputPlace,
}

impl InputFile {
    /// Its path, where it is a file.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            InputPlace::File(path)
            | InputPlace::Root(path)
            | InputPlace::Reached(path)
            | InputPlace::Outside(path) => Some(path),
            InputPlace::StandardInput | InputPlace::Kustomization(_) => None,
        }
    }
}

pub struct FilesRead {
    /// The texts, in order.
    pub files: Vec<InputFile>,
    /// What could not be read.
    pub problems: Vec<InputProblem>,
    /// What was passed over.
    pub skipped: Skipped,
}

/// Files of folders that are not read.
#[derive(Clone, Debug, Default)]
pub struct Skipped {
    /// Folders with the templates of Helm charts, and how many files each has.
    pub charts: BTreeMap<PathBuf, usize>,
    /// How many files the configuration excludes.
    pub excluded: usize,
    /// Links to folders outside those that are read (`-R` follows none, as kubectl).
    pub links: Vec<PathBuf>,
}

impl Skipped {
    /// A line for each kind: nothing is known of these files.
    pub fn lines(&self) -> Vec<String> {
        const SHOWN: usize = 3;
        let files = |number: usize| match number {
            1 => "1 file".to_owned(),
            _ => format!("{number} files"),
        };
        let mut lines = Vec::new();
        if let Some(first) = self.charts.keys().next() {
            let names: Vec<_> = self
                .charts
                .keys()
                .take(SHOWN)
                .map(|folder| folder.display().to_string())
                .collect();
            let more = match self.charts.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more folders"),
            };
            let chart = first.parent().unwrap_or(first).display().to_string();
            lines.push(format!(
                "{} of Helm templates not read ({}{more}); render them first, for example: \
                 {}",
                files(self.charts.values().sum()),
                names.join(", "),
                CommandLine::program("helm template")
                    .name(&chart)
                    .pipe(CommandLine::secretsafe("doctor").flag("-f", "-"))
            ));
        }
        for link in &self.links {
            lines.push(format!(
                "{} is a link to a directory, which is not followed; name it with -f to read it",
                link.display()
            ));
        }
        if self.excluded > 0 {
            lines.push(format!(
                "{} not read: excluded by the configuration",
                files(self.excluded)
            ));
        }
        lines
    }
}

/// Where a text was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputPlace {
    File(PathBuf),
    StandardInput,
    /// What kubectl made of a kustomization.
    Kustomization(PathBuf),
    /// A file of a kustomization that was asked for by its folder (`-k`).
    Root(PathBuf),
    /// A file that a kustomization names and nobody gave.
    Reached(PathBuf),
    /// A link in a folder that was given, which leads out of it: it is read,
    /// and never written.
    Outside(PathBuf),
}

/// Reads everything; what cannot be read is returned, and does not stop the
/// rest. A file that is named twice is read once.
///
/// # Errors
/// When a name leads to nothing at all: then nothing was meant.
pub fn read(wish: &FileWish) -> Result<FilesRead, CommandError> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    // Where each file is among those that were read.
    let mut seen: BTreeMap<PathBuf, Option<usize>> = BTreeMap::new();
    let mut skipped = Skipped::default();
    for path in &wish.paths {
        if path == "-" {
            files.push(InputFile {
                name: STANDARD_INPUT.to_owned(),
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
        let before = (skipped.charts.len(), skipped.excluded);
        let Files { found, unusable } = files_of(Path::new(path), wish, &mut skipped)?;
        let is_empty = found.is_empty() && unusable.is_empty();
        problems.extend(unusable);
        if is_empty && before == (skipped.charts.len(), skipped.excluded) {
            return Err(
                CommandError::usage(format!("{path} has no .yaml, .yml or .json file"))
                    .hint("With -R the folders in it are read too."),
            );
        }
        let folder = fs::canonicalize(path).unwrap_or_default();
        for file in found {
            let whole = fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
            let leads_out = !whole.starts_with(&folder);
            if let Some(known) = seen.get(&whole) {
                // It may have been a link that led here, and is given itself.
                if let Some(own) = known.and_then(|at| files.get_mut(at))
                    && !leads_out
                    && matches!(own.place, InputPlace::Outside(_))
                {
                    own.name = file.display().to_string();
                    own.place = InputPlace::File(file);
                }
                continue;
            }
            match read_file(file.clone()) {
                Ok(read) => {
                    seen.insert(whole, Some(files.len()));
                    files.push(match leads_out {
                        true => InputFile {
                            place: InputPlace::Outside(file),
                            ..read
                        },
                        false => read,
                    });
                }
                Err(problem) => {
                    seen.insert(whole, None);
                    problems.push(problem);
                }
            }
        }
    }
    for folder in &wish.kustomizations {
        match kustomize::path(folder) {
            // What is none of this machine is kubectl's.
            None => files.push(kustomize::render(folder)?),
            Some(path) => match read_file(path.clone()) {
                Ok(file) => files.push(InputFile {
                    place: InputPlace::Root(path),
                    ..file
                }),
                Err(problem) => problems.push(problem),
            },
        }
    }
    if files.is_empty() && problems.is_empty() && !skipped.lines().is_empty() {
        let mut error = CommandError::usage("no file is left to be read");
        for line in skipped.lines() {
            error = error.hint(line);
        }
        return Err(error);
    }
    Ok(FilesRead {
        files,
        problems,
        skipped,
    })
}

/// Whether a folder has the templates of a Helm chart (helm/helm
/// `pkg/chart/loader`): no YAML before they are rendered.
fn is_chart_templates(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "templates")
        && folder.with_file_name("Chart.yaml").is_file()
}

/// The manifests below a folder, however deep.
fn count_below(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => count_below(&entry.path()),
            Ok(_) if is_manifest(&entry.path()) => 1,
            _ => 0,
        })
        .sum()
}

/// What a path stands for.
#[derive(Default)]
struct Files {
    /// Sorted.
    found: Vec<PathBuf>,
    /// What is called like a manifest and cannot be read as one.
    unusable: Vec<InputProblem>,
}

/// The files a path stands for.
fn files_of(path: &Path, wish: &FileWish, skipped: &mut Skipped) -> Result<Files, CommandError> {
    let unreadable = |path: &Path, error: io::Error| {
        CommandError::usage(format!("{} cannot be read: {error}", path.display()))
    };
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if !metadata.is_dir() {
        return Ok(Files {
            found: vec![path.to_owned()],
            unusable: Vec::new(),
        });
    }
    let root = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut files = Files::default();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        // `.` has a name only as a whole.
        let whole = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        if is_chart_templates(&whole) {
            skipped.charts.insert(folder.clone(), count_below(&folder));
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            let kind = entry
                .file_type()
                .map_err(|error| unreadable(&folder, error))?;
            let path = entry.path();
            // A link to a folder may lead round in a circle.
            if kind.is_dir() && wish.folders == Folders::Recursive {
                open.push(path);
            } else if kind.is_symlink() && path.is_dir() {
                let leads_out = fs::canonicalize(&path).is_ok_and(|to| !to.starts_with(&root));
                if leads_out && wish.folders == Folders::Recursive {
                    skipped.links.push(path);
                }
            } else if !kind.is_dir() && is_manifest(&path) && !is_lock(&path) {
                if wish.exclusion.excludes(&path) {
                    skipped.excluded += 1;
                } else if let Some(why) = no_file(&path) {
                    files.unusable.push(InputProblem {
                        source: path.display().to_string(),
                        position: None,
                        message: format!("it cannot be read: {why}"),
                    });
                } else {
                    files.found.push(path);
                }
            }
        }
    }
    skipped.links.sort();
    files.found.sort();
    files.unusable.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(files)
}

/// Why what a folder has under a manifest's name is no file with a text. A pipe would
/// be waited for.
fn no_file(path: &Path) -> Option<String> {
    let kind = match fs::metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Some("it is a link to a file that does not exist".to_owned());
        }
        Err(error) => return Some(error.to_string()),
    };
    let what = match () {
        () if kind.is_file() => return None,
        () if kind.is_fifo() => "a named pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    };
    Some(format!("it is {what}"))
}

/// The mark of Emacs that somebody edits a file: a link to nowhere.
fn is_lock(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_bytes().starts_with(b".#"))
}

fn is_manifest(path: &Path) -> bool {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.contains(&extension));
    extension || is_kustomization_file(path)
}

pub(super) fn read_file(path: PathBuf) -> Result<InputFile, InputProblem> {
    read_unasked(path.clone()).map(|file| InputFile {
        git: git_status(&path, &file.text),
        ..file
    })
}

/// The same without asking git, for files that only say what others come to.
pub(super) fn read_unasked(path: PathBuf) -> Result<InputFile, InputProblem> {
    let name = path.display().to_string();
    match reading::whole(&path, LARGEST).and_then(reading::text) {
        Ok(text) => Ok(InputFile {
            name,
            git: GitStatus::Outside,
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
    match git::is_tracked(path) {
        Some(true) => GitStatus::Tracked,
        Some(false) => GitStatus::Untracked,
        None => GitStatus::Outside,
    }
}

/// Reads all of a stream as text, into memory that is wiped.
pub(super) fn read_text(mut stream: impl Read) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    (&mut stream)
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST {
        return Err(io::Error::other("it is larger than 256 MiB"));
    }
    reading::text(bytes)
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
