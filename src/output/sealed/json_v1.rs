//! JSON, version 1. These structs are a promise of their own: what is inside may
//! change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::output::Syntax;
use crate::output::json_v1::Problem;
use crate::output::run_v1::RunV1;

use super::{Report, Row};

/// A report of `kubectl secretsafe seal check -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReportV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `SealCheckReport`.
    kind: &'static str,
    /// How the run ended.
    run: RunV1,
    /// The SealedSecrets, in the order of the files.
    sealed_secrets: Vec<SealedV1>,
    /// Input that could not be read.
    problems: Vec<Problem>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SealedV1 {
    file: String,
    /// Absent where the file does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
    /// `strict`, `namespace-wide` or `cluster-wide`, as the controller reads it.
    scope: &'static str,
    /// `named` (the stamp says which), `current`, `retired` or `unknown` (there is no stamp
    /// that fits).
    key: &'static str,
    /// Fingerprints of the keys that the stamp names: SHA-256 of the public key (DER of
    /// its `SubjectPublicKeyInfo`).
    keys: Vec<String>,
    findings: Vec<FaultV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FaultV1 {
    /// `name`, `notText`, `plaintextCopy`, `otherNamespace`, `noKeys`, `deprecatedData`,
    /// `key`, `ciphertext`, `scope`, `renamed`, `moved`, `changedByOthers`, `unreadableStamp` or `retiredKey`.
    id: &'static str,
    message: String,
}

/// The schema of the report.
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<ReportV1>()
        .to_value()
}

pub(super) fn write(report: &Report, syntax: Syntax, out: &mut dyn Write) -> io::Result<()> {
    let document = ReportV1 {
        api_version: "secretsafe.dev/v1",
        kind: "SealCheckReport",
        run: RunV1::new(&report.outcome),
        sealed_secrets: report.rows.iter().map(row).collect(),
        problems: report.problems.iter().map(Problem::of).collect(),
    };
    syntax.write(&document, out)
}

fn row(row: &Row) -> SealedV1 {
    SealedV1 {
        file: row.file.clone(),
        namespace: row.namespace.clone(),
        name: row.name.clone(),
        scope: row.scope.as_str(),
        key: row.checked.key.id(),
        keys: row.checked.key.keys().map(ToString::to_string).collect(),
        findings: row
            .checked
            .faults
            .iter()
            .map(|fault| FaultV1 {
                id: fault.id(),
                message: fault.to_string(),
            })
            .collect(),
    }
}
