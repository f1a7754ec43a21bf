//! `doctor`: what is wrong with Secrets, in files or in clusters.

use std::io;

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError, ConnectionFlags, context_names, effective_namespace};
use crate::error::{CommandError, ExitStatus};
use crate::gathering::files::{self, FileWish};
use crate::gathering::live::{self, Namespaces};
use crate::gathering::resources::{self, RoleScope};
use crate::inventory::{Builder, FileSet, Scope};
use crate::output;
use crate::policy::{self, Policy, baseline::Baseline, config::Config};
use crate::report::{Examined, Report, Selection, Unreachable};
use crate::secret::redactor::Redactor;
use crate::ui::Ui;

mod arguments;
mod subjects;

pub use arguments::DoctorArgs;

use arguments::Destination;
use subjects::Subjects;

/// Runs `doctor`.
///
/// # Errors
/// [`CommandError`] with status 2 for input that leads to nothing, 3 when no
/// cluster could be asked.
pub async fn run(args: DoctorArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.print_rbac {
        return print_role(&args, ui);
    }
    let subjects = Subjects::new(&args.objects, args.input.selector.as_deref())?;
    let mut policy = Policy {
        config: Config::load(args.rules.config.as_deref())?,
        baseline: args
            .rules
            .baseline
            .as_deref()
            .map(Baseline::read)
            .transpose()?,
    };
    let mut selection = args.selection();
    selection.skip.extend(policy.config.skipped());
    let mut report = match args.files() {
        Some(wish) => examine_files(&args, &wish, &selection)?,
        None => examine_clusters(&args, &selection, ui).await?,
    };
    for part in &mut report.parts {
        subjects.narrow(part)?;
        policy.apply(part);
        for (index, reason) in policy.config.expired(policy::today(&part.inventory)) {
            ui.warn(format!(
                "ignore[{index}] of the configuration ({reason}) has expired"
            ));
        }
    }
    if let Some(path) = &args.rules.write_baseline {
        Baseline::of(&report).write(path)?;
        ui.note(format!("wrote {}", path.display()));
        return Ok(ExitStatus::Ok);
    }
    for destination in destinations(&args) {
        write(&report, &destination, ui)?;
    }
    Ok(report.status(args.fail_on()))
}

fn print_role(args: &DoctorArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let namespace;
    let scope = if args.input.all_namespaces {
        RoleScope::Cluster
    } else {
        namespace = effective_namespace(&args.connection).map_err(told)?;
        RoleScope::Namespace(&namespace)
    };
    ui.print(&resources::role(scope)).map_err(|error| {
        CommandError::usage(format!("standard output cannot be written: {error}"))
    })?;
    Ok(ExitStatus::Ok)
}

fn examine_files(
    args: &DoctorArgs,
    wish: &FileWish,
    selection: &Selection,
) -> Result<Report, CommandError> {
    let set = if args.input.assume_complete {
        FileSet::Complete
    } else {
        FileSet::Open
    };
    let namespace = args.connection.explicit_namespace().unwrap_or("default");
    let mut builder = builder(args, Scope::Files(set), namespace);
    let problems = files::gather(wish, &mut builder)?;
    Ok(Report {
        parts: vec![Examined::new(builder.finish(), selection)],
        problems,
        unreachable: Vec::new(),
    })
}

fn builder(args: &DoctorArgs, scope: Scope, namespace: &str) -> Builder {
    let mut builder = Builder::new(scope, namespace, Timestamp::now());
    if args.rules.inspect_values {
        builder.inspect_values();
    }
    builder
}

async fn examine_clusters(
    args: &DoctorArgs,
    selection: &Selection,
    ui: &Ui,
) -> Result<Report, CommandError> {
    let contexts = if args.input.all_contexts {
        context_names(&args.connection).map_err(told)?
    } else {
        args.input.contexts.clone()
    };
    if contexts.is_empty() {
        let part = examine(args, &args.connection, None, selection, ui)
            .await
            .map_err(told)?;
        return Ok(Report {
            parts: vec![part],
            problems: Vec::new(),
            unreachable: Vec::new(),
        });
    }
    let all = contexts.iter().map(|context| async move {
        let connection = ConnectionFlags {
            context: Some(context.clone()),
            ..args.connection.clone()
        };
        examine(args, &connection, Some(context), selection, ui).await
    });
    let mut report = Report {
        parts: Vec::new(),
        problems: Vec::new(),
        unreachable: Vec::new(),
    };
    for (context, outcome) in contexts
        .iter()
        .zip(futures_util::future::join_all(all).await)
    {
        match outcome {
            Ok(part) => report.parts.push(part),
            Err(error) => {
                let told = told(error);
                report.unreachable.push(Unreachable {
                    cluster: context.clone(),
                    message: told.message().to_owned(),
                    hints: told.next_steps().to_vec(),
                });
            }
        }
    }
    Ok(report)
}

async fn examine(
    args: &DoctorArgs,
    connection: &ConnectionFlags,
    context: Option<&str>,
    selection: &Selection,
    ui: &Ui,
) -> Result<Examined, ClusterError> {
    let cluster = Cluster::connect(connection).await?;
    let namespaces = if args.input.all_namespaces {
        Namespaces::All
    } else {
        Namespaces::One(cluster.namespace().to_owned())
    };
    let scope = Scope::Cluster {
        name: context.unwrap_or_else(|| cluster.server()).to_owned(),
        minor: cluster.minor_version().await?,
    };
    let mut builder = builder(args, scope, cluster.namespace());
    let progress = ui.progress();
    live::gather(&cluster, &namespaces, &mut builder, &|what| {
        progress.step(what)
    })
    .await?;
    drop(progress);
    let nothing = nothing_to_mask();
    for warning in cluster.take_warnings() {
        ui.warn(nothing.show(&warning));
    }
    Ok(Examined::new(builder.finish(), selection))
}

/// `doctor` sends no value, so a server cannot repeat one.
fn nothing_to_mask() -> Redactor {
    Redactor::new([])
}

fn told(error: ClusterError) -> CommandError {
    error.into_command_error(&nothing_to_mask(), &[])
}

/// Text on standard output unless something else goes there.
fn destinations(args: &DoctorArgs) -> Vec<Destination> {
    let mut all = args.result.output.clone();
    if all.is_empty() {
        all.push(Destination {
            format: output::Format::Text,
            file: None,
        });
    }
    all
}

fn write(report: &Report, destination: &Destination, ui: &Ui) -> Result<(), CommandError> {
    let written = match &destination.file {
        None => output::write(report, destination.format, ui.colour(), &mut ui.data()),
        Some(path) => {
            let mut text = Vec::new();
            output::write(report, destination.format, output::Colour::Off, &mut text)
                .and_then(|()| output::to_file(path, &text))
        }
    };
    match written {
        Ok(()) => Ok(()),
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(CommandError::usage(format!(
            "{} cannot be written: {error}",
            destination
                .file
                .as_ref()
                .map_or("standard output".to_owned(), |path| path
                    .display()
                    .to_string())
        ))),
    }
}
