//! Kustomizations as kustomize builds them, without kustomize: pure but for
//! the files that they name, which somebody else reads.
//!
//! What comes out is the set of objects that `kubectl kustomize` renders, with
//! the places where everything in it was written. Names get no hash:
//! [`Built::hashed`] tells which would. Where we are not sure what kustomize
//! does, the answer is a [`Doubt`], and where it would refuse, its reason;
//! nothing else is ever made up.
//!
//! The order of things and the rules of each field are those of
//! kubernetes-sigs/kustomize `api` v0.21 (kubectl v1.37); the modules name the
//! files.

mod accumulate;
mod config;
mod fields;
mod fieldspec;
mod files;
mod generate;
mod images;
mod json6902;
mod merge;
mod patches;
mod references;
mod replacements;
mod resource;
mod schema;
mod select;
mod set;
mod space;
#[cfg(test)]
mod tests;
mod transform;
mod tree;
mod variables;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::manifest::{Document, Node, SourceText, Span};
use crate::workload::is_kustomization_file;

pub use fields::Kind;
pub use files::{Given, Place, Surroundings};
pub use resource::Behavior;
pub use space::{Located, Precision, Space, path_of};

use accumulate::Work;
use files::Files;
use resource::Resource;

/// All that the kustomizations among files say.
pub struct Builds {
    /// Where the bytes of built nodes lie.
    pub space: Space,
    /// All kustomizations among the files, and those that they build on.
    pub kustomizations: Vec<Kustomization>,
    /// Those among the files that can be built and that nothing builds on.
    pub roots: Vec<Root>,
    /// Which files they use.
    pub uses: Vec<Use>,
    /// Texts that were read beside the given ones.
    pub read_on: Vec<ReadOn>,
}

/// A text that was read beside those that were given.
pub struct ReadOn {
    pub file: PathBuf,
    pub text: Arc<SourceText>,
    pub documents: Arc<Vec<Document>>,
}

pub struct Kustomization {
    /// The real path of its folder.
    pub folder: PathBuf,
    /// Which source it is: the given ones first, then [`Builds::read_on`].
    pub source: usize,
    pub kind: Kind,
    /// Whether it is among the given files.
    pub given: bool,
    /// Kustomizations and components that it includes.
    pub builds_on: Vec<usize>,
}

/// A kustomization that nothing builds on.
pub struct Root {
    pub kustomization: usize,
    /// All that it builds on, itself first.
    pub reaches: Vec<usize>,
    /// What comes out of it.
    pub outcome: Outcome,
    /// Inputs of generators that are not there: what is built lacks their
    /// values, and kustomize itself would refuse. Fragments.
    pub missing: Vec<String>,
}

/// What comes out of a kustomization.
pub enum Outcome {
    Built(Vec<Built>),
    /// It is not known.
    NotSure(Doubt),
    /// Kustomize ends with an error: a lower-case fragment that says why,
    /// beginning with the file's name.
    Refused(String),
}

/// Why it is not known what comes out of a kustomization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// A lower-case fragment, beginning with the file's name.
    pub reason: String,
    /// Whether something of another machine is a part of it: then kubectl
    /// would fetch it, and must not be asked.
    pub needs_network: bool,
}

/// Which file a kustomization uses.
pub struct Use {
    pub kustomization: usize,
    /// The file's real path.
    pub file: PathBuf,
    /// Which source it is, if it was read as YAML.
    pub source: Option<usize>,
    pub role: Role,
}

/// What a file is to a kustomization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Resource,
    /// It is a patch.
    Patch,
    Replacement,
    /// A generator takes keys from it.
    Generator,
    /// It is one of `configurations`.
    Configuration,
    /// Values of a Helm chart.
    Helm,
    /// It is one of `crds`.
    Crd,
    /// It is a schema.
    OpenApi,
    /// It configures a generator, transformer or validator.
    Plugin,
}

/// An object that comes out of a kustomization.
pub struct Built {
    resource: Resource,
}

/// What a generator's entry adds to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The kustomization that has the entry.
    pub kustomization: usize,
    /// Where the entry lies in the [`Space`].
    pub at: Span,
    /// Its JSON path: `secretGenerator[0]`.
    pub path: String,
    pub keys: Vec<GeneratedKey>,
    /// Why there may be more of them: an env file is not there.
    pub unknown: Option<String>,
    /// What it does with an object that is there.
    pub behavior: Behavior,
}

/// A key of a generated object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedKey {
    pub key: String,
    /// Where its value comes from.
    pub from: KeySource,
    /// Where the item of the list lies in the [`Space`].
    pub at: Span,
    /// Whether its value is there; in the object it is null else.
    pub known: bool,
}

/// Where the value of a generated key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// It is written in the kustomization.
    Literal,
    /// It is a file.
    File(PathBuf),
    /// It is a line of an env file.
    Env(PathBuf),
}

/// Why something cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Failure {
    Refused(String),
    NotSure(Doubt),
}

impl Failure {
    fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }

    fn not_sure(why: impl Into<String>) -> Self {
        Self::NotSure(Doubt {
            reason: why.into(),
            needs_network: false,
        })
    }

    fn remote(path: &str) -> Self {
        Self::NotSure(Doubt {
            reason: format!("{} is not on this machine", tree::shown(path)),
            needs_network: true,
        })
    }

    /// The same, with the name of the file it is about; the innermost counts.
    fn within(self, name: &str) -> Self {
        let reason = |reason: String| match reason.starts_with("in ") {
            true => reason,
            false => format!("in {name}: {reason}"),
        };
        match self {
            Self::Refused(why) => Self::Refused(reason(why)),
            Self::NotSure(doubt) => Self::NotSure(Doubt {
                reason: reason(doubt.reason),
                ..doubt
            }),
        }
    }
}

/// Builds all kustomizations that nothing else among the files builds on.
pub fn build(given: &[Given<'_>], around: &dyn Surroundings) -> Builds {
    let mut work = Work::new(Files::new(given, around));
    let mut own = Vec::new();
    for file in given {
        if is_kustomization_file(file.file)
            && let Some(folder) = file.file.parent()
        {
            own.push(work.kustomization(folder));
        }
    }
    let mut is_included = vec![false; work.known.len()];
    for known in &work.known {
        if known.public.given {
            for below in &known.public.builds_on {
                is_included[*below] = true;
            }
        }
    }
    let own: Vec<usize> = own.into_iter().flatten().collect();
    let mut roots: Vec<Root> = Vec::new();
    let mut reached = BTreeSet::new();
    // Then those that nothing reaches all the same: they build on themselves.
    for may_be_included in [false, true] {
        for number in &own {
            let is_known = reached.contains(number);
            let is_kustomization = work.known[*number].public.kind == Kind::Kustomization;
            if is_kustomization && !is_known && is_included[*number] == may_be_included {
                let root = root(&mut work, *number);
                reached.extend(root.reaches.iter().copied());
                roots.push(root);
            }
        }
    }
    work.files.number_uses();
    Builds {
        space: work.files.space,
        kustomizations: work.known.into_iter().map(|known| known.public).collect(),
        roots,
        uses: work.files.uses,
        read_on: work.files.read_on,
    }
}

fn root(work: &mut Work<'_>, number: usize) -> Root {
    let reaches = work.reaches(number);
    let outcome = outcome(work, number, &reaches);
    let missing = work.files.missing.iter();
    let mut missing: Vec<String> = missing
        .filter(|(own, _)| reaches.contains(own))
        .map(|(_, what)| what.clone())
        .collect();
    missing.sort();
    missing.dedup();
    Root {
        kustomization: number,
        reaches,
        outcome,
        missing,
    }
}

fn outcome(work: &mut Work<'_>, number: usize, reaches: &[usize]) -> Outcome {
    match finished(work, number) {
        Ok(objects) => Outcome::Built(objects),
        Err(Failure::Refused(why)) => Outcome::Refused(why),
        Err(Failure::NotSure(doubt)) => Outcome::NotSure(Doubt {
            needs_network: doubt.needs_network
                || reaches.iter().any(|below| work.known[*below].remote),
            ..doubt
        }),
    }
}

/// What is done once, when all has come together.
fn finished(work: &mut Work<'_>, number: usize) -> Result<Vec<Built>, Failure> {
    let accumulated = work.build(number)?;
    let name = work.files.name(work.known[number].public.source);
    let mut set = accumulated.set.clone();
    let config = accumulated.config.clone().unwrap_or_else(config::default);
    for resource in &mut set.list {
        if resource.needs_hash {
            resource.remember();
            resource.hashed = true;
            let name = format!("{}{}", resource.name(), tree::HASH);
            resource.set_name(&name);
        }
    }
    set.renamed();
    references::fix(&config, &mut set)
        .and_then(|()| variables::resolve(&accumulated.variables, &config, &mut set))
        .map_err(|failure| failure.within(name))?;
    let any_hash = set.list.iter().any(|resource| resource.hashed);
    set.check_twins().map_err(|failure| failure.within(name))?;
    let mut built = Vec::with_capacity(set.list.len());
    for mut resource in set.list {
        if is_local(&resource) {
            continue;
        }
        resource::as_texts(&mut resource.tree, "annotations");
        if any_hash && let Some(tree) = tree::without_marks(&resource.tree) {
            resource.tree = tree;
        }
        built.push(Built { resource });
    }
    Ok(built)
}

/// Objects that are for kustomize only.
fn is_local(resource: &Resource) -> bool {
    resource
        .tree
        .at(&[
            "metadata",
            "annotations",
            "config.kubernetes.io/local-config",
        ])
        .is_some_and(|value| value.scalar_text() != Some("false"))
}

impl Built {
    /// The object's tree. Spans count in the [`Space`]; values of Secrets are
    /// sealed.
    pub fn node(&self) -> Node {
        self.resource.tree.node().sealed()
    }

    /// Its `apiVersion`.
    pub fn api_version(&self) -> &str {
        self.resource.api_version()
    }

    pub fn kind(&self) -> &str {
        self.resource.kind()
    }

    /// Its name, without hash.
    pub fn name(&self) -> &str {
        self.resource.name()
    }

    /// Its namespace, as it is written; empty without one.
    pub fn namespace(&self) -> &str {
        self.resource.namespace()
    }

    /// Whether kustomize appends a hash to its name, and to all references to
    /// it that it knows.
    pub fn hashed(&self) -> bool {
        self.resource.hashed
    }

    /// Where most of it was written: the object of a file, or the generator's
    /// entry.
    pub fn at(&self) -> Span {
        self.resource.tree.span
    }

    /// The entries of generators that made it, the first one first.
    pub fn generated(&self) -> &[Generated] {
        &self.resource.generated
    }
}
