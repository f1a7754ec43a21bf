//! The tests of the threat model, by their ids. Each records its figure.

pub mod input;
pub mod leaks;
pub mod memory;
pub mod shredding;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [
        input::trials(),
        leaks::trials(),
        memory::trials(),
        shredding::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
