//! L: no value in any output, log, argument, environment or stored metadata.

mod answers;
mod arguments;
mod masks;
mod outputs;
pub(super) mod scene;
mod stored;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, Rule};

use crate::canary::Canary;
use crate::harness::Outcome;

pub fn trials() -> Vec<Trial> {
    [
        answers::trials(),
        arguments::trials(),
        masks::trials(),
        outputs::trials(),
        stored::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn search(canaries: &[&Canary], outcome: &Outcome) -> usize {
    canaries
        .iter()
        .map(|canary| {
            canary.hits(outcome.stdout.as_bytes()).len()
                + canary.hits(outcome.stderr.as_bytes()).len()
        })
        .sum()
}

fn patch(fault: impl Into<Fault>) -> Rule {
    Rule::on("PATCH".parse().unwrap())
        .path("secrets")
        .fault(fault)
}
