//! `doctor`: what is wrong with Secrets, in files or in clusters.

use std::io;

use crate::api::{self, RoleScope};
use crate::command_line::CommandLine;
use crate::commands::input::{self, Gathered};
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, ExitStatus};
use crate::output;
use crate::report::{Examined, Report, Selection};
use crate::suppression::baseline::Baseline;
use crate::suppression::{self, Policy};
use crate::ui::Ui;

mod arguments;
mod fix;

pub use arguments::DoctorArgs;

use arguments::Destination;

/// Runs `doctor`.
///
/// # Errors
/// [`CommandError`] with status 2 for input that leads to nothing, 3 when no
/// cluster could be asked.
pub async fn run(mut args: DoctorArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.print_rbac {
        return print_role(&args, ui);
    }
    let subjects = Subjects::new(&args.objects, args.selector.as_deref())?;
    let policy = Policy {
        config: input::configuration(args.rules.config.as_deref(), ui)?,
        baseline: args
            .rules
            .baseline
            .as_deref()
            .map(Baseline::read)
            .transpose()?,
    };
    args.input.exclusion = policy.config.exclusion()?;
    let mut selection = args.selection();
    selection.skip.extend(policy.config.skipped());
    selection.settings.conventions = policy.config.conventions();
    let examination = Examination {
        subjects: &subjects,
        policy: &policy,
        selection: &selection,
        fix_command: args.fix_command(),
    };
    let fixed = match args.result.fix {
        true => fix::fix(&args, &examination, ui)?,
        false => fix::Outcome::default(),
    };
    let gathered = args
        .input
        .gather(&args.connection, args.purpose(), ui)
        .await?;
    let report = examination.report(gathered)?;
    for part in &report.parts {
        for (index, reason) in policy.config.expired(suppression::today(&part.inventory)) {
            ui.warn(format!(
                "ignore[{index}] of the configuration ({reason}) has expired"
            ));
        }
    }
    if let Some(path) = &args.rules.write_baseline {
        Baseline::from_report(&report).write(path)?;
        ui.note(format!("wrote {}", path.display()));
        return Ok(ExitStatus::Ok);
    }
    for destination in destinations(&args) {
        write(&report, &destination, ui)?;
    }
    fixed.result()?;
    Ok(report.status(args.fail_on()))
}

/// How everything that was gathered is judged.
struct Examination<'a> {
    subjects: &'a Subjects,
    policy: &'a Policy,
    selection: &'a Selection,
    fix_command: Option<CommandLine>,
}

impl Examination<'_> {
    /// # Errors
    /// When a named object does not exist.
    fn report(&self, gathered: Gathered) -> Result<Report, CommandError> {
        let mut report = Report {
            parts: gathered
                .inventories
                .into_iter()
                .map(|found| Examined::new(found.inventory, self.selection))
                .collect(),
            problems: gathered.problems,
            unreachable: gathered.unreachable,
            fix_command: self.fix_command.clone(),
        };
        // A baseline is used up by what it takes.
        let mut policy = self.policy.clone();
        for part in &mut report.parts {
            self.subjects.narrow(part)?;
            policy.apply(part);
        }
        Ok(report)
    }
}

fn print_role(args: &DoctorArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let namespace;
    let scope = if args.input.all_namespaces {
        RoleScope::Cluster
    } else {
        namespace = input::namespace(&args.connection)?;
        RoleScope::Namespace(&namespace)
    };
    ui.document(|out| out.write_all(api::role(scope).as_bytes()))?;
    Ok(ExitStatus::Ok)
}

/// Text on standard output unless something else goes there.
fn destinations(args: &DoctorArgs) -> Vec<Destination> {
    let mut all = args.result.output.clone();
    if all.is_empty() {
        all.push(Destination {
            format: output::Format::Text,
            file: None,
        });
    }
    all
}

fn write(report: &Report, destination: &Destination, ui: &Ui) -> Result<(), CommandError> {
    let Some(path) = &destination.file else {
        let format = destination.format;
        let write = |out: &mut dyn io::Write| output::write(report, format, ui.colour(), out);
        return match format {
            output::Format::Github => ui.commands_for_ci(write),
            _ => ui.document(write),
        };
    };
    let mut text = Vec::new();
    output::write(
        report,
        destination.format,
        crate::ui::Colour::Off,
        &mut text,
    )
    .and_then(|()| crate::files::to_file(path, &text))
    .map_err(|error| CommandError::usage(format!("{} cannot be written: {error}", path.display())))
}
