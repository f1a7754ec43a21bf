//! What `rotate` and `restart` are about to do, and what a run has come to, decided
//! without I/O.
//!
//! A run goes through phases (`docs/adr/0030`): the old and the new value are stored
//! in a Secret of the run ([`record`]) before anything else changes; then the value
//! is written, its consumers are restarted ([`plan`], [`waves`]), and a [`census`] of
//! all running containers tells whether one still has another value.

pub mod census;
pub mod headroom;
pub mod hooks;
pub mod init_only;
pub mod plan;
pub mod record;
pub mod state;
pub mod waves;

pub use census::Census;
pub use plan::{Affected, Fate, Plan};
pub use record::{Record, RunId};
pub use state::{Phase, RunState};
