//! The command line of `create`. Doc comments here are the help.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cluster::ConnectionFlags;
use crate::commands::dry_run::DryRunArgs;
use crate::commands::seal::arguments::{ControllerName, ScopeWord, controller};
use crate::ui::Talk;
use crate::values::arguments::SourceArgs;

use super::sources::Empty;

/// `create`, with or without a kind.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct CreateArgs {
    #[command(subcommand)]
    pub(super) kind: Option<KindArgs>,
    #[command(flatten)]
    pub(super) generic: GenericArgs,
}

/// The kinds of Secret, each with its own sources.
#[derive(Debug, Subcommand)]
pub enum KindArgs {
    /// Create a Secret with keys of your choice (the default)
    Generic(GenericArgs),
    /// Create a TLS Secret from a certificate chain and its private key
    Tls(TlsArgs),
    /// Create a Secret with credentials for an image registry
    DockerRegistry(DockerArgs),
    /// Create a Secret with a user name and a password (kubernetes.io/basic-auth)
    BasicAuth(TypedArgs),
    /// Create a Secret with an SSH private key (kubernetes.io/ssh-auth)
    SshAuth(TypedArgs),
}

/// `create generic`.
#[derive(Debug, Args)]
pub struct GenericArgs {
    /// Type of the Secret [default: Opaque]
    #[arg(long = "type", value_name = "TYPE", help_heading = "Secret")]
    pub(super) secret_type: Option<String>,
    #[command(flatten)]
    pub(super) sources: SourceArgs,
    #[command(flatten)]
    pub(super) cert: SealCertArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// `create basic-auth` and `create ssh-auth`: a fixed type, any source.
#[derive(Debug, Args)]
pub struct TypedArgs {
    #[command(flatten)]
    pub(super) sources: SourceArgs,
    #[command(flatten)]
    pub(super) cert: SealCertArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// `create tls`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sources")]
pub struct TlsArgs {
    /// PEM file with the certificate, followed by its intermediates
    #[arg(long, value_name = "PATH", required = true)]
    pub(super) cert: PathBuf,
    /// PEM file with the private key of the certificate
    #[arg(long, value_name = "PATH", required = true)]
    pub(super) key: PathBuf,
    /// PEM file with the CA certificate, stored as ca.crt
    #[arg(long, value_name = "PATH")]
    pub(super) ca: Option<PathBuf>,
    /// Accept an expired certificate
    #[arg(long)]
    pub(super) allow_expired: bool,
    /// Certificate of the controller to seal with, as --cert of other kinds
    #[arg(
        long,
        value_name = "[NAME=]FILE|URL",
        requires = "seal",
        help_heading = "Sealing"
    )]
    pub(super) seal_cert: Vec<String>,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// `create docker-registry`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sources")]
pub struct DockerArgs {
    /// Registry that the credentials are for
    #[arg(
        long,
        value_name = "URL",
        default_value = crate::secret::docker::DEFAULT_SERVER
    )]
    pub(super) docker_server: String,
    /// User name at the registry
    ///
    /// The password is prompted for, or read with --docker-password-stdin.
    #[arg(long, value_name = "NAME")]
    pub(super) docker_username: Option<String>,
    /// E-mail address stored with the credentials
    #[arg(long, value_name = "ADDRESS")]
    pub(super) docker_email: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    pub(super) docker_password_stdin: bool,
    /// Use an existing Docker configuration file, instead of a user name and a password
    #[arg(
        long = "from-file",
        visible_alias = "file",
        value_name = "PATH",
        conflicts_with_all = ["docker_username", "docker_email", "docker_password_stdin"]
    )]
    pub(super) from_file: Option<String>,
    /// Refused: the process list would show the password
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "")]
    pub(super) docker_password: Option<String>,
    #[command(flatten)]
    pub(super) cert: SealCertArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// Flags that every kind shares.
#[derive(Debug, Args)]
#[command(next_help_heading = "Result")]
pub struct CommonArgs {
    /// Name of the Secret
    #[arg(help_heading = "Arguments")]
    pub(super) name: Option<String>,
    /// Add a label; repeatable
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Secret")]
    pub(super) label: Vec<String>,
    /// Add an annotation; repeatable
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Secret")]
    pub(super) annotation: Vec<String>,
    /// Make the Secret immutable: its values can never change again
    #[arg(long, help_heading = "Secret")]
    pub(super) immutable: bool,
    /// Append a suffix to the name, random or kubectl's hash of the values
    #[arg(
        long,
        value_name = "KIND",
        help_heading = "Secret",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "random"
    )]
    pub(super) append_hash: Option<Suffix>,
    /// If the Secret exists, set these keys and keep the others
    #[arg(long, conflicts_with = "replace")]
    pub(super) update: bool,
    /// If the Secret exists, replace all of its keys with these
    #[arg(long)]
    pub(super) replace: bool,
    #[command(flatten)]
    pub(super) seal: SealArgs,
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    /// Print the object instead of a summary; values are masked
    #[arg(short, long, value_name = "FORMAT", value_enum)]
    pub(super) output: Option<Output>,
    /// Show the values as base64, which is not encryption (with -o yaml, json or kyaml)
    #[arg(long, requires = "output")]
    pub(super) show_values: bool,
    /// Overwrite and remove the source files once the cluster's copy is proven equal
    #[arg(long, conflicts_with = "keep")]
    pub(super) shred: bool,
    /// Keep the source files without asking
    #[arg(long)]
    pub(super) keep: bool,
    /// Accept an empty standard input or file descriptor
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// Name of the field manager for server-side apply
    #[arg(long, value_name = "NAME", default_value = "kubectl-secretsafe")]
    pub(super) field_manager: String,
    /// Print only the result, warnings and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Do not ask before changing an existing Secret
    #[arg(short, long)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) connection: ConnectionFlags,
}

/// What the Secret is sealed with.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Sealing")]
pub struct SealCertArgs {
    /// Certificate of the controller to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]
    #[arg(
        id = "seal_cert",
        long = "cert",
        alias = "seal-cert",
        value_name = "[NAME=]FILE|URL",
        requires = "seal"
    )]
    pub(super) cert: Vec<String>,
}

/// `--seal`.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Sealing")]
pub struct SealArgs {
    /// Print a SealedSecret instead of creating the Secret; the cluster is not changed
    #[arg(long, conflicts_with_all = ["update", "dry_run", "show_values", "shred"])]
    pub(super) seal: bool,
    /// Service of the controller of Sealed Secrets [default: found by its labels]
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = controller, requires = "seal")]
    pub(super) controller: Option<ControllerName>,
    /// Where the SealedSecret can be unsealed [default: strict]
    #[arg(long, value_name = "SCOPE", value_enum, requires = "seal")]
    pub(super) scope: Option<ScopeWord>,
    /// Accept that this label or annotation has the same text as a value; repeatable
    #[arg(long, value_name = "NAME", requires = "seal")]
    pub(super) allow_repeated: Vec<String>,
    /// Write the SealedSecret to a file; {} stands for the name before a certificate
    #[arg(short, long, value_name = "FILE", requires = "seal")]
    pub(super) write: Option<PathBuf>,
}

/// What `--append-hash` appends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suffix {
    /// Random characters, which reveal nothing about the values
    Random,
    /// kubectl's hash of the values
    Kubectl,
}

/// What is printed on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Only secret/NAME
    Name,
    /// The object as YAML
    Yaml,
    /// The object as JSON
    Json,
    /// The object as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

impl CommonArgs {
    /// Whether a stream may come to nothing.
    pub(super) fn empty(&self) -> Empty {
        Empty::unless(self.allow_empty)
    }
}

impl CreateArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.common().quiet)
    }

    /// Which cluster they choose.
    pub fn connection(&self) -> &ConnectionFlags {
        &self.common().connection
    }

    fn common(&self) -> &CommonArgs {
        match &self.kind {
            None => &self.generic.common,
            Some(KindArgs::Generic(args)) => &args.common,
            Some(KindArgs::Tls(args)) => &args.common,
            Some(KindArgs::DockerRegistry(args)) => &args.common,
            Some(KindArgs::BasicAuth(args) | KindArgs::SshAuth(args)) => &args.common,
        }
    }
}
