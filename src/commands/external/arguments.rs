//! The command line of `external`. Doc comments here are the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cluster::ConnectionFlags;
use crate::commands::dry_run::DryRunArgs;
use crate::commands::rotate::arguments::time;
use crate::error::UnusableValue;
use crate::external::object::Creation;
use crate::external::path::PathTemplate;
use crate::external::store::{Provider, StoreKind};
use crate::output::Syntax;
use crate::secret::KeyName;
use crate::ui::Talk;

/// `external`.
#[derive(Debug, Args)]
pub struct ExternalArgs {
    /// Secrets of the cluster, as secret/NAME
    #[arg(value_name = "secret/NAME")]
    pub(super) objects: Vec<String>,
    /// Manifest file or directory with Secrets, or - for standard input; repeatable
    ///
    /// The cluster is not contacted.
    #[arg(
        short,
        long,
        value_name = "FILE|DIR|-",
        conflicts_with = "objects",
        help_heading = "Input"
    )]
    pub(super) filename: Vec<String>,
    /// Recurse into directories
    #[arg(short = 'R', long, requires = "filename", help_heading = "Input")]
    pub(super) recursive: bool,
    /// Only this key; repeatable
    #[arg(long, value_name = "KEY", value_parser = key, help_heading = "Input")]
    pub(super) key: Vec<String>,
    #[command(flatten)]
    pub(super) store: StoreArgs,
    #[command(flatten)]
    pub(super) made: MadeArgs,
    #[command(flatten)]
    pub(super) adoption: AdoptionArgs,
    #[command(flatten, next_help_heading = "Result")]
    pub(super) dry_run: DryRunArgs,
    /// Format of what is printed or written [default: yaml]
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        help_heading = "Result"
    )]
    pub(super) output: Option<Format>,
    /// Write to this file, which must not exist or be equal, instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Result")]
    pub(super) write: Option<PathBuf>,
    /// Print the Role that --adopt needs, and exit
    #[arg(long, help_heading = "Result")]
    pub(super) print_rbac: bool,
    /// Do not ask for confirmation
    #[arg(short, long, help_heading = "Result")]
    pub(super) yes: bool,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// The store, and where the values are in it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Store")]
pub struct StoreArgs {
    /// Name of the store that has the values
    #[arg(long, value_name = "NAME")]
    pub(super) store: Option<String>,
    /// Kind of the store
    #[arg(long, value_name = "KIND", value_enum, default_value = "SecretStore")]
    pub(super) kind: Kind,
    /// Where each value is in the store: PATH, or PATH#PROPERTY of an entry that has several
    ///
    /// {namespace}, {name} and {key} are filled in, such as {namespace}/{name}#{key}. No two values may have the same place.
    #[arg(long, value_name = "TEMPLATE", value_parser = path)]
    pub(super) path: Option<PathTemplate>,
    /// A key whose value is in the store as base64, because it is not text; repeatable
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub(super) base64: Vec<String>,
    /// How often the operator reads the store, as Go writes durations
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = interval)]
    pub(super) refresh_interval: String,
    /// What the operator does to the Secret [default: Owner, or Merge with --adopt or a part of the keys]
    #[arg(long, value_name = "POLICY", value_enum, conflicts_with = "adopt")]
    pub(super) creation_policy: Option<Policy>,
}

/// What is made instead of an ExternalSecret.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Instead")]
pub struct MadeArgs {
    /// Print a PushSecret, with which the operator writes the values into the store
    #[arg(long, conflicts_with_all = ["adopt", "push_commands", "store_skeleton", "base64"])]
    pub(super) push_secret: bool,
    /// Print commands that load the values into the store, through pipes
    #[arg(
        long,
        value_name = "PROVIDER",
        value_enum,
        conflicts_with_all = ["adopt", "store_skeleton", "output"]
    )]
    pub(super) push_commands: Option<Provider>,
    /// Mount (Vault), key vault (Azure) or vault (1Password) for --push-commands [default: that of the store, or secret for Vault]
    #[arg(long, value_name = "NAME", requires = "push_commands")]
    pub(super) vault: Option<String>,
    /// Region of AWS Secrets Manager for --push-commands [default: that of the store]
    #[arg(long, value_name = "REGION", requires = "push_commands", value_parser = site)]
    pub(super) region: Option<String>,
    /// Project of Google Cloud for --push-commands [default: that of the store]
    #[arg(long, value_name = "PROJECT", requires = "push_commands", value_parser = site)]
    pub(super) project: Option<String>,
    /// Print a store to fill in, without any credential, and exit
    #[arg(
        long,
        value_name = "PROVIDER",
        value_enum,
        conflicts_with_all = ["adopt", "objects", "filename", "path"]
    )]
    pub(super) store_skeleton: Option<Provider>,
}

/// Taking over a Secret that is there.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Adoption")]
pub struct AdoptionArgs {
    /// Make the ExternalSecret in the cluster, so that it takes the Secret over without a gap
    ///
    /// It is made with Merge, which removes nothing; its keys are compared with those of the Secret; then Owner is offered.
    #[arg(long, conflicts_with = "filename")]
    pub(super) adopt: bool,
    /// Before anything is changed, compare the values of the store with those of the Secret, in memory
    ///
    /// For that the operator makes another Secret, which is removed at once.
    #[arg(long, requires = "adopt")]
    pub(super) compare_values: bool,
    /// Then change to Owner: the Secret goes with the ExternalSecret; refused where that would remove keys
    #[arg(long, requires = "adopt")]
    pub(super) own: bool,
    /// How long to wait for a sync, such as 90s or 5m
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = time)]
    pub(super) sync_timeout: Duration,
}

/// [`StoreKind`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A store of the namespace
    #[value(name = "SecretStore", alias = "secretstore")]
    SecretStore,
    /// A store of the whole cluster
    #[value(name = "ClusterSecretStore", alias = "clustersecretstore")]
    ClusterSecretStore,
}

impl From<Kind> for StoreKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::SecretStore => Self::Namespaced,
            Kind::ClusterSecretStore => Self::ClusterWide,
        }
    }
}

/// [`Creation`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// Makes the Secret, owns it, and removes other keys
    #[value(name = "Owner")]
    Owner,
    /// As Owner, without an owner reference
    #[value(name = "Orphan")]
    Orphan,
    /// Adds its keys to an existing Secret
    #[value(name = "Merge")]
    Merge,
    /// As Merge, and makes the Secret where there is none; only where the operator knows it
    #[value(name = "CreateOrMerge")]
    CreateOrMerge,
}

impl From<Policy> for Creation {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Owner => Self::Owner,
            Policy::Orphan => Self::Orphan,
            Policy::Merge => Self::Merge,
            Policy::CreateOrMerge => Self::CreateOrMerge,
        }
    }
}

/// How objects are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// YAML
    Yaml,
    /// JSON
    Json,
    /// KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

impl From<Format> for Syntax {
    fn from(format: Format) -> Self {
        match format {
            Format::Yaml => Self::Yaml,
            Format::Json => Self::Json,
            Format::Kyaml => Self::Kyaml,
        }
    }
}

impl ExternalArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    pub(super) fn syntax(&self) -> Syntax {
        self.output.map_or(Syntax::Yaml, Syntax::from)
    }
}

fn key(text: &str) -> Result<String, UnusableValue> {
    match KeyName::new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("not a key of a Secret".into()),
    }
}

/// The name of a region or a project.
fn site(text: &str) -> Result<String, UnusableValue> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
    match !text.is_empty() && !text.starts_with('-') && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => Err("not the name of a region or a project".into()),
    }
}

pub(in crate::commands) fn path(text: &str) -> Result<PathTemplate, UnusableValue> {
    PathTemplate::parse(text)
        .map_err(|why| UnusableValue::made_of_known(format!("not a path in a store: {why}")))
}

/// A duration of Go, of whole units: whoever applies the manifest is told of anything else
/// by the server.
pub(in crate::commands) fn interval(text: &str) -> Result<String, UnusableValue> {
    const WAYS: &str = "use a duration such as 30s, 15m or 1h30m";
    let unusable = || UnusableValue::measure(WAYS);
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit());
        let (number, after) = rest.split_at(digits.ok_or_else(unusable)?);
        let fits = (1..=6).contains(&number.len());
        rest = ["ms", "s", "m", "h"]
            .into_iter()
            .find_map(|unit| after.strip_prefix(unit))
            .filter(|_| fits)
            .ok_or_else(unusable)?;
    }
    match text.is_empty() {
        true => Err(unusable()),
        false => Ok(text.to_owned()),
    }
}

/// Whether a duration that [`interval`] takes is none: the operator then syncs once.
pub(super) fn is_zero(interval: &str) -> bool {
    !interval.contains(|letter: char| matches!(letter, '1'..='9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_written_in_many_ways() {
        for (text, zero) in [
            ("0s", true),
            ("0h0m", true),
            ("10s", false),
            ("0h1m", false),
        ] {
            assert_eq!(is_zero(text), zero, "{text}");
        }
    }

    #[test]
    fn intervals_are_those_of_go() {
        for text in ["1h", "90s", "1h30m", "0s", "500ms"] {
            assert!(interval(text).is_ok(), "{text}");
        }
        for text in ["", "1", "h", "1d", "-1h", "1h ", "1234567s", "1.5h"] {
            assert!(interval(text).is_err(), "{text}");
        }
    }
}
