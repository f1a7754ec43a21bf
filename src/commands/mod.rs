//! One module a command: its arguments and `run`.

pub mod completion;
pub mod create;
pub mod doctor;
pub mod explain;
pub mod input;
