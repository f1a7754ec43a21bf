//! A plan of `migrate`, for people and for programs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::io::{self, Write};
use std::mem::Discriminant;

use schemars::JsonSchema;
use serde::Serialize;
use serde_saphyr::LitString;

use crate::escape::{Written, escape_controls as safe, guarded, marked, unmarked, yaml};
use crate::manifest::json_patch;
use crate::migration::{Fate, KeepReason, Language, Plan, Reading, Source, Variable, snippet};
use crate::words::{FOLD, folded};

use super::Syntax;
use super::asked_image::{self, ImageV1};

/// Writes a plan as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(plan: &Plan, languages: &[Language], out: &mut dyn Write) -> io::Result<()> {
    guarded(out, Written::AsText, |out| lines_of(plan, languages, out))
}

fn lines_of(plan: &Plan, languages: &[Language], out: &mut dyn Write) -> io::Result<()> {
    let subject = &plan.subject;
    writeln!(
        out,
        "{} in {}",
        safe(&subject.short()),
        safe(&subject.namespace)
    )?;
    let mut groups = Folding::default();
    for variable in &plan.variables {
        let state = (std::mem::discriminant(&variable.fate), reason_of(variable));
        let group = (
            &variable.container,
            &variable.secret,
            state,
            variable.reading,
        );
        if groups.folds(group, || {
            format!(
                "container {} (Secret {}): {}",
                variable.container,
                variable.secret,
                fate_in_short(variable)
            )
        }) {
            continue;
        }
        writeln!(
            out,
            "  {} of container {} (Secret {}, key {})",
            safe(&variable.name),
            safe(&variable.container),
            safe(&variable.secret),
            safe(&variable.key)
        )?;
        writeln!(out, "    {}", safe(&fate(variable)))?;
    }
    groups.write("variables of ", out)?;
    for volume in &plan.volumes {
        let mode = volume
            .mode
            .map_or(String::new(), |mode| format!(", mode {mode:04o}"));
        let owner = volume
            .user
            .map_or(String::new(), |uid| format!(", owned by uid {uid}"));
        writeln!(
            out,
            "  + volume {}: Secret {}, {}{mode}{owner}",
            safe(&volume.name),
            safe(&volume.secret),
            safe(&sources(&volume.sources))
        )?;
    }
    for mount in plan.mounts.iter().filter(|mount| !mount.existing) {
        writeln!(
            out,
            "  + mount of {} at {} in container {}, read-only",
            safe(&mount.volume),
            safe(&mount.path),
            safe(&mount.container)
        )?;
    }
    for asked in &plan.images {
        asked_image::text(asked, out)?;
    }
    let mut groups = Folding::default();
    for refusal in &plan.refusals {
        if groups.folds(&refusal.next, || {
            format!("are not done; {}", refusal.next.join(" "))
        }) {
            continue;
        }
        writeln!(out, "  not done: {}", safe(&refusal.reason))?;
        if !refusal.path.is_empty() {
            writeln!(out, "    at {}", safe(&refusal.path))?;
        }
        for next in &refusal.next {
            writeln!(out, "    {}", safe(next))?;
        }
    }
    groups.write("parts that ", out)?;
    let mut groups = Folding::default();
    for note in &plan.notes {
        // Notes about single variables begin with their names.
        let rest = note.0.split_once(' ').map_or("", |(_, rest)| rest);
        if groups.folds(rest, || rest.to_owned()) {
            continue;
        }
        writeln!(out, "  note: {}", safe(&note.0))?;
    }
    groups.write("notes: NAME: ", out)?;
    application(plan, languages, out)?;
    if !plan.changes() && !plan.refuses() && plan.unknown_images().next().is_none() {
        writeln!(out, "  nothing to do")?;
    }
    Ok(())
}

/// Where all of a folded list is.
const ALL: &str = "-o json lists all";

/// Of what is alike in a list, how much was told: the first ten.
struct Folding<K> {
    told: HashMap<K, usize>,
    /// What the others have in common, and how many they are.
    more: Vec<(String, usize)>,
    places: HashMap<K, usize>,
}

impl<K> Default for Folding<K> {
    fn default() -> Self {
        Self {
            told: HashMap::new(),
            more: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq + Clone> Folding<K> {
    /// Whether the next one of `group` is only counted, under words that are
    /// said of all of them.
    fn folds(&mut self, group: K, words: impl FnOnce() -> String) -> bool {
        let told = self.told.entry(group.clone()).or_insert(0);
        if *told < FOLD {
            *told += 1;
            return false;
        }
        let place = *self.places.entry(group).or_insert_with(|| {
            self.more.push((words(), 0));
            self.more.len() - 1
        });
        self.more[place].1 += 1;
        true
    }

    /// Writes how many more there are of each group.
    fn write(self, what: &str, out: &mut dyn Write) -> io::Result<()> {
        for (words, more) in &self.more {
            writeln!(out, "  and {more} more {what}{} ({ALL})", safe(words))?;
        }
        Ok(())
    }
}

/// Why a variable is kept, without the details.
fn reason_of(variable: &Variable) -> Option<Discriminant<KeepReason>> {
    match &variable.fate {
        Fate::Kept(reason) => Some(std::mem::discriminant(reason)),
        _ => None,
    }
}

/// What happens to variables of the same kind.
fn fate_in_short(variable: &Variable) -> &'static str {
    match variable.fate {
        Fate::Removed => "removed, for the same reason",
        Fate::Replaced { .. } => "replaced by those that name the files",
        Fate::Shimmed => "set from the files by the wrapped command",
        Fate::Kept(_) => "unchanged, for the same reason",
        Fate::Refused => "unchanged, and no file is mounted",
    }
}

/// What the program has to do for the variables to go.
fn application(plan: &Plan, languages: &[Language], out: &mut dyn Write) -> io::Result<()> {
    let waiting: Vec<_> = plan
        .variables
        .iter()
        .filter(|variable| {
            matches!(
                variable.fate,
                Fate::Kept(
                    KeepReason::Phase
                        | KeepReason::NotConfirmed
                        | KeepReason::NotProven
                        | KeepReason::NotYetVerified
                ) | Fate::Removed
            )
        })
        .filter_map(|variable| Some((variable, variable.file.as_deref()?)))
        .collect();
    if waiting.is_empty() {
        return Ok(());
    }
    writeln!(out, "  The program has to read:")?;
    for (variable, file) in waiting.iter().take(FOLD) {
        writeln!(
            out,
            "    {} in place of {}",
            safe(file),
            safe(&variable.name)
        )?;
    }
    if waiting.len() > FOLD {
        let more = waiting.len() - FOLD;
        writeln!(out, "    and {more} more files ({ALL})")?;
    }
    for language in languages {
        writeln!(out, "  In {}:", language.name())?;
        for (variable, file) in &waiting {
            for line in snippet(*language, &variable.name, file).lines() {
                writeln!(out, "    {}", safe(line))?;
            }
        }
    }
    Ok(())
}

/// What happens to a variable, in words.
fn fate(variable: &Variable) -> String {
    let file = variable.file.as_deref().unwrap_or_default();
    match &variable.fate {
        Fate::Removed if variable.reading == Some(Reading::Verified) => {
            format!("goes; the program reads {file}, and its running container can")
        }
        Fate::Removed => match variable.reading {
            Some(Reading::NotProven) => format!(
                "goes, though it is not proven that the process can read {file}; that was asked for"
            ),
            Some(Reading::Impossible) => {
                format!("goes, though the process cannot read {file}; that was asked for")
            }
            _ => format!("goes; the program reads {file}"),
        },
        Fate::Replaced { by } => format!("becomes {by}, which names {file}: the image reads it"),
        Fate::Shimmed => format!(
            "goes; the wrapped command sets it from {file}, so the process environment has it again"
        ),
        Fate::Refused => "stays, and no file is mounted".to_owned(),
        Fate::Kept(reason) => {
            let why = match reason {
                KeepReason::NotMounted => {
                    return "stays: its file is not mounted yet, so migrate without --remove-env first"
                        .to_owned();
                }
                KeepReason::Phase => {
                    "remove it later with --remove-env, when the program reads the file".to_owned()
                }
                KeepReason::NotConfirmed => format!(
                    "say that the program reads the file with --reads-files {}",
                    variable.name
                ),
                KeepReason::UsedIn(consumers) => {
                    let places: Vec<_> = consumers
                        .iter()
                        .map(|consumer| format!("{} ({})", consumer.text.site.path, consumer.how))
                        .collect();
                    format!("it is used in {}", folded(places.iter().map(String::as_str)))
                }
                KeepReason::Uncovers => {
                    "without it another value of the same name would show".to_owned()
                }
                KeepReason::NotProven if variable.reading == Some(Reading::Impossible) => {
                    "the process cannot read the file: use --fs-group GID, or --mode 0444".to_owned()
                }
                KeepReason::NotProven => {
                    "it is not proven that the process can read the file: set runAsUser, or --mode 0444, or let the registry of its image be asked with --resolve-images, or a running container with --verify-read".to_owned()
                }
                KeepReason::Unsure { by, why } => format!(
                    "the image may read it from the file that {by} names, but {why}; if it does, say so with --reads-files {}",
                    variable.name
                ),
                KeepReason::DropsFirst { uid } => {
                    let (who, then) = match uid {
                        Some(uid) => (format!("uid {uid}"), format!("set runAsUser: {uid} and an fsGroup")),
                        None => ("another user".to_owned(), "set runAsUser and an fsGroup".to_owned()),
                    };
                    format!(
                        "the image starts as root and becomes {who} before it reads the file, which its mode forbids: use --mode 0444, or {then} in the pod's securityContext"
                    )
                }
                KeepReason::NotYetVerified => {
                    "it goes in a second step of its own, when the running container has been asked whether it can read the file".to_owned()
                }
                KeepReason::Source => {
                    "another variable of the same envFrom entry has to stay".to_owned()
                }
            };
            format!("is also in {file}; the variable stays: {why}")
        }
    }
}

fn sources(sources: &[Source]) -> String {
    let words: Vec<_> = sources
        .iter()
        .map(|source| {
            let keys = match &source.items {
                None => "all keys".to_owned(),
                Some(items) => {
                    let keys: Vec<_> = items
                        .iter()
                        .map(|(key, path)| {
                            if key == path {
                                key.clone()
                            } else {
                                format!("{key} as {path}")
                            }
                        })
                        .collect();
                    format!("key {}", folded(keys.iter().map(String::as_str)))
                }
            };
            if source.optional {
                format!("{keys} (optional)")
            } else {
                keys
            }
        })
        .collect();
    words.join("; ")
}

/// The plans of one run of `kubectl secretsafe migrate -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlansV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `MigrationPlans`.
    kind: &'static str,
    /// What the run came to.
    outcome: Outcome,
    /// One for each workload.
    plans: Vec<PlanV1>,
}

/// What a run of `migrate` came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Nothing of what was asked for is left to do. Exit status 0.
    NothingToDo,
    /// All that was asked for can be done, and was not now. Exit status 0, or 1 with `--exit-code`.
    WouldChange,
    /// All that was asked for is done. Exit status 0.
    Done,
    /// A part of what was asked for is not done, or cannot be. Exit status 5.
    NotAll,
    /// A part of what was asked for may not be looked at, or a registry did not
    /// tell of an image (`--resolve-images`); nothing was changed. Exit status 3.
    NotKnown,
    /// New pods did not stay up, and all is as it was before. Exit status 4.
    TakenBack,
    /// Nothing was done: it was not confirmed, or the input cannot be used. Exit status 2.
    NotDone,
}

/// The plan of a workload, and those that followed it in the same run.
pub struct Steps {
    first: Plan,
    then: Vec<Plan>,
}

impl From<Plan> for Steps {
    fn from(first: Plan) -> Self {
        let then = Vec::new();
        Self { first, then }
    }
}

impl Steps {
    /// Whether any of them changes anything.
    pub fn changes(&self) -> bool {
        self.first.changes() || self.then.iter().any(Plan::changes)
    }

    /// Adds plans in the order in which they were made.
    pub fn add(all: &mut Vec<Self>, plans: &[Plan]) {
        for plan in plans {
            let same = |steps: &&mut Steps| steps.first.subject == plan.subject;
            match all.iter_mut().find(same) {
                Some(steps) => steps.then.push(plan.clone()),
                None => all.push(plan.clone().into()),
            }
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlanV1 {
    /// Kind of the workload.
    kind: String,
    namespace: String,
    name: String,
    variables: Vec<VariableV1>,
    /// The images of its containers whose registries were asked
    /// (`--resolve-images`). Absent without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    images: Vec<ImageV1>,
    /// The change, as a JSON Patch (RFC 6902) of the workload.
    patch: serde_json::Value,
    refusals: Vec<RefusalV1>,
    notes: Vec<String>,
    /// What was planned in the same run after this: a second step of its own, or
    /// anew because the workload had changed meanwhile. Absent without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    then: Vec<PlanV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct VariableV1 {
    container: String,
    name: String,
    secret: String,
    key: String,
    /// JSON path of its entry.
    path: String,
    /// The file with the same content; absent where none is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Whether the process can read the file: `known` (user, groups and mode say
    /// so), `verified` (its running container was asked), `notProven` (the image
    /// decides who it is) or `impossible`; absent without a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    readable: Option<&'static str>,
    /// `removed`, `replaced`, `shimmed`, `kept` or `refused`.
    fate: &'static str,
    /// In words.
    explanation: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RefusalV1 {
    /// A JSON path.
    path: String,
    reason: String,
    next: Vec<String>,
}

/// The schema of [`PlansV1`].
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(PlansV1).to_value()
}

/// Writes plans as JSON.
///
/// # Errors
/// When `out` cannot be written.
pub fn document(
    steps: &[Steps],
    outcome: Outcome,
    syntax: Syntax,
    out: &mut dyn Write,
) -> io::Result<()> {
    let plans = PlansV1 {
        api_version: "secretsafe.dev/v1",
        kind: "MigrationPlans",
        outcome,
        plans: steps
            .iter()
            .map(|steps| PlanV1 {
                then: steps.then.iter().map(of).collect(),
                ..of(&steps.first)
            })
            .collect(),
    };
    syntax.write(&plans, out)
}

fn of(plan: &Plan) -> PlanV1 {
    PlanV1 {
        kind: plan.subject.kind.clone(),
        namespace: plan.subject.namespace.clone(),
        name: plan.subject.name.clone(),
        variables: plan
            .variables
            .iter()
            .map(|variable| VariableV1 {
                container: variable.container.clone(),
                name: variable.name.clone(),
                secret: variable.secret.clone(),
                key: variable.key.clone(),
                path: variable.site.path.clone(),
                file: variable.file.clone(),
                readable: variable.reading.map(|reading| match reading {
                    Reading::Known => "known",
                    Reading::Verified => "verified",
                    Reading::NotProven => "notProven",
                    Reading::Impossible => "impossible",
                }),
                fate: match variable.fate {
                    Fate::Removed => "removed",
                    Fate::Replaced { .. } => "replaced",
                    Fate::Shimmed => "shimmed",
                    Fate::Kept(_) => "kept",
                    Fate::Refused => "refused",
                },
                explanation: fate(variable),
            })
            .collect(),
        images: plan.images.iter().map(ImageV1::from).collect(),
        patch: json_patch::to_json(&plan.operations),
        refusals: plan
            .refusals
            .iter()
            .map(|refusal| RefusalV1 {
                path: refusal.path.clone(),
                reason: refusal.reason.clone(),
                next: refusal.next.clone(),
            })
            .collect(),
        notes: plan.notes.iter().map(|note| note.0.clone()).collect(),
        then: Vec::new(),
    }
}

/// What a patch of a kustomization names.
#[derive(Serialize)]
pub struct Target<'a> {
    /// Its kind.
    pub kind: Cow<'a, str>,
    /// Its name: a pattern (kustomize `api/types/selector.go`).
    pub name: String,
    /// Its namespace, where another one has the same kind and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization<'a> {
    api_version: &'static str,
    kind: &'static str,
    patches: Vec<KustomizationPatch<'a>>,
}

#[derive(Serialize)]
struct KustomizationPatch<'a> {
    target: Target<'a>,
    patch: LitString,
}

/// Writes a kustomization that makes the changes: to be completed with
/// `resources`.
///
/// # Errors
/// When `out` cannot be written.
pub fn kustomization(plans: Vec<(Target<'_>, &Plan)>, out: &mut dyn Write) -> io::Result<()> {
    let patches: io::Result<Vec<_>> = plans
        .into_iter()
        .map(|(target, plan)| {
            let patch = yaml(&json_patch::to_json(&plan.operations))?;
            Ok(KustomizationPatch {
                target: Target {
                    kind: marked(&target.kind).into_owned().into(),
                    name: marked(&target.name).into_owned(),
                    namespace: target
                        .namespace
                        .map(|name| marked(&name).into_owned().into()),
                },
                patch: LitString(patch),
            })
        })
        .collect();
    let text = serde_saphyr::to_string(&Kustomization {
        api_version: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        patches: patches?,
    })
    .map_err(io::Error::other)?;
    writeln!(out, "{}", unmarked(text.trim_end()))
}
