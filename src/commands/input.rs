//! Where `doctor`, `consumers` and `audit` look: in files, or in clusters.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::api::{self, Resource};
use crate::cluster::{Cluster, ClusterError, ConnectionFlags, context_names, effective_namespace};
use crate::error::{CommandError, ExitStatus};
use crate::gathering::built;
use crate::gathering::files::{self, FileWish, FilesRead, Folders, STANDARD_INPUT};
use crate::gathering::live::{self, Namespaces};
use crate::inventory::{Builder, FileSet, Grant, Inventory, Reading, Scope};
use crate::manifest::Span;
use crate::report::{InputProblem, Unreachable};
use crate::secret::redactor::Redactor;
use crate::suppression::config::Config;
use crate::suppression::exclusion::Exclusion;
use crate::ui::Ui;
use crate::workload::{Origin, kinds};

/// The configuration: the file that was named, or the nearest one, which is
/// told where it is not in sight.
///
/// # Errors
/// Those of [`Config::load`].
pub fn configuration(named: Option<&Path>, ui: &Ui) -> Result<Config, CommandError> {
    let config = Config::load(named)?;
    if let Some(path) = &config.above {
        ui.note(format!("configuration: {}", path.display()));
    }
    Ok(config)
}

/// Where to look.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Manifest file or directory, or - for standard input; repeatable
    ///
    /// Commas separate several files. The cluster is not contacted.
    #[arg(short, long, value_name = "FILE|DIR|-")]
    pub filename: Vec<String>,
    /// Recurse into directories
    #[arg(short = 'R', long, requires = "filename")]
    pub recursive: bool,
    /// Kustomization directory to build and read; repeatable
    ///
    /// KUBECTL_PATH names the kubectl that builds it.
    #[arg(short, long, value_name = "DIR")]
    pub kustomize: Vec<PathBuf>,
    /// Treat the files as complete: report Secrets that they lack as missing
    #[arg(long)]
    pub assume_complete: bool,
    /// Search all namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Search several contexts of the kubeconfig, in one report
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        conflicts_with = "context"
    )]
    pub contexts: Vec<String>,
    /// Search every context of the kubeconfig
    #[arg(long, conflicts_with_all = ["contexts", "context"])]
    pub all_contexts: bool,
    /// What the configuration excludes
    #[arg(skip)]
    pub exclusion: Exclusion,
}

/// What is to be gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// All that checks look at.
    Checks,
    /// All that checks look at, and verdicts about the values of Secrets.
    ChecksOfValues,
    /// Whoever names this Secret.
    ConsumersOf(&'a str),
    /// Whoever names or makes Secrets, and who can read them.
    Audit,
    /// Whatever makes pods.
    Workloads,
    /// Whoever names one of these Secrets, and what is known of how well pods are.
    Rotation(&'a [&'a str]),
}

/// What was gathered.
pub struct Gathered {
    /// One for the files, or one for each cluster, in the order asked for.
    pub inventories: Vec<Found>,
    /// Input that could not be read.
    pub problems: Vec<InputProblem>,
    /// Clusters that could not be asked at all.
    pub unreachable: Vec<Unreachable>,
}

/// What the files, or a cluster, hold.
pub struct Found {
    /// All of it.
    pub inventory: Inventory,
    /// The one namespace that is looked at; `None` for all.
    pub namespace: Option<String>,
}

impl InputArgs {
    /// The files that are to be read; `None` when a cluster is.
    fn files(&self) -> Option<FileWish> {
        (!self.filename.is_empty() || !self.kustomize.is_empty()).then(|| FileWish {
            paths: self.filename.clone(),
            folders: if self.recursive {
                Folders::Recursive
            } else {
                Folders::Flat
            },
            kustomizations: self.kustomize.clone(),
            exclusion: self.exclusion.clone(),
        })
    }

    /// Reads everything.
    ///
    /// # Errors
    /// [`CommandError`] with status 2 for input that leads to nothing, 3 when
    /// the one cluster could not be asked. Of several clusters, those that
    /// could not be asked are told in the result.
    pub async fn gather(
        &self,
        connection: &ConnectionFlags,
        purpose: Purpose<'_>,
        ui: &Ui,
    ) -> Result<Gathered, CommandError> {
        if let Some(read) = self.read_files()? {
            for line in read.skipped.lines() {
                ui.warn(line);
            }
            return Ok(self.gathered(read, connection, purpose));
        }
        let contexts = if self.all_contexts {
            context_names(connection).map_err(ClusterError::unmasked)?
        } else {
            self.contexts.clone()
        };
        let mut gathered = Gathered {
            inventories: Vec::new(),
            problems: Vec::new(),
            unreachable: Vec::new(),
        };
        if contexts.is_empty() {
            let found = self.gather_cluster(connection, None, purpose, ui).await?;
            gathered.inventories.push(found);
            return Ok(gathered);
        }
        let all = contexts.iter().map(|context| async move {
            let connection = in_context(connection, context);
            self.gather_cluster(&connection, Some(context), purpose, ui)
                .await
        });
        for (context, outcome) in contexts
            .iter()
            .zip(futures_util::future::join_all(all).await)
        {
            match outcome {
                Ok(found) => gathered.inventories.push(found),
                Err(error) if error.status() == ExitStatus::Usage => {
                    gathered.problems.push(InputProblem {
                        source: format!("cluster {context}"),
                        position: None,
                        message: error.message().to_owned(),
                    });
                }
                Err(error) => {
                    let told = error.on(&in_context(connection, context).for_commands());
                    gathered.unreachable.push(Unreachable {
                        cluster: context.clone(),
                        message: told.message().to_owned(),
                        hints: told.next_steps().to_vec(),
                    });
                }
            }
        }
        Ok(gathered)
    }

    /// Reads the files that are named; `None` when a cluster is to be asked.
    ///
    /// # Errors
    /// When a name leads to nothing.
    pub fn read_files(&self) -> Result<Option<FilesRead>, CommandError> {
        self.files().map(|wish| files::read(&wish)).transpose()
    }

    /// What files amount to.
    pub fn gathered(
        &self,
        read: FilesRead,
        connection: &ConnectionFlags,
        purpose: Purpose<'_>,
    ) -> Gathered {
        let set = if self.assume_complete {
            FileSet::Complete
        } else {
            FileSet::Open
        };
        let given = connection.explicit_namespace();
        let mut builder = builder(Scope::Files(set), given.unwrap_or("default"), purpose);
        if given.is_some() {
            builder.namespace_is_said();
        }
        let mut problems = built::add(read, &mut builder, Reading::Built);
        let namespace = given.filter(|_| !self.all_namespaces);
        let mut inventory = builder.finish();
        inventory.connection = connection.for_commands();
        problems.extend(without_objects(&inventory));
        Gathered {
            inventories: vec![Found {
                inventory,
                namespace: namespace.map(str::to_owned),
            }],
            problems,
            unreachable: Vec::new(),
        }
    }

    async fn gather_cluster(
        &self,
        connection: &ConnectionFlags,
        context: Option<&str>,
        purpose: Purpose<'_>,
        ui: &Ui,
    ) -> Result<Found, CommandError> {
        let cluster = Cluster::connect(connection)
            .await
            .map_err(ClusterError::unmasked)?;
        let namespaces = if self.all_namespaces {
            Namespaces::All
        } else {
            Namespaces::One(cluster.namespace().to_owned())
        };
        let name = context.unwrap_or_else(|| cluster.server());
        let inventory = survey(&cluster, name, &namespaces, purpose, ui).await?;
        Ok(Found {
            inventory,
            namespace: match namespaces {
                Namespaces::One(namespace) => Some(namespace),
                Namespaces::All => None,
            },
        })
    }
}

/// Input in which there is nothing to look at: standard input, for a program that
/// should have written to it may have failed; and all files, if none has an object.
pub fn without_objects(inventory: &Inventory) -> Vec<InputProblem> {
    const SHOWN: usize = 10;
    let nothing = |source: String| InputProblem {
        source,
        position: None,
        message: "there is no Kubernetes object in it".to_owned(),
    };
    let files = inventory.files_without_objects();
    if files.len() < inventory.sources.len() {
        let piped = |name: &&&str| **name == STANDARD_INPUT;
        return files
            .iter()
            .filter(piped)
            .map(|name| nothing((*name).to_owned()))
            .collect();
    }
    let more = files.len().saturating_sub(SHOWN);
    let mut problems: Vec<_> = files
        .iter()
        .take(SHOWN)
        .map(|name| nothing((*name).to_owned()))
        .collect();
    if more > 0 {
        problems.push(nothing(format!("{more} more files")));
    }
    problems
}

/// Documents of files that are meant to be objects and that nothing reads, for who does
/// not hear it from a rule (SS099).
pub fn not_read(inventory: &Inventory) -> Vec<InputProblem> {
    let problem = |origin: Origin, at: Span, what: String| match origin {
        Origin::File { source, .. } => {
            let text = &inventory.sources[source].text;
            Some(InputProblem {
                source: text.name().to_owned(),
                position: Some(text.position(at.start)),
                message: format!("{what}, so it was not read"),
            })
        }
        Origin::Live => None,
    };
    let nameless = inventory.nameless.iter().filter_map(|nameless| {
        let words = nameless.lacks.to_string();
        problem(nameless.place.origin, nameless.site.span, words)
    });
    let strangers = inventory.objects.iter().filter_map(|object| {
        kinds::unknown(object)?;
        let at = object.root.get("kind")?.span;
        problem(object.origin, at, kinds::words(object))
    });
    nameless.chain(strangers).collect()
}

/// Kustomizations that could not be built, for who does not hear it from a rule (SS017).
pub fn not_built(inventory: &Inventory) -> Vec<InputProblem> {
    let unbuilt = inventory.unbuilt.iter();
    unbuilt
        .map(|unbuilt| InputProblem {
            source: format!("kustomization {}", unbuilt.name),
            position: None,
            message: format!("not built: {}", unbuilt.reason),
        })
        .collect()
}

/// Reads a cluster.
///
/// # Errors
/// Status 3 when it cannot be asked at all, 2 when the namespace does not exist.
pub async fn survey(
    cluster: &Cluster,
    name: &str,
    namespaces: &Namespaces,
    purpose: Purpose<'_>,
    ui: &Ui,
) -> Result<Inventory, CommandError> {
    let minor = cluster.minor_version().await;
    let scope = Scope::Cluster {
        name: name.to_owned(),
        minor: minor.map_err(ClusterError::unmasked)?,
    };
    let mut builder = builder(scope, cluster.namespace(), purpose);
    let named: &[&str] = match &purpose {
        Purpose::ConsumersOf(name) => &[*name],
        Purpose::Rotation(names) => names,
        Purpose::Checks | Purpose::ChecksOfValues | Purpose::Audit | Purpose::Workloads => &[],
    };
    if let Namespaces::One(namespace) = namespaces {
        for name in named {
            builder.want(namespace, name);
        }
    }
    let wanted = |resource: &&Resource| match purpose {
        Purpose::Checks | Purpose::ChecksOfValues => true,
        Purpose::Audit => api::is_audited(resource),
        Purpose::Workloads => api::makes_pods(resource),
        Purpose::ConsumersOf(_) => api::may_name_secrets(resource),
        Purpose::Rotation(_) => api::may_name_secrets(resource) || **resource == api::EVENTS,
    };
    let mut resources: Vec<_> = api::RESOURCES.iter().filter(wanted).collect();
    if purpose == Purpose::ChecksOfValues {
        resources.push(&api::NODES);
    }
    let progress = ui.progress();
    live::gather(cluster, &resources, namespaces, &mut builder, &|what| {
        progress.step(what)
    })
    .await
    .map_err(ClusterError::unmasked)?;
    drop(progress);
    let nothing = Redactor::new([]);
    for warning in cluster.take_warnings() {
        ui.warn(nothing.show(&warning));
    }
    let mut inventory = builder.finish();
    inventory.connection = cluster.connection().clone();
    if let Namespaces::One(name) = namespaces {
        prove_namespace(cluster, name, &mut inventory).await?;
    }
    Ok(inventory)
}

/// Makes sure that a namespace in which nothing was seen exists: the API server
/// answers lists of one that does not with no items, too.
async fn prove_namespace(
    cluster: &Cluster,
    name: &str,
    inventory: &mut Inventory,
) -> Result<(), CommandError> {
    if inventory.has_something_in(name) || !inventory.denied.is_empty() {
        return Ok(());
    }
    match cluster.has_namespace(name).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(no_namespace(cluster, name).await),
        Err(ClusterError::Forbidden { .. }) => {
            inventory.denied.insert(Grant {
                verb: "get".to_owned(),
                group: String::new(),
                resource: "namespaces".to_owned(),
                namespace: Some(name.to_owned()),
            });
            Ok(())
        }
        Err(error) => Err(error.unmasked()),
    }
}

async fn no_namespace(cluster: &Cluster, name: &str) -> CommandError {
    let names = cluster.namespace_names().await.unwrap_or_default();
    let missing = ClusterError::NamespaceMissing {
        namespace: name.to_owned(),
    };
    missing.into_command_error(&Redactor::new([]), &names)
}

/// Makes sure that the namespace exists in which something was not found. Who may not
/// look at namespaces is told no more than that.
///
/// # Errors
/// Status 2 when it does not exist.
pub async fn is_in_a_namespace(cluster: &Cluster) -> Result<(), CommandError> {
    let name = cluster.namespace();
    match cluster.has_namespace(name).await {
        Ok(false) => Err(no_namespace(cluster, name).await),
        Ok(true) | Err(_) => Ok(()),
    }
}

fn in_context(connection: &ConnectionFlags, context: &str) -> ConnectionFlags {
    ConnectionFlags {
        context: Some(context.to_owned()),
        ..connection.clone()
    }
}

fn builder(scope: Scope, namespace: &str, purpose: Purpose<'_>) -> Builder {
    let mut builder = Builder::new(scope, namespace, Timestamp::now());
    match purpose {
        Purpose::ChecksOfValues => builder.inspect_values(),
        Purpose::Workloads => builder.leave_out_secrets(),
        Purpose::Checks | Purpose::ConsumersOf(_) | Purpose::Audit | Purpose::Rotation(_) => {}
    }
    builder
}

/// The namespace that a command of no other word is about.
///
/// # Errors
/// When the kubeconfig cannot be used.
pub fn namespace(connection: &ConnectionFlags) -> Result<String, CommandError> {
    effective_namespace(connection).map_err(ClusterError::unmasked)
}
