//! M: what memory holds, and who may read it.

mod exit;
mod held;
mod protection;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [exit::trials(), protection::trials()]
        .into_iter()
        .flatten()
        .collect()
}
