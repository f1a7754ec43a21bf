//! How a run ended, alike in every document.

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::ExitStatus;
use crate::outcome::{Kind, Outcome};

/// How the run ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunV1 {
    /// The exit status of the command.
    exit_status: u8,
    /// Whether everything that was asked about could be read and seen.
    complete: bool,
    /// What was changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changed: Vec<String>,
    /// What would be changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    would_change: Vec<String>,
    /// What was as it should be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept: Vec<String>,
    /// What the user said no to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    declined: Vec<String>,
    /// What was asked for and is not done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<String>,
    /// What failed and was rolled back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<String>,
    /// What could not be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_seen: Vec<String>,
    /// Input that could not be used, or not be written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unusable: Vec<String>,
    /// What was asked for and does not exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unmatched: Vec<String>,
    /// Ids of the rules whose findings count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    found: Vec<String>,
}

impl RunV1 {
    /// A run that ended as its outcome says.
    pub fn new(outcome: &Outcome) -> Self {
        Self::ended(outcome, outcome.status())
    }

    /// A run that an error may have ended before all was done.
    pub fn ended(outcome: &Outcome, status: ExitStatus) -> Self {
        let names = |fate| outcome.names(fate).map(str::to_owned).collect();
        Self {
            exit_status: status as u8,
            complete: outcome.is_complete(),
            changed: names(Kind::Changed),
            would_change: names(Kind::WouldChange),
            kept: names(Kind::Kept),
            declined: names(Kind::Declined),
            refused: names(Kind::Refused),
            failed: names(Kind::Failed),
            not_seen: names(Kind::NotSeen),
            unusable: names(Kind::Unusable),
            unmatched: names(Kind::Unmatched),
            found: names(Kind::Found),
        }
    }
}
