//! The library beneath `kubectl secretsafe`.
//!
//! The map, from the outside in:
//!
//! - [`cli`]: what may be typed; its doc comments are the help.
//! - [`commands`]: one file a command, each reading gather → plan → show →
//!   confirm → apply → report.
//! - [`secret`]: secret bytes. The only modules that can look at them.
//! - [`creation`]: what `create` is about to do, as a value without I/O.
//! - [`shred`]: overwriting and removing plaintext files, and saying
//!   truthfully what that achieved.
//! - [`cluster`]: the only module that names `kube`.
//! - [`output`] and [`ui`]: the only modules that write to the standard
//!   streams; `ui` holds every prompt but the hidden one.
//! - [`error`]: one error type for the user and the exit codes.
#![deny(unsafe_code)]

pub mod cluster;
pub mod creation;
pub mod error;
pub mod process;
pub mod secret;
pub mod shred;
pub mod ui;
