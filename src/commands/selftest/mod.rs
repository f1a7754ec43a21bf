//! `selftest`: what this program promises, shown on the user's own machine.

use clap::{Args, Subcommand, ValueEnum};

use crate::error::{CommandError, ExitStatus};
use crate::outcome::{Kind, Outcome};
use crate::output::{Syntax, selftest as output};
use crate::selftest::{Verdict, leak};
use crate::ui::Ui;

/// `selftest`.
#[derive(Debug, Args)]
pub struct SelftestArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show that a value leaves no trace on this machine
    ///
    /// This program is run with a made-up value and looked at from outside: at its command
    /// line, environment and open files while it has the value; afterwards at what it
    /// printed, at files of yours that changed meanwhile, and at the journal. It is also
    /// killed by a signal that makes core dumps. A control that leaks in each of these ways
    /// shows that the look would have noticed. No cluster is needed; nothing of yours is
    /// changed.
    ///
    /// Exit status: 0 no trace, 1 a trace, 3 something could not be shown.
    Leak(LeakArgs),
}

#[derive(Debug, Args)]
struct LeakArgs {
    /// Output format [default: text]
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
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
    let program = std::env::current_exe().map_err(failed)?;
    let rows = leak(&program).map_err(failed)?;
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
