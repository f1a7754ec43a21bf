//! The command line of `doctor`. Doc comments here are the help.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::checks::{self, Settings};
use crate::cluster::ConnectionFlags;
use crate::command_line::CommandLine;
use crate::commands::age::age;
use crate::commands::destination::{Destination, Destinations};
use crate::commands::explain;
use crate::commands::input::{InputArgs, Purpose};
use crate::finding::Severity;
use crate::output::Format;
use crate::report::{FailOn, Selection};
use crate::ui::Talk;

/// `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Objects to report on, as TYPE/NAME or TYPE NAME (deploy/api, deploy api) [default: all]
    #[arg(value_name = "TYPE/NAME")]
    pub(super) objects: Vec<String>,
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Only objects with these labels
    #[arg(short = 'l', long, value_name = "LABELS", help_heading = "Input")]
    pub(super) selector: Option<String>,
    #[command(flatten)]
    pub(super) rules: RuleArgs,
    #[command(flatten)]
    pub(super) result: ResultArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// What to look for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// Check only these rules, by ID or name
    #[arg(long, value_name = "RULE,…", value_delimiter = ',', value_parser = rule(), ignore_case = true, hide_possible_values = true)]
    pub(super) only: Vec<&'static str>,
    /// Skip these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',', value_parser = rule(), ignore_case = true, hide_possible_values = true)]
    pub(super) skip: Vec<&'static str>,
    /// Also read and check the values of Secrets; they are never shown
    #[arg(long)]
    pub(super) inspect_values: bool,
    /// Warn about keys that were not written for this long, such as 90d or 12h
    ///
    /// Only a cluster shows this.
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = age,
        conflicts_with_all = ["filename", "kustomize"]
    )]
    pub(super) max_age: Option<SignedDuration>,
    /// Configuration file [default: .secretsafe.yaml in this directory or a parent]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Ignore the findings that are listed in this file, written by --write-baseline
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the current findings to FILE; the exit status is then 0 if everything could be checked
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub(super) write_baseline: Option<PathBuf>,
}

/// What to do with it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Result")]
pub struct ResultArgs {
    /// Output format, or FORMAT=FILE to write to a file; repeatable [default: text]
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = Destinations::<Format>::new())]
    pub(super) output: Vec<Destination<Format>>,
    /// Exit with status 1 at this severity or higher
    #[arg(long, value_enum, default_value = "warning", value_name = "SEVERITY")]
    pub(super) fail_on: FailOnArg,
    /// Fix the files where that does not affect running programs; shows each diff and asks first
    #[arg(long, requires = "filename")]
    pub(super) fix: bool,
    /// With --fix, also propose edits that may break something, for all rules or only these
    #[arg(
        long = "unsafe",
        value_name = "RULE,…",
        requires = "fix",
        num_args = 0..=1,
        require_equals = true,
        value_delimiter = ',',
        value_parser = rule(),
        ignore_case = true,
        hide_possible_values = true
    )]
    pub(super) may_break: Option<Vec<&'static str>>,
    /// With --fix, do not ask for confirmation
    ///
    /// Edits that may break something are made only for rules that --unsafe names.
    #[arg(short, long, requires = "fix")]
    pub(super) yes: bool,
    /// Print a CronJob that runs doctor every week, with the smallest role, and exit
    ///
    /// It is printed for the namespace, or with -A for the cluster, with --fail-on and the
    /// formats of -o. Nothing is applied.
    #[arg(
        long,
        requires = "image",
        conflicts_with_all = [
            "filename", "kustomize", "contexts", "all_contexts", "print_rbac", "objects",
            "selector", "only", "skip", "inspect_values", "max_age", "config", "baseline",
            "write_baseline", "fix", "recursive", "assume_complete"
        ]
    )]
    pub(super) schedule: bool,
    /// With --schedule, the image that has kubectl-secretsafe
    #[arg(long, value_name = "IMAGE", requires = "schedule")]
    pub(super) image: Option<String>,
    /// Print the Role that doctor needs, and exit
    #[arg(long)]
    pub(super) print_rbac: bool,
    /// Print only the report, warnings and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// All findings
    Info,
    /// Always exit with status 0 if everything was checked
    Never,
}

impl DoctorArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.result.quiet)
    }

    pub(super) fn purpose(&self) -> Purpose<'static> {
        if self.rules.inspect_values {
            Purpose::ChecksOfValues
        } else {
            Purpose::Checks
        }
    }

    pub(super) fn selection(&self) -> Selection {
        Selection {
            only: self.rules.only.iter().copied().collect(),
            skip: self.rules.skip.iter().copied().collect(),
            settings: Settings {
                max_age: self.rules.max_age,
                ..Settings::default()
            },
        }
    }

    /// The files that reports and a baseline are written to.
    pub(super) fn written(&self) -> impl Iterator<Item = &Path> {
        let reports = self.result.output.iter();
        let reports = reports.filter_map(|destination| destination.file.as_deref());
        reports.chain(self.rules.write_baseline.as_deref())
    }

    /// This command with `--fix`; none where that cannot be used, or is.
    pub(super) fn fix_command(&self) -> Option<CommandLine> {
        let Self {
            objects,
            input,
            rules,
            result,
            connection,
            selector,
        } = self;
        let files = !input.filename.is_empty() && input.filename.iter().all(|path| path != "-");
        if !files || result.fix {
            return None;
        }
        let mut command = CommandLine::secretsafe("doctor --fix");
        for object in objects {
            command = command.name(object);
        }
        for path in &input.filename {
            command = command.file(path);
        }
        for folder in &input.kustomize {
            command = command.flag("-k", &folder.display().to_string());
        }
        if let Some(labels) = selector {
            command = command.flag("-l", labels);
        }
        for (name, list) in [("--only", &rules.only), ("--skip", &rules.skip)] {
            if !list.is_empty() {
                command = command.flag(name, &list.join(","));
            }
        }
        for (name, path) in [("--config", &rules.config), ("--baseline", &rules.baseline)] {
            if let Some(path) = path {
                command = command.flag(name, &path.display().to_string());
            }
        }
        if let Some(namespace) = connection.explicit_namespace() {
            command = command.namespace(namespace);
        }
        for (name, given) in [
            ("-R", input.recursive),
            ("-A", input.all_namespaces),
            ("--assume-complete", input.assume_complete),
            ("--inspect-values", rules.inspect_values),
        ] {
            if given {
                command = command.switch(name);
            }
        }
        Some(command)
    }

    pub(super) fn fail_on(&self) -> FailOn {
        match self.result.fail_on {
            FailOnArg::Error => FailOn::Severity(Severity::Error),
            FailOnArg::Warning => FailOn::Severity(Severity::Warning),
            FailOnArg::Info => FailOn::Severity(Severity::Info),
            FailOnArg::Never => FailOn::Never,
        }
    }
}

/// A rule by its id or name, as its id.
fn rule() -> impl TypedValueParser<Value = &'static str> {
    PossibleValuesParser::new(explain::names())
        .map(|text| checks::find(&text).map_or("", |rule| rule.id))
}
