//! JSON, version 1. These structs are a promise of their own: what is inside
//! may change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::error::ExitStatus;
use crate::external::sync::Explanation;
use crate::outcome::Outcome;
use crate::output::Syntax;
use crate::output::rotation::{Ended, WorkloadV1, workload_v1};
use crate::output::run_v1::RunV1;
use crate::rotation::plan::Plan;

use super::Row;

/// One run of `kubectl secretsafe sync -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SyncV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `Sync`.
    kind: &'static str,
    /// Absent where all namespaces were searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    /// What the run came to.
    outcome: Ended,
    /// How the run ended.
    run: RunV1,
    /// The ExternalSecrets that were meant.
    external_secrets: Vec<ExternalSecretV1>,
    /// What is wrong with stores, each said once.
    failures: Vec<FailureV1>,
    /// Workloads with a container that had an old value; absent where nothing was to be
    /// restarted.
    #[serde(skip_serializing_if = "Option::is_none")]
    workloads: Option<Vec<WorkloadV1>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ExternalSecretV1 {
    namespace: String,
    name: String,
    /// The Secret that it makes.
    secret: String,
    /// The stores that it reads, such as `secretstore/vault`.
    stores: Vec<String>,
    /// `wouldSync`, `requested`, `newValue`, `noNewValue`, `synced` (it makes no Secret),
    /// `ignored`, `declined` (a sync would do more than was asked for), `failed` (the store),
    /// `notWritten` (the Secret), `notOver`, `gone` or `notSeen`.
    state: &'static str,
    /// Why it is not synced, or not known to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Whether every stale consumer of its Secret was restarted.
    restarted: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FailureV1 {
    /// The kind of the store; absent where ExternalSecrets read several.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Absent for a ClusterSecretStore.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    /// The ExternalSecrets that were not synced because of it, as `NAMESPACE/NAME`.
    external_secrets: Vec<String>,
    /// What the store's status or the operator says.
    reason: String,
}

/// What a document is about.
pub struct Document<'a> {
    /// `None` for all.
    pub namespace: Option<&'a str>,
    pub rows: &'a [Row],
    pub explanations: &'a [Explanation],
    /// The restarts, where there were any.
    pub plan: Option<&'a Plan>,
    pub result: Ended,
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
        let row = |row: &Row| ExternalSecretV1 {
            namespace: row.namespace.clone(),
            name: row.name.clone(),
            secret: row.secret.clone(),
            stores: row.stores.clone(),
            state: row.state.word(),
            reason: row.state.why().map(str::to_owned),
            restarted: row.restarted,
        };
        let failure = |explanation: &Explanation| FailureV1 {
            kind: explanation.store.as_ref().map(|store| store.kind.name()),
            name: explanation.store.as_ref().map(|store| store.name.clone()),
            namespace: explanation.namespace.clone(),
            external_secrets: explanation.externals.clone(),
            reason: explanation.why.clone(),
        };
        let document = SyncV1 {
            api_version: "secretsafe.dev/v1",
            kind: "Sync",
            namespace: self.namespace.map(str::to_owned),
            outcome: self.result,
            run: RunV1::ended(outcome, status),
            external_secrets: self.rows.iter().map(row).collect(),
            failures: self.explanations.iter().map(failure).collect(),
            workloads: self
                .plan
                .map(|plan| plan.workloads.iter().map(workload_v1).collect()),
        };
        syntax.write(&document, out)
    }
}

/// The published schema of the documents.
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<SyncV1>()
        .to_value()
}
