//! `consumers`: who uses a Secret.

use std::io;

use clap::Args;

use crate::cluster::ConnectionFlags;
use crate::commands::input::{self, InputArgs, Purpose};
use crate::consumption::{Consumption, Part, Report, State, Subject, Wanted};
use crate::error::{CommandError, ExitStatus};
use crate::output::consumers::{self as output, Format};
use crate::secret::key::{KeyName, check_object_name};
use crate::ui::{Talk, Ui};
use crate::words::listed;

/// `consumers`.
#[derive(Debug, Args)]
pub struct ConsumersArgs {
    /// The Secret, or one of its keys; secret/ can be omitted
    #[arg(value_name = "secret/NAME[:KEY]")]
    secret: String,
    #[command(flatten)]
    input: InputArgs,
    /// Output format
    #[arg(
        short,
        long,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        help_heading = "Result"
    )]
    output: Format,
    /// Print only the report, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

impl ConsumersArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }
}

/// Runs `consumers`.
///
/// # Errors
/// [`CommandError`] with status 2 for input that leads to nothing, 3 when no
/// cluster could be asked.
pub async fn run(mut args: ConsumersArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let wanted = wanted(&args.secret)?;
    if !args.input.filename.is_empty() {
        args.input.exclusion = input::configuration(None, ui)?.exclusion()?;
    }
    let gathered = args
        .input
        .gather(&args.connection, Purpose::ConsumersOf(&wanted.name), ui)
        .await?;
    let mut problems = gathered.problems;
    for found in &gathered.inventories {
        problems.extend(input::not_read(&found.inventory));
    }
    let parts = gathered
        .inventories
        .into_iter()
        .map(|found| Part::new(found.inventory, found.namespace.as_deref(), &wanted))
        .collect();
    let report = Report::new(parts, problems, gathered.unreachable, &wanted);
    for part in &report.parts {
        for consumption in &part.secrets {
            warn(consumption, ui);
        }
    }
    let write = |out: &mut dyn io::Write| output::write(&report, args.output, ui.colour(), out);
    match args.output {
        Format::Text => ui.text(write)?,
        _ => ui.document(write)?,
    }
    for part in &report.parts {
        if let Some(grant) = part.inventory.denied.iter().next() {
            ui.hint(grant.role_command().on(&part.inventory.connection));
        }
    }
    match report.subject {
        Subject::Something => Ok(report.outcome.status()),
        Subject::Nothing => Err(unknown_name(&report, &wanted.name)),
    }
}

fn unknown_name(report: &Report, name: &str) -> CommandError {
    let error = CommandError::usage(format!("nothing here has or uses a Secret {name}"));
    let (near, elsewhere) = (report.near_names(name), report.elsewhere());
    if !elsewhere.is_empty() {
        error.hint(format!(
            "There is one in {}; name it with -n.",
            listed(elsewhere)
        ))
    } else if !near.is_empty() {
        error.hint(format!("Did you mean {}?", listed(near)))
    } else {
        error.hint("Name its namespace with -n, or look at all with -A.")
    }
}

/// Reads `secret/NAME:KEY`.
fn wanted(word: &str) -> Result<Wanted, CommandError> {
    let advice = "Write secret/NAME, or secret/NAME:KEY for one of its keys.";
    let name = match word.split_once('/') {
        None => word,
        Some(("secret" | "secrets", name)) => name,
        Some(_) => {
            return Err(CommandError::usage("only Secrets have consumers").hint(advice));
        }
    };
    let (name, key) = match name.split_once(':') {
        None => (name, None),
        Some((name, key)) => (name, Some(key)),
    };
    check_object_name(name).map_err(|_| CommandError::usage("invalid Secret name").hint(advice))?;
    if let Some(key) = key {
        KeyName::new(key).map_err(|_| CommandError::usage("invalid key name").hint(advice))?;
    }
    Ok(Wanted {
        name: name.to_owned(),
        key: key.map(str::to_owned),
    })
}

/// What somebody who asks about a Secret should know first.
fn warn(consumption: &Consumption, ui: &Ui) {
    let secret = &consumption.secret;
    match &consumption.state {
        State::Missing { .. } => ui.warn(format!(
            "secret/{} does not exist in {}",
            secret.name, secret.namespace
        )),
        State::Present(present) if present.near_keys.is_some() => ui.warn(format!(
            "secret/{} in {} has no key {}",
            secret.name,
            secret.namespace,
            secret.key.as_deref().unwrap_or_default()
        )),
        _ => {}
    }
}
