//! `consumers`: who uses a Secret.

use clap::Args;

use crate::cluster::ConnectionFlags;
use crate::commands::input::{self, InputArgs, Purpose};
use crate::consumption::{Consumption, Part, Report, State, Wanted};
use crate::error::{CommandError, ExitStatus};
use crate::output::consumers::{self as output, Format};
use crate::secret::key::{KeyName, check_object_name};
use crate::ui::{Talk, Ui};

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
    let report = Report {
        parts: gathered
            .inventories
            .into_iter()
            .map(|found| Part::new(found.inventory, found.namespace.as_deref(), &wanted))
            .collect(),
        problems: gathered.problems,
        unreachable: gathered.unreachable,
    };
    for part in &report.parts {
        if part.secrets.is_empty() {
            ui.warn(format!("nothing here has or uses a Secret {}", wanted.name));
        }
        for consumption in &part.secrets {
            warn(consumption, ui);
        }
    }
    ui.document(|out| output::write(&report, args.output, ui.colour(), out))?;
    let blind = !report.unreachable.is_empty() || report.parts.iter().any(Part::is_incomplete);
    Ok(if !report.problems.is_empty() {
        ExitStatus::Usage
    } else if blind {
        ExitStatus::Unavailable
    } else {
        ExitStatus::Ok
    })
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
