//! The command line of `sync`. Doc comments here are the help.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cluster::ConnectionFlags;
use crate::commands::dry_run::DryRunArgs;
use crate::commands::external::Kind;
use crate::commands::rotate::arguments::{RestartFlags, time};
use crate::output::Syntax;
use crate::ui::Talk;

/// `sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// ExternalSecrets to sync, as NAME, secret/NAME for what makes a Secret, or clusterexternalsecret/NAME for all that it makes
    #[arg(value_name = "NAME")]
    pub(super) objects: Vec<String>,
    /// Only ExternalSecrets with these labels
    #[arg(
        short = 'l',
        long,
        value_name = "LABELS",
        help_heading = "ExternalSecrets"
    )]
    pub(super) selector: Option<String>,
    /// Only ExternalSecrets that read this store
    #[arg(long, value_name = "NAME", help_heading = "ExternalSecrets")]
    pub(super) store: Option<String>,
    /// Kind of the store [default: either]
    #[arg(
        long,
        value_name = "KIND",
        value_enum,
        requires = "store",
        help_heading = "ExternalSecrets"
    )]
    pub(super) kind: Option<Kind>,
    /// All ExternalSecrets of the namespace, or of all with -A
    #[arg(long, conflicts_with = "objects", help_heading = "ExternalSecrets")]
    pub(super) all: bool,
    /// Search all namespaces
    #[arg(short = 'A', long, help_heading = "ExternalSecrets")]
    pub(super) all_namespaces: bool,
    /// Also sync those whose generator then makes a new random value, which nothing else knows
    #[arg(long, help_heading = "ExternalSecrets")]
    pub(super) include_generated: bool,
    /// Wait until each is synced and its keys are in the Secret
    #[arg(long, help_heading = "ExternalSecrets")]
    pub(super) wait: bool,
    /// How long to wait for the syncs, such as 90s or 5m
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "2m",
        value_parser = time,
        help_heading = "ExternalSecrets"
    )]
    pub(super) sync_timeout: Duration,
    /// Then restart, once, what still has an old value of a Secret that got a new one; implies --wait
    #[arg(long, help_heading = "Restarts")]
    pub(super) restart: bool,
    /// Also restart workloads that mount such a Secret as a directory
    #[arg(long, requires = "restart", help_heading = "Restarts")]
    pub(super) include_volumes: bool,
    #[command(flatten)]
    pub(super) flags: RestartFlags,
    #[command(flatten, next_help_heading = "Result")]
    pub(super) dry_run: DryRunArgs,
    /// Output format of the result
    #[arg(
        short,
        long,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        help_heading = "Result"
    )]
    pub(super) output: Format,
    /// Print the Role that sync needs, and exit; with --restart, also what that needs
    #[arg(long, help_heading = "Result")]
    pub(super) print_rbac: bool,
    /// Do not ask before workloads are restarted
    #[arg(short, long, help_heading = "Result")]
    pub(super) yes: bool,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text
    Text,
    /// JSON; its schema is docs/schema/sync-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

impl Format {
    /// The syntax of a document; `None` for text.
    pub(super) fn syntax(self) -> Option<Syntax> {
        match self {
            Self::Text => None,
            Self::Json => Some(Syntax::Json),
            Self::Yaml => Some(Syntax::Yaml),
            Self::Kyaml => Some(Syntax::Kyaml),
        }
    }
}

impl SyncArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    /// Whether it is waited for what comes of the syncs.
    pub(super) fn waits(&self) -> bool {
        self.wait || self.restart
    }
}
