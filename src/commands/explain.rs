//! `explain`: a rule's page.

use clap::Args;

use crate::checks::{CHECKS, Retired, find, find_retired, page};
use crate::error::{CommandError, ExitStatus, UnusableValue};
use crate::finding::Rule;
use crate::ui::Ui;

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule, by id (SS003) or name (env-key-missing); all are listed when none is given
    #[arg(value_name = "RULE", value_parser = topic)]
    rule: Option<Topic>,
}

/// What a page is about.
#[derive(Clone, Copy, Debug)]
enum Topic {
    Rule(&'static Rule),
    Retired(&'static Retired),
}

fn topic(text: &str) -> Result<Topic, UnusableValue> {
    find(text)
        .map(Topic::Rule)
        .or_else(|| find_retired(text).map(Topic::Retired))
        .ok_or_else(|| "no such rule; kubectl secretsafe explain lists them".into())
}

/// Runs `explain`.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &ExplainArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let text = match args.rule {
        Some(Topic::Rule(rule)) => page::text(rule),
        Some(Topic::Retired(rule)) => page::retired(rule),
        None => page::list(CHECKS),
    };
    ui.document(|out| out.write_all(text.as_bytes()))?;
    Ok(ExitStatus::Ok)
}
