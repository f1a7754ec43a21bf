//! `rotate`: another value for a Secret, and every consumer on it, or none.

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError};
use crate::commands::dry_run::DryRun;
use crate::commands::input::{self, Purpose};
use crate::commands::question;
use crate::error::{CommandError, ExitStatus};
use crate::finding::SecretName;
use crate::gathering::live::Namespaces;
use crate::inventory::{Inventory, Scope};
use crate::live::secret::show_warnings;
use crate::outcome::{Kind, Outcome, Plans};
use crate::output::rotation::{Changed, Document, Ended};
use crate::rotation::plan::{self, Plan, Volumes};
use crate::rotation::record::{Check, RunId, Wishes};
use crate::rotation::{Census, census::Running};
use crate::ui::Ui;

pub(crate) mod arguments;
mod back;
pub(crate) mod carry;
mod earlier;
mod end;
mod gather;
pub(crate) mod members;
pub(crate) mod preflight;
mod run;
pub(crate) mod subjects;
mod tree;
mod verify;
pub(crate) mod view;

pub use arguments::RotateArgs;

use arguments::Format;
use carry::Settings;
use run::Run;

/// Runs `rotate`.
///
/// # Errors
/// [`CommandError`] with status 2 for what cannot be changed, 3 when the cluster
/// cannot be asked, 4 when it failed and all is as before, 5 when a part is done.
pub async fn run(args: RotateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
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
    let (found, redactor) = gather::gather(&args, &subjects, &cluster, ui).await?;
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
        ui.note("every value is the given one: nothing to do");
        return report.end(Ended::NothingToDo, None);
    }
    let names: Vec<_> = changed.iter().map(gather::Found::name).collect();
    let inventory = survey(&cluster, &names, ui).await?;
    let keys: Vec<_> = changed
        .iter()
        .flat_map(|secret| keys(secret, &namespace))
        .collect();
    let options = options(&args)?;
    report.plan = Plan::new(&inventory, &keys, &options);
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
    report.show_plan()?;
    preflight::seen(&report.plan)?;
    preflight::order(&report.plan, &options.order)?;
    preflight::budget(&report.plan, args.restart.budget)?;
    preflight::headroom(&cluster, &namespace, &report.plan, &inventory, ui).await;
    let now = Timestamp::now();
    let id = RunId::new().map_err(|error| CommandError::unavailable(error.to_string()))?;
    let mut drafts = gather::drafts(changed, &id, args.value.strategy.into(), now)?;
    let restarts = members::restarts(&report.plan, &inventory, args.restart.settle, now)?;
    drafts[0].record.restarts = Some(restarts);
    drafts[0].record.wishes = wishes(&args);
    if !drafts[0].record.fits() {
        return Err(CommandError::usage(
            "the workloads to restart do not fit the record of one run; nothing was changed",
        ));
    }
    if args.result.dry_run.mode == DryRun::Client {
        return report.end(Ended::WouldChange, None);
    }
    let check = args
        .value
        .verify_exec
        .as_deref()
        .map(|container| verify::Check {
            container,
            command: args.value.command.iter().map(String::as_str).collect(),
        });
    if let Some(check) = &check {
        verify::possible(&cluster, &namespace, &report.plan, check).await?;
    }
    preflight::permissions(&cluster, &namespace, &report.plan).await?;
    preflight::try_out(
        &cluster,
        &namespace,
        &drafts,
        &report.plan,
        &inventory,
        &redactor,
        ui,
    )
    .await?;
    show_warnings(&cluster, &redactor, ui);
    if args.result.dry_run.mode == DryRun::Server {
        return report.end(Ended::WouldChange, None);
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
            &format!("Rotate {names} and replace {} pods?", report.plan.moved()),
            &names,
        )? {
            return Err(CommandError::usage("not confirmed; nothing was changed"));
        }
    }
    // The question may have taken its time.
    members::renew(&mut drafts[0].record, Timestamp::now());
    let before = Running::of(&inventory);
    let run = Run::begin(&cluster, &namespace, drafts, redactor, ui).await?;
    report.id = Some(id.as_str().to_owned());
    end::carry_through(
        report,
        run,
        &inventory,
        &before,
        &settings(&args),
        check.as_ref(),
    )
    .await
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
fn wishes(args: &RotateArgs) -> Wishes {
    Wishes {
        grace: args.value.grace.as_secs(),
        keep: args.value.keep.map(|keep| keep.as_secs()),
        volumes: volumes(args),
        check: match args.value.verify_exec {
            Some(_) => Check::Command,
            None => Check::None,
        },
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
    })
}

fn keys(secret: &gather::Found, namespace: &str) -> Vec<SecretName> {
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

    /// Ends with a result that is no error.
    fn end(self, result: Ended, census: Option<&Census>) -> Result<ExitStatus, CommandError> {
        let status = self.outcome.status();
        self.document(result, census, status)?;
        Ok(status)
    }

    /// The document, where one is asked for.
    fn document(
        &self,
        result: Ended,
        census: Option<&Census>,
        status: ExitStatus,
    ) -> Result<(), CommandError> {
        let Some(syntax) = self.args.result.output.syntax() else {
            return Ok(());
        };
        let document = Document {
            namespace: self.namespace,
            secrets: &self.secrets,
            plan: &self.plan,
            id: self.id.clone(),
            census,
            result,
        };
        self.ui
            .document(|out| document.write(&self.outcome, status, syntax, out))
    }
}
