//! `sync`: has the External Secrets Operator read stores now, sees what comes of it, and
//! restarts what still has an old value.

mod arguments;
mod carry;
mod chosen;
mod restarting;

pub use arguments::SyncArgs;

use std::collections::BTreeMap;

use crate::api::{self, RoleScope, Task};
use crate::cluster::{Cluster, ClusterError, ServerDryRun};
use crate::command_line::{CommandLine, Hint};
use crate::commands::dry_run::DryRun;
use crate::commands::{input, question};
use crate::error::{CommandError, ExitStatus};
use crate::external::object::External;
use crate::external::store::{Store, StoreKind};
use crate::external::sync::{Explanation, Failure, explain, ignores, renews};
use crate::inventory::role_command;
use crate::live::external as live;
use crate::outcome::{Kind, Outcome};
use crate::output::rotation::Ended;
use crate::output::sync::{Document, Row, State};
use crate::rotation::plan::Plan;
use crate::secret::redactor::Redactor;
use crate::ui::Ui;

use chosen::Chosen;

/// Runs `sync`.
///
/// # Errors
/// [`CommandError`] with status 2 for what cannot be synced, 3 when the cluster cannot be
/// asked, 5 when a part is done.
pub async fn run(args: SyncArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let task = Task::Sync(match args.restart {
        true => api::Restarts::Yes,
        false => api::Restarts::No,
    });
    let namespace = match args.all_namespaces {
        true => None,
        false => Some(input::namespace(&args.connection)?),
    };
    if args.print_rbac {
        let scope = namespace
            .as_deref()
            .map_or(RoleScope::Cluster, RoleScope::Namespace);
        let role = task.role(scope);
        ui.document(|out| out.write_all(role.as_bytes()))?;
        return Ok(ExitStatus::Ok);
    }
    let role = role_command(task, namespace.as_deref());
    let ended = carried_out(args, namespace, &role, ui).await;
    ended.map_err(|error| error.enough(&role))
}

/// Of many things alike, so many have a hint of their own.
const MOST_HINTS: usize = 3;

/// One run: what was found, and what became of it so far.
struct Sync<'a> {
    args: &'a SyncArgs,
    cluster: &'a Cluster,
    namespace: Option<String>,
    ui: &'a Ui,
    rows: Vec<Row>,
    stores: Vec<Store>,
    failures: Vec<Failure>,
    outcome: Outcome,
    /// The restarts, once they are planned.
    plan: Option<Plan>,
}

async fn carried_out(
    args: SyncArgs,
    namespace: Option<String>,
    role: &Hint,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let chosen = Chosen::new(&args)?;
    let is_dry_run = args.dry_run.mode != DryRun::None;
    if args.restart && !args.yes && !is_dry_run {
        question::possible(
            ui,
            "Look at it with --dry-run, then run it again with --yes.",
        )?;
    }
    let cluster = Cluster::connect(&args.connection)
        .await
        .map_err(ClusterError::unmasked)?;
    let found = live::all(&cluster, namespace.as_deref()).await;
    let found = found.map_err(ClusterError::unmasked)?;
    let nothing = Redactor::new([]);
    for warning in cluster.take_warnings() {
        ui.warn(nothing.show(&warning));
    }
    let Some(found) = found else {
        return Err(not_served());
    };
    if found.is_empty() && !args.all_namespaces {
        input::is_in_a_namespace(&cluster).await?;
    }
    let externals = chosen.of(found)?;
    let (stores, refused) = live::stores(&cluster, namespace.as_deref())
        .await
        .map_err(ClusterError::unmasked)?;
    let mut sync = Sync {
        args: &args,
        cluster: &cluster,
        namespace,
        ui,
        rows: Vec::new(),
        stores,
        failures: Vec::new(),
        outcome: Outcome::default(),
        plan: None,
    };
    let not_listed: Vec<_> = refused.into_iter().collect();
    let due = sync.sorted_out(externals, &chosen, &not_listed);
    if is_dry_run {
        return sync.shown(due).await;
    }
    match sync.all_of_it(due, role).await {
        Ok(()) => sync.end(None),
        Err(error) => {
            sync.end(Some(error.status()))?;
            Err(error)
        }
    }
}

/// That the operator is not there, or too old.
pub(crate) fn not_served() -> CommandError {
    CommandError::usage("this cluster does not serve external-secrets.io/v1; nothing was changed")
        .hint("Install the External Secrets Operator, 0.16 or later.")
        .hint(Hint::run(
            "What it serves",
            CommandLine::kubectl("api-resources").switch("--api-group=external-secrets.io"),
        ))
}

impl Sync<'_> {
    /// Notes what a sync would come to nothing for, or to more than was asked for; the others
    /// are left.
    fn sorted_out(
        &mut self,
        externals: Vec<External>,
        chosen: &Chosen<'_>,
        not_listed: &[StoreKind],
    ) -> Vec<External> {
        let mut due = Vec::new();
        for external in externals {
            let more = self.does_more(&external, chosen);
            if let (None, Some(why)) = (ignores(&external), more) {
                self.ui
                    .warn(format!("{} will not be synced: {why}", external.words()));
                self.outcome.add(Kind::Refused, external.words());
                self.rows.push(Row::new(&external, State::Declined(why)));
                continue;
            }
            if let Some(why) = ignores(&external) {
                self.ui
                    .warn(format!("{} will not be synced: {why}", external.words()));
                self.outcome.add(Kind::Refused, external.words());
                self.rows
                    .push(Row::new(&external, State::Ignored(why.to_owned())));
                continue;
            }
            match unusable(&external, &self.stores, not_listed) {
                None => due.push(external),
                Some(why) => self.failed(&external, why),
            }
        }
        due
    }

    /// Why a sync would do more than was asked for, as a fragment.
    fn does_more(&self, external: &External, chosen: &Chosen<'_>) -> Option<String> {
        let new_value = renews(external).filter(|_| !self.args.include_generated);
        if let Some(why) = new_value {
            return Some(format!("{why}; --include-generated syncs it, too"));
        }
        let owner = external.cluster_owner.as_ref()?;
        (!chosen.takes_all_of(owner)).then(|| {
            format!(
                "clusterexternalsecret/{owner} makes it, and would sync all that it makes, in every namespace: name clusterexternalsecret/{owner} if that is wished"
            )
        })
    }

    /// What is wrong with a store, or is said of it.
    fn failed(&mut self, external: &External, why: String) {
        self.outcome.add(Kind::Refused, external.words());
        self.rows
            .push(Row::new(external, State::Failed(why.clone())));
        self.failures.push(Failure {
            namespace: external.namespace.clone(),
            name: external.name.clone(),
            stores: external.stores.clone(),
            why,
        });
    }

    /// Shows what would be synced. With a dry run of the server it checks the requests.
    async fn shown(mut self, due: Vec<External>) -> Result<ExitStatus, CommandError> {
        for external in due {
            if self.args.dry_run.mode == DryRun::Server {
                let tried = match &external.cluster_owner {
                    Some(owner) => live::ask_for_all(self.cluster, owner, ServerDryRun::Yes)
                        .await
                        .map(|_| ()),
                    None => live::ask(self.cluster, &external, ServerDryRun::Yes)
                        .await
                        .map(|_| ()),
                };
                tried.map_err(ClusterError::unmasked)?;
            }
            self.outcome.add(Kind::WouldChange, external.words());
            self.rows.push(Row::new(&external, State::WouldSync));
        }
        self.end(None)
    }

    /// Writes the result, and says of each store once what is wrong with it.
    fn end(&self, error: Option<ExitStatus>) -> Result<ExitStatus, CommandError> {
        let explanations = explain(&self.failures, &self.stores);
        let status = error.unwrap_or_else(|| self.outcome.status());
        match self.args.output.syntax() {
            Some(syntax) => {
                let document = Document {
                    namespace: self.namespace.as_deref(),
                    rows: &self.rows,
                    explanations: &explanations,
                    plan: self.plan.as_ref(),
                    result: self.result(status),
                };
                self.ui
                    .document(|out| document.write(&self.outcome, status, syntax, out))?;
            }
            None => self.ui.document(|out| {
                for row in self.rows.iter().filter(|row| !row.is_explained()) {
                    writeln!(out, "{}", row.words(self.namespace.is_none()))?;
                }
                Ok(())
            })?,
        }
        self.explain(&explanations);
        let unexplained = self.rows.iter().filter(|row| row.is_unexplained());
        for row in unexplained.take(MOST_HINTS) {
            self.ui.hint(Hint::run(
                "What the operator says of it",
                CommandLine::kubectl("describe")
                    .name(&format!("externalsecret/{}", row.name))
                    .namespace(&row.namespace),
            ));
        }
        Ok(status)
    }

    fn explain(&self, explanations: &[Explanation]) {
        for explanation in explanations {
            self.ui.warn(explanation.words());
            let Some(store) = &explanation.store else {
                continue;
            };
            self.ui.hint(Hint::run(
                "What its status says",
                CommandLine::kubectl("describe")
                    .name(&store.short())
                    .namespace(explanation.namespace.as_deref().unwrap_or_default()),
            ));
        }
    }

    fn result(&self, status: ExitStatus) -> Ended {
        let has = |kind| self.outcome.count(kind) > 0;
        match status {
            ExitStatus::Ok if has(Kind::Changed) => Ended::Done,
            ExitStatus::Ok if has(Kind::WouldChange) => Ended::WouldChange,
            ExitStatus::Ok => Ended::NothingToDo,
            other => Ended::with(other),
        }
    }
}

/// Why a store makes a sync impossible, as far as stores may be looked at.
fn unusable(external: &External, stores: &[Store], not_listed: &[StoreKind]) -> Option<String> {
    external.stores.iter().find_map(|wanted| {
        let found = stores.iter().find(|store| {
            let here =
                store.namespace.is_none() || store.namespace.as_ref() == Some(&external.namespace);
            store.reference == *wanted && here
        });
        match found {
            Some(store) => store.unusable(),
            None if not_listed.contains(&wanted.kind) => None,
            None => Some(format!("{} does not exist", wanted.short())),
        }
    })
}

/// Rows by object.
fn by_object(rows: &mut [Row]) -> BTreeMap<(String, String), &mut Row> {
    rows.iter_mut()
        .map(|row| ((row.namespace.clone(), row.name.clone()), row))
        .collect()
}
