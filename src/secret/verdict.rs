//! What can be said of values without showing them (`--inspect-values`).

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::workload::Object;

/// Verdicts about the values of one Secret.
#[derive(Clone, Debug, Default)]
pub struct ValueFacts {
    /// By key.
    pub keys: BTreeMap<String, KeyFacts>,
}

/// Verdicts about one value.
#[derive(Clone, Debug, Default)]
pub struct KeyFacts {
    /// Whether it is empty.
    pub empty: bool,
}

/// Verdicts about the values of a whole Secret object.
pub fn of_object(_object: &Object, _now: Timestamp) -> ValueFacts {
    ValueFacts::default()
}
