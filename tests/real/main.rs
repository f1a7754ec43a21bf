//! Everything that needs a real cluster, or the program as a process, as one
//! program: one cluster for the whole run, started when the first test asks
//! for it, and tests that need a node reported as skipped where none can run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "../attributes/mod.rs"]
mod attributes;
mod audit;
mod bytes;
mod canary;
mod delivery;
mod doctor;
mod existing;
mod figures;
mod harness;
mod kustomize;
mod kustomize_builds;
mod levels;
mod migrate;
mod migrate_parity;
mod node;
mod parity;
mod plugin;
mod policy;
mod references;
mod rotate;
mod scaffold;
mod security;
mod times;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// So many trials run at the same time.
const MOST_AT_A_TIME: usize = 4;

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    let mut arguments = Arguments::from_args();
    // As other tests do; but these have limits of time, and keep the cores busy.
    let threads = std::env::var("RUST_TEST_THREADS").ok();
    let threads: Option<usize> = threads.and_then(|threads| threads.parse().ok());
    let threads = threads.map(|threads| threads.min(MOST_AT_A_TIME));
    arguments.test_threads = arguments.test_threads.or(threads);
    let trials: Vec<Trial> = [
        audit::trials(),
        bytes::trials(),
        existing::trials(),
        parity::trials(),
        node::trials(),
        plugin::trials(),
        policy::trials(),
        delivery::trials(),
        doctor::trials(),
        kustomize::trials(),
        kustomize_builds::trials(),
        levels::trials(),
        migrate::trials(),
        migrate_parity::trials(),
        references::trials(),
        rotate::trials(),
        scaffold::trials(),
        security::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    harness::run(&arguments, trials)
}
