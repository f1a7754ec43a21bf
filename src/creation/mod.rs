//! What `create` and `edit` are about to do, decided without I/O.

pub mod merge;
pub mod plan;
pub mod proof;

pub use plan::{Plan, Refusal, Wish};
