//! At which level a team's values are to be kept: what was said and seen in, one level with
//! reasons out. Pure. Every reason names its evidence, and what was not seen is said to be
//! unknown.

mod avoidable;
mod decision;
mod evidence;
mod place;
mod reasons;
mod report;
mod steps;

pub use avoidable::Avoidable;
pub use decision::{Advice, Open};
pub use evidence::{Answers, Evidence, Fact, Question, Rotation};
pub use place::{Ages, Encryption, Example, Place, Presence, SeenStore, is_of_cluster_stores};
pub use reasons::{OfLevel, Reason};
pub use report::Report;
pub use steps::Step;

/// Where values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Plain,
    Sealed,
    External,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Plain, Self::Sealed, Self::External];

    /// As it is typed, and in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Sealed => "sealed",
            Self::External => "external",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "Kubernetes Secrets",
            Self::Sealed => "Sealed Secrets",
            Self::External => "External Secrets",
        }
    }
}
