//! The library beneath `kubectl secretsafe`.
//!
//! The map, from the outside in; each knows only those below it
//! (`tests/structure/layers.rs`):
//!
//! - `cli`: what may be typed; its doc comments are the help.
//! - `commands`: one folder or file a command, each reading gather → plan → show
//!   → confirm → apply → report.
//! - `values`: reading values, for every command that takes one, and what becomes
//!   of the files they came from.
//! - `live`: changing a workload of a cluster: one guarded attempt, watching its
//!   pods, taking it back.
//! - `output`: formats of reports; it writes no file and decides nothing.
//! - `gathering`: files, folders, kustomizations and lists, into an inventory.
//! - `cluster`: the only module that names `kube`.
//! - `ui`: the standard streams and every question but the hidden one.
//! - `registry`: what registries say of images.
//! - `hook`: programs of the user that work on the other side of a credential.
//! - `selftest`: this program looked at from outside, while it has a made-up value.
//! - `editor`: the editor of the user, for a text that holds values.
//! - `policy`: what the API server is to refuse or to warn of, in its language and in ours.
//! - `advising`: which level values are to be kept at, with the reasons.
//! - `scaffolding`: a workload that begins well, as objects and a guide.
//! - `external`: objects of the External Secrets Operator, and how far they are.
//! - `correction`: what `doctor --fix` is about to do, as a value without I/O.
//! - `rotation`: new values and restarts, as a plan and as a record without I/O.
//! - `migration`: from variables to files, as a plan without I/O.
//! - `sealing`: what is about to be sealed, as values without I/O.
//! - `creation`: what `create` is about to do, as a value without I/O.
//! - `suppression`: what does not count, and why.
//! - `auditing`: what a fleet of Secrets is due for, of every key.
//! - `consumption`: who uses one Secret, and what running pods hold of it.
//! - `report`: what the checks found, of one or many inventories.
//! - `checks`: one rule a file.
//! - `finding`: what a rule is, and what it finds.
//! - `journal`: what takes a change back, kept on the object that was changed.
//! - `watch`: what is seen of pods after a change, and what that means.
//! - `ownership`: who else writes an object.
//! - `inventory`: everything that was gathered, and what was not seen.
//! - `kustomization`: what comes out of kustomizations.
//! - `levels`: SealedSecrets, ExternalSecrets and their like, as their controllers
//!   read them.
//! - `workload`: how pods, containers and objects use Secrets.
//! - `manifest`: manifest files as trees whose nodes know their bytes; edits.
//! - `secret`: secret bytes, and overwriting the files they came from. The only
//!   module that can look at them.
//! - `api`: the resources that are asked for, and the role that allows it.
//! - `outcome`: what a run came to; the exit status, words and documents are made of it.
//! - `error`: one error type for the user, and the exit codes.
//! - `command_line`: the commands that messages print.
//! - `cache`: public things that are kept between runs.
//! - `files`: replacing a file at once.
//! - `git`: whether git holds a file.
//! - `reading`: files of unknown kind and length, read to a limit.
//! - `signals`: signals that wait until a file is whole.
//! - `logging`: what libraries log stays unseen.
//! - `process`: what the process does before anything else.
//! - `programs`: programs that are run, by what name.
//! - `parallel`: the cores of the machine.
//! - `escape`: characters that act, and how each format writes them instead.
//! - `words`: lists of names in sentences.
#![deny(unsafe_code)]

pub mod advising;
pub mod api;
pub mod auditing;
mod cache;
pub mod checks;
pub mod cli;
pub mod cluster;
pub mod command_line;
pub mod commands;
pub mod consumption;
pub mod correction;
pub mod creation;
pub mod editor;
pub mod error;
mod escape;
pub mod external;
pub mod files;
pub mod finding;
pub mod gathering;
pub mod git;
pub mod hook;
pub mod inventory;
pub mod journal;
pub mod kustomization;
pub mod levels;
pub mod live;
mod logging;
pub mod manifest;
pub mod migration;
pub mod outcome;
pub mod output;
pub mod ownership;
mod parallel;
pub mod policy;
pub mod process;
mod programs;
mod reading;
pub mod registry;
pub mod report;
pub mod rotation;
pub mod scaffolding;
pub mod sealing;
pub mod secret;
pub mod selftest;
mod signals;
pub mod suppression;
pub mod ui;
pub mod values;
pub mod watch;
pub mod words;
pub mod workload;

use std::path::Path;

use cli::{Command, Ending};
use command_line::Connection;
use error::{CommandError, ExitStatus};
use ui::{ColourWish, Talk, Ui};

/// Runs the program with the words it was started with.
///
/// Everything that holds a secret is dropped before this returns, so `main`
/// only has to end.
pub fn run() -> ExitStatus {
    let mut words = std::env::args_os();
    let called_as_shim = words.next().is_some_and(|program| {
        Path::new(&program)
            .file_name()
            .is_some_and(|name| name == commands::completion::SHIM)
    });
    if called_as_shim {
        // Completion is silent by contract: a failure offers nothing.
        let _ = commands::completion::answer_kubectl(words.collect());
        return ExitStatus::Ok;
    }
    let program = ui::program_name();
    let ui = Ui::new(Talk::Normal, ColourWish::Auto, Connection::default());
    match cli::parse(program, std::env::args_os().skip(1)) {
        Ok(cli) => {
            logging::start(cli.verbosity);
            let ui = Ui::new(cli.command.talk(), cli.color, cli.command.connection());
            let result = run_command(cli.command, &ui);
            finish(&ui, result)
        }
        Err(Ending::Text(text)) => match ui.print(&text) {
            Ok(()) => ExitStatus::Ok,
            Err(_) => ExitStatus::Usage,
        },
        Err(Ending::Error(error)) => finish(&ui, Err(error)),
    }
}

fn run_command(command: Command, ui: &Ui) -> Result<ExitStatus, CommandError> {
    match command {
        Command::Create(args) => {
            ui.check_output()?;
            in_runtime(commands::create::run(*args, ui))
        }
        Command::Doctor(args) => in_runtime(commands::doctor::run(*args, ui)),
        Command::Consumers(args) => in_runtime(commands::consumers::run(*args, ui)),
        Command::Audit(args) => in_runtime(commands::audit::run(*args, ui)),
        Command::Migrate(args) => in_runtime(commands::migrate::run(*args, ui)),
        Command::External(args) => {
            ui.check_output()?;
            in_runtime(commands::external::run(*args, ui))
        }
        Command::Policy(args) => in_runtime(commands::policy::run(*args, ui)),
        Command::Sync(args) => {
            ui.check_output()?;
            in_runtime(commands::sync::run(*args, ui))
        }
        Command::Rotate(args) => {
            ui.check_output()?;
            in_runtime(commands::rotate::run(*args, ui))
        }
        Command::Restart(args) => in_runtime(commands::restart::run(*args, ui)),
        Command::Seal(args) => {
            ui.check_output()?;
            in_runtime(commands::seal::run(*args, ui))
        }
        Command::Edit(args) => {
            ui.check_output()?;
            in_runtime(commands::edit::run(*args, ui))
        }
        Command::Scaffold(args) => commands::scaffold::run(*args, ui),
        Command::Selftest(args) => commands::selftest::run(args, ui),
        Command::Advise(args) => in_runtime(commands::advise::run(*args, ui)),
        Command::Explain(args) => commands::explain::run(&args, ui),
        Command::Completion(args) => commands::completion::run(args, ui),
    }
}

/// One thread: dropping the runtime ends every task, so no other thread still
/// holds a buffer when the process ends.
fn in_runtime(
    command: impl Future<Output = Result<ExitStatus, CommandError>>,
) -> Result<ExitStatus, CommandError> {
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::unavailable(error.to_string()))?
        .block_on(command);
    parallel::wipe_stack();
    result
}

fn finish(ui: &Ui, result: Result<ExitStatus, CommandError>) -> ExitStatus {
    match result {
        Ok(status) => status,
        Err(error) => {
            ui.error(&error);
            error.status()
        }
    }
}
