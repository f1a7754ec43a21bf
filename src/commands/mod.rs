//! One module a command: its arguments and `run`.

pub mod completion;
pub mod consumers;
pub mod create;
mod destination;
pub mod doctor;
mod dry_run;
pub mod explain;
pub mod input;
pub mod migrate;
mod question;
pub mod restart;
pub mod rotate;
mod subjects;
