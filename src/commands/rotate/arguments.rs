//! The command line of `rotate`. Doc comments here are the help.

use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};

use crate::cluster::{ConnectionFlags, duration};
use crate::commands::dry_run::DryRunArgs;
use crate::error::UnusableValue;
use crate::output::Syntax;
use crate::rotation::record::Strategy;
use crate::ui::Talk;
use crate::values::arguments::SourceArgs;

/// `rotate`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("run").args(["resume", "abort", "undo", "status", "gc"]))]
pub struct RotateArgs {
    /// The Secret and its keys to change; several Secrets can follow each other
    #[arg(value_name = "secret/NAME|KEY")]
    pub(super) words: Vec<String>,
    #[command(flatten)]
    pub(super) sources: SourceArgs,
    #[command(flatten)]
    pub(super) restart: RestartFlags,
    #[command(flatten)]
    pub(super) value: ValueArgs,
    #[command(flatten)]
    pub(super) earlier: EarlierArgs,
    #[command(flatten)]
    pub(super) result: ResultArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// How consumers are restarted: the same in `rotate` and `restart`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Restarts")]
pub struct RestartFlags {
    /// Workloads to restart before all others, in this order; repeat for each wave
    ///
    /// A wave has to be well before the next one begins. The annotation secretsafe.dev/wave of a workload says the same with a number.
    #[arg(long, value_name = "TYPE/NAME,…")]
    pub(crate) order: Vec<String>,
    /// How many workloads of a wave are restarted at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) max_parallel: u16,
    /// How long to wait for new pods to become ready, such as 90s or 5m
    ///
    /// The time for which they must stay ready comes on top.
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = time)]
    pub(crate) timeout: Duration,
    /// How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]
    #[arg(long, value_name = "DURATION", value_parser = time)]
    pub(crate) settle: Option<Duration>,
    /// Refuse if more pods than this would be replaced
    #[arg(long, value_name = "PODS")]
    pub(crate) budget: Option<usize>,
}

/// How the value is changed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rotation")]
pub struct ValueArgs {
    /// How the new value takes the old one's place
    #[arg(long, value_enum, default_value = "in-place", value_name = "STRATEGY")]
    pub(super) strategy: StrategyWord,
    /// Restart this workload first, alone, and go on only if it is well
    #[arg(long, value_name = "TYPE/NAME")]
    pub(super) canary: Option<String>,
    /// Also restart workloads that mount the Secret as a directory
    ///
    /// The kubelet refreshes their files within about two minutes, but a program may not read them again.
    #[arg(long)]
    pub(super) include_volumes: bool,
    /// Write the value and restart nothing; restart --stale does that later
    #[arg(long, conflicts_with_all = ["canary", "include_volumes"])]
    pub(super) stage: bool,
    /// Run a command in this container of one new pod of each workload; it must succeed
    ///
    /// The command follows --, as in: rotate secret/db password --generate password --verify-exec app -- pg_isready
    #[arg(long, value_name = "CONTAINER", requires = "command")]
    pub(super) verify_exec: Option<String>,
    /// The command of --verify-exec
    #[arg(last = true, value_name = "COMMAND", requires = "verify_exec")]
    pub(super) command: Vec<String>,
    /// How long to wait after all consumers have the new value, before what is left of the old one is removed
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = time)]
    pub(super) grace: Duration,
    /// Keep the old value for this long, so that --undo can bring it back
    #[arg(long, value_name = "DURATION", value_parser = time)]
    pub(super) keep: Option<Duration>,
}

/// [`Strategy`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StrategyWord {
    /// The new value replaces the old one
    InPlace,
    /// The old value stays under KEY_PREVIOUS until the end
    Overlap,
}

impl From<StrategyWord> for Strategy {
    fn from(word: StrategyWord) -> Self {
        match word {
            StrategyWord::InPlace => Self::InPlace,
            StrategyWord::Overlap => Self::Overlap,
        }
    }
}

/// What to do with a run that has begun.
#[derive(Debug, Args)]
#[command(next_help_heading = "Earlier runs")]
pub struct EarlierArgs {
    /// Go on with the run that changes this Secret, from wherever it stopped
    #[arg(long)]
    pub(super) resume: bool,
    /// Take back the run that changes this Secret
    #[arg(long)]
    pub(super) abort: bool,
    /// Bring the old value back after a run with --keep
    #[arg(long)]
    pub(super) undo: bool,
    /// Show runs that are not over; with --exit-code, 1 if there are any
    #[arg(long)]
    pub(super) status: bool,
    /// Remove old values that are not to be kept any longer
    #[arg(long)]
    pub(super) gc: bool,
}

/// What to do with the plan.
#[derive(Debug, Args)]
#[command(next_help_heading = "Result")]
pub struct ResultArgs {
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    /// Output format of the plan and of the result
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) output: Format,
    /// Exit with status 1 if something would change, or a run is not over
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Do not ask for confirmation
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Print only the plan, warnings and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// How the plan and the result are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text
    Text,
    /// JSON; its schema is docs/schema/rotation-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

impl Format {
    /// The syntax of a document; `None` for text.
    pub(crate) fn syntax(self) -> Option<Syntax> {
        match self {
            Self::Text => None,
            Self::Json => Some(Syntax::Json),
            Self::Yaml => Some(Syntax::Yaml),
            Self::Kyaml => Some(Syntax::Kyaml),
        }
    }
}

impl RotateArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.result.quiet)
    }
}

/// A time as kubectl's flags have it.
pub(crate) fn time(text: &str) -> Result<Duration, UnusableValue> {
    const LONGEST: Duration = Duration::from_secs(90 * 24 * 3600);
    duration(text)
        .filter(|time| *time <= LONGEST)
        .ok_or_else(|| "not a duration such as 90s, 5m or 24h, of 90 days at most".into())
}
