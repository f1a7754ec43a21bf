//! The command line as a whole, and how its errors are told.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};

use crate::command_line::Connection;
use crate::commands::completion::CompletionArgs;
use crate::commands::consumers::ConsumersArgs;
use crate::commands::create::CreateArgs;
use crate::commands::doctor::DoctorArgs;
use crate::commands::explain::ExplainArgs;
use crate::commands::migrate::MigrateArgs;
use crate::error::{CommandError, UnusableValue};
use crate::ui::Talk;

/// Create Kubernetes Secrets, and find what is wrong with them, without leaking one
///
/// Values never reach the process list, the shell history, a log or a
/// leftover file: they come from standard input, a hidden prompt, files, or a
/// random generator, go straight into the request, and are compared with what
/// the cluster stored. Looking for troubles and for users asks for no value.
///
/// Exit status: 0 ok, 1 findings, 2 unusable input, 3 the cluster could not be
/// asked, 4 failed and rolled back, 5 partly done.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Tell more about what is done: 1 requests and their status; never contents
    #[arg(short, long, global = true, value_name = "LEVEL", default_value_t = 0)]
    pub verbosity: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a Secret without its value ever reaching the process list, the
    /// shell history, a log or a leftover file
    ///
    /// Values come from standard input, a hidden prompt, files, env files, an
    /// inherited file descriptor or a random generator: no flag takes a value.
    /// Sources can be mixed; each key may be given once. With no source at
    /// all, and a terminal, the command asks.
    ///
    /// The Secret is written by server-side apply, read back, and compared
    /// byte for byte; only then is success reported and, with --shred,
    /// plaintext overwritten and removed. What overwriting achieves depends on
    /// the file system; the command says what it was.
    Create(Box<CreateArgs>),
    /// Find what is wrong with Secrets and their use, without reading a value
    ///
    /// Looks at manifest files (-f, -k) or at the cluster of the current
    /// context: Secrets that are missing, in another namespace or without the
    /// key, values that running containers do not have yet, files that a
    /// process cannot read, credentials in plain sight, and more. Each finding
    /// has its cause, its proof and the command that repairs it.
    ///
    /// Only names, key names and times of Secrets are asked of the server,
    /// never a value, unless --inspect-values says so. What may not be seen is
    /// listed, and never counts as clean.
    ///
    /// Exit status: 0 nothing found, 1 findings of the severity of --fail-on or
    /// worse, 2 unusable input, 3 something could not be checked.
    Doctor(Box<DoctorArgs>),
    /// Tell who uses a Secret, how, and whether a change has arrived
    ///
    /// Looks at manifest files (-f, -k) or at the cluster of the current
    /// context, and lists every workload and object that names the Secret: as
    /// variables, as files, to pull images, as a certificate, for storage. Of
    /// running pods it tells whether they started before the Secret was last
    /// changed, and so may still have an older value. What does not run now but
    /// would use it again, such as an earlier revision, stands apart.
    ///
    /// Only names, key names and times of Secrets are asked of the server,
    /// never a value. Of a Secret that does not exist, the users are listed all
    /// the same.
    ///
    /// Exit status: 0 answered, 2 unusable input, 3 something could not be seen.
    Consumers(Box<ConsumersArgs>),
    /// Move Secrets from environment variables to mounted files
    ///
    /// Plans the change of each workload, shows it, asks, makes it and waits:
    /// one volume for each Secret, mounted read-only with mode 0400 in a
    /// directory of its own, nothing else changed. The variables stay until
    /// you say that the program reads the files (--reads-files) and ask for
    /// their removal (--remove-env, or --complete for both at once); images
    /// that are known to read X_FILE get that in place of X.
    ///
    /// In a cluster, pods that do not get ready take the change back. What
    /// takes it back later (--undo) is kept on the workload. With -f manifest
    /// files are planned instead, and written with --write: every byte outside
    /// the change stays.
    ///
    /// Exit status: 0 done or nothing to do, 1 with --exit-code something
    /// would change, 2 refused, 3 the cluster could not be asked, 4 failed and
    /// taken back, 5 partly done.
    Migrate(Box<MigrateArgs>),
    /// Explain a rule of doctor, or list all
    Explain(ExplainArgs),
    /// Print or install shell completion
    Completion(CompletionArgs),
}

impl Command {
    /// How much talk its flags ask for.
    pub fn talk(&self) -> Talk {
        match self {
            Self::Create(args) => args.talk(),
            Self::Doctor(args) => args.talk(),
            Self::Consumers(args) => args.talk(),
            Self::Migrate(args) => args.talk(),
            Self::Explain(_) | Self::Completion(_) => Talk::Normal,
        }
    }

    /// Which cluster its flags choose.
    pub fn connection(&self) -> Connection {
        match self {
            Self::Create(args) => args.connection().for_commands(),
            Self::Doctor(args) => args.connection.for_commands(),
            Self::Consumers(args) => args.connection.for_commands(),
            Self::Migrate(args) => args.connection.for_commands(),
            Self::Explain(_) | Self::Completion(_) => Connection::default(),
        }
    }
}

/// The command tree, named as the user called it.
pub fn command(program: &'static str) -> clap::Command {
    Cli::command().name("kubectl-secretsafe").bin_name(program)
}

/// What parsing ended with when there is nothing to run.
pub enum Ending {
    /// Help or version text for standard output.
    Text(String),
    /// The words cannot be used.
    Error(CommandError),
}

/// How the user called the program, with the command if one was named.
pub fn called(program: &str, words: impl IntoIterator<Item = OsString>) -> String {
    let tree = Cli::command();
    let command = words
        .into_iter()
        .find_map(|word| Some(tree.find_subcommand(word.to_str()?)?.get_name().to_owned()));
    match command {
        Some(command) => format!("{program} {command}"),
        None => program.to_owned(),
    }
}

/// Translates clap's error for somebody who `called` the program so. clap quotes the words it cannot use; any of them
/// may be a secret typed in the wrong place, so only flags are named.
pub fn ending(error: &clap::Error, called: &str) -> Ending {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        return Ending::Text(error.render().to_string());
    }
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).map(|argument| named(&argument));
    let message = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error)
                .and_then(|source| source.downcast_ref::<UnusableValue>())
                .map_or(String::new(), |why| format!(": {why}"));
            format!(
                "{} has a value that cannot be used (not shown){why}",
                argument.unwrap_or_else(|| "a flag".to_owned())
            )
        }
        ErrorKind::MissingRequiredArgument => {
            format!("missing: {}", argument.unwrap_or_default())
        }
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg)
                .map_or_else(|| "another argument".to_owned(), |other| named(&other));
            format!(
                "{} cannot be used with {other}",
                argument.unwrap_or_else(|| "an argument".to_owned())
            )
        }
        ErrorKind::InvalidSubcommand => "no such command".to_owned(),
        ErrorKind::NoEquals => format!(
            "{} needs '=' before its value",
            argument.unwrap_or_default()
        ),
        _ => match argument {
            Some(argument) => format!("{argument} is not expected here"),
            None => "the command line cannot be used".to_owned(),
        },
    };
    let mut told = CommandError::usage(message);
    if let Some(values) = text(ContextKind::ValidValue).filter(|values| !values.is_empty()) {
        told = told.hint(format!("Possible values: {values}."));
    }
    if let Some(flag) = text(ContextKind::SuggestedArg) {
        told = told.hint(format!("Did you mean {flag}?"));
    }
    Ending::Error(told.hint(format!("See {called} --help.")))
}

/// A flag by its name, without what follows `=`; other words are not shown.
fn named(argument: &str) -> String {
    let shown = argument.starts_with('-') || argument.starts_with('<') || argument.starts_with('[');
    if shown {
        // `--output <FORMAT[=FILE]>` is a flag as its help shows it.
        let end = match argument.find(" <") {
            Some(_) if argument.ends_with('>') => argument.len(),
            _ => argument.find('=').unwrap_or(argument.len()),
        };
        argument[..end].to_owned()
    } else {
        "a word (not shown: it may be a secret)".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_tree_is_well_formed() {
        command("kubectl secretsafe").debug_assert();
    }

    #[test]
    fn help_is_that_of_the_named_command() {
        let called = |words: &[&str]| {
            let words = words.iter().map(OsString::from);
            super::called("kubectl secretsafe", words)
        };
        assert_eq!(
            called(&["-v", "1", "doctor", "create"]),
            "kubectl secretsafe doctor"
        );
        assert_eq!(called(&["docter"]), "kubectl secretsafe");
    }

    #[test]
    fn a_word_in_the_wrong_place_is_never_echoed() {
        const CANARY: &str = "hunter2canary";
        for words in [
            vec!["create", "db", CANARY],
            vec!["create", "db", "--password", CANARY],
            vec!["create", "db", "--password=hunter2canary"],
            vec!["create", "db", "--dry-run=hunter2canary"],
            vec!["create", "db", "-o", CANARY],
            vec!["create", "db", "--env-dialect", CANARY],
            vec!["create", "db", "-v", CANARY],
            vec![CANARY],
            vec!["create", "tls", "db", CANARY],
            vec!["create", "db", "--immutable=hunter2canary"],
            vec!["create", "db", "--request-timeout", CANARY],
            vec!["doctor", "--only", CANARY],
            vec!["doctor", "--max-age", CANARY],
            vec!["doctor", "-o", CANARY],
            vec!["migrate", "--mode", CANARY],
            vec!["migrate", "--mount-path", CANARY],
            vec!["migrate", "--timeout", CANARY],
            vec!["explain", CANARY],
        ] {
            let words = std::iter::once("kubectl-secretsafe").chain(words);
            let error = match Cli::try_parse_from(words.clone()) {
                Ok(_) => panic!("must not parse: {words:?}"),
                Err(error) => error,
            };
            let Ending::Error(told) = ending(&error, "kubectl secretsafe") else {
                panic!("an error is expected");
            };
            let all = format!("{} {:?}", told.message(), told.next_steps());
            assert!(!all.contains(CANARY), "{all}");
        }
    }
}
