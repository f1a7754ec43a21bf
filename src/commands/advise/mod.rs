//! `advise`: at which level values are to be kept, with reasons.

mod arguments;
mod questions;

pub use arguments::AdviseArgs;

use std::collections::BTreeSet;
use std::io;

use crate::advising::{Advice, Answers, Evidence, Place, Report, Rotation, is_of_cluster_stores};
use crate::command_line::Hint;
use crate::commands::destination::{self, Destination};
use crate::commands::input::{self, Gathered, Purpose, not_built, not_read};
use crate::error::{CommandError, ExitStatus};
use crate::output::advice::{self as output, Format};
use crate::ui::{Colour, Ui};

/// Runs `advise`.
///
/// # Errors
/// [`CommandError`] with status 2 for input that leads to nothing, 3 when no cluster could
/// be asked.
pub async fn run(mut args: AdviseArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let files = args.output.iter().filter_map(|one| one.file.as_deref());
    destination::check_all(files, &args.input.filename)?;
    if !args.input.filename.is_empty() {
        args.input.exclusion = input::configuration(None, ui)?.exclusion()?;
    }
    let mut answers = args.answers.answers();
    let looks = args.has_input();
    if !looks && answers == Answers::default() {
        answers = questions::ask(ui)?;
        ui.hint(Hint::run("The same without questions", answers.command()));
    }
    let gathered = match looks {
        true => {
            args.input
                .gather(&args.connection, Purpose::Audit, ui)
                .await?
        }
        false => Gathered {
            inventories: Vec::new(),
            problems: Vec::new(),
            unreachable: Vec::new(),
        },
    };
    let report = advised(&answers, gathered);
    let text = [Destination {
        format: match args.quiet {
            true => Format::Brief,
            false => Format::Text,
        },
        file: None,
    }];
    let destinations = match args.output.as_slice() {
        [] => &text,
        some => some,
    };
    for destination in destinations {
        write(&report, destination, ui)?;
    }
    Ok(report.outcome.status())
}

/// The recommendation that answers and what was gathered come to.
fn advised(answers: &Answers, gathered: Gathered) -> Report {
    let interval = match answers.rotation {
        Some(Rotation::Every(time)) => Some(time),
        Some(Rotation::Never) | None => None,
    };
    let (mut places, mut refused) = (Vec::new(), BTreeSet::new());
    let mut problems = gathered.problems;
    for found in gathered.inventories {
        problems.extend(not_read(&found.inventory));
        problems.extend(not_built(&found.inventory));
        let (place, part) = Place::of(found.inventory, found.namespace, interval);
        refused.extend(part.refused);
        let hidden = part.inventory.hidden.iter();
        refused.extend(hidden.filter(|grant| !is_of_cluster_stores(grant)).cloned());
        places.push(place);
    }
    Report::new(
        Advice::new(Evidence::new(answers, places)),
        problems,
        gathered.unreachable,
        refused,
    )
}

fn write(report: &Report, destination: &Destination<Format>, ui: &Ui) -> Result<(), CommandError> {
    let format = destination.format;
    let Some(path) = &destination.file else {
        let write = |out: &mut dyn io::Write| output::write(report, format, ui.colour(), out);
        return match format {
            Format::Text | Format::Brief => ui.text(write),
            _ => ui.document(write),
        };
    };
    destination::to_file(path, |out| output::write(report, format, Colour::Off, out))
}
