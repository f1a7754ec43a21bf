//! Kustomizations beside the files that were given: those that build on them,
//! and what the given ones build on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest::{Node, SourceText, parse};
use crate::workload::{KUSTOMIZATION_FILES, is_kustomization_file};

use super::files::{InputFile, InputPlace, read_unasked};

/// Entries of folders that are looked at in a repository, at most. A large one
/// has some ten thousand files.
const MOST_ENTRIES: usize = 50_000;

/// The same where there is no repository, but only some folder.
const MOST_BESIDE: usize = 5_000;

/// What tells that a folder can be made anew (<https://bford.info/cachedir>).
const CACHE: &str = "CACHEDIR.TAG";

/// Folders above a file whose kustomizations may take it.
const MOST_LEVELS: usize = 16;

/// A kustomization that builds on something that was not given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outside {
    pub kustomization: String,
    /// What it builds on, as it is written there.
    pub member: String,
}

/// What was found around files.
#[derive(Default)]
pub struct Neighbours {
    /// Kustomizations that build on them, by whatever way, and were not given.
    pub files: Vec<InputFile>,
    /// The folders of all that build on them, the given ones too.
    pub folders: BTreeSet<PathBuf>,
    /// Whether there were more folders than are looked at.
    pub is_cut: bool,
}

/// What the given kustomizations build on that was not given. Addresses of
/// other machines are left out.
pub fn outside(files: &[InputFile]) -> BTreeSet<Outside> {
    let mut found = BTreeSet::new();
    if !files.iter().any(is_kustomization) {
        return found;
    }
    let given: BTreeSet<PathBuf> = files.iter().filter_map(real).collect();
    for file in files {
        let Some(path) = Some(file)
            .filter(|file| is_kustomization(file))
            .and_then(real)
        else {
            continue;
        };
        for (member, target) in members(&path, &file.text) {
            let is_given = match target.is_dir() {
                true => KUSTOMIZATION_FILES
                    .iter()
                    .any(|name| given.contains(&target.join(name))),
                false => given.contains(&target),
            };
            if !is_given {
                found.insert(Outside {
                    kustomization: file.name.clone(),
                    member,
                });
            }
        }
    }
    found
}

/// The kustomizations on this machine that build on some of the files. They are
/// looked for in the repository of the files; where there is none in the
/// folder around theirs, not very far. `wanted` are names of given files.
pub fn builders(files: &[InputFile], wanted: &BTreeSet<&str>) -> Neighbours {
    if wanted.is_empty() {
        return Neighbours::default();
    }
    let changed: BTreeSet<PathBuf> = files
        .iter()
        .filter(|file| wanted.contains(file.name.as_str()))
        .filter_map(real)
        .collect();
    let mut known = Known::default();
    for file in files {
        if let Some(path) = Some(file)
            .filter(|file| is_kustomization(file))
            .and_then(real)
        {
            known.add(path, &file.text, true);
        }
    }
    // A kustomization takes files in or below its own folder only.
    let mut tops: BTreeSet<PathBuf> = BTreeSet::new();
    let mut seen: BTreeSet<&Path> = BTreeSet::new();
    for file in &changed {
        for folder in file.ancestors().skip(1).take(MOST_LEVELS) {
            if !seen.insert(folder) {
                break;
            }
            known.look_into(folder);
            if folder.join(".git").exists() {
                break;
            }
        }
    }
    let bases = known.built_on(&changed);
    for folder in &bases {
        tops.insert(top(folder));
    }
    let (mut in_repositories, mut beside) = (MOST_ENTRIES, MOST_BESIDE);
    for folder in &tops {
        let mut above = folder.ancestors().skip(1);
        let is_below_another = above.any(|above| tops.contains(above));
        if !is_below_another {
            let left = match folder.join(".git").exists() {
                true => &mut in_repositories,
                false => &mut beside,
            };
            known.walk(folder, left);
        }
    }
    let builders = known.built_on(&changed);
    let here = std::env::current_dir().and_then(fs::canonicalize).ok();
    let files = builders
        .iter()
        .filter_map(|folder| known.by_folder.get(folder))
        .filter(|found| !found.given)
        .filter_map(|found| {
            let file = read_unasked(found.file.clone()).ok()?;
            let name = here
                .as_ref()
                .and_then(|here| found.file.strip_prefix(here).ok())
                .map_or(file.name, |path| path.display().to_string());
            Some(InputFile {
                name,
                place: InputPlace::Reached(found.file.clone()),
                ..file
            })
        });
    Neighbours {
        files: files.collect(),
        is_cut: in_repositories == 0,
        folders: builders,
    }
}

/// The repository of a folder, or the folder around it.
fn top(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .take(MOST_LEVELS)
        .find(|above| above.join(".git").exists())
        .or(folder.parent())
        .unwrap_or(folder)
        .to_owned()
}

fn is_kustomization(file: &InputFile) -> bool {
    file.path().is_some_and(is_kustomization_file)
}

fn real(file: &InputFile) -> Option<PathBuf> {
    fs::canonicalize(file.path()?).ok()
}

struct Found {
    file: PathBuf,
    members: Vec<PathBuf>,
    given: bool,
}

/// Kustomizations by their folders.
#[derive(Default)]
struct Known {
    by_folder: BTreeMap<PathBuf, Found>,
}

impl Known {
    fn add(&mut self, file: PathBuf, text: &str, given: bool) {
        let Some(folder) = file.parent().map(Path::to_owned) else {
            return;
        };
        let members = members(&file, text);
        self.by_folder.entry(folder).or_insert_with(|| Found {
            file,
            members: members.into_iter().map(|(_, target)| target).collect(),
            given,
        });
    }

    fn look_into(&mut self, folder: &Path) {
        if self.by_folder.contains_key(folder) {
            return;
        }
        for name in KUSTOMIZATION_FILES {
            if let Ok(file) = read_unasked(folder.join(name)) {
                self.add(folder.join(name), &file.text, false);
                return;
            }
        }
    }

    fn walk(&mut self, folder: &Path, left: &mut usize) {
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries.filter_map(Result::ok) {
                if *left == 0 {
                    return;
                }
                *left -= 1;
                let name = entry.file_name();
                let name = name.to_str().unwrap_or_default();
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                let is_own = !name.starts_with('.') && name != "node_modules";
                if is_folder && is_own && !entry.path().join(CACHE).exists() {
                    folders.push(entry.path());
                } else if KUSTOMIZATION_FILES.contains(&name) {
                    self.look_into(&folder);
                }
            }
        }
    }

    /// The folders of those that build on some of the files, by whatever way.
    fn built_on(&self, files: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let mut reached = BTreeSet::new();
        loop {
            let before = reached.len();
            for (folder, found) in &self.by_folder {
                let builds = found
                    .members
                    .iter()
                    .any(|member| files.contains(member) || reached.contains(member));
                if builds {
                    reached.insert(folder.clone());
                }
            }
            if reached.len() == before {
                return reached;
            }
        }
    }
}

/// What a kustomization builds on, as it is written and where it is.
fn members(file: &Path, text: &str) -> Vec<(String, PathBuf)> {
    let parsed = parse(&SourceText::new("kustomization", text.to_owned()));
    let Some(folder) = file.parent() else {
        return Vec::new();
    };
    let root = parsed.documents.first().map(|document| &document.root);
    root.into_iter()
        .flat_map(|root| {
            ["resources", "bases", "components"]
                .into_iter()
                .filter_map(|field| root.get(field))
                .flat_map(Node::items)
        })
        .filter_map(Node::as_str)
        .filter_map(|member| {
            let target = fs::canonicalize(folder.join(member)).ok()?;
            Some((member.to_owned(), target))
        })
        .collect()
}
