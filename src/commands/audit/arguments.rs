//! The command line of `audit`. Doc comments here are the help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::cluster::ConnectionFlags;
use crate::commands::age::age;
use crate::commands::destination::{Destination, Destinations};
use crate::commands::input::InputArgs;
use crate::output::audit::Format;
use crate::ui::Talk;

/// `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Search all namespaces
    #[arg(short = 'A', long, help_heading = "Input")]
    pub(super) all_namespaces: bool,
    /// Search several contexts of the kubeconfig, in one report
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        conflicts_with = "context",
        help_heading = "Input"
    )]
    pub(super) contexts: Vec<String>,
    /// Search every context of the kubeconfig
    #[arg(long, conflicts_with_all = ["contexts", "context"], help_heading = "Input")]
    pub(super) all_contexts: bool,
    /// Only Secrets with these labels
    #[arg(short = 'l', long, value_name = "LABELS", help_heading = "Input")]
    pub(super) selector: Option<String>,
    /// Directory with receipts of rotations, one JSON file each
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub(super) receipts: Option<PathBuf>,
    /// How old a value may be, such as 90d or 12h
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = age,
        default_value = "90d",
        help_heading = "Result"
    )]
    pub(super) max_age: SignedDuration,
    /// Output format, or FORMAT=FILE to write to a file; repeatable [default: text]
    #[arg(
        short,
        long,
        value_name = "FORMAT[=FILE]",
        value_parser = Destinations::<Format>::new(),
        help_heading = "Result"
    )]
    pub(super) output: Vec<Destination<Format>>,
    /// Print manifests that run the audit every week, and exit
    ///
    /// They are printed for the namespace, or with -A for the cluster, with the flags
    /// --max-age and -l. Nothing is applied.
    #[arg(
        long,
        value_name = "KIND",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "cronjob",
        conflicts_with_all = ["output", "receipts", "contexts", "all_contexts", "print_rbac"],
        help_heading = "Result"
    )]
    pub(super) schedule: Option<Schedule>,
    /// With --schedule, the image that has kubectl-secretsafe
    #[arg(
        long,
        value_name = "IMAGE",
        requires = "schedule",
        help_heading = "Result"
    )]
    pub(super) image: Option<String>,
    /// Print the roles that audit needs, and exit
    #[arg(long, help_heading = "Result")]
    pub(super) print_rbac: bool,
    /// Print only the report, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// What runs the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Schedule {
    /// A CronJob with a ServiceAccount and the smallest roles; needs --image
    Cronjob,
    /// A workflow of GitHub Actions
    Ci,
}

impl AuditArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    pub(super) fn input(&self) -> InputArgs {
        InputArgs {
            all_namespaces: self.all_namespaces,
            contexts: self.contexts.clone(),
            all_contexts: self.all_contexts,
            ..InputArgs::default()
        }
    }
}
