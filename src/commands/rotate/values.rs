//! The values of a run: which of them its Secrets have, and the writes.

use jiff::Timestamp;

use crate::cluster::ServerDryRun;
use crate::error::CommandError;
use crate::live::run::{Direction, Has, KeyChange, NotWritten, RunSecret, probe, write};
use crate::live::successor;
use crate::rotation::state::RunState;
use crate::secret::SecretValue;

use super::replaced::{self, Unseen};
use super::run::Run;
use super::words::not_written;

/// What was found in one Secret of a run: which values, and when they were written.
type Found = Result<(Has, Timestamp), NotWritten>;

impl Run<'_> {
    /// What each Secret has, by its name.
    async fn found(&self) -> Vec<(&str, Found)> {
        let mut all = Vec::new();
        for RunSecret {
            record, changes, ..
        } in &self.members
        {
            let found = probe(self.cluster, self.namespace, record, changes).await;
            all.push((record.secret.name.as_str(), found));
        }
        all
    }

    /// Whether every Secret has the values that are wanted: somebody else may have
    /// written others meanwhile.
    ///
    /// # Errors
    /// Status 5, naming the Secret.
    pub async fn all_have(&self, wanted: Has) -> Result<(), CommandError> {
        for (name, found) in self.found().await {
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
        for (_, found) in self.found().await {
            match found {
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
        for (name, found) in self.found().await {
            match found {
                Ok((Has::Old | Has::New, _)) => {}
                Ok((Has::Another(_), _))
                | Err(NotWritten::Gone | NotWritten::Foreign(_) | NotWritten::Exists(_)) => {
                    return Ok(Some(name.to_owned()));
                }
                Err(error) => return Err(not_written(error, name, &self.redactor)),
            }
        }
        Ok(None)
    }

    /// Writes the values of all Secrets; when the last one was written.
    ///
    /// # Errors
    /// Status 5 where some of them may be written.
    pub async fn write(&mut self, direction: Direction) -> Result<Timestamp, CommandError> {
        let mut last = Timestamp::UNIX_EPOCH;
        for RunSecret {
            record, changes, ..
        } in &self.members
        {
            let dry_run = ServerDryRun::No;
            let written = write(
                self.cluster,
                self.namespace,
                record,
                changes,
                direction,
                dry_run,
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
        for (name, found) in self.found().await {
            let found = found.map_err(|error| not_written(error, name, &self.redactor))?;
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

    /// Removes the Secrets that took the places of immutable ones.
    ///
    /// # Errors
    /// Status 5: everything else is back.
    pub async fn unmake_successors(&self) -> Result<(), CommandError> {
        for RunSecret { record, .. } in &self.members {
            if let Some(successor) = &record.successor
                && let Some(by) =
                    replaced::used_by(self.cluster, self.namespace, successor, self.ui).await?
            {
                return Err(CommandError::partial(format!(
                    "{by} still names secret/{successor}, so it is not removed"
                ))
                .hint(format!(
                    "Change that to secret/{} first.",
                    record.secret.name
                )));
            }
            let unmade = successor::unmake(self.cluster, self.namespace, record).await;
            unmade.map_err(|error| CommandError::partial(error.unmasked().message()))?;
        }
        Ok(())
    }

    /// Whether an immutable Secret whose place another one took is gone.
    pub async fn replaced_is_gone(&self) -> bool {
        for RunSecret {
            record, changes, ..
        } in &self.members
        {
            let found = probe(self.cluster, self.namespace, record, changes);
            if record.successor.is_some() && matches!(found.await, Err(NotWritten::Gone)) {
                return true;
            }
        }
        false
    }

    /// Says of immutable Secrets what took their places, and removes those that nothing
    /// names any more.
    ///
    /// # Errors
    /// Status 5: everything else is done.
    pub async fn retire_replaced(&self) -> Result<(), CommandError> {
        for RunSecret { record, .. } in &self.members {
            let Some(successor) = &record.successor else {
                continue;
            };
            let retired = successor::retire(self.cluster, self.namespace, record).await;
            retired.map_err(|error| CommandError::partial(error.unmasked().message()))?;
            let name = &record.secret.name;
            replaced::remove(self.cluster, self.namespace, name, Unseen::Keeps, self.ui).await?;
            self.ui.note(format!(
                "change the name in your manifests, too: secret/{} is secret/{successor} now",
                record.secret.name
            ));
        }
        Ok(())
    }

    /// Removes the keys in which the old values stand beside the new ones.
    ///
    /// # Errors
    /// Status 5: everything else is done.
    pub async fn remove_previous(&mut self) -> Result<(), CommandError> {
        for RunSecret {
            record, changes, ..
        } in &self.members
        {
            let kept = changes.iter().filter(|change| change.old.is_none());
            let removed: Vec<_> = kept
                .map(|change| KeyChange {
                    key: change.key.clone(),
                    old: change.new.as_ref().map(SecretValue::duplicate),
                    new: None,
                })
                .collect();
            if removed.is_empty() {
                continue;
            }
            let (direction, dry_run) = (Direction::Forward, ServerDryRun::No);
            let written = write(
                self.cluster,
                self.namespace,
                record,
                &removed,
                direction,
                dry_run,
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
}
