//! Receipts of rotations: files that others wrote, so every text in them is bounded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::inventory::SecretFacts;

/// The version of receipts that is read.
const VERSION: &str = "secretsafe.dev/receipt-v1";
/// Longer words are no result of a run.
const LONGEST: usize = 64;
/// Names in a cluster are not longer.
const LONGEST_NAME: usize = 253;

/// What a receipt tells of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub ended: Timestamp,
    /// How the run ended, in its own word.
    pub result: String,
}

/// All receipts, by the Secret's namespace and name.
#[derive(Clone, Debug, Default)]
pub struct Receipts(BTreeMap<(String, String), Vec<(String, Receipt)>>);

/// Why a receipt cannot be used: a fragment that quotes nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it is not a JSON object with the fields of a receipt")]
    Shape,
    #[error("its apiVersion is not {VERSION}")]
    Version,
    #[error("a name or its result is too long")]
    TooLong,
}

#[derive(Deserialize)]
struct Written {
    namespace: String,
    secrets: Vec<Named>,
    ended: Timestamp,
    result: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    uid: String,
}

impl Receipts {
    /// Adds what a file says.
    ///
    /// # Errors
    /// When it is no receipt.
    pub fn add(&mut self, text: &[u8]) -> Result<(), Unreadable> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Version {
            api_version: String,
        }
        let version: Version = serde_json::from_slice(text).map_err(|_| Unreadable::Shape)?;
        if version.api_version != VERSION {
            return Err(Unreadable::Version);
        }
        let receipt: Written = serde_json::from_slice(text).map_err(|_| Unreadable::Shape)?;
        let Written {
            namespace,
            secrets,
            ended,
            result,
        } = receipt;
        let names = secrets.iter().flat_map(|one| [&one.name, &one.uid]);
        let is_long = names
            .chain([&namespace])
            .any(|name| name.len() > LONGEST_NAME);
        if is_long || result.len() > LONGEST {
            return Err(Unreadable::TooLong);
        }
        for secret in secrets {
            let place = (namespace.clone(), secret.name);
            let receipt = Receipt {
                ended,
                result: result.clone(),
            };
            self.0.entry(place).or_default().push((secret.uid, receipt));
        }
        Ok(())
    }

    /// The last one of a Secret. Those of an earlier Secret of its name tell nothing of it.
    pub fn last(&self, facts: &SecretFacts) -> Option<&Receipt> {
        let all = self.0.get(&(facts.namespace.clone(), facts.name.clone()))?;
        all.iter()
            .filter(|(uid, _)| uid.is_empty() || *uid == facts.uid)
            .map(|(_, receipt)| receipt)
            .max_by_key(|receipt| receipt.ended)
    }
}
