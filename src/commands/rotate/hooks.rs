//! The programs that work on the other side of a credential, in their places in a run.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::command_line::CommandLine;
use crate::error::CommandError;
use crate::hook::{Call, Ended, Hook, How, Values};
use crate::live::run::KeyChange;
use crate::output::rotation::receipt_v1::ReceiptHook;
use crate::rotation::hooks::{OtherSide, Task, Way};
use crate::rotation::record::Record;
use crate::rotation::state::{Phase, RunState};
use crate::secret::SecretValue;
use crate::secret::redactor::{Redactor, ServerText};

use super::arguments::OtherSideArgs;
use super::carry::Trouble;
use super::job::JobTemplate;
use super::run::{Draft, Run};

/// How often it is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(50);
/// The exit code by which a test says that a value is refused. With another one it is
/// not known: the other side may not even be reachable.
const REFUSED: i32 = 1;
/// How many of its last lines are shown.
const LINES: usize = 10;

/// The programs that a run was given.
#[derive(Default)]
pub(super) struct Hooks {
    set: Option<Hook>,
    set_job: Option<JobTemplate>,
    job_file: String,
    test: Option<Hook>,
    retire: Option<Hook>,
    test_old: Option<Hook>,
    patience: Duration,
}

impl Hooks {
    /// # Errors
    /// Status 2 for a Job that cannot be used.
    pub fn of(args: &OtherSideArgs, namespace: &str) -> Result<Self, CommandError> {
        let job = args.set_job.as_deref();
        let job = job
            .map(|path| JobTemplate::read(path, namespace))
            .transpose()?;
        Ok(Self {
            set_job: job,
            job_file: args
                .set_job
                .as_ref()
                .map_or_else(String::new, |path| path.display().to_string()),
            set: args.set_exec.clone(),
            test: args.test_exec.clone(),
            retire: args.retire_exec.clone(),
            test_old: args.test_old_exec.clone(),
            patience: args.hook_timeout,
        })
    }

    /// Whether something does this.
    pub fn has(&self, task: Task) -> bool {
        self.get(task).is_some() || (task == Task::Set && self.set_job.is_some())
    }

    /// Has the server say whether it would take the Job, if there is one.
    ///
    /// # Errors
    /// What it says; nothing was changed.
    pub async fn try_out(
        &self,
        cluster: &Cluster,
        namespace: &str,
        drafts: &[Draft],
    ) -> Result<(), CommandError> {
        let Some(job) = &self.set_job else {
            return Ok(());
        };
        for draft in drafts {
            job.try_out(cluster, namespace, &draft.record, self.patience)
                .await?;
        }
        Ok(())
    }

    pub fn get(&self, task: Task) -> Option<&Hook> {
        match task {
            Task::Set => self.set.as_ref(),
            Task::Test => self.test.as_ref(),
            Task::Retire => self.retire.as_ref(),
            Task::TestOld => self.test_old.as_ref(),
        }
    }

    /// What there is a program for.
    pub fn tasks(&self) -> BTreeSet<Task> {
        let all = [Task::Set, Task::Test, Task::Retire, Task::TestOld];
        all.into_iter().filter(|task| self.has(*task)).collect()
    }

    /// For the plan: what each is, and its program.
    pub fn shown(&self) -> Vec<(Task, String)> {
        let program = |task: Task| match self.get(task) {
            Some(hook) => (task, hook.program().to_owned()),
            None => (task, "a Job".to_owned()),
        };
        self.tasks().into_iter().map(program).collect()
    }

    /// Refuses programs that are not there.
    ///
    /// # Errors
    /// Status 2, naming the flag.
    pub fn are_there(&self) -> Result<(), CommandError> {
        let missing = self.tasks().into_iter().find_map(|task| {
            let program = self.get(task)?.program();
            crate::programs::find(program)
                .is_none()
                .then_some((task, program))
        });
        match missing {
            None => Ok(()),
            Some((task, program)) => Err(CommandError::usage(format!(
                "{}: there is no program {program} that may be executed; nothing was changed",
                task.flag()
            ))),
        }
    }

    /// Adds them to a command that goes on with the run.
    pub fn add_to(&self, mut command: CommandLine) -> CommandLine {
        for task in self.tasks() {
            command = match self.get(task) {
                Some(hook) => command.flag(task.flag(), hook.text()),
                None => command.flag("--set-job", &self.job_file),
            };
        }
        command
    }

    /// Refuses to go on with a run without the programs that it began with.
    ///
    /// # Errors
    /// Status 2, naming the flag.
    pub fn has_all(&self, wanted: &BTreeSet<Task>) -> Result<(), CommandError> {
        match wanted.iter().find(|task| !self.has(**task)) {
            None => Ok(()),
            Some(task) => Err(CommandError::usage(format!(
                "the run works on the other side of the credential with {}, and that program is not written down",
                task.flag()
            ))
            .hint("Name it again.")),
        }
    }
}

/// Why a program did not do what it was to do.
enum NotDone {
    Ended(String),
    Lost(String),
}

impl Run<'_> {
    /// Calls a program once for each Secret of the run, and gives how each call ended.
    async fn call(&mut self, task: Task, way: Way) -> Result<Vec<(String, How)>, String> {
        let mut all = Vec::new();
        for at in 0..self.members.len() {
            if let (Task::Set, Some(job)) = (task, self.hooks.set_job.clone()) {
                let how = self.run_job(&job, at, way, self.hooks.patience).await?;
                let words = format!("--set-job: its Job {}", how.words(self.hooks.patience));
                self.ui.note(&words);
                let secret = self.members[at].record.secret.name.clone();
                self.note_call(noted(task, way, &secret, &how));
                let is_done = how.is_done();
                all.push((words, how));
                match is_done {
                    true => continue,
                    false => break,
                }
            }
            let Some(hook) = self.hooks.get(task).cloned() else {
                break;
            };
            let (secret, keys) = {
                let member = &self.members[at];
                (
                    member.record.secret.name.clone(),
                    values(&member.record, &member.changes, task, way),
                )
            };
            let run = self.members[0].record.run.clone();
            let running = hook.start(Call {
                task,
                way,
                namespace: self.namespace,
                secret: &secret,
                run: run.as_str(),
                attempt: self.state().attempts,
                keys,
                patience: self.hooks.patience,
            });
            let ended = loop {
                match running.look() {
                    Some(ended) => break ended,
                    None => tokio::time::sleep(LOOK).await,
                }
                self.pulse().await?;
            };
            // A test of the old value goes on as long as it is refused.
            let goes_on = match task {
                Task::TestOld => ended.how == How::Failed(REFUSED),
                _ => ended.how.is_done(),
            };
            self.note_call(noted(task, way, &secret, &ended.how));
            self.tell_of(task, &hook, ended, &mut all);
            if !goes_on {
                break;
            }
        }
        Ok(all)
    }

    fn tell_of(&self, task: Task, hook: &Hook, ended: Ended, all: &mut Vec<(String, How)>) {
        let words = format!(
            "{}: {} {}",
            task.flag(),
            hook.program(),
            ended.how.words(self.hooks.patience)
        );
        self.ui.note(&words);
        // A failure is what tests of the old value are to end in.
        if !ended.how.is_done() && task != Task::TestOld {
            let said = ServerText::new(ended.said, Arc::new(Redactor::new([])));
            let lines = self.redactor.show_lines(&said);
            for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
                self.ui.note(format!("  | {line}"));
            }
        }
        all.push((words, ended.how));
    }

    async fn done(&mut self, task: Task, way: Way) -> Result<(), NotDone> {
        let calls = self.call(task, way).await.map_err(NotDone::Lost)?;
        match calls.into_iter().find(|(_, how)| !how.is_done()) {
            None => Ok(()),
            Some((words, _)) => Err(NotDone::Ended(words)),
        }
    }

    /// Changes the other side and tries the new value there, before the Secret is
    /// written.
    ///
    /// # Errors
    /// The Secret is as it was; the other side may be changed.
    pub async fn change_other_side(&mut self) -> Result<(), Trouble> {
        if !matches!(
            self.state().phase,
            Phase::Pending | Phase::Set | Phase::Test
        ) {
            return Ok(());
        }
        // Somebody may have written the Secret since it was read: then the other side is not
        // told a value that goes nowhere.
        if let Some(name) = self.foreign().await? {
            return Err(Trouble::Error(CommandError::usage(format!(
                "secret/{name} was changed by somebody else since it was read"
            ))));
        }
        for (task, phase) in [(Task::Set, Phase::Set), (Task::Test, Phase::Test)] {
            if !self.hooks.has(task) {
                continue;
            }
            let state = self.state().clone();
            let sets = task == Task::Set;
            // It may be changed from now on, whatever becomes of this process.
            let state = RunState {
                phase,
                other_side: if sets {
                    OtherSide::New
                } else {
                    state.other_side
                },
                attempts: state.attempts + u32::from(sets),
                ..state
            };
            self.say(state).await?;
            self.done(task, Way::Forward)
                .await
                .map_err(|error| match error {
                    NotDone::Lost(why) => Trouble::Lost(why),
                    NotDone::Ended(words) => Trouble::Error(CommandError::partial(words)),
                })?;
        }
        Ok(())
    }

    /// Gives the other side the old value again, if it may have the new one: before the
    /// Secret goes back.
    ///
    /// # Errors
    /// Status 5: it may still have the new value.
    pub async fn restore_other_side(&mut self) -> Result<(), CommandError> {
        if !matches!(self.state().other_side, OtherSide::New | OtherSide::Retired) {
            return Ok(());
        }
        if !self.hooks.has(Task::Set) {
            return Err(CommandError::partial(
                "the other side of the credential may have the new value, and nothing says how to give it the old one",
            )
            .hint("Name the program again with --set-exec."));
        }
        let state = RunState {
            attempts: self.state().attempts + 1,
            ..self.state().clone()
        };
        self.say(state).await?;
        self.done(Task::Set, Way::Back).await.map_err(|error| {
            let (NotDone::Ended(why) | NotDone::Lost(why)) = error;
            CommandError::partial(format!(
                "the other side of the credential may still have the new value: {why}"
            ))
        })?;
        let state = RunState {
            other_side: OtherSide::Restored,
            ..self.state().clone()
        };
        Ok(self.say(state).await?)
    }

    /// Ends the old value on the other side, and proves that it is refused there.
    ///
    /// # Errors
    /// Status 5: all consumers have the new value.
    pub async fn retire_other_side(&mut self) -> Result<(), CommandError> {
        let [on, _] = self.ways();
        let open = |what: String| CommandError::partial(what).hint(on.clone());
        let lost = |error| {
            let (NotDone::Ended(why) | NotDone::Lost(why)) = error;
            open(format!("the old value may still be accepted: {why}"))
        };
        if self.hooks.get(Task::Retire).is_some() {
            let state = RunState {
                other_side: OtherSide::Retired,
                ..self.state().clone()
            };
            self.say(state).await?;
            self.done(Task::Retire, Way::Forward).await.map_err(lost)?;
        }
        if self.hooks.get(Task::TestOld).is_none() {
            return Ok(());
        }
        let calls = self.call(Task::TestOld, Way::Forward).await;
        for (words, how) in calls.map_err(|why| lost(NotDone::Lost(why)))? {
            match how {
                How::Failed(REFUSED) => {}
                How::Done | How::AlreadyDone => {
                    return Err(open(
                        "the other side still accepts the old value".to_owned(),
                    ));
                }
                How::Failed(_) | How::Killed(_) | How::TooLate | How::NotStarted(_) => {
                    return Err(open(format!(
                        "it is not known whether the old value is still accepted: {words}"
                    )));
                }
            }
        }
        self.ui.note("the other side refuses the old value");
        Ok(())
    }
}

/// A call for the receipt.
fn noted(task: Task, way: Way, secret: &str, how: &How) -> ReceiptHook {
    let (result, exit_code) = match how {
        // What is asked for: the old value does not work any more.
        How::Failed(REFUSED) if task == Task::TestOld => ("refused", Some(REFUSED)),
        How::Done => ("done", Some(0)),
        How::AlreadyDone => ("alreadyDone", Some(10)),
        How::Failed(code) => ("failed", Some(*code)),
        How::Killed(_) => ("killed", None),
        How::TooLate => ("tooLate", None),
        How::NotStarted(_) => ("notStarted", None),
    };
    ReceiptHook {
        task: task.name(),
        direction: match way {
            Way::Forward => "forward",
            Way::Back => "back",
        },
        secret: secret.to_owned(),
        result,
        exit_code,
    }
}

/// What a program is given of the keys of a Secret: those that follow another one are
/// none of its business.
fn values(record: &Record, changes: &[KeyChange], task: Task, way: Way) -> Vec<Values> {
    let is_own =
        |change: &&KeyChange| !record.derived.iter().any(|key| *key == change.key.as_str());
    let pair = |change: &KeyChange| {
        let (old, new) = (change.old.as_ref()?, change.new.as_ref()?);
        let (value, other) = match (task, way) {
            (Task::TestOld, _) | (_, Way::Back) => (old, new),
            _ => (new, old),
        };
        Some(Values {
            key: change.key.clone(),
            value: value.duplicate(),
            other: Some(SecretValue::duplicate(other)),
        })
    };
    changes.iter().filter(is_own).filter_map(pair).collect()
}
