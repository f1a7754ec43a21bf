//! The tests of the threat model, by their ids. Each records its figure.

pub mod memory;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [memory::trials()].into_iter().flatten().collect()
}
