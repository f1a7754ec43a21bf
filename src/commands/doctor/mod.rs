//! `doctor`: what is wrong with Secrets, in files or in clusters.

use std::io;

use crate::api::{self, RoleScope};
use crate::command_line::CommandLine;
use crate::commands::destination::Destination;
use crate::commands::input::{self, Gathered};
use crate::commands::subjects::{Narrowed, Subjects};
use crate::commands::{destination, question};
use crate::error::{CommandError, ExitStatus};
use crate::outcome::{Kind, Outcome};
use crate::output;
use crate::report::{Examined, FailOn, Report, Selection};
use crate::suppression::baseline::Baseline;
use crate::suppression::{self, Policy, ignore};
use crate::ui::Ui;

mod arguments;
mod fix;
mod scheduled;

pub use arguments::DoctorArgs;

/// Runs `doctor`.
///
/// # Errors
/// [`CommandError`] with status 2 for input that leads to nothing, 3 when no
/// cluster could be asked.
pub async fn run(mut args: DoctorArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.print_rbac || args.result.schedule {
        return print(&args, ui);
    }
    destination::check_all(args.written(), &args.input.filename)?;
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
        false => Outcome::default(),
    };
    let gathered = args
        .input
        .gather(&args.connection, args.purpose(), ui)
        .await?;
    let mut report = examination.report(gathered)?;
    report.outcome = fixed;
    report.judge(match args.rules.write_baseline {
        // They are the baseline now.
        Some(_) => FailOn::Never,
        None => args.fail_on(),
    });
    for part in &report.parts {
        for (index, reason) in policy.config.expired(suppression::today(&part.inventory)) {
            ui.warn(format!(
                "ignore[{index}] of the configuration ({reason}) has expired"
            ));
        }
        for line in ignore::complaints(&part.inventory, suppression::today(&part.inventory)) {
            ui.warn(line);
        }
    }
    if let Some(path) = &args.rules.write_baseline {
        let written = Baseline::from_report(&report).write(path);
        written.map_err(|error| question::after(report.outcome.count(Kind::Changed), error))?;
        ui.note(format!("wrote {}", path.display()));
        for line in output::gaps(&report) {
            ui.warn(line);
        }
        return end(&report.outcome);
    }
    for destination in destinations(&args) {
        let written = write(&report, &destination, ui);
        written.map_err(|error| question::after(report.outcome.count(Kind::Changed), error))?;
    }
    end(&report.outcome)
}

/// The exit status; of changes that are not all made, with a word about them.
fn end(outcome: &Outcome) -> Result<ExitStatus, CommandError> {
    match outcome.status() {
        ExitStatus::Partial => Err(CommandError::partial(outcome.summary())),
        status => Ok(status),
    }
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
            outcome: Outcome::default(),
            fail_on: FailOn::Never,
        };
        // A baseline is used up by what it takes.
        let mut policy = self.policy.clone();
        let mut narrowed = Narrowed::ToNothing;
        for part in &mut report.parts {
            if self.subjects.narrow(part)? == Narrowed::ToSome {
                narrowed = Narrowed::ToSome;
            }
            policy.apply(part);
        }
        let seen = report.problems.is_empty()
            && report.unreachable.is_empty()
            && report
                .parts
                .iter()
                .all(|part| part.inventory.denied.is_empty());
        if narrowed == Narrowed::ToNothing && seen && self.subjects.has_labels() {
            let inventories = report.parts.iter().map(|part| &part.inventory);
            return Err(self.subjects.match_nothing(inventories));
        }
        Ok(report)
    }
}

/// Prints what is asked for instead of a report.
fn print(args: &DoctorArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let namespace;
    let scope = if args.input.all_namespaces {
        RoleScope::Cluster
    } else {
        namespace = input::namespace(&args.connection)?;
        RoleScope::Namespace(&namespace)
    };
    let text = match &args.result.image {
        Some(image) => scheduled::print(args, image, scope)?,
        None => api::role(scope),
    };
    ui.document(|out| out.write_all(text.as_bytes()))?;
    Ok(ExitStatus::Ok)
}

/// Text on standard output unless something else goes there.
fn destinations(args: &DoctorArgs) -> Vec<Destination<output::Format>> {
    let mut all = args.result.output.clone();
    if all.is_empty() {
        all.push(Destination {
            format: output::Format::Text,
            file: None,
        });
    }
    all
}

fn write(
    report: &Report,
    destination: &Destination<output::Format>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let Some(path) = &destination.file else {
        let format = destination.format;
        let write = |out: &mut dyn io::Write| output::write(report, format, ui.colour(), out);
        return match format {
            output::Format::Github => ui.commands_for_ci(write),
            output::Format::Text | output::Format::Wide => ui.text(write),
            _ => ui.document(write),
        };
    };
    destination::to_file(path, |out| {
        output::write(report, destination.format, crate::ui::Colour::Off, out)
    })
}
