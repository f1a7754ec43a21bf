//! A run under way: its Secrets, how far it is, and who is at work.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::cluster::{Cluster, ClusterError, ServerDryRun};
use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::finding::SecretName;
use crate::inventory::Inventory;
use crate::live::run::{Direction, Has, KeyChange, NotWritten, RunError, RunSecret, probe, write};
use crate::live::{self, Target};
use crate::process;
use crate::rotation::plan::Plan;
use crate::rotation::record::{Record, Restarts};
use crate::rotation::state::{Holder, LEASE, Phase, RunState};
use crate::secret::SecretValue;
use crate::secret::redactor::Redactor;
use crate::ui::Ui;
use crate::workload::ObjectId;

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
        restored: None,
        keep: None,
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
        Ok(Self {
            cluster,
            namespace,
            ui,
            members,
            redactor,
            told: Instant::now(),
            ahead: SignedDuration::ZERO,
        })
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
        let found = read(secret).await?.ok_or_else(none)?;
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
        Ok(Self {
            cluster,
            namespace,
            ui,
            members,
            redactor,
            told: Instant::now(),
            ahead: SignedDuration::ZERO,
        })
    }

    /// Makes sure that nobody else is at work on it, and says that this process is.
    ///
    /// # Errors
    /// Status 2 when another process is.
    pub async fn take_over(&mut self) -> Result<(), CommandError> {
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

    /// Whether every Secret has the values that are wanted: somebody else may have
    /// written others meanwhile.
    ///
    /// # Errors
    /// Status 5, naming the Secret.
    pub async fn all_have(&self, wanted: Has) -> Result<(), CommandError> {
        for member in &self.members {
            let RunSecret {
                record, changes, ..
            } = member;
            let name = &record.secret.name;
            let found = probe(self.cluster, self.namespace, record, changes).await;
            let (has, _) = found.map_err(|error| not_written(error, name, &self.redactor))?;
            if has != wanted {
                return Err(CommandError::partial(format!(
                    "secret/{name} does not have the value of the run any more: somebody else has written it"
                )));
            }
        }
        Ok(())
    }

    /// Whether no Secret has a value of the run.
    ///
    /// # Errors
    /// When that cannot be known.
    pub async fn wrote_nothing(&self) -> Result<bool, CommandError> {
        for member in &self.members {
            let RunSecret {
                record, changes, ..
            } = member;
            match probe(self.cluster, self.namespace, record, changes).await {
                Ok((Has::New, _)) => return Ok(false),
                Err(NotWritten::Cluster(error)) => return Err(error.unmasked()),
                _ => {}
            }
        }
        Ok(true)
    }

    /// The Secret that somebody else has written since, if one is: then nothing of
    /// the run fits it.
    ///
    /// # Errors
    /// When that cannot be known.
    pub async fn foreign(&self) -> Result<Option<String>, CommandError> {
        for member in &self.members {
            let RunSecret {
                record, changes, ..
            } = member;
            let name = &record.secret.name;
            match probe(self.cluster, self.namespace, record, changes).await {
                Ok((Has::Old | Has::New, _)) => {}
                Ok((Has::Another(_), _)) | Err(NotWritten::Gone | NotWritten::Foreign(_)) => {
                    return Ok(Some(name.clone()));
                }
                Err(error) => return Err(not_written(error, name, &self.redactor)),
            }
        }
        Ok(None)
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

    /// Writes the values of all Secrets; when the last one was written.
    ///
    /// # Errors
    /// Status 5 where some of them may be written.
    pub async fn write(&mut self, direction: Direction) -> Result<Timestamp, CommandError> {
        let mut last = Timestamp::UNIX_EPOCH;
        for member in &self.members {
            let RunSecret {
                record, changes, ..
            } = member;
            let (cluster, namespace) = (self.cluster, self.namespace);
            let written = write(
                cluster,
                namespace,
                record,
                changes,
                direction,
                ServerDryRun::No,
            );
            let at = written
                .await
                .map_err(|error| not_written(error, &record.secret.name, &self.redactor))?;
            last = last.max(at);
        }
        Ok(last)
    }

    /// Says when the new values were written, if they were and nobody has said so yet.
    ///
    /// # Errors
    /// When it cannot be known, or cannot be said.
    pub async fn find_when_written(&mut self) -> Result<Option<Timestamp>, CommandError> {
        if self.state().wrote.is_some() {
            return Ok(self.state().wrote);
        }
        let mut first: Option<Timestamp> = None;
        for member in &self.members {
            let RunSecret {
                record, changes, ..
            } = member;
            let found = probe(self.cluster, self.namespace, record, changes).await;
            let found =
                found.map_err(|error| not_written(error, &record.secret.name, &self.redactor))?;
            if let (Has::New, at) = found {
                first = Some(first.map_or(at, |first| first.min(at)));
            }
        }
        if first.is_some() {
            let state = RunState {
                wrote: first,
                ..self.state().clone()
            };
            self.say(state).await?;
        }
        Ok(first)
    }

    /// Lifts what is left of raised `minReadySeconds`: of workloads that became ones
    /// that are not restarted.
    ///
    /// # Errors
    /// Status 5: everything else is done.
    pub async fn lift_guards(&self, plan: &Plan) -> Result<(), CommandError> {
        let restarts = self.restarts().map_or(&[][..], |all| &all.workloads);
        for restart in restarts {
            let (Some(guard), id) = (restart.guard, restart.id(self.namespace)) else {
                continue;
            };
            if plan.replaced().any(|affected| affected.id == id) {
                continue;
            }
            if let Some(target) = Target::restartable(self.cluster, &id) {
                let lifted = target.lift_guard(&restart.uid, guard).await;
                lifted.map_err(|error| CommandError::partial(error.unmasked().message()))?;
            }
        }
        Ok(())
    }

    /// Removes the keys in which the old values stand beside the new ones.
    ///
    /// # Errors
    /// Status 5: everything else is done.
    pub async fn remove_previous(&mut self) -> Result<(), CommandError> {
        for member in &self.members {
            let RunSecret {
                record, changes, ..
            } = member;
            let removed: Vec<KeyChange> = changes
                .iter()
                .filter(|change| change.old.is_none())
                .map(|change| KeyChange {
                    key: change.key.clone(),
                    old: change.new.as_ref().map(SecretValue::duplicate),
                    new: None,
                })
                .collect();
            if removed.is_empty() {
                continue;
            }
            let written = write(
                self.cluster,
                self.namespace,
                record,
                &removed,
                Direction::Forward,
                ServerDryRun::No,
            );
            written.await.map_err(|error| {
                let error = not_written(error, &record.secret.name, &self.redactor);
                CommandError::partial(format!(
                    "the old value could not be removed: {}",
                    error.message()
                ))
                .hint(self.ways()[0].clone())
            })?;
        }
        Ok(())
    }

    /// Removes the run's Secrets: the one that leads last, so that what is left is
    /// found.
    ///
    /// # Errors
    /// Status 5: everything else is done.
    pub async fn remove(&mut self) -> Result<(), CommandError> {
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
        let of = |member: &RunSecret| {
            let name = member.record.secret.name.clone();
            let namespace = self.namespace.to_owned();
            member
                .record
                .keys
                .clone()
                .into_iter()
                .map(move |key| SecretName {
                    namespace: namespace.clone(),
                    name: name.clone(),
                    key: Some(key),
                })
        };
        self.members.iter().flat_map(of).collect()
    }

    /// What the run restarts.
    pub fn restarts(&self) -> Option<&Restarts> {
        self.members[0].record.restarts.as_ref()
    }

    /// The commands that go on with the run, or take it back.
    pub fn ways(&self) -> [Hint; 2] {
        ways(self.lead_name(), self.namespace)
    }

    /// A command about this run.
    pub fn command(&self, flag: &'static str) -> CommandLine {
        command(self.lead_name(), self.namespace, flag)
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

/// The commands that go on with the run of a Secret, or take it back.
fn ways(secret: &str, namespace: &str) -> [Hint; 2] {
    let rotate = |flag| command(secret, namespace, flag);
    [
        Hint::run("To go on", rotate("--resume")),
        Hint::run("To take everything back", rotate("--abort")),
    ]
}

/// A command about the run of a Secret.
fn command(secret: &str, namespace: &str, flag: &'static str) -> CommandLine {
    CommandLine::secretsafe("rotate")
        .name(&format!("secret/{secret}"))
        .namespace(namespace)
        .switch(flag)
}

fn status(namespace: &str) -> CommandLine {
    CommandLine::secretsafe("rotate")
        .switch("--status")
        .namespace(namespace)
}

fn run_error(error: RunError, redactor: &Redactor) -> CommandError {
    match error {
        RunError::Cluster(error) => error.into_command_error(redactor, &[]),
        RunError::Taken => CommandError::usage("another run has it"),
        RunError::Foreign(why) => CommandError::usage(why),
    }
}

/// Why the Secret of a run cannot be believed.
fn unusable(error: RunError, secret: &str) -> CommandError {
    match error {
        RunError::Foreign(why) => {
            let name = crate::rotation::record::name_of(secret);
            CommandError::usage(format!("secret/{name} is not used: {why}"))
                .hint("Nothing was changed. Look at it and at who may write Secrets there, and delete it if nobody needs its values.")
        }
        error => run_error(error, &Redactor::new([])),
    }
}

fn lost(error: RunError, redactor: &Redactor) -> Told {
    if let RunError::Foreign(why) = error {
        return Told::Lost(why);
    }
    let error = run_error(error, redactor);
    Told::Error(
        CommandError::partial(format!(
            "how far the run is could not be written down: {}",
            error.message()
        ))
        .hints(error.next_steps().to_vec()),
    )
}

fn not_stored(
    error: RunError,
    record: &Record,
    namespace: &str,
    redactor: &Redactor,
) -> CommandError {
    let secret = &record.secret.name;
    match error {
        RunError::Taken => {
            let name = crate::rotation::record::name_of(secret);
            CommandError::usage(format!(
                "secret/{secret} is being changed by another run, or one that has not ended: secret/{name} exists; nothing was changed"
            ))
            .hints(ways(secret, namespace))
        }
        error => {
            let error = run_error(error, redactor);
            CommandError::new(
                error.status(),
                format!("the old and the new value cannot be stored in a Secret of the run: {}; nothing was changed", error.message()),
            )
            .hints(error.next_steps().to_vec())
        }
    }
}

fn not_written(error: NotWritten, secret: &str, redactor: &Redactor) -> CommandError {
    match error {
        NotWritten::Cluster(ClusterError::Conflict { .. }) => {
            CommandError::usage(format!("secret/{secret} keeps changing"))
        }
        NotWritten::Cluster(error) => error.into_command_error(redactor, &[]),
        NotWritten::Gone => CommandError::usage(format!(
            "secret/{secret} is gone, or another one has its name"
        )),
        NotWritten::Foreign(key) => CommandError::usage(format!(
            "secret/{secret} has another value of {key} than the run knows: somebody else has written it"
        )),
    }
}
