//! What `create` is about to do, decided without I/O.

pub mod plan;
pub mod proof;

pub use plan::{Plan, Refusal, Wish};
