//! The command line of `doctor`. Doc comments here are the help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::checks::{self, Settings};
use crate::cluster::ConnectionFlags;
use crate::command_line::CommandLine;
use crate::commands::input::{InputArgs, Purpose};
use crate::error::UnusableValue;
use crate::finding::Severity;
use crate::output::Format;
use crate::report::{FailOn, Selection};
use crate::ui::Talk;

/// `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Workloads to look at, as TYPE/NAME (deploy/api); all when none is named
    #[arg(value_name = "TYPE/NAME")]
    pub(super) objects: Vec<String>,
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Only workloads with these labels
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
    /// Look for these rules only, by id or name
    #[arg(long, value_name = "RULE,…", value_delimiter = ',', value_parser = rule)]
    pub(super) only: Vec<&'static str>,
    /// Do not look for these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',', value_parser = rule)]
    pub(super) skip: Vec<&'static str>,
    /// Also read the values of Secrets and judge them; only verdicts are told, never content
    #[arg(long)]
    pub(super) inspect_values: bool,
    /// Warn of keys that were not written for this long: 90d, 12h. Files do not tell that
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = age,
        conflicts_with_all = ["filename", "kustomize"]
    )]
    pub(super) max_age: Option<SignedDuration>,
    /// Configuration file [default: .secretsafe.yaml of this folder or one above]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Do not count findings that this file (of --write-baseline) already has
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write what is found now to FILE, and end well
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub(super) write_baseline: Option<PathBuf>,
}

/// What to do with it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Result")]
pub struct ResultArgs {
    /// How to print it: FORMAT, or FORMAT=FILE to write a file; may be repeated
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = output)]
    pub(super) output: Vec<Destination>,
    /// From which severity on to end with status 1
    #[arg(long, value_enum, default_value = "warning", value_name = "SEVERITY")]
    pub(super) fail_on: FailOnArg,
    /// Make the edits in the files that change nothing for a running program; shows them and asks first
    #[arg(long, requires = "filename")]
    pub(super) fix: bool,
    /// With --fix: ask for each edit that may break something as well; of these rules only, if any are named
    #[arg(
        long = "unsafe",
        value_name = "RULE,…",
        requires = "fix",
        num_args = 0..=1,
        require_equals = true,
        value_delimiter = ',',
        value_parser = rule
    )]
    pub(super) may_break: Option<Vec<&'static str>>,
    /// With --fix: do not ask. It agrees to edits that may break something only where --unsafe names their rules
    #[arg(short, long, requires = "fix")]
    pub(super) yes: bool,
    /// Print the role that lets doctor see everything, and end
    #[arg(long)]
    pub(super) print_rbac: bool,
    /// Print only the report, warnings and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything.
    Info,
    /// Nothing.
    Never,
}

/// Where a format goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
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

fn rule(text: &str) -> Result<&'static str, UnusableValue> {
    checks::find(text)
        .map(|rule| rule.id)
        .ok_or_else(|| "no such rule; kubectl secretsafe explain lists them".into())
}

/// Days, hours and minutes: `90d`, `1d12h`, `30m`.
fn age(text: &str) -> Result<SignedDuration, UnusableValue> {
    const ADVICE: &str = "write a duration such as 90d, 12h or 1d12h";
    let mut rest = text;
    let mut seconds: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(ADVICE)?;
        let number: i64 = rest[..digits].parse().map_err(|_| ADVICE)?;
        let unit = match rest[digits..].chars().next() {
            Some('d') => 86_400,
            Some('h') => 3_600,
            Some('m') => 60,
            _ => return Err(ADVICE.into()),
        };
        seconds = number
            .checked_mul(unit)
            .and_then(|part| seconds.checked_add(part))
            .ok_or(ADVICE)?;
        rest = &rest[digits + 1..];
    }
    if seconds == 0 {
        return Err(ADVICE.into());
    }
    Ok(SignedDuration::from_secs(seconds))
}

fn output(text: &str) -> Result<Destination, UnusableValue> {
    let (format, file) = match text.split_once('=') {
        Some((_, "")) => return Err("a file name is missing after '='".into()),
        Some((format, file)) => (format, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = Format::from_str(format, false).map_err(|_| {
        let known: Vec<_> = Format::value_variants()
            .iter()
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
        UnusableValue::made_of_known(format!("no such format; known: {}", known.join(", ")))
    })?;
    Ok(Destination { format, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_days_hours_and_minutes() {
        assert_eq!(age("90d"), Ok(SignedDuration::from_hours(90 * 24)));
        assert_eq!(age("1d12h30m"), Ok(SignedDuration::from_mins(36 * 60 + 30)));
        for text in ["", "d", "90", "0d", "-1d", "1y", "99999999999999999d"] {
            assert!(age(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_format_may_name_its_file() {
        let sarif = output("sarif=out.sarif").unwrap();
        assert_eq!(sarif.format, Format::Sarif);
        assert_eq!(sarif.file, Some(PathBuf::from("out.sarif")));
        assert!(output("text=").is_err());
        assert!(output("pdf").is_err());
    }
}
