//! One answer to what was asked for: the same status, words and outcome for a
//! dry run, for the run and for a second one.
//!
//! | Of what was asked for | dry run | run | second run | status |
//! |---|---|---|---|---|
//! | there is nothing to do | `nothingToDo` | `nothingToDo` | `nothingToDo` | 0 |
//! | all can be done | `wouldChange` | `done` | `nothingToDo` | 0 (a dry run with `--exit-code`: 1) |
//! | a part is refused, or has to stay as it is | `notAll` | `notAll` | `notAll` | 5 |
//! | a part may not be looked at | `notKnown` | `notKnown` | `notKnown` | 3 |
//! | an image was asked for in vain | `notKnown` | `notKnown` | `notKnown` | 3 |

use std::collections::BTreeSet;

use crate::error::{CommandError, ExitStatus};
use crate::migration::{Options, Plan};
use crate::output::migration::Outcome;

/// What is said when some of the plans are not all that was asked for.
pub(super) fn short<'p>(
    plans: impl ExactSizeIterator<Item = &'p Plan>,
    options: &Options,
) -> Option<CommandError> {
    let all = plans.len();
    let short = plans.filter(|plan| plan.falls_short(options)).count();
    (short > 0).then(|| {
        let place = match all {
            1 => String::new(),
            all => format!(", in {short} of {all} workloads"),
        };
        CommandError::partial(format!("not all that was asked for can be done{place}"))
            .hint("The plan says of each part why, and what to do.")
    })
}

/// Whether all images that were asked for are known (`--resolve-images`).
/// Where one is not, nothing is changed: the plan would be one that did not ask.
///
/// # Errors
/// Status 3; the plans say of each image why.
pub(super) fn images<'p>(plans: impl Iterator<Item = &'p Plan>) -> Result<(), CommandError> {
    let unknown: BTreeSet<&str> = plans.flat_map(Plan::unknown_images).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let who = match unknown.len() {
        1 => "one image runs".to_owned(),
        number => format!("{number} images run"),
    };
    Err(CommandError::unavailable(format!(
        "it could not be learned as whom {who}, which --resolve-images asks for; nothing was changed"
    ))
    .hint("The plan says of each image why. Leave out --resolve-images to go on without knowing, or set runAsUser in the template."))
}

/// The outcome that a document tells.
pub(super) fn outcome(
    ended: &Result<ExitStatus, CommandError>,
    changes: bool,
    makes_changes: MakesChanges,
) -> Outcome {
    let status = match ended {
        Ok(status) => *status,
        Err(error) => error.status(),
    };
    match status {
        ExitStatus::Ok if !changes => Outcome::NothingToDo,
        ExitStatus::Ok if makes_changes == MakesChanges::Yes => Outcome::Done,
        ExitStatus::Ok | ExitStatus::Findings => Outcome::WouldChange,
        ExitStatus::Partial => Outcome::NotAll,
        ExitStatus::Unavailable => Outcome::NotKnown,
        ExitStatus::RolledBack => Outcome::TakenBack,
        ExitStatus::Usage | ExitStatus::Interrupted => Outcome::NotDone,
    }
}

/// Whether a run only looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MakesChanges {
    /// It changes what has to be changed.
    Yes,
    /// It shows what would be.
    No,
}
