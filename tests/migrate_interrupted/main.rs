//! `migrate` and `migrate --undo` when the program or the server fails: the
//! process is killed at every request, and answers are lost, refused or late. And
//! what a plan says before anything can fail.
//!
//! A CronJob is patched as any other workload and rolls out nothing, so it
//! stands for all kinds where only the patch counts. For a Deployment the
//! server plays the controller and kubelet too.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod before_asking;
mod faults;
mod guard;
mod kills;
mod rollout;
mod scene;
mod take_back;
mod undo;
mod writes;
