//! JSON, version 1. These structs are a promise of their own: what is inside
//! may change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::error::ExitStatus;
use crate::outcome::Outcome;
use crate::output::Syntax;
use crate::output::consumers::words;
use crate::output::run_v1::RunV1;
use crate::rotation::Census;
use crate::rotation::plan::{Affected, Plan};

use super::{Changed, fate_word};

/// One run of `kubectl secretsafe rotate -o json` or `restart -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RotationV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `Rotation`, or `Restart` where no value is changed.
    kind: &'static str,
    namespace: String,
    /// What the run came to.
    outcome: Result,
    /// How the run ended.
    run: RunV1,
    /// The id under which `rotate --status` shows it; absent for a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The Secrets whose values are changed.
    secrets: Vec<SecretV1>,
    /// Workloads that use a changed key.
    workloads: Vec<WorkloadV1>,
    /// What else uses one.
    others: Vec<OtherV1>,
    /// What is done on the other side of the credential: `set`, `test`, `retire`, `test-old`.
    other_side: Vec<&'static str>,
    /// Consumers that take the value only when they initialise their data.
    init_only: Vec<InitOnlyV1>,
    /// The count of running containers at the end; absent where none was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    census: Option<CensusV1>,
}

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Result {
    /// Every value is the given one, and nothing has to be restarted. Exit status 0.
    NothingToDo,
    /// The plan changes something, and was only shown. Exit status 0, or 1 with `--exit-code`.
    WouldChange,
    /// All running containers have the new value. Exit status 0.
    Done,
    /// The new value is written; consumers are restarted later (`--stage`). Exit status 0.
    Staged,
    /// Some containers keep the old value, or the run is not over. Exit status 5.
    NotAll,
    /// Something may not be looked at or changed, or does not answer; nothing was changed. Exit status 3.
    NotKnown,
    /// It failed, and everything is as it was before. Exit status 4.
    TakenBack,
    /// Nothing was done: it was not confirmed, or the input cannot be used. Exit status 2.
    NotDone,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SecretV1 {
    name: String,
    /// Keys that get another value.
    keys: Vec<String>,
    /// Keys that have the given value already.
    unchanged: Vec<String>,
    /// The Secret that takes the place of one that is immutable; all references are
    /// changed to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    /// Secrets that controllers keep equal to it, as `NAMESPACE/NAME`; their consumers are
    /// not restarted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mirrors: Vec<String>,
    /// Who may have come by its values (`--compromised`), in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exposure: Vec<String>,
    /// Other Secrets that have an old value (`--find-copies`); they are not changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<CopyV1>,
}

/// A key of another Secret.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CopyV1 {
    namespace: String,
    secret: String,
    key: String,
    /// The key whose old value it has.
    of: String,
}

/// A workload that a plan is about.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadV1 {
    kind: String,
    namespace: String,
    name: String,
    /// `restart`, `evict`, `rewrite`, `refresh`, `later` or `left`.
    action: &'static str,
    /// The same in words.
    words: &'static str,
    /// Its wave: smaller ones come first; absent where nothing is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    wave: Option<i64>,
    /// Its pods when the plan was made.
    pods: usize,
    uses: Vec<UseV1>,
    /// Why there is a time without a pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    outage: Option<&'static str>,
    /// Who else changes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InitOnlyV1 {
    kind: String,
    name: String,
    container: String,
    variable: String,
    image: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UseV1 {
    secret: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    /// `variable DB_PASSWORD`, `file /etc/secrets/password`.
    how: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OtherV1 {
    kind: String,
    namespace: String,
    name: String,
    how: String,
    /// What it takes until a change arrives.
    reach: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CensusV1 {
    /// Running containers that use a changed key.
    running: usize,
    /// Those that are not known to have the wanted value.
    behind: Vec<BehindV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BehindV1 {
    kind: String,
    name: String,
    pod: String,
    container: String,
}

impl Result {
    /// That of a run which an error of this status ended.
    pub fn with(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Ok => Self::Done,
            ExitStatus::Usage => Self::NotDone,
            ExitStatus::Unavailable => Self::NotKnown,
            ExitStatus::RolledBack => Self::TakenBack,
            _ => Self::NotAll,
        }
    }
}

/// Which command a document is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Rotation,
    Restart,
}

/// What a document is about.
pub struct Document<'a> {
    pub about: About,
    pub namespace: &'a str,
    pub secrets: &'a [Changed],
    pub plan: &'a Plan,
    pub id: Option<String>,
    pub census: Option<&'a Census>,
    pub result: Result,
}

impl Document<'_> {
    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        &self,
        outcome: &Outcome,
        status: ExitStatus,
        syntax: Syntax,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let document = RotationV1 {
            api_version: "secretsafe.dev/v1",
            kind: match self.about {
                About::Restart => "Restart",
                About::Rotation => "Rotation",
            },
            namespace: self.namespace.to_owned(),
            outcome: self.result,
            run: RunV1::ended(outcome, status),
            id: self.id.clone(),
            secrets: self.secrets.iter().map(secret).collect(),
            workloads: self.plan.workloads.iter().map(workload_v1).collect(),
            others: (self.plan.others.iter())
                .map(|other| OtherV1 {
                    kind: other.id.kind.clone(),
                    namespace: other.id.namespace.clone(),
                    name: other.id.name.clone(),
                    how: words::how(&other.how),
                    reach: words::reach(other.reach),
                })
                .collect(),
            other_side: (self.plan.hooks.iter())
                .map(|(task, _)| task.name())
                .collect(),
            init_only: (self.plan.init_only.iter())
                .map(|one| InitOnlyV1 {
                    kind: one.workload.kind.clone(),
                    name: one.workload.name.clone(),
                    container: one.container.clone(),
                    variable: one.variable.clone(),
                    image: one.image.clone(),
                })
                .collect(),
            census: self.census.map(|census| CensusV1 {
                running: census.running,
                behind: (census.behind.iter())
                    .map(|behind| BehindV1 {
                        kind: behind.workload.kind.clone(),
                        name: behind.workload.name.clone(),
                        pod: behind.pod.clone(),
                        container: behind.container.clone(),
                    })
                    .collect(),
            }),
        };
        syntax.write(&document, out)
    }
}

fn secret(changed: &Changed) -> SecretV1 {
    SecretV1 {
        name: changed.name.clone(),
        keys: changed.keys.iter().map(|(key, _)| key.clone()).collect(),
        unchanged: changed.unchanged.clone(),
        successor: changed.successor.clone(),
        mirrors: changed.mirrors.clone(),
        exposure: changed.exposure.clone(),
        copies: (changed.copies.iter())
            .map(|copy| CopyV1 {
                namespace: copy.namespace.clone(),
                secret: copy.secret.clone(),
                key: copy.key.clone(),
                of: copy.of.clone(),
            })
            .collect(),
    }
}

/// A workload of a plan, as documents have it.
pub fn workload_v1(affected: &Affected) -> WorkloadV1 {
    let action = fate_word(affected.fate);
    let replaced = matches!(action, "restart" | "evict");
    WorkloadV1 {
        kind: affected.id.kind.clone(),
        namespace: affected.id.namespace.clone(),
        name: affected.id.name.clone(),
        action,
        words: super::fate(affected.fate),
        wave: replaced.then_some(affected.wave.max(-1_000_000)),
        pods: affected.pods,
        uses: (affected.uses.iter())
            .map(|used| UseV1 {
                secret: used.secret.name.clone(),
                key: used.secret.key.clone(),
                container: used.consumer.container.as_ref().map(|own| own.name.clone()),
                how: words::how(&used.consumer.how),
            })
            .collect(),
        outage: affected.outage.filter(|_| replaced).map(super::outage),
        managed_by: affected.owner.as_ref().map(|owner| owner.who.clone()),
    }
}

/// The published schema of the documents.
pub fn schema() -> serde_json::Value {
    // As it is written: a field that may be left out is not required.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<RotationV1>()
        .to_value()
}
