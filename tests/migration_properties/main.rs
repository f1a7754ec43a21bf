//! What holds for every plan of `migrate`: random workloads, key sets and
//! options, judged by readers of their own.
//!
//! The judges look at the JSON before and after, not at the plan's own words,
//! wherever that is possible; what kubelet makes of it they work out anew. Each
//! was seen to fail for the breaks of the program that it names.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod environment;
mod generate;
mod look;
mod mounts;
mod parity;
mod patch;
mod planned;
mod template;
