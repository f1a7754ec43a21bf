//! S: a source file is removed only after the cluster's copy is proven, and
//! nothing else is.

mod changed;
mod read_back;
mod refused;
mod system_calls;
mod warned;

use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use crate::harness::{Invocation, Outcome};

const VALUE: &[u8] = b"value-of-the-source-file";

pub fn trials() -> Vec<Trial> {
    [
        changed::trials(),
        read_back::trials(),
        refused::trials(),
        system_calls::trials(),
        warned::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn shred(server: &FaultServer, name: &str, paths: &[&Path]) -> Outcome {
    let mut invocation = Invocation::of(server.kubeconfig())
        .words("create --shred")
        .word(name);
    for (number, path) in paths.iter().enumerate() {
        invocation = invocation.word(format!("--file=k{number}={}", path.display()));
    }
    invocation.run()
}

fn writes(server: &FaultServer) -> usize {
    server
        .requests()
        .iter()
        .filter(|request| request.method != "GET")
        .count()
}
