//! The command line as a whole, and how its errors are told.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::command_line::Connection;
use crate::commands::advise::AdviseArgs;
use crate::commands::audit::AuditArgs;
use crate::commands::completion::CompletionArgs;
use crate::commands::consumers::ConsumersArgs;
use crate::commands::create::CreateArgs;
use crate::commands::doctor::DoctorArgs;
use crate::commands::edit::EditArgs;
use crate::commands::explain::ExplainArgs;
use crate::commands::external::ExternalArgs;
use crate::commands::migrate::MigrateArgs;
use crate::commands::policy::PolicyArgs;
use crate::commands::restart::RestartArgs;
use crate::commands::rotate::RotateArgs;
use crate::commands::scaffold::ScaffoldArgs;
use crate::commands::seal::SealArgs;
use crate::commands::selftest::SelftestArgs;
use crate::commands::sync::SyncArgs;
use crate::error::CommandError;
use crate::ui::{ColourWish, Talk};

pub mod examples;
mod mistakes;
mod words;

/// Create, migrate and check Kubernetes Secrets without leaking them
///
/// Values never reach the process list, the shell history, a log or a leftover
/// file: they are read from standard input, a hidden prompt, files or a random
/// generator, go straight into the request, and are compared with what the
/// cluster stored. doctor, consumers and audit never read values.
///
/// Exit status: 0 success, 1 findings, 2 invalid input, 3 the cluster could not
/// be contacted, 4 failed and rolled back, 5 partly done, 130 interrupted at a
/// question.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Verbose output: 1 logs requests and their status, never contents
    #[arg(
        short,
        long,
        alias = "v",
        global = true,
        value_name = "LEVEL",
        default_value_t = 0
    )]
    pub verbosity: u8,
    /// When to use colors
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
    /// Create or update a Secret without leaking its values
    ///
    /// Values are read from standard input, a hidden prompt, files, env files, an
    /// inherited file descriptor or a random generator: no flag takes a value.
    /// Sources can be combined; each key can be given once. Without a source,
    /// the command prompts on a terminal.
    ///
    /// The Secret is written by server-side apply, read back, and compared byte
    /// for byte. Only then does the command report success and, with --shred,
    /// overwrite and remove the source files. What overwriting achieves depends
    /// on the file system; the command says which one it was.
    Create(Box<CreateArgs>),
    /// Find problems with Secrets and their use
    ///
    /// Checks manifest files (-f, -k) or the cluster of the current context:
    /// Secrets that are missing, in another namespace or without the key,
    /// containers that still run with old values, files that a process cannot
    /// read, credentials in plain text, and more. Each finding comes with its
    /// cause, its evidence and a command that fixes it.
    ///
    /// Only names, key names and timestamps of Secrets are requested, never
    /// values, unless --inspect-values is given. What could not be checked is
    /// listed, and never counts as clean.
    ///
    /// Exit status: 0 nothing found, 1 findings at the severity of --fail-on or
    /// higher, 2 invalid input, 3 something could not be checked.
    Doctor(Box<DoctorArgs>),
    /// List who uses a Secret, how, and whether a change has reached them
    ///
    /// Searches manifest files (-f, -k) or the cluster of the current context for
    /// workloads and objects that use the Secret: as variables, as files, to pull
    /// images, as a certificate, for storage. For running pods it shows whether
    /// they started before the Secret last changed, and so may still have an old
    /// value. What does not run now but would use it again, such as an earlier
    /// revision, is listed separately.
    ///
    /// Only names, key names and timestamps of Secrets are requested, never
    /// values. The Secret does not have to exist.
    ///
    /// Exit status: 0 success, 2 invalid input, 3 something could not be checked.
    Consumers(Box<ConsumersArgs>),
    /// List for every key how old it is, who uses it and who can read it
    ///
    /// For each key of the Secrets of the namespace, of all namespaces (-A) or of
    /// several clusters: where its value comes from (plain, sealed, external or a
    /// controller), when it was last written and by whom, when it is due, who uses
    /// it, who can read it by RBAC, its declared copies, and the last receipt of a
    /// rotation. Overdue keys come first, then those that more can read.
    ///
    /// Only names, key names and timestamps of Secrets are requested, never values.
    /// A value can be older than reported, never younger. What could not be seen is
    /// reported as not known.
    ///
    /// Exit status: 0 nothing overdue, 1 something is overdue, 2 invalid input,
    /// 3 something could not be checked.
    Audit(Box<AuditArgs>),
    /// Move Secrets from environment variables to mounted files
    ///
    /// Plans the change of each workload, shows it, asks, makes it and waits: one
    /// volume for each Secret, mounted read-only with mode 0400 in a directory of
    /// its own. Nothing else changes. The variables stay until you confirm that
    /// your app reads the files (--reads-files) and ask to remove them
    /// (--remove-env, or --complete for both steps at once). For images that are
    /// known to read X_FILE, X_FILE replaces X.
    ///
    /// In a cluster, the change is undone if pods do not become ready. Later,
    /// --undo does the same, from what is kept on the workload. With -f, the
    /// change is planned for manifest files, and --write writes them; bytes
    /// outside the change stay as they are.
    ///
    /// Exit status: 0 done, nothing to do, or a plan of files was shown, 1 something
    /// would change (with --exit-code), 2 refused, 3 the cluster could not be
    /// contacted, 4 failed and undone, 5 partly done, or a part cannot be done.
    Migrate(Box<MigrateArgs>),
    /// Change a value, restart its consumers, and prove that all of them have it
    ///
    /// Shows who uses the keys and how each gets the new value, and lets the API
    /// server check every later write. Then the old and the new value are stored in
    /// a Secret of the run, the new one is written, and the workloads that take it
    /// when they start are restarted, wave by wave. At the end all running
    /// containers are counted by when they started.
    ///
    /// If anything fails, the old value is written back first, and every container
    /// that started since is replaced, whoever started it. A run that was killed can
    /// be continued with --resume or rolled back with --abort, from any machine.
    ///
    /// Exit status: 0 done or nothing to do, 1 something would change (with
    /// --exit-code), 2 refused, 3 the cluster could not be contacted, 4 failed and
    /// rolled back, 5 partly done.
    Rotate(Box<RotateArgs>),
    /// Restart the workloads that have an old value, or take a Secret when they start
    ///
    /// The same waves, waiting and counting as rotate, without changing a value.
    /// With --stale, only workloads are restarted in which a container started before
    /// its Secret last changed. What a restart does not reach is reported: paused
    /// Deployments, running Jobs, pods without a controller.
    ///
    /// Exit status: 0 done or nothing to do, 1 something would be restarted (with
    /// --exit-code), 2 refused, 3 the cluster could not be contacted, 4 failed and
    /// rolled back, 5 partly done.
    Restart(Box<RestartArgs>),
    /// Turn Secrets into SealedSecrets, and keep those up to date
    ///
    /// Seals a Secret of the cluster, or Secrets of manifests (-f), for the controller of
    /// Sealed Secrets: what it encrypts only that controller can read, and only under the
    /// namespace and the name that it was sealed for (--scope). kubeseal is not needed, and
    /// reads the result. The certificate comes from the controller or from --cert; private
    /// keys are never asked for.
    ///
    /// The annotation secretsafe.dev/sealed notes for what and under which key it was
    /// sealed, with a digest over the encrypted values, so that seal check tells without a
    /// cluster which files have to be sealed again.
    ///
    /// Exit status: 0 success, 1 findings (check), 2 invalid input, 3 the controller or the
    /// cluster could not be contacted, 4 failed and rolled back, 5 partly done.
    Seal(Box<SealArgs>),
    /// Make ExternalSecrets for Secrets, or let one take a Secret over without a gap
    ///
    /// Prints the ExternalSecret of a Secret of the cluster or of a manifest file (-f),
    /// with one entry for each key and no value; a store to fill in (--store-skeleton); a
    /// PushSecret, or commands that load the values into the store through pipes.
    ///
    /// With --adopt, the ExternalSecret is made in the cluster with Merge, which removes
    /// nothing; then it is proven that the Secret has the same keys, and Owner is offered.
    /// Owner is refused where it would remove keys. The Secret is never absent, and what
    /// fails is taken back.
    ///
    /// Only names, key names and timestamps of Secrets are requested, never values, unless
    /// --compare-values is given.
    ///
    /// Exit status: 0 done, 2 refused, 3 the cluster could not be contacted, 4 failed and
    /// taken back, 5 partly done.
    External(Box<ExternalArgs>),
    /// Have ExternalSecrets read their stores now, and restart what has an old value
    ///
    /// Asks the External Secrets Operator for a sync by an annotation. With --wait, a sync
    /// is done when the operator has synced that version of the ExternalSecret, says that it
    /// is ready, and the Secret has the keys; no value is read for that. What would ignore
    /// the request is said beforehand, and what is wrong with a store is said once.
    ///
    /// With --restart, workloads are restarted in which a container started before its
    /// Secret got a new value, once, as restart does it. Without a new value nothing is
    /// restarted.
    ///
    /// Exit status: 0 done or no new value, 2 refused, 3 the cluster could not be contacted,
    /// 5 partly done, or not synced.
    Sync(Box<SyncArgs>),
    /// Edit the values of a Secret in your editor, without leaving a copy
    ///
    /// The values are decoded into a text that lies in memory, in a folder that only you
    /// may enter, while your editor (KUBE_EDITOR, EDITOR, or vi) is open. Known editors are
    /// started with flags that keep them from writing backups, undo files and histories;
    /// afterwards the text is overwritten and removed, and files that changed meanwhile are
    /// searched for copies of a value. What is no text is shown as base64.
    ///
    /// The change is shown without values, confirmed, written only over what was edited,
    /// and read back. If somebody else changed another key meanwhile, both changes are
    /// kept. If the write fails, the text can be edited again.
    ///
    /// Exit status: 0 changed, or nothing to change, 2 invalid input or refused, 3 the cluster
    /// could not be contacted, 5 written, but the stored copy differs.
    Edit(Box<EditArgs>),
    /// Print a workload that reads its Secrets as files, to begin with
    ///
    /// Prints a Deployment, a StatefulSet or a CronJob with a ServiceAccount: each Secret
    /// is mounted read-only with mode 0400 in a directory of its own, the process runs as a
    /// user that can read it and has no token, no capability and no writable file system
    /// but /tmp. doctor finds nothing in it.
    ///
    /// No value is read or printed. Comments and hints have the commands that create the
    /// Secrets, or seal them (--level sealed); with --level external, ExternalSecrets are
    /// printed. The cluster is not contacted.
    ///
    /// Exit status: 0 done, 2 invalid input.
    Scaffold(Box<ScaffoldArgs>),
    /// Recommend where to keep values: in Secrets, SealedSecrets or an external store
    ///
    /// Recommends one of the three levels, with the reasons for and against each, what each
    /// costs, and the commands to begin with. Every reason names what was said or seen:
    /// manifest files (-f, -k), the cluster of the current context (-A, -n), several
    /// clusters (--contexts), or answers by flags. Without any of these, questions are asked
    /// at a terminal. Level 0 lists what needs no Secret at all.
    ///
    /// Only names, key names and timestamps of Secrets are requested, never values. What was
    /// not seen is said to be unknown, with what it would change.
    ///
    /// Exit status: 0 success, 2 invalid input, 3 something could not be seen.
    Advise(Box<AdviseArgs>),
    /// Print admission policies that keep insecure new uses of Secrets out
    ///
    /// The API server itself enforces them, in its own language (CEL); nothing is installed.
    /// They are about variables that take values of Secrets or hold credentials as text, and
    /// about mounts of Secrets: read-only, not readable by everybody, no subPath. What a
    /// workload already has passes, so unchanged workloads can be applied, scaled, restarted
    /// and rescheduled. Messages name the rule of doctor and the command that repairs it. The
    /// rules are stricter than those of doctor, which reports files that everybody can read
    /// (SS032) only where a stricter mode is known to be enough, and not for programs, and
    /// mounts without readOnly (SS044) only in manifest files.
    ///
    /// With --who, the workloads are listed that would not pass if they were created again
    /// today, of manifest files (-f, -k) or of the cluster, and those that are not judged.
    /// Values are never requested.
    ///
    /// Not covered: pods, ReplicaSets, ReplicationControllers and Jobs that any controller
    /// makes, as their owner references say. Of a Deployment or a CronJob the template is
    /// judged; of an Argo Rollout, a Knative Service or another custom resource nothing is.
    ///
    /// A policy guards against mistakes, not against intent: whoever may write owner
    /// references, the label of --exempt-label, or the annotation secretsafe.dev/migration,
    /// with which migrate takes its changes back, can get around it.
    ///
    /// Exit status: 0 printed, or all would pass, 1 some would not (--who), 2 invalid input,
    /// 3 something could not be checked.
    Policy(Box<PolicyArgs>),
    /// Check on this machine that values leave no trace
    Selftest(SelftestArgs),
    /// Explain a rule of doctor, or list all rules
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
            Self::Audit(args) => args.talk(),
            Self::Migrate(args) => args.talk(),
            Self::Rotate(args) => args.talk(),
            Self::Restart(args) => args.talk(),
            Self::Seal(args) => args.talk(),
            Self::External(args) => args.talk(),
            Self::Sync(args) => args.talk(),
            Self::Edit(args) => args.talk(),
            Self::Scaffold(args) => args.talk(),
            Self::Advise(args) => args.talk(),
            Self::Policy(args) => args.talk(),
            Self::Selftest(_) | Self::Explain(_) | Self::Completion(_) => Talk::Normal,
        }
    }

    /// Which cluster its flags choose.
    pub fn connection(&self) -> Connection {
        match self {
            Self::Create(args) => args.connection().for_commands(),
            Self::Doctor(args) => args.connection.for_commands(),
            Self::Consumers(args) => args.connection.for_commands(),
            Self::Audit(args) => args.connection.for_commands(),
            Self::Migrate(args) => args.connection.for_commands(),
            Self::Rotate(args) => args.connection.for_commands(),
            Self::Restart(args) => args.connection.for_commands(),
            Self::Seal(args) => args.connection().for_commands(),
            Self::External(args) => args.connection.for_commands(),
            Self::Sync(args) => args.connection.for_commands(),
            Self::Edit(args) => args.connection.for_commands(),
            Self::Scaffold(args) => args.connection.for_commands(),
            Self::Advise(args) => args.connection.for_commands(),
            Self::Policy(args) => args.connection.for_commands(),
            Self::Selftest(_) | Self::Explain(_) | Self::Completion(_) => Connection::default(),
        }
    }
}

/// The command tree, named as the user called it.
pub fn command(program: &'static str) -> clap::Command {
    let tree = Cli::command().name("kubectl-secretsafe").bin_name(program);
    documented(tree, &[], program)
}

/// Flags of the cluster that most people use; `-h` leaves out the others.
const SHORT: [&str; 2] = ["context", "namespace"];

/// Adds the examples, and keeps `-h` short.
fn documented(command: clap::Command, path: &[&str], program: &str) -> clap::Command {
    // As clap has it, with the examples behind what the command does.
    const TEMPLATE: &str = "\
{about-with-newline}
{before-help}{usage-heading} {usage}

{all-args}{after-help}";
    let documented = command
        .help_template(TEMPLATE)
        .mut_args(|arg| {
            let is_rare = arg.get_help_heading() == Some("Cluster")
                && !SHORT.contains(&arg.get_id().as_str());
            arg.hide_short_help(is_rare)
        })
        .after_help("Use --help for examples, all flags and details.");
    let documented = match examples::help(path, program) {
        Some(examples) => documented.before_long_help(examples),
        None => documented,
    };
    documented
        .after_long_help("Documentation: https://github.com/kubectl-secretsafe/kubectl-secretsafe")
        .mut_subcommands(|child| {
            let name = child.get_name().to_owned();
            let mut path = path.to_vec();
            path.push(&name);
            self::documented(child, &path, program)
        })
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
        .map_err(|error| ending(&error, &called(program, &tree, &words), &words))
}

/// The words behind the program's name as clap reads them.
pub fn as_read(words: Vec<OsString>) -> Vec<OsString> {
    words::as_read(&Cli::command(), words)
}

/// How the user called the program, with the command if one was named.
fn called(program: &str, tree: &clap::Command, words: &[OsString]) -> String {
    let first = words.first().and_then(|word| word.to_str());
    match first.and_then(|word| tree.find_subcommand(word)) {
        Some(command) => format!("{program} {}", command.get_name()),
        None => program.to_owned(),
    }
}

fn ending(error: &clap::Error, called: &str, words: &[OsString]) -> Ending {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Ending::Text(error.render().to_string())
        }
        _ => Ending::Error(mistakes::told(error, called, words)),
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
    fn a_value_that_was_typed_is_warned_of() {
        let warns = |line: &str| {
            let words: Vec<_> = line.split(' ').collect();
            let hints = told(&words).next_steps().to_vec();
            hints
                .iter()
                .any(|hint| hint.to_string().contains("shell history"))
        };
        for line in [
            "create db --password=hunter2",
            "create db --password hunter2",
            "create db --value=hunter2",
            "create generic db --pw=hunter2",
            "create db hunter2",
            "rotate secret/db password --to=hunter2",
            "seal --value hunter2",
            "doctor --api-key=hunter2",
            "-n prod create db --password=hunter2",
        ] {
            assert!(warns(line), "{line}");
        }
        for line in [
            "create db --password",
            "create db --password --stdin x",
            "create db --zzz",
            "doctor --nmespace=prod",
            "doctor --nmespace prod",
            "docter",
        ] {
            assert!(!warns(line), "{line}");
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
