//! What kustomizations come to: each one that nothing else builds on is a set
//! of objects of its own, with names, namespaces and patches applied.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kustomization::build::{Behavior, Builds, KeySource, Outcome, Precision, Role, Space};
use crate::manifest::{Document, Format, Node, Span, path};
use crate::workload::{Numbers, Object, Origin, Place};

use super::{Inventory, Source};

/// A kustomization as it is built. Places of its objects are those of
/// [`Realm::place`], not of a source.
pub struct Realm {
    /// Its folder, as the user names it.
    pub name: String,
    /// What comes out of it.
    pub inventory: Inventory,
    /// The sources it is made of.
    pub sources: BTreeSet<usize>,
    /// Where the bytes of its objects were written; `None` where kubectl
    /// rendered it, and the places are those of what it rendered.
    space: Option<Arc<Space>>,
}

/// A kustomization that could not be built.
#[derive(Clone, Debug)]
pub struct Unbuilt {
    /// Its folder, as the user names it.
    pub name: String,
    pub origin: Origin,
    pub reason: String,
    pub by: Verdict,
}

/// Who says that a kustomization cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Kustomize itself refuses it.
    Refused,
    /// It may well be built, but not by us.
    NotSure,
}

/// Bytes of a source that a built node was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    pub source: usize,
    pub span: Span,
    /// Whether they are a node of the source's own tree.
    pub is_node: bool,
}

impl Realm {
    /// Where a node of one of its objects was written; `None` where no file
    /// says it.
    pub fn place(&self, origin: Origin, span: Span) -> Option<Written> {
        match (&self.space, origin) {
            (None, Origin::File { source, .. }) => Some(Written {
                source,
                span,
                is_node: true,
            }),
            (None, Origin::Live) => None,
            (Some(space), _) => {
                if span == Span::default() {
                    return None;
                }
                let located = space.locate(span)?;
                Some(Written {
                    source: located.source,
                    span: located.span,
                    is_node: located.precision == Precision::Exact,
                })
            }
        }
    }

    /// Whether its places are those of files.
    pub fn is_of_files(&self) -> bool {
        self.space.is_some()
    }
}

/// How the documents of a source count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Judged,
    /// As a part of what some kustomization builds.
    Part,
    /// As a patch of this kustomization, where nothing is built.
    Patch(String),
    /// As what kubectl made of a root.
    Rendered(usize),
}

/// What kustomizations come to, before it is judged.
pub(super) struct Assembly {
    pub routes: Vec<Route>,
    pub roots: Vec<RootParts>,
    /// Those that could not be built.
    pub unbuilt: Vec<Unbuilt>,
    /// Sources that kustomizations take, where none is built.
    pub roaming: BTreeSet<usize>,
    space: Option<Arc<Space>>,
}

pub(super) struct RootParts {
    pub name: String,
    sources: BTreeSet<usize>,
    objects: Vec<(Object, Option<Generator>)>,
    rendered: bool,
}

/// The entry of a kustomization that generates a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generator {
    /// Which source: the file of the kustomization.
    pub source: usize,
    /// Where the entry stands in it.
    pub span: Span,
    /// Its JSON path: `secretGenerator[0]`.
    pub path: String,
    /// The name that it gives there, without prefix and suffix.
    pub name: String,
    /// Who follows the hash that kustomize appends to the name.
    pub followers: HashFollowers,
    /// Env files that it takes keys from.
    pub files: BTreeSet<String>,
    /// Why its keys are not all known.
    pub unknown: Option<String>,
}

/// Who gets the hash that kustomize appends to a generated name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashFollowers {
    NoHash,
    /// References of Kubernetes' own kinds.
    OwnKinds,
    /// Also some that a configuration tells of.
    Configured,
}

/// How kustomizations are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Each root is built and judged.
    Built,
    /// Every file counts as it is written; patches are known as such.
    Written,
}

impl Assembly {
    /// From what is built. `rendered` tells which sources are what kubectl made
    /// of a root.
    pub fn of(
        builds: Builds,
        sources: &[(&str, &[Document])],
        rendered: &BTreeMap<usize, usize>,
        default_namespace: &str,
        reading: Reading,
    ) -> Self {
        let mut routes = vec![Route::Judged; sources.len()];
        let file = |kustomization: usize| {
            let source = builds.kustomizations[kustomization].source;
            sources.get(source).map_or("", |(name, _)| *name)
        };
        if reading == Reading::Written {
            for used in builds.uses.iter().filter(|used| used.role == Role::Patch) {
                if let Some(route) = used.source.and_then(|source| routes.get_mut(source)) {
                    *route = Route::Patch(file(used.kustomization).to_owned());
                }
            }
            return Self {
                routes,
                roots: Vec::new(),
                unbuilt: Vec::new(),
                roaming: builds
                    .uses
                    .iter()
                    .filter_map(|used| used.source)
                    .chain(builds.kustomizations.iter().map(|known| known.source))
                    .collect(),
                space: None,
            };
        }
        let mut used: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for one in &builds.uses {
            if let Some(source) = one.source {
                used.entry(one.kustomization).or_default().insert(source);
            }
        }
        let configured: BTreeSet<usize> = builds
            .uses
            .iter()
            .filter(|used| matches!(used.role, Role::Configuration | Role::Crd | Role::OpenApi))
            .map(|used| used.kustomization)
            .collect();
        let mut roots = Vec::new();
        let mut unbuilt = Vec::new();
        for (index, root) in builds.roots.iter().enumerate() {
            let name = folder(file(root.kustomization)).to_owned();
            let mut own = BTreeSet::new();
            for &below in &root.reaches {
                own.insert(builds.kustomizations[below].source);
                own.extend(used.get(&below).into_iter().flatten());
            }
            let configured = root.reaches.iter().any(|below| configured.contains(below));
            for &source in &own {
                if let Some(route) = routes.get_mut(source) {
                    *route = Route::Part;
                }
            }
            let mut parts = RootParts {
                name,
                sources: own,
                objects: Vec::new(),
                rendered: false,
            };
            let origin = Origin::File {
                source: builds.kustomizations[root.kustomization].source,
                document: 0,
            };
            match (&root.outcome, rendered.get(&index)) {
                (Outcome::Built(built), _) => {
                    for object in built {
                        let (place, mut generator) = place(&builds, object, origin, sources);
                        if let Some(generator) = &mut generator {
                            generator.followers = match (object.hashed(), configured) {
                                (false, _) => HashFollowers::NoHash,
                                (true, false) => HashFollowers::OwnKinds,
                                (true, true) => HashFollowers::Configured,
                            };
                        }
                        if let Some(found) = Object::new(object.node(), place, default_namespace) {
                            parts.objects.push((found, generator));
                        }
                    }
                }
                (_, Some(&source)) => {
                    parts.rendered = true;
                    if let Some(route) = routes.get_mut(source) {
                        *route = Route::Rendered(index);
                    }
                }
                (Outcome::NotSure(doubt), None) => unbuilt.push(Unbuilt {
                    name: parts.name.clone(),
                    origin,
                    reason: doubt.reason.clone(),
                    by: Verdict::NotSure,
                }),
                (Outcome::Refused(reason), None) => unbuilt.push(Unbuilt {
                    name: parts.name.clone(),
                    origin,
                    reason: reason.clone(),
                    by: Verdict::Refused,
                }),
            }
            roots.push(parts);
        }
        Self {
            routes,
            roots,
            unbuilt,
            roaming: BTreeSet::new(),
            space: Some(Arc::new(builds.space)),
        }
    }

    /// How a source counts.
    pub fn route(&self, source: usize) -> Route {
        self.routes.get(source).cloned().unwrap_or(Route::Judged)
    }

    /// Adds an object of what kubectl rendered.
    pub fn add_rendered(&mut self, root: usize, object: Object) {
        if let Some(parts) = self.roots.get_mut(root) {
            parts.objects.push((object, None));
        }
    }

    /// The roots, without those that came to nothing.
    pub fn take_roots(&mut self) -> Vec<RootParts> {
        std::mem::take(&mut self.roots)
            .into_iter()
            .filter(|root| !root.objects.is_empty())
            .collect()
    }

    pub fn space(&self) -> Option<Arc<Space>> {
        self.space.clone()
    }
}

impl RootParts {
    /// Its objects, taken out.
    pub fn take_objects(&mut self) -> Vec<(Object, Option<Generator>)> {
        std::mem::take(&mut self.objects)
    }

    /// What it is when it has been gathered.
    pub fn realm(self, inventory: Inventory, space: Option<Arc<Space>>) -> Realm {
        Realm {
            name: self.name,
            inventory,
            sources: self.sources,
            space: space.filter(|_| !self.rendered),
        }
    }
}

/// Where an object was written, and what generates it.
fn place(
    builds: &Builds,
    object: &crate::kustomization::build::Built,
    root: Origin,
    sources: &[(&str, &[Document])],
) -> (Place, Option<Generator>) {
    let located = builds.space.locate(object.at());
    let document = |source: usize, span: Span| {
        let (_, documents) = sources.get(source)?;
        documents
            .iter()
            .position(|document| document.span.start <= span.start && span.end <= document.span.end)
    };
    let origin = located
        .and_then(|at| {
            Some(Origin::File {
                source: at.source,
                document: document(at.source, at.span)?,
            })
        })
        .unwrap_or(root);
    let is_json = |origin| match origin {
        Origin::File { source, document } => sources
            .get(source)
            .and_then(|(_, documents)| documents.get(document))
            .is_some_and(|document| document.format == Format::Json),
        Origin::Live => false,
    };
    let place = Place {
        origin,
        numbers: match is_json(origin) {
            true => Numbers::Decimal,
            false => Numbers::Yaml,
        },
        base: String::new(),
    };
    let entries = object.generated();
    let first = entries
        .iter()
        .find(|entry| entry.behavior == Behavior::Create)
        .or(entries.first());
    let generator = first.and_then(|entry| {
        let located = builds.space.locate(entry.at)?;
        Some(Generator {
            source: located.source,
            span: located.span,
            path: entry.path.clone(),
            name: sources
                .get(located.source)
                .into_iter()
                .flat_map(|(_, documents)| *documents)
                .find_map(|document| {
                    let entry = document.root.lookup(&path::pointer(&entry.path))?;
                    entry.text_of("name").map(str::to_owned)
                })
                .unwrap_or_default(),
            followers: HashFollowers::NoHash,
            files: entries
                .iter()
                .flat_map(|entry| &entry.keys)
                .filter_map(|key| match &key.from {
                    KeySource::Env(file) | KeySource::File(file) => {
                        Some(file.file_name()?.to_str()?.to_owned())
                    }
                    KeySource::Literal => None,
                })
                .collect(),
            unknown: entries.iter().find_map(|entry| entry.unknown.clone()),
        })
    });
    (place, generator)
}

/// The folder of a file, as `kubectl kustomize` takes it.
pub(crate) fn folder(file: &str) -> &str {
    match file.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}

/// The node of a document's tree that has these bytes; of equal ones the
/// deepest is not asked for.
pub(crate) fn is_within(root: &Node, span: Span) -> bool {
    root.span.start <= span.start && span.end <= root.span.end
}

impl Inventory {
    /// This one, and what the kustomizations among the files come to.
    pub fn all(&self) -> impl Iterator<Item = &Inventory> {
        std::iter::once(self).chain(self.realms.iter().map(|realm| &realm.inventory))
    }

    /// How many workloads there are: of one that several overlays have, each
    /// file counts once.
    pub fn workload_count(&self) -> usize {
        if self.realms.is_empty() {
            return self.workloads.len();
        }
        let all = self.all().flat_map(|inventory| &inventory.workloads);
        let written: BTreeSet<_> = all
            .map(|workload| (workload.origin, &workload.id.kind, workload.pod.site.span))
            .collect();
        written.len()
    }

    /// How many Secrets there are, counted like workloads.
    pub fn secret_count(&self) -> usize {
        if self.realms.is_empty() {
            return self.secrets().count();
        }
        let all = self.all().flat_map(Inventory::secrets);
        let written: BTreeSet<_> = all.map(|facts| (facts.origin, &facts.name)).collect();
        written.len()
    }

    /// The object of a file whose bytes these are in, judged or not.
    pub fn written(&self, source: usize, span: Span) -> Option<&Object> {
        let from = |list: &[usize], object: &dyn Fn(usize) -> Origin| {
            list.partition_point(|index| {
                matches!(object(*index), Origin::File { source: other, .. } if other < source)
            })
        };
        let first = from(&self.objects_by_origin, &|index| {
            self.any_object(index).origin
        });
        self.objects_by_origin[first..]
            .iter()
            .map(|index| self.any_object(*index))
            .take_while(|object| {
                matches!(object.origin, Origin::File { source: other, .. } if other == source)
            })
            .find(|object| is_within(&object.root, span))
    }

    /// The document of a source that has these bytes.
    pub fn document_at(&self, source: usize, span: Span) -> usize {
        let documents = self
            .sources
            .get(source)
            .map_or(&[][..], |source: &Source| source.documents.as_slice());
        documents
            .iter()
            .position(|document| document.span.start <= span.start && span.end <= document.span.end)
            .unwrap_or(0)
    }
}
