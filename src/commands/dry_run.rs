//! `--dry-run`, alike in every command that has it.

use clap::{Args, ValueEnum};

/// Flattened into a command's flags.
#[derive(Clone, Debug, Args)]
pub struct DryRunArgs {
    /// Change nothing: client only plans, server also lets the API server check the change
    #[arg(
        id = "dry_run",
        long = "dry-run",
        value_name = "WHERE",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_value = "none",
        default_missing_value = "client"
    )]
    pub mode: DryRun,
}

/// Where `--dry-run` stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DryRun {
    /// No dry run
    None,
    /// Nothing is sent
    Client,
    /// The server checks and answers, and stores nothing
    Server,
}
