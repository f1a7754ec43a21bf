//! What comes together in a kustomization, and in which order
//! (`api/internal/target/kusttarget.go`).

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::config::{self, Config};
use super::fields::{Fields, Kind};
use super::files::{Files, Member, Place};
use super::generate::{self, What};
use super::resource::Resource;
use super::set::Set;
use super::tree::{Reading, Tree, shown};
use super::variables::{self, Variable};
use super::{Failure, Kustomization, Role, transform};
use crate::workload::KUSTOMIZATION_FILES;

/// Objects, and what is known for those that include them.
#[derive(Clone, Default)]
pub(super) struct Accumulated {
    pub set: Set,
    pub config: Option<Arc<Config>>,
    pub variables: BTreeMap<String, Variable>,
}

/// All kustomizations, by number.
pub(super) struct Work<'a> {
    pub files: Files<'a>,
    pub known: Vec<Known>,
    by_folder: HashMap<PathBuf, Result<usize, Failure>>,
    built: HashMap<usize, Result<Rc<Accumulated>, Failure>>,
    /// Those that are being built.
    open: Vec<usize>,
}

pub(super) struct Known {
    pub public: Kustomization,
    fields: Rc<Result<Fields, Failure>>,
    /// Whether it names something of another machine.
    pub remote: bool,
}

impl<'a> Work<'a> {
    pub fn new(files: Files<'a>) -> Self {
        Self {
            files,
            known: Vec::new(),
            by_folder: HashMap::new(),
            built: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// The kustomization of a folder, and of all that it builds on.
    ///
    /// # Errors
    /// Where the folder has none, or several.
    pub fn kustomization(&mut self, folder: &Path) -> Result<usize, Failure> {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        let found = self.read(folder);
        self.by_folder.insert(folder.to_owned(), found.clone());
        if let Ok(number) = found {
            self.discover(number);
        }
        found
    }

    fn read(&mut self, folder: &Path) -> Result<usize, Failure> {
        let mut found = Vec::new();
        for name in KUSTOMIZATION_FILES {
            if let Some(Place::File(real)) = self.files.place(&folder.join(name)) {
                found.push(real);
            }
        }
        let [file] = &found[..] else {
            return Err(Failure::refused(match found[..] {
                [] => format!("{} has no kustomization.yaml", folder.display()),
                _ => format!("{} has several files of kustomizations", folder.display()),
            }));
        };
        if !file.starts_with(folder) {
            return Err(Failure::refused(format!(
                "the kustomization of {} is not in its folder",
                folder.display()
            )));
        }
        let source = self.files.source(file)?;
        let fields = self
            .files
            .trees(source, Reading::Kubectl)
            .and_then(|trees| match trees.first() {
                Some(tree) => Fields::of(tree),
                None => Err(Failure::refused("it is empty")),
            });
        let number = self.known.len();
        self.files.folders.push(folder.to_owned());
        self.known.push(Known {
            public: Kustomization {
                folder: folder.to_owned(),
                source,
                kind: fields.as_ref().map_or(Kind::Kustomization, |own| own.kind),
                given: source < self.files.space.given(),
                builds_on: Vec::new(),
            },
            fields: Rc::new(fields),
            remote: false,
        });
        Ok(number)
    }

    /// Notes what a kustomization uses.
    fn discover(&mut self, number: usize) {
        let fields = Rc::clone(&self.known[number].fields);
        let Ok(fields) = &*fields else {
            return;
        };
        let mut remote = fields.has("helmCharts") || fields.has("helmChartInflationGenerator");
        for field in ["resources", "bases", "components"] {
            for (path, _) in fields.texts(&[field]) {
                match self.files.member(number, path) {
                    Ok(Member::File(_)) if field != "components" => {
                        self.files.note(number, path, Role::Resource);
                    }
                    Ok(Member::Folder(folder)) => {
                        // One of its own parents is no part of it.
                        if let Ok(below) = self.kustomization(&folder)
                            && !self.known[number].public.builds_on.contains(&below)
                        {
                            self.known[number].public.builds_on.push(below);
                        }
                    }
                    Err(Failure::NotSure(doubt)) => remote |= doubt.needs_network,
                    _ => {}
                }
            }
        }
        self.known[number].remote = remote;
        self.note_files(number, fields);
    }

    fn note_files(&mut self, number: usize, fields: &Fields) {
        let paths = |field: &str| -> Vec<String> {
            let own = fields.list(field).iter();
            own.map(|item| item.value_of("path").to_owned())
                .filter(|path| !path.is_empty())
                .collect()
        };
        let mut notes: Vec<(String, Role)> = Vec::new();
        for field in ["patches", "patchesJson6902"] {
            notes.extend(paths(field).into_iter().map(|path| (path, Role::Patch)));
        }
        let texts = |field: &'static str| {
            let own: Vec<String> = fields
                .texts(&[field])
                .map(|(text, _)| text.to_owned())
                .collect();
            own
        };
        for text in texts("patchesStrategicMerge") {
            if !text.contains('\n') && !text.contains(": ") {
                notes.push((text, Role::Patch));
            }
        }
        notes.extend(
            paths("replacements")
                .into_iter()
                .map(|path| (path, Role::Replacement)),
        );
        for (field, role) in [
            ("configurations", Role::Configuration),
            ("crds", Role::Crd),
            ("generators", Role::Plugin),
            ("transformers", Role::Plugin),
            ("validators", Role::Plugin),
        ] {
            notes.extend(texts(field).into_iter().map(|path| (path, role)));
        }
        if let Some(path) = fields
            .tree
            .at(&["openapi", "path"])
            .and_then(Tree::scalar_text)
        {
            notes.push((path.to_owned(), Role::OpenApi));
        }
        for chart in fields.list("helmCharts") {
            notes.push((chart.value_of("valuesFile").to_owned(), Role::Helm));
            let more = chart
                .get("additionalValuesFiles")
                .map_or(&[][..], Tree::items);
            notes.extend(more.iter().map(|item| {
                (
                    item.scalar_text().unwrap_or_default().to_owned(),
                    Role::Helm,
                )
            }));
        }
        for what in [What::ConfigMap, What::Secret] {
            for entry in fields.list(what.field()) {
                let envs = generate::env_files(entry).map(|(path, _)| path.to_owned());
                notes.extend(envs.map(|path| (path, Role::Generator)));
                for item in entry.get("files").map_or(&[][..], Tree::items) {
                    let text = item.scalar_text().unwrap_or_default();
                    if let Ok((_, path)) = generate::file_source(text) {
                        notes.push((path.to_owned(), Role::Generator));
                    }
                }
            }
        }
        for (path, role) in notes {
            if !path.is_empty() {
                self.files.note(number, &path, role);
            }
        }
    }

    /// All that a kustomization builds on, itself first.
    pub fn reaches(&self, number: usize) -> Vec<usize> {
        let mut found = vec![number];
        let mut at = 0;
        while let Some(own) = found.get(at) {
            for below in &self.known[*own].public.builds_on {
                if !found.contains(below) {
                    found.push(*below);
                }
            }
            at += 1;
        }
        found
    }

    /// What a kustomization that is no component accumulates.
    ///
    /// # Errors
    /// Where kustomize refuses it, or we are not sure.
    pub fn build(&mut self, number: usize) -> Result<Rc<Accumulated>, Failure> {
        if let Some(built) = self.built.get(&number) {
            return built.clone();
        }
        let built = self
            .accumulate(number, Accumulated::default())
            .map(Rc::new)
            .map_err(|failure| failure.within(self.files.name(self.known[number].public.source)));
        self.built.insert(number, built.clone());
        built
    }

    fn accumulate(&mut self, number: usize, into: Accumulated) -> Result<Accumulated, Failure> {
        let folder = &self.known[number].public.folder;
        let is_above = |open: &usize| self.known[*open].public.folder.starts_with(folder);
        if self.open.iter().any(is_above) {
            return Err(Failure::refused(format!(
                "it builds on itself: {} is, or holds, the folder of a kustomization that includes it",
                folder.display()
            )));
        }
        self.open.push(number);
        let fields = Rc::clone(&self.known[number].fields);
        let done = match &*fields {
            Ok(fields) => self.accumulate_fields(number, fields, into),
            Err(failure) => Err(failure.clone()),
        };
        self.open.pop();
        done
    }

    fn accumulate_fields(
        &mut self,
        number: usize,
        fields: &Fields,
        mut own: Accumulated,
    ) -> Result<Accumulated, Failure> {
        for (field, what) in [
            ("helmCharts", "Helm charts"),
            ("helmChartInflationGenerator", "Helm charts"),
            ("generators", "generators of its own"),
            ("transformers", "transformers of its own"),
            ("validators", "validators"),
            ("crds", "crds, which may say where names stand"),
            ("openapi", "an openapi schema of its own"),
        ] {
            if fields.has(field) {
                return Err(Failure::not_sure(format!("it has {what}")));
            }
        }
        for (path, _) in fields.texts(&["resources", "bases"]) {
            match self.files.member(number, path)? {
                Member::File(source) => {
                    let trees = self.files.trees(source, Reading::Kustomize)?;
                    let name = self.files.name(source);
                    let objects = objects(trees).map_err(|failure| failure.within(name))?;
                    own.set.list.extend(objects);
                }
                Member::Folder(folder) => {
                    let below = self.below(number, &folder, Kind::Kustomization)?;
                    // What this one was built on may lie above what is open now.
                    self.check_cycle(below)?;
                    let built = self.build(below)?;
                    own.set.list.extend(built.set.list.iter().cloned());
                    own.config = merged(own.config.as_ref(), built.config.as_ref())?;
                    variables::merge(&mut own.variables, built.variables.values())?;
                }
            }
        }
        own.set.renamed();
        own.set.check_twins()?;
        let config = self.configurations(number, fields)?;
        own.config = merged(own.config.as_ref(), Some(&config))?;
        for what in [What::ConfigMap, What::Secret] {
            for (index, entry) in fields.list(what.field()).iter().enumerate() {
                let global = fields.tree.get("generatorOptions");
                let made = generate::make(what, index, entry, global, number, &mut self.files)?;
                own.set.absorb(made)?;
            }
        }
        for (path, _) in fields.texts(&["components"]) {
            let Member::Folder(folder) = self.files.member(number, path)? else {
                return Err(Failure::refused(format!(
                    "its component {} is not a folder",
                    shown(path)
                )));
            };
            let below = self.below(number, &folder, Kind::Component)?;
            let name = self.files.name(self.known[below].public.source).to_owned();
            own = self
                .accumulate(below, own)
                .map_err(|failure| failure.within(&name))?;
        }
        let config = own.config.clone().unwrap_or_else(config::default);
        transform::run(number, fields, &config, &mut own.set, &mut self.files)?;
        variables::declare(fields, &mut own.set, &mut own.variables)?;
        Ok(own)
    }

    fn below(&mut self, number: usize, folder: &Path, kind: Kind) -> Result<usize, Failure> {
        // Before it is read, so that a cycle ends.
        let below = self.kustomization(folder)?;
        if let Err(failure) = &*self.known[below].fields {
            return Err(failure.clone());
        }
        if self.known[below].public.kind != kind {
            return Err(Failure::refused(format!(
                "{} is {} a Component, and {} includes it as the other",
                folder.display(),
                match kind {
                    Kind::Kustomization => "of kind",
                    Kind::Component => "not of kind",
                },
                self.files.name(self.known[number].public.source)
            )));
        }
        Ok(below)
    }

    /// Refuses what holds one of the open ones, however far below it is.
    fn check_cycle(&self, number: usize) -> Result<(), Failure> {
        if !self.built.contains_key(&number) {
            return Ok(());
        }
        for below in self.reaches(number) {
            let folder = &self.known[below].public.folder;
            let holds = |open: &usize| self.known[*open].public.folder.starts_with(folder);
            if self.open.iter().any(holds) {
                return Err(Failure::refused("it builds on itself"));
            }
        }
        Ok(())
    }

    fn configurations(&mut self, number: usize, fields: &Fields) -> Result<Arc<Config>, Failure> {
        let mut config = config::default();
        let mut more: Option<Config> = None;
        for (path, _) in fields.texts(&["configurations"]) {
            let source = self.files.named(number, path)?;
            let trees = self.files.trees(source, Reading::Kubectl)?;
            let read = match trees.first() {
                Some(tree) => Config::read(tree)?,
                None => Config::default(),
            };
            more = Some(match more {
                Some(more) => more.merged(&read)?,
                None => read,
            });
        }
        if let Some(more) = more {
            config = Arc::new(config.merged(&more)?);
        }
        Ok(config)
    }
}

fn merged(
    own: Option<&Arc<Config>>,
    more: Option<&Arc<Config>>,
) -> Result<Option<Arc<Config>>, Failure> {
    Ok(match (own, more) {
        (Some(own), Some(more)) if Arc::ptr_eq(own, more) => Some(Arc::clone(own)),
        (Some(own), Some(more)) => Some(Arc::new(own.merged(more)?)),
        (one, other) => one.or(other).map(Arc::clone),
    })
}

/// The objects of documents, those of lists one by one.
///
/// # Errors
/// What is no object.
pub(super) fn objects(trees: Vec<Tree>) -> Result<Vec<Resource>, Failure> {
    let mut open: std::collections::VecDeque<Tree> = trees.into();
    let mut found = Vec::with_capacity(open.len());
    while let Some(tree) = open.pop_front() {
        if tree.is_empty() {
            continue;
        }
        if !tree.is_mapping() {
            return Err(Failure::refused("a document is not an object"));
        }
        let kind = tree.value_of("kind");
        if kind.is_empty() {
            return Err(Failure::refused("an object has no kind"));
        }
        if has_null_item(&tree) {
            return Err(Failure::refused("a list of an object has an empty item"));
        }
        if kind.ends_with("List")
            && let Some(items) = tree.get("items")
        {
            if !items.is_sequence() && !items.is_null() {
                return Err(Failure::refused("the items of a list are not a list"));
            }
            open.extend(items.items().iter().cloned());
            continue;
        }
        let name = tree.at(&["metadata", "name"]);
        let name = name
            .filter(|own| !own.is_null())
            .and_then(Tree::scalar_text);
        if name.is_none_or(str::is_empty) && !kind.ends_with("List") {
            return Err(Failure::refused(format!(
                "an object of kind {} has no name",
                shown(kind)
            )));
        }
        found.push(Resource::new(tree));
    }
    Ok(found)
}

fn has_null_item(tree: &Tree) -> bool {
    tree.items()
        .iter()
        .any(|item| item.is_null() || has_null_item(item))
        || tree
            .fields()
            .iter()
            .any(|field| has_null_item(&field.value))
}
