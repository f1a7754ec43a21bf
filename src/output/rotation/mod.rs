//! The plan of a rotation and what came of it: names, times and numbers.

mod json_v1;
pub mod receipt_v1;
pub mod runs_v1;
mod text;

pub use json_v1::{About, Document, Result as Ended, WorkloadV1, schema, workload_v1};
pub use text::{plan, restarts};

use crate::rotation::plan::{Evicted, Fate, Later, Left, Outage};

/// How the origin of a value begins that is made of another key's.
pub const DERIVED: &str = "derived from ";

/// A Secret and what happens to its keys.
#[derive(Clone, Debug)]
pub struct Changed {
    pub name: String,
    /// Keys with a new value, and where that comes from.
    pub keys: Vec<(String, String)>,
    /// Keys whose value is the one that was given.
    pub unchanged: Vec<String>,
    /// The Secret that holds both values meanwhile.
    pub run_secret: String,
    /// The Secret that takes its place, because it is immutable.
    pub successor: Option<String>,
    /// Copies of its old values, where they were looked for.
    pub copies: Vec<Copy>,
    /// Secrets that controllers keep equal to it, as `NAMESPACE/NAME`.
    pub mirrors: Vec<String>,
    /// Who may have come by its values, where that was asked for.
    pub exposure: Vec<String>,
}

/// A key of another Secret that has an old value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    pub namespace: String,
    pub secret: String,
    pub key: String,
    /// The key whose old value it has.
    pub of: String,
}

/// What is done to a workload, or that nothing is.
fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Restart => "restart",
        Fate::RestartRollout => "restart by spec.restartAt",
        Fate::Evict(Evicted::OnDelete) => "pods are evicted one by one (OnDelete)",
        Fate::Evict(Evicted::Partition) => "pods are evicted one by one (its partition keeps them)",
        Fate::Evict(Evicted::NothingRolls) => "pods are evicted one by one",
        Fate::Rewrite(Later::NextRun) => {
            "its template names the new Secret; its next run has the new value"
        }
        Fate::Rewrite(Later::Resumed) => {
            "its template names the new Secret; it has the new value when it is resumed"
        }
        Fate::Rewrite(Later::ScaledUp) => {
            "its template names the new Secret; it has the new value when it is scaled up"
        }
        Fate::Refresh => "the kubelet refreshes its files within about two minutes",
        Fate::Later(Later::NextRun) => "with its next run",
        Fate::Later(Later::Resumed) => "when it is resumed",
        Fate::Later(Later::ScaledUp) => "when it is scaled up",
        Fate::Left(Left::Paused) => {
            "it is paused: its pods keep the old value until it is resumed and restarted"
        }
        Fate::Left(Left::RunningJob) => "it keeps the old value until it ends",
        Fate::Left(Left::BarePod) => {
            "nothing would re-create the pod: delete and create it yourself"
        }
        Fate::Left(Left::Custom) => "restart it as its operator says",
    }
}

/// The same in one word, for programs.
fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Restart | Fate::RestartRollout => "restart",
        Fate::Evict(_) => "evict",
        Fate::Rewrite(_) => "rewrite",
        Fate::Refresh => "refresh",
        Fate::Later(_) => "later",
        Fate::Left(_) => "left",
    }
}

fn outage(outage: Outage) -> &'static str {
    match outage {
        Outage::Recreate => "all of its pods go before the new ones come (Recreate)",
        Outage::OnlyPod => "its only pod stops before the new one starts",
    }
}
