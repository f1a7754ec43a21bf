//! The command line of `seal`. Doc comments here are the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use crate::cluster::{ConnectionFlags, duration};
use crate::commands::dry_run::DryRunArgs;
use crate::error::UnusableValue;
use crate::levels::sealed::Scope;
use crate::output::Syntax;
use crate::output::sealed::Format;
use crate::secret::key::{check_namespace, check_object_name};
use crate::values::arguments::SourceArgs;

/// `seal`, with or without a subcommand.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SealArgs {
    #[command(subcommand)]
    pub(super) action: Option<Action>,
    #[command(flatten)]
    pub(super) one: OneArgs,
}

/// What is done to SealedSecrets that are there.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Set one key in a SealedSecret file; every other byte stays
    ///
    /// Without a source, the value is prompted for. The scope, the namespace and the name
    /// are those of the file.
    Set(Box<SetArgs>),
    /// Encrypt SealedSecret files again with the controller's newest key
    ///
    /// Only the encrypted values change, and the stamp beside them. The values come from
    /// the Secrets of the cluster, or with --through-controller from the controller, which
    /// needs no right to read Secrets but takes two files a second. Files whose stamp
    /// names the key are skipped, so an interrupted run continues where it stopped.
    Reseal(ResealArgs),
    /// Check SealedSecret files without a cluster
    ///
    /// Checks the structure, the encrypted texts, the scope, the name and the namespace,
    /// and the stamp: whether another tool changed the encrypted values, and with --cert
    /// whether each is sealed under the key of that certificate. Whether a controller can
    /// unseal a file is known only to its private key.
    ///
    /// Exit status: 0 nothing found, 1 findings, 2 invalid input, 3 something could not be
    /// checked, such as the key of a file without a stamp.
    Check(CheckArgs),
}

/// `seal secret/NAME` and `seal -f FILE`.
#[derive(Debug, Args)]
pub struct OneArgs {
    /// Secret of the cluster to seal; secret/ can be omitted
    #[arg(value_name = "secret/NAME")]
    pub(super) secret: Option<String>,
    /// Manifest file or directory with Secrets to seal, or - for standard input; repeatable
    #[arg(short, long, value_name = "FILE|DIR|-", help_heading = "Input")]
    pub(super) filename: Vec<String>,
    /// Recurse into directories
    #[arg(short = 'R', long, requires = "filename", help_heading = "Input")]
    pub(super) recursive: bool,
    /// Hand the Secret over to the SealedSecret, which is created in the cluster
    ///
    /// The Secret is annotated first, so that it is never absent. When the controller has unsealed the SealedSecret, the Secret is compared byte for byte; if anything differs, all is taken back.
    #[arg(long, requires = "secret", help_heading = "Adoption")]
    pub(super) adopt: bool,
    /// How long to wait for the controller, such as 90s or 5m
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = time, requires = "adopt", help_heading = "Adoption")]
    pub(super) timeout: Duration,
    /// Do not ask before handing over
    #[arg(short, long, requires = "adopt", help_heading = "Adoption")]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    #[command(flatten)]
    pub(super) key: CertArgs,
    #[command(flatten)]
    pub(super) form: FormArgs,
    #[command(flatten)]
    pub(super) result: WriteArgs,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) connection: ConnectionFlags,
}

/// `seal set`.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// SealedSecret file to change
    #[arg(id = "sealed", value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Key to set; a source names it, too
    #[arg(id = "sealed_key", value_name = "KEY")]
    pub(super) key: Option<String>,
    /// Which SealedSecret, if the file has several
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) sources: SourceArgs,
    /// Accept an empty standard input or file descriptor
    #[arg(long, help_heading = "Sources")]
    pub(super) allow_empty: bool,
    #[command(flatten)]
    pub(super) cert: CertArgs,
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) connection: ConnectionFlags,
}

/// `seal reseal`.
#[derive(Debug, Args)]
pub struct ResealArgs {
    /// SealedSecret files or directories
    #[arg(value_name = "FILE|DIR", required = true)]
    pub(super) paths: Vec<String>,
    /// Recurse into directories
    #[arg(short = 'R', long)]
    pub(super) recursive: bool,
    /// Have the controller encrypt again, instead of reading the Secrets
    #[arg(long)]
    pub(super) through_controller: bool,
    /// Encrypt again what is sealed under the newest key already
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) cert: CertArgs,
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    /// Do not ask before files are changed
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) connection: ConnectionFlags,
}

/// `seal check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// SealedSecret files or directories, or - for standard input
    #[arg(value_name = "FILE|DIR|-", required = true)]
    pub(super) paths: Vec<String>,
    /// Recurse into directories
    #[arg(short = 'R', long)]
    pub(super) recursive: bool,
    /// Certificate whose key is in use: a file, or an https address; repeatable
    #[arg(long, value_name = "[NAME=]FILE|URL")]
    pub(super) cert: Vec<String>,
    /// Output format
    #[arg(
        short,
        long,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        help_heading = "Result"
    )]
    pub(super) output: Format,
    /// Print only the report, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) connection: ConnectionFlags,
}

/// What is sealed with.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Certificate")]
pub struct CertArgs {
    /// Certificate to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]
    ///
    /// With several, as in --cert dev=dev.pem --cert prod=prod.pem, one file is written for each: {} in -w stands for the name.
    #[arg(long, value_name = "[NAME=]FILE|URL")]
    pub(in crate::commands) cert: Vec<String>,
    #[command(flatten)]
    pub(in crate::commands) controller: ControllerArgs,
}

/// Whom the certificate comes from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Certificate")]
pub struct ControllerArgs {
    /// Service of the controller [default: found by its labels]
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = controller)]
    pub(in crate::commands) controller: Option<ControllerName>,
}

/// The Service of a controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerName {
    pub namespace: String,
    pub name: String,
}

/// For what is sealed.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Sealing")]
pub struct FormArgs {
    /// Where it can be unsealed [default: strict, or as the annotations of the Secret say]
    #[arg(long, value_name = "SCOPE", value_enum)]
    pub(in crate::commands) scope: Option<ScopeWord>,
    /// Accept that this label or annotation has the same text as a value; repeatable
    #[arg(long, value_name = "NAME")]
    pub(in crate::commands) allow_repeated: Vec<String>,
}

/// Where the SealedSecret goes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Result")]
pub struct WriteArgs {
    /// Format of the SealedSecret [default: yaml, or json for a file that is called so]
    #[arg(short, long, value_name = "FORMAT", value_enum)]
    pub(in crate::commands) output: Option<SealFormat>,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::commands) write: Option<PathBuf>,
    /// Replace the file if it has the same SealedSecret
    #[arg(long, requires = "write")]
    pub(in crate::commands) replace: bool,
}

/// `--scope`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScopeWord {
    /// Only under its namespace and name
    Strict,
    /// Under any name in its namespace
    NamespaceWide,
    /// Under any name in any namespace
    ClusterWide,
}

impl From<ScopeWord> for Scope {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::Strict => Self::Strict,
            ScopeWord::NamespaceWide => Self::NamespaceWide,
            ScopeWord::ClusterWide => Self::ClusterWide,
        }
    }
}

/// `-o` of a SealedSecret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SealFormat {
    /// YAML
    Yaml,
    /// JSON
    Json,
    /// KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

impl From<SealFormat> for Syntax {
    fn from(format: SealFormat) -> Self {
        match format {
            SealFormat::Yaml => Self::Yaml,
            SealFormat::Json => Self::Json,
            SealFormat::Kyaml => Self::Kyaml,
        }
    }
}

impl ControllerArgs {
    /// Namespace and name.
    pub fn pair(&self) -> Option<(&str, &str)> {
        self.controller
            .as_ref()
            .map(|named| (named.namespace.as_str(), named.name.as_str()))
    }
}

/// Reads `NAMESPACE/NAME`.
pub(in crate::commands) fn controller(text: &str) -> Result<ControllerName, UnusableValue> {
    const ADVICE: &str = "write NAMESPACE/NAME, such as kube-system/sealed-secrets";
    let (namespace, name) = text.split_once('/').ok_or(ADVICE)?;
    check_namespace(namespace).map_err(|_| UnusableValue::from(ADVICE))?;
    check_object_name(name).map_err(|_| UnusableValue::from(ADVICE))?;
    Ok(ControllerName {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    })
}

fn time(text: &str) -> Result<Duration, UnusableValue> {
    duration(text)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| UnusableValue::measure("use a duration such as 90s or 5m"))
}
