//! One module a command: its arguments and `run`.

pub mod completion;
pub mod create;
