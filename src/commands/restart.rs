//! `restart`: new pods for the workloads that need them, and the count that proves it.

use std::collections::BTreeSet;

use clap::Args;
use jiff::Timestamp;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::cluster::{Cluster, ClusterError, ConnectionFlags};
use crate::commands::dry_run::{DryRun, DryRunArgs};
use crate::commands::input::{self, Purpose};
use crate::commands::question;
use crate::commands::rotate::arguments::{Format, RestartFlags};
use crate::commands::rotate::view::View;
use crate::commands::rotate::{members, preflight, subjects};
use crate::commands::subjects::Subjects;
use crate::consumption::{Consumption, Newest, Wanted};
use crate::error::{CommandError, ExitStatus};
use crate::finding::SecretName;
use crate::gathering::live::Namespaces;
use crate::inventory::Inventory;
use crate::live::restart::{Restarted, Stamp};
use crate::live::waves::{BehindOf, Event, Replacing, Stopped};
use crate::live::{self, Target};
use crate::outcome::{Kind, Outcome, Plans};
use crate::output::rotation::{Document, Ended, restarts as write_plan};
use crate::rotation::plan::{Options, Plan, Volumes};
use crate::rotation::record::Restarts;
use crate::secret::KeyName;
use crate::secret::key::check_object_name;
use crate::secret::redactor::Redactor;
use crate::signals::Hold;
use crate::ui::{Talk, Ui};
use crate::workload::ObjectId;

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
        self.plan || self.dry_run.mode != DryRun::None
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
    let wanted = args.secrets()?;
    let subjects = Subjects::new(&args.objects, args.selector.as_deref())?;
    if wanted.is_empty() && !args.stale && subjects.names_none() {
        return Err(CommandError::usage("nothing says what to restart; nothing was changed")
            .hint("Name workloads, a Secret with --secret, or all that have an old value with --stale."));
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
    let options = Options {
        order: subjects::order(&args.flags.order, None)?,
        volumes: match args.include_volumes {
            true => Volumes::Restart,
            false => Volumes::Refresh,
        },
    };
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
    preflight::seen(&plan)?;
    preflight::order(&plan, &options.order)?;
    preflight::budget(&plan, args.flags.budget)?;
    if plan.replaced().next().is_none() {
        ui.note("nothing is to be restarted: nothing to do");
        return report.end(&outcome, Ended::NothingToDo);
    }
    let now = Timestamp::now();
    let mut restarts = members::restarts(&plan, &inventory, args.flags.settle, now)?;
    for restart in &mut restarts.workloads {
        // Nothing would lift it if this process were killed.
        restart.guard = None;
    }
    // `--plan` asks for nothing that a policy could refuse.
    if !args.plan && args.dry_run.mode != DryRun::Client {
        let nothing = Redactor::new([]);
        preflight::restarts_are_taken(&cluster, &plan, &inventory, &restarts, &nothing).await?;
    }
    if args.is_dry_run() {
        return report.end(&outcome, Ended::WouldChange);
    }
    if !args.yes {
        question::possible(
            ui,
            "Look at the plan with --plan, then run it again with --yes.",
        )?;
        let question = format!(
            "Restart {} workloads and replace {} pods?",
            plan.replaced().count(),
            plan.moved()
        );
        if !question::confirmed(ui, &question, "everything")? {
            return Err(CommandError::usage("not confirmed; nothing was changed"));
        }
    }
    let restarting = Restarting {
        args: &args,
        cluster: &cluster,
        plan: &plan,
        inventory: &inventory,
        restarts: &restarts,
        ui,
    };
    match restarting.run(&mut outcome).await {
        Ok(()) => {
            let result = match outcome.status() {
                ExitStatus::Ok => Ended::Done,
                _ => Ended::NotAll,
            };
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

fn name(id: &ObjectId) -> String {
    format!("{} in {}", id.short(), id.namespace)
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
        let stale = stale(inventory, wanted);
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

/// Workloads with a container that has an old value.
fn stale(inventory: &Inventory, wanted: &[Wanted]) -> BTreeSet<ObjectId> {
    let mut found = BTreeSet::new();
    for secret in keys(inventory, wanted) {
        let one = Wanted {
            name: secret.name.clone(),
            key: secret.key.clone(),
        };
        for consumer in Consumption::new(inventory, &secret.namespace, &one).consumers {
            let is_old = |pod: &crate::consumption::PodUse| matches!(pod.newest, Newest::No(_));
            if consumer.pods.iter().any(is_old) {
                found.insert(consumer.subject);
            }
        }
    }
    found
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

/// The restarts themselves.
struct Restarting<'a> {
    args: &'a RestartArgs,
    cluster: &'a Cluster,
    plan: &'a Plan,
    inventory: &'a Inventory,
    restarts: &'a Restarts,
    ui: &'a Ui,
}

impl Restarting<'_> {
    async fn run(&self, outcome: &mut Outcome) -> Result<(), CommandError> {
        let hold = Hold::of(&[SIGINT, SIGTERM, SIGHUP])
            .map_err(|error| CommandError::usage(format!("signals cannot be handled: {error}")))?;
        // A pod of before is known by its uid.
        let before: BTreeSet<String> = (self.inventory.pods.iter())
            .map(|pod| pod.metadata.uid.clone())
            .collect();
        let behind = |seen: &Inventory, id: &ObjectId| -> Vec<String> {
            let old = seen
                .pods_of(id)
                .filter(|pod| !pod.is_finished() && before.contains(&pod.metadata.uid));
            old.map(|pod| pod.id.name.clone()).collect()
        };
        let namespaces: BTreeSet<&str> = self
            .plan
            .replaced()
            .map(|affected| affected.id.namespace.as_str())
            .collect();
        let mut view = View::new(self.ui);
        view.tells(Box::new(behind));
        for wave in self.plan.waves() {
            for namespace in &namespaces {
                let mut members = members::members(
                    self.plan,
                    wave,
                    self.restarts,
                    self.inventory,
                    self.args.flags.settle,
                );
                members.retain(|member| member.id.namespace == *namespace);
                if members.is_empty() {
                    continue;
                }
                view.wave(wave, members.iter().map(|member| &member.id));
                let replacing = Replacing {
                    cluster: self.cluster,
                    namespace,
                    patience: self.args.flags.timeout,
                    at_once: usize::from(self.args.flags.max_parallel),
                    hold: &hold,
                };
                let mut pulse = async || Ok(());
                let (mut begun, mut done, mut by_hand) = (Vec::new(), Vec::new(), Vec::new());
                let ended = replacing
                    .run(
                        &members,
                        &behind,
                        &mut |event| {
                            match &event {
                                Event::Restarting(id) => begun.push((*id).clone()),
                                Event::Done(id, _) => done.push((*id).clone()),
                                Event::ByHand(id, _) => by_hand.push((*id).clone()),
                                _ => {}
                            }
                            view.on(&event);
                        },
                        &mut pulse,
                    )
                    .await;
                for id in &begun {
                    outcome.turn(Kind::WouldChange, Kind::Changed, &name(id));
                }
                for id in by_hand {
                    outcome.add(Kind::Refused, format!("pods of {}", name(&id)));
                }
                begun.retain(|id| !done.contains(id));
                if let Err(stopped) = ended {
                    return Err(self.stopped(stopped, &begun, outcome).await);
                }
            }
        }
        drop(view);
        self.count(&behind, outcome).await
    }

    /// Counts what is left of before, however the restarts ended.
    async fn count(&self, behind: BehindOf<'_>, outcome: &mut Outcome) -> Result<(), CommandError> {
        let replaced: Vec<_> = self.plan.replaced().map(|affected| &affected.id).collect();
        let namespaces: BTreeSet<&str> = replaced.iter().map(|id| id.namespace.as_str()).collect();
        let (mut old, mut all) = (0, 0);
        for namespace in namespaces {
            let here = replaced.iter().filter(|id| id.namespace == namespace);
            let targets: Vec<_> = here
                .clone()
                .filter_map(|id| Target::restartable(self.cluster, id))
                .collect();
            let seen = live::look_at(self.cluster, namespace, &targets).await;
            let seen = seen.map_err(|error| CommandError::partial(error.unmasked().message()))?;
            for id in here {
                let ending = |pod: &str| {
                    (seen.pods_of(id)).any(|own| own.id.name == pod && own.metadata.deleting)
                };
                let left = behind(&seen, id);
                let left = left.iter().filter(|pod| !ending(pod)).count();
                old += left;
                all += seen.pods_of(id).filter(|pod| !pod.is_finished()).count();
                if left > 0 {
                    outcome.add(Kind::Refused, format!("pods of {}", name(id)));
                }
            }
        }
        self.ui
            .note(format!("{old} of {all} pods are from before the restart"));
        Ok(())
    }

    /// Takes the restart of the workload back whose new pods are not well.
    async fn stopped(
        &self,
        stopped: Stopped,
        begun: &[ObjectId],
        outcome: &mut Outcome,
    ) -> CommandError {
        let all = self.plan.replaced().count();
        let done = outcome.count(Kind::Changed);
        let open = |why: String| {
            CommandError::partial(format!("{done} of {all} workloads were restarted: {why}"))
        };
        match stopped {
            Stopped::Failed(id, failed) => {
                let why = format!("{}: {}", id.short(), failed.why);
                self.ui.warn(format!("{why}; taking its restart back"));
                match self.take_back(&id).await {
                    Ok(()) => {}
                    Err(error) => {
                        return open(format!("{why}, and it could not be taken back: {error}"));
                    }
                }
                outcome.turn(Kind::Changed, Kind::Failed, &name(&id));
                let others = begun.iter().any(|other| *other != id);
                match done > 1 || others {
                    false => CommandError::new(
                        ExitStatus::RolledBack,
                        format!("{why}; its pod template is what it was before"),
                    ),
                    true => open(why),
                }
            }
            Stopped::NoEffect(id) => open(format!(
                "the restart of {} had no effect: the server took it and the pod template is what it was",
                id.short()
            )),
            Stopped::Cluster(id, error) => {
                let error = error.unmasked();
                let what = id.map_or_else(String::new, |id| format!("{}: ", id.short()));
                open(format!("{what}{}", error.message())).hints(error.next_steps().to_vec())
            }
            Stopped::Interrupted => open(
                "interrupted; the cluster goes on replacing the pods of those that have begun"
                    .to_owned(),
            ),
            Stopped::Lost(why) => open(why),
        }
    }

    async fn take_back(&self, id: &ObjectId) -> Result<(), String> {
        let affected = self.plan.workloads.iter().find(|one| one.id == *id);
        let uid = affected.map_or("", |affected| affected.uid.as_str());
        let known = self.restarts.workloads.iter().find(|one| one.uid == uid);
        let target = Target::restartable(self.cluster, id);
        let (Some(known), Some(target)) = (known, target) else {
            return Err("its pods were evicted".to_owned());
        };
        let stamp = Stamp::new(self.restarts.stamp, None);
        let before = known.before.as_deref();
        match target.take_restart_back(uid, &stamp, before).await {
            Ok(Restarted::Yes) => Ok(()),
            Ok(Restarted::Gone) => Err("it is gone".to_owned()),
            Ok(Restarted::NoEffect) => Err("its template does not change".to_owned()),
            Err(error) => Err(error.unmasked().message().to_owned()),
        }
    }
}
