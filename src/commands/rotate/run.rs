//! A run under way: its Secrets, how far it is, and who is at work.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::cluster::{Cluster, ClusterError, ServerDryRun};
use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::finding::SecretName;
use crate::live::run::{Direction, Has, KeyChange, NotWritten, RunError, RunSecret, probe, write};
use crate::process;
use crate::rotation::record::{Record, Restarts};
use crate::rotation::state::{Holder, LEASE, Phase, RunState};
use crate::secret::SecretValue;
use crate::secret::redactor::Redactor;
use crate::ui::Ui;

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
            Err(RunError::Taken) if is_kept(cluster, namespace, &record.secret.name).await => {}
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
            let wait = holder.until.duration_since(Timestamp::now());
            // Its clock may be another one: what it says is believed for a lease.
            let wait = wait.min(LEASE);
            if wait > SignedDuration::ZERO {
                self.ui.note(format!(
                    "another process was at work on this run; waiting for {} s whether it still is",
                    wait.as_secs() + 1
                ));
                let wait = Duration::try_from(wait).unwrap_or_default();
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
        self.tell(state.phase).await
    }

    /// Whether all of its values are stored.
    pub fn is_whole(&self) -> bool {
        (self.members.first()).is_some_and(|lead| lead.record.secrets.len() == self.members.len())
    }

    fn lead_name(&self) -> &str {
        &self.members[0].record.secret.name
    }

    pub fn state(&self) -> &RunState {
        &self.members[0].state
    }

    /// Says how far the run is.
    ///
    /// # Errors
    /// When it cannot be said, or somebody else has the run.
    pub async fn tell(&mut self, phase: Phase) -> Result<(), CommandError> {
        let state = self.state().clone();
        self.say(RunState { phase, ..state }).await
    }

    /// Says what is known of the run, and that this process is at work.
    ///
    /// # Errors
    /// As [`Run::tell`].
    pub async fn say(&mut self, state: RunState) -> Result<(), CommandError> {
        let state = RunState {
            holder: Some(holder()),
            ..state
        };
        self.told = Instant::now();
        let lead = &mut self.members[0];
        let told = lead.tell(self.cluster, self.namespace, state).await;
        told.map_err(|error| lost(error, &self.redactor))
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
        let state = RunState {
            holder: Some(holder()),
            ..self.state().clone()
        };
        self.told = Instant::now();
        let lead = &mut self.members[0];
        match lead.tell(self.cluster, self.namespace, state).await {
            // A server that does not answer now is asked again with the next one.
            Ok(()) | Err(RunError::Cluster(_)) => Ok(()),
            Err(error) => Err(lost(error, &self.redactor).message().to_owned()),
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
        CommandLine::secretsafe("rotate")
            .name(&format!("secret/{}", self.lead_name()))
            .namespace(self.namespace)
            .switch(flag)
    }
}

async fn is_kept(cluster: &Cluster, namespace: &str, secret: &str) -> bool {
    let found = RunSecret::read(cluster, namespace, secret).await;
    matches!(found, Ok(Some(earlier)) if earlier.state.phase == Phase::Kept)
}

/// Removes what an earlier run keeps for `--undo`; whether it did.
async fn remove_kept(cluster: &Cluster, namespace: &str, secret: &str, ui: &Ui) -> bool {
    let Ok(Some(mut earlier)) = RunSecret::read(cluster, namespace, secret).await else {
        return false;
    };
    if earlier.state.phase != Phase::Kept || earlier.remove(cluster, namespace).await.is_err() {
        return false;
    }
    ui.note(format!(
        "the old value of secret/{secret} that an earlier run kept is removed"
    ));
    true
}

/// The commands that go on with the run of a Secret, or take it back.
fn ways(secret: &str, namespace: &str) -> [Hint; 2] {
    let rotate = |flag| {
        CommandLine::secretsafe("rotate")
            .name(&format!("secret/{secret}"))
            .namespace(namespace)
            .switch(flag)
    };
    [
        Hint::run("To go on", rotate("--resume")),
        Hint::run("To take everything back", rotate("--abort")),
    ]
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

fn lost(error: RunError, redactor: &Redactor) -> CommandError {
    let error = run_error(error, redactor);
    CommandError::partial(format!(
        "how far the run is could not be written down: {}",
        error.message()
    ))
    .hints(error.next_steps().to_vec())
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
