//! JSON, version 1. These structs are a promise of their own: what is inside
//! may change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::error::ExitStatus;
use crate::manifest::json_patch;
use crate::migration::{Fate, Plan, Reading};
use crate::outcome::{Kind, Outcome};
use crate::output::Syntax;
use crate::output::asked_image::ImageV1;
use crate::output::run_v1::RunV1;

use super::text::fate;

/// The plans of one run of `kubectl secretsafe migrate -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlansV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `MigrationPlans`.
    kind: &'static str,
    /// What the run came to.
    outcome: Ended,
    /// How the run ended.
    run: RunV1,
    /// One for each workload.
    plans: Vec<PlanV1>,
}

/// What a run of `migrate` came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Ended {
    /// Nothing of what was asked for is left to do. Exit status 0.
    NothingToDo,
    /// All that was asked for can be done, and was not now. Exit status 0, or 1 with `--exit-code`.
    WouldChange,
    /// All that was asked for is done. Exit status 0.
    Done,
    /// A part of what was asked for is not done, or cannot be. Exit status 5, or 0 of a plan for
    /// files that is only shown (without `--write`, `--dry-run`, `--exit-code`, `--emit`,
    /// `--remove-env` and `--complete`).
    NotAll,
    /// A part of what was asked for may not be looked at, or a registry did not
    /// tell of an image (`--resolve-images`); nothing was changed. Exit status 3.
    NotKnown,
    /// New pods did not stay up, and all is as it was before. Exit status 4.
    TakenBack,
    /// Nothing was done: it was not confirmed, or the input cannot be used. Exit status 2.
    NotDone,
}

impl Ended {
    fn of(outcome: &Outcome, status: ExitStatus) -> Self {
        match status {
            ExitStatus::Ok if outcome.count(Kind::Refused) > 0 => Ended::NotAll,
            ExitStatus::Ok if outcome.count(Kind::Changed) > 0 => Ended::Done,
            ExitStatus::Ok if outcome.count(Kind::WouldChange) > 0 => Ended::WouldChange,
            ExitStatus::Ok => Ended::NothingToDo,
            ExitStatus::Findings => Ended::WouldChange,
            ExitStatus::Partial => Ended::NotAll,
            ExitStatus::Unavailable => Ended::NotKnown,
            ExitStatus::RolledBack => Ended::TakenBack,
            ExitStatus::Usage | ExitStatus::Interrupted => Ended::NotDone,
        }
    }
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
    // As it is written: a field that may be left out is not required.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<PlansV1>()
        .to_value()
}

/// Writes plans as JSON.
///
/// # Errors
/// When `out` cannot be written.
pub fn document(
    steps: &[Steps],
    outcome: &Outcome,
    status: ExitStatus,
    syntax: Syntax,
    out: &mut dyn Write,
) -> io::Result<()> {
    let plans = PlansV1 {
        api_version: "secretsafe.dev/v1",
        kind: "MigrationPlans",
        outcome: Ended::of(outcome, status),
        run: RunV1::ended(outcome, status),
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
                explanation: fate(plan, variable),
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
