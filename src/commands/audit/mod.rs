//! `audit`: what is due for every key, and who uses and can read it.

use std::io;

use crate::api::{self, RoleScope};
use crate::auditing::{Part, Report, Wish};
use crate::commands::destination::{self, Destination};
use crate::commands::input::{self, Purpose};
use crate::error::{CommandError, ExitStatus};
use crate::output::audit::{self as output, Format};
use crate::ui::{Colour, Ui};
use crate::words::listed;
use crate::workload::selector::Selector;

mod arguments;
mod receipts;
mod schedule;

pub use arguments::AuditArgs;

/// Runs `audit`.
///
/// # Errors
/// [`CommandError`] with status 2 for input that leads to nothing, 3 when no cluster
/// could be asked.
pub async fn run(args: AuditArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.print_rbac || args.schedule.is_some() {
        let text = printed(&args)?;
        ui.document(|out| out.write_all(text.as_bytes()))?;
        return Ok(ExitStatus::Ok);
    }
    let files = args.output.iter().filter_map(|one| one.file.as_deref());
    destination::check_all(files, &[])?;
    let selector = args
        .selector
        .as_deref()
        .map(Selector::parse)
        .transpose()
        .map_err(CommandError::usage)?;
    let (receipts, warnings) = match &args.receipts {
        Some(folder) => {
            let (receipts, warnings) = receipts::read(folder)?;
            (Some(receipts), warnings)
        }
        None => (None, Vec::new()),
    };
    for warning in &warnings {
        ui.warn(warning);
    }
    let wish = Wish {
        max_age: args.max_age,
        selector,
        receipts,
    };
    let gathered = args
        .input()
        .gather(&args.connection, Purpose::Audit, ui)
        .await?;
    let parts = gathered
        .inventories
        .into_iter()
        .map(|found| Part::new(found.inventory, &wish))
        .collect();
    let mut report = Report::new(&wish, parts, gathered.problems, gathered.unreachable);
    report.warnings = warnings;
    if report.matches_nothing(&wish) {
        return Err(no_labels(&report));
    }
    let text = [Destination {
        format: Format::Text,
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

fn printed(args: &AuditArgs) -> Result<String, CommandError> {
    let namespace;
    let scope = if args.all_namespaces {
        RoleScope::Cluster
    } else {
        namespace = input::namespace(&args.connection)?;
        RoleScope::Namespace(&namespace)
    };
    match args.schedule {
        Some(kind) => schedule::print(kind, args, scope),
        None => Ok(api::audit_roles(scope)),
    }
}

fn write(report: &Report, destination: &Destination<Format>, ui: &Ui) -> Result<(), CommandError> {
    let format = destination.format;
    let Some(path) = &destination.file else {
        let write = |out: &mut dyn io::Write| output::write(report, format, ui.colour(), out);
        return match format {
            Format::Text | Format::Wide => ui.text(write),
            _ => ui.document(write),
        };
    };
    destination::to_file(path, |out| output::write(report, format, Colour::Off, out))
}

/// That no Secret has the labels of `-l`.
fn no_labels(report: &Report) -> CommandError {
    let error = CommandError::usage("no Secret here has the labels of -l");
    let labels: Vec<_> = report
        .parts
        .iter()
        .flat_map(|part| part.inventory.secrets())
        .flat_map(|facts| &facts.labels)
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    match labels.is_empty() {
        true => error.hint("Name a namespace with -n, or look at all with -A."),
        false => error.hint(format!(
            "Labels here: {}.",
            listed(labels.iter().map(String::as_str))
        )),
    }
}
