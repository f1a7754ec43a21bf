//! The receipt of a run, version 1: who changed what when, and what was seen before and
//! after. It has names, times and ids, and neither a value nor its length or a digest of
//! it. These structs are a promise of their own: they may only grow.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// `rotate --receipt FILE`.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// `secretsafe.dev/receipt-v1`.
    pub api_version: &'static str,
    /// `RotationReceipt`.
    pub kind: &'static str,
    /// The id of the run.
    pub run: String,
    /// The address of the cluster.
    pub server: String,
    pub namespace: String,
    /// Who the server takes the user for; absent where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// When this process began and ended, by its own clock (RFC 3339).
    pub began: String,
    pub ended: String,
    /// `done`, `staged`, `takenBack`, `partly` or `nothing`.
    pub result: String,
    pub secrets: Vec<ReceiptSecret>,
    /// What the programs for the other side came to, in order.
    pub hooks: Vec<ReceiptHook>,
    /// The containers that use the keys, before and after.
    pub before: Vec<ReceiptContainer>,
    pub after: Vec<ReceiptContainer>,
    /// The last count of running containers; absent where none was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub census: Option<ReceiptCensus>,
}

/// A Secret of the run.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptSecret {
    pub name: String,
    pub uid: String,
    /// The keys that got other values.
    pub keys: Vec<String>,
    /// Those of them that followed another one.
    pub derived: Vec<String>,
    /// The Secret that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// `metadata.resourceVersion` before and after; absent where it could not be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_version_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_version_after: Option<String>,
}

/// One call of a program.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptHook {
    /// `set`, `test`, `retire` or `test-old`.
    pub task: &'static str,
    /// `forward` or `back`.
    pub direction: &'static str,
    pub secret: String,
    /// `done`, `alreadyDone`, `refused` (of `test-old`: the old value does not work any more),
    /// `failed`, `killed`, `tooLate` or `notStarted`.
    pub result: &'static str,
    /// The exit code, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptContainer {
    /// The workload, such as `deployment/api`.
    pub workload: String,
    pub pod: String,
    pub container: String,
    /// Its id; absent where it has none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_id: Option<String>,
    /// When it started (RFC 3339); absent where it does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
}

/// A count of running containers.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptCensus {
    pub running: usize,
    /// Of these, those that are not known to have the wanted value.
    pub behind: usize,
}

impl Receipt {
    /// As it is written to a file.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("names and times are JSON");
        format!("{text}\n")
    }
}

/// The JSON schema that is published.
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<Receipt>()
        .to_value()
}
