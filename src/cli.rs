//! The command line as a whole, and how its errors are told.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::command_line::Connection;
use crate::commands::completion::CompletionArgs;
use crate::commands::consumers::ConsumersArgs;
use crate::commands::create::CreateArgs;
use crate::commands::doctor::DoctorArgs;
use crate::commands::explain::ExplainArgs;
use crate::commands::migrate::MigrateArgs;
use crate::error::CommandError;
use crate::ui::{ColourWish, Talk};

mod mistakes;
mod words;

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
    #[arg(
        short,
        long,
        alias = "v",
        global = true,
        value_name = "LEVEL",
        default_value_t = 0
    )]
    pub verbosity: u8,
    /// When to use colors; auto means on a terminal, unless NO_COLOR is set or TERM is dumb
    #[arg(
        long,
        alias = "colour",
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value = "auto"
    )]
    pub color: ColourWish,
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

/// Reads the words behind the program's name.
///
/// # Errors
/// Help, or what is wrong with them.
pub fn parse(
    program: &'static str,
    words: impl IntoIterator<Item = OsString>,
) -> Result<Cli, Ending> {
    let mut tree = command(program);
    let words = words::as_read(&tree, words);
    let line = std::iter::once(OsString::from(program)).chain(words.iter().cloned());
    tree.try_get_matches_from_mut(line)
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(|error| ending(&error, &called(program, &tree, &words)))
}

/// How the user called the program, with the command if one was named.
fn called(program: &str, tree: &clap::Command, words: &[OsString]) -> String {
    let first = words.first().and_then(|word| word.to_str());
    match first.and_then(|word| tree.find_subcommand(word)) {
        Some(command) => format!("{program} {}", command.get_name()),
        None => program.to_owned(),
    }
}

fn ending(error: &clap::Error, called: &str) -> Ending {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Ending::Text(error.render().to_string())
        }
        _ => Ending::Error(mistakes::told(error, called)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_tree_is_well_formed() {
        command("kubectl secretsafe").debug_assert();
    }

    fn told(words: &[&str]) -> CommandError {
        match parse("kubectl secretsafe", words.iter().map(OsString::from)) {
            Err(Ending::Error(error)) => error,
            _ => panic!("must not parse: {words:?}"),
        }
    }

    #[test]
    fn help_is_that_of_the_named_command() {
        for (words, expected) in [
            (
                &["-v", "1", "doctor", "--create"][..],
                "See kubectl secretsafe doctor --help.",
            ),
            (&["docter"], "See kubectl secretsafe --help."),
        ] {
            let last = told(words).next_steps().last().map(ToString::to_string);
            assert_eq!(last.as_deref(), Some(expected));
        }
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
            vec!["-n", "prod", "create", "secret", "generic", "db", CANARY],
            vec!["create", "db", "--shred=hunter2canary"],
        ] {
            let told = told(&words);
            let all = format!("{} {:?}", told.message(), told.next_steps());
            assert!(!all.contains(CANARY), "{all}");
        }
    }
}
