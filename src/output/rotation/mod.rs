//! The plan of a rotation and what came of it: names, times and numbers.

mod json_v1;
pub mod runs_v1;
mod text;

pub use json_v1::{Document, Result as Ended, schema};
pub use text::{plan, restarts};

use crate::rotation::plan::{Evicted, Fate, Later, Left, Outage};

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
}

/// What is done to a workload, or that nothing is.
fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Restart => "restart",
        Fate::RestartRollout => "restart by spec.restartAt",
        Fate::Evict(Evicted::OnDelete) => "pods are evicted one by one (OnDelete)",
        Fate::Evict(Evicted::Partition) => "pods are evicted one by one (its partition keeps them)",
        Fate::Evict(Evicted::NothingRolls) => "pods are evicted one by one",
        Fate::Refresh => "the kubelet refreshes its files within about two minutes",
        Fate::Later(Later::NextRun) => "with its next run",
        Fate::Later(Later::Resumed) => "when it is resumed",
        Fate::Later(Later::ScaledUp) => "when it is scaled up",
        Fate::Left(Left::Paused) => {
            "it is paused: its pods keep the old value until it is resumed and restarted"
        }
        Fate::Left(Left::RunningJob) => "it keeps the old value until it ends",
        Fate::Left(Left::BarePod) => {
            "nothing would make another pod: delete and create it yourself"
        }
        Fate::Left(Left::Custom) => "restart it as its operator says",
    }
}

/// The same in one word, for programs.
fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Restart | Fate::RestartRollout => "restart",
        Fate::Evict(_) => "evict",
        Fate::Refresh => "refresh",
        Fate::Later(_) => "later",
        Fate::Left(_) => "left",
    }
}

fn outage(outage: Outage) -> &'static str {
    match outage {
        Outage::Recreate => "all of its pods go before the new ones come (Recreate)",
        Outage::OnlyPod => "its only pod goes before the new one comes",
    }
}
