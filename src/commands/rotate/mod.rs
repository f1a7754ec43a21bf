//! `rotate`: another value for a Secret, and every consumer on it, or none.

use jiff::Timestamp;

use crate::api::{Exec, RoleScope, Task};
use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint};
use crate::commands::dry_run::DryRun;
use crate::commands::input::{self, Purpose};
use crate::commands::question;
use crate::error::{CommandError, ExitStatus};
use crate::finding::SecretName;
use crate::gathering::live::Namespaces;
use crate::inventory::{Inventory, Scope};
use crate::live::run::{RunError, RunSecret};
use crate::live::secret::show_warnings;
use crate::outcome::{Kind, Outcome, Plans};
use crate::output::rotation::{About, Changed, Document, Ended};
use crate::rotation::plan::{self, Plan, Volumes};
use crate::rotation::record::{Check, RunId, Trial, Wishes};
use crate::rotation::{Census, census::Running};
use crate::secret::redactor::Redactor;
use crate::ui::Ui;

pub(crate) mod arguments;
mod back;
pub(crate) mod carry;
mod copies;
mod earlier;
mod end;
mod gather;
mod hooks;
mod incident;
mod job;
mod levels;
pub(crate) mod members;
pub(crate) mod preflight;
mod receipt;
mod rehearse;
mod replaced;
mod run;
pub(crate) mod subjects;
mod tree;
mod trust;
mod values;
mod verify;
pub(crate) mod view;
mod words;

pub use arguments::RotateArgs;

use arguments::Format;
use carry::Settings;
use hooks::Hooks;
use run::{Draft, Run};

/// Runs `rotate`.
///
/// # Errors
/// [`CommandError`] with status 2 for what cannot be changed, 3 when the cluster
/// cannot be asked, 4 when it failed and all is as before, 5 when a part is done.
pub async fn run(args: RotateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let task = Task::Rotate(match args.value.verify_exec {
        Some(_) => Exec::Yes,
        None => Exec::No,
    });
    let namespace = input::namespace(&args.connection)?;
    if args.result.print_rbac {
        let role = task.role(RoleScope::Namespace(&namespace));
        ui.document(|out| out.write_all(role.as_bytes()))?;
        return Ok(ExitStatus::Ok);
    }
    if args.value.verify_exec.is_some() && args.value.command.is_empty() {
        return Err(
            CommandError::usage("--verify-exec: no command is given; nothing was changed")
                .hint("Put it after --, as in: --verify-exec app -- pg_isready."),
        );
    }
    let role = role_hint(&args, &namespace);
    let ended = carried_out(args, ui).await;
    ended.map_err(|error| error.enough(&role))
}

/// How to print the Role that is enough for all of the command.
fn role_hint(args: &RotateArgs, namespace: &str) -> Hint {
    let print = CommandLine::secretsafe("rotate --print-rbac").namespace(namespace);
    let print = match &args.value.verify_exec {
        Some(container) => print.flag("--verify-exec", container),
        None => print,
    };
    Hint::run("To print the Role that is enough for rotate", print)
}

async fn carried_out(args: RotateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    match args.value.trust_overlap {
        true => trust::steps(args, ui).await,
        false => one(args, ui).await,
    }
}

/// One rotation.
async fn one(args: RotateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let earlier = &args.earlier;
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    match () {
        () if earlier.status => return earlier::status(&args, &cluster, ui).await,
        () if earlier.gc => return earlier::collect(&args, &cluster, ui).await,
        () if earlier.resume => return earlier::resume(&args, &cluster, ui).await,
        () if earlier.abort => return earlier::abort(&args, &cluster, ui).await,
        () if earlier.undo => return earlier::undo(&args, &cluster, ui).await,
        () => {}
    }
    let subjects = subjects::subjects(&args.words)?;
    let mut args = args;
    if args.other_side.compromised {
        incident::check(&args, ui)?;
        args.other_side.find_copies = true;
    }
    let id = RunId::new().map_err(|error| CommandError::unavailable(error.to_string()))?;
    if args.other_side.compromised {
        let file = || format!("rotation-{}.json", id.as_str()).into();
        args.result.receipt.get_or_insert_with(file);
    }
    let args = args;
    let (found, redactor) = gather::gather(&args, &subjects, &id, &cluster, ui).await?;
    show_warnings(&cluster, &redactor, ui);
    let shown: Vec<Changed> = found.iter().map(gather::Found::shown).collect();
    let mut outcome = Outcome::new(match args.result.exit_code {
        true => Plans::Count,
        false => Plans::Pass,
    });
    let namespace = cluster.namespace().to_owned();
    let name = |secret: &Changed| format!("secret/{} in {namespace}", secret.name);
    let (changed, same): (Vec<_>, Vec<_>) = found.into_iter().partition(gather::Found::changes);
    for secret in &same {
        outcome.add(Kind::Kept, name(&secret.shown()));
    }
    let mut report = Report {
        args: &args,
        namespace: &namespace,
        secrets: shown,
        plan: Plan::default(),
        id: None,
        outcome,
        ui,
    };
    if changed.is_empty() {
        for secret in &same {
            // A run that is not over may have written it, and takes it back on demand.
            let earlier = RunSecret::read(&cluster, &namespace, secret.name()).await;
            if let Ok(Some(run)) = earlier
                && run.state.phase.is_open()
            {
                let taken = RunError::Taken;
                let error = words::not_stored(taken, &run.record, &namespace, &redactor);
                return Err(report.stopped(error)?);
            }
        }
        ui.note("every value is the given one: nothing to do");
        return report.end(Ended::NothingToDo, None);
    }
    let names: Vec<_> = changed.iter().map(gather::Found::name).collect();
    let inventory = survey(&cluster, &names, ui).await?;
    let keys: Vec<_> = changed
        .iter()
        .flat_map(|secret| keys(secret, &namespace))
        .collect();
    let moves: Vec<_> = changed.iter().filter_map(gather::Found::moved).collect();
    let options = plan::Options {
        moves,
        ..options(&args)?
    };
    report.plan = Plan::new(&inventory, &keys, &options);
    if let Err(error) = levels::nobody_else_makes(&inventory, &namespace, &changed) {
        return Err(report.stopped(error)?);
    }
    if !options.moves.is_empty() {
        // By the keys that change, and not by all that move with them.
        let changed: Vec<_> = changed
            .iter()
            .flat_map(|secret| changed_keys(secret, &namespace))
            .collect();
        report.plan.init_only = Plan::new(&inventory, &changed, &options).init_only;
    }
    let hooks = Hooks::of(&args.other_side, &namespace)?;
    report.plan.hooks = hooks.shown();
    if let Err(error) = hooks.are_there() {
        return Err(report.stopped(error)?);
    }
    let minor = match inventory.scope {
        Scope::Cluster { minor, .. } => minor,
        Scope::Files(_) => None,
    };
    for secret in &changed {
        let is_variable = |key: &str| report.plan.has_variables(secret.name(), key);
        secret.check_variables(minor, is_variable)?;
    }
    for secret in &changed {
        report.outcome.add(Kind::WouldChange, name(&secret.shown()));
    }
    for secret in &mut report.secrets {
        let mirrors = inventory.mirrors_of(&namespace, &secret.name);
        secret.mirrors = mirrors
            .iter()
            .map(|(namespace, name)| format!("{namespace}/{name}"))
            .collect();
    }
    if args.other_side.compromised
        && let Err(error) = incident::expose(&mut report.secrets, &cluster, ui).await
    {
        return Err(report.stopped(error)?);
    }
    if args.other_side.find_copies {
        let found = copies::find(&changed, &cluster, ui).await;
        let found = match found {
            Ok(found) => found,
            Err(error) => return Err(report.stopped(error)?),
        };
        report.secrets[0].copies = found;
    }
    report.show_plan()?;
    let ready = prepare(
        &report,
        &cluster,
        changed,
        (&id, &hooks),
        &inventory,
        &options,
        &redactor,
    )
    .await;
    let drafts = match ready {
        Ok(Ready::ToGo(drafts)) => drafts,
        Ok(Ready::Shown) => {
            // What the run itself would count at its end.
            let left: Vec<_> = (report.plan.left())
                .filter(|(affected, _)| affected.pods > 0)
                .map(|(affected, _)| format!("{} in {namespace}", affected.id.short()))
                .collect();
            for name in &left {
                report.outcome.add(Kind::Refused, name);
            }
            let result = match left.is_empty() {
                true => Ended::WouldChange,
                false => Ended::NotAll,
            };
            return report.end(result, None);
        }
        Err(error) => return Err(report.stopped(error)?),
    };
    let before = Running::of(&inventory);
    let id = drafts[0].record.run.as_str().to_owned();
    let mut run = match Run::begin(&cluster, &namespace, drafts, redactor, ui).await {
        Ok(run) => run,
        Err(error) => return Err(report.stopped(error)?),
    };
    run.hooks = hooks;
    report.id = Some(id);
    end::carry_through(
        report,
        run,
        &inventory,
        &before,
        &settings(&args),
        verify::Check::of(&args.value).as_ref(),
    )
    .await
}

/// What is left to do with a plan.
enum Ready {
    /// Nothing: it was only to be shown.
    Shown,
    ToGo(Vec<Draft>),
}

/// Makes sure that a plan can be carried out, and that it is wanted. Nothing is changed.
async fn prepare(
    report: &Report<'_>,
    cluster: &Cluster,
    changed: Vec<gather::Found>,
    (id, hooks): (&RunId, &Hooks),
    inventory: &Inventory,
    options: &plan::Options,
    redactor: &Redactor,
) -> Result<Ready, CommandError> {
    let Report {
        args,
        namespace,
        plan,
        ui,
        ..
    } = report;
    let role = role_hint(args, namespace);
    preflight::seen(plan, &role)?;
    preflight::order(plan, &options.order)?;
    preflight::budget(plan, args.restart.budget)?;
    preflight::headroom(cluster, namespace, plan, inventory, ui).await;
    let now = Timestamp::now();
    if let Some(path) = &args.result.receipt {
        receipt::possible(path)?;
    }
    let rehearsed = rehearse::chosen(plan, inventory, &args.value)?;
    preflight::other_side(plan, args)?;
    preflight::movable(plan, &options.moves)?;
    let mut drafts = gather::drafts(changed, id, args.value.strategy.into(), now)?;
    let moves = &options.moves;
    let restarts = members::restarts(plan, inventory, moves, args.restart.settle, now)?;
    drafts[0].record.restarts = Some(restarts);
    drafts[0].record.wishes = wishes(args, hooks);
    if !drafts[0].record.fits() {
        return Err(CommandError::usage(
            "there are too many workloads for the record of one run; nothing was changed",
        ));
    }
    if args.result.dry_run.mode == DryRun::Client {
        return Ok(Ready::Shown);
    }
    if let Some(check) = &verify::Check::of(&args.value) {
        verify::possible(cluster, namespace, plan, check, &role).await?;
    }
    preflight::permissions(cluster, namespace, plan, args, &role).await?;
    rehearse::possible(cluster, namespace, rehearsed, args.restart.timeout).await?;
    hooks.try_out(cluster, namespace, &drafts).await?;
    preflight::try_out(cluster, namespace, &drafts, plan, inventory, redactor, ui).await?;
    show_warnings(cluster, redactor, ui);
    if args.result.dry_run.mode == DryRun::Server {
        return Ok(Ready::Shown);
    }
    if !args.result.yes {
        question::possible(
            ui,
            "Look at the plan with --dry-run, then run it again with --yes.",
        )?;
        let names: Vec<_> = drafts
            .iter()
            .map(|draft| format!("secret/{}", draft.record.secret.name))
            .collect();
        let names = names.join(", ");
        if !question::confirmed(
            ui,
            &format!("Rotate {names} and replace {} pods?", plan.moved()),
            &names,
        )? {
            return Err(CommandError::usage("not confirmed; nothing was changed"));
        }
    }
    Ok(Ready::ToGo(drafts))
}

/// How a run is carried out, by its flags.
fn settings(args: &RotateArgs) -> Settings {
    Settings {
        patience: args.restart.timeout,
        at_once: usize::from(args.restart.max_parallel),
        settle: args.restart.settle,
        volumes: volumes(args),
        grace: args.value.grace,
        keep: args.value.keep,
    }
}

/// The same for whoever goes on with the run.
fn wishes(args: &RotateArgs, hooks: &Hooks) -> Wishes {
    Wishes {
        grace: args.value.grace.as_secs(),
        keep: args.value.keep.map(|keep| keep.as_secs()),
        volumes: volumes(args),
        check: match args.value.verify_exec {
            Some(_) => Check::Command,
            None => Check::None,
        },
        trials: [
            (args.value.rehearse.is_some(), Trial::Rehearse),
            (args.value.verify_pull, Trial::Pull),
        ]
        .into_iter()
        .filter_map(|(is_wanted, trial)| is_wanted.then_some(trial))
        .collect(),
        hooks: hooks.tasks(),
    }
}

fn volumes(args: &RotateArgs) -> Volumes {
    match args.value.include_volumes {
        true => Volumes::Restart,
        false => Volumes::Refresh,
    }
}

fn options(args: &RotateArgs) -> Result<plan::Options, CommandError> {
    Ok(plan::Options {
        order: subjects::order(&args.restart.order, args.value.canary.as_deref())?,
        volumes: volumes(args),
        moves: Vec::new(),
    })
}

fn keys(secret: &gather::Found, namespace: &str) -> Vec<SecretName> {
    match secret.moved() {
        // Whoever names it has to name the other one.
        Some(_) => vec![SecretName {
            namespace: namespace.to_owned(),
            name: secret.name().to_owned(),
            key: None,
        }],
        None => changed_keys(secret, namespace),
    }
}

fn changed_keys(secret: &gather::Found, namespace: &str) -> Vec<SecretName> {
    let of = |key: &crate::secret::KeyName| SecretName {
        namespace: namespace.to_owned(),
        name: secret.name().to_owned(),
        key: Some(key.to_string()),
    };
    secret.keys().map(of).collect()
}

/// Everything that may use the Secrets.
async fn survey(cluster: &Cluster, names: &[&str], ui: &Ui) -> Result<Inventory, CommandError> {
    let namespaces = Namespaces::One(cluster.namespace().to_owned());
    input::survey(
        cluster,
        cluster.server(),
        &namespaces,
        Purpose::Rotation(names),
        ui,
    )
    .await
}

/// What is told of a run.
struct Report<'a> {
    args: &'a RotateArgs,
    namespace: &'a str,
    secrets: Vec<Changed>,
    plan: Plan,
    id: Option<String>,
    outcome: Outcome,
    ui: &'a Ui,
}

impl Report<'_> {
    /// Shows the plan: on standard output where it is all that is asked for.
    fn show_plan(&self) -> Result<(), CommandError> {
        let write = |colour, out: &mut dyn std::io::Write| {
            crate::output::rotation::plan(self.namespace, &self.secrets, &self.plan, colour, out)
        };
        match (self.args.result.output, self.args.result.dry_run.mode) {
            (Format::Text, DryRun::None) => self.ui.show(write),
            (Format::Text, _) => self.ui.document(|out| write(self.ui.colour(), out))?,
            _ => {}
        }
        Ok(())
    }

    /// A line of the result, where no document is asked for.
    fn line(&self, line: String) {
        if self.args.result.output == Format::Text {
            self.ui.data_line(line).ok();
        }
    }

    /// Ends with a result that is no error.
    fn end(self, result: Ended, census: Option<&Census>) -> Result<ExitStatus, CommandError> {
        let status = self.outcome.status();
        self.document(result, census, status)?;
        Ok(status)
    }

    /// Tells in the document that the run ends with an error; gives the error back.
    fn stopped(&self, error: CommandError) -> Result<CommandError, CommandError> {
        let mut outcome = self.outcome.clone();
        for grant in &self.plan.not_seen {
            outcome.add(Kind::NotSeen, grant.words());
        }
        self.write(&outcome, Ended::with(error.status()), None, error.status())?;
        Ok(error)
    }

    /// The document, where one is asked for.
    fn document(
        &self,
        result: Ended,
        census: Option<&Census>,
        status: ExitStatus,
    ) -> Result<(), CommandError> {
        self.write(&self.outcome, result, census, status)
    }

    fn write(
        &self,
        outcome: &Outcome,
        result: Ended,
        census: Option<&Census>,
        status: ExitStatus,
    ) -> Result<(), CommandError> {
        let Some(syntax) = self.args.result.output.syntax() else {
            return Ok(());
        };
        let document = Document {
            about: About::Rotation,
            namespace: self.namespace,
            secrets: &self.secrets,
            plan: &self.plan,
            id: self.id.clone(),
            census,
            result,
        };
        self.ui
            .document(|out| document.write(outcome, status, syntax, out))
    }
}
