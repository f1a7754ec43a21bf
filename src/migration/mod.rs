//! From environment variables to mounted files, as a value.
//!
//! [`plan()`] looks at one workload, at the key names that are known, and at
//! what the user wants; it returns a [`Plan`]: what happens to each variable
//! and why, which volumes and mounts are added, what is refused, and the JSON
//! Patch that does it. The dry run, the confirmation, files and clusters all
//! show or apply that same value.
//!
//! Names only: no value of a Secret is known here.

pub mod collision;
mod context;
mod fates;
mod group;
mod images;
mod mode;
mod mounted;
mod mounts;
mod options;
mod patch;
mod pipeline;
mod plan;
pub mod preflight;
pub mod progress;
pub mod readers;
pub mod restoration;
mod self_made;
mod snippets;
mod state;
mod variables;
mod volumes;

pub use options::{
    Answer, FileNames, FileOwner, ModeWish, MountPath, OptionError, Options, Phase, ReadsFiles,
    Shim, Unproven, VerifyRead,
};
pub use pipeline::plan;
pub use plan::{
    AskedImage, Document, Fate, KeepReason, Note, Observed, Plan, PlannedMount, PlannedVolume,
    Reading, Refusal, Removal, Source, Variable,
};
pub use preflight::OtherOwners;
pub use snippets::{Language, Read, snippet};
pub use state::State;
