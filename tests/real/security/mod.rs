//! The tests of the threat model, by their ids. Each records its figure.

pub mod hostile;
pub mod images;
pub mod input;
pub mod leaks;
pub mod memory;
pub mod network;
pub mod shredding;
pub mod terminal;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [
        hostile::trials(),
        images::trials(),
        input::trials(),
        leaks::trials(),
        memory::trials(),
        network::trials(),
        shredding::trials(),
        terminal::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
