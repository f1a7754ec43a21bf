//! The command line of `advise`. Doc comments here are the help.

use clap::Args;

use crate::advising::{Answers, Rotation};
use crate::cluster::ConnectionFlags;
use crate::commands::age::age;
use crate::commands::destination::{Destination, Destinations};
use crate::commands::input::InputArgs;
use crate::commands::number::between;
use crate::error::UnusableValue;
use crate::output::advice::Format;
use crate::ui::Talk;

/// `advise`.
#[derive(Debug, Args)]
pub struct AdviseArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) answers: AnswerArgs,
    /// Output format, or FORMAT=FILE to write to a file; repeatable [default: text]
    #[arg(
        short,
        long,
        value_name = "FORMAT[=FILE]",
        value_parser = Destinations::<Format>::new(),
        help_heading = "Result"
    )]
    pub(super) output: Vec<Destination<Format>>,
    /// Print only the recommendation, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// What is known beforehand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Answers")]
pub struct AnswerArgs {
    /// How many clusters need the same values
    #[arg(long, value_name = "NUMBER", value_parser = between::<u16>(1..=65_535))]
    pub(super) clusters: Option<u16>,
    /// Manifests are kept in git, as with GitOps
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(super) gitops: Option<bool>,
    /// How often values have to change, such as 90d; or never
    #[arg(long, value_name = "DURATION|never", value_parser = rotation)]
    pub(super) rotate_every: Option<RotateEvery>,
    /// It must be recorded who read and changed a value
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(super) audit: Option<bool>,
    /// There is a standard to comply with, such as SOC 2 or HIPAA
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(super) compliance: Option<bool>,
    /// The clusters have no connections to a store outside
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(super) offline: Option<bool>,
}

/// `--rotate-every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotateEvery(pub Rotation);

/// Reads an interval, or `never`.
///
/// # Errors
/// For anything else.
pub(super) fn rotation(text: &str) -> Result<RotateEvery, UnusableValue> {
    match text {
        "never" => Ok(RotateEvery(Rotation::Never)),
        text => age(text)
            .map(|time| RotateEvery(Rotation::Every(time)))
            .map_err(|_| UnusableValue::measure("use a duration such as 90d or 12h, or never")),
    }
}

impl AnswerArgs {
    pub(super) fn answers(&self) -> Answers {
        Answers {
            clusters: self.clusters.map(usize::from),
            gitops: self.gitops,
            rotation: self.rotate_every.map(|RotateEvery(rotation)| rotation),
            audit: self.audit,
            compliance: self.compliance,
            offline: self.offline,
        }
    }
}

impl AdviseArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    /// Whether something says where to look.
    pub(super) fn has_input(&self) -> bool {
        let Self {
            input, connection, ..
        } = self;
        !input.filename.is_empty()
            || !input.kustomize.is_empty()
            || input.all_namespaces
            || !input.contexts.is_empty()
            || input.all_contexts
            || input.assume_complete
            || connection.is_given()
    }
}
