//! The files that kustomizations name, under kustomize's own restrictions
//! (`api/internal/loader`): a file must lie in or below the folder of the
//! kustomization that names it, links followed; a base may lie anywhere on
//! this machine. Nothing is ever fetched.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::space::Space;
use super::tree::{Loader, Reading, Tree, shown};
use super::{Failure, ReadOn, Role, Use};
use crate::manifest::{Document, Format, ScalarStyle, SourceText, Span, parse};
use crate::secret::SecretValue;

/// A file that was read already.
pub struct Given<'a> {
    /// Its real path: absolute, links followed; empty for what is no file.
    pub file: &'a Path,
    pub text: &'a SourceText,
    pub documents: &'a [Document],
    /// Whether all of it could be read.
    pub complete: bool,
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file, by its real path.
    File(PathBuf),
    /// A folder, by its real path.
    Folder(PathBuf),
}

/// Files of this machine beside those that were given.
pub trait Surroundings {
    /// What stands at a path, links followed; `None` for nothing, or nothing
    /// that may be looked at.
    fn place(&self, path: &Path) -> Option<Place>;

    /// The bytes of a file, by its real path.
    ///
    /// # Errors
    /// A lower-case fragment that says why not.
    fn read(&self, file: &Path) -> Result<Zeroizing<Vec<u8>>, String>;
}

/// What a resource's path leads to.
pub(super) enum Member {
    File(usize),
    Folder(PathBuf),
}

/// What becomes of the blanks and line ends at the end of an inline text.
#[derive(Clone, Copy)]
pub(super) enum End {
    AsWritten,
    /// Kustomize takes them off first.
    Trimmed,
}

/// An input of a generator.
pub(super) struct Input {
    pub file: PathBuf,
    pub value: SecretValue,
}

/// All texts, by number.
pub(super) struct Files<'a> {
    around: &'a dyn Surroundings,
    sources: Vec<Source<'a>>,
    by_path: HashMap<PathBuf, usize>,
    pub space: Space,
    pub read_on: Vec<ReadOn>,
    pub uses: Vec<Use>,
    /// Folders of kustomizations, by number.
    pub folders: Vec<PathBuf>,
    /// Inputs of generators that are not there, by kustomization.
    pub missing: Vec<(usize, String)>,
}

#[derive(Clone)]
struct Source<'a> {
    text: Text<'a>,
    documents: Documents<'a>,
    base: usize,
    /// Why it cannot be used.
    unread: Option<String>,
}

#[derive(Clone)]
enum Text<'a> {
    Given(&'a SourceText),
    Own(Arc<SourceText>),
}

#[derive(Clone)]
enum Documents<'a> {
    Given(&'a [Document]),
    Own(Arc<Vec<Document>>),
}

impl Text<'_> {
    fn get(&self) -> &SourceText {
        match self {
            Self::Given(text) => text,
            Self::Own(text) => text,
        }
    }
}

impl Documents<'_> {
    fn get(&self) -> &[Document] {
        match self {
            Self::Given(documents) => documents,
            Self::Own(documents) => documents,
        }
    }
}

impl<'a> Files<'a> {
    pub fn new(given: &[Given<'a>], around: &'a dyn Surroundings) -> Self {
        let mut files = Self {
            around,
            sources: Vec::with_capacity(given.len()),
            by_path: HashMap::with_capacity(given.len()),
            space: Space::default(),
            read_on: Vec::new(),
            uses: Vec::new(),
            folders: Vec::new(),
            missing: Vec::new(),
        };
        for (index, file) in given.iter().enumerate() {
            let base = files.space.add_source(index, file.text.text().len());
            files.sources.push(Source {
                text: Text::Given(file.text),
                documents: Documents::Given(file.documents),
                base,
                unread: (!file.complete)
                    .then(|| format!("{} cannot be read as a whole", file.text.name())),
            });
            if !file.file.as_os_str().is_empty() {
                files.by_path.insert(file.file.to_owned(), index);
            }
        }
        files.space.all_given();
        files
    }

    /// What stands at a path.
    pub fn place(&self, path: &Path) -> Option<Place> {
        // What was given need not be looked for.
        if self.by_path.contains_key(path) {
            return Some(Place::File(path.to_owned()));
        }
        self.around.place(path)
    }

    /// The source of a file; read, if it was not.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn source(&mut self, file: &Path) -> Result<usize, Failure> {
        if let Some(source) = self.by_path.get(file) {
            return Ok(*source);
        }
        let name = file.display().to_string();
        let bytes = self
            .around
            .read(file)
            .map_err(|why| Failure::not_sure(format!("{name} cannot be read: {why}")))?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Failure::refused(format!("{name} is not UTF-8 text")))?;
        let text = Arc::new(SourceText::new(name.clone(), text.to_owned()));
        let parsed = parse(&text);
        let index = self.sources.len();
        let base = self.space.add_source(index, text.text().len());
        let documents = Arc::new(parsed.documents);
        self.sources.push(Source {
            text: Text::Own(Arc::clone(&text)),
            documents: Documents::Own(Arc::clone(&documents)),
            base,
            unread: (!parsed.problems.is_empty())
                .then(|| format!("{name} cannot be read as a whole")),
        });
        self.by_path.insert(file.to_owned(), index);
        self.read_on.push(ReadOn {
            file: file.to_owned(),
            text,
            documents,
        });
        Ok(index)
    }

    /// What a path of a kustomization leads to.
    ///
    /// # Errors
    /// Where kustomize refuses it, or would fetch it.
    pub fn member(&mut self, kustomization: usize, path: &str) -> Result<Member, Failure> {
        if is_address(path) {
            return Err(Failure::remote(path));
        }
        let folder = &self.folders[kustomization];
        match self.place(&folder.join(path)) {
            Some(Place::File(real)) => {
                self.restrict(kustomization, path, &real)?;
                Ok(Member::File(self.source(&real)?))
            }
            Some(Place::Folder(_)) if looks_remote(path) => Err(Failure::remote(path)),
            Some(Place::Folder(_)) if Path::new(path).is_absolute() => Err(Failure::refused(
                format!("a base must not have an absolute path: {}", shown(path)),
            )),
            Some(Place::Folder(real)) => Ok(Member::Folder(real)),
            None if looks_remote(path) => Err(Failure::remote(path)),
            None => Err(missing(path)),
        }
    }

    /// The real path of a file that a kustomization names.
    fn file(&self, kustomization: usize, path: &str) -> Result<PathBuf, Failure> {
        if is_address(path) {
            return Err(Failure::remote(path));
        }
        match self.place(&self.folders[kustomization].join(path)) {
            Some(Place::File(real)) => {
                self.restrict(kustomization, path, &real)?;
                Ok(real)
            }
            Some(Place::Folder(_)) => Err(Failure::refused(format!(
                "{} is a folder, where a file is needed",
                shown(path)
            ))),
            None => Err(missing(path)),
        }
    }

    fn restrict(&self, kustomization: usize, path: &str, real: &Path) -> Result<(), Failure> {
        match real.starts_with(&self.folders[kustomization]) {
            true => Ok(()),
            false => Err(Failure::refused(format!(
                "{} is not in or below its folder",
                shown(path)
            ))),
        }
    }

    /// The source of a file that a kustomization names.
    ///
    /// # Errors
    /// As [`Self::member`].
    pub fn named(&mut self, kustomization: usize, path: &str) -> Result<usize, Failure> {
        let real = self.file(kustomization, path)?;
        self.source(&real)
    }

    /// The bytes of an input of a generator, and its real path; `None` where it
    /// is not there, which is noted.
    ///
    /// # Errors
    /// As [`Self::member`].
    pub fn input(&mut self, kustomization: usize, path: &str) -> Result<Option<Input>, Failure> {
        let is_there = is_address(path)
            || self
                .place(&self.folders[kustomization].join(path))
                .is_some();
        if !is_there {
            let text = format!("{} is not there", shown(path));
            self.missing.push((kustomization, text));
            return Ok(None);
        }
        let file = self.file(kustomization, path)?;
        if let Some(source) = self.by_path.get(&file) {
            let text = self.sources[*source].text.get().text();
            let value = SecretValue::from_bytes(text.as_bytes().to_vec());
            return Ok(Some(Input { file, value }));
        }
        let mut bytes = self
            .around
            .read(&file)
            .map_err(|why| Failure::not_sure(format!("{} cannot be read: {why}", shown(path))))?;
        let value = SecretValue::from_bytes(std::mem::take(&mut *bytes));
        Ok(Some(Input { file, value }))
    }

    /// Notes that a kustomization uses a file; what it names wrongly is noted
    /// where it is built.
    pub fn note(&mut self, kustomization: usize, path: &str, role: Role) {
        if let Ok(file) = self.file(kustomization, path) {
            self.uses.push(Use {
                kustomization,
                file,
                source: None,
                role,
            });
        }
    }

    /// The trees of a source's documents.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn trees(&self, source: usize, reading: Reading) -> Result<Vec<Tree>, Failure> {
        let source = &self.sources[source];
        if let Some(why) = &source.unread {
            return Err(Failure::not_sure(why.clone()));
        }
        let loader = Loader {
            text: source.text.get(),
            base: source.base,
            reading,
        };
        let documents = source.documents.get().iter();
        documents
            .map(|document| loader.load(&document.root))
            .collect()
    }

    /// Whether a source's text begins with a bracket, and is no JSON: kustomize
    /// refuses such a JSON patch.
    pub fn is_bracketed_yaml(&self, source: usize) -> bool {
        let source = &self.sources[source];
        source.text.get().text().starts_with('[') && !is_json(source.documents.get())
    }

    /// Fills in which sources the used files have become.
    pub fn number_uses(&mut self) {
        for own in &mut self.uses {
            own.source = self.by_path.get(&own.file).copied();
        }
    }

    /// What messages call a source.
    pub fn name(&self, source: usize) -> &str {
        self.sources[source].text.get().name()
    }

    /// The trees of a text that is a scalar.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn inline(
        &mut self,
        scalar: &Tree,
        end: End,
        reading: Reading,
    ) -> Result<Vec<Tree>, Failure> {
        let text = scalar.scalar_text().unwrap_or_default();
        let text = match end {
            End::AsWritten => text,
            End::Trimmed => text.trim_end(),
        };
        let style = scalar.scalar().map_or(ScalarStyle::Plain, |own| own.style);
        let base = match self.space.locate(scalar.span) {
            Some(outer) => {
                let around = self.sources[outer.source].text.clone();
                let around = around.get().text();
                self.space
                    .add_inline(outer.source, around, outer.span, style, text)
            }
            None => self.space.add_inline(0, "", Span::default(), style, text),
        };
        let text = SourceText::new("an inline patch", text.to_owned());
        let parsed = parse(&text);
        if !parsed.problems.is_empty() {
            return Err(Failure::not_sure("an inline patch cannot be read"));
        }
        let loader = Loader {
            text: &text,
            base,
            reading,
        };
        let documents = parsed.documents.iter();
        documents
            .map(|document| loader.load(&document.root))
            .collect()
    }
}

/// One value of JSON.
pub(super) fn is_json(documents: &[Document]) -> bool {
    matches!(documents, [document] if document.format == Format::Json)
}

fn missing(path: &str) -> Failure {
    Failure::refused(format!("{} is not there", shown(path)))
}

fn is_address(path: &str) -> bool {
    path.starts_with("http://") || path.starts_with("https://")
}

/// What kustomize takes for a repository (`api/internal/git/repospec.go`).
fn looks_remote(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.contains("://")
        || ["git@", "git::", "gh:", "github.com/", "github.com:", "org-"]
            .iter()
            .any(|start| lower.starts_with(start) && (*start != "org-" || lower.contains('@')))
        || lower.contains(".git")
        || lower.contains("_git/")
        || lower.contains("?ref=")
        || lower.contains("?version=")
}
