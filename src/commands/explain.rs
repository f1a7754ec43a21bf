//! `explain`: a rule's page.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::checks::{CHECKS, RETIRED, Retired, find, find_retired, page};
use crate::error::{CommandError, ExitStatus, UnusableValue};
use crate::finding::Rule;
use crate::ui::Ui;

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule, by ID (SS003) or name (env-key-missing) [default: list all]
    #[arg(value_name = "RULE", value_parser = topic(), ignore_case = true, hide_possible_values = true)]
    rule: Option<Topic>,
}

/// What a page is about.
#[derive(Clone, Copy, Debug)]
enum Topic {
    Rule(&'static Rule),
    Retired(&'static Retired),
}

/// The rules as command lines take them: by their ids, which their names stand for.
pub(super) fn names() -> impl Iterator<Item = PossibleValue> {
    CHECKS
        .iter()
        .map(|check| PossibleValue::new(check.rule.id).alias(check.rule.name))
}

fn topic() -> impl TypedValueParser<Value = Topic> {
    let retired = RETIRED
        .iter()
        .map(|rule| PossibleValue::new(rule.id).alias(rule.name).hide(true));
    PossibleValuesParser::new(names().chain(retired)).try_map(|text| {
        let rule = find(&text).map(Topic::Rule);
        rule.or_else(|| find_retired(&text).map(Topic::Retired))
            .ok_or(UnusableValue::from("there is no such rule"))
    })
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
