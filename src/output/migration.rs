//! A plan of `migrate`, for people and for programs.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use serde_saphyr::LitString;

use crate::manifest::json_patch;
use crate::migration::{Fate, KeepReason, Language, Plan, Reading, Source, Variable, snippet};
use crate::ui::escape_controls as safe;

/// Writes a plan as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(plan: &Plan, languages: &[Language], out: &mut dyn Write) -> io::Result<()> {
    let subject = &plan.subject;
    writeln!(
        out,
        "{} in {}",
        safe(&subject.short()),
        safe(&subject.namespace)
    )?;
    for variable in &plan.variables {
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
    for volume in &plan.volumes {
        let mode = volume
            .mode
            .map_or(String::new(), |mode| format!(", mode {mode:04o}"));
        writeln!(
            out,
            "  + volume {}: Secret {}, {}{mode}",
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
    for refusal in &plan.refusals {
        writeln!(out, "  not done: {}", safe(&refusal.reason))?;
        writeln!(out, "    at {}", safe(&refusal.path))?;
        for next in &refusal.next {
            writeln!(out, "    {}", safe(next))?;
        }
    }
    for note in &plan.notes {
        writeln!(out, "  note: {}", safe(&note.0))?;
    }
    application(plan, languages, out)?;
    if !plan.changes() && !plan.refuses() {
        writeln!(out, "  nothing to do")?;
    }
    Ok(())
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
    for (variable, file) in &waiting {
        writeln!(
            out,
            "    {} in place of {}",
            safe(file),
            safe(&variable.name)
        )?;
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
                    format!("it is used in {}", places.join(", "))
                }
                KeepReason::Uncovers => {
                    "without it another value of the same name would show".to_owned()
                }
                KeepReason::NotProven if variable.reading == Some(Reading::Impossible) => {
                    "the process cannot read the file: use --fs-group GID, or --mode 0444".to_owned()
                }
                KeepReason::NotProven => {
                    "it is not proven that the process can read the file: set runAsUser, or --mode 0444, or let a running container be asked with --verify-read".to_owned()
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
                    format!("key {}", keys.join(", "))
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
    /// One for each workload.
    plans: Vec<PlanV1>,
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
pub fn json(steps: &[Steps], out: &mut dyn Write) -> io::Result<()> {
    let plans = PlansV1 {
        api_version: "secretsafe.dev/v1",
        kind: "MigrationPlans",
        plans: steps
            .iter()
            .map(|steps| PlanV1 {
                then: steps.then.iter().map(of).collect(),
                ..of(&steps.first)
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &plans)?;
    writeln!(out)
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
    pub kind: &'a str,
    /// Its name: a pattern (kustomize `api/types/selector.go`).
    pub name: String,
    /// Its namespace, where another one has the same kind and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<&'a str>,
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
    let patches: Result<Vec<_>, _> = plans
        .into_iter()
        .map(|(target, plan)| {
            let patch = serde_saphyr::to_string(&json_patch::to_json(&plan.operations))?;
            Ok(KustomizationPatch {
                target,
                patch: LitString(patch),
            })
        })
        .collect();
    let text = patches
        .and_then(|patches| {
            serde_saphyr::to_string(&Kustomization {
                api_version: "kustomize.config.k8s.io/v1beta1",
                kind: "Kustomization",
                patches,
            })
        })
        .map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_end())
}
