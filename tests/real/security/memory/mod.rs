//! M: what memory holds, and who may read it.

mod during;
mod exit;
mod freed;
mod held;
mod panics;
mod protection;

use libtest_mimic::Trial;

pub(super) use exit::STOPPED_AT_EXIT;

pub fn trials() -> Vec<Trial> {
    [
        during::trials(),
        exit::trials(),
        freed::trials(),
        panics::trials(),
        protection::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
