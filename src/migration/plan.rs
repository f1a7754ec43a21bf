//! The plan: what a migration of one workload does, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::Operation;
use crate::workload::environment::Consumer;
use crate::workload::image_facts::ImageFacts;
use crate::workload::{ObjectId, Origin, Site, Workload};

use super::options::{Options, Phase, ReadsFiles, Shim};

/// What is known beside the template. What running containers show, by name,
/// outranks it.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The uid of a container's process, where the runtime tells it.
    pub uids: BTreeMap<String, i64>,
    /// The files that the container's process was seen to be able to read.
    pub readable: BTreeMap<String, BTreeSet<String>>,
    /// What registries say of the containers' images.
    pub images: BTreeMap<String, ImageFacts>,
    /// The names under which Secrets are known, by those that the template has
    /// for them: kustomize changes names when all else is done.
    pub rendered: BTreeMap<String, String>,
}

/// What a migration of one workload does.
#[derive(Clone, Debug)]
pub struct Plan {
    pub subject: ObjectId,
    /// Where it was read.
    pub origin: Origin,
    pub of: Document,
    /// Each variable that comes from a Secret, in the order of the template.
    pub variables: Vec<Variable>,
    /// Volumes that are added.
    pub volumes: Vec<PlannedVolume>,
    /// Mounts, added or already there.
    pub mounts: Vec<PlannedMount>,
    /// What registries say of the images of its containers, where they were
    /// asked.
    pub images: Vec<AskedImage>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
    /// The fsGroup that would let a container read the files that it cannot.
    pub missing_group: Option<i64>,
    /// The fsGroup that is added to the pod, where a container needs it.
    pub adds_group: Option<i64>,
    /// What to know before agreeing.
    pub notes: Vec<Note>,
    /// The change; paths count from the object's root. Empty when there is
    /// nothing to do.
    pub operations: Vec<Operation>,
}

/// A variable that comes from a Secret.
#[derive(Clone, Debug)]
pub struct Variable {
    pub container: String,
    pub name: String,
    pub secret: String,
    pub key: String,
    pub site: Site,
    /// The file that holds the same value; `None` where none is mounted.
    pub file: Option<String>,
    /// Whether the process can read that file; `None` without one.
    pub reading: Option<Reading>,
    /// What happens to it.
    pub fate: Fate,
}

/// How it is known whether a process can read its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// It can: user, groups and mode say so.
    Known,
    /// It can: the running container was asked.
    Verified,
    /// The image decides who the process is.
    NotProven,
    Impossible,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// A workload.
    Whole,
    /// A patch, or something else that is only a part of a workload.
    Part,
}

/// What happens to a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes: the program reads the file.
    Removed,
    /// It goes, and another one names the file.
    Replaced {
        /// `X_FILE`.
        by: String,
    },
    /// The wrapped command sets it from the file.
    Shimmed,
    /// It stays, beside the file.
    Kept(KeepReason),
    /// It stays, and no file is mounted; a refusal says why.
    Refused,
}

/// Why a variable stays beside its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepReason {
    /// Only files were asked for.
    Phase,
    /// Nobody said that the program reads the file.
    NotConfirmed,
    /// Variables were to go only where their file is mounted, and it is not.
    NotMounted,
    /// These places use it.
    UsedIn(Vec<Consumer>),
    /// Another value of the same name would come to light.
    Uncovers,
    /// Whether the process can read the file is not proven.
    NotProven,
    /// The image is known to read a file, but whether this container does is
    /// not.
    Unsure {
        /// The variable that would name the file.
        by: String,
        /// Why it is not known: a clause.
        why: String,
    },
    /// The entrypoint becomes another user before it reads the file, and that
    /// user cannot.
    DropsFirst {
        /// Its uid, if that is known.
        uid: Option<i64>,
    },
    /// The running container is asked first whether it can read the file; then
    /// the variable goes in a step of its own.
    NotYetVerified,
    /// Another variable of the same `envFrom` entry has to stay.
    Source,
    /// The image reads a file that a variable names, and `envFrom` sets only the
    /// value.
    NamedByNobody {
        /// The variable that would name the file.
        by: String,
    },
}

/// A volume that is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedVolume {
    pub name: String,
    pub secret: String,
    pub sources: Vec<Source>,
    /// The mode; `None` for Windows, which has none.
    pub mode: Option<u32>,
    /// The uid that the files are to belong to; `None` for root.
    pub user: Option<i64>,
}

/// A source of a volume: some keys of its Secret, or all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Key and file; `None` for every key under its own name.
    pub items: Option<BTreeSet<(String, String)>>,
    /// `optional`.
    pub optional: bool,
}

/// A mount of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMount {
    pub container: String,
    pub site: Site,
    pub volume: String,
    pub path: String,
    /// Whether it is there already.
    pub existing: bool,
}

/// A container's image, where it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedImage {
    pub container: String,
    /// What is known of the image, or why nothing is.
    pub facts: ImageFacts,
}

/// Something that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where: a JSON path.
    pub path: String,
    pub reason: String,
    /// What to do: sentences, commands among them.
    pub next: Vec<String>,
}

/// Something to know: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note(pub String);

impl Plan {
    /// A plan without anything.
    pub(super) fn empty(workload: &Workload) -> Self {
        Self {
            subject: workload.id.clone(),
            origin: workload.origin,
            of: Document::Whole,
            variables: Vec::new(),
            volumes: Vec::new(),
            mounts: Vec::new(),
            images: Vec::new(),
            refusals: Vec::new(),
            missing_group: None,
            adds_group: None,
            notes: Vec::new(),
            operations: Vec::new(),
        }
    }

    /// The plan for a document that is only a part of a workload: nothing.
    pub fn refused(workload: &Workload, refusal: Refusal) -> Self {
        let mut plan = Self::empty(workload);
        plan.refusals.push(refusal);
        plan.of = Document::Part;
        plan
    }

    /// Leaves everything as it is, for this reason: nothing that it would have
    /// done is said any more.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
        self.operations.clear();
        self.notes.clear();
        self.volumes.clear();
        self.mounts.clear();
        for variable in &mut self.variables {
            variable.fate = Fate::Refused;
            variable.file = None;
        }
    }

    /// Whether it changes anything.
    pub fn changes(&self) -> bool {
        !self.operations.is_empty()
    }

    /// The files of which only the running container can tell whether it can
    /// read them, with the container.
    pub fn unproven(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .filter(|variable| variable.reading == Some(Reading::NotProven))
            .filter_map(|variable| Some((variable.container.as_str(), variable.file.as_deref()?)))
    }

    /// Whether variables go in a step of their own.
    pub fn has_second_step(&self) -> bool {
        self.variables
            .iter()
            .any(|variable| variable.fate == Fate::Kept(KeepReason::NotYetVerified))
    }

    /// Whether something is refused.
    pub fn refuses(&self) -> bool {
        !self.refusals.is_empty()
    }

    /// Whether something that was asked for is not done: it is refused, or a
    /// variable that was to go has to stay. The same for what is to be done, for
    /// what was, and for a second look.
    pub fn falls_short(&self, options: &Options) -> bool {
        let removal = self.removal(options);
        self.refuses() || removal.gone < removal.wanted
    }

    /// How many variables were to go, and how many of them do. Without a word about
    /// what the program reads all were to; of those that are named, these.
    pub fn removal(&self, options: &Options) -> Removal {
        let options: &Options = &options.of(&self.subject);
        let mut removal = Removal::default();
        if options.phase == Phase::Mount {
            return removal;
        }
        let all = options.shim == Shim::On || options.reads_files == ReadsFiles::None;
        for variable in &self.variables {
            let gone = match &variable.fate {
                Fate::Removed | Fate::Replaced { .. } | Fate::Shimmed => true,
                // It goes in a second step of the same run.
                Fate::Kept(KeepReason::NotYetVerified) => true,
                Fate::Kept(_) | Fate::Refused => false,
            };
            if gone || all || options.reads_files.has(&variable.name) {
                removal.wanted += 1;
                removal.gone += usize::from(gone);
            }
        }
        removal
    }
}

/// Variables that were to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    pub wanted: usize,
    pub gone: usize,
}
