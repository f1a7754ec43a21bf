//! One module a command: its arguments and `run`.

pub mod advise;
mod age;
pub mod audit;
pub mod completion;
pub mod consumers;
pub mod create;
mod destination;
pub mod doctor;
mod dry_run;
pub mod edit;
pub mod explain;
pub mod external;
pub mod input;
pub mod migrate;
mod number;
pub mod policy;
mod question;
pub mod restart;
pub mod rotate;
pub mod scaffold;
mod schedule;
pub mod seal;
pub mod selftest;
mod subjects;
pub mod sync;
