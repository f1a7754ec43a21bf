//! `explain`: a rule's page.

use clap::Args;

use crate::checks::{CHECKS, Rule, page};
use crate::error::{CommandError, ExitStatus};
use crate::ui::Ui;

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule, by id (SS003) or name (env-key-missing); all are listed when none is given
    #[arg(value_name = "RULE", value_parser = rule)]
    rule: Option<&'static Rule>,
}

fn rule(text: &str) -> Result<&'static Rule, String> {
    crate::checks::find(text).ok_or_else(|| "no such rule".to_owned())
}

/// Runs `explain`.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &ExplainArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let text = match args.rule {
        Some(rule) => page::text(rule),
        None => page::list(CHECKS),
    };
    ui.document(|out| out.write_all(text.as_bytes()))?;
    Ok(ExitStatus::Ok)
}
