//! The restarts that follow syncs: of what still has an old value, once, by the machinery
//! of `restart`.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::command_line::{CommandLine, Hint};
use crate::commands::input::{self, Purpose};
use crate::commands::restart::course::{self, Consent, Course, Looking, Ready};
use crate::commands::rotate::subjects;
use crate::error::{CommandError, ExitStatus};
use crate::external::object::External;
use crate::finding::SecretName;
use crate::gathering::live::Namespaces;
use crate::inventory::SecretFacts;
use crate::outcome::{Kind, Outcome};
use crate::output::rotation::restarts as write_plan;
use crate::output::sync::State;
use crate::rotation::plan::{Options, Plan, Volumes};
use crate::words::folded;
use crate::workload::ObjectId;

use super::{Sync, by_object};

impl Sync<'_> {
    /// Restarts the workloads with a container that started before its Secret got a new
    /// value. Without a new value nothing is restarted, nor looked at.
    ///
    /// # Errors
    /// Those of `restart`; syncs that brought a new value stay.
    pub(super) async fn restart(
        &mut self,
        new: &[(External, SecretFacts)],
        role: &Hint,
    ) -> Result<(), CommandError> {
        if new.is_empty() {
            self.ui
                .note("no Secret has a new value: nothing is restarted");
            return Ok(());
        }
        let secrets: Vec<SecretName> = new
            .iter()
            .map(|(_, facts)| SecretName {
                namespace: facts.namespace.clone(),
                name: facts.name.clone(),
                key: None,
            })
            .collect();
        match self.restarted(&secrets, role).await {
            Ok(()) => Ok(()),
            Err(error) => {
                let namespaces: BTreeSet<&str> = secrets
                    .iter()
                    .map(|secret| secret.namespace.as_str())
                    .collect();
                // Whatever it was: the new values are a part of it.
                let mut after = CommandError::new(
                    ExitStatus::Partial,
                    format!(
                        "the new values are there, and then: {}",
                        match error.status() {
                            ExitStatus::Interrupted => "there was no answer about the restarts",
                            _ => error.message(),
                        }
                    ),
                )
                .hints(error.next_steps().to_vec());
                for namespace in namespaces {
                    let own = secrets
                        .iter()
                        .filter(|secret| secret.namespace == namespace);
                    let command = own.fold(
                        CommandLine::secretsafe("restart").switch("--stale"),
                        |command, secret| command.flag("--secret", &secret.name),
                    );
                    after = after.hint(Hint::run(
                        "To restart what has an old value",
                        command.namespace(namespace),
                    ));
                }
                Err(after)
            }
        }
    }

    async fn restarted(&mut self, secrets: &[SecretName], role: &Hint) -> Result<(), CommandError> {
        let names: Vec<&str> = secrets.iter().map(|secret| secret.name.as_str()).collect();
        let namespaces = match &self.namespace {
            Some(namespace) => Namespaces::One(namespace.clone()),
            None => Namespaces::All,
        };
        let inventory = input::survey(
            self.cluster,
            self.cluster.server(),
            &namespaces,
            Purpose::Rotation(&names),
            self.ui,
        )
        .await?;
        let gathered = Instant::now();
        let options = Options {
            order: subjects::order(&self.args.flags.order, None)?,
            volumes: match self.args.include_volumes {
                true => Volumes::Restart,
                false => Volumes::Refresh,
            },
            moves: Vec::new(),
        };
        let mut plan = Plan::new(&inventory, secrets, &options);
        let stale = course::stale(&inventory, secrets);
        plan.workloads
            .retain(|affected| stale.contains(&affected.id));
        plan.others.clear();
        for affected in plan.replaced() {
            self.outcome
                .add(Kind::WouldChange, course::name(&affected.id));
        }
        for (affected, _) in plan.left() {
            self.outcome.add(Kind::Refused, course::name(&affected.id));
        }
        let ui = self.ui;
        if self.args.output.syntax().is_none() && !plan.workloads.is_empty() {
            ui.show(|colour, out| write_plan(&plan, colour, out));
        }
        course::hint_at_paused(&plan, ui);
        let ended = {
            let course = Course {
                cluster: self.cluster,
                inventory: &inventory,
                plan: &plan,
                options: &options,
                flags: &self.args.flags,
                role: role.clone(),
                gathered,
                ui,
            };
            let consent = match self.args.yes {
                true => Consent::Given,
                false => Consent::Asked,
            };
            match course.prepare(Looking::No, consent).await {
                Ok(Ready::ToGo(restarts)) => course.run(&restarts, &mut self.outcome).await,
                Ok(Ready::Nothing | Ready::Shown) if stale.is_empty() => {
                    ui.note("no container has an old value: nothing is restarted");
                    Ok(())
                }
                Ok(Ready::Nothing | Ready::Shown) => Ok(()),
                Err(error) => Err(error),
            }
        };
        let keep: Vec<_> = plan
            .left()
            .map(|(affected, _)| course::name(&affected.id))
            .collect();
        if !keep.is_empty() {
            ui.warn(format!(
                "{} and {} not restarted: {}",
                match keep.len() {
                    1 => "1 workload keeps an old value".to_owned(),
                    many => format!("{many} workloads keep an old value"),
                },
                match keep.len() {
                    1 => "is",
                    _ => "are",
                },
                folded(keep.iter().map(String::as_str))
            ));
        }
        // What was planned and is not begun is not done.
        let left: Vec<String> = self
            .outcome
            .names(Kind::WouldChange)
            .map(str::to_owned)
            .collect();
        self.outcome
            .turn_all(Kind::WouldChange, &left, Kind::Refused);
        if ended.is_ok() {
            let kept = kept(&plan, &self.outcome);
            for row in by_object(&mut self.rows).into_values() {
                let secret = SecretName {
                    namespace: row.namespace.clone(),
                    name: row.secret.clone(),
                    key: None,
                };
                let stale = course::stale(&inventory, &[secret]);
                row.restarted = row.state == State::NewValue && stale.is_disjoint(&kept);
            }
        }
        self.plan = Some(plan);
        ended
    }
}

/// Workloads that still have an old value, or pods that have.
fn kept(plan: &Plan, outcome: &Outcome) -> BTreeSet<ObjectId> {
    let refused: BTreeSet<&str> = outcome.names(Kind::Refused).collect();
    let is_kept = |id: &ObjectId| {
        let name = course::name(id);
        refused.contains(name.as_str()) || refused.contains(format!("pods of {name}").as_str())
    };
    let left = plan.left().map(|(affected, _)| &affected.id);
    let replaced = plan.replaced().map(|affected| &affected.id);
    left.chain(replaced.filter(|id| is_kept(id)))
        .cloned()
        .collect()
}
