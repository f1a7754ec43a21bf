//! A run under way: its Secrets, how far it is, and who is at work.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::cluster::{Cluster, ClusterError, ServerDryRun};
use crate::command_line::{CommandLine, Hint};
use crate::commands::input;
use crate::error::CommandError;
use crate::finding::SecretName;
use crate::inventory::Inventory;
use crate::live::run::{Direction, KeyChange, RunError, RunSecret, write};
use crate::live::{self, Target};
use crate::output::rotation::receipt_v1::ReceiptHook;
use crate::process;
use crate::rotation::census::{By, Counted, Side};
use crate::rotation::hooks::OtherSide;
use crate::rotation::plan::Plan;
use crate::rotation::record::{Move, Record, Restarts, Trial};
use crate::rotation::state::{Holder, LEASE, Phase, RunState};
use crate::secret::redactor::Redactor;
use crate::ui::Ui;
use crate::workload::ObjectId;

use super::hooks::Hooks;
use super::members::stamp_now;
use super::words::{command, lost, not_stored, not_written, run_error, status, unusable};

/// How often a run says that it is still at work.
const PULSE: Duration = Duration::from_secs(20);

/// A run, with the Secrets in which its values are.
pub(super) struct Run<'a> {
    pub cluster: &'a Cluster,
    pub namespace: &'a str,
    pub ui: &'a Ui,
    /// Sorted by the Secret that they change; the first one says how far the run is.
    pub members: Vec<RunSecret>,
    /// Knows all values, old and new.
    pub redactor: Redactor,
    /// What works on the other side, and what became of each call.
    pub hooks: Hooks,
    pub calls: Vec<ReceiptHook>,
    /// The last count: how many containers run, and how many are behind.
    pub census: Option<(usize, usize)>,
    told: Instant,
    /// How far the server's clock is ahead of this machine's.
    ahead: SignedDuration,
}

/// Why it could not be said how far a run is.
pub(super) enum Told {
    /// It is not ours any more: another process has it, or it is gone.
    Lost(String),
    Error(CommandError),
}

impl From<Told> for CommandError {
    fn from(told: Told) -> Self {
        match told {
            Told::Lost(why) => Self::partial(format!("the run was left as it is: {why}")),
            Told::Error(error) => error,
        }
    }
}

/// A Secret that is to be changed, before the run has begun.
pub(super) struct Draft {
    pub record: Record,
    pub changes: Vec<KeyChange>,
}

impl Draft {
    /// Has the server say whether it would store what a run stores and writes.
    ///
    /// # Errors
    /// What it says. Nothing is changed.
    pub async fn try_out(
        &self,
        cluster: &Cluster,
        namespace: &str,
        redactor: &Redactor,
        ui: &Ui,
    ) -> Result<(), CommandError> {
        let state = pending();
        let Self { record, changes } = self;
        let created = RunSecret::create(
            cluster,
            namespace,
            record,
            &state,
            changes,
            ServerDryRun::Yes,
        );
        match created.await {
            // What an earlier run keeps goes when this one begins.
            Err(RunError::Taken) if is_kept(cluster, namespace, &record.secret.name, ui).await => {}
            created => {
                created.map_err(|error| not_stored(error, record, namespace, redactor))?;
            }
        }
        let tried = write(
            cluster,
            namespace,
            record,
            changes,
            Direction::Forward,
            ServerDryRun::Yes,
        );
        tried
            .await
            .map(|_| ())
            .map_err(|error| not_written(error, &record.secret.name, redactor))
    }
}

fn pending() -> RunState {
    RunState {
        phase: Phase::Pending,
        wrote: None,
        stamp: None,
        restored: None,
        keep: None,
        other_side: OtherSide::Untouched,
        attempts: 0,
        holder: Some(holder()),
    }
}

fn holder() -> Holder {
    let id = process::identity();
    Holder {
        machine: id.machine,
        process: id.process,
        until: Timestamp::now() + LEASE,
    }
}

impl<'a> Run<'a> {
    fn of(
        cluster: &'a Cluster,
        namespace: &'a str,
        members: Vec<RunSecret>,
        redactor: Redactor,
        ui: &'a Ui,
    ) -> Self {
        Self {
            cluster,
            namespace,
            ui,
            members,
            redactor,
            hooks: Hooks::default(),
            calls: Vec::new(),
            census: None,
            told: Instant::now(),
            ahead: SignedDuration::ZERO,
        }
    }

    /// Stores the old and the new values, before anything else is changed.
    ///
    /// # Errors
    /// Nothing is changed then.
    pub async fn begin(
        cluster: &'a Cluster,
        namespace: &'a str,
        drafts: Vec<Draft>,
        redactor: Redactor,
        ui: &'a Ui,
    ) -> Result<Self, CommandError> {
        let state = pending();
        let mut members: Vec<RunSecret> = Vec::new();
        for Draft { record, changes } in &drafts {
            let create = async || {
                let dry_run = ServerDryRun::No;
                RunSecret::create(cluster, namespace, record, &state, changes, dry_run).await
            };
            let mut created = create().await;
            if matches!(created, Err(RunError::Taken))
                && remove_kept(cluster, namespace, &record.secret.name, ui).await
            {
                created = create().await;
            }
            match created {
                Ok(created) => members.extend(created),
                Err(error) => {
                    for mut member in members {
                        // Whoever looks at runs finds it; it has changed nothing.
                        let _ = member.remove(cluster, namespace).await;
                    }
                    return Err(not_stored(error, record, namespace, &redactor));
                }
            }
        }
        Ok(Self::of(cluster, namespace, members, redactor, ui))
    }

    /// Finds the run that changes a Secret, and takes it over if nobody is at work on
    /// it.
    ///
    /// # Errors
    /// Status 2 when there is none, or another process is at work.
    pub async fn find(
        cluster: &'a Cluster,
        namespace: &'a str,
        secret: &str,
        ui: &'a Ui,
    ) -> Result<Self, CommandError> {
        let read = async |name: &str| {
            let found = RunSecret::read(cluster, namespace, name).await;
            found.map_err(|error| unusable(error, name))
        };
        let none = || {
            CommandError::usage(format!("no run changes secret/{secret} in {namespace}")).hint(
                Hint::run("To see the runs that are not over", status(namespace)),
            )
        };
        let Some(found) = read(secret).await? else {
            input::is_in_a_namespace(cluster).await?;
            return Err(none());
        };
        let record = found.record.clone();
        let mut members = Vec::new();
        for name in &record.secrets {
            // A run that had stored only some of its values has written none.
            if let Some(member) = read(name).await?
                && member.record.run == record.run
            {
                members.push(member);
            }
        }
        if members
            .first()
            .is_none_or(|lead| lead.record.secrets.first() != Some(&lead.record.secret.name))
        {
            let left = crate::rotation::record::name_of(secret);
            return Err(CommandError::usage(format!(
                "secret/{left} is left over of a run that is over: nothing is done with its values"
            ))
            .hint(Hint::run(
                "To remove it",
                CommandLine::kubectl("delete secret")
                    .name(&left)
                    .namespace(namespace),
            )));
        }
        let values = members.iter().flat_map(|member| &member.changes);
        let values = values
            .flat_map(|change| [&change.old, &change.new])
            .flatten();
        let redactor = Redactor::new(values);
        Ok(Self::of(cluster, namespace, members, redactor, ui))
    }

    /// Makes sure that nobody else is at work on it, and says that this process is.
    ///
    /// # Errors
    /// Status 2 when another process is.
    pub async fn take_over(&mut self) -> Result<(), CommandError> {
        // A program outlives the process that called it, if that was killed.
        let run = self.members[0].record.run.as_str();
        if let Some(process) = process::with_environment("SECRETSAFE_RUN", run) {
            return Err(CommandError::usage(format!(
                "a program of this run is still at work on the other side of the credential (process {process})"
            ))
            .hint("Wait until it is done, or end it."));
        }
        let state = self.state().clone();
        if let Some(holder) = &state.holder
            && !process::is_dead(&holder.machine, &holder.process)
        {
            // Its clock may be another one: whoever is at work renews it within a lease.
            if holder.until > Timestamp::UNIX_EPOCH {
                self.ui.note(format!(
                    "another process was at work on this run; waiting for {} s whether it still is",
                    LEASE.as_secs() + 1
                ));
                let wait = Duration::try_from(LEASE).unwrap_or_default();
                tokio::time::sleep(wait + Duration::from_secs(1)).await;
                let again = RunSecret::read(self.cluster, self.namespace, self.lead_name()).await;
                let again = again.map_err(|error| unusable(error, self.lead_name()))?;
                if again.is_none_or(|again| again.state != state) {
                    return Err(
                        CommandError::usage("another process is at work on this run")
                            .hint("Wait until it is done, or stop it."),
                    );
                }
            }
        }
        Ok(self.tell(state.phase).await?)
    }

    /// Whether all of its values are stored. At the end they are removed one by one.
    pub fn is_whole(&self) -> bool {
        self.members[0].record.secrets.len() == self.members.len()
    }

    pub fn lead_name(&self) -> &str {
        &self.members[0].record.secret.name
    }

    pub fn state(&self) -> &RunState {
        &self.members[0].state
    }

    /// Says how far the run is.
    ///
    /// # Errors
    /// When it cannot be said, or somebody else has the run.
    pub async fn tell(&mut self, phase: Phase) -> Result<(), Told> {
        let state = self.state().clone();
        self.say(RunState { phase, ..state }).await
    }

    /// Says what is known of the run, and that this process is at work.
    ///
    /// # Errors
    /// As [`Run::tell`].
    pub async fn say(&mut self, state: RunState) -> Result<(), Told> {
        let state = RunState {
            holder: Some(holder()),
            ..state
        };
        self.told = Instant::now();
        let lead = &mut self.members[0];
        let told = lead.tell(self.cluster, self.namespace, state).await;
        told.map_err(|error| lost(error, &self.redactor))?;
        if let Some(at) = self.members[0].told_at() {
            self.ahead = at.duration_since(Timestamp::now());
        }
        Ok(())
    }

    /// Says that nobody is at work on it any more; whoever goes on need not wait.
    pub async fn let_go(&mut self) {
        let state = RunState {
            holder: None,
            ..self.state().clone()
        };
        let lead = &mut self.members[0];
        let _ = lead.tell(self.cluster, self.namespace, state).await;
    }

    /// Says from time to time that this process is at work.
    ///
    /// # Errors
    /// When somebody else has the run, or it is gone.
    pub async fn pulse(&mut self) -> Result<(), String> {
        if self.told.elapsed() < PULSE {
            return Ok(());
        }
        match self.say(self.state().clone()).await {
            // A server that does not answer now is asked again with the next one.
            Ok(()) | Err(Told::Error(_)) => Ok(()),
            Err(Told::Lost(why)) => Err(why),
        }
    }

    /// Lifts what is left of raised `minReadySeconds`: of workloads that became ones
    /// that are not restarted.
    ///
    /// # Errors
    /// Status 5: everything else is done.
    pub async fn lift_guards(&self, plan: &Plan) -> Result<(), CommandError> {
        for restart in self.restarts().map_or_else(Vec::new, |all| all.workloads) {
            let (Some(guard), id) = (restart.guard, restart.id(self.namespace)) else {
                continue;
            };
            if plan.replaced().any(|affected| affected.id == id) {
                continue;
            }
            if let Some(target) = Target::restartable(self.cluster, &id) {
                let lifted = target.lift_guard(&restart.uid, guard, None).await;
                lifted.map_err(|error| CommandError::partial(error.unmasked().message()))?;
            }
        }
        Ok(())
    }

    /// Removes the run's Secrets: the one that leads last, so that what is left is
    /// found.
    ///
    /// # Errors
    /// Status 5: everything else is done.
    pub async fn remove(&mut self) -> Result<(), CommandError> {
        if self.members[0]
            .record
            .wishes
            .trials
            .contains(&Trial::Rehearse)
        {
            self.remove_trials().await;
        }
        let (cluster, namespace) = (self.cluster, self.namespace);
        for member in self.members.iter_mut().rev() {
            member.remove(cluster, namespace).await.map_err(|error| {
                let name = member.name();
                let error = run_error(error, &self.redactor);
                CommandError::partial(format!(
                    "secret/{name} still holds the old and the new value: {}",
                    error.message()
                ))
                .hint(Hint::run(
                    "To remove it",
                    CommandLine::kubectl("delete secret")
                        .name(name)
                        .namespace(namespace),
                ))
            })?;
        }
        Ok(())
    }

    /// The keys that the run changes.
    pub fn keys(&self) -> Vec<SecretName> {
        let counted = self.counted().into_iter();
        counted.map(|counted| counted.key).collect()
    }

    /// The same, with how it is told which value a container has. Of a Secret whose place
    /// another one takes, both, with all of their keys.
    pub fn counted(&self) -> Vec<Counted> {
        let of = |name: &str, key: Option<&String>, by| Counted {
            key: SecretName {
                namespace: self.namespace.to_owned(),
                name: name.to_owned(),
                key: key.cloned(),
            },
            by,
        };
        let mut all = Vec::new();
        for RunSecret { record, .. } in &self.members {
            let name = &record.secret.name;
            match &record.successor {
                None => all.extend(record.keys.iter().map(|key| of(name, Some(key), By::Time))),
                Some(successor) => all.extend([
                    of(name, None, By::Name(Side::Replaced)),
                    of(successor, None, By::Name(Side::Successor)),
                ]),
            }
        }
        all
    }

    /// The references that the run moves.
    pub fn moves(&self) -> Vec<Move> {
        let records = self.members.iter().map(|member| &member.record);
        records.filter_map(Record::moved).collect()
    }

    /// What the run restarts, with the mark that it gives them.
    pub fn restarts(&self) -> Option<Restarts> {
        let planned = self.members[0].record.restarts.clone()?;
        let stamp = self.state().stamp.unwrap_or(planned.stamp);
        Some(Restarts { stamp, ..planned })
    }

    /// A mark of the present, by the server's clock.
    pub fn new_stamp(&self) -> Timestamp {
        let planned = self.members[0].record.restarts.as_ref();
        let known = planned.map_or(&[][..], |planned| &planned.workloads);
        stamp_now(known, Timestamp::now() + self.ahead)
    }

    /// The commands that go on with the run, or take it back.
    ///
    /// They name the programs of the run as this process was given them.
    pub fn ways(&self) -> [Hint; 2] {
        [
            Hint::run("To go on", self.command("--resume")),
            Hint::run("To take everything back", self.command("--abort")),
        ]
    }

    /// The same by how far it is: one that is being taken back goes no other way.
    pub fn ways_on(&self) -> Vec<Hint> {
        match self.state().phase {
            Phase::Back => vec![Hint::run(
                "To continue the rollback",
                self.command("--abort"),
            )],
            _ => self.ways().to_vec(),
        }
    }

    /// A command about this run.
    pub fn command(&self, flag: &'static str) -> CommandLine {
        self.hooks
            .add_to(command(self.lead_name(), self.namespace, flag))
    }

    /// Looks at workloads and all pods; its time is that of the server, with whose times
    /// it is compared.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn look<'i>(
        &self,
        ids: impl Iterator<Item = &'i ObjectId>,
    ) -> Result<Inventory, CommandError> {
        let targets: Vec<_> = ids
            .filter_map(|id| Target::restartable(self.cluster, id))
            .collect();
        let seen = live::look_at(self.cluster, self.namespace, &targets).await;
        let mut seen = seen.map_err(ClusterError::unmasked)?;
        seen.now += self.ahead;
        Ok(seen)
    }
}

/// Whether an earlier run has changed this Secret, is over, and keeps the old value.
async fn is_kept(cluster: &Cluster, namespace: &str, secret: &str, ui: &Ui) -> bool {
    let found = Run::find(cluster, namespace, secret, ui).await;
    matches!(found, Ok(earlier) if earlier.state().phase == Phase::Kept)
}

/// Removes what an earlier run keeps for `--undo`; whether it did.
async fn remove_kept(cluster: &Cluster, namespace: &str, secret: &str, ui: &Ui) -> bool {
    let Ok(mut earlier) = Run::find(cluster, namespace, secret, ui).await else {
        return false;
    };
    if earlier.state().phase != Phase::Kept || earlier.remove().await.is_err() {
        return false;
    }
    ui.note(format!(
        "the old value of secret/{} that an earlier run kept is removed",
        earlier.members[0].record.secrets.join(", secret/")
    ));
    true
}
