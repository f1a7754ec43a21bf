//! One answer to what was asked for: the same status, words and outcome for a
//! dry run, for the run and for a second one. A plan of files that is only shown is
//! what was asked for itself, so it ends with 0 whatever it leaves out.
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
use crate::migration::{Options, Plan, Removal};
use crate::outcome::{Kind, Outcome, Plans};
use crate::words::listed;

use super::arguments::MigrateArgs;

/// What plans come to before anything is done. `name` tells plans apart.
pub(super) fn planned<'p>(
    args: &MigrateArgs,
    options: &Options,
    plans: impl Iterator<Item = (&'p Plan, String)>,
) -> Outcome {
    let mut outcome = Outcome::new(match () {
        () if args.result.exit_code => Plans::Count,
        () if args.only_shows() => Plans::Shown,
        () => Plans::Pass,
    });
    for (plan, name) in plans {
        for image in plan.unknown_images() {
            outcome.add(Kind::NotSeen, format!("image {image}"));
        }
        if plan.falls_short(options) {
            outcome.add(Kind::Refused, &name);
        }
        if plan.changes() {
            outcome.add(Kind::WouldChange, name);
        } else if !plan.falls_short(options) {
            outcome.add(Kind::Kept, name);
        }
    }
    outcome
}

/// How many variables were to go, and how many of them do.
pub(super) fn removal<'p>(options: &Options, plans: impl Iterator<Item = &'p Plan>) -> Removal {
    plans.fold(Removal::default(), |all, plan| {
        let own = plan.removal(options);
        Removal {
            wanted: all.wanted + own.wanted,
            gone: all.gone + own.gone,
        }
    })
}

/// The end of a run: its status, or an error that says what is left.
///
/// # Errors
/// Where not everything that was asked for is done, or nothing is.
pub(super) fn end(
    args: &MigrateArgs,
    outcome: &Outcome,
    removal: Removal,
) -> Result<ExitStatus, CommandError> {
    let changed = outcome.count(Kind::Changed) > 0;
    match outcome.status() {
        ExitStatus::Partial => {
            let mut parts = Vec::new();
            if removal.gone < removal.wanted {
                let variables = match removal.wanted {
                    1 => "variable",
                    _ => "variables",
                };
                let verb = if changed { "" } else { " would be" };
                parts.push(format!(
                    "{} of {} {variables}{verb} removed",
                    removal.gone, removal.wanted
                ));
            }
            let left = outcome.count(Kind::Refused);
            if changed {
                parts.push(outcome.summary());
            } else {
                let cannot = match args.agrees_to_nothing() {
                    true => "cannot be done",
                    false => "not done",
                };
                parts.push(format!(
                    "{cannot}: {}",
                    listed(outcome.names(Kind::Refused))
                ));
            }
            let error = CommandError::partial(parts.join("; "));
            let error = match left {
                0 => error,
                _ => error.hint("The plan lists the reason and the next step for each of them."),
            };
            Err(match outcome.count(Kind::Declined) {
                0 => error,
                _ => error.hint("To be asked about what was declined, run the same command again."),
            })
        }
        ExitStatus::Usage if outcome.count(Kind::Unusable) == 0 => {
            Err(CommandError::usage("not confirmed; nothing was changed"))
        }
        status => Ok(status),
    }
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
    let images = match unknown.len() {
        1 => "1 image".to_owned(),
        number => format!("{number} images"),
    };
    Err(CommandError::unavailable(format!(
        "--resolve-images could not find out the user of {images}; nothing was changed"
    ))
    .hint("The plan says why for each image. Leave out --resolve-images to go on without knowing, or set runAsUser in the template."))
}
