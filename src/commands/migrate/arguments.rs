//! The command line of `migrate`. Doc comments here are the help.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};

use crate::api::Task;
use crate::cluster::{Cluster, ConnectionFlags, duration};
use crate::command_line::CommandLine;
use crate::commands::dry_run::{DryRun, DryRunArgs};
use crate::commands::number::between;
use crate::commands::subjects::Subjects;
use crate::error::{CommandError, UnusableValue};
use crate::gathering::live::Namespaces;
use crate::migration::{
    Answer, FileNames, FileOwner, Language, ModeWish, MountPath, OptionError, Options, OtherOwners,
    Phase, ReadsFiles, Shim, Unproven, VerifyRead,
};
use crate::output::Syntax;
use crate::suppression::config::{Config, MigrateEntry};
use crate::ui::Talk;

/// `migrate`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("manifests").args(["filename", "kustomize"]))]
#[command(group = ArgGroup::new("removal").args(["remove_env", "complete"]))]
pub struct MigrateArgs {
    /// Workloads to migrate, as TYPE/NAME or TYPE NAME (deploy/api, deploy api) [default: all that use Secrets as variables]
    #[arg(value_name = "TYPE/NAME")]
    pub(super) objects: Vec<String>,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) plan: PlanArgs,
    #[command(flatten)]
    pub(super) result: ResultArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// What to migrate.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Manifest file or directory, or - for standard input; repeatable
    ///
    /// Commas separate several files. The cluster is not contacted.
    #[arg(short, long, value_name = "FILE|DIR|-")]
    pub(super) filename: Vec<String>,
    /// Recurse into directories
    #[arg(short = 'R', long, requires = "filename")]
    pub(super) recursive: bool,
    /// Kustomization directory to render with kubectl and plan for
    ///
    /// No file is written: add the patches of --emit kustomize to it, or migrate its base with -f. KUBECTL_PATH names the kubectl to run.
    #[arg(short, long, value_name = "DIR")]
    pub(super) kustomize: Option<PathBuf>,
    /// Search all namespaces
    #[arg(short = 'A', long)]
    pub(super) all_namespaces: bool,
    /// Only workloads with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    pub(super) selector: Option<String>,
    /// Only variables from this Secret; repeatable
    #[arg(long, value_name = "NAME")]
    pub(super) secret: Vec<String>,
}

/// How to do it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Plan")]
pub struct PlanArgs {
    /// Remove variables whose files are already mounted and read by your app
    #[arg(long, conflicts_with = "complete")]
    pub(super) remove_env: bool,
    /// Mount the files and remove the variables in one step
    #[arg(long)]
    pub(super) complete: bool,
    /// Confirm that your app reads the files of these variables, or of all
    #[arg(long, value_name = "VARIABLE,…|all", value_delimiter = ',')]
    pub(super) reads_files: Vec<String>,
    /// Directory to mount each Secret at; {secret} is replaced by its name
    #[arg(long, value_name = "PATH", default_value = "/etc/secrets/{secret}", value_parser = mount_path)]
    pub(super) mount_path: MountPath,
    /// File name for a key, if your app expects a certain one; repeatable
    #[arg(long = "path", value_name = "KEY=FILE")]
    pub(super) file_names: Vec<String>,
    /// Mode of the files in octal [default: 0400, or a mode that the process is known to be able to read]
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub(super) mode: Option<ModeWish>,
    /// Set the pod's fsGroup where a process could not read the files without it
    #[arg(long, value_name = "GID", value_parser = between::<i64>(0..=2_147_483_647))]
    pub(super) fs_group: Option<i64>,
    /// Set defaultUser (Kubernetes 1.38), so that the files belong to the user that reads them
    ///
    /// Only where the process cannot read them otherwise. A server-side dry run first tests whether the server keeps the field.
    #[arg(long, conflicts_with_all = ["filename", "kustomize", "fs_group"])]
    pub(super) default_user: bool,
    /// If runAsUser is not set, test in a running container whether it can read the files
    ///
    /// No value is read.
    #[arg(long, conflicts_with_all = ["filename", "kustomize"])]
    pub(super) verify_read: bool,
    /// Look up in the registry which user an image runs as, and what it starts
    ///
    /// Only where that matters. Docker's logins are used, and answers are cached by digest.
    #[arg(long, conflicts_with = "undo")]
    pub(super) resolve_images: bool,
    /// Remove variables even if the process may be unable to read the file
    #[arg(long, requires = "removal", conflicts_with = "verify_read")]
    pub(super) force_unproven: bool,
    /// Wrap commands in the manifest so that they set the variable from the file
    #[arg(long, requires = "removal")]
    pub(super) shim: bool,
    /// Show code that reads the files, in these languages
    #[arg(long, value_name = "LANGUAGE,…", value_enum, value_delimiter = ',')]
    pub(super) snippets: Vec<Language>,
    /// Configuration file; its fileConventions list images that read files [default: .secretsafe.yaml in this directory or a parent]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// What to do with the plan.
#[derive(Debug, Args)]
#[command(next_help_heading = "Result")]
pub struct ResultArgs {
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    /// Write the files (with -f)
    #[arg(long, requires = "manifests", conflicts_with = "output_dir")]
    pub(super) write: bool,
    /// Write the changed files to this directory instead (with -f)
    #[arg(long, value_name = "DIR", requires = "manifests")]
    pub(super) output_dir: Option<PathBuf>,
    /// Print patches instead of a diff (with -f or -k)
    #[arg(long, value_enum, value_name = "FORM", requires = "manifests", conflicts_with_all = ["write", "output_dir"])]
    pub(super) emit: Option<Emit>,
    /// Output format of the plan
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) output: Format,
    /// Exit with status 1 if something would change
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Do not ask for confirmation
    ///
    /// Files are then written without showing the diff.
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Undo the last migration of these workloads
    #[arg(long, conflicts_with_all = ["remove_env", "complete", "verify_read"])]
    pub(super) undo: bool,
    /// Print how far the workloads are (mounted, app ready, removed), and change nothing
    #[arg(long, conflicts_with_all = ["kustomize", "undo", "write", "output_dir", "emit", "remove_env", "complete"])]
    pub(super) status: bool,
    /// Write the plan to a file as well, as .html or .json
    #[arg(long, value_name = "FILE", value_parser = report, conflicts_with_all = ["status", "undo"])]
    pub(super) report: Option<Report>,
    /// Print the Role that migrate needs, and exit
    #[arg(long, conflicts_with_all = ["filename", "kustomize"])]
    pub(super) print_rbac: bool,
    /// Keep the change even if the pods do not become ready
    #[arg(long)]
    pub(super) no_undo: bool,
    /// Also change workloads that Helm, Argo CD or Flux manage
    #[arg(long)]
    pub(super) force_live: bool,
    /// How long to wait for new pods to become ready, such as 90s or 5m
    ///
    /// The time for which they must stay ready comes on top.
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = timeout)]
    pub(super) timeout: Duration,
    /// How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]
    #[arg(long, value_name = "DURATION", value_parser = settle)]
    pub(super) settle: Option<Duration>,
    /// Print only the plan, warnings and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// Where the plan is written to, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub(super) path: PathBuf,
    pub(super) form: ReportForm,
}

/// How the plan is written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportForm {
    Html,
    Json,
}

/// A file whose name says what is in it.
fn report(text: &str) -> Result<Report, UnusableValue> {
    let path = PathBuf::from(text);
    let extension = path.extension().and_then(OsStr::to_str);
    let form = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm") => ReportForm::Html,
        Some("json") => ReportForm::Json,
        _ => return Err("the name must end in .html or .json".into()),
    };
    Ok(Report { path, form })
}

/// What is printed of files in place of a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Emit {
    /// JSON Patches for kubectl patch; not with -k
    Patch,
    /// A kustomization with these patches, to add to one that includes the workloads
    Kustomize,
}

/// How the plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One workload in detail, several as a table
    Text,
    /// Every workload in detail
    Wide,
    /// The change as a diff (files only)
    Diff,
    /// JSON; its schema is docs/schema/migration-v1.json
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
            Self::Text | Self::Wide | Self::Diff => None,
            Self::Json => Some(Syntax::Json),
            Self::Yaml => Some(Syntax::Yaml),
            Self::Kyaml => Some(Syntax::Kyaml),
        }
    }
}

impl MigrateArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.result.quiet)
    }

    pub(super) fn options(&self) -> Result<Options, CommandError> {
        let plan = &self.plan;
        let config = self.config()?;
        let files = FileNames::parse(plan.file_names.iter().map(String::as_str))
            .map_err(|error| CommandError::usage(format!("--path: {error}")))?;
        Ok(Options {
            phase: match (plan.complete, plan.remove_env) {
                (true, _) => Phase::Complete,
                (_, true) => Phase::RemoveVariables,
                // What could be removed now is what the apps are ready for.
                _ if self.result.status => Phase::RemoveVariables,
                _ => Phase::Mount,
            },
            mount_path: plan.mount_path.clone(),
            files,
            mode: plan.mode.unwrap_or_default(),
            fs_group: plan.fs_group,
            // What a server keeps, it is asked first.
            file_owner: FileOwner::Root,
            reads_files: if plan.reads_files.iter().any(|name| name == "all") {
                ReadsFiles::All
            } else if plan.reads_files.is_empty() {
                ReadsFiles::None
            } else {
                ReadsFiles::Variables(plan.reads_files.iter().cloned().collect())
            },
            shim: if plan.shim { Shim::On } else { Shim::Off },
            verify: if plan.verify_read {
                VerifyRead::Ask
            } else {
                VerifyRead::Never
            },
            conventions: config.conventions(),
            unproven: if plan.force_unproven {
                Unproven::Remove
            } else {
                Unproven::Keep
            },
            secrets: self.input.secret.iter().cloned().collect(),
            answers: answers(&config)?,
            image_users: Vec::new(),
        })
    }

    /// The configuration.
    pub(super) fn config(&self) -> Result<Config, CommandError> {
        Config::load(self.plan.config.as_deref())
    }

    /// Patches and the plan as JSON go to the same place.
    pub(super) fn is_one_document(&self) -> Result<(), CommandError> {
        if self.result.emit.is_some() && self.result.output.syntax().is_some() {
            return Err(
                CommandError::usage("--emit cannot be used with -o json, yaml or kyaml")
                    .hint("The plan in these formats has the patch of each workload."),
            );
        }
        Ok(())
    }

    /// Whether files are written.
    pub(super) fn writes(&self) -> bool {
        (self.result.write || self.result.output_dir.is_some()) && !self.is_dry_run()
    }

    /// Whether there can be no question.
    pub(super) fn agrees_to_nothing(&self) -> bool {
        let files = !self.input.filename.is_empty() || self.input.kustomize.is_some();
        self.is_dry_run() || files && !self.writes()
    }

    /// Whether a plan for files was asked for, and nothing else.
    pub(super) fn only_shows(&self) -> bool {
        let files = !self.input.filename.is_empty() || self.input.kustomize.is_some();
        let removes = self.plan.remove_env || self.plan.complete;
        files && !self.writes() && !self.is_dry_run() && self.result.emit.is_none() && !removes
    }

    /// The command that was typed, without what says what to do with the plan;
    /// `None` where that cannot be typed again.
    pub(super) fn again(&self) -> Option<CommandLine> {
        let Self { input, plan, .. } = self;
        if input.filename.iter().any(|path| path == "-") {
            return None;
        }
        let mut command = CommandLine::secretsafe("migrate");
        for name in &self.objects {
            command = command.name(name);
        }
        for path in &input.filename {
            command = command.file(path);
        }
        if let Some(folder) = &input.kustomize {
            command = command.flag("-k", &folder.display().to_string());
        }
        for (name, given) in [
            ("-R", input.recursive),
            ("-A", input.all_namespaces),
            ("--default-user", plan.default_user),
            ("--verify-read", plan.verify_read),
            ("--resolve-images", plan.resolve_images),
            ("--shim", plan.shim),
            ("--complete", plan.complete),
            ("--remove-env", plan.remove_env),
            ("--force-unproven", plan.force_unproven),
            ("--force-live", self.result.force_live),
        ] {
            if given {
                command = command.switch(name);
            }
        }
        if let Some(labels) = &input.selector {
            command = command.flag("-l", labels);
        }
        for secret in &input.secret {
            command = command.flag("--secret", secret);
        }
        if !plan.reads_files.is_empty() {
            command = command.flag("--reads-files", &plan.reads_files.join(","));
        }
        if plan.mount_path != MountPath::default() {
            command = command.flag("--mount-path", plan.mount_path.pattern());
        }
        for file in &plan.file_names {
            command = command.flag("--path", file);
        }
        if let Some(ModeWish::Exactly(mode)) = plan.mode {
            command = command.flag("--mode", &format!("{mode:04o}"));
        }
        if let Some(group) = plan.fs_group {
            command = command.flag("--fs-group", &group.to_string());
        }
        if let Some(path) = &plan.config {
            command = command.flag("--config", &path.display().to_string());
        }
        if let Some(settle) = self.result.settle {
            command = command.flag("--settle", &format!("{}s", settle.as_secs()));
        }
        if let Some(namespace) = self.connection.explicit_namespace() {
            command = command.namespace(namespace);
        }
        Some(command.on(&self.connection.for_commands()))
    }

    /// The workloads that were named, or chosen by their labels.
    pub(super) fn subjects(&self) -> Result<Subjects, CommandError> {
        Ok(Subjects::new(&self.objects, self.input.selector.as_deref())?.changed_by(Task::Migrate))
    }

    /// Whether nothing is to be changed.
    pub(super) fn is_dry_run(&self) -> bool {
        self.result.dry_run.mode != DryRun::None
    }

    /// That a server can be asked, where that is wanted.
    pub(super) fn can_be_tried(&self) -> Result<(), CommandError> {
        if self.result.dry_run.mode != DryRun::Server {
            return Ok(());
        }
        let (with, instead) = if self.result.undo {
            (
                "--undo",
                "Use --dry-run=client: it shows what would be taken back.",
            )
        } else if self.input.kustomize.is_some() || !self.input.filename.is_empty() {
            (
                "-f or -k",
                "Use --dry-run=client: files are planned without the cluster.",
            )
        } else {
            return Ok(());
        };
        Err(
            CommandError::usage(format!("--dry-run=server cannot be used with {with}"))
                .hint(instead),
        )
    }

    pub(super) fn others(&self) -> OtherOwners {
        if self.result.force_live {
            OtherOwners::Override
        } else {
            OtherOwners::Respect
        }
    }

    /// Where workloads are looked for.
    pub(super) fn namespaces(&self, cluster: &Cluster) -> Namespaces {
        if self.input.all_namespaces {
            Namespaces::All
        } else {
            Namespaces::One(cluster.namespace().to_owned())
        }
    }

    pub(super) fn patience(&self) -> Duration {
        self.result.timeout
    }
}

/// What the configuration says of workloads.
fn answers(config: &Config) -> Result<Vec<Answer>, CommandError> {
    let answer = |(index, entry): (usize, &MigrateEntry)| {
        let mode = entry.mode.as_deref().map(ModeWish::parse).transpose();
        Ok(Answer {
            mode: mode.map_err(|error| {
                CommandError::usage(format!("configuration: migrate[{index}].mode: {error}"))
            })?,
            entry: entry.clone(),
        })
    };
    config.migrate.iter().enumerate().map(answer).collect()
}

fn mount_path(text: &str) -> Result<MountPath, UnusableValue> {
    MountPath::parse(text).map_err(unusable)
}

fn mode(text: &str) -> Result<ModeWish, UnusableValue> {
    ModeWish::parse(text).map_err(unusable)
}

fn timeout(text: &str) -> Result<Duration, UnusableValue> {
    const RANGE: std::ops::RangeInclusive<u64> = 1..=86_400;
    duration(text)
        .filter(|duration| RANGE.contains(&duration.as_secs()))
        .ok_or_else(|| UnusableValue::measure("use a duration from 1s to 24h, such as 90s or 5m"))
}

fn settle(text: &str) -> Result<Duration, UnusableValue> {
    const RANGE: std::ops::RangeInclusive<u64> = 1..=3_600;
    duration(text)
        .filter(|duration| RANGE.contains(&duration.as_secs()))
        .ok_or_else(|| UnusableValue::measure("use a duration from 1s to 1h, such as 45s or 2m"))
}

fn unusable(error: OptionError) -> UnusableValue {
    UnusableValue::made_of_known(error.to_string())
}
