//! `selftest`: what this program promises, shown on the user's own machine.

use clap::{Args, Subcommand, ValueEnum};

use crate::error::{CommandError, ExitStatus};
use crate::outcome::{Kind, Outcome};
use crate::output::{Syntax, selftest as output};
use crate::selftest::{Dumps, Verdict, leak};
use crate::ui::Ui;

/// `selftest`.
#[derive(Debug, Args)]
pub struct SelftestArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check that create leaves no trace of a value on this machine
    ///
    /// Runs create --stdin --dry-run with a made-up value and looks for the value, also in
    /// base64: in the command line, the environment and the open files of the process while
    /// it has the value; afterwards in its output, in your files that changed meanwhile, and
    /// in the system journal. Another run is killed by a signal that writes core dumps. A
    /// control that leaks in each of these ways shows that a leak would be noticed. No cluster
    /// is needed. Linux only.
    ///
    /// Exit status: 0 no trace, 1 a trace, 3 something could not be checked.
    Leak(LeakArgs),
}

#[derive(Debug, Args)]
struct LeakArgs {
    /// Output format [default: text]
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
    /// Let the control dump core even if dumps are collected by a program or in a directory
    ///
    /// It leaves one there, with a made-up value.
    #[arg(long)]
    dump: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// JSON; its schema is docs/schema/selftest-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML
    Kyaml,
}

/// Runs `selftest`.
///
/// # Errors
/// Status 3 when the program cannot be run or looked at.
pub fn run(args: SelftestArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let What::Leak(args) = args.what;
    let failed = |error: std::io::Error| {
        CommandError::unavailable(format!("nothing could be shown: {error}"))
    };
    if !cfg!(target_os = "linux") {
        return Err(CommandError::unavailable(
            "selftest needs /proc, so it runs on Linux only",
        ));
    }
    let program = std::env::current_exe().map_err(failed)?;
    let dumps = match args.dump {
        true => Dumps::Anywhere,
        false => Dumps::OwnDirectoryOnly,
    };
    let rows = leak(&program, dumps).map_err(failed)?;
    let mut outcome = Outcome::default();
    for row in &rows {
        let fate = match row.verdict() {
            Verdict::Clean => Kind::Kept,
            Verdict::Trace => Kind::Found,
            Verdict::NotShown => Kind::NotSeen,
        };
        outcome.add(fate, output::name(row.place));
    }
    let syntax = match args.output {
        None | Some(Format::Text) => None,
        Some(Format::Json) => Some(Syntax::Json),
        Some(Format::Yaml) => Some(Syntax::Yaml),
        Some(Format::Kyaml) => Some(Syntax::Kyaml),
    };
    match syntax {
        None => ui.text(|out| output::text(&rows, &outcome, out))?,
        Some(syntax) => ui.document(|out| output::document(&rows, &outcome, syntax, out))?,
    }
    Ok(outcome.status())
}
