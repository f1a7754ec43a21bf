//! `migrate` on the real cluster: the same bytes in a file, no variable left,
//! pods that are ready throughout, and the way back.

mod answer;
pub mod app;
mod bad;
mod blind;
mod dry_run;
mod journals;
mod kinds;
mod letters;
mod lost;
mod owners;
mod settle;
mod together;
mod verify;
mod workloads;

use libtest_mimic::Trial;

use crate::harness::thorough_trial;

pub fn trials() -> Vec<Trial> {
    [
        workloads::trials(),
        kinds::trials(),
        bad::trials(),
        lost::trials(),
        verify::trials(),
        together::trials(),
        journals::trials(),
        letters::trials(),
        owners::trials(),
        settle::trials(),
        blind::trials(),
        dry_run::trials(),
        answer::trials(),
        // The generator of documents finds trials where their function is.
        vec![thorough_trial(
            "thorough::migrate_together_in_200_tries",
            together::two_hundred,
        )],
    ]
    .into_iter()
    .flatten()
    .collect()
}
