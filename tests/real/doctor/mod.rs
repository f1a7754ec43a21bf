//! `doctor` on the real cluster: troubles that pods really have.

mod access;
mod healthy;
mod newest;
mod references;
mod rights;
mod rotation;
pub mod scene;
mod settings;
mod staleness;
mod wire;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [
        references::trials(),
        settings::trials(),
        staleness::trials(),
        healthy::trials(),
        access::trials(),
        rights::trials(),
        newest::trials(),
        rotation::trials(),
        wire::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
