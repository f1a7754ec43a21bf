//! What is said of runs: the commands that go on with them, and why something could
//! not be stored or written.

use crate::cluster::ClusterError;
use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::live::run::{NotWritten, RunError};
use crate::rotation::record::{Record, name_of};
use crate::secret::redactor::Redactor;

use super::run::Told;

/// The commands that go on with the run of a Secret, or take it back.
pub(super) fn ways(secret: &str, namespace: &str) -> [Hint; 2] {
    let rotate = |flag| command(secret, namespace, flag);
    [
        Hint::run("To go on", rotate("--resume")),
        Hint::run("To take everything back", rotate("--abort")),
    ]
}

/// The command that goes on with taking a run back.
pub(super) fn way_back(secret: &str, namespace: &str) -> Hint {
    Hint::run(
        "To continue the rollback",
        command(secret, namespace, "--abort"),
    )
}

/// A command about the run of a Secret.
pub(super) fn command(secret: &str, namespace: &str, flag: &'static str) -> CommandLine {
    CommandLine::secretsafe("rotate")
        .name(&format!("secret/{secret}"))
        .namespace(namespace)
        .switch(flag)
}

pub(super) fn status(namespace: &str) -> CommandLine {
    CommandLine::secretsafe("rotate")
        .switch("--status")
        .namespace(namespace)
}

pub(super) fn run_error(error: RunError, redactor: &Redactor) -> CommandError {
    match error {
        RunError::Cluster(error) => error.into_command_error(redactor, &[]),
        RunError::Taken => CommandError::usage("another run has it"),
        RunError::Foreign(why) => CommandError::usage(why),
    }
}

/// Why the Secret of a run cannot be believed.
pub(super) fn unusable(error: RunError, secret: &str) -> CommandError {
    match error {
        RunError::Foreign(why) => {
            let name = name_of(secret);
            CommandError::usage(format!("secret/{name} is not used: {why}"))
                .hint("Nothing was changed. Look at it and at who may write Secrets there, and delete it if nobody needs its values.")
        }
        error => run_error(error, &Redactor::new([])),
    }
}

pub(super) fn lost(error: RunError, redactor: &Redactor) -> Told {
    if let RunError::Foreign(why) = error {
        return Told::Lost(why);
    }
    let error = run_error(error, redactor);
    Told::Error(
        CommandError::partial(format!(
            "the progress of the run could not be recorded: {}",
            error.message()
        ))
        .hints(error.next_steps().to_vec()),
    )
}

pub(super) fn not_stored(
    error: RunError,
    record: &Record,
    namespace: &str,
    redactor: &Redactor,
) -> CommandError {
    let secret = &record.secret.name;
    match error {
        RunError::Taken => {
            let name = name_of(secret);
            CommandError::usage(format!(
                "secret/{secret} is being changed by another run, or one that has not ended: secret/{name} exists; nothing was changed"
            ))
            .hints(ways(secret, namespace))
        }
        error => {
            let error = run_error(error, redactor);
            CommandError::new(
                error.status(),
                format!("the old and the new value cannot be stored in a Secret of the run: {}; nothing was changed", error.message()),
            )
            .hints(error.next_steps().to_vec())
        }
    }
}

pub(super) fn not_written(error: NotWritten, secret: &str, redactor: &Redactor) -> CommandError {
    match error {
        NotWritten::Cluster(ClusterError::Conflict { .. }) => {
            CommandError::usage(format!("secret/{secret} keeps changing"))
        }
        NotWritten::Cluster(error) => error.into_command_error(redactor, &[]),
        NotWritten::Gone => CommandError::usage(format!(
            "secret/{secret} is gone, or another one has its name"
        )),
        NotWritten::Exists(name) => CommandError::usage(format!(
            "secret/{name} exists already, and another Secret was to get that name"
        )),
        NotWritten::Foreign(key) => CommandError::usage(format!(
            "secret/{secret} has another value of {key} than the run knows: somebody else has written it"
        )),
    }
}
