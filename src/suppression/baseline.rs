//! What was found before, so that only new findings count.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::CommandError;
use crate::escape::json_pretty;
use crate::finding::{self, Finding, fingerprint};
use crate::reading;
use crate::report::Report;

const API_VERSION: &str = "secretsafe.dev/v1";
const KIND: &str = "DoctorBaseline";

/// How often each finding may be there. It holds names of rules, objects and
/// keys, and nothing of a value.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Baseline {
    api_version: String,
    kind: String,
    findings: BTreeMap<String, usize>,
    /// What each finding is about, as often as it was there. Older files have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parts: Option<BTreeMap<String, BTreeMap<String, usize>>>,
}

impl Baseline {
    /// What a report has found, suppressed findings included.
    pub fn from_report(report: &Report) -> Self {
        let mut findings = BTreeMap::new();
        let mut parts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for part in &report.parts {
            let suppressed = part.suppressed.iter().map(|suppressed| &suppressed.finding);
            for finding in part.findings.iter().chain(suppressed) {
                *findings.entry(fingerprint(finding)).or_default() += 1;
                let known = parts.entry(fingerprint(finding)).or_default();
                for (part, times) in finding::parts(finding) {
                    *known.entry(part).or_default() += times;
                }
            }
        }
        Self {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            findings,
            parts: Some(parts),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read(path: &Path) -> Result<Self, CommandError> {
        let unusable = |why: String| {
            CommandError::usage(format!("{} is not a baseline: {why}", path.display()))
                .hint("Write one with --write-baseline.")
        };
        let text = reading::small(path).map_err(|error| unusable(error.to_string()))?;
        let found: Self =
            serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))?;
        if found.api_version != API_VERSION || found.kind != KIND {
            return Err(unusable(format!("it is not a {KIND} of {API_VERSION}")));
        }
        Ok(found)
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), CommandError> {
        let mut text = Vec::new();
        // A vector takes everything.
        let _ = json_pretty(self, 2, &mut text);
        text.push(b'\n');
        crate::files::to_file(path, &text).map_err(|error| {
            CommandError::usage(format!("{} cannot be written: {error}", path.display()))
        })
    }

    /// Whether a finding was there, with all that it is about; each entry counts as often
    /// as it says.
    pub(super) fn takes(&mut self, finding: &Finding) -> bool {
        let key = fingerprint(finding);
        let Some(left) = self.findings.get_mut(&key).filter(|left| **left > 0) else {
            return false;
        };
        if let Some(parts) = &mut self.parts {
            let Some(known) = parts.get_mut(&key) else {
                return false;
            };
            let wanted = finding::parts(finding);
            let has = |(part, times): (&String, &usize)| known.get(part) >= Some(times);
            if !wanted.iter().all(has) {
                return false;
            }
            for (part, times) in wanted {
                if let Some(left) = known.get_mut(&part) {
                    *left -= times;
                }
            }
        }
        *left -= 1;
        true
    }
}
