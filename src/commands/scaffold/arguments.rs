//! The command line of `scaffold`. Doc comments here are the help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cluster::ConnectionFlags;
use crate::commands::external::{Format, Kind as StoreKind, interval, path};
use crate::commands::number::between;
use crate::error::UnusableValue;
use crate::external::path::PathTemplate;
use crate::migration::Language;
use crate::output::Syntax;
use crate::scaffolding::{BadSecret, USUAL_UID, WantedSecret};
use crate::ui::Talk;

/// `scaffold`.
#[derive(Debug, Args)]
pub struct ScaffoldArgs {
    /// Name of the app: of the workload, its ServiceAccount and its container
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    #[command(flatten)]
    pub(super) secrets: SecretArgs,
    #[command(flatten)]
    pub(super) workload: WorkloadArgs,
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// Add code that reads the files, in these languages, as comments
    #[arg(
        long,
        value_name = "LANGUAGE,…",
        value_enum,
        value_delimiter = ',',
        help_heading = "Result"
    )]
    pub(super) snippets: Vec<Language>,
    /// Format; json has no comments
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "yaml",
        help_heading = "Result"
    )]
    pub(super) output: Format,
    /// Write to this file, which must not exist or be equal, instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Result")]
    pub(super) write: Option<PathBuf>,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// What the app reads.
#[derive(Debug, Args)]
#[command(next_help_heading = "Secrets")]
pub struct SecretArgs {
    /// A Secret and the keys that the app reads, each in a file of its name or of FILE; repeatable
    ///
    /// The files are in /etc/secrets/NAME.
    #[arg(long, value_name = "NAME:KEY[=FILE],…", value_parser = secret)]
    pub(super) secret: Vec<WantedSecret>,
    /// A TLS Secret that the app reads, with the files tls.crt and tls.key; repeatable
    #[arg(long, value_name = "NAME", value_parser = tls)]
    pub(super) tls: Vec<WantedSecret>,
    /// Where the values are kept
    #[arg(long, value_name = "LEVEL", value_enum, default_value = "plain")]
    pub(super) level: Level,
}

/// `--level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Secrets that are created in the cluster: prints the commands
    Plain,
    /// SealedSecrets, for git: prints the commands that seal the values
    Sealed,
    /// ExternalSecrets that read a store; needs --store and --path
    External,
}

/// What runs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Workload")]
pub struct WorkloadArgs {
    /// Kind of the workload
    #[arg(long, value_name = "KIND", value_enum, default_value = "deployment")]
    pub(super) kind: Kind,
    /// Image of the app [default: an example that has to be replaced]
    #[arg(long, value_name = "IMAGE")]
    pub(super) image: Option<String>,
    /// Port on which the app listens
    #[arg(long, value_name = "PORT", value_parser = between::<u16>(1..=65_535))]
    pub(super) port: Option<u16>,
    /// Number of pods [default: 2, or 1 for a statefulset]
    #[arg(long, value_name = "NUMBER", value_parser = between::<u32>(0..=1_000))]
    pub(super) replicas: Option<u32>,
    /// When a cronjob runs [default: 17 3 * * *]
    #[arg(long, value_name = "CRON")]
    pub(super) schedule: Option<String>,
    /// User and group of the process, which is also the group of the files
    #[arg(
        long,
        value_name = "UID",
        default_value_t = USUAL_UID,
        value_parser = between::<i64>(1..=2_147_483_647)
    )]
    pub(super) uid: i64,
}

/// `--kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Deployment,
    /// With the Service that it needs
    Statefulset,
    Cronjob,
}

/// What ExternalSecrets read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Store (--level external)")]
pub struct StoreArgs {
    /// Name of the store that has the values
    #[arg(long, value_name = "NAME")]
    pub(super) store: Option<String>,
    /// Kind of the store [default: SecretStore]
    #[arg(long, value_name = "KIND", value_enum)]
    pub(super) store_kind: Option<StoreKind>,
    /// Where each value is in the store, as in external: {namespace}/{name}#{key}
    #[arg(long, value_name = "TEMPLATE", value_parser = path)]
    pub(super) path: Option<PathTemplate>,
    /// How often the operator reads the store [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = interval)]
    pub(super) refresh_interval: Option<String>,
}

impl StoreArgs {
    /// The first of its flags that was given.
    pub(super) fn given(&self) -> Option<&'static str> {
        [
            ("--store", self.store.is_some()),
            ("--store-kind", self.store_kind.is_some()),
            ("--path", self.path.is_some()),
            ("--refresh-interval", self.refresh_interval.is_some()),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }
}

impl ScaffoldArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    pub(super) fn syntax(&self) -> Syntax {
        self.output.into()
    }
}

fn secret(text: &str) -> Result<WantedSecret, UnusableValue> {
    WantedSecret::parse(text).map_err(unusable)
}

fn tls(text: &str) -> Result<WantedSecret, UnusableValue> {
    WantedSecret::tls(text).map_err(unusable)
}

fn unusable(why: BadSecret) -> UnusableValue {
    UnusableValue::made_of_known(why.to_string())
}
