//! `restart`: new pods for the workloads that need them, and the count that proves it.

pub(crate) mod course;

use std::collections::BTreeSet;
use std::time::Instant;

use clap::Args;

use crate::api::{RoleScope, Task};
use crate::cluster::{Cluster, ClusterError, ConnectionFlags};
use crate::command_line::{CommandLine, Hint};
use crate::commands::dry_run::{DryRun, DryRunArgs};
use crate::commands::input::{self, Purpose};
use crate::commands::rotate::arguments::{Format, RestartFlags};
use crate::commands::rotate::subjects;
use crate::commands::subjects::Subjects;
use crate::consumption::Wanted;
use crate::error::{CommandError, ExitStatus};
use crate::finding::SecretName;
use crate::gathering::live::Namespaces;
use crate::inventory::{Answer, Inventory, SecretFacts, role_command};
use crate::outcome::{Kind, Outcome, Plans};
use crate::output::rotation::{About, Document, Ended, restarts as write_plan};
use crate::rotation::plan::{Options, Plan, Volumes};
use crate::rotation::record::{self, RUN_LABEL};
use crate::secret::KeyName;
use crate::secret::key::check_object_name;
use crate::ui::{Talk, Ui};
use crate::workload::near::near;

use course::{Consent, Course, Looking, Ready, name};

/// `restart`.
#[derive(Debug, Args)]
pub struct RestartArgs {
    /// Workloads to restart, as TYPE/NAME or TYPE NAME
    #[arg(value_name = "TYPE/NAME")]
    objects: Vec<String>,
    /// Restart what takes this Secret, or this key of it, when it starts; repeatable
    #[arg(long, value_name = "NAME[:KEY]", help_heading = "Workloads")]
    secret: Vec<String>,
    /// Only workloads with a container that has an old value
    #[arg(long, help_heading = "Workloads")]
    stale: bool,
    /// Only workloads with these labels
    #[arg(short = 'l', long, value_name = "LABELS", help_heading = "Workloads")]
    selector: Option<String>,
    /// Search all namespaces
    #[arg(short = 'A', long, help_heading = "Workloads")]
    all_namespaces: bool,
    /// Also restart workloads that mount the Secret as a directory
    #[arg(long, help_heading = "Workloads")]
    include_volumes: bool,
    #[command(flatten)]
    flags: RestartFlags,
    /// Show the plan and change nothing
    #[arg(long, help_heading = "Result")]
    plan: bool,
    #[command(flatten, next_help_heading = "Result")]
    dry_run: DryRunArgs,
    /// Output format of the plan and of the result
    #[arg(
        short,
        long,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        help_heading = "Result"
    )]
    output: Format,
    /// Exit with status 1 if something would be restarted
    #[arg(long, help_heading = "Result")]
    exit_code: bool,
    /// Print the Role that restart needs, and exit
    #[arg(long, help_heading = "Result")]
    print_rbac: bool,
    /// Do not ask for confirmation
    #[arg(short, long, help_heading = "Result")]
    yes: bool,
    /// Print only the plan, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

impl RestartArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    fn is_dry_run(&self) -> bool {
        self.looking() != Looking::No
    }

    fn looking(&self) -> Looking {
        match self.dry_run.mode {
            // It asks for nothing that a policy could refuse.
            _ if self.plan => Looking::Here,
            DryRun::Client => Looking::Here,
            DryRun::Server => Looking::AtServer,
            DryRun::None => Looking::No,
        }
    }

    /// The Secrets that were named.
    fn secrets(&self) -> Result<Vec<Wanted>, CommandError> {
        let advice = "Write NAME, or NAME:KEY for one of its keys.";
        let read = |word: &String| {
            let word = word.strip_prefix("secret/").unwrap_or(word);
            let (name, key) = match word.split_once(':') {
                None => (word, None),
                Some((name, key)) => (name, Some(key)),
            };
            let legal =
                check_object_name(name).is_ok() && key.is_none_or(|key| KeyName::new(key).is_ok());
            match legal {
                true => Ok(Wanted {
                    name: name.to_owned(),
                    key: key.map(str::to_owned),
                }),
                false => Err(CommandError::usage("--secret: invalid name").hint(advice)),
            }
        };
        self.secret.iter().map(read).collect()
    }
}

/// Runs `restart`.
///
/// # Errors
/// [`CommandError`] with status 2 for what cannot be restarted, 3 when the cluster
/// cannot be asked, 4 when new pods are not well and nothing else was restarted, 5
/// when a part is done.
pub async fn run(args: RestartArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let namespace = match args.all_namespaces {
        true => None,
        false => Some(input::namespace(&args.connection)?),
    };
    let scope = namespace
        .as_deref()
        .map_or(RoleScope::Cluster, RoleScope::Namespace);
    if args.print_rbac {
        let role = Task::Restart.role(scope);
        ui.document(|out| out.write_all(role.as_bytes()))?;
        return Ok(ExitStatus::Ok);
    }
    let ended = carried_out(args, ui).await;
    ended.map_err(|error| error.enough(&role_command(Task::Restart, namespace.as_deref())))
}

async fn carried_out(args: RestartArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let wanted = args.secrets()?;
    let subjects =
        Subjects::new(&args.objects, args.selector.as_deref())?.changed_by(Task::Restart);
    if wanted.is_empty() && !args.stale && subjects.are_all() {
        return Err(CommandError::usage("nothing says what to restart; nothing was changed")
            .hint("Name workloads, their labels with -l, a Secret with --secret, or all that have an old value with --stale."));
    }
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let namespaces = match args.all_namespaces {
        true => Namespaces::All,
        false => Namespaces::One(cluster.namespace().to_owned()),
    };
    let names: Vec<_> = wanted.iter().map(|one| one.name.as_str()).collect();
    let inventory = input::survey(
        &cluster,
        cluster.server(),
        &namespaces,
        Purpose::Rotation(&names),
        ui,
    )
    .await?;
    let gathered = Instant::now();
    let options = Options {
        order: subjects::order(&args.flags.order, None)?,
        volumes: match args.include_volumes {
            true => Volumes::Restart,
            false => Volumes::Refresh,
        },
        moves: Vec::new(),
    };
    for one in &wanted {
        is_there(&inventory, one)?;
    }
    let plan = chosen(&args, &inventory, &wanted, &subjects, &options)?;
    let mut outcome = Outcome::new(match args.exit_code {
        true => Plans::Count,
        false => Plans::Pass,
    });
    for affected in plan.replaced() {
        outcome.add(Kind::WouldChange, name(&affected.id));
    }
    for (affected, _) in plan.left() {
        outcome.add(Kind::Refused, name(&affected.id));
    }
    let report = Report {
        args: &args,
        plan: &plan,
        namespace: cluster.namespace(),
        ui,
    };
    report.show_plan()?;
    course::hint_at_paused(&plan, ui);
    let course = Course {
        cluster: &cluster,
        inventory: &inventory,
        plan: &plan,
        options: &options,
        flags: &args.flags,
        role: role_command(
            Task::Restart,
            (!args.all_namespaces).then(|| cluster.namespace()),
        ),
        gathered,
        ui,
    };
    let consent = match args.yes {
        true => Consent::Given,
        false => Consent::Asked,
    };
    let ready = course.prepare(args.looking(), consent).await;
    let restarts = match ready {
        Ok(Ready::ToGo(restarts)) => restarts,
        Ok(Ready::Shown) => {
            let result = match outcome.status() {
                ExitStatus::Partial => Ended::NotAll,
                _ => Ended::WouldChange,
            };
            return report.end(&outcome, result);
        }
        Ok(Ready::Nothing) if outcome.count(Kind::Refused) > 0 => {
            ui.note("nothing can be restarted");
            return report.end(&outcome, Ended::NotAll);
        }
        Ok(Ready::Nothing) => {
            ui.note("nothing is to be restarted: nothing to do");
            return report.end(&outcome, Ended::NothingToDo);
        }
        Err(error) => {
            for grant in &plan.not_seen {
                outcome.add(Kind::NotSeen, grant.words());
            }
            let status = error.status();
            report.document(&outcome, Ended::with(status), status)?;
            return Err(error);
        }
    };
    match course.run(&restarts, &mut outcome).await {
        Ok(()) => {
            let result = match outcome.status() {
                ExitStatus::Ok => Ended::Done,
                _ => Ended::NotAll,
            };
            hint_at_open_runs(&inventory, &wanted, ui);
            report.end(&outcome, result)
        }
        Err(error) => {
            let result = match error.status() {
                ExitStatus::RolledBack => Ended::TakenBack,
                _ => Ended::NotAll,
            };
            report.document(&outcome, result, error.status())?;
            Err(error)
        }
    }
}

/// Names the runs of `rotate` that stay open, as staged ones do: these restarts were not
/// theirs.
fn hint_at_open_runs(inventory: &Inventory, wanted: &[Wanted], ui: &Ui) {
    let runs = keys(inventory, wanted).into_iter().filter(|secret| {
        let run = record::name_of(&secret.name);
        let mut stored = inventory.secrets_in(&secret.namespace);
        stored.any(|facts| facts.name == run && facts.labels.contains_key(RUN_LABEL))
    });
    let names: BTreeSet<_> = runs.map(|run| (run.namespace, run.name)).collect();
    for (namespace, name) in names {
        ui.hint(Hint::run(
            format!("A rotation of secret/{name} is not over; to see it and how to finish it"),
            CommandLine::secretsafe("rotate")
                .name(&format!("secret/{name}"))
                .switch("--status")
                .namespace(&namespace),
        ));
    }
}

/// Refuses the name of a Secret, or of a key, that nothing here has or uses.
fn is_there(inventory: &Inventory, wanted: &Wanted) -> Result<(), CommandError> {
    let Wanted { name, key } = wanted;
    let used = || inventory.uses().map(|used| &used.reference.secret.value);
    let stored = || inventory.secrets().filter(|facts| facts.name == *name);
    let hinted = |error: CommandError, near: Vec<&str>| match near.is_empty() {
        true => error,
        false => error.hint(format!("Did you mean {}?", near.join(" or "))),
    };
    let Some(key) = key else {
        let unseen = (inventory.denied.iter())
            .any(|grant| grant.group.is_empty() && grant.resource == "secrets");
        if used().any(|other| other == name) || stored().next().is_some() || unseen {
            return Ok(());
        }
        let known = inventory.secrets().map(|facts| facts.name.as_str());
        let error = CommandError::usage(format!(
            "nothing here has or uses a Secret {name}; nothing was changed"
        ));
        return Err(hinted(
            error,
            near(name, known.chain(used().map(String::as_str))),
        ));
    };
    let whole = Wanted {
        name: name.clone(),
        key: None,
    };
    is_there(inventory, &whole)?;
    // Keys are known of what was read; of any other Secret the users are enough.
    let lacks = |facts: &SecretFacts| facts.keys.has(key) == Answer::No;
    if stored().next().is_none() || !stored().all(lacks) {
        return Ok(());
    }
    let known: BTreeSet<&str> = stored()
        .flat_map(|facts| facts.keys.known().iter().map(String::as_str))
        .collect();
    let error = CommandError::usage(format!(
        "secret/{name} has no key {key}; nothing was changed"
    ));
    Err(hinted(error, near(key, known)))
}

/// The workloads that are to be restarted.
fn chosen(
    args: &RestartArgs,
    inventory: &Inventory,
    wanted: &[Wanted],
    subjects: &Subjects,
    options: &Options,
) -> Result<Plan, CommandError> {
    let named = match subjects.are_all() {
        true => None,
        false => Some(subjects.chosen(inventory)?),
    };
    let mut plan = match (wanted.is_empty(), &named) {
        (true, Some(named)) if !args.stale => Plan::of_workloads(inventory, named, options),
        _ => Plan::new(inventory, &keys(inventory, wanted), options),
    };
    if let Some(named) = &named {
        plan.workloads
            .retain(|affected| named.contains(&affected.id));
        plan.others.clear();
        if subjects.has_labels() && plan.workloads.is_empty() && named.is_empty() {
            return Err(subjects.match_nothing([inventory]));
        }
    }
    if args.stale {
        let stale = course::stale(inventory, &keys(inventory, wanted));
        plan.workloads
            .retain(|affected| stale.contains(&affected.id));
        plan.others.clear();
    }
    Ok(plan)
}

/// The Secrets that are meant: those that were named, or all.
fn keys(inventory: &Inventory, wanted: &[Wanted]) -> Vec<SecretName> {
    let mut found: BTreeSet<(String, String, Option<String>)> = BTreeSet::new();
    for used in inventory.uses() {
        let namespace = used.reference.namespace.as_deref();
        let namespace = namespace.unwrap_or(&used.subject.namespace).to_owned();
        let secret = &used.reference.secret.value;
        match wanted.is_empty() {
            true => {
                found.insert((namespace, secret.clone(), None));
            }
            false => found.extend(
                (wanted.iter().filter(|one| one.name == *secret))
                    .map(|one| (namespace.clone(), secret.clone(), one.key.clone())),
            ),
        }
    }
    found
        .into_iter()
        .map(|(namespace, name, key)| SecretName {
            namespace,
            name,
            key,
        })
        .collect()
}

struct Report<'a> {
    args: &'a RestartArgs,
    plan: &'a Plan,
    namespace: &'a str,
    ui: &'a Ui,
}

impl Report<'_> {
    fn show_plan(&self) -> Result<(), CommandError> {
        match (self.args.output, self.args.is_dry_run()) {
            (Format::Text, true) => self
                .ui
                .document(|out| write_plan(self.plan, self.ui.colour(), out)),
            (Format::Text, false) => {
                self.ui
                    .show(|colour, out| write_plan(self.plan, colour, out));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end(&self, outcome: &Outcome, result: Ended) -> Result<ExitStatus, CommandError> {
        let status = outcome.status();
        self.document(outcome, result, status)?;
        Ok(status)
    }

    fn document(
        &self,
        outcome: &Outcome,
        result: Ended,
        status: ExitStatus,
    ) -> Result<(), CommandError> {
        let Some(syntax) = self.args.output.syntax() else {
            return Ok(());
        };
        let document = Document {
            about: About::Restart,
            namespace: self.namespace,
            secrets: &[],
            plan: self.plan,
            id: None,
            census: None,
            result,
        };
        self.ui
            .document(|out| document.write(outcome, status, syntax, out))
    }
}
