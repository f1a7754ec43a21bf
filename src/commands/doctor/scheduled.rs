//! What runs doctor every week.

use clap::ValueEnum;

use crate::api::{ROLE, RoleScope, role};
use crate::commands::schedule::{CronJob, check_image, check_scope, scope_word};
use crate::error::CommandError;

use super::DoctorArgs;

const TOLD: &str = "\
# A Job that fails has findings (status 1), or could not check everything (status 3). Its
# log is the report.
";

/// # Errors
/// Status 2 for a file, which would be lost with the container, and for an invalid
/// namespace.
pub(super) fn print(
    args: &DoctorArgs,
    image: &str,
    scope: RoleScope<'_>,
) -> Result<String, CommandError> {
    check_scope(scope)?;
    check_image(image)?;
    let mut words = vec!["doctor".to_owned(), scope_word(scope)];
    for destination in &args.result.output {
        if destination.file.is_some() {
            return Err(
                CommandError::usage("--schedule: a file is lost with its container")
                    .hint("Name the format only: the log of the Job is the report."),
            );
        }
        words.extend(name(&destination.format).map(|name| format!("--output={name}")));
    }
    words.extend(name(&args.result.fail_on).map(|name| format!("--fail-on={name}")));
    let job = CronJob {
        account: ROLE,
        scope,
        roles: role(scope),
        cluster_role: None,
        image,
        words: &words,
        told: TOLD,
    };
    Ok(job.manifests())
}

/// The name of a value on a command line.
fn name(value: &impl ValueEnum) -> Option<String> {
    Some(value.to_possible_value()?.get_name().to_owned())
}
