//! The plan, and how its parts come together.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::ss047_malformed_reference;
use crate::inventory::{Answer, Inventory, Lookup};
use crate::manifest::Operation;
use crate::workload::environment::Consumer;
use crate::workload::image_facts::ImageFacts;
use crate::workload::malformed::{Malformed, malformed};
use crate::workload::{Container, Object, ObjectId, Origin, Site, Workload, WorkloadKind};

use super::images::AskedImage;
use super::options::{Options, Phase, Shim};
use super::{fates, images, mode, mounts, patch, preflight, self_made, variables, volumes};

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
    /// The workload.
    pub subject: ObjectId,
    /// Where it was read.
    pub origin: Origin,
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
    /// What to know before agreeing.
    pub notes: Vec<Note>,
    /// The change; paths count from the object's root. Empty when there is
    /// nothing to do.
    pub operations: Vec<Operation>,
}

/// A variable that comes from a Secret.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its container.
    pub container: String,
    /// Its name.
    pub name: String,
    /// The Secret.
    pub secret: String,
    /// The key.
    pub key: String,
    /// Where it stands.
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
    /// It cannot.
    Impossible,
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
}

/// A volume that is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedVolume {
    /// Its name.
    pub name: String,
    /// Its Secret.
    pub secret: String,
    /// What it holds.
    pub sources: Vec<volumes::Source>,
    /// The mode; `None` for Windows, which has none.
    pub mode: Option<u32>,
    /// The uid that the files are to belong to; `None` for root.
    pub user: Option<i64>,
}

/// A mount of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMount {
    /// The container.
    pub container: String,
    /// Its place.
    pub site: Site,
    /// The volume.
    pub volume: String,
    /// Where.
    pub path: String,
    /// Whether it is there already.
    pub existing: bool,
}

/// Something that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where: a JSON path.
    pub path: String,
    /// Why: a sentence.
    pub reason: String,
    /// What to do: sentences, commands among them.
    pub next: Vec<String>,
}

/// Something to know: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note(pub String);

impl Plan {
    /// A plan without anything.
    fn empty(workload: &Workload) -> Self {
        Self {
            subject: workload.id.clone(),
            origin: workload.origin,
            variables: Vec::new(),
            volumes: Vec::new(),
            mounts: Vec::new(),
            images: Vec::new(),
            refusals: Vec::new(),
            notes: Vec::new(),
            operations: Vec::new(),
        }
    }

    /// The plan for a workload that is known by its pods only: nothing.
    pub fn unseen(workload: &Workload) -> Self {
        let mut plan = Self::empty(workload);
        let refusal = preflight::fixed(workload).unwrap_or_else(|| Refusal {
            path: workload.pod.site.path.clone(),
            reason: format!(
                "{} is known by its pods only: what makes them cannot be read or changed here.",
                workload.id.short()
            ),
            next: vec!["Change it where it comes from.".to_owned()],
        });
        plan.refusals.push(refusal);
        plan
    }

    /// The plan for a workload that is not looked into: nothing.
    pub fn refused(workload: &Workload, refusal: Refusal) -> Self {
        let mut plan = Self::empty(workload);
        plan.refusals.push(refusal);
        plan
    }

    /// Leaves everything as it is; a refusal that is added says why.
    pub fn give_up(&mut self) {
        self.operations.clear();
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
        let was_to_go = |variable: &Variable| {
            options.shim == Shim::On || options.reads_files.has(&variable.name)
        };
        let stays = |variable: &Variable| match &variable.fate {
            Fate::Removed | Fate::Replaced { .. } | Fate::Shimmed => false,
            // A refusal says why.
            Fate::Refused => false,
            Fate::Kept(reason) => match reason {
                KeepReason::Phase | KeepReason::NotConfirmed | KeepReason::NotYetVerified => false,
                KeepReason::NotMounted
                | KeepReason::UsedIn(_)
                | KeepReason::Uncovers
                | KeepReason::NotProven
                | KeepReason::Unsure { .. }
                | KeepReason::DropsFirst { .. }
                | KeepReason::Source => was_to_go(variable),
            },
        };
        self.refuses() || options.phase != Phase::Mount && self.variables.iter().any(stays)
    }
}

/// Plans the migration of one workload.
pub fn plan(
    inventory: &Inventory,
    workload: &Workload,
    object: &Object,
    options: &Options,
    observed: &Observed,
) -> Plan {
    let mut plan = Plan::empty(workload);
    if let Some(refusal) = unknown_kind(workload) {
        plan.refusals.push(refusal);
        return plan;
    }
    let context = Context {
        inventory,
        workload,
        object,
        options,
        observed,
    };
    let malformed = malformed_references(object);
    plan.refusals
        .extend(malformed.iter().map(malformed_refusal));
    if malformed.iter().any(|found| found.fault.is_refused()) {
        return plan;
    }
    let mut candidates = variables::candidates(&context, &mut plan);
    let modes = mode::decide(&context, &candidates, &mut plan);
    let volumes = volumes::arrange(&context, &candidates, &modes, &mut plan);
    mounts::place(&context, &volumes, &mut candidates, &mut plan);
    fates::settle(&context, candidates, &modes, &mut plan);
    self_made::tell(&context, &mut plan);
    images::tell(&context, &mut plan);
    patch::write(&context, &mut plan);
    plan.notes.sort();
    plan.notes.dedup();
    plan
}

/// Everything a plan is made from.
pub(super) struct Context<'a> {
    pub inventory: &'a Inventory,
    pub workload: &'a Workload,
    pub object: &'a Object,
    pub options: &'a Options,
    pub observed: &'a Observed,
}

impl<'a> Context<'a> {
    /// What a Secret that the template names leads to.
    pub fn lookup(&self, secret: &str) -> Lookup<'a> {
        let namespace = &self.workload.id.namespace;
        self.inventory.lookup(namespace, self.rendered(secret))
    }

    /// Whether a Secret that the template names has a key.
    pub fn has_key(&self, secret: &str, key: &str) -> Answer {
        let namespace = &self.workload.id.namespace;
        self.inventory
            .has_key(namespace, self.rendered(secret), key)
    }

    /// What is known of a container's image.
    pub fn facts(&self, container: &Container) -> ImageFacts {
        let facts = self.observed.images.get(&container.name);
        facts.cloned().unwrap_or_default()
    }

    fn rendered<'n>(&'n self, secret: &'n str) -> &'n str {
        let rendered = self.observed.rendered.get(secret);
        rendered.map_or(secret, String::as_str)
    }
}

/// References that are not written as the API has them: what they were meant to
/// be has to be said first, lest a variable be missed.
fn malformed_references(object: &Object) -> Vec<Malformed> {
    match object.origin {
        Origin::File { .. } => malformed(object),
        // What the API server took is well-formed.
        Origin::Live => Vec::new(),
    }
}

fn malformed_refusal(found: &Malformed) -> Refusal {
    Refusal {
        path: found.site.path.clone(),
        reason: ss047_malformed_reference::message(found),
        next: vec!["Correct it first (kubectl secretsafe explain SS047).".to_owned()],
    }
}

/// A template inside a custom resource belongs to a controller of its own:
/// whether it takes a volume as a Deployment does is not known here.
fn unknown_kind(workload: &Workload) -> Option<Refusal> {
    (workload.kind == WorkloadKind::Custom).then(|| Refusal {
        path: workload.pod.site.path.clone(),
        reason: format!(
            "{} is a custom resource, which is reported on and never changed.",
            workload.id.short()
        ),
        next: vec![
            "Add the volume and the mounts by hand, where its own file says how.".to_owned(),
        ],
    })
}
