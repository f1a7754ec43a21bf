//! S: a source file is removed only after the cluster's copy is proven, and
//! nothing else is.

mod changed;
mod read_back;
mod refused;
mod swapped;
mod system_calls;
mod warned;

use std::path::Path;

use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use crate::harness::{Invocation, Outcome};

const VALUE: &[u8] = b"value-of-the-source-file";
/// What is in a file that takes the source's name.
const FOREIGN: &[u8] = b"somebody else's";
/// Runs that wait for their server at the same time.
const SIDE_BY_SIDE: usize = 4;

pub fn trials() -> Vec<Trial> {
    [
        changed::trials(),
        read_back::trials(),
        refused::trials(),
        swapped::trials(),
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

/// Calls `round` with each number below `rounds`, several at a time.
fn in_rounds<T: Send>(rounds: usize, round: impl Fn(&FaultServer, usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let worker = || {
            let server = FaultServer::start();
            let mut results = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= rounds {
                    return results;
                }
                server.clear_script();
                results.push(round(&server, number));
            }
        };
        let workers: Vec<_> = (0..SIDE_BY_SIDE.min(rounds))
            .map(|_| scope.spawn(worker))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    })
}
